using Microsoft.EntityFrameworkCore;
using Tokenline.Commerce.Notifications;

namespace Tokenline.Storage.Management;

internal sealed class DeliverySearch(IDbContextFactory<ManagementDb> factory) : IDeliverySearch
{
    public async Task<IReadOnlyList<Delivery>> ListAsync(DeliveryState? state, long? before, int limit, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = db.Deliveries.AsNoTracking();
        if (state is { } wanted)
            rows = rows.Where(row => row.State == wanted);
        if (before is { } number)
            rows = rows.Where(row => row.Number < number);
        return [.. (await rows.OrderByDescending(row => row.Number).Take(limit).ToListAsync(cancellation)).Select(NotificationStore.Read)];
    }

    public async Task<Delivery?> FindAsync(long number, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        return await db.Deliveries.AsNoTracking().FirstOrDefaultAsync(row => row.Number == number, cancellation) is { } row
            ? NotificationStore.Read(row)
            : null;
    }

    public async Task<IReadOnlyDictionary<DeliveryState, long>> CountAsync(DateTimeOffset since, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        return await db
            .Deliveries.Where(row => row.CreatedAt >= since)
            .GroupBy(row => row.State)
            .Select(state => new { state.Key, Count = state.LongCount() })
            .ToDictionaryAsync(state => state.Key, state => state.Count, cancellation);
    }
}
