using Microsoft.EntityFrameworkCore;
using Tokenline.Commerce.AuditTrail;

namespace Tokenline.Storage.Management;

internal sealed class AuditStore(IDbContextFactory<ManagementDb> factory) : IAuditStore
{
    public async Task<AuditEntry> WriteAsync(AuditDraft draft, DateTimeOffset at)
    {
        await using var db = await factory.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        var entry = await db.WriteAsync(draft, at);
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        return entry;
    }

    public async Task<IReadOnlyList<AuditEntry>> ListAsync(AuditQuery query, long? before, int countMax, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = db.AuditEntries.AsNoTracking();
        if (before is { } number)
            rows = rows.Where(row => row.Number < number);
        if (query.ActorKind is { } actorKind)
            rows = rows.Where(row => row.ActorKind == actorKind);
        if (query.Actor is { } actor)
            rows = rows.Where(row => row.ActorId == actor);
        if (query.Action is { } action)
            rows = action.EndsWith('.') ? rows.Where(row => row.Action.StartsWith(action)) : rows.Where(row => row.Action == action);
        if (query.Kind is { } kind)
            rows = rows.Where(row => row.SubjectKind == kind);
        if (query.Id is { } id)
            rows = rows.Where(row => row.SubjectId == id);
        if (query.Customer is { } customer)
            rows = rows.Where(row => row.PartyId == customer);
        if (query.Vendor is { } vendor)
            rows = rows.Where(row => row.Vendor == vendor);
        if (query.From is { } from)
            rows = rows.Where(row => row.At >= from);
        if (query.To is { } to)
            rows = rows.Where(row => row.At < to);
        return [.. (await rows.OrderByDescending(row => row.Number).Take(countMax).ToListAsync(cancellation)).Select(Read)];
    }

    public async Task<IReadOnlyList<AuditEntry>> EndingsAsync(IReadOnlyCollection<long> numbers, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = await db
            .AuditEntries.AsNoTracking()
            .Where(row => row.Of != null && numbers.Contains(row.Of.Value))
            .OrderBy(row => row.Number)
            .ToListAsync(cancellation);
        return [.. rows.Select(Read)];
    }

    public async Task<AuditEntry?> FindAsync(long number, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        return await db.AuditEntries.AsNoTracking().FirstOrDefaultAsync(row => row.Number == number, cancellation) is { } row
            ? Read(row)
            : null;
    }

    public async Task<IReadOnlyList<AuditEntry>> ChainAsync(long after, int countMax, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = await db
            .AuditEntries.AsNoTracking()
            .Where(row => row.Number > after)
            .OrderBy(row => row.Number)
            .Take(countMax)
            .ToListAsync(cancellation);
        return [.. rows.Select(Read)];
    }

    internal static AuditEntryRow RowOf(AuditEntry entry) =>
        new()
        {
            Number = entry.Number,
            At = entry.At,
            ActorKind = entry.Draft.Who.Kind,
            ActorId = entry.Draft.Who.Id,
            ActorName = entry.Draft.Who.Name,
            Address = entry.Draft.Who.Address,
            Action = entry.Draft.Action,
            SubjectKind = entry.Draft.On.Kind,
            SubjectId = entry.Draft.On.Id,
            PartyId = entry.Draft.Customer,
            Vendor = entry.Draft.Vendor,
            Before = entry.Draft.Before,
            After = entry.Draft.After,
            Why = entry.Draft.Why,
            Stage = entry.Draft.Stage,
            Of = entry.Draft.Of,
            Previous = entry.Previous,
            Hash = entry.Hash,
        };

    internal static AuditEntry Read(AuditEntryRow row) =>
        new(
            row.Number,
            row.At,
            new AuditDraft(
                new AuditActor(row.ActorKind, row.ActorId, row.ActorName, row.Address),
                row.Action,
                new AuditSubject(row.SubjectKind, row.SubjectId)
            )
            {
                Customer = row.PartyId,
                Vendor = row.Vendor,
                Before = row.Before,
                After = row.After,
                Why = row.Why,
                Stage = row.Stage,
                Of = row.Of,
            },
            row.Previous,
            row.Hash
        );
}
