using System.IO.Hashing;
using System.Runtime.InteropServices;
using Orleans.Placement;
using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace Tokenline.Cluster;

/// <summary>
/// An account is placed on the node that its first call came to, if that node hosts accounts: whoever balances the load by the customer's key makes its later calls come there too.
/// Otherwise on the node that its id is nearest to, which is the same one whoever asks.
/// </summary>
[Serializable, GenerateSerializer, Immutable, SuppressReferenceTracking]
internal sealed class AccountPlacement : PlacementStrategy;

[AttributeUsage(AttributeTargets.Class)]
internal sealed class AccountPlacementAttribute() : PlacementAttribute(new AccountPlacement());

internal sealed class AccountPlacementDirector(ClusterNodes nodes) : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var compatible = context.GetCompatibleSilos(target);
        var charging = nodes.Charging().Where(silo => compatible.Contains(silo)).ToList();
        if (charging.Contains(context.LocalSilo))
            return Task.FromResult(context.LocalSilo);
        if (charging.Count == 0)
            return Task.FromException<SiloAddress>(new OrleansException("no node of the cluster hosts charging accounts at this moment"));
        var account = target.GrainIdentity.GetIntegerKey();
        return Task.FromResult(charging.MaxBy(silo => Nearness(silo, account))!);
    }

    /// <summary>Rendezvous hashing: when a node goes, only its own accounts move.</summary>
    private static ulong Nearness(SiloAddress silo, long account)
    {
        ReadOnlySpan<long> both = [silo.GetConsistentHashCode(), account];
        return XxHash3.HashToUInt64(MemoryMarshal.AsBytes(both));
    }
}
