using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tokenline.Commerce;
using Tokenline.Commerce.Calling;
using Tokenline.Commerce.Configuration;

namespace Tokenline.Storage.Management;

internal sealed class CallingTermsRow
{
    public PartyId PartyId { get; set; }

    /// <summary>JSON.</summary>
    public required string Body { get; set; }
}

internal sealed class CallingTermsTable : IEntityTypeConfiguration<CallingTermsRow>
{
    public void Configure(EntityTypeBuilder<CallingTermsRow> terms)
    {
        terms.ToTable("calling_terms").HasKey(row => row.PartyId);
        terms.Property(row => row.PartyId).ValueGeneratedNever();
        terms.HasOne<PartyRow>().WithMany().HasForeignKey(row => row.PartyId);
    }
}

internal sealed class CallingTermsStore(IDbContextFactory<ManagementDb> factory) : ICallingTermsStore
{
    public async Task<CallingTerms?> FindAsync(PartyId customer, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var row = await db.Set<CallingTermsRow>().AsNoTracking().FirstOrDefaultAsync(row => row.PartyId == customer, cancellation);
        return row is null ? null : Read(row.Body);
    }

    public Task PutAsync(PartyId customer, CallingTerms terms, CancellationToken cancellation) =>
        UniqueViolations.PutAsync(async () =>
        {
            await using var db = await factory.CreateDbContextAsync(cancellation);
            await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
            var version = await db.RaiseAsync(ConfigurationAreas.Keys, cancellation);
            var body = JsonSerializer.Serialize(terms, CommerceJson.Options);
            if (await db.Set<CallingTermsRow>().FirstOrDefaultAsync(row => row.PartyId == customer, cancellation) is { } known)
                known.Body = body;
            else
                db.Add(new CallingTermsRow { PartyId = customer, Body = body });
            await db.SaveChangesAsync(cancellation);
            await db
                .Keys.Where(row => row.PartyId == customer && row.RevokedAt == null)
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.Changed, version), cancellation);
            await transaction.CommitAsync(cancellation);
        });

    /// <summary>Null: they say nothing.</summary>
    public static CallingTerms? Read(string? body) =>
        body is not null && JsonSerializer.Deserialize<CallingTerms>(body, CommerceJson.Options) is { IsNone: false } terms ? terms : null;
}
