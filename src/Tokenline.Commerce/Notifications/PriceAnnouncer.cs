using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Tariffs;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Routing;

namespace Tokenline.Commerce.Notifications;

/// <summary>
/// Tells customers what a tariff version changes for them: those who called the model in the month before it was published, and those whose substitution rules name it.
/// A version is announced when it is published, before it takes effect; and once more, as a change that does not come, when it is cancelled after that.
/// The host calls <see cref="RoundAsync"/> again and again; one round at a time.
/// </summary>
public sealed class PriceAnnouncer(
    TariffHolder tariffs,
    ModelCatalogHolder catalog,
    SubstitutionHolder substitutions,
    ICatalogStore store,
    IChargeHistory history,
    IChargingAccounts accounts,
    TimeProvider time
)
{
    private const string SettingName = "price-announcer";
    private const int CallsMax = 1000; // that one read looks at

    /// <summary>Whose bill a price touches: who called the model within so long before it was published.</summary>
    public static readonly TimeSpan Month = TimeSpan.FromDays(30);

    private Progress? progress; // as stored

    /// <summary>Another node may have gone on meanwhile: the next round begins where the store says.</summary>
    public void Forget() => progress = null;

    /// <summary>Announces what was published or cancelled since. Returns how many were told.</summary>
    /// <exception cref="AccountUnavailableException">All others were told. The next round takes the version again, and tells nobody twice.</exception>
    public async Task<int> RoundAsync(CancellationToken cancellation)
    {
        var done = progress ??= await LoadAsync(cancellation);
        var told = 0;
        foreach (var version in done.Scheduled)
        {
            if (tariffs.Current.Versions.FirstOrDefault(known => known.Version == version) is not { } scheduled)
                told += await TakeBackAsync(version, cancellation);
            else if (scheduled.EffectiveFrom > time.GetUtcNow())
                continue;
            done = await KeepAsync(done with { Scheduled = done.Scheduled.Remove(version) });
        }
        // Numbers rise, and one that was cancelled before it was announced is not in the book: nobody needs to hear of it.
        foreach (var tariff in tariffs.Current.Versions.Where(known => known.Version > done.Version).OrderBy(known => known.Version))
        {
            told += await AnnounceAsync(tariff, cancellation);
            var waits = tariff.EffectiveFrom > time.GetUtcNow();
            done = await KeepAsync(new(tariff.Version, waits ? done.Scheduled.Add(tariff.Version) : done.Scheduled));
        }
        return told;
    }

    private async Task<int> AnnounceAsync(Tariff tariff, CancellationToken cancellation)
    {
        var changes = ChangesOf(tariff, AccountEventType.PriceChanged);
        return changes.Count == 0
            ? 0
            : await TellAsync(tariff.Version, await PublishedAtAsync(tariff.Version, cancellation), changes, cancellation);
    }

    /// <summary>To the callers who heard of the change, and those whose rules name the model now.</summary>
    private async Task<int> TakeBackAsync(int version, CancellationToken cancellation)
    {
        var cancelled = (await store.TariffsAsync(cancellation)).First(known => known.Version == version);
        var changes = ChangesOf(cancelled.ToTariff(), AccountEventType.PriceKept);
        return changes.Count == 0 ? 0 : await TellAsync(version, cancelled.CreatedAt, changes, cancellation);
    }

    private async Task<DateTimeOffset> PublishedAtAsync(int version, CancellationToken cancellation) =>
        (await store.TariffsAsync(cancellation)).First(known => known.Version == version).CreatedAt;

    /// <summary>What the version makes cost something else than before. A model's first price changes nothing.</summary>
    private Dictionary<string, AccountEvent> ChangesOf(Tariff tariff, AccountEventType type)
    {
        var former = new TariffBook(tariffs.Current.Versions.Where(known => known.Version < tariff.Version));
        var changes = new Dictionary<string, AccountEvent>();
        foreach (var (model, charges) in tariff.Models)
        {
            if (
                former.Find(model, tariff.EffectiveFrom) is not { } before
                || PriceDifference.Between(before, charges) is not { } difference
            )
                continue;
            var name = catalog.Current.Find(model)?.Name ?? model;
            changes.Add(
                model,
                new AccountEvent(type, model, name, Until: tariff.EffectiveTo, Reason: difference, From: tariff.EffectiveFrom)
            );
        }
        return changes;
    }

    private async Task<int> TellAsync(
        int version,
        DateTimeOffset publishedAt,
        Dictionary<string, AccountEvent> changes,
        CancellationToken cancellation
    )
    {
        var told = new HashSet<(AccountId, string)>();
        AccountUnavailableException? unavailable = null;
        foreach (var rule in substitutions.Current.All)
        {
            if (rule.Account is not { } account)
                continue; // the operator's own rule: nobody chose the model by it
            await TellOnceAsync(account, rule.Model);
            if (rule.Use is { } use)
                await TellOnceAsync(account, use);
        }
        var (after, until) = (LastBefore(publishedAt - Month), LastBefore(publishedAt.AddMilliseconds(1)));
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var calls = await history.CallsAsync(after, until, CallsMax);
            foreach (var call in calls)
                await TellOnceAsync(call.Account, call.Model);
            if (calls.Count < CallsMax)
                break;
            after = calls[^1].Charge;
        }
        return unavailable is null ? told.Count : throw unavailable;

        async Task TellOnceAsync(AccountId account, string model)
        {
            if (!changes.TryGetValue(model, out var change) || !told.Add((account, model)))
                return;
            try
            {
                // A refusal is of one that was told before, in other words: prices published meanwhile are in them.
                await accounts.ExecuteAsync(account, new Announce(CommandOf(version, change, account), change));
            }
            catch (AccountUnavailableException e)
            {
                unavailable = e;
            }
        }
    }

    private static ChargeId LastBefore(DateTimeOffset at) => new(IdSource.Lowest<ChargeKind>(at).Value - 1);

    /// <summary>The same whenever it is made, so that a round that is repeated tells nobody twice.</summary>
    private static CommandId CommandOf(int version, AccountEvent change, AccountId account)
    {
        var what = string.Create(CultureInfo.InvariantCulture, $"{change.Type}|{version}|{change.Subject}|{account}");
        return new(BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(what))) & long.MaxValue);
    }

    /// <summary>The first start of this begins at the newest version: what was published before it is not announced.</summary>
    private async Task<Progress> LoadAsync(CancellationToken cancellation)
    {
        if (await store.SettingAsync(SettingName, cancellation) is { } stored)
            return Progress.Read(stored);
        var versions = tariffs.Current.Versions;
        return await KeepAsync(new(versions.IsEmpty ? 0 : versions.Max(known => known.Version), []));
    }

    private async Task<Progress> KeepAsync(Progress reached)
    {
        await store.SetAsync(SettingName, reached.ToString(), CancellationToken.None);
        return progress = reached;
    }

    /// <summary>How far it came, as it is stored.</summary>
    /// <param name="Version">The newest that was announced.</param>
    /// <param name="Scheduled">Those that were announced and have not started: they can be cancelled.</param>
    private sealed record Progress(int Version, ImmutableList<int> Scheduled)
    {
        public static Progress Read(string text)
        {
            var parts = text.Split('|');
            return new(Number(parts[0]), [.. parts[1].Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Number)]);
        }

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Version}|{string.Join(',', Scheduled)}");

        private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
    }
}
