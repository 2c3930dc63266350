using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Tokenline.Commerce;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.WhatIf;

namespace Tokenline.Storage.Management;

internal sealed class WhatIfStore(IDbContextFactory<ManagementDb> factory) : IWhatIfStore
{
    public async Task<bool> AddAsync(WhatIfRun run, int waitingMax, int keptMax, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        if (await db.WhatIfRuns.CountAsync(row => row.State == WhatIfState.Waiting, cancellation) >= waitingMax)
            return false;
        db.WhatIfRuns.Add(
            new WhatIfRow
            {
                Id = run.Id,
                AskedAt = run.AskedAt,
                State = run.State,
                Request = RequestSnapshot.Write(run.Request),
            }
        );
        await db.SaveChangesAsync(cancellation);
        var old = await db
            .WhatIfRuns.Where(row => row.EndedAt != null)
            .OrderByDescending(row => row.AskedAt)
            .ThenByDescending(row => row.Id)
            .Select(row => row.Id)
            .Skip(keptMax)
            .ToListAsync(cancellation);
        if (old.Count > 0)
            await db.WhatIfRuns.Where(row => old.Contains(row.Id)).ExecuteDeleteAsync(cancellation);
        return true;
    }

    public async Task<WhatIfRun?> FindAsync(string id, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        return await db.WhatIfRuns.AsNoTracking().FirstOrDefaultAsync(row => row.Id == id, cancellation) is { } row ? Read(row) : null;
    }

    public async Task<IReadOnlyList<WhatIfRun>> ListAsync(int limit, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = await db
            .WhatIfRuns.AsNoTracking()
            .OrderByDescending(row => row.AskedAt)
            .ThenByDescending(row => row.Id)
            .Take(limit)
            .ToListAsync(cancellation);
        return [.. rows.Select(Read)];
    }

    public async Task<WhatIfRun?> TakeAsync(string worker, DateTimeOffset now, DateTimeOffset lostBefore, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        while (true)
        {
            var next = await db
                .WhatIfRuns.AsNoTracking()
                .Where(row => row.State == WhatIfState.Waiting || (row.State == WhatIfState.Running && row.SeenAt < lostBefore))
                .OrderBy(row => row.AskedAt)
                .ThenBy(row => row.Id)
                .FirstOrDefaultAsync(cancellation);
            if (next is null)
                return null;
            var (state, before) = (next.State, next.Worker);
            var taken = await db
                .WhatIfRuns.Where(row => row.Id == next.Id && row.State == state && row.Worker == before)
                .ExecuteUpdateAsync(
                    set =>
                        set.SetProperty(row => row.State, WhatIfState.Running)
                            .SetProperty(row => row.Worker, worker)
                            .SetProperty(row => row.SeenAt, now),
                    cancellation
                );
            if (taken == 1)
                return Read(next) with { State = WhatIfState.Running };
        }
    }

    public async Task<bool> ProgressAsync(
        string id,
        string worker,
        long looked,
        long of,
        DateTimeOffset now,
        CancellationToken cancellation
    )
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        return await Held(db, id, worker)
                .Where(row => !row.IsCancelled)
                .ExecuteUpdateAsync(
                    set => set.SetProperty(row => row.Looked, looked).SetProperty(row => row.Of, of).SetProperty(row => row.SeenAt, now),
                    cancellation
                ) == 1;
    }

    public async Task EndAsync(WhatIfRun run, string worker)
    {
        await using var db = await factory.CreateDbContextAsync();
        var report = run.Report is { } made ? JsonSerializer.Serialize(made, CommerceJson.Options) : null;
        await Held(db, run.Id, worker)
            .ExecuteUpdateAsync(set =>
                set.SetProperty(row => row.State, run.State)
                    .SetProperty(row => row.EndedAt, run.EndedAt)
                    .SetProperty(row => row.Looked, run.Looked)
                    .SetProperty(row => row.Of, run.Of)
                    .SetProperty(row => row.Failure, run.Failure)
                    .SetProperty(row => row.Report, report)
            );
    }

    public async Task ReleaseAsync(string id, string worker)
    {
        await using var db = await factory.CreateDbContextAsync();
        await Held(db, id, worker)
            .ExecuteUpdateAsync(set =>
                set.SetProperty(row => row.State, WhatIfState.Waiting).SetProperty(row => row.Worker, (string?)null)
            );
    }

    public async Task CancelAsync(string id, DateTimeOffset now)
    {
        await using var db = await factory.CreateDbContextAsync();
        var waited = await db
            .WhatIfRuns.Where(row => row.Id == id && row.State == WhatIfState.Waiting)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.State, WhatIfState.Cancelled).SetProperty(row => row.EndedAt, now));
        if (waited == 0)
            await db
                .WhatIfRuns.Where(row => row.Id == id && row.State == WhatIfState.Running)
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.IsCancelled, true));
    }

    private static IQueryable<WhatIfRow> Held(ManagementDb db, string id, string worker) =>
        db.WhatIfRuns.Where(row => row.Id == id && row.State == WhatIfState.Running && row.Worker == worker);

    private static WhatIfRun Read(WhatIfRow row) =>
        new(row.Id, RequestSnapshot.Read(row.Request), row.AskedAt)
        {
            State = row.State,
            EndedAt = row.EndedAt,
            Report = row.Report is { } report ? JsonSerializer.Deserialize<WhatIfReport>(report, CommerceJson.Options) : null,
            Failure = row.Failure,
            Looked = row.Looked,
            Of = row.Of,
        };

    /// <summary>A request as it is stored.</summary>
    private sealed record RequestSnapshot(
        string Name,
        DateTimeOffset From,
        DateTimeOffset To,
        IReadOnlyDictionary<string, PriceSheet>? Prices,
        OfferingSnapshot? Offering,
        string? InsteadOf,
        int? Sample
    )
    {
        public static string Write(WhatIfRequest request) =>
            JsonSerializer.Serialize(
                new RequestSnapshot(
                    request.Name,
                    request.From,
                    request.To,
                    request.Prices,
                    request.Offering is { } offering ? OfferingSnapshot.Of(offering) : null,
                    request.InsteadOf,
                    request.Sample
                ),
                CommerceJson.Options
            );

        public static WhatIfRequest Read(string json)
        {
            var kept =
                JsonSerializer.Deserialize<RequestSnapshot>(json, CommerceJson.Options) ?? throw new JsonException("a request is missing");
            return new(kept.From, kept.To, kept.Prices, kept.Offering?.ToOffering(), kept.InsteadOf, kept.Sample) { Name = kept.Name };
        }
    }
}
