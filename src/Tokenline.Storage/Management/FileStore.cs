using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Tokenline.Commerce.Files;

namespace Tokenline.Storage.Management;

internal sealed class FileStore(IDbContextFactory<ManagementDb> factory, SecretSeal seal) : IFileStore
{
    public async Task BeginAsync(StoredFile file, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        db.Files.Add(
            new FileRow
            {
                Id = file.Id,
                AccountId = file.Account,
                Name = file.Name,
                Purpose = file.Purpose,
                CreatedAt = file.CreatedAt,
            }
        );
        await db.SaveChangesAsync(cancellation);
    }

    public async Task AppendAsync(FileId file, int piece, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        db.FilePieces.Add(
            new FilePieceRow
            {
                FileId = file,
                Number = piece,
                Sealed = seal.Pack(bytes.Span, OwnerOf(file, piece)),
            }
        );
        await db.SaveChangesAsync(cancellation);
    }

    public async Task CompleteAsync(FileId file, long bytes, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        await CompleteAsync(db, file, bytes, cancellation);
    }

    /// <summary>Within a transaction of the caller's.</summary>
    public static Task CompleteAsync(ManagementDb db, FileId file, long bytes, CancellationToken cancellation) =>
        db
            .Files.Where(row => row.Id == file)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.Bytes, bytes).SetProperty(row => row.IsWhole, true), cancellation);

    public async Task<StoredFile?> FindAsync(AccountId account, FileId file, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var row = await db
            .Files.AsNoTracking()
            .SingleOrDefaultAsync(known => known.Id == file && known.AccountId == account && known.IsWhole, cancellation);
        return row is null ? null : Read(row);
    }

    public async Task<IReadOnlyList<StoredFile>> ListAsync(
        AccountId account,
        string? purpose,
        FileId? before,
        int limit,
        CancellationToken cancellation
    )
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = db.Files.AsNoTracking().Where(row => row.AccountId == account && row.IsWhole);
        if (purpose is not null)
            rows = rows.Where(row => row.Purpose == purpose);
        if (before is { } newest)
            rows = rows.Where(row => (long)(object)row.Id < newest.Value);
        return [.. (await rows.OrderByDescending(row => row.Id).Take(limit).ToListAsync(cancellation)).Select(Read)];
    }

    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(FileId file, [EnumeratorCancellation] CancellationToken cancellation)
    {
        for (var piece = 0; ; piece++)
        {
            FilePieceRow? row;
            await using (var db = await factory.CreateDbContextAsync(cancellation))
                row = await db
                    .FilePieces.AsNoTracking()
                    .SingleOrDefaultAsync(known => known.FileId == file && known.Number == piece, cancellation);
            if (row is null)
                yield break;
            yield return seal.Unpack(row.Sealed, OwnerOf(file, piece));
        }
    }

    public async Task<long> BytesOfAsync(AccountId account, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        return await db.Files.Where(row => row.AccountId == account).SumAsync(row => row.Bytes, cancellation);
    }

    public async Task<bool> DeleteAsync(AccountId account, FileId file, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        return await db.Files.Where(row => row.Id == file && row.AccountId == account).ExecuteDeleteAsync(cancellation) > 0;
    }

    public async Task DeleteUnfinishedAsync(DateTimeOffset before, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        await db.Files.Where(row => !row.IsWhole && row.CreatedAt < before).ExecuteDeleteAsync(cancellation);
    }

    public async Task DeleteBeforeAsync(DateTimeOffset before, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        await db.Files.Where(row => row.CreatedAt < before).ExecuteDeleteAsync(cancellation);
    }

    private static StoredFile Read(FileRow row) => new(row.Id, row.AccountId, row.Name, row.Purpose, row.Bytes, row.CreatedAt);

    internal static string OwnerOf(FileId file, int piece) => $"{file} {piece}";
}
