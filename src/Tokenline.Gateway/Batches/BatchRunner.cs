using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tokenline.Commerce.Batches;
using Tokenline.Commerce.Configuration;
using Tokenline.Commerce.Files;

namespace Tokenline.Gateway.Batches;

/// <summary>
/// Takes batches from where they are to their end: one of an account at a time, the oldest first. Where it was when the process ended is in the store, and it
/// goes on from there.
/// </summary>
internal sealed partial class BatchRunner(
    IBatchStore batches,
    IFileStore files,
    BatchWork work,
    ILeadership leadership,
    ITurns turns,
    GatewayOptions options,
    TimeProvider time,
    ILogger<BatchRunner> log
) : BackgroundService
{
    private static readonly TimeSpan lookEvery = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan othersLookEvery = TimeSpan.FromSeconds(3); // batches that another node takes in, or cancels
    private static readonly TimeSpan othersWriteWithin = TimeSpan.FromDays(1); // a file that another node takes in
    private static readonly TimeSpan sweepEvery = TimeSpan.FromHours(1);

    private readonly DateTimeOffset begunAt = time.GetUtcNow(); // before anybody can upload: what is unfinished from before it is of a run that has ended
    private readonly SemaphoreSlim signal = new(0, 1);
    private readonly ConcurrentDictionary<AccountId, Task> running = new();

    /// <summary>There is something new to do.</summary>
    public void Wake()
    {
        try
        {
            signal.Release();
        }
        catch (SemaphoreFullException)
        {
            // it is awake already
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await leadership.WhileLeadingAsync(LeadershipWork.Batches, RunAsync, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the server ends
        }
    }

    private async Task RunAsync(CancellationToken stoppingToken)
    {
        try
        {
            await files.DeleteUnfinishedAsync(turns.AreShared ? time.GetUtcNow() - othersWriteWithin : begunAt, stoppingToken);
            var sweptAt = DateTimeOffset.MinValue;
            while (true)
            {
                try
                {
                    Begin(await batches.UnfinishedAsync(stoppingToken), stoppingToken);
                    if (time.GetUtcNow() - sweptAt > sweepEvery)
                    {
                        await SweepAsync(stoppingToken);
                        sweptAt = time.GetUtcNow();
                    }
                }
                catch (Exception e) when (!stoppingToken.IsCancellationRequested)
                {
                    LogFailed(e);
                }
                await signal.WaitAsync(turns.AreShared ? othersLookEvery : lookEvery, stoppingToken);
            }
        }
        finally
        {
            await Task.WhenAll(running.Values); // before another node begins
        }
    }

    private void Begin(IReadOnlyList<Batch> unfinished, CancellationToken stopping)
    {
        foreach (var batch in unfinished.DistinctBy(batch => batch.Account))
        {
            if (running.ContainsKey(batch.Account))
            {
                // It may have been cancelled at another node.
                if (batch.State == BatchState.Cancelling)
                    work.Cancel(batch.Id);
                continue;
            }
            if (running.Count >= options.BatchAccountsMax)
                continue;
            // It must be in the table before it can take itself out of it.
            var start = new TaskCompletionSource();
            running[batch.Account] = RunAsync(batch, start.Task, stopping);
            start.SetResult();
        }
    }

    private async Task RunAsync(Batch batch, Task start, CancellationToken stopping)
    {
        await start;
        await Task.Yield();
        try
        {
            await work.RunAsync(batch, stopping);
            running.TryRemove(batch.Account, out _);
            Wake();
        }
        catch (Exception e)
        {
            running.TryRemove(batch.Account, out _);
            if (!stopping.IsCancellationRequested)
                LogBatchFailed(batch.Id, e); // it is taken up again at the next look
        }
    }

    private async Task SweepAsync(CancellationToken stopping)
    {
        var before = time.GetUtcNow().AddDays(-options.FileDays);
        await files.DeleteBeforeAsync(before, stopping);
        await batches.DeleteEndedBeforeAsync(before, stopping);
    }

    public override void Dispose()
    {
        signal.Dispose();
        base.Dispose();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "batches could not be looked for; it is tried again")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Batch} could not be carried on; it is tried again")]
    private partial void LogBatchFailed(BatchId batch, Exception exception);
}
