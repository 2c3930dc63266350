using Microsoft.EntityFrameworkCore;
using Tokenline.Commerce.Entitlement;

namespace Tokenline.Storage.Management;

internal sealed class PoolShareStore(IDbContextFactory<ManagementDb> factory) : IPoolShareStore
{
    public async Task<IReadOnlyDictionary<AllotmentId, long>> LeastAsync(ProductId subscription, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        return await db
            .PoolShares.AsNoTracking()
            .Where(row => row.SubscriptionId == subscription)
            .ToDictionaryAsync(row => row.AllotmentId, row => row.Least, cancellation);
    }

    public Task PutLeastAsync(ProductId subscription, AllotmentId node, long least) =>
        UniqueViolations.PutAsync(async () =>
        {
            await using var db = await factory.CreateDbContextAsync();
            var known = await db
                .PoolShares.Where(row => row.SubscriptionId == subscription && row.AllotmentId == node)
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.Least, least));
            if (known > 0)
                return;
            db.PoolShares.Add(
                new PoolShareRow
                {
                    SubscriptionId = subscription,
                    AllotmentId = node,
                    Least = least,
                }
            );
            await db.SaveChangesAsync();
        });
}
