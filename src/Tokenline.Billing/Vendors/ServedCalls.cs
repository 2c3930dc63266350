using Tokenline.Billing.Settlement;
using Tokenline.Charging;
using Tokenline.Charging.Records;

namespace Tokenline.Billing.Vendors;

/// <summary>One call that a vendor served, as the vendor may see it: no customer, key, run or word of anybody.</summary>
public sealed record ServedCall(
    ChargeId Charge,
    DateTimeOffset At,
    string Model,
    string Deployment,
    Usage Usage,
    bool Stream,
    UsageBasis Basis,
    CallEnding Ending,
    WholesaleCost? Owed
);

/// <param name="Next">Where to go on; null: there are no more in the time that was asked for.</param>
public sealed record ServedCallPage(IReadOnlyList<ServedCall> Calls, ChargeId? Next);

/// <summary>How many customers a change of a model's price would touch.</summary>
/// <param name="IsWhole">False: there were more calls than are looked at, and it is these at the least.</param>
public sealed record PriceReach(int Customers, long Calls, bool IsWhole);

/// <summary>The calls behind a vendor's statement.</summary>
public sealed class ServedCalls(IChargeHistory history, BillingCalendar calendar, TimeProvider time)
{
    public const int PageMax = 100;

    /// <summary>Of all vendors' calls, that one page looks at: a small vendor in a large month goes on from page to page.</summary>
    private const int LookedMax = 5000;
    private const int ReachMax = 50_000;
    private const int ReadMax = 1000;

    /// <param name="model">Null: of all that the vendor served.</param>
    /// <param name="after">Where the page before said to go on; null begins.</param>
    public async Task<ServedCallPage> OfAsync(
        string vendor,
        BillingPeriod period,
        string? model,
        ChargeId? after,
        int limit,
        CancellationToken cancellation
    )
    {
        var until = IdSource.Lowest<ChargeKind>(calendar.To(period));
        var (at, looked) = (after ?? Before(calendar.From(period)), 0);
        var found = new List<ServedCall>();
        while (looked < LookedMax)
        {
            cancellation.ThrowIfCancellationRequested();
            var lines = await history.CallsAsync(at, until, ReadMax);
            foreach (var line in lines)
            {
                at = line.Charge;
                looked++;
                if (model is not null && line.Model != model)
                    continue;
                if (await history.FindRecordAsync(line.Charge) is not { } record || record.Vendor != vendor)
                    continue;
                found.Add(Seen(record));
                if (found.Count == limit)
                    return new(found, at);
            }
            if (lines.Count < ReadMax)
                return new(found, null);
        }
        return new(found, at);
    }

    /// <summary>Who called a model in the last thirty days: numbers, and nobody's name.</summary>
    public async Task<PriceReach> ReachOfAsync(string model, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var (at, until) = (Before(now.AddDays(-30)), IdSource.Lowest<ChargeKind>(now));
        var (customers, calls, looked) = (new HashSet<AccountId>(), 0L, 0);
        while (looked < ReachMax)
        {
            cancellation.ThrowIfCancellationRequested();
            var lines = await history.CallsAsync(at, until, ReadMax);
            foreach (var line in lines.Where(line => line.Model == model))
            {
                customers.Add(line.Account);
                calls++;
            }
            looked += lines.Count;
            if (lines.Count < ReadMax)
                return new(customers.Count, calls, IsWhole: true);
            at = lines[^1].Charge;
        }
        return new(customers.Count, calls, IsWhole: false);
    }

    private static ChargeId Before(DateTimeOffset at) => new(Math.Max(0, IdSource.Lowest<ChargeKind>(at).Value - 1));

    private static ServedCall Seen(UsageRecord record) =>
        new(
            record.Charge,
            record.StartedAt,
            record.Model,
            record.Deployment,
            record.Usage,
            record.Stream,
            record.Basis,
            record.Ending,
            record.Wholesale
        );
}
