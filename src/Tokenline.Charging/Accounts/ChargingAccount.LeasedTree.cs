using Tokenline.Charging.Journal;
using Tokenline.Charging.Leases;
using Tokenline.Charging.Limits;

namespace Tokenline.Charging.Accounts;

/// <summary>The account as a lessor: which of its subtrees other accounts serve, and what may change meanwhile.</summary>
public sealed partial class ChargingAccount
{
    public const int LeasesMax = 100;

    /// <summary>Shorter windows above a subtree would give its account a new bucket too often.</summary>
    public const int LeasedWindowMinSeconds = 3600;

    private Refusal? Lease(LeaseSubtree lease, DateTimeOffset now)
    {
        var terms = lease.Terms;
        if (terms.WhatIsWrong() is { } wrong)
            return Invalid(wrong);
        if (!nodes.TryGetValue(terms.Node, out var node))
            return new(Problems.NotFound, $"node: the account has no node {terms.Node}");
        if (terms.Lessee == Id || given.ContainsKey(terms.Lessee))
            return Invalid("lessee: a new account is expected");
        if (given.Values.Count(other => !other.HasEnded) >= LeasesMax)
            return new(Problems.Conflict, $"an account gives at most {LeasesMax} leases at once");
        foreach (var other in given.Values)
        {
            if (!other.HasEnded && (IsUnder(nodes[other.Terms.Node], node) || IsUnder(node, nodes[other.Terms.Node])))
                return new(
                    Problems.Conflict,
                    $"node: {nodes[other.Terms.Node].Terms.Name} is leased to {other.Terms.Lessee}, and leases do not nest"
                );
        }
        for (var above = node.Parent; above is not null; above = above.Parent)
        {
            foreach (var counter in above.Counters)
            {
                if (WhyNotKept(counter.Limit, terms.Unit) is { } why)
                    return new(
                        Problems.Conflict,
                        $"node: the limit '{counter.Limit.Id}' of {above.Terms.Name} cannot be kept over two accounts: {why}",
                        By: $"{above.Terms.Name}/{counter.Limit.Id}"
                    );
            }
        }
        Emit(new SubtreeLeased(now, terms, lease.Command, ContentOf(lease)));
        return null;
    }

    /// <summary>Null: what is lent can be counted in it in advance.</summary>
    private static string? WhyNotKept(Limit limit, QuotaUnit unit) =>
        limit switch
        {
            { Measure: Measure.Spend } => null, // a lessee pays no money
            { Measure: not Measure.Quota } => "it does not count quota",
            { Models: not null } => "it is for some models",
            { Unit: var other } when other != unit => $"it counts {other}",
            { Window: LimitWindow.Rolling or LimitWindow.Run } => "it has no end by which what is lent must be spent",
            { Window: LimitWindow.FromFirstUse, Seconds: < LeasedWindowMinSeconds } => "its window is shorter than an hour",
            _ => null,
        };

    private Refusal? Recall(RecallLease recall, DateTimeOffset now)
    {
        if (!nodes.TryGetValue(recall.Node, out var node) || node.Lease is not { } lease)
            return new(Problems.NotFound, $"{recall.Node} is not leased");
        if (lease.IsEnding)
            return AlreadyDone;
        Emit(new LeaseRecalled(now, lease.Terms.Lessee, recall.Command, ContentOf(recall)));
        return null;
    }

    private Refusal? TakeBack(TakeBackSubtree back, DateTimeOffset now)
    {
        if (!given.TryGetValue(back.Lessee, out var lease))
            return new(Problems.NotFound, $"{back.Lessee} has no lease of this account");
        if (lease.HasEnded)
            return null;
        if (!lease.IsEnding || lease.Parts.Any(part => part.View().Out != 0))
            return new(Problems.Conflict, $"{back.Lessee} has not given everything back");
        Emit(new SubtreeReturned(now, back.Lessee, back.Tree));
        return null;
    }

    private void Give(GivenLease lease)
    {
        given.Add(lease.Terms.Lessee, lease);
        if (!lease.HasEnded)
            nodes[lease.Terms.Node].Lease = lease;
    }

    /// <summary>Null: a lease does not forbid the change. What a lessee was given to serve changes there, and what it was told of its way up does not change.</summary>
    private Refusal? LeaseInTheWay(Allotment terms)
    {
        var isKnown = nodes.TryGetValue(terms.Id, out var known);
        var from = isKnown ? known : nodes.GetValueOrDefault(terms.Parent);
        for (var node = from; node is not null; node = node.Parent)
        {
            if (node.Lease is { } lease)
                return new(Problems.Conflict, $"{node.Terms.Name} is leased: what lies under it is changed in {lease.Terms.Lessee}");
        }
        if (taken is not null && (taken.IsEnding || from is null || !IsUnder(from, nodes[taken.Terms.Node])))
            return new(
                Problems.Conflict,
                $"{terms.Name} is changed in {taken.Lessor}, which has leased {taken.Terms.Node} to this account"
            );
        foreach (var lease in given.Values)
        {
            if (!lease.HasEnded && isKnown && IsUnder(nodes[lease.Terms.Node], known!) && !IsOnlyMore(known!, terms))
                return new(
                    Problems.Conflict,
                    $"{nodes[lease.Terms.Node].Terms.Name}, which lies under it, is leased: only its name, and how much its limits allow, may change until the lease has ended"
                );
        }
        return null;
    }

    private static bool IsOnlyMore(AllotmentNode node, Allotment terms)
    {
        foreach (var limit in terms.Limits ?? [])
        {
            if (!Array.Exists(node.Counters, counter => counter.Limit.Id == limit.Id && counter.Limit.CountsLike(limit)))
                return false;
        }
        return Rest(node.Terms) == Rest(terms);

        static long Rest(Allotment terms) => ContentOf(new PutAllotment(default, terms with { Name = "", Type = default, Limits = null }));
    }

    private static Refusal Elsewhere(AllotmentNode node, GivenLease lease) =>
        new(
            Problems.Overloaded,
            lease.IsEnding
                ? $"{node.Terms.Name} moves back to its account. Try again in a moment."
                : $"{node.Terms.Name} moves to an account of its own, {lease.Terms.Lessee}. Try again in a moment.",
            By: $"{node.Terms.Name}/lease"
        );

    private int RunningUnder(AllotmentNode top)
    {
        var running = 0;
        foreach (var charge in open.Values)
            running += IsUnder(charge.Node, top) ? 1 : 0;
        return running;
    }

    /// <summary>Lies under it, or is it.</summary>
    private static bool IsUnder(AllotmentNode node, AllotmentNode top)
    {
        for (var at = node; at is not null; at = at.Parent)
        {
            if (at == top)
                return true;
        }
        return false;
    }

    /// <summary>The account's leases; that of a hot account is asked for often, so it says nothing of its calls.</summary>
    public LeaseBook Leases(DateTimeOffset now) => new(Id, Sequence, suspended, [.. given.Values.Select(View)], TakenView(now));

    private LeaseView View(GivenLease lease)
    {
        var node = nodes[lease.Terms.Node];
        var running = lease.HasEnded || lease.Number > 0 ? 0 : RunningUnder(node);
        var isToMove = running == 0 && lease is { Number: 0, HasEnded: false };
        return new(
            lease.Terms,
            running,
            lease.Number,
            lease.Until,
            lease.IsEnding,
            lease.HasEnded,
            lease.ReportedAt,
            [.. lease.Parts.Select(part => part.View())],
            isToMove ? [.. WayTo(node), .. TreeOf(node)] : null
        );
    }

    /// <summary>The nodes above, whose rules hold in the lessee too; their limits are kept here.</summary>
    private static Stack<AllotmentImage> WayTo(AllotmentNode node)
    {
        var way = new Stack<AllotmentImage>();
        for (var above = node.Parent; above is not null; above = above.Parent)
            way.Push(new AllotmentImage(above.Terms with { Limits = [] }, []));
        return way;
    }

    private IEnumerable<AllotmentImage> TreeOf(AllotmentNode top) =>
        nodes
            .Values.Where(node => IsUnder(node, top))
            .OrderBy(node => node.Depth)
            .Select(node => new AllotmentImage(node.Terms, [.. node.Counters.Select(counter => counter.Image())]));
}
