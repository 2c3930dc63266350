using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NodaTime;
using Tokenline.Commerce;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Quality;

namespace Tokenline.Gateway.Routing.Figures;

/// <summary>Brings what was counted of deployments to where it is kept, every thirty seconds and when the process ends. No call waits for it.</summary>
internal sealed partial class QualityKeeping(
    IModelCatalogSource catalog,
    Routes routes,
    CommerceOptions options,
    TimeProvider time,
    ILogger<QualityKeeping> log,
    IQualityStore? store = null
) : BackgroundService
{
    private static readonly TimeSpan period = TimeSpan.FromSeconds(30);
    private readonly DateTimeZone zone = DateTimeZoneProviders.Tzdb[options.TimeZone];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (store is null)
            return; // a gateway without management data keeps nothing
        using var timer = new PeriodicTimer(period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await KeepAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            await KeepAsync(CancellationToken.None); // the process ends
        }
    }

    /// <summary>What could not be kept is counted on, and tried again.</summary>
    internal async Task KeepAsync(CancellationToken cancellation)
    {
        var day = Instant.FromDateTimeOffset(time.GetUtcNow()).InZone(zone).Date.ToDateOnly();
        var taken = new List<(LiveDeployment Live, QualityDay Day)>();
        foreach (var model in catalog.Current.Models)
        {
            foreach (var seat in routes.Of(model).Seats)
            {
                if (seat.Live.TakeQuality() is not { } tally)
                    continue;
                if (seat.Deployment.Profile.Energy is { } energy)
                {
                    tally.EnergyTokens = tally.OutputTokens;
                    tally.Joules = tally.OutputTokens * (double)energy.JoulesPerOutputToken;
                }
                taken.Add((seat.Live, new(seat.Deployment.Id, model.Id, seat.Deployment.Vendor, day, tally)));
            }
        }
        try
        {
            await store!.AddAsync([.. taken.Select(one => one.Day)], cancellation);
        }
        catch (Exception e)
        {
            foreach (var (live, kept) in taken)
                live.GiveBack(kept.Tally);
            // Of a process that was not stopped but thrown away, the store is gone before this.
            if (!cancellation.IsCancellationRequested && e is not ObjectDisposedException)
                LogFailure(e);
        }
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "What was measured of deployments could not be kept; it is tried again in thirty seconds"
    )]
    private partial void LogFailure(Exception exception);
}
