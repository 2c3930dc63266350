namespace Tokenline.Commerce.WhatIf;

/// <summary>
/// Takes drafts to try, one after the other, in the background. They wait in the store: any node tries the next one, and what it came to is seen from every node.
/// One whose node has gone is tried from its beginning by another.
/// </summary>
public sealed class WhatIfDesk(WhatIfStudy study, IWhatIfStore store, IdSource ids, TimeProvider time) : IDisposable
{
    public const int WaitingMax = 16;

    /// <summary>Of those that have ended so many are kept, the newest.</summary>
    public const int KeptMax = 500;

    public const int ListedMax = 50;

    /// <summary>How often it is looked for what was asked of other nodes.</summary>
    private static readonly TimeSpan look = TimeSpan.FromSeconds(2);

    /// <summary>How often it is written how far a run is.</summary>
    private static readonly TimeSpan beat = TimeSpan.FromSeconds(0.5);

    /// <summary>A node that was not heard of for so long has gone: no subscriber takes as long.</summary>
    private static readonly TimeSpan lost = TimeSpan.FromMinutes(2);

    private readonly string worker = ids.Next<CommandKind>().ToString();
    private readonly SemaphoreSlim asked = new(0);
    private long last;

    /// <summary>Newest first.</summary>
    public Task<IReadOnlyList<WhatIfRun>> ListAsync(CancellationToken cancellation) => store.ListAsync(ListedMax, cancellation);

    public Task<WhatIfRun?> FindAsync(string id, CancellationToken cancellation) => store.FindAsync(id, cancellation);

    /// <summary>Checks the draft whole, and puts it at the end of the line.</summary>
    public async Task<Outcome<WhatIfRun>> AskAsync(WhatIfRequest request, CancellationToken cancellation)
    {
        var read = await study.ReadAsync(request, cancellation);
        if (read.Refused is { } refused)
            return refused;
        var now = time.GetUtcNow();
        var run = new WhatIfRun(
            $"wif_{now.ToUnixTimeMilliseconds():x}{Interlocked.Increment(ref last) & 0xfff:x3}{ids.Next<CommandKind>().Value & 0xffff:x4}",
            request,
            now
        );
        if (!await store.AddAsync(run, WaitingMax, KeptMax, cancellation))
            return new Refused(Problems.Conflict, $"{WaitingMax} drafts are waiting to be tried. Cancel one, or wait for one to end.");
        asked.Release();
        return run;
    }

    /// <summary>Ended, it stays as it is. One that is tried ends with its next subscribers.</summary>
    public async Task<Outcome<WhatIfRun>> CancelAsync(string id, CancellationToken cancellation)
    {
        await store.CancelAsync(id, time.GetUtcNow());
        return await store.FindAsync(id, cancellation) is { } run ? run : Refused.NotFound("what-if", id);
    }

    /// <summary>Tries what is asked for until the process ends.</summary>
    public async Task WorkAsync(CancellationToken cancellation)
    {
        while (true)
        {
            while (await store.TakeAsync(worker, time.GetUtcNow(), time.GetUtcNow() - lost, cancellation) is { } run)
                await TryAsync(run, cancellation);
            await asked.WaitAsync(look, cancellation);
        }
    }

    public void Dispose() => asked.Dispose();

    /// <summary>One failure is that run's alone: the next is tried.</summary>
    private async Task TryAsync(WhatIfRun run, CancellationToken cancellation)
    {
        var written = time.GetTimestamp();
        try
        {
            var read = await study.ReadAsync(run.Request, cancellation);
            run = read.Value is { } draft
                ? run with
                {
                    Report = await study.RunAsync(draft, AdvanceAsync, cancellation),
                    State = WhatIfState.Done,
                }
                : Failed(read.Refused!.Message);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            await store.ReleaseAsync(run.Id, worker);
            throw;
        }
        catch (OperationCanceledException)
        {
            run = run with { State = WhatIfState.Cancelled };
        }
        catch (Charging.Trials.MissingRecordException missing)
        {
            run = Failed($"The period is older than what is kept: {missing.Message}.");
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            run = Failed(e.Message);
        }
        await store.EndAsync(run with { EndedAt = time.GetUtcNow() }, worker);

        WhatIfRun Failed(string why) => run with { State = WhatIfState.Failed, Failure = why };

        // After each subscriber; a run that was cancelled ends there.
        async ValueTask AdvanceAsync(long looked, long of)
        {
            run = run with { Looked = looked, Of = of };
            if (looked > 0 && time.GetElapsedTime(written) < beat)
                return;
            written = time.GetTimestamp();
            if (!await store.ProgressAsync(run.Id, worker, looked, of, time.GetUtcNow(), cancellation))
                throw new OperationCanceledException();
        }
    }
}
