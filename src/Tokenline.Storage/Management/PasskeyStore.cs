using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tokenline.Commerce.Access;

namespace Tokenline.Storage.Management;

internal sealed class PasskeyRow
{
    public required string Id { get; set; }
    public required string PhoneNumber { get; set; }
    public required byte[] PublicKey { get; set; }
    public long Counter { get; set; }
    public required string Name { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset? UsedAt { get; set; }
}

internal sealed class PasskeyTable : IEntityTypeConfiguration<PasskeyRow>
{
    public void Configure(EntityTypeBuilder<PasskeyRow> passkey)
    {
        passkey.ToTable("passkey").HasKey(row => row.Id);
        passkey.HasIndex(row => row.PhoneNumber);
    }
}

internal sealed class PasskeyStore(IDbContextFactory<ManagementDb> factory) : IPasskeyStore
{
    public async Task<bool> AddAsync(Passkey passkey, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        db.Add(
            new PasskeyRow
            {
                Id = passkey.Id,
                PhoneNumber = passkey.PhoneNumber,
                PublicKey = passkey.PublicKey,
                Counter = passkey.Counter,
                Name = passkey.Name,
                CreatedAt = passkey.CreatedAt,
                UsedAt = passkey.UsedAt,
            }
        );
        try
        {
            await db.SaveChangesAsync(cancellation);
            return true;
        }
        catch (DbUpdateException e) when (e.IsUniqueViolation())
        {
            return false;
        }
    }

    public async Task<Passkey?> FindAsync(string id, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        return await db.Set<PasskeyRow>().AsNoTracking().FirstOrDefaultAsync(row => row.Id == id, cancellation) is { } row
            ? Read(row)
            : null;
    }

    public async Task<IReadOnlyList<Passkey>> ListAsync(string phoneNumber, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = await db.Set<PasskeyRow>()
            .AsNoTracking()
            .Where(row => row.PhoneNumber == phoneNumber)
            .OrderByDescending(row => row.CreatedAt)
            .ToListAsync(cancellation);
        return [.. rows.Select(Read)];
    }

    public async Task<bool> UsedAsync(Passkey before, long counter, DateTimeOffset at)
    {
        await using var db = await factory.CreateDbContextAsync();
        return await db.Set<PasskeyRow>()
                .Where(row => row.Id == before.Id && row.Counter == before.Counter)
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.Counter, counter).SetProperty(row => row.UsedAt, at)) == 1;
    }

    public async Task RemoveAsync(string phoneNumber, string id, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        await db.Set<PasskeyRow>().Where(row => row.Id == id && row.PhoneNumber == phoneNumber).ExecuteDeleteAsync(cancellation);
    }

    private static Passkey Read(PasskeyRow row) =>
        new(row.Id, row.PhoneNumber, row.PublicKey, row.Counter, row.Name, row.CreatedAt, row.UsedAt);
}
