using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Tokenline.Commerce;
using Tokenline.Commerce.Receivables;

namespace Tokenline.Storage.Management;

internal sealed class InvoiceRecipientRow
{
    public PartyId PartyId { get; set; }

    /// <summary>JSON.</summary>
    public required string Body { get; set; }
    public DateTimeOffset ChangedAt { get; set; }
}

internal sealed class InvoiceRecipientTable : IEntityTypeConfiguration<InvoiceRecipientRow>
{
    public void Configure(EntityTypeBuilder<InvoiceRecipientRow> recipient)
    {
        recipient.ToTable("invoice_recipient").HasKey(row => row.PartyId);
        recipient.Property(row => row.PartyId).ValueGeneratedNever();
        recipient.HasOne<PartyRow>().WithMany().HasForeignKey(row => row.PartyId);
    }
}

internal sealed class InvoiceRecipientStore(IDbContextFactory<ManagementDb> factory) : IInvoiceRecipientStore
{
    public async Task<InvoiceRecipient?> FindAsync(PartyId customer, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var row = await db.Set<InvoiceRecipientRow>().AsNoTracking().FirstOrDefaultAsync(row => row.PartyId == customer, cancellation);
        return row is null ? null : JsonSerializer.Deserialize<InvoiceRecipient>(row.Body, CommerceJson.Options);
    }

    public Task PutAsync(PartyId customer, InvoiceRecipient recipient, DateTimeOffset at, CancellationToken cancellation) =>
        UniqueViolations.PutAsync(async () =>
        {
            await using var db = await factory.CreateDbContextAsync(cancellation);
            var body = JsonSerializer.Serialize(recipient, CommerceJson.Options);
            if (await db.Set<InvoiceRecipientRow>().FirstOrDefaultAsync(row => row.PartyId == customer, cancellation) is { } known)
                (known.Body, known.ChangedAt) = (body, at);
            else
                db.Add(
                    new InvoiceRecipientRow
                    {
                        PartyId = customer,
                        Body = body,
                        ChangedAt = at,
                    }
                );
            await db.SaveChangesAsync(cancellation);
        });
}
