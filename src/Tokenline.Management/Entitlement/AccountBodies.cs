using Tokenline.Charging.Accounts;

namespace Tokenline.Management.Entitlement;

/// <summary>The live state of a charging account.</summary>
/// <param name="Suspended">True: every call is refused with <c>account_suspended</c>.</param>
/// <param name="OpenCharges">Calls that run at this moment.</param>
/// <param name="Items">In the order of paying.</param>
public sealed record AccountBody(AccountId Account, bool Suspended, int OpenCharges, IReadOnlyList<BucketBody> Items);

/// <summary>A quantity that can be spent: granted = remaining + reserved + consumed + expired + voided + transferred + leased, where granted includes what was transferred into it.</summary>
/// <param name="Type"><c>Bonus</c>, <c>Plan</c>, <c>Pack</c>, <c>Pool</c>, <c>Throughput</c>, <c>Capacity</c>, <c>Wallet</c>, <c>Credit</c> or <c>Postpaid</c>.</param>
/// <param name="Unit">The quota unit; absent for money.</param>
/// <param name="Currency">For money; absent for quota.</param>
/// <param name="Granted">In whole units (or of the currency), as are the others.</param>
/// <param name="Reserved">Held by calls that run.</param>
/// <param name="Leased">Lent to accounts of its subtrees, and neither known to be consumed nor returned.</param>
/// <param name="Models">The only models it pays for; absent: all that have a weight in its unit.</param>
/// <param name="Meters">The only meters it pays for; absent: all.</param>
/// <param name="Priority">Lower pays first.</param>
/// <param name="IsBlocker">While it is open nothing after it pays for its models.</param>
/// <param name="Windows">Of what it pays: while one is full it pays nothing.</param>
/// <param name="ExpiresAt">From then on it pays nothing new.</param>
public sealed record BucketBody(
    BucketId Id,
    string Name,
    string Type,
    QuotaUnit? Unit,
    Currency? Currency,
    decimal Granted,
    decimal Remaining,
    decimal Reserved,
    decimal Consumed,
    decimal Expired,
    decimal Voided,
    decimal Transferred,
    decimal Leased,
    DateTimeOffset ValidFrom,
    DateTimeOffset? ExpiresAt,
    string[]? Models,
    MeterSet? Meters,
    int Priority,
    bool IsBlocker,
    IReadOnlyList<LimitViewBody>? Windows,
    ProductId? Product
)
{
    /// <summary>Of what a seat has for itself; absent: it is everybody's.</summary>
    public BucketSeatBody? Seat { get; init; }

    internal static BucketBody Of(BucketView view)
    {
        var grant = view.Grant;
        return new(
            grant.Bucket,
            grant.Name,
            grant.Type.ToString(),
            grant.Unit,
            grant.Currency,
            InUnits(view.Granted),
            InUnits(view.Remaining),
            InUnits(view.Reserved),
            InUnits(view.Consumed),
            InUnits(view.Expired),
            InUnits(view.Voided),
            InUnits(view.Transferred),
            InUnits(view.Leased),
            grant.ValidFrom,
            grant.ExpiresAt,
            grant.Models,
            grant.Meters,
            grant.Priority,
            grant.IsBlocker,
            view.Limits?.Select(LimitViewBody.Of).ToArray(),
            grant.Product
        )
        {
            Seat = grant.Seat is { } seat ? new(seat.Number, seat.Holder) : null,
        };

        decimal InUnits(long amount) => Given.InUnits(amount, grant.Unit);
    }
}

/// <param name="Number">Of the seat, within its plan.</param>
/// <param name="Holder">The node that spends it, <c>alt_…</c>; absent: nobody has the seat.</param>
public sealed record BucketSeatBody(int Number, AllotmentId? Holder);
