using Microsoft.EntityFrameworkCore;
using Tokenline.Commerce.Batches;
using Tokenline.Commerce.Files;

namespace Tokenline.Storage.Management;

internal sealed class BatchStore(IDbContextFactory<ManagementDb> factory, SecretSeal seal) : IBatchStore
{
    public async Task AddAsync(Batch batch, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var row = new BatchRow
        {
            Id = batch.Id,
            AccountId = batch.Account,
            KeyId = batch.Key,
            InputFileId = batch.Input,
            Endpoint = batch.Endpoint,
            Origin = batch.Origin,
            Metadata = batch.Metadata,
            CreatedAt = batch.CreatedAt,
            ExpiresAt = batch.ExpiresAt,
        };
        Take(row, batch);
        db.Batches.Add(row);
        await db.SaveChangesAsync(cancellation);
    }

    public async Task<Batch?> FindAsync(AccountId account, BatchId batch, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var row = await db
            .Batches.AsNoTracking()
            .SingleOrDefaultAsync(known => known.Id == batch && known.AccountId == account, cancellation);
        return row is null ? null : Read(row);
    }

    public async Task<IReadOnlyList<Batch>> ListAsync(AccountId account, BatchId? before, int limit, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = db.Batches.AsNoTracking().Where(row => row.AccountId == account);
        if (before is { } newest)
            rows = rows.Where(row => (long)(object)row.Id < newest.Value);
        return [.. (await rows.OrderByDescending(row => row.Id).Take(limit).ToListAsync(cancellation)).Select(Read)];
    }

    public async Task<IReadOnlyList<Batch>> UnfinishedAsync(CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = await db.Batches.AsNoTracking().Where(row => row.EndedAt == null).OrderBy(row => row.Id).ToListAsync(cancellation);
        return [.. rows.Select(Read)];
    }

    public async Task<int> UnfinishedOfAsync(AccountId account, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        return await db.Batches.CountAsync(row => row.AccountId == account && row.EndedAt == null, cancellation);
    }

    public async Task<bool> MoveAsync(Batch to, BatchState from, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        // The first statement writes, so that what is read behind it cannot change before the commit.
        if (
            await db
                .Batches.Where(row => row.Id == to.Id && row.State == from)
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.State, to.State), cancellation) == 0
        )
            return false;
        Take(await db.Batches.SingleAsync(row => row.Id == to.Id, cancellation), to);
        await db.SaveChangesAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        return true;
    }

    public async Task AddLinesAsync(BatchId batch, IReadOnlyList<BatchLine> lines, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        foreach (var line in lines)
            db.BatchLines.Add(
                new BatchLineRow
                {
                    BatchId = batch,
                    Number = line.Number,
                    CustomId = line.CustomId,
                    State = line.State,
                    Attempt = line.Attempt,
                    ChargeId = line.Charge,
                    Sealed = seal.Pack(line.Body, OwnerOf(batch, line.Number)),
                }
            );
        await db.SaveChangesAsync(cancellation);
    }

    public async Task DeleteLinesAsync(BatchId batch, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        await db.BatchLines.Where(row => row.BatchId == batch).ExecuteDeleteAsync(cancellation);
    }

    public async Task<IReadOnlyList<BatchLine>> LinesAsync(
        BatchId batch,
        bool pendingOnly,
        int after,
        int limit,
        CancellationToken cancellation
    )
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = db.BatchLines.AsNoTracking().Where(row => row.BatchId == batch && row.Number > after);
        if (pendingOnly)
            rows = rows.Where(row => row.State == LineState.Pending);
        var page = await rows.OrderBy(row => row.Number).Take(limit).ToListAsync(cancellation);
        return
        [
            .. page.Select(row => new BatchLine(
                row.Number,
                row.CustomId,
                row.State,
                row.Attempt,
                seal.Unpack(row.Sealed, OwnerOf(batch, row.Number)),
                row.ChargeId
            )),
        ];
    }

    public async Task BeginLineAsync(BatchId batch, int line, int attempt, ChargeId charge, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        await db
            .BatchLines.Where(row => row.BatchId == batch && row.Number == line)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.Attempt, attempt).SetProperty(row => row.ChargeId, charge), cancellation);
    }

    public async Task EndLineAsync(BatchId batch, int line, LineState state, ReadOnlyMemory<byte> answer, CancellationToken cancellation)
    {
        var box = seal.Pack(answer.Span, OwnerOf(batch, line));
        await using var db = await factory.CreateDbContextAsync(cancellation);
        await db
            .BatchLines.Where(row => row.BatchId == batch && row.Number == line && row.State == LineState.Pending)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.State, state).SetProperty(row => row.Sealed, box), cancellation);
    }

    public async Task<BatchCounts> CountsAsync(BatchId batch, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var counts = await db
            .BatchLines.Where(row => row.BatchId == batch)
            .GroupBy(row => row.State)
            .Select(same => new { State = same.Key, Count = same.Count() })
            .ToListAsync(cancellation);
        int Of(LineState state) => counts.Where(count => count.State == state).Sum(count => count.Count);
        return new(counts.Sum(count => count.Count), Of(LineState.Answered), Of(LineState.Failed));
    }

    public async Task EndAsync(Batch ended, IReadOnlyList<StoredFile> files, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        // Another node may have ended it: then its files and lines are gone, and what was read of them here is not the whole.
        if (
            await db
                .Batches.Where(row => row.Id == ended.Id && row.EndedAt == null)
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.State, ended.State), cancellation) == 0
        )
            return;
        foreach (var file in files)
            await FileStore.CompleteAsync(db, file.Id, file.Bytes, cancellation);
        await db.BatchLines.Where(row => row.BatchId == ended.Id).ExecuteDeleteAsync(cancellation);
        Take(await db.Batches.SingleAsync(row => row.Id == ended.Id, cancellation), ended);
        await db.SaveChangesAsync(cancellation);
        await transaction.CommitAsync(cancellation);
    }

    public async Task DeleteEndedBeforeAsync(DateTimeOffset before, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        await db.Batches.Where(row => row.EndedAt != null && row.CreatedAt < before).ExecuteDeleteAsync(cancellation);
    }

    private static void Take(BatchRow row, Batch batch)
    {
        row.State = batch.State;
        row.InProgressAt = batch.InProgressAt;
        row.FinalizingAt = batch.FinalizingAt;
        row.CancellingAt = batch.CancellingAt;
        row.EndedAt = batch.EndedAt;
        row.Errors = batch.Errors;
        row.OutputFileId = batch.Output;
        row.ErrorFileId = batch.ErrorFile;
        (row.Total, row.Completed, row.Failed) = (batch.Counts.Total, batch.Counts.Completed, batch.Counts.Failed);
    }

    private static Batch Read(BatchRow row) =>
        new(row.Id, row.AccountId, row.KeyId, row.InputFileId, row.Endpoint, row.Origin, row.Metadata, row.CreatedAt, row.ExpiresAt)
        {
            State = row.State,
            InProgressAt = row.InProgressAt,
            FinalizingAt = row.FinalizingAt,
            CancellingAt = row.CancellingAt,
            EndedAt = row.EndedAt,
            Errors = row.Errors,
            Output = row.OutputFileId,
            ErrorFile = row.ErrorFileId,
            Counts = new(row.Total, row.Completed, row.Failed),
        };

    internal static string OwnerOf(BatchId batch, int line) => $"{batch} {line}";
}
