using System.Net;
using System.Net.Sockets;
using Tokenline.Gateway;
using Tokenline.Gateway.Routing;

namespace Tokenline.Host.Tests.Routing;

/// <summary>A vendor that nothing listens at is asked for life, and gets calls as soon as something does, long before its circuit would have let one try.</summary>
public sealed class ProbeTests(ProbeTests.PatientServer server) : IClassFixture<ProbeTests.PatientServer>
{
    public sealed class PatientServer : RunningServer
    {
        private protected override GatewayOptions Options =>
            new()
            {
                Routing = new RoutingOptions
                {
                    ProbeSeconds = 1,
                    CircuitOpenMilliseconds = 3_600_000,
                    CircuitOpenMaxSeconds = 3600,
                },
            };
    }

    [Fact]
    public async Task A_vendor_that_comes_back_is_found_by_a_probe()
    {
        var port = FreePort();
        await server.PutVendorAsync("probed", new Uri($"http://127.0.0.1:{port}/v1"));
        var model = await server.ModelAsync("probed", ("probed", null));
        var subscriber = await server.SubscriberAsync();
        for (var i = 0; i < 3; i++)
            Assert.Equal(503, (await subscriber.AskAsync(Wire.Ask(model: model))).Status);

        using var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        _ = AnswerAllAsync(listener);

        var answer = await Eventually.WhenAsync(() => subscriber.AskAsync(Wire.Ask(model: model)), seen => seen.Status == 200);
        Assert.Equal(200, answer.Status);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task AnswerAllAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                using var socket = await listener.AcceptSocketAsync(RunningServer.Cancel);
                var head = new byte[16 * 1024];
                await socket.ReceiveAsync(head);
                var body = Wire.Completion("Hi", Wire.Usage(10, 2));
                await socket.SendAsync(
                    System.Text.Encoding.UTF8.GetBytes(
                        $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}"
                    )
                );
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The test is over.
        }
    }
}
