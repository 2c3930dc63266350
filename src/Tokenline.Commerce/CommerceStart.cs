using NodaTime;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Configuration;
using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Outbox;
using Tokenline.Commerce.Payments;
using Tokenline.Commerce.Referrals;
using Tokenline.Commerce.Refunds;
using Tokenline.Commerce.Wallets;

namespace Tokenline.Commerce;

/// <summary>What a starting process does, in this order: <see cref="LoadAsync"/>, open the charging accounts, <see cref="ResumeAsync"/>.</summary>
public sealed class CommerceStart(
    ICatalogStore catalog,
    ConfigurationWatch watch,
    ITurns turns,
    Ordering ordering,
    AutoPacks autoPacks,
    Confirming confirming,
    PaymentSearch search,
    ReferralDesk referrals,
    WalletDesk wallets,
    RefundRequests refunds,
    OutboxDispatcher outbox,
    CommerceOptions options
)
{
    private const string CurrencySetting = "currency";

    /// <summary>Hears what could not be taken up, by its id, and why; the next round tries again. Set by the host, to log it.</summary>
    public Action<string, Exception>? Trouble { get; set; }

    /// <summary>Fills tariffs, catalogue, substitutions and keyring from the store. Charging accounts need the tariffs to read their journal.</summary>
    /// <exception cref="InvalidOperationException">The settings do not fit the data, in words for the operator.</exception>
    public async Task LoadAsync(CancellationToken cancellation)
    {
        if (DateTimeZoneProviders.Tzdb.GetZoneOrNull(options.TimeZone) is null)
            throw new InvalidOperationException($"The time zone '{options.TimeZone}' is not in the tz database.");
        if (options.UsdRate <= 0)
            throw new InvalidOperationException("The rate of the US dollar is more than 0.");
        await using var _ = await turns.TakeAsync(Turns.Start, cancellation); // of two first nodes one says the currency
        var currency = await catalog.SettingAsync(CurrencySetting, cancellation);
        if (currency is null)
            await catalog.SetAsync(CurrencySetting, options.Currency.Code, cancellation);
        else if (currency != options.Currency.Code)
            throw new InvalidOperationException($"This installation's books are in {currency}; the settings say {options.Currency}.");

        await watch.LoadAsync(cancellation);
    }

    /// <summary>Takes up orders and commands that an earlier run, or an unreachable carrier, left. Run it every minute.</summary>
    public async Task<DispatchReport> ResumeAsync(CancellationToken cancellation)
    {
        var left = await outbox.DispatchAsync(cancellation);
        Tell(await ordering.ResumeAsync(cancellation));
        Tell(await search.RoundAsync(cancellation));
        Tell(await confirming.ExpireAsync(cancellation));
        Tell(await referrals.RoundAsync(cancellation));
        Tell(await wallets.ResumeAsync(cancellation));
        Tell(await refunds.ResumeAsync(cancellation));
        await autoPacks.ResumeAsync(cancellation);
        return left;
    }

    private void Tell(ResumeReport report)
    {
        foreach (var (id, why) in report.Trouble)
            Trouble?.Invoke(id, why);
    }
}
