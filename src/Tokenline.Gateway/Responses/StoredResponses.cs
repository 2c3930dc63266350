using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tokenline.Commerce.Configuration;
using Tokenline.Commerce.Responses;
using Tokenline.Gateway.Pipeline;
using Tokenline.Gateway.Protocols;

namespace Tokenline.Gateway.Responses;

/// <summary>
/// Responses that customers may come back to. One is found from the instant before its client has it whole; it is written behind that, by one writer, and
/// a failure there is logged and harms no answer.
/// </summary>
internal sealed partial class StoredResponses(
    IResponseStore store,
    ILeadership leadership,
    GatewayOptions options,
    TimeProvider time,
    ILogger<StoredResponses> log
) : BackgroundService, IAsyncDisposable
{
    private const int QueueMax = 1024;
    private const int BatchMax = 64;
    private const int SweptAtOnce = 500;
    private const long PendingBytesMax = 256L * 1024 * 1024;
    private static readonly TimeSpan sweepEvery = TimeSpan.FromHours(1);
    private static readonly TimeSpan writtenWithin = TimeSpan.FromSeconds(5);

    private readonly Channel<Work> queue = Channel.CreateBounded<Work>(new BoundedChannelOptions(QueueMax) { SingleReader = true });
    private readonly ConcurrentDictionary<(AccountId, string), StoredResponse> pending = new();
    private long pendingBytes;

    /// <summary>A response to write, or somebody who waits until all before it are written.</summary>
    private readonly record struct Work(StoredResponse? Response, TaskCompletionSource? Waiting);

    private DateTimeOffset OldestKept => time.GetUtcNow().AddDays(-options.StoredResponseDays);

    /// <summary>Makes a body that names an earlier response self-contained. Null: it is now, or it names none.</summary>
    public async ValueTask<Rejection?> ResolveAsync(Call call)
    {
        if (call.Client.Kind != Protocol.Responses || !PreviousResponse.TryRead(call.Body.Span, out var previous))
            return null;
        if (await FindAsync(call.Key.Account, previous.Id, call.ClientGone) is not { } earlier)
            return new(
                Problems.PreviousResponseNotFound,
                $"Previous response with id '{previous.Id}' not found.",
                Param: "previous_response_id"
            );
        using var joined = new PooledBuffer();
        previous.Join(call.Body.Span, earlier, joined);
        if (joined.Length > options.RequestBytesMax)
            return new(
                Problems.PayloadTooLarge,
                $"The body is larger than {options.RequestBytesMax} bytes together with the conversation that it goes on with."
            );
        call.Body.Clear();
        joined.Span.CopyTo(call.Body.GetSpan(joined.Length));
        call.Body.Advance(joined.Length);
        return null;
    }

    /// <summary>What takes the answer of a call, or null where no answer is kept.</summary>
    public IAnswerCopy? CopyOf(Call call) => call.Client.Kind == Protocol.Responses ? new ResponseCopy(call, this) : null;

    public async Task<StoredResponse?> FindAsync(AccountId account, string id, CancellationToken cancellation) =>
        pending.TryGetValue((account, id), out var found) ? found : await store.FindAsync(account, id, OldestKept, cancellation);

    /// <summary>False: there was none.</summary>
    public async Task<bool> DeleteAsync(AccountId account, string id, CancellationToken cancellation)
    {
        if (!pending.IsEmpty)
        {
            var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await queue.Writer.WriteAsync(new(null, written), cancellation);
            await written.Task.WaitAsync(cancellation);
        }
        return await store.DeleteAsync(account, id, cancellation);
    }

    /// <summary>Copies what is to be kept of an answer that is about to leave. Memory only, and it never throws.</summary>
    internal void Keep(Call call, ReadOnlySpan<byte> response)
    {
        try
        {
            using var input = new PooledBuffer();
            if (ResponseItems.IdOf(response) is not { } id || !ResponseItems.TryReadInput(call.Body.Span, input))
                return;
            if (input.Length + response.Length > options.StoredResponseBytesMax)
            {
                LogTooLarge(call.Charge, input.Length + response.Length);
                return;
            }
            Enqueue(call, new StoredResponse(call.Key.Account, id, call.StartedAt, input.Span.ToArray(), response.ToArray()));
        }
        catch (Exception e)
        {
            LogNotKept(call.Charge, e);
        }
    }

    /// <summary>Completes when what was copied so far is written. Should that fail or take too long it is logged, and the answer leaves: its charge is durable.</summary>
    internal async ValueTask WrittenAsync(ChargeId charge)
    {
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!queue.Writer.TryWrite(new(null, written)))
        {
            LogNotYetWritten(charge);
            return;
        }
        await written.Task.WaitAsync(writtenWithin, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!written.Task.IsCompleted)
            LogNotYetWritten(charge);
    }

    private void Enqueue(Call call, StoredResponse response)
    {
        if (Interlocked.Add(ref pendingBytes, response.Bytes) <= PendingBytesMax)
        {
            pending[(response.Account, response.Id)] = response;
            if (queue.Writer.TryWrite(new(response, null)))
                return;
        }
        Forget(response);
        LogNotKept(call.Charge, null);
    }

    private void Forget(StoredResponse response)
    {
        Interlocked.Add(ref pendingBytes, -response.Bytes);
        pending.TryRemove(new((response.Account, response.Id), response));
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(WriteAsync(), SweepingAsync(stoppingToken));

    /// <summary>Calls have ended by then; what they left is written.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        queue.Writer.TryComplete();
        await base.StopAsync(cancellationToken);
    }

    /// <summary>Where nobody stopped it before: what is queued is still written, to a database that is still there.</summary>
    public async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        Dispose();
        if (ExecuteTask is { } running)
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // it may be cancelled before it began
    }

    private async Task WriteAsync()
    {
        await Task.Yield();
        var batch = new List<StoredResponse>(BatchMax);
        while (await queue.Reader.WaitToReadAsync(CancellationToken.None))
        {
            TaskCompletionSource? waiting = null;
            while (batch.Count < BatchMax && waiting is null && queue.Reader.TryRead(out var work))
            {
                waiting = work.Waiting;
                if (work.Response is { } response)
                    batch.Add(response);
            }
            await WriteAsync(batch);
            waiting?.TrySetResult();
            batch.Clear();
        }
    }

    private async Task WriteAsync(List<StoredResponse> batch)
    {
        if (batch.Count == 0)
            return;
        try
        {
            var retention = new ResponseRetention(options.StoredResponsesPerAccount, options.StoredResponseAccountBytesMax);
            await store.AddAsync(batch, retention, CancellationToken.None);
        }
        catch (Exception e)
        {
            LogNotWritten(batch.Count, e);
        }
        foreach (var response in batch)
            Forget(response);
    }

    private async Task SweepingAsync(CancellationToken stopping)
    {
        try
        {
            await leadership.WhileLeadingAsync(LeadershipWork.Responses, SweepAsync, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // the server ends
        }
    }

    private async Task SweepAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(sweepEvery, time);
        do
        {
            try
            {
                while (await store.DeleteBeforeAsync(OldestKept, SweptAtOnce, stopping) == SweptAtOnce) { }
            }
            catch (Exception e) when (!stopping.IsCancellationRequested)
            {
                LogNotSwept(e);
            }
        } while (await timer.WaitForNextTickAsync(stopping));
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "the response of {Charge} is not kept: {Bytes} bytes are more than the setting allows"
    )]
    private partial void LogTooLarge(ChargeId charge, int bytes);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the response of {Charge} leaves before it is written")]
    private partial void LogNotYetWritten(ChargeId charge);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the response of {Charge} is not kept")]
    private partial void LogNotKept(ChargeId charge, Exception? exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Count} responses could not be written and are not kept")]
    private partial void LogNotWritten(int count, Exception exception);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "responses that are past their time could not be dropped; it is tried again in an hour"
    )]
    private partial void LogNotSwept(Exception exception);
}
