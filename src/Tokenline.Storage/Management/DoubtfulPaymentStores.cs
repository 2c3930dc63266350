using Microsoft.EntityFrameworkCore;
using Tokenline.Commerce.Payments;

namespace Tokenline.Storage.Management;

/// <summary>Orders that failed in doubt.</summary>
internal sealed class DoubtfulOrderStore(IDbContextFactory<ManagementDb> factory) : IDoubtfulPayments
{
    public async Task<IReadOnlyList<DoubtfulPayment>> DueAsync(DateTimeOffset now, int limit, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = await db
            .Orders.AsNoTracking()
            .Where(row => row.LookAt <= now)
            .OrderBy(row => row.LookAt)
            .Take(limit)
            .Select(row => new
            {
                row.Id,
                row.CreatedAt,
                row.EndedAt,
            })
            .ToListAsync(cancellation);
        return [.. rows.Select(row => new DoubtfulPayment(row.Id.ToString(), row.CreatedAt, row.EndedAt ?? row.CreatedAt))];
    }

    public async Task LookAsync(string correlator, DateTimeOffset? at)
    {
        var id = OrderId.Parse(correlator);
        await using var db = await factory.CreateDbContextAsync();
        await db.Orders.Where(row => row.Id == id && row.LookAt != null).ExecuteUpdateAsync(set => set.SetProperty(row => row.LookAt, at));
    }
}

/// <summary>Payments of subscriptions that were refused in doubt.</summary>
internal sealed class DoubtfulRenewalStore(IDbContextFactory<ManagementDb> factory) : IDoubtfulPayments
{
    public async Task<IReadOnlyList<DoubtfulPayment>> DueAsync(DateTimeOffset now, int limit, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = await db
            .SubscriptionPayments.AsNoTracking()
            .Where(row => row.LookAt <= now)
            .OrderBy(row => row.LookAt)
            .Take(limit)
            .ToListAsync(cancellation);
        return [.. rows.Select(row => new DoubtfulPayment(row.Correlator, row.AskedAt, row.EndedAt ?? row.AskedAt))];
    }

    public async Task LookAsync(string correlator, DateTimeOffset? at)
    {
        await using var db = await factory.CreateDbContextAsync();
        await db
            .SubscriptionPayments.Where(row => row.Correlator == correlator && row.LookAt != null)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.LookAt, at));
    }
}

/// <summary>Top-ups that failed in doubt.</summary>
internal sealed class DoubtfulTopUpStore(IDbContextFactory<ManagementDb> factory) : IDoubtfulPayments
{
    public async Task<IReadOnlyList<DoubtfulPayment>> DueAsync(DateTimeOffset now, int limit, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = await db
            .TopUps.AsNoTracking()
            .Where(row => row.LookAt <= now)
            .OrderBy(row => row.LookAt)
            .Take(limit)
            .ToListAsync(cancellation);
        return [.. rows.Select(row => new DoubtfulPayment(row.Id.ToString(), row.CreatedAt, row.EndedAt ?? row.CreatedAt))];
    }

    public async Task LookAsync(string correlator, DateTimeOffset? at)
    {
        var id = TopUpId.Parse(correlator);
        await using var db = await factory.CreateDbContextAsync();
        await db.TopUps.Where(row => row.Id == id && row.LookAt != null).ExecuteUpdateAsync(set => set.SetProperty(row => row.LookAt, at));
    }
}
