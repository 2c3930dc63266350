using Tokenline.Charging.Accounts;
using Tokenline.Commerce.Catalog;

namespace Tokenline.Commerce.Subscriptions;

/// <summary>
/// Seats by their numbers. What a seat has for itself stays with its number, so a member who takes a seat over finds what the one before has left; and members keep
/// their number from period to period.
/// </summary>
internal static class SeatNumbers
{
    /// <summary>Of the present period, those of members first.</summary>
    public static IReadOnlyList<int> Of(Subscription s) =>
        s.SeatNumbers.Count == s.Seats ? s.SeatNumbers : [.. Enumerable.Range(0, s.Seats ?? 0)];

    /// <summary>Of a period with so many: those of members, and the lowest others.</summary>
    public static IReadOnlyList<int> Next(Subscription s, int? count)
    {
        var held = Of(s).Take(s.Assigned.Count).ToList();
        return [.. held.Concat(Enumerable.Range(0, held.Count + (count ?? 0)).Except(held)).Take(count ?? 0)];
    }

    /// <summary>Of the period that is to be paid, those of members first, as they are now.</summary>
    public static IReadOnlyList<int> Of(Subscription s, DuePeriod due)
    {
        if (due.SeatNumbers.Count != due.Seats)
            return Next(s, due.Seats);
        var held = Of(s).Take(s.Assigned.Count).ToList();
        return [.. held, .. due.SeatNumbers.Except(held)];
    }

    /// <summary>The one that the next member gets: it is there in the next period too, where that is known.</summary>
    public static int Free(Subscription s)
    {
        var free = Of(s).Skip(s.Assigned.Count).ToList();
        var next = s.Due is { } due ? Of(s, due) : free;
        var kept = free.FindIndex(next.Contains);
        return free[Math.Max(0, kept)];
    }

    public static bool HaveTheirOwn(ProductOffering? offering) => offering?.Grants.Any(grant => grant.ToEachSeat) == true;

    /// <summary>With who has them.</summary>
    public static IReadOnlyList<BucketSeat> WithHolders(Subscription s, IReadOnlyList<int> numbers, Facts facts)
    {
        var present = Of(s);
        var holders = s
            .Assigned.Select((member, i) => (Number: present[i], Member: member))
            .ToDictionary(one => one.Number, one => one.Member);
        return
        [
            .. numbers.Select(number => new BucketSeat(number, holders.TryGetValue(number, out var member) ? NodeOf(member, facts) : null)),
        ];
    }

    public static AllotmentId? NodeOf(MembershipId member, Facts facts) =>
        facts.Nodes?.TryGetValue(member, out var node) == true ? node : null;
}
