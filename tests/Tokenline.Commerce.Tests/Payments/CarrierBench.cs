using Microsoft.Extensions.Time.Testing;
using Tokenline.Commerce.Payments;
using Tokenline.Simulators;
using Tokenline.Simulators.Carrier;

namespace Tokenline.Commerce.Tests.Payments;

/// <summary>The simulated carrier on a socket of its own, its clock, and our clients of it.</summary>
internal sealed class CarrierBench : IAsyncDisposable
{
    private readonly HttpClient http = CarrierBillingClient.NewHttpClient();
    private readonly SimulatorServer server;

    private CarrierBench(SimulatorServer server, FakeTimeProvider time)
    {
        (this.server, Time) = (server, time);
        Options = new CommerceOptions { CarrierBaseUrl = new Uri(server.Address, "/carrier") };
        Bill = new CarrierBillingClient(http, Options, Alarms, time);
        Passwords = new CarrierOneTimePasswordClient(http, Options);
    }

    public CommerceOptions Options { get; }
    public FakeTimeProvider Time { get; }
    public CarrierSimulator Carrier => server.Carrier;
    public RaisedAlarms Alarms { get; } = new();
    public CarrierBillingClient Bill { get; }
    public CarrierOneTimePasswordClient Passwords { get; }

    public static async Task<CarrierBench> OpenAsync(CarrierSimulatorOptions? options = null)
    {
        var time = new FakeTimeProvider(World.Start);
        var carrier = (options ?? new CarrierSimulatorOptions()) with { Time = time };
        return new(await SimulatorServer.StartAsync("http://127.0.0.1:0", new SimulatorOptions { Carrier = carrier }), time);
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await server.DisposeAsync();
    }
}

internal sealed class RaisedAlarms : IPaymentAlarms
{
    public List<(string Correlator, string Words)> Raised { get; } = [];

    public void Raise(string correlator, string words) => Raised.Add((correlator, words));
}
