using Microsoft.Extensions.Hosting;

namespace Tokenline.Cluster;

/// <summary>
/// Gives up accounts that nobody asks anything of: an idle account costs nothing but its rows on disk, and a quarter of an hour keeps a conversation's account warm.
/// It counts rounds and reads no clock, so a clock that is moved gives nothing up and keeps nothing.
/// </summary>
internal sealed class IdleAccounts(HostedAccounts hosted, TimeProvider time) : BackgroundService
{
    internal static readonly TimeSpan Round = TimeSpan.FromMinutes(1);
    internal const int Longest = 15;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Round, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                hosted.Rest(Longest);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What is here is closed with the silo.
        }
    }
}
