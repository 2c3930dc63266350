using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;

namespace Tokenline.Charging.Tests.Cluster;

public sealed class LoneSiloTests
{
    /// <summary>A port that a connection may be lent is sometimes lent between the look whether it is free and the silo's start.</summary>
    [Fact]
    public async Task It_listens_on_ports_that_no_connection_is_lent()
    {
        using var silo = await LoneSilo.StartAsync(new TestTariffs());
        var here = silo.Services.GetRequiredService<ILocalSiloDetails>();
        int[] ports = [here.SiloAddress.Endpoint.Port, here.GatewayAddress.Endpoint.Port];
        Assert.Equal(2, ports.Distinct().Count());
        Assert.All(ports, port => Assert.InRange(port, 20_000, 31_999));
        await silo.StopAsync(TestContext.Current.CancellationToken);
    }
}
