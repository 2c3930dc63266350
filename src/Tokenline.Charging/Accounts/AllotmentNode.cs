using System.Collections.Frozen;
using Tokenline.Charging.Leases;
using Tokenline.Charging.Limits;

namespace Tokenline.Charging.Accounts;

/// <summary>A node of the tree with its counters. Only <see cref="ChargingAccount"/> changes it, and only while it applies an entry.</summary>
internal sealed class AllotmentNode(Allotment terms, AllotmentNode? parent)
{
    private FrozenSet<string>? models = terms.Models?.ToFrozenSet();

    public Allotment Terms { get; private set; } = terms;
    public AllotmentNode? Parent { get; } = parent;
    public int Depth { get; } = parent is null ? 0 : parent.Depth + 1;
    public LimitCounter[] Counters { get; private set; } = [];

    /// <summary>Another account serves it and what lies under it.</summary>
    public GivenLease? Lease { get; set; }

    /// <summary>Set when the limits of its own are the parent's for children.</summary>
    private bool InheritsLimits => Terms.Limits is null;

    /// <summary>New terms from this sequence on. A limit that counts as before keeps its count.</summary>
    public void Change(Allotment terms, long sequence)
    {
        Terms = terms;
        models = terms.Models?.ToFrozenSet();
        Recount(sequence);
    }

    /// <summary>Takes over its limits, or its parent's for children, whichever hold now.</summary>
    public void Recount(long sequence)
    {
        var limits = (InheritsLimits ? Parent?.Terms.ChildLimits : Terms.Limits) ?? [];
        var before = Counters;
        Counters = new LimitCounter[limits.Length];
        for (var i = 0; i < limits.Length; i++)
        {
            var kept = Array.Find(before, counter => counter.Limit.Id == limits[i].Id && counter.Limit.CountsLike(limits[i]));
            if (kept is not null)
                kept.Limit = limits[i];
            Counters[i] = kept ?? LimitCounter.Of(limits[i], sequence);
        }
    }

    public bool Allows(string model) => models is null || models.Contains(model);

    public bool IsOpenAt(DateTimeOffset now, string model)
    {
        if (Terms.Hours is null)
            return true;
        foreach (var hours in Terms.Hours)
        {
            if (hours.Cover(model) && hours.Contain(now))
                return true;
        }
        return false;
    }

    /// <summary>When it may next be used for this model; null: not within a week.</summary>
    public DateTimeOffset? OpensAt(DateTimeOffset now, string model)
    {
        DateTimeOffset? opens = null;
        foreach (var hours in Terms.Hours ?? [])
        {
            if (hours.Cover(model) && hours.NextFrom(now) is { } from && !(from >= opens))
                opens = from;
        }
        return opens;
    }

    public AllotmentView View(DateTimeOffset now) => new(Terms, [.. Counters.Select(counter => counter.View(now))]);
}
