namespace Tokenline.Commerce.WhatIf;

/// <summary>A draft that is tried, or was, as it is kept: every node shows the same.</summary>
public sealed record WhatIfRun(string Id, WhatIfRequest Request, DateTimeOffset AskedAt)
{
    public WhatIfState State { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    public WhatIfReport? Report { get; init; }

    /// <summary>Why it failed.</summary>
    public string? Failure { get; init; }

    /// <summary>Subscribers that were looked at.</summary>
    public long Looked { get; init; }

    public long Of { get; init; }
}

/// <summary>Keeps drafts that are to be tried, are, or were. Whoever takes one has it until it ends or is not heard of for too long.</summary>
public interface IWhatIfStore
{
    /// <summary>At the end of the line. Of those that have ended the newest stay.</summary>
    /// <param name="waitingMax">So many may wait; false: they do, and nothing was added.</param>
    Task<bool> AddAsync(WhatIfRun run, int waitingMax, int keptMax, CancellationToken cancellation);

    Task<WhatIfRun?> FindAsync(string id, CancellationToken cancellation);

    /// <summary>Newest first.</summary>
    Task<IReadOnlyList<WhatIfRun>> ListAsync(int limit, CancellationToken cancellation);

    /// <summary>The one that has waited longest, or whose worker was not heard of since <paramref name="lostBefore"/>; null: there is none.</summary>
    Task<WhatIfRun?> TakeAsync(string worker, DateTimeOffset now, DateTimeOffset lostBefore, CancellationToken cancellation);

    /// <summary>How far it is. False: it was cancelled, or another has it.</summary>
    Task<bool> ProgressAsync(string id, string worker, long looked, long of, DateTimeOffset now, CancellationToken cancellation);

    /// <summary>What became of it; nothing is written if another has it.</summary>
    Task EndAsync(WhatIfRun run, string worker);

    /// <summary>Whoever had it stops before its end: it waits again.</summary>
    Task ReleaseAsync(string id, string worker);

    /// <summary>One that waits has ended then; one that is tried is to end. What has ended stays as it is.</summary>
    Task CancelAsync(string id, DateTimeOffset now);
}
