using Microsoft.EntityFrameworkCore;
using Tokenline.Billing;
using Tokenline.Billing.Facts;

namespace Tokenline.Storage.Billing;

internal sealed class UsageFigures(IDbContextFactory<BillingDb> factory) : IUsageFigures
{
    public async Task<IReadOnlyList<ModelWorth>> WorthAsync(BillingPeriod from, BillingPeriod to, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = await db
            .Usage.AsNoTracking()
            .Where(row => row.Period >= from.Number && row.Period <= to.Number)
            .GroupBy(row => new
            {
                row.Period,
                row.Model,
                row.Vendor,
                row.Currency,
            })
            .Select(sum => new
            {
                sum.Key,
                Calls = sum.Sum(row => row.Calls),
                Worth = sum.Sum(row => row.WorthNano),
                Uncollected = sum.Sum(row => row.UncollectedNano),
                Free = sum.Sum(row => row.FreeNano),
            })
            .ToListAsync(cancellation);
        return
        [
            .. rows.Select(row => new ModelWorth(
                new(new BillingPeriod(row.Key.Period), row.Key.Model, row.Key.Vendor, new Currency(row.Key.Currency)),
                row.Calls,
                row.Worth,
                row.Uncollected,
                row.Free
            )),
        ];
    }
}
