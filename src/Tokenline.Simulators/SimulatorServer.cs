using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Tokenline.Simulators.Carrier;
using Tokenline.Simulators.Vendors;

namespace Tokenline.Simulators;

public sealed record SimulatorOptions
{
    public VendorSimulatorOptions Vendors { get; init; } = new();
    public CarrierSimulatorOptions Carrier { get; init; } = new();
}

/// <summary>All simulators on a small server of their own.</summary>
public sealed class SimulatorServer : IAsyncDisposable
{
    private readonly WebApplication server;

    private SimulatorServer(WebApplication server, VendorSimulator vendors, CarrierSimulator carrier)
    {
        this.server = server;
        Vendors = vendors;
        Carrier = carrier;
        Address = new Uri(server.Urls.First());
    }

    /// <summary>With the port that was really taken.</summary>
    public Uri Address { get; }

    public VendorSimulator Vendors { get; }

    public CarrierSimulator Carrier { get; }

    /// <param name="url">Such as <c>http://127.0.0.1:9100</c>; port 0 takes a free one.</param>
    /// <param name="options">Null: the defaults.</param>
    /// <param name="cancel">Gives up the start.</param>
    public static async Task<SimulatorServer> StartAsync(string url, SimulatorOptions? options = null, CancellationToken cancel = default)
    {
        options ??= new SimulatorOptions();
        // Empty, so that it takes nothing from the settings and signals of the process it is a guest in.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, GuestLifetime>();
        builder.WebHost.UseUrls(url);
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // A test may read an answer as slowly as it likes.
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.MaxRequestBodySize = 64 << 20;
        });
        var application = builder.Build();
        var vendors = new VendorSimulator(options.Vendors);
        var carrier = new CarrierSimulator(options.Carrier);
        application.MapVendorSimulator(vendors).MapCarrierSimulator(carrier);
        try
        {
            await application.StartAsync(cancel);
            return new SimulatorServer(application, vendors, carrier);
        }
        catch
        {
            carrier.Dispose();
            await application.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        // Answers that hang on purpose would hold a graceful stop up: connections are aborted at once.
        await server.StopAsync(new CancellationToken(canceled: true));
        await server.DisposeAsync();
        Carrier.Dispose();
    }

    /// <summary>Leaves Ctrl+C and SIGTERM to the host process.</summary>
    private sealed class GuestLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
