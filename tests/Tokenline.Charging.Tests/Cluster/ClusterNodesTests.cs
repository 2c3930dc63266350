using System.Collections.Immutable;
using System.Net;
using Orleans.Runtime;
using Tokenline.Cluster;

namespace Tokenline.Charging.Tests.Cluster;

public sealed class ClusterNodesTests
{
    private static readonly SiloAddress here = Silo(1);
    private static readonly SiloAddress there = Silo(2);

    [Fact]
    public void Where_no_node_hosts_accounts_at_this_moment_none_is_the_first_of_them()
    {
        Assert.False(Nodes().IsFirst());
        Assert.False(Nodes((here, SiloStatus.Joining, NodeRoles.All)).IsFirst());
        Assert.False(Nodes((here, SiloStatus.Active, NodeRoles.Gateway), (there, SiloStatus.Dead, NodeRoles.Charging)).IsFirst());
    }

    [Fact]
    public void The_first_is_the_one_that_began_first_of_those_that_host_accounts()
    {
        Assert.True(Nodes((here, SiloStatus.Active, NodeRoles.All)).IsFirst());
        Assert.True(Nodes((here, SiloStatus.Active, NodeRoles.Charging), (there, SiloStatus.Active, NodeRoles.All)).IsFirst());
        Assert.False(Nodes((there, SiloStatus.Active, NodeRoles.All), (here, SiloStatus.Active, NodeRoles.Charging)).IsFirst());
        Assert.True(Nodes((there, SiloStatus.Active, NodeRoles.Portal), (here, SiloStatus.Active, NodeRoles.Charging)).IsFirst());
    }

    /// <summary>As they began.</summary>
    private static ClusterNodes Nodes(params (SiloAddress Silo, SiloStatus Status, NodeRoles Roles)[] members) =>
        new(new Members(members), new Here(), TimeProvider.System);

    private static SiloAddress Silo(int number) => SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 11_110 + number), 1);

    private sealed class Members((SiloAddress Silo, SiloStatus Status, NodeRoles Roles)[] members) : IClusterMembershipService
    {
        public ClusterMembershipSnapshot CurrentSnapshot { get; } =
            new(
                members
                    .Select((member, i) => (member.Silo, Member: Member(member.Silo, member.Status, new NodeName(i, i, member.Roles))))
                    .ToImmutableDictionary(pair => pair.Silo, pair => pair.Member),
                new MembershipVersion(1)
            );

        public IAsyncEnumerable<ClusterMembershipSnapshot> MembershipUpdates => AsyncEnumerable.Empty<ClusterMembershipSnapshot>();

        public ValueTask Refresh(MembershipVersion minimumVersion = default, CancellationToken cancellationToken = default) =>
            ValueTask.CompletedTask;

        public Task<bool> TryKill(SiloAddress siloAddress) => Task.FromResult(false);

        private static ClusterMember Member(SiloAddress silo, SiloStatus status, NodeName name) => new(silo, status, name.ToString());
    }

    private sealed class Here : ILocalSiloDetails
    {
        public string Name => "here";

        public string ClusterId => "test";

        public string DnsHostName => "localhost";

        public SiloAddress SiloAddress => here;

        public SiloAddress GatewayAddress => here;
    }
}
