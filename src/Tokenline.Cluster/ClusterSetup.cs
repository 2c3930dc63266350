using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Runtime;
using Orleans.Runtime.Placement;
using Orleans.Serialization;
using Tokenline.Charging;
using Tokenline.Charging.Audit;
using Tokenline.Charging.Tariffs;
using Tokenline.Cluster.Leases;

namespace Tokenline.Cluster;

/// <summary>How a node takes part in a cluster.</summary>
/// <param name="Cluster">Nodes of one name are one cluster.</param>
/// <param name="Endpoint">Where the other nodes reach this one; port 0 takes a free one.</param>
/// <param name="Membership">A connection string to PostgreSQL whose search path leads to the membership tables.</param>
public sealed record ClusterMembership(string Cluster, NodeName Node, IPEndPoint Endpoint, string Membership);

public static class ClusterSetup
{
    private const int LowestPort = 20_000;
    private const int HighestPort = 32_000;

    /// <summary>
    /// The charging accounts. The journal, its history, the tariffs and the clock are registered elsewhere.
    /// </summary>
    /// <param name="membership">Null: one silo on this machine, on ports that are free.</param>
    public static IHostApplicationBuilder AddCluster(this IHostApplicationBuilder builder, ClusterMembership? membership = null)
    {
        builder.Services.AddSingleton<HostedAccounts>();
        builder.Services.AddSingleton<ILiveAccounts>(services => services.GetRequiredService<HostedAccounts>());
        builder.Services.AddSingleton(services => new AccountMetrics(
            services.GetRequiredService<HostedAccounts>(),
            services.GetRequiredService<IChargeJournal>()
        ));
        builder.Services.AddHostedService<IdleAccounts>();
        builder.Services.AddSingleton<IChargingAccounts, ClusterAccounts>();
        builder.Services.AddSingleton<ClusterNodes>();
        builder.Services.AddSingleton<LeaseDesk>();
        builder.Services.AddSingleton<LeaseRounds>();
        builder.Services.AddSingleton<ILeases>(services => services.GetRequiredService<LeaseRounds>());
        builder.Services.AddHostedService(services => services.GetRequiredService<LeaseRounds>());
        builder.Services.AddSerializer(serializer =>
            serializer.AddJsonSerializer(type =>
                type.Namespace is { } home
                && home.StartsWith("Tokenline.", StringComparison.Ordinal)
                && home != "Tokenline.Cluster"
                && !type.IsAssignableTo(typeof(Exception))
            )
        );
        builder
            .Services.AddOptions<JsonCodecOptions>()
            .Configure<ITariffs>((json, tariffs) => json.SerializerOptions.Converters.Add(new TariffByVersion(tariffs)));
        builder.Services.Configure<ExceptionSerializationOptions>(exceptions => exceptions.SupportedNamespacePrefixes.Add("Tokenline"));
        builder.UseOrleans(silo =>
        {
            if (membership is null)
                Alone(silo);
            else
                Together(silo, membership);
            silo.Services.AddPlacementDirector<AccountPlacement, AccountPlacementDirector>();
        });
        return builder;
    }

    private static void Alone(ISiloBuilder silo)
    {
        var (siloPort, gatewayPort) = FreePorts();
        silo.UseLocalhostClustering(siloPort, gatewayPort, primarySiloEndpoint: new IPEndPoint(IPAddress.Loopback, siloPort));
        silo.Configure<SiloOptions>(options => options.SiloName = new NodeName(0, 0, NodeRoles.All).ToString());
        // Nobody is there to join: it would be itself that joins for too long, where a clock jumps while it starts.
        silo.Configure<ClusterMembershipOptions>(options => options.EvictWhenMaxJoinAttemptTimeExceeded = false);
        // Every account is here: room to remember where a million of them are would be 19 MB. Without any strategy one of the two tables would stay as large.
        silo.Configure<GrainDirectoryOptions>(options => options.CacheSize = 1000);
    }

    private static void Together(ISiloBuilder silo, ClusterMembership membership)
    {
        var port = membership.Endpoint.Port > 0 ? membership.Endpoint.Port : FreePorts().Silo;
        silo.Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (membership.Cluster, "tokenline"));
        silo.Configure<SiloOptions>(options => options.SiloName = membership.Node.ToString());
        silo.ConfigureEndpoints(membership.Endpoint.Address, port, gatewayPort: 0, listenOnAnyHostAddress: false);
#pragma warning disable ORLEANSEXP003 // The directory that was before it gives up accounts on nodes that stay, when the node goes that only knew where they are.
        silo.AddDistributedGrainDirectory();
#pragma warning restore ORLEANSEXP003
        // A dead node may wake and write: the journal's fence refuses it, so its accounts need not wait until it surely does not.
        silo.Configure<GrainDirectoryOptions>(options => options.RangeLeaseDuration = TimeSpan.Zero);
        silo.UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = ("Npgsql", membership.Membership));
        // A dead node's accounts answer again within 5 s: two probes of a second missed, told to everybody at once, and two nodes must agree where there are as many.
        silo.Configure<ClusterMembershipOptions>(options =>
        {
            options.ProbeTimeout = options.MinProbeTimeout = options.MaxProbeTimeout = TimeSpan.FromSeconds(1);
            options.NumMissedProbesLimit = 2;
            options.NumVotesForDeathDeclaration = 2;
            options.TableRefreshTimeout = TimeSpan.FromSeconds(5);
            options.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(10);
            options.DefunctSiloExpiration = TimeSpan.FromDays(1);
            options.DefunctSiloCleanupPeriod = TimeSpan.FromHours(1);
        });
        silo.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = options.SystemResponseTimeout = TimeSpan.FromSeconds(5));
        silo.Services.AddHostedService<OrphanedCharges>();
    }

    /// <summary>Below those that a system lends to who connects somewhere (32768 and up on Linux): one of them could be lent between this look and the silo's own.</summary>
    private static (int Silo, int Gateway) FreePorts()
    {
        var free = new List<int>(2);
        while (free.Count < 2)
        {
            var port = RandomNumberGenerator.GetInt32(LowestPort, HighestPort);
            if (!free.Contains(port) && IsFree(port))
                free.Add(port);
        }
        return (free[0], free[1]);
    }

    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return false;
        }
    }
}
