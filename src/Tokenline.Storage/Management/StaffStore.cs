using Microsoft.EntityFrameworkCore;
using Tokenline.Commerce.AuditTrail;
using Tokenline.Commerce.Staff;

namespace Tokenline.Storage.Management;

internal sealed class StaffStore(IDbContextFactory<ManagementDb> factory, TimeProvider time) : IStaffStore
{
    public async Task<StaffMember?> FindAsync(StaffId id, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        return await db.Staff.AsNoTracking().FirstOrDefaultAsync(row => row.Id == id, cancellation) is { } row ? Read(row) : null;
    }

    public async Task<StaffMember?> FindAsync(string phoneNumber, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        return await db.Staff.AsNoTracking().FirstOrDefaultAsync(row => row.LivePhoneNumber == phoneNumber, cancellation) is { } row
            ? Read(row)
            : null;
    }

    public async Task<IReadOnlyList<StaffMember>> ListAsync(string? vendor, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = db.Staff.AsNoTracking();
        if (vendor is not null)
            rows = rows.Where(row => row.Vendor == vendor);
        var found = await rows.OrderBy(row => row.Id).ToListAsync(cancellation);
        return [.. found.Select(Read).OrderBy(member => member.EndedAt is not null)];
    }

    public async Task<bool> AddAsync(StaffMember member, AuditDraft entry)
    {
        await using var db = await factory.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        var row = new StaffRow
        {
            Id = member.Id,
            PhoneNumber = member.PhoneNumber,
            Name = member.Name,
            Roles = "",
            Vendor = member.Vendor,
            CreatedAt = member.CreatedAt,
        };
        Write(row, member);
        db.Staff.Add(row);
        await db.WriteAsync(entry, time.GetUtcNow());
        try
        {
            await db.SaveChangesAsync();
        }
        catch (DbUpdateException e) when (e.IsUniqueViolation())
        {
            return false;
        }
        await transaction.CommitAsync();
        return true;
    }

    public async Task<bool> ChangeAsync(StaffMember member, AuditDraft entry)
    {
        await using var db = await factory.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        if (await db.Staff.FirstOrDefaultAsync(known => known.Id == member.Id && known.EndedAt == null) is not { } row)
            return false;
        Write(row, member);
        await db.WriteAsync(entry, time.GetUtcNow());
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        return true;
    }

    private static void Write(StaffRow row, StaffMember member)
    {
        row.Name = member.Name;
        row.Roles = string.Join(',', member.Roles);
        row.EndedAt = member.EndedAt;
        row.LivePhoneNumber = member.EndedAt is null ? member.PhoneNumber : null;
    }

    /// <summary>A role of a later version is left out: it gives no right here.</summary>
    private static StaffMember Read(StaffRow row) =>
        new(
            row.Id,
            row.PhoneNumber,
            row.Name,
            [.. row.Roles.Split(',').Where(name => Enum.TryParse<StaffRole>(name, out _)).Select(Enum.Parse<StaffRole>)],
            row.Vendor,
            row.CreatedAt,
            row.EndedAt
        );
}
