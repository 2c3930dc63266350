using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Tokenline.Commerce.Batches;
using Tokenline.Commerce.Files;
using Tokenline.Commerce.Parties;

namespace Tokenline.Gateway.Batches;

/// <summary>The life of one batch: its file is read into lines, its lines are run, its files are written. Each step begins where the last run left it.</summary>
internal sealed class BatchWork(
    IBatchStore batches,
    IFileStore files,
    LineWork lines,
    Keyring keyring,
    GatewayOptions options,
    IdSource ids,
    TimeProvider time
)
{
    private const int LinesAtOnce = 200;

    /// <summary>Batches that are to stop; their lines look here, not into the store.</summary>
    private readonly ConcurrentDictionary<BatchId, bool> cancelled = new();

    /// <summary>The cancelling is durable; what has not begun does not begin any more.</summary>
    public void Cancel(BatchId batch) => cancelled[batch] = true;

    public async Task RunAsync(Batch batch, CancellationToken stopping)
    {
        try
        {
            if (batch.State == BatchState.Validating)
                batch = await ValidateAsync(batch, stopping);
            if (batch.State == BatchState.InProgress)
                batch = await RunLinesAsync(batch, stopping);
            if (batch.State is BatchState.Finalizing or BatchState.Cancelling)
                await FinishAsync(batch, stopping);
        }
        finally
        {
            cancelled.TryRemove(batch.Id, out _);
        }
    }

    private async Task<Batch> ValidateAsync(Batch batch, CancellationToken stopping)
    {
        await batches.DeleteLinesAsync(batch.Id, stopping);
        var input = new BatchInput(batch.Endpoint, options.BatchLinesMax, options.RequestBytesMax);
        var page = new List<BatchLine>(LinesAtOnce);
        var total = 0;
        await foreach (var line in input.ReadAsync(files.ReadAsync(batch.Input, stopping), stopping))
        {
            page.Add(line);
            if (page.Count == LinesAtOnce)
                await AddAsync();
        }
        await AddAsync();
        var now = time.GetUtcNow();
        if (input.Errors.Count > 0)
        {
            var failed = batch with { State = BatchState.Failed, EndedAt = now, Errors = BatchInput.ToJson(input.Errors) };
            await batches.EndAsync(failed, [], stopping);
            return failed;
        }
        return await MoveAsync(
            batch with
            {
                State = BatchState.InProgress,
                InProgressAt = now,
                Counts = new(total, 0, 0),
            },
            batch,
            stopping
        );

        async Task AddAsync()
        {
            if (input.Errors.Count == 0 && page.Count > 0)
                await batches.AddLinesAsync(batch.Id, page, stopping);
            total += page.Count;
            page.Clear();
        }
    }

    private async Task<Batch> RunLinesAsync(Batch batch, CancellationToken stopping)
    {
        if (keyring.FindHash(batch.Key) is { } key)
        {
            var run = new LineRun(batch, key, () => MayGoOn(batch, stopping), stopping);
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.BatchCallsPerAccount };
            await Parallel.ForEachAsync(
                PendingAsync(run, CancellationToken.None),
                parallel,
                async (line, _) => await lines.RunAsync(run, line)
            );
        }
        stopping.ThrowIfCancellationRequested();
        return await MoveAsync(batch with { State = BatchState.Finalizing, FinalizingAt = time.GetUtcNow() }, batch, stopping);
    }

    private async IAsyncEnumerable<BatchLine> PendingAsync(LineRun run, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var after = 0;
        while (run.MayGoOn())
        {
            var page = await batches.LinesAsync(run.Batch.Id, pendingOnly: true, after, LinesAtOnce, cancellation);
            if (page.Count == 0)
                yield break;
            foreach (var line in page)
            {
                if (!run.MayGoOn())
                    yield break;
                yield return line;
            }
            after = page[^1].Number;
        }
    }

    private bool MayGoOn(Batch batch, CancellationToken stopping) =>
        !stopping.IsCancellationRequested && !cancelled.ContainsKey(batch.Id) && time.GetUtcNow() < batch.ExpiresAt;

    /// <summary>What was not run is said to be so in the file of errors, and is not charged.</summary>
    private async Task FinishAsync(Batch batch, CancellationToken stopping)
    {
        var now = time.GetUtcNow();
        var hasKey = keyring.FindHash(batch.Key) is { } hash && keyring.Find(hash, now) is not null;
        var (code, why) =
            batch.State == BatchState.Cancelling ? ("batch_cancelled", "The batch was cancelled before this request was executed.")
            : hasKey ? ("batch_expired", "This request could not be executed before the completion window expired.")
            : ("invalid_api_key", "The key that the batch was made with is not valid any more.");
        using var output = new OutputFile(files, FileOf(batch, "output", now));
        using var errors = new OutputFile(files, FileOf(batch, "error", now));
        var counts = new BatchCounts();
        var isWhole = true;
        for (var after = 0; ; )
        {
            var page = await batches.LinesAsync(batch.Id, pendingOnly: false, after, LinesAtOnce, stopping);
            if (page.Count == 0)
                break;
            foreach (var line in page)
            {
                isWhole &= line.State != LineState.Pending;
                if (line is { State: LineState.Pending, Charge: { } charge })
                    await lines.GiveBackAsync(batch.Id, line.Number, charge); // nobody pays for an answer that is not in the file
                counts = line.State switch
                {
                    LineState.Answered => counts with { Total = counts.Total + 1, Completed = counts.Completed + 1 },
                    LineState.Failed => counts with { Total = counts.Total + 1, Failed = counts.Failed + 1 },
                    _ => counts with { Total = counts.Total + 1 },
                };
                await (line.State == LineState.Answered ? output : errors).AppendAsync(
                    line.State == LineState.Pending ? OutputLine.Of(batch.Id, line, code, why) : line.Body,
                    stopping
                );
            }
            after = page[^1].Number;
        }
        await output.FlushAsync(stopping);
        await errors.FlushAsync(stopping);
        var ended = batch with
        {
            State =
                batch.State == BatchState.Cancelling ? BatchState.Cancelled
                : isWhole ? BatchState.Completed
                : hasKey ? BatchState.Expired
                : BatchState.Cancelled,
            EndedAt = now,
            Output = output.Written?.Id,
            ErrorFile = errors.Written?.Id,
            Counts = counts,
        };
        await batches.EndAsync(ended, [.. new[] { output.Written, errors.Written }.OfType<StoredFile>()], stopping);
    }

    private StoredFile FileOf(Batch batch, string kind, DateTimeOffset now) =>
        new(ids.Next<FileKind>(), batch.Account, $"{batch.Id}_{kind}.jsonl", "batch_output", 0, now);

    /// <summary>To the next state; if somebody cancelled meanwhile, to what is now.</summary>
    private async Task<Batch> MoveAsync(Batch to, Batch from, CancellationToken stopping) =>
        await batches.MoveAsync(to, from.State, stopping)
            ? to
            : await batches.FindAsync(from.Account, from.Id, stopping) ?? throw new InvalidOperationException($"{from.Id} is gone");
}
