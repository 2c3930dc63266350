using System.Collections.Concurrent;
using Tokenline.Billing;
using Tokenline.Billing.Facts;
using Tokenline.Charging;
using Tokenline.Commerce;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Figures;
using Tokenline.Portal.Texts;

namespace Tokenline.Portal.Operator.Dashboard;

/// <summary>A day of a month, or a month of a year.</summary>
/// <param name="SoldNano">Paid by customers, less what was given back.</param>
/// <param name="CostNano">Owed to vendors.</param>
internal sealed record DashboardStep(
    DateOnly From,
    long SoldNano,
    long CostNano,
    long Calls,
    long Failed,
    IReadOnlyDictionary<string, long> TokensByModel
);

/// <summary>A model or a vendor, by the worth of its calls.</summary>
internal sealed record Ranked(string Name, long Calls, long WorthNano, long CostNano);

/// <summary>How the business does, over a month or a year.</summary>
/// <param name="WorthNano">Retail value of calls, whoever paid them: quota, money, or nobody yet.</param>
/// <param name="OtherCosts">Owed in a currency that no rate is known for.</param>
/// <param name="Joules">Of deployments whose energy is known; <paramref name="UnknownTokens"/> of others.</param>
/// <param name="OpenAccounts">Accounts with calls that were dispatched and are not settled.</param>
internal sealed record DashboardPicture(
    string Period,
    IReadOnlyList<DashboardStep> Steps,
    BusinessFigures Business,
    long WorthNano,
    long UncollectedNano,
    long CostNano,
    IReadOnlyList<VendorCost> OtherCosts,
    decimal Joules,
    long UnknownTokens,
    IReadOnlyList<Ranked> Models,
    IReadOnlyList<Ranked> Vendors,
    int OpenAccounts,
    DateTimeOffset At
)
{
    public long SoldNano => Steps.Sum(step => step.SoldNano);
    public long Calls => Steps.Sum(step => step.Calls);
    public long Failed => Steps.Sum(step => step.Failed);
    public long Tokens => Steps.Sum(step => step.TokensByModel.Values.Sum());
    public long MarginNano => WorthNano - CostNano;
}

/// <summary>Adds the picture up out of sums that are kept by day and by month; calls are not looked at. One picture of a period serves everybody who looks within half a minute.</summary>
internal sealed class DashboardPainter(
    IBillingStore store,
    IUsageFigures usage,
    IBusinessFigures business,
    UsageFold fold,
    BillingCalendar calendar,
    IChargeHistory history,
    IModelCatalogSource catalog,
    CommerceOptions options,
    OperatorClock clock,
    TimeProvider time
)
{
    private static readonly TimeSpan kept = TimeSpan.FromSeconds(30);

    /// <summary>The journal is read on for so long at the most before the sums are shown; what is missing then comes with the next picture.</summary>
    private static readonly TimeSpan readOnFor = TimeSpan.FromMilliseconds(500);

    private static readonly string[] input =
    [
        MeterNames.Of(Meter.Input),
        MeterNames.Of(Meter.CachedInput),
        MeterNames.Of(Meter.CacheWrite5m),
        MeterNames.Of(Meter.CacheWrite1h),
    ];

    private static readonly string output = MeterNames.Of(Meter.Output);

    private readonly ConcurrentDictionary<string, DashboardPicture> pictures = new();

    /// <param name="first">The first month.</param>
    /// <param name="last">The same: by day. Another: by month.</param>
    public async Task<DashboardPicture> PaintAsync(BillingPeriod first, BillingPeriod last, CancellationToken cancellation)
    {
        var name = first == last ? first.ToString() : $"{first.Year}";
        var now = time.GetUtcNow();
        if (pictures.TryGetValue(name, out var known) && now - known.At < kept)
            return known;
        foreach (var old in pictures.Where(one => now - one.Value.At >= kept))
            pictures.TryRemove(old);
        await ReadOnAsync(cancellation);
        return pictures[name] = await PaintAsync(name, first, last, now, cancellation);
    }

    private async Task ReadOnAsync(CancellationToken cancellation)
    {
        var began = time.GetTimestamp();
        try
        {
            await fold.CatchUpAsync(() => time.GetElapsedTime(began) >= readOnFor, cancellation);
        }
        catch (BillingConflictException)
        {
            // another reads it at the same time
        }
    }

    private async Task<DashboardPicture> PaintAsync(
        string name,
        BillingPeriod first,
        BillingPeriod last,
        DateTimeOffset now,
        CancellationToken cancellation
    )
    {
        var isMonth = first == last;
        var (from, to) = (first.FirstDay, last.Next.FirstDay.AddDays(-1));
        var sales = await business.OfAsync(calendar.From(first), calendar.To(last), cancellation);
        var served = await store.VendorUsageAsync(null, from, to, cancellation);
        var costs = new List<VendorCost>();
        for (var period = first; period <= last; period = period.Next)
            costs.AddRange(await store.CostsAsync(period, cancellation));
        var worth = (await usage.WorthAsync(first, last, cancellation)).Where(sum => sum.Of.Currency == options.Currency).ToList();

        var steps = Steps(first, last, isMonth, sales, served, costs);
        var (joules, unknown) = Energy(served);
        return new(
            name,
            steps,
            sales,
            worth.Sum(sum => sum.WorthNano + sum.UncollectedNano + sum.FreeNano),
            worth.Sum(sum => sum.UncollectedNano),
            costs.Sum(InOurs),
            [
                .. costs
                    .Where(cost => Rate(cost.Of.Currency) is null)
                    .GroupBy(cost => cost.Of.Currency)
                    .Select(cost => cost.First() with { Nano = cost.Sum(one => one.Nano) }),
            ],
            joules,
            unknown,
            Rank(worth, costs, sum => sum.Of.Model, cost => cost.Of.Model),
            Rank(worth, costs, sum => sum.Of.Vendor, cost => cost.Of.Vendor),
            (await history.AccountsWithOpenChargesAsync()).Count,
            now
        );
    }

    private List<DashboardStep> Steps(
        BillingPeriod first,
        BillingPeriod last,
        bool isMonth,
        BusinessFigures sales,
        IReadOnlyList<VendorUsage> served,
        List<VendorCost> costs
    )
    {
        DateOnly StepOf(DateOnly day) => isMonth ? day : new DateOnly(day.Year, day.Month, 1);

        var sold = sales.Sales.ToLookup(hour => StepOf(DateOnly.FromDateTime(clock.Local(hour.Hour))));
        var usedOf = served.ToLookup(one => StepOf(one.Of.Day));
        var costOf = costs.ToLookup(cost => StepOf(cost.Of.Day));
        var steps = new List<DashboardStep>();
        for (var at = first.FirstDay; at < last.Next.FirstDay && at <= clock.Today; at = isMonth ? at.AddDays(1) : at.AddMonths(1))
        {
            var used = usedOf[at].ToList();
            steps.Add(
                new(
                    at,
                    sold[at].Sum(hour => hour.Nano),
                    costOf[at].Sum(InOurs),
                    used.Where(one => one.Of is { IsAttempt: false, Meter: VendorUsageKey.Calls }).Sum(one => one.Quantity),
                    used.Where(one => one.Of is { IsAttempt: true, Meter: VendorUsageKey.Calls }).Sum(one => one.Quantity),
                    used.Where(one => !one.Of.IsAttempt && IsTokens(one.Of.Meter))
                        .GroupBy(one => one.Of.Model)
                        .ToDictionary(model => model.Key, model => model.Sum(one => one.Quantity))
                )
            );
        }
        return steps;
    }

    private static bool IsTokens(string meter) => meter == output || input.Contains(meter);

    private (decimal Joules, long Unknown) Energy(IReadOnlyList<VendorUsage> served)
    {
        var (joules, unknown) = (0m, 0L);
        foreach (
            var of in served.Where(one => !one.Of.IsAttempt && one.Of.Meter == output).GroupBy(one => (one.Of.Model, one.Of.Deployment))
        )
        {
            var tokens = of.Sum(one => one.Quantity);
            var model = catalog.Current.Find(of.Key.Model);
            var figure = model?.Deployments.FirstOrDefault(known => known.Id == of.Key.Deployment)?.Profile.Energy ?? model?.Profile.Energy;
            if (figure is { } known)
                joules += known.JoulesPerOutputToken * tokens;
            else
                unknown += tokens;
        }
        return (joules, unknown);
    }

    private IReadOnlyList<Ranked> Rank(
        List<ModelWorth> worth,
        List<VendorCost> costs,
        Func<ModelWorth, string> of,
        Func<VendorCost, string> ofCost
    )
    {
        var owed = costs.ToLookup(ofCost);
        return
        [
            .. worth
                .GroupBy(of)
                .Where(one => one.Key.Length > 0)
                .Select(one => new Ranked(
                    one.Key,
                    one.Sum(sum => sum.Calls),
                    one.Sum(sum => sum.WorthNano + sum.UncollectedNano + sum.FreeNano),
                    owed[one.Key].Sum(InOurs)
                ))
                .OrderByDescending(one => one.WorthNano),
        ];
    }

    /// <summary>Null: no rate is known.</summary>
    private decimal? Rate(Currency currency) =>
        currency == options.Currency ? 1
        : currency.Code == "USD" ? options.UsdRate
        : null;

    private long InOurs(VendorCost cost) => Rate(cost.Of.Currency) is { } rate ? (long)decimal.Round(cost.Nano * rate) : 0;
}
