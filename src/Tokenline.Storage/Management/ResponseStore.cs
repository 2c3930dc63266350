using System.Buffers.Binary;
using Microsoft.EntityFrameworkCore;
using Tokenline.Commerce.Responses;

namespace Tokenline.Storage.Management;

/// <summary>Responses of customers: compressed, because each holds its conversation from the start, and sealed, because nobody else is to read it.</summary>
internal sealed class ResponseStore(IDbContextFactory<ManagementDb> factory, SecretSeal seal) : IResponseStore
{
    public async Task AddAsync(IReadOnlyList<StoredResponse> responses, ResponseRetention retention, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        // In the order of accounts, so that no two nodes wait for each other.
        responses = [.. responses.OrderBy(response => response.Account.Value)];
        foreach (var response in responses)
            await db.Responses.Where(row => row.AccountId == response.Account && row.Id == response.Id).ExecuteDeleteAsync(cancellation);
        // Two in one batch with the same id: the newer one is it.
        foreach (var response in responses.GroupBy(one => (one.Account, one.Id)).Select(same => same.Last()))
            db.Responses.Add(RowOf(response));
        await db.SaveChangesAsync(cancellation);
        foreach (var account in responses.Select(one => one.Account).Distinct())
            await DropOldestAsync(db, account, retention, cancellation);
        await transaction.CommitAsync(cancellation);
    }

    public async Task<StoredResponse?> FindAsync(AccountId account, string id, DateTimeOffset notBefore, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var row = await db
            .Responses.AsNoTracking()
            .SingleOrDefaultAsync(known => known.AccountId == account && known.Id == id, cancellation);
        return row is null || row.CreatedAt < notBefore ? null : Read(row);
    }

    public async Task<bool> DeleteAsync(AccountId account, string id, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        return await db.Responses.Where(row => row.AccountId == account && row.Id == id).ExecuteDeleteAsync(cancellation) > 0;
    }

    public async Task<int> DeleteBeforeAsync(DateTimeOffset before, int limit, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var old = await db
            .Responses.Where(row => row.CreatedAt < before)
            .OrderBy(row => row.CreatedAt)
            .Take(limit)
            .Select(row => row.Number)
            .ToListAsync(cancellation);
        return old.Count == 0 ? 0 : await db.Responses.Where(row => old.Contains(row.Number)).ExecuteDeleteAsync(cancellation);
    }

    private static async Task DropOldestAsync(
        ManagementDb db,
        AccountId account,
        ResponseRetention retention,
        CancellationToken cancellation
    )
    {
        var (count, bytes) = (0, 0L);
        long? newestDropped = null;
        var sizes = db
            .Responses.Where(row => row.AccountId == account)
            .OrderByDescending(row => row.Number)
            .Select(row => new { row.Number, row.Bytes });
        await foreach (var row in sizes.AsAsyncEnumerable().WithCancellation(cancellation))
        {
            bytes += row.Bytes;
            if (++count <= retention.PerAccountMax && bytes <= retention.AccountBytesMax)
                continue;
            newestDropped = row.Number;
            break;
        }
        if (newestDropped is { } number)
            await db.Responses.Where(row => row.AccountId == account && row.Number <= number).ExecuteDeleteAsync(cancellation);
    }

    private StoredResponseRow RowOf(StoredResponse response)
    {
        var plain = new byte[4 + response.Bytes];
        BinaryPrimitives.WriteInt32LittleEndian(plain, response.Input.Length);
        response.Input.CopyTo(plain.AsMemory(4));
        response.Response.CopyTo(plain.AsMemory(4 + response.Input.Length));
        return new()
        {
            AccountId = response.Account,
            Id = response.Id,
            CreatedAt = response.CreatedAt,
            Bytes = response.Bytes,
            Sealed = seal.Pack(plain, OwnerOf(response.Account, response.Id)),
        };
    }

    private StoredResponse Read(StoredResponseRow row)
    {
        var plain = seal.Unpack(row.Sealed, OwnerOf(row.AccountId, row.Id));
        var input = BinaryPrimitives.ReadInt32LittleEndian(plain);
        return new(row.AccountId, row.Id, row.CreatedAt, plain.AsMemory(4, input), plain.AsMemory(4 + input));
    }

    internal static string OwnerOf(AccountId account, string id) => $"response {account} {id}";
}
