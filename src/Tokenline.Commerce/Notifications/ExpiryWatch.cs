using System.Globalization;
using Tokenline.Charging;
using Tokenline.Commerce.Catalog;

namespace Tokenline.Commerce.Notifications;

/// <summary>A product that ends, and the account that holds it.</summary>
public sealed record EndingProduct(ProductId Product, AccountId Account, DateTimeOffset ExpiresAt);

/// <summary>Finds the accounts that time alone changes.</summary>
public interface IProductWatch
{
    /// <summary>Products that end after this one and until an instant, by the instant of their end and then by id.</summary>
    Task<IReadOnlyList<EndingProduct>> EndingAsync(
        DateTimeOffset after,
        ProductId afterProduct,
        DateTimeOffset until,
        int limit,
        CancellationToken cancellation
    );

    /// <summary>Accounts with a product that has not ended, in the order of their ids.</summary>
    Task<IReadOnlyList<AccountId>> HoldersAsync(AccountId after, DateTimeOffset now, int limit, CancellationToken cancellation);
}

/// <summary>
/// An account notices what the hour brings when somebody looks at it: ends of buckets, the warning before them, refills. Nobody looks at an idle one, so this does:
/// when a product of it comes within the warning and when it ends, and (for warnings and refills of other terms) in a walk over all holders that takes an hour at least.
/// </summary>
public sealed class ExpiryWatch(IProductWatch products, IChargingAccounts accounts, ICatalogStore facts, TimeProvider time)
{
    /// <summary>Accounts that one round, once a minute, looks at.</summary>
    public const int AccountsMax = 200;

    /// <summary>As <see cref="Charging.Accounts.AlertTerms.Default"/> warns.</summary>
    private static readonly TimeSpan warning = TimeSpan.FromDays(Charging.Accounts.AlertTerms.Default.ExpiryDays);
    private static readonly TimeSpan walkPeriod = TimeSpan.FromHours(1);

    /// <summary>Returns how many accounts it looked at.</summary>
    public async Task<int> RoundAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var looked = await SweepAsync("expiry-watch.warned", now, now + warning, AccountsMax, cancellation);
        looked += await SweepAsync("expiry-watch.ended", now, now, AccountsMax - looked, cancellation);
        return looked + await WalkAsync(now, AccountsMax - looked, cancellation);
    }

    /// <summary>Looks at the holders of products that have crossed a line since the mark, and moves the mark behind the last of them.</summary>
    private async Task<int> SweepAsync(string name, DateTimeOffset now, DateTimeOffset line, int limit, CancellationToken cancellation)
    {
        if (limit == 0)
            return 0;
        var stored = await facts.SettingAsync(name, cancellation);
        var mark = stored is null ? new Mark(now, long.MaxValue) : Mark.Read(stored);
        var crossed = await products.EndingAsync(mark.At, new ProductId(mark.Id), line, limit, cancellation);
        foreach (var account in crossed.Select(product => product.Account).Distinct())
            await LookAsync(account, cancellation);
        var reached = crossed.Count == limit ? new Mark(crossed[^1].ExpiresAt, crossed[^1].Product.Value) : new Mark(line, long.MaxValue);
        if (crossed.Count > 0 || stored is null)
            await facts.SetAsync(name, reached.ToString(), CancellationToken.None);
        return crossed.Count;
    }

    private async Task<int> WalkAsync(DateTimeOffset now, int limit, CancellationToken cancellation)
    {
        const string name = "expiry-watch.walk"; // when the walk began, and the account it came to; 0: it is over
        if (limit == 0)
            return 0;
        var stored = await facts.SettingAsync(name, cancellation);
        var mark = stored is null ? new Mark(now - walkPeriod, 0) : Mark.Read(stored);
        if (mark.Id == 0 && now - mark.At < walkPeriod)
            return 0;
        var began = mark.Id == 0 ? now : mark.At;
        var holders = await products.HoldersAsync(new AccountId(mark.Id), now, limit, cancellation);
        foreach (var account in holders)
            await LookAsync(account, cancellation);
        var next = holders.Count < limit ? 0 : holders[^1].Value;
        await facts.SetAsync(name, new Mark(began, next).ToString(), CancellationToken.None);
        return holders.Count;
    }

    private async Task LookAsync(AccountId account, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        try
        {
            await accounts.ViewAsync(account);
        }
        catch (AccountUnavailableException)
        {
            // Whoever calls it next makes it notice; or the walk does, within the day.
        }
    }

    /// <summary>How far a sweep or a walk came, as it is stored.</summary>
    private readonly record struct Mark(DateTimeOffset At, long Id)
    {
        public static Mark Read(string text)
        {
            var parts = text.Split('|');
            return new(
                DateTimeOffset.ParseExact(parts[0], "O", CultureInfo.InvariantCulture),
                long.Parse(parts[1], CultureInfo.InvariantCulture)
            );
        }

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{At:O}|{Id}");
    }
}
