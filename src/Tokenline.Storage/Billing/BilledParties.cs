using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Tokenline.Billing.Bills;
using Tokenline.Commerce;
using Tokenline.Commerce.Receivables;
using Tokenline.Storage.Management;

namespace Tokenline.Storage.Billing;

/// <summary>Names for a page of bills, in three questions to the management data.</summary>
internal sealed class BilledParties(IDbContextFactory<ManagementDb> factory) : IBilledParties
{
    /// <summary>Ids in one statement.</summary>
    private const int AtOnce = 500;

    public async Task<IReadOnlyDictionary<AccountId, BilledTo>> CustomersAsync(
        IReadOnlyCollection<AccountId> accounts,
        CancellationToken cancellation
    )
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var named = new Dictionary<AccountId, BilledTo>();
        foreach (var some in accounts.Chunk(AtOnce))
        {
            var rows = await (
                from account in db.Accounts.AsNoTracking()
                where some.Contains(account.Id)
                join party in db.Parties.AsNoTracking() on account.PartyId equals party.Id
                select new
                {
                    account.Id,
                    Party = party.Id,
                    party.Name,
                }
            ).ToListAsync(cancellation);
            var parties = rows.Select(row => row.Party).ToList();
            var invoices = await db.Set<InvoiceRecipientRow>()
                .AsNoTracking()
                .Where(row => parties.Contains(row.PartyId))
                .ToDictionaryAsync(row => row.PartyId, row => row.Body, cancellation);
            foreach (var row in rows)
                named[row.Id] = new(
                    row.Name,
                    invoices.TryGetValue(row.Party, out var body)
                        ? JsonSerializer.Deserialize<InvoiceRecipient>(body, CommerceJson.Options)
                        : null
                );
        }
        return named;
    }

    public async Task<IReadOnlyDictionary<KeyId, string>> KeysAsync(IReadOnlyCollection<KeyId> keys, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var named = new Dictionary<KeyId, string>();
        foreach (var some in keys.Chunk(AtOnce))
        {
            var rows = await db
                .Keys.AsNoTracking()
                .Where(row => some.Contains(row.Id))
                .Select(row => new { row.Id, row.Name })
                .ToListAsync(cancellation);
            foreach (var row in rows)
                named[row.Id] = row.Name;
        }
        return named;
    }
}
