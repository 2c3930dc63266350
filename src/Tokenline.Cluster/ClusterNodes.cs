using Orleans.Runtime;
using Tokenline.Charging;

namespace Tokenline.Cluster;

/// <summary>The nodes of the cluster, as its membership tells them.</summary>
internal sealed class ClusterNodes(IClusterMembershipService membership, ILocalSiloDetails here, TimeProvider time)
{
    /// <summary>A node is in the membership table long before it is so old; until then its absence says nothing.</summary>
    private static readonly TimeSpan startTime = TimeSpan.FromMinutes(5);

    /// <summary>Silos that accounts may be placed on. None: a lone silo that is still starting.</summary>
    public IEnumerable<SiloAddress> Charging() => ActiveCharging().Select(node => node.Silo);

    /// <summary>Whether this is the node that does, of those which could, what one of them is to do. Two may think so for a moment.</summary>
    public bool IsFirst() => ActiveCharging().OrderBy(node => node.Name.Run).FirstOrDefault().Silo?.Equals(here.SiloAddress) == true;

    /// <summary>Asks the membership table. What it says may be used for a minute: a node that joins meanwhile began later than what is taken for gone.</summary>
    public async Task<LiveRuns> RunsAsync(CancellationToken cancellation)
    {
        var before = IdSource.Lowest<CommandKind>(time.GetUtcNow() - startTime).Value;
        await membership.Refresh(MembershipVersion.MinValue, cancellation);
        var names = Names().ToLookup(node => node.Status == SiloStatus.Dead, node => node.Name.Run);
        return new([.. names[false]], [.. names[true]], before);
    }

    private IEnumerable<(SiloAddress Silo, SiloStatus Status, NodeName Name)> ActiveCharging() =>
        Names().Where(node => node.Status == SiloStatus.Active && node.Name.Roles.HasFlag(NodeRoles.Charging));

    private IEnumerable<(SiloAddress Silo, SiloStatus Status, NodeName Name)> Names()
    {
        foreach (var (silo, member) in membership.CurrentSnapshot.Members)
        {
            if (NodeName.TryParse(member.Name, out var name))
                yield return (silo, member.Status, name);
        }
    }
}
