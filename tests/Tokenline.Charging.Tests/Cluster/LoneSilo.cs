using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tokenline.Charging.Tariffs;
using Tokenline.Charging.Tests.Journal;
using Tokenline.Cluster;

namespace Tokenline.Charging.Tests.Cluster;

/// <summary>The accounts as a node hosts them, by themselves: one silo, and a journal in memory.</summary>
internal static class LoneSilo
{
    public static async Task<IHost> StartAsync(ITariffs tariffs, TimeProvider? time = null)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        var journal = new MemoryChargeJournal();
        builder.Services.AddSingleton<IChargeJournal>(journal);
        builder.Services.AddSingleton<IChargeHistory>(journal);
        builder.Services.AddSingleton(tariffs);
        builder.Services.AddSingleton(time ?? TimeProvider.System);
        builder.Services.AddSingleton(new IdSource(TimeProvider.System));
        builder.AddCluster();
        var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        return host;
    }
}
