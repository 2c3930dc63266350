namespace Tokenline.Commerce.Files;

/// <summary>A file of a customer: what a batch reads, or what it has written.</summary>
/// <param name="Purpose"><c>batch</c> or <c>batch_output</c>.</param>
/// <param name="Bytes">0 until it is whole.</param>
public sealed record StoredFile(FileId Id, AccountId Account, string Name, string Purpose, long Bytes, DateTimeOffset CreatedAt);

/// <summary>Files by account, in pieces, sealed. Nobody reaches another account's; one that is not whole yet is nobody's.</summary>
public interface IFileStore
{
    /// <summary>The most that a piece holds.</summary>
    const int PieceBytesMax = 1024 * 1024;

    Task BeginAsync(StoredFile file, CancellationToken cancellation);

    Task AppendAsync(FileId file, int piece, ReadOnlyMemory<byte> bytes, CancellationToken cancellation);

    /// <summary>From now on it is there.</summary>
    Task CompleteAsync(FileId file, long bytes, CancellationToken cancellation);

    Task<StoredFile?> FindAsync(AccountId account, FileId file, CancellationToken cancellation);

    /// <summary>The newest first.</summary>
    Task<IReadOnlyList<StoredFile>> ListAsync(
        AccountId account,
        string? purpose,
        FileId? before,
        int limit,
        CancellationToken cancellation
    );

    /// <summary>Its pieces in order.</summary>
    IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(FileId file, CancellationToken cancellation);

    /// <summary>All files of an account together.</summary>
    Task<long> BytesOfAsync(AccountId account, CancellationToken cancellation);

    Task<bool> DeleteAsync(AccountId account, FileId file, CancellationToken cancellation);

    /// <summary>What was begun before and not finished.</summary>
    Task DeleteUnfinishedAsync(DateTimeOffset before, CancellationToken cancellation);

    Task DeleteBeforeAsync(DateTimeOffset before, CancellationToken cancellation);
}
