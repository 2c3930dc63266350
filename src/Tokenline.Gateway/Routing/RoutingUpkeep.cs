using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tokenline.Commerce.Catalog;
using Tokenline.Gateway.Routing.Health;
using Tokenline.Gateway.Upstreams;

namespace Tokenline.Gateway.Routing;

/// <summary>What is looked at every second, and not on the way of a call: outliers, vendors that are out of reach, deployments that are gone.</summary>
internal sealed partial class RoutingUpkeep(
    IModelCatalogSource catalog,
    Routes routes,
    RoutingClock clock,
    UpstreamClient upstream,
    VendorKeys keys,
    GatewayOptions options,
    TimeProvider time,
    ILogger<RoutingUpkeep> log
) : BackgroundService
{
    private const long OutliersMilliseconds = 5000;
    private const long IdleMilliseconds = 60_000;
    private const int ProbesAtOnce = 16;
    private static readonly TimeSpan round = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan probePatience = TimeSpan.FromSeconds(3);

    private readonly Dictionary<string, long> probedAt = [];
    private long outliersAt;
    private ModelCatalog? remembered;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(round, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await TryRoundAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // The process ends.
        }
    }

    /// <summary>Calls are served without it, so no failure of it ends the process.</summary>
    private async Task TryRoundAsync(CancellationToken stoppingToken)
    {
        try
        {
            await RoundAsync(stoppingToken);
        }
        catch (Exception e) when (!stoppingToken.IsCancellationRequested)
        {
            LogFailure(e);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Deployments could not be looked after; it is tried again in a second")]
    private partial void LogFailure(Exception e);

    private async Task RoundAsync(CancellationToken cancellation)
    {
        var now = clock.Now;
        var current = catalog.Current;
        if (current != remembered)
        {
            routes.Forget(current);
            probedAt.Clear();
            remembered = current;
        }
        if (now - outliersAt >= OutliersMilliseconds)
        {
            outliersAt = now;
            foreach (var model in current.Models)
                Outliers.Eject(routes.Of(model).Seats, now);
        }
        if (options.Routing.ProbeSeconds > 0)
            await ProbeAsync(current, now, cancellation);
    }

    /// <summary>Vendors that nothing listens at are asked every few seconds, and those that nobody calls every minute: so a dead one is known before a customer meets it.</summary>
    private async Task ProbeAsync(ModelCatalog current, long now, CancellationToken cancellation)
    {
        var due = new List<IGrouping<Uri, Seat>>();
        foreach (var address in current.Models.SelectMany(model => routes.Of(model).Seats).GroupBy(seat => seat.Deployment.BaseUrl))
        {
            var isUnreachable = address.Any(seat =>
                seat.Live.Circuit is { IsUnreachable: true } circuit && circuit.StateAt(now) == CircuitState.Open
            );
            var isIdle = address.All(seat => now - seat.Live.SeenAt > IdleMilliseconds && seat.Live.Running == 0);
            var last = probedAt.GetValueOrDefault(address.Key.AbsoluteUri, now - (IdleMilliseconds / 2));
            var every = isUnreachable ? options.Routing.ProbeSeconds * 1000L : IdleMilliseconds;
            if ((!isUnreachable && !isIdle) || now - last < every)
                continue;
            probedAt[address.Key.AbsoluteUri] = now;
            due.Add(address);
        }
        await Parallel.ForEachAsync(
            due,
            new ParallelOptions { MaxDegreeOfParallelism = ProbesAtOnce, CancellationToken = cancellation },
            async (address, token) => await ProbeAsync(address, token)
        );
    }

    /// <summary>Any answer but a server's failure is a sign of life: not every vendor lists its models.</summary>
    private async Task ProbeAsync(IGrouping<Uri, Seat> address, CancellationToken cancellation)
    {
        var deployment = address.First().Deployment;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var patience = new CancellationTokenSource(probePatience, time);
        using var _ = patience.Token.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), limit);
        var (answers, reason) = (false, "probe");
        try
        {
            var request = upstream.NewRequest("GET"u8, new Uri(deployment.BaseUrl.AbsoluteUri.TrimEnd('/') + "/models"), deployment);
            UpstreamTarget.Authorize(request, deployment.Apis[0], keys.Take(deployment));
            using var answer = await request.SendAsync(limit.Token);
            answers = answer.Status < HttpStatusCode.InternalServerError;
            reason = $"probe: status {(int)answer.Status}";
            if (!answers)
                return; // it is there; whether calls work is for calls to find out
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
        {
            reason = "probe: connect failed";
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return; // slow is not dead
        }
        foreach (var seat in address)
            seat.Live.Probed(clock.Now, answers, reason);
    }
}
