using Tokenline.Charging.Limits;

namespace Tokenline.Charging.Accounts;

/// <summary>Capacity that was bought: it raises limits of the account itself while its bucket is open. What runs when it ends goes on.</summary>
public sealed partial class ChargingAccount
{
    private readonly List<Bucket> capacities = []; // also in the order of paying, where they pay nothing

    /// <summary>How far a limit of this node is raised now, in the limit's own measure.</summary>
    private long Raised(AllotmentNode node, Limit limit, DateTimeOffset now)
    {
        if (capacities.Count == 0 || node.Parent is not null || Capacity.RaisedBy(limit) is not { } unit)
            return 0;
        var micro = Int128.Zero;
        foreach (var bucket in capacities)
        {
            if (bucket.Grant.Unit == unit && bucket.IsOpen(now))
                micro += bucket.Remaining;
        }
        return (long)(micro / QuotaUnit.Micro); // far from what a long holds: an account has not a million buckets
    }

    private AllotmentView View(AllotmentNode node, DateTimeOffset now)
    {
        var view = node.View(now);
        return capacities.Count == 0
            ? view
            : view with
            {
                Limits = [.. view.Limits.Select(limit => limit with { Raised = Raised(node, limit.Limit, now) })],
            };
    }
}
