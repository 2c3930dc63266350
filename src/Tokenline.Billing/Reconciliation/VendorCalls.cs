using Tokenline.Billing.Facts;

namespace Tokenline.Billing.Reconciliation;

/// <summary>A request to a vendor, as it is behind a figure.</summary>
/// <param name="Outcome">Of one that answered no call: what became of it; null: it answered the call.</param>
/// <param name="Usage">Null: it is not known.</param>
/// <param name="Cost">What is owed for it by the contract; null: nothing says.</param>
public sealed record VendorCall(
    ChargeId Charge,
    AccountId Account,
    DateTimeOffset At,
    string Deployment,
    string? Outcome,
    Usage? Usage,
    Money? Cost
);

/// <param name="Next">Given back as <c>after</c>: there are more; null: these are the last.</param>
public sealed record VendorCallPage(IReadOnlyList<VendorCall> Calls, ChargeId? Next);

/// <summary>The calls behind a vendor's figure of a day and a model, in the order of their charges: those that it answered, and the retries and time-outs that it may have billed.</summary>
public sealed class VendorCalls(IJournalFeed feed, IBillingStore store, BillingCalendar calendar)
{
    public const int LimitMax = 500;

    /// <param name="after">The default begins.</param>
    /// <param name="limit">Requests, 1 to <see cref="LimitMax"/>; those of one charge stay together.</param>
    public async Task<VendorCallPage> ListAsync(
        string vendor,
        DateOnly day,
        string model,
        ChargeId after,
        int limit,
        CancellationToken cancellation
    )
    {
        // An id holds the start of its call: a day is a range of them.
        var first = new ChargeId(IdSource.Lowest<ChargeKind>(calendar.Midnight(day)).Value - 1);
        var last = new ChargeId(IdSource.Lowest<ChargeKind>(calendar.Midnight(day.AddDays(1))).Value - 1);
        var from = after.Value > first.Value ? after : first;
        var answered = await feed.CallsAsync(vendor, model, from, last, limit, cancellation);
        var attempts = await store.AttemptsAsync(vendor, day, model, after, limit, cancellation);
        var bound = long.MaxValue;
        if (answered.Count == limit)
            bound = answered[^1].Charge.Value;
        // The last charge may have more attempts than were read, unless it is the only one.
        if (attempts.Count == limit)
            bound = Math.Min(bound, attempts[0].Charge == attempts[^1].Charge ? attempts[^1].Charge.Value : attempts[^1].Charge.Value - 1);
        var all = answered
            .Select(record => new VendorCall(
                record.Charge,
                record.Account,
                record.StartedAt,
                record.Deployment,
                null,
                record.Usage,
                record.Wholesale is { } cost ? new Money(cost.Nano, cost.Currency) : null
            ))
            .Concat(
                attempts.Select(attempt => new VendorCall(
                    attempt.Charge,
                    attempt.Account,
                    attempt.At,
                    attempt.Deployment,
                    attempt.Outcome,
                    attempt.Usage,
                    null
                ))
            )
            .Where(call => call.Charge.Value <= bound)
            .OrderBy(call => call.Charge.Value)
            .ThenBy(call => call.At)
            .ToList();
        return new(all, bound == long.MaxValue ? null : new ChargeId(bound));
    }
}
