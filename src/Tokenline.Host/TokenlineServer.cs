using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using Tokenline.Charging;
using Tokenline.Charging.Audit;
using Tokenline.Cluster;
using Tokenline.Commerce;
using Tokenline.Commerce.Parties;
using Tokenline.Gateway;
using Tokenline.Gateway.Pipeline;
using Tokenline.Host.History;
using Tokenline.Host.Tls;
using Tokenline.Management;
using Tokenline.Management.Billing;
using Tokenline.Portal;
using Tokenline.Simulators;
using Tokenline.Simulators.Carrier;
using Tokenline.Storage.Billing;
using Tokenline.Storage.Management;
using Tokenline.Storage.Postgres;

namespace Tokenline.Host;

/// <summary>What a process is started for: to serve, or to carry out one verb while nobody serves.</summary>
internal enum ServerPurpose
{
    Serve,

    /// <summary>Seeds nothing, opens no door to customers, and leaves <c>demo.env</c> alone: it names the server that serves.</summary>
    Verb,
}

/// <summary>The whole system in one process. Starting is in this order: the data, the accounts, what the last run left open, the demo, and then the doors.</summary>
internal sealed class TokenlineServer : IAsyncDisposable
{
    /// <summary>What stopping may take beyond the drain of running calls.</summary>
    private const int StopSeconds = 30;

    private readonly DataFolder data;
    private readonly NodeData node;
    private readonly SimulatorServer? simulator;
    private readonly WebApplication app;
    private readonly Settings settings;
    private string? announcedUrl; // what demo.env says, where it is not the address listened on now

    private TokenlineServer(
        Settings settings,
        DataFolder data,
        NodeData node,
        SimulatorServer? simulator,
        WebApplication app,
        string adminKey
    )
    {
        (this.settings, this.data, this.node, this.simulator, this.app) = (settings, data, node, simulator, app);
        AdminKey = adminKey;
    }

    public string AdminKey { get; }

    /// <summary>The demo subscriber's key; null without the demo.</summary>
    public string? DemoKey { get; private set; }

    /// <summary>The simulated vendors and carrier; null without the demo.</summary>
    public SimulatorServer? Simulator => simulator;

    public string EnvironmentFile => data.EnvironmentFile;

    public IServiceProvider Services => app.Services;

    /// <summary>Where it listens, by a name that a client can use.</summary>
    public string Url =>
        app
            .Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!
            .Addresses.First()
            .Replace("0.0.0.0", "127.0.0.1")
            .Replace("[::]", "127.0.0.1");

    public static async Task<TokenlineServer> StartAsync(
        Settings settings,
        CancellationToken cancellation,
        ServerPurpose purpose = ServerPurpose.Serve,
        string? announcedUrl = null
    )
    {
        _ = Task.Run(() => WarmUp(settings.Cluster is not null, purpose), CancellationToken.None);
        settings = ServerLimits.Within(settings, ServerLimits.OpenFiles());
        var data = DataFolder.Open(settings.DataFolder);
        SimulatorServer? simulator = null;
        NodeData? node = null;
        TokenlineServer? server = null;
        try
        {
            if (settings is { Demo: true, HistoryDays: > 0, Cluster: null } && !DemoHistory.HasBooks(data.Path))
                await MakeHistoryAsync(settings, data, cancellation);
            if (settings is { Demo: true, SimulatorAddress: null })
            {
                simulator = await SimulatorServer.StartAsync(
                    settings.SimulatorUrl,
                    new SimulatorOptions { Carrier = CarrierSimulatorOptions.Demo with { Folder = data.CarrierFolder } },
                    cancellation
                );
            }
            if ((simulator?.Address ?? settings.SimulatorAddress) is { } simulated)
                settings = settings with { Commerce = settings.Commerce with { CarrierBaseUrl = new Uri(simulated, "/carrier") } };
            var adminKey = data.AdminKey(settings.AdminKey);
            node = await NodeData.OpenAsync(settings.Cluster, data, settings.Commerce.TimeZone, cancellation);
            server = new TokenlineServer(settings, data, node, simulator, Build(settings, data, node, adminKey), adminKey)
            {
                announcedUrl = announcedUrl,
            };
            await server.OpenAsync(purpose, cancellation);
            return server;
        }
        catch (Exception e)
        {
            if (server is not null)
                await server.DisposeAsync();
            else
                await DisposeAsync(simulator, node, data);
            if (e is DatabaseException unusable)
                throw new SettingException(unusable.Message);
            if (Addressed(e) is { } taken)
                throw new SettingException(
                    $"{settings.Urls} cannot be listened on: {taken.Message} Set TOKENLINE_URLS to another address."
                );
            throw;
        }
    }

    /// <summary>Completes when the process is asked to end, or <see cref="StopAsync"/> is called.</summary>
    public Task WaitForShutdownAsync(CancellationToken cancellation) => app.WaitForShutdownAsync(cancellation);

    /// <summary>No new calls; running ones finish, or are ended and pay for what was delivered.</summary>
    public Task StopAsync() => app.StopAsync(CancellationToken.None);

    private static WebApplication Build(Settings settings, DataFolder data, NodeData node, string adminKey)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseUrls(settings.Urls);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            ServerLimits.Apply(kestrel.Limits, settings);
        });
        builder.AddTls(settings.Tls);
        // Nothing on the way of a call blocks, so it may run where its bytes arrived: two hops between threads less.
        builder.WebHost.UseSockets(sockets =>
        {
            sockets.UnsafePreferInlineScheduling = true;
            // A system call a request less; the price is that an idle connection holds its block of 4 KB.
            sockets.WaitForDataBeforeAllocatingBuffer = false;
            // Who has flushed has handed all of it to the system: what still waited here would be lost when a stream is cut, and it is charged for.
            sockets.MaxWriteBufferSize = 1;
            sockets.Backlog = ServerLimits.Backlog;
        });
        builder.Services.Configure<HostOptions>(host =>
            host.ShutdownTimeout = TimeSpan.FromSeconds(settings.Gateway.LeaveNoticeSeconds + settings.Gateway.DrainSeconds + StopSeconds)
        );

        // The log is for people; what verbs print on standard output is for scripts.
        builder.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);

        builder.Services.AddSingleton(TimeProvider.System);
        node.AddTo(builder);
        builder.Services.AddSingleton<Auditor>();
        builder.Services.AddSingleton<Readiness>();
        var running = settings.Commerce.Running;
        running.Started = settings.Started();
        builder.Services.AddCommerce(settings.Commerce with { MailFolder = data.MailFolder });
        builder.Services.AddBilling(settings.Billing with { Running = running });
        builder.Services.AddGateway(settings.Gateway with { Running = running });
        builder.Services.AddManagementApi(adminKey);
        builder.Services.AddPortal(
            new PortalOptions
            {
                SentTexts = settings.Demo ? new Uri($"{settings.Commerce.CarrierBaseUrl}/sms") : null,
                ApiAddress = settings.PublicUrl,
            }
        );
        builder.Services.AddTelemetry();

        if (builder.Configuration["AllowedHosts"] is null or "*")
            RemoveHostFilter(builder.Services);

        var app = builder.Build();
        if (settings.ClientCertificateHeader is { } header)
            app.UseForwardedCertificate(header, settings.TrustedProxies);
        if (settings.TrustedProxies.Count > 0)
            app.UseForwardedHeaders(ForwardedBy(settings.TrustedProxies));
        app.UseHardenedHeaders();
        app.UseInlineSockets();
        if (node.Roles.HasFlag(NodeRoles.Gateway))
            app.UseGateway();
        app.UseRouting();
        if (node.Roles.HasFlag(NodeRoles.Gateway))
            app.MapGateway();
        if (node.Roles.HasFlag(NodeRoles.Portal))
        {
            app.MapManagementApi();
            app.MapPortal();
        }
        app.MapTelemetry();
        app.MapGet("/healthz", () => "ok").ExcludeFromDescription();
        app.MapGet(
                "/readyz",
                (Readiness readiness, RunningCalls calls) =>
                    readiness.IsReady && calls.IsOpen ? Results.Ok("ready") : Results.StatusCode(503)
            )
            .ExcludeFromDescription();
        return app;
    }

    /// <summary>It comes with the framework, and would let every host through.</summary>
    private static void RemoveHostFilter(IServiceCollection services)
    {
        foreach (var filter in services.Where(service => service.ImplementationType?.Name == "HostFilteringStartupFilter").ToList())
            services.Remove(filter);
    }

    /// <summary>Each hop must be a proxy that is known: the first that is not is who asks, whatever is said beyond.</summary>
    private static ForwardedHeadersOptions ForwardedBy(IReadOnlyList<string> proxies)
    {
        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto,
            ForwardLimit = null,
        };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var proxy in proxies)
        {
            if (proxy.Contains('/', StringComparison.Ordinal))
                options.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(proxy));
            else
                options.KnownProxies.Add(System.Net.IPAddress.Parse(proxy));
        }
        return options;
    }

    private async Task OpenAsync(ServerPurpose purpose, CancellationToken cancellation)
    {
        await app.Services.OpenManagementStorageAsync(cancellation);
        await app.Services.OpenBillingStorageAsync(cancellation);
        var commerce = app.Services.GetRequiredService<CommerceStart>();
        await commerce.LoadAsync(cancellation);
        await app.StartAsync(cancellation); // it listens, and refuses calls until the doors are opened below
        await node.RecoverAsync(app.Services);
        await commerce.ResumeAsync(cancellation);
        if (purpose == ServerPurpose.Verb)
            return;
        if (settings.Demo && (simulator?.Address ?? settings.SimulatorAddress) is { } simulated)
            await SeedAsync(simulated, cancellation);
        app.Services.GetRequiredService<RunningCalls>().Open();
        app.Services.GetRequiredService<Readiness>().IsReady = true;
    }

    /// <summary>What the start, or the first call, would otherwise wait for, and which waits for nothing.</summary>
    private static void WarmUp(bool isCluster, ServerPurpose purpose)
    {
        ManagementStorage.WarmUp(isCluster);
        BillingStorage.WarmUp(isCluster);
        if (purpose == ServerPurpose.Serve)
            GatewaySetup.WarmUp();
    }

    private static async Task MakeHistoryAsync(Settings settings, DataFolder data, CancellationToken cancellation)
    {
        var told = 0;
        var report = await DemoHistory.MakeAsync(
            data.Path,
            new HistoryOptions(settings.HistoryDays),
            settings.Commerce,
            settings.Billing,
            settings.SimulatorAddress ?? new Uri(settings.SimulatorUrl),
            TimeProvider.System.GetUtcNow(),
            (day, share) =>
            {
                if (day.Month == told)
                    return;
                told = day.Month;
                Console.Error.WriteLine($"making a year of demo history: {day:yyyy-MM} ({share:P0})");
            },
            cancellation
        );
        Console.Error.WriteLine(
            $"made {report.From:yyyy-MM-dd} to {report.To:yyyy-MM-dd}: {report.Customers} customers, {report.Calls} calls, {report.Refunds} refunds, {report.Periods} months billed and settled"
        );
    }

    private async Task SeedAsync(Uri simulatorAddress, CancellationToken cancellation)
    {
        var seeded = await app.Services.GetRequiredService<DemoSeed>().SeedAsync(simulatorAddress, cancellation);
        var known = DemoEnvironment.KnownKey(data.EnvironmentFile);
        DemoKey =
            seeded.Key
            ?? (
                known is not null && app.Services.GetRequiredService<Keyring>().Find(known, TimeProvider.System.GetUtcNow()) is not null
                    ? known
                    : null
            )
            ?? (await app.Services.GetRequiredService<Keys>().CreateAsync(seeded.Customer.Id, "demo", null, null, cancellation))
                .Value
                ?.Text;
        if (DemoKey is not null)
            new DemoEnvironment(announcedUrl ?? settings.PublicUrl ?? Url, DemoKey, AdminKey).Write(data.EnvironmentFile);
    }

    private static Exception? Addressed(Exception e) =>
        e is Microsoft.AspNetCore.Connections.AddressInUseException
        || e.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException
            ? e
            : e as System.Net.Sockets.SocketException;

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        await DisposeAsync(simulator, node, data);
    }

    private static async Task DisposeAsync(SimulatorServer? simulator, NodeData? node, DataFolder data)
    {
        if (node is not null)
            await node.DisposeAsync();
        if (simulator is not null)
            await simulator.DisposeAsync();
        data.Dispose();
    }
}

/// <summary>Whether the server has finished its start.</summary>
internal sealed class Readiness
{
    public bool IsReady { get; set; }
}
