using NodaTime;
using Tokenline.Charging.Tariffs;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Quality;

namespace Tokenline.Commerce.Market;

/// <summary>One model on the market. What is not known is null: it is shown as unknown, and never ranked.</summary>
/// <param name="Input">List price of a million tokens of a small prompt, in the operator's currency; and of its answer.</param>
/// <param name="Measured">Of the last days over all its deployments; null: nothing was measured.</param>
public sealed record MarketEntry(Model Model, string VendorName, ModelTariff Tariff, decimal Input, decimal Output, QualityTally? Measured)
{
    /// <summary>Of a million tokens of usual work: three parts are prompt, one is answer.</summary>
    public decimal Blended => ((3 * Input) + Output) / 4;

    public decimal? Quality => Model.Profile.Quality?.Score;

    /// <summary>Joules for an output token: over the calls served here where their energy is known, else what the catalogue has of the model.</summary>
    public double? JoulesPerToken => Measured?.JoulesPerToken ?? (double?)Model.Profile.Energy?.JoulesPerOutputToken;

    /// <summary>It is of calls that were served here.</summary>
    public bool IsEnergyOfCalls => Measured?.JoulesPerToken is not null;

    public double? QualityPerJoule => Quality is { } quality && JoulesPerToken is > 0 and var joules ? (double)quality / joules : null;

    /// <summary>Points of quality for one unit of the currency spent on a million tokens.</summary>
    public decimal? QualityPerPrice => Quality is { } quality && Blended > 0 ? quality / Blended : null;
}

/// <param name="From">The first and the last day that was measured in.</param>
public sealed record MarketView(IReadOnlyList<MarketEntry> Entries, Currency Currency, DateOnly From, DateOnly To);

/// <summary>A price that was in force from then on.</summary>
public sealed record PricePoint(DateTimeOffset From, decimal Input, decimal Output);

/// <summary>
/// What the public market shows of every model: price, what it can do, and how it was here. Anybody may look, so what is read is kept for a minute;
/// prices are those in force at this instant.
/// </summary>
public sealed class MarketBoard(
    IModelCatalogSource catalog,
    ITariffs tariffs,
    ICatalogStore store,
    IQualityStore quality,
    CommerceOptions options,
    TimeProvider time
)
{
    /// <summary>What counts as how it is now.</summary>
    public const int Days = 30;

    private static readonly TimeSpan keptFor = TimeSpan.FromMinutes(1);
    private readonly DateTimeZone zone = DateTimeZoneProviders.Tzdb[options.TimeZone];
    private volatile Kept? kept;

    public async Task<MarketView> ReadAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var (measured, vendors, from, to, _) = await KeptAsync(now, cancellation);
        var book = tariffs.Current;
        var entries = new List<MarketEntry>();
        foreach (var model in catalog.Current.Models.Where(model => model.WithdrawnAt is null && !model.Deployments.IsEmpty))
        {
            if (book.Find(model.Id, now) is not { } tariff)
                continue;
            var first = tariff.Price.Table.Tiers[0];
            entries.Add(
                new(
                    model,
                    vendors.GetValueOrDefault(model.OwnedBy, model.OwnedBy),
                    tariff,
                    Price(first[Meter.Input]),
                    Price(first[Meter.Output]),
                    measured.GetValueOrDefault(model.Id)
                )
            );
        }
        return new([.. entries.OrderBy(entry => entry.Model.Id, StringComparer.OrdinalIgnoreCase)], options.Currency, from, to);
    }

    /// <summary>Every list price that the model has had, oldest first; of several tiers the first. Empty: there is no such model.</summary>
    public IReadOnlyList<PricePoint> Prices(string model)
    {
        var (now, points) = (time.GetUtcNow(), new List<PricePoint>());
        var book = tariffs.Current;
        // A promotion's end brings back what was before it.
        var changes = book
            .Versions.Where(version => version.Models.ContainsKey(model) && version.EffectiveFrom <= now)
            .SelectMany(version => new[] { version.EffectiveFrom, version.EffectiveTo ?? version.EffectiveFrom })
            .Where(at => at <= now)
            .Distinct()
            .Order();
        foreach (var at in changes)
        {
            if (book.Find(model, at)?.Price.Table.Tiers[0] is not { } tier)
                continue;
            var point = new PricePoint(at, Price(tier[Meter.Input]), Price(tier[Meter.Output]));
            if (points.Count == 0 || (points[^1].Input, points[^1].Output) != (point.Input, point.Output))
                points.Add(point);
        }
        return points;
    }

    /// <summary>How a model was, day by day, over all its deployments; days without a call are missing.</summary>
    public async Task<IReadOnlyList<(DateOnly Day, QualityTally Tally)>> HistoryAsync(
        string model,
        int days,
        CancellationToken cancellation
    )
    {
        var today = Today(time.GetUtcNow());
        var rows = await quality.DaysAsync(new(today.AddDays(-days), today, Model: model), cancellation);
        return [.. rows.GroupBy(row => row.Day).Select(group => (group.Key, Sum(group)))];
    }

    public static QualityTally Sum(IEnumerable<QualityDay> days)
    {
        var sum = new QualityTally();
        foreach (var day in days)
            sum.Add(day.Tally);
        return sum;
    }

    private async Task<Kept> KeptAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        if (kept is { } known && now - known.At < keptFor)
            return known;
        var to = Today(now);
        var from = to.AddDays(1 - Days);
        var rows = await quality.DaysAsync(new(from, to), cancellation);
        var vendors = (await store.LoadAsync(cancellation)).Vendors.ToDictionary(vendor => vendor.Id, vendor => vendor.Name);
        return kept = new(rows.GroupBy(row => row.Model).ToDictionary(group => group.Key, Sum), vendors, from, to, now);
    }

    private DateOnly Today(DateTimeOffset now) => Instant.FromDateTimeOffset(now).InZone(zone).Date.ToDateOnly();

    private static decimal Price(long nanoPerMillion) => (decimal)nanoPerMillion / Money.NanoPerUnit;

    private sealed record Kept(
        Dictionary<string, QualityTally> Measured,
        Dictionary<string, string> Vendors,
        DateOnly From,
        DateOnly To,
        DateTimeOffset At
    );
}
