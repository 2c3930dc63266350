using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tokenline.Commerce.Access;

namespace Tokenline.Storage.Management;

internal sealed class IdentityProviderRow
{
    public PartyId PartyId { get; set; }
    public required string Name { get; set; }
    public required string Issuer { get; set; }
    public required string ClientId { get; set; }

    /// <summary>The client's secret, sealed to its customer.</summary>
    public required byte[] Sealed { get; set; }
    public DateTimeOffset At { get; set; }
}

internal sealed class IdentityLinkRow
{
    public PartyId PartyId { get; set; }
    public required string Subject { get; set; }
    public MembershipId MembershipId { get; set; }
    public DateTimeOffset At { get; set; }
}

internal sealed class IdentityProviderTable : IEntityTypeConfiguration<IdentityProviderRow>
{
    public void Configure(EntityTypeBuilder<IdentityProviderRow> provider)
    {
        provider.ToTable("identity_provider").HasKey(row => row.PartyId);
        provider.Property(row => row.PartyId).ValueGeneratedNever();
        provider.HasIndex(row => row.Name).IsUnique();
        provider.HasOne<PartyRow>().WithMany().HasForeignKey(row => row.PartyId);
    }
}

internal sealed class IdentityLinkTable : IEntityTypeConfiguration<IdentityLinkRow>
{
    public void Configure(EntityTypeBuilder<IdentityLinkRow> link)
    {
        link.ToTable("identity_link").HasKey(row => new { row.PartyId, row.Subject });
        link.HasOne<PartyRow>().WithMany().HasForeignKey(row => row.PartyId);
    }
}

internal sealed class IdentityProviderStore(IDbContextFactory<ManagementDb> factory, SecretSeal seal) : IIdentityProviderStore
{
    public async Task<IdentityProvider?> FindAsync(PartyId customer, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        return
            await db.Set<IdentityProviderRow>().AsNoTracking().FirstOrDefaultAsync(row => row.PartyId == customer, cancellation) is { } row
            ? Read(row)
            : null;
    }

    public async Task<IdentityProvider?> FindAsync(string name, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        return await db.Set<IdentityProviderRow>().AsNoTracking().FirstOrDefaultAsync(row => row.Name == name, cancellation) is { } row
            ? Read(row)
            : null;
    }

    public async Task<bool> PutAsync(IdentityProvider provider, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var known = await db.Set<IdentityProviderRow>().FirstOrDefaultAsync(row => row.PartyId == provider.Customer, cancellation);
        if (known is null)
            db.Add(RowOf(provider));
        else
        {
            if (known.Issuer != provider.Issuer) // its subjects are other people
                await db.Set<IdentityLinkRow>().Where(row => row.PartyId == provider.Customer).ExecuteDeleteAsync(cancellation);
            db.Entry(known).CurrentValues.SetValues(RowOf(provider));
        }
        try
        {
            await db.SaveChangesAsync(cancellation);
            await transaction.CommitAsync(cancellation);
            return true;
        }
        catch (DbUpdateException e) when (e.IsUniqueViolation())
        {
            return false;
        }
    }

    public async Task RemoveAsync(PartyId customer, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        await db.Set<IdentityLinkRow>().Where(row => row.PartyId == customer).ExecuteDeleteAsync(cancellation);
        await db.Set<IdentityProviderRow>().Where(row => row.PartyId == customer).ExecuteDeleteAsync(cancellation);
        await transaction.CommitAsync(cancellation);
    }

    public async Task<IdentityLink?> FindLinkAsync(PartyId customer, string subject, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        return
            await db.Set<IdentityLinkRow>()
                .AsNoTracking()
                .FirstOrDefaultAsync(row => row.PartyId == customer && row.Subject == subject, cancellation)
                is { } row
            ? new(row.PartyId, row.Subject, row.MembershipId, row.At)
            : null;
    }

    public async Task<IdentityLink> LinkAsync(IdentityLink link, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        db.Add(
            new IdentityLinkRow
            {
                PartyId = link.Customer,
                Subject = link.Subject,
                MembershipId = link.Member,
                At = link.At,
            }
        );
        try
        {
            await db.SaveChangesAsync(cancellation);
            return link;
        }
        catch (DbUpdateException e) when (e.IsUniqueViolation())
        {
            return await FindLinkAsync(link.Customer, link.Subject, cancellation)
                ?? throw new InvalidOperationException("a link came and went", e);
        }
    }

    private IdentityProviderRow RowOf(IdentityProvider provider) =>
        new()
        {
            PartyId = provider.Customer,
            Name = provider.Name,
            Issuer = provider.Issuer,
            ClientId = provider.ClientId,
            Sealed = seal.Seal(provider.Secret, OwnerOf(provider.Customer)),
            At = provider.At,
        };

    private IdentityProvider Read(IdentityProviderRow row) =>
        new(row.PartyId, row.Name, row.Issuer, row.ClientId, seal.Unseal(row.Sealed, OwnerOf(row.PartyId)), row.At);

    internal static string OwnerOf(PartyId customer) => $"identity provider of {customer}";
}
