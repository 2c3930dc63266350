using System.Text.Json.Serialization;
using Tokenline.Billing.Facts;
using Tokenline.Billing.Settlement;
using Tokenline.Commerce;

namespace Tokenline.Billing.Reconciliation;

[JsonConverter(typeof(JsonStringEnumConverter<VendorDifference>))]
public enum VendorDifference
{
    /// <summary>We count something, and the vendor's file has no line of it.</summary>
    [JsonStringEnumMemberName("missingAtVendor")]
    MissingAtVendor = 1,

    /// <summary>A line of the file, and nothing of it here.</summary>
    [JsonStringEnumMemberName("missingHere")]
    MissingHere = 2,

    [JsonStringEnumMemberName("quantityDiffers")]
    QuantityDiffers = 3,

    /// <summary>What the file asks for a day and a model is not what the contract says.</summary>
    [JsonStringEnumMemberName("amountDiffers")]
    AmountDiffers = 4,
}

/// <param name="Line">Of the file; null where no line is at fault.</param>
/// <param name="Ours">Quantity, or nano of money where amounts differ.</param>
/// <param name="Calls">That we settled, of the day and model.</param>
/// <param name="Attempts">Requests to the vendor that answered no call: retries, time-outs, faults. A vendor may have billed them.</param>
/// <param name="AttemptQuantity">What those are known to have used in this meter.</param>
public sealed record VendorFinding(
    VendorDifference Difference,
    int? Line,
    DateOnly Day,
    string Model,
    string Meter,
    long Ours,
    long Theirs,
    long Calls,
    long Attempts,
    long AttemptQuantity
)
{
    /// <summary>The first requests behind it; null: there were too many findings before it. <see cref="VendorCalls"/> lists all of them.</summary>
    public VendorCallPage? Behind { get; init; }
}

/// <param name="Findings">At most so many as there is room for.</param>
/// <param name="Differences">All of them.</param>
public sealed record VendorComparison(
    string Vendor,
    BillingPeriod Period,
    int Lines,
    int Matched,
    IReadOnlyList<VendorFinding> Findings,
    int Differences
)
{
    public bool IsClean => Differences == 0;
}

/// <summary>Holds a vendor's file of a period against the sums of what it served, by day, model and meter. Nothing is changed. The file is read once; in memory is what its lines come to, and they are bounded.</summary>
public sealed class VendorReconciling(IBillingStore store, IStalls stalls, UsageFold fold, VendorCalls calls)
{
    /// <summary>Days and models whose first calls are listed with their findings.</summary>
    public const int ListedMax = 50;

    /// <summary>Requests that are listed with a finding.</summary>
    public const int BehindMax = 20;

    public const int FindingsMax = 1_000;

    /// <param name="tolerancePercent">Of our figure: what is nearer is equal.</param>
    public async Task<Outcome<VendorComparison>> CompareAsync(
        string vendor,
        BillingPeriod period,
        Stream file,
        decimal tolerancePercent,
        CancellationToken cancellation
    )
    {
        if (tolerancePercent is < 0 or > 100 || tolerancePercent != decimal.Round(tolerancePercent, 4))
            return Refused.Invalid("tolerance", "0 to 100 percent, with at most four decimals.");
        if ((await stalls.AllAsync(cancellation)).FirstOrDefault(known => known.Vendor == vendor) is not { } stall)
            return Refused.NotFound("vendor", vendor) with { Param = "vendor" };
        var (from, to) = (period.FirstDay, period.Next.FirstDay.AddDays(-1));
        using var reader = new VendorFileReader(file, from, to);
        var theirs = await ReadAsync(reader, stall, period, cancellation);
        if (theirs.Value is not { } lines)
            return theirs.Refused!;
        await fold.CatchUpAsync(() => false, cancellation);
        var used = await store.VendorUsageAsync(vendor, from, to, cancellation);
        var costs = (await store.CostsAsync(period, cancellation)).Where(cost => cost.Of.Vendor == vendor).ToList();
        var compared = new Comparison(vendor, period, Percent(tolerancePercent), lines, used, costs).Compare();
        return compared with { Findings = await BehindAsync(vendor, compared.Findings, cancellation) };
    }

    private async Task<IReadOnlyList<VendorFinding>> BehindAsync(
        string vendor,
        IReadOnlyList<VendorFinding> findings,
        CancellationToken cancellation
    )
    {
        var pages = new Dictionary<(DateOnly, string), VendorCallPage>();
        var listed = new List<VendorFinding>(findings.Count);
        foreach (var finding in findings)
        {
            var key = (finding.Day, finding.Model);
            if (!pages.TryGetValue(key, out var page) && pages.Count < ListedMax)
                pages.Add(key, page = await calls.ListAsync(vendor, finding.Day, finding.Model, default, BehindMax, cancellation));
            listed.Add(finding with { Behind = page });
        }
        return listed;
    }

    private async Task<Outcome<List<VendorFileLine>>> ReadAsync(
        VendorFileReader reader,
        Stall stall,
        BillingPeriod period,
        CancellationToken cancellation
    )
    {
        // By the vendor's own name a model may be several of ours; each of them is listed under one.
        var ours = stall.Models.GroupBy(model => model.Upstream).ToDictionary(model => model.Key, model => model.First().Model);
        var currencies = (await store.CostsAsync(period, cancellation))
            .Where(cost => cost.Of.Vendor == stall.Vendor)
            .Select(cost => cost.Of.Currency)
            .ToHashSet();
        var seen = new Dictionary<(DateOnly, string, string), int>();
        var lines = new List<VendorFileLine>();
        while (await reader.ReadAsync(cancellation) is { } line)
        {
            if (!seen.TryAdd((line.Day, line.Model, line.Meter), line.Line))
                return Refused.Invalid(
                    "file",
                    $"line {line.Line}: line {seen[(line.Day, line.Model, line.Meter)]} is of the same day, model and meter"
                );
            if (line.Amount is { } amount && currencies.Count > 0 && !currencies.Contains(amount.Currency))
                return Refused.Invalid(
                    "file",
                    $"line {line.Line}: it is in {amount.Currency}, and the contract in {string.Join(" and ", currencies)}"
                );
            lines.Add(line with { Model = ours.GetValueOrDefault(line.Model, line.Model) });
        }
        return reader.Fault is { } fault ? Refused.Invalid("file", fault.ToString()) : lines;
    }

    private static long Percent(decimal percent) => decimal.ToInt64(percent * 10_000);

    private sealed class Comparison(
        string vendor,
        BillingPeriod period,
        long tolerance, // millionths of ours
        List<VendorFileLine> lines,
        IReadOnlyList<VendorUsage> used,
        List<VendorCost> costs
    )
    {
        private readonly Dictionary<(DateOnly, string, string), long> served = Sums(used, isAttempt: false);
        private readonly Dictionary<(DateOnly, string, string), long> attempts = Sums(used, isAttempt: true);
        private readonly List<VendorFinding> findings = [];
        private int matched;
        private int differences;

        public VendorComparison Compare()
        {
            foreach (var group in lines.GroupBy(line => (line.Day, line.Model, line.Meter)))
                Quantity(group.Key, group.First().Line, group.Sum(line => line.Quantity));
            var told = lines.Select(line => (line.Day, line.Model, line.Meter)).ToHashSet();
            var meters = lines.Select(line => line.Meter).ToHashSet();
            // What the vendor does not count at all is no difference.
            foreach (var (key, quantity) in served.OrderBy(sum => sum.Key))
            {
                if (meters.Contains(key.Item3) && !told.Contains(key) && !IsNear(quantity, 0))
                    Add(VendorDifference.MissingAtVendor, null, key, quantity, 0);
            }
            Amounts();
            return new(vendor, period, lines.Count, matched, findings, differences);
        }

        private void Quantity((DateOnly, string, string) key, int line, long theirs)
        {
            var ours = served.GetValueOrDefault(key);
            if (IsNear(ours, theirs))
                matched++;
            else
                Add(ours == 0 ? VendorDifference.MissingHere : VendorDifference.QuantityDiffers, line, key, ours, theirs);
        }

        private void Amounts()
        {
            var owed = costs
                .GroupBy(cost => (cost.Of.Day, cost.Of.Model, cost.Of.Currency))
                .ToDictionary(cost => cost.Key, cost => cost.Sum(one => one.Nano));
            foreach (
                var asked in lines
                    .Where(line => line.Amount is not null)
                    .GroupBy(line => (line.Day, line.Model, line.Amount!.Value.Currency))
                    .OrderBy(asked => asked.First().Line)
            )
            {
                var theirs = asked.Sum(line => line.Amount!.Value.Nano);
                var ours = owed.GetValueOrDefault(asked.Key);
                // A file rounds each line to the minor unit.
                var rounding = asked.Count() * MinorUnit.Nano(asked.Key.Currency);
                if (Math.Abs(ours - theirs) > rounding && !IsNear(ours, theirs))
                    Add(VendorDifference.AmountDiffers, asked.First().Line, (asked.Key.Day, asked.Key.Model, "amount"), ours, theirs);
            }
        }

        private bool IsNear(long ours, long theirs) => Int128.Abs((Int128)ours - theirs) * 1_000_000 <= (Int128)Math.Abs(ours) * tolerance;

        private void Add(VendorDifference difference, int? line, (DateOnly Day, string Model, string Meter) key, long ours, long theirs)
        {
            differences++;
            if (findings.Count < FindingsMax)
                findings.Add(
                    new(
                        difference,
                        line,
                        key.Day,
                        key.Model,
                        key.Meter,
                        ours,
                        theirs,
                        served.GetValueOrDefault((key.Day, key.Model, VendorUsageKey.Calls)),
                        attempts.GetValueOrDefault((key.Day, key.Model, VendorUsageKey.Calls)),
                        attempts.GetValueOrDefault(key)
                    )
                );
        }

        private static Dictionary<(DateOnly, string, string), long> Sums(IReadOnlyList<VendorUsage> used, bool isAttempt) =>
            used.Where(sum => sum.Of.IsAttempt == isAttempt)
                .GroupBy(sum => (sum.Of.Day, sum.Of.Model, sum.Of.Meter))
                .ToDictionary(sum => sum.Key, sum => sum.Sum(one => one.Quantity));
    }
}
