using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Tokenline.Commerce.WhatIf;

/// <summary>A draft that is tried, or was. Read it while it runs.</summary>
public sealed class WhatIfRun
{
    private volatile bool isCancelled;
    private long looked;
    private long of;

    internal WhatIfRun(string id, WhatIfDraft draft, DateTimeOffset at) => (Id, Draft, AskedAt) = (id, draft, at);

    public string Id { get; }
    public WhatIfRequest Request => Draft.Request;
    public DateTimeOffset AskedAt { get; }
    public DateTimeOffset? EndedAt { get; internal set; }
    public WhatIfState State { get; internal set; }
    public WhatIfReport? Report { get; internal set; }

    /// <summary>Why it failed.</summary>
    public string? Failure { get; internal set; }

    /// <summary>Subscribers that were looked at.</summary>
    public long Looked => Interlocked.Read(ref looked);

    public long Of => Interlocked.Read(ref of);

    internal WhatIfDraft Draft { get; }

    internal void Cancel() => isCancelled = true;

    /// <summary>After each subscriber; a run that was cancelled ends there.</summary>
    internal void Advance(long now, long all)
    {
        if (isCancelled)
            throw new OperationCanceledException();
        Interlocked.Exchange(ref looked, now);
        Interlocked.Exchange(ref of, all);
    }
}

/// <summary>
/// Takes drafts to try, one after the other, in the background. What they came to is kept in the memory of the process that tried them, the newest <see cref="KeptMax"/> of them.
/// </summary>
public sealed class WhatIfDesk(WhatIfStudy study, TimeProvider time)
{
    public const int WaitingMax = 16;
    public const int KeptMax = 50;

    private readonly Channel<WhatIfRun> waiting = Channel.CreateBounded<WhatIfRun>(WaitingMax);
    private readonly ConcurrentDictionary<string, WhatIfRun> runs = [];
    private long last;

    /// <summary>Newest first.</summary>
    public IReadOnlyList<WhatIfRun> Runs => [.. runs.Values.OrderByDescending(run => run.AskedAt).ThenByDescending(run => run.Id)];

    public WhatIfRun? Find(string id) => runs.GetValueOrDefault(id);

    /// <summary>Checks the draft whole, and puts it at the end of the line.</summary>
    public async Task<Outcome<WhatIfRun>> AskAsync(WhatIfRequest request, CancellationToken cancellation)
    {
        var read = await study.ReadAsync(request, cancellation);
        if (read.Refused is { } refused)
            return refused;
        var now = time.GetUtcNow();
        var run = new WhatIfRun($"wif_{now.ToUnixTimeMilliseconds():x}{Interlocked.Increment(ref last) & 0xfff:x3}", read.Required(), now);
        runs[run.Id] = run;
        if (!waiting.Writer.TryWrite(run))
        {
            runs.TryRemove(run.Id, out _);
            return new Refused(Problems.Conflict, $"{WaitingMax} drafts are waiting to be tried. Cancel one, or wait for one to end.");
        }
        foreach (var old in Runs.Where(one => one.EndedAt is not null).Skip(KeptMax))
            runs.TryRemove(old.Id, out _);
        return run;
    }

    /// <summary>Ended, it stays as it is.</summary>
    public Outcome<WhatIfRun> Cancel(string id)
    {
        if (Find(id) is not { } run)
            return Refused.NotFound("what-if", id);
        run.Cancel();
        return run;
    }

    /// <summary>Tries what is asked for until the process ends.</summary>
    public async Task WorkAsync(CancellationToken cancellation)
    {
        await foreach (var run in waiting.Reader.ReadAllAsync(cancellation))
            await TryAsync(run, cancellation);
    }

    /// <summary>One failure is that run's alone: the next is tried.</summary>
    private async Task TryAsync(WhatIfRun run, CancellationToken cancellation)
    {
        try
        {
            run.State = WhatIfState.Running;
            run.Report = await study.RunAsync(run.Draft, run.Advance, cancellation);
            run.State = WhatIfState.Done;
        }
        catch (OperationCanceledException)
        {
            run.State = WhatIfState.Cancelled;
        }
        catch (Charging.Trials.MissingRecordException missing)
        {
            run.Failure = $"The period is older than what is kept: {missing.Message}.";
            run.State = WhatIfState.Failed;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            run.Failure = e.Message;
            run.State = WhatIfState.Failed;
        }
        finally
        {
            run.EndedAt = time.GetUtcNow();
        }
    }
}
