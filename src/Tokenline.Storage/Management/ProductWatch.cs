using Microsoft.EntityFrameworkCore;
using Tokenline.Commerce.Notifications;

namespace Tokenline.Storage.Management;

internal sealed class ProductWatch(IDbContextFactory<ManagementDb> factory) : IProductWatch
{
    public async Task<IReadOnlyList<EndingProduct>> EndingAsync(
        DateTimeOffset after,
        ProductId afterProduct,
        DateTimeOffset until,
        int limit,
        CancellationToken cancellation
    )
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = await db
            .Products.AsNoTracking()
            .Where(row => row.ExpiresAt >= after && row.ExpiresAt <= until)
            .Where(row => row.ExpiresAt > after || (long)(object)row.Id > afterProduct.Value)
            .OrderBy(row => row.ExpiresAt)
            .ThenBy(row => row.Id)
            .Take(limit)
            .Join(
                db.Accounts,
                product => product.PartyId,
                account => account.PartyId,
                (product, account) =>
                    new
                    {
                        product.Id,
                        Account = account.Id,
                        product.ExpiresAt,
                    }
            )
            .ToListAsync(cancellation);
        return
        [
            .. rows.Select(row => new EndingProduct(row.Id, row.Account, row.ExpiresAt!.Value))
                .OrderBy(p => (p.ExpiresAt, p.Product.Value)),
        ];
    }

    public async Task<IReadOnlyList<AccountId>> HoldersAsync(AccountId after, DateTimeOffset now, int limit, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        return await db
            .Accounts.AsNoTracking()
            .Where(account => (long)(object)account.Id > after.Value)
            .Where(account =>
                db.Products.Any(product => product.PartyId == account.PartyId && (product.ExpiresAt == null || product.ExpiresAt > now))
            )
            .OrderBy(account => account.Id)
            .Take(limit)
            .Select(account => account.Id)
            .ToListAsync(cancellation);
    }
}
