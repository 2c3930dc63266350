using Tokenline.Commerce.Files;

namespace Tokenline.Commerce.Batches;

public enum BatchState
{
    /// <summary>Its file is being read.</summary>
    Validating,

    /// <summary>Its file is not valid; no line was run.</summary>
    Failed,
    InProgress,

    /// <summary>Its files are being written.</summary>
    Finalizing,
    Completed,

    /// <summary>Its time was over before all lines were run.</summary>
    Expired,
    Cancelling,
    Cancelled,
}

/// <summary>Many calls that may take a day, given as a file of lines.</summary>
/// <param name="Key">Whose rights each line is run with, as they are then.</param>
/// <param name="Origin">Scheme and host that it was asked at, for links in refusals.</param>
/// <param name="Metadata">The client's own JSON object, as it was sent.</param>
public sealed record Batch(
    BatchId Id,
    AccountId Account,
    KeyId Key,
    FileId Input,
    string Endpoint,
    string Origin,
    string? Metadata,
    DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt
)
{
    public BatchState State { get; init; }
    public DateTimeOffset? InProgressAt { get; init; }
    public DateTimeOffset? FinalizingAt { get; init; }
    public DateTimeOffset? CancellingAt { get; init; }

    /// <summary>When it was completed, had failed or expired, or was cancelled.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>JSON array of what is wrong with its file.</summary>
    public string? Errors { get; init; }
    public FileId? Output { get; init; }
    public FileId? ErrorFile { get; init; }
    public BatchCounts Counts { get; init; }

    public bool IsEnded => State is BatchState.Failed or BatchState.Completed or BatchState.Expired or BatchState.Cancelled;
}

/// <summary>Lines in all, and those that were answered and those that have failed so far.</summary>
public readonly record struct BatchCounts(int Total, int Completed, int Failed);

public enum LineState
{
    Pending,
    Answered,
    Failed,
}

/// <summary>One call of a batch.</summary>
/// <param name="Number">From 1, as in its file.</param>
/// <param name="Attempt">Part of what its charge is recognised by: grows only when an earlier charge was given back.</param>
/// <param name="Body">The request's while it is pending, then the line that goes into the batch's file.</param>
/// <param name="Charge">Of the call that was made last, whatever became of it; null: none was.</param>
public sealed record BatchLine(int Number, string CustomId, LineState State, int Attempt, byte[] Body, ChargeId? Charge = null);

/// <summary>Batches and their lines. Each method is one durable step.</summary>
public interface IBatchStore
{
    Task AddAsync(Batch batch, CancellationToken cancellation);

    Task<Batch?> FindAsync(AccountId account, BatchId batch, CancellationToken cancellation);

    /// <summary>The newest first.</summary>
    Task<IReadOnlyList<Batch>> ListAsync(AccountId account, BatchId? before, int limit, CancellationToken cancellation);

    /// <summary>Those that have not ended, the oldest first.</summary>
    Task<IReadOnlyList<Batch>> UnfinishedAsync(CancellationToken cancellation);

    Task<int> UnfinishedOfAsync(AccountId account, CancellationToken cancellation);

    /// <summary>Takes its state and times if it still is in that state. False: somebody was faster, and nothing has changed.</summary>
    Task<bool> MoveAsync(Batch to, BatchState from, CancellationToken cancellation);

    Task AddLinesAsync(BatchId batch, IReadOnlyList<BatchLine> lines, CancellationToken cancellation);

    /// <summary>What a reading of its file left that did not come to its end.</summary>
    Task DeleteLinesAsync(BatchId batch, CancellationToken cancellation);

    /// <summary>In their order, behind that number; all, or only those that are pending.</summary>
    Task<IReadOnlyList<BatchLine>> LinesAsync(BatchId batch, bool pendingOnly, int after, int limit, CancellationToken cancellation);

    /// <summary>A call is about to be made for it, under this charge.</summary>
    Task BeginLineAsync(BatchId batch, int line, int attempt, ChargeId charge, CancellationToken cancellation);

    Task EndLineAsync(BatchId batch, int line, LineState state, ReadOnlyMemory<byte> answer, CancellationToken cancellation);

    Task<BatchCounts> CountsAsync(BatchId batch, CancellationToken cancellation);

    /// <summary>The batch ends, its files are there and its lines are dropped, together. Nothing changes when it has ended before.</summary>
    Task EndAsync(Batch ended, IReadOnlyList<StoredFile> files, CancellationToken cancellation);

    Task DeleteEndedBeforeAsync(DateTimeOffset before, CancellationToken cancellation);
}
