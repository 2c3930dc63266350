using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Tokenline.Storage.Postgres;

namespace Tokenline.Storage.Management.Secrets;

/// <summary>A node of a cluster: reads the key file again when it has changed, seals under the key that the cluster seals under, and tells the others what it knows.</summary>
internal sealed partial class SecretWatch(
    PostgresSecretNodes nodes,
    SecretSeal seal,
    int node,
    long run,
    TimeProvider time,
    ILogger<SecretWatch> log
) : BackgroundService
{
    private static readonly TimeSpan every = TimeSpan.FromSeconds(1);
    private string? announced;
    private string? told; // what is wrong, said once

    public async Task RoundAsync(CancellationToken cancellation)
    {
        string? wrong = null;
        try
        {
            seal.Refresh();
        }
        catch (Exception e) when (e is DatabaseException or IOException or UnauthorizedAccessException)
        {
            wrong = e.Message;
        }
        if (await nodes.SealingAsync(cancellation) is { } sealing && !seal.SealWith(sealing))
            wrong = $"the cluster seals under a key that {KeyFile.Name} of this node does not hold. Copy it from a node that serves";
        var said = PostgresSecretNodes.Said(run, seal);
        if (said != announced)
            await nodes.AnnounceAsync(node, run, seal, cancellation);
        announced = said;
        if (wrong is not null && wrong != told)
            LogWrong(wrong);
        told = wrong;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(every, time);
        do
        {
            try
            {
                await RoundAsync(stoppingToken);
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException)
            {
                // The journal says that its database is away; the next round looks again.
            }
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Secrets of this node: {Wrong}")]
    private partial void LogWrong(string wrong);
}
