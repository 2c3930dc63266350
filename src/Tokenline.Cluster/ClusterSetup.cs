using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Serialization;
using Tokenline.Charging;
using Tokenline.Charging.Audit;

namespace Tokenline.Cluster;

public static class ClusterSetup
{
    /// <summary>One silo on this machine, on ports that are free. The journal, its history, the tariffs and the clock are registered elsewhere.</summary>
    public static IHostApplicationBuilder AddCluster(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<HostedAccounts>();
        builder.Services.AddSingleton<ILiveAccounts>(services => services.GetRequiredService<HostedAccounts>());
        builder.Services.AddSingleton<IChargingAccounts, ClusterAccounts>();
        builder.Services.AddSerializer(serializer =>
            serializer.AddJsonSerializer(type =>
                type.Namespace is { } home && home.StartsWith("Tokenline.", StringComparison.Ordinal) && home != "Tokenline.Cluster"
            )
        );
        builder.UseOrleans(silo =>
        {
            var (siloPort, gatewayPort) = FreePorts();
            silo.UseLocalhostClustering(siloPort, gatewayPort, primarySiloEndpoint: new IPEndPoint(IPAddress.Loopback, siloPort));
            // An idle account costs nothing but its rows on disk; a quarter of an hour keeps a conversation's account warm.
            silo.Configure<GrainCollectionOptions>(options =>
            {
                options.CollectionAge = TimeSpan.FromMinutes(15);
                options.CollectionQuantum = TimeSpan.FromMinutes(1);
            });
        });
        return builder;
    }

    private static (int Silo, int Gateway) FreePorts()
    {
        using var first = new TcpListener(IPAddress.Loopback, 0);
        using var second = new TcpListener(IPAddress.Loopback, 0);
        first.Start();
        second.Start();
        return (((IPEndPoint)first.LocalEndpoint).Port, ((IPEndPoint)second.LocalEndpoint).Port);
    }
}
