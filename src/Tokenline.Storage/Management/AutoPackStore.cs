using Microsoft.EntityFrameworkCore;
using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Payments;

namespace Tokenline.Storage.Management;

internal sealed class AutoPackStore(IDbContextFactory<ManagementDb> factory) : IAutoPackStore
{
    public async Task<AutoPackPurchase> BeginOrFindAsync(AutoPackPurchase purchase)
    {
        await using var db = await factory.CreateDbContextAsync();
        if (await OpenAsync(db, purchase.Account) is { } open)
            return Read(open);
        db.AutoPacks.Add(
            new AutoPackPurchaseRow
            {
                Id = purchase.Id,
                AccountId = purchase.Account,
                OfferingId = purchase.Offering,
                Method = purchase.Method,
                BegunAt = purchase.BegunAt,
            }
        );
        try
        {
            await db.SaveChangesAsync();
            return purchase;
        }
        catch (DbUpdateException e) when (e.IsUniqueViolation())
        {
            // Another process began one for this account meanwhile; if that one has ended too, this may begin.
            return await OpenAsync(db, purchase.Account) is { } theirs ? Read(theirs) : await BeginOrFindAsync(purchase);
        }
    }

    public async Task EndAsync(AutoPackPurchase ended)
    {
        await using var db = await factory.CreateDbContextAsync();
        await db
            .AutoPacks.Where(row => row.Id == ended.Id && row.EndedAt == null)
            .ExecuteUpdateAsync(set =>
                set.SetProperty(row => row.EndedAt, ended.EndedAt)
                    .SetProperty(row => row.ProductId, ended.Product)
                    .SetProperty(row => row.Reason, ended.Reason)
            );
    }

    public async Task<AutoPackPurchase?> NewestAsync(AccountId account)
    {
        await using var db = await factory.CreateDbContextAsync();
        var row = await db
            .AutoPacks.AsNoTracking()
            .Where(known => known.AccountId == account)
            .OrderByDescending(known => known.Id)
            .FirstOrDefaultAsync();
        return row is null ? null : Read(row);
    }

    public async Task<IReadOnlyList<AutoPackPurchase>> UnfinishedAsync(int limit, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = await db
            .AutoPacks.AsNoTracking()
            .Where(row => row.EndedAt == null)
            .OrderBy(row => row.Id)
            .Take(limit)
            .ToListAsync(cancellation);
        return [.. rows.Select(Read)];
    }

    private static Task<AutoPackPurchaseRow?> OpenAsync(ManagementDb db, AccountId account) =>
        db.AutoPacks.AsNoTracking().FirstOrDefaultAsync(row => row.AccountId == account && row.EndedAt == null);

    private static AutoPackPurchase Read(AutoPackPurchaseRow row) =>
        new(row.Id, row.AccountId, row.OfferingId, row.BegunAt, row.EndedAt, row.ProductId, row.Reason)
        {
            Method = row.Method ?? PaymentMethod.PhoneBill,
        };
}
