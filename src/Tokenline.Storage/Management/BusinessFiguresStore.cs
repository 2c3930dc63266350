using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Tokenline.Commerce.Figures;
using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Subscriptions;

namespace Tokenline.Storage.Management;

/// <summary>Instants are text whose first 13 characters are the hour, in UTC: sums are made by them, and calendars are applied to the sums.</summary>
internal sealed class BusinessFiguresStore(IDbContextFactory<ManagementDb> factory) : IBusinessFigures
{
    private const int HourLength = 13;
    private const string OrderMark = "ord_";

    public async Task<BusinessFigures> OfAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var customers = await db.Parties.LongCountAsync(row => row.CreatedAt < to, cancellation);
        var fresh = await db.Parties.LongCountAsync(row => row.CreatedAt >= from && row.CreatedAt < to, cancellation);
        var plans = await db.Subscriptions.LongCountAsync(row => row.State != SubscriptionState.Terminated, cancellation);
        var orders = await db
            .Orders.Where(row => row.State == OrderState.Completed && row.EndedAt >= from && row.EndedAt < to)
            .GroupBy(row => ((string)(object)row.EndedAt!).Substring(0, HourLength))
            .Select(hour => new
            {
                Hour = hour.Key,
                Nano = hour.Sum(row => row.PriceNano ?? 0),
                Count = hour.LongCount(),
            })
            .ToListAsync(cancellation);
        // The first payment of a subscription is its order's.
        var payments = await db
            .SubscriptionPayments.Where(row =>
                row.State == PaymentState.Paid && row.EndedAt >= from && row.EndedAt < to && !row.Correlator.StartsWith(OrderMark)
            )
            .GroupBy(row => ((string)(object)row.EndedAt!).Substring(0, HourLength))
            .Select(hour => new
            {
                Hour = hour.Key,
                Nano = hour.Sum(row => row.Kind == PaymentKind.Refund ? -row.AmountNano : row.AmountNano),
                Count = hour.LongCount(row => row.Kind != PaymentKind.Refund),
            })
            .ToListAsync(cancellation);
        return new(
            customers,
            fresh,
            plans,
            [
                .. orders
                    .Concat(payments)
                    .GroupBy(hour => hour.Hour)
                    .OrderBy(hour => hour.Key, StringComparer.Ordinal)
                    .Select(hour => new HourSales(InstantOf(hour.Key), hour.Sum(one => one.Nano), hour.Sum(one => one.Count))),
            ]
        );
    }

    private static DateTimeOffset InstantOf(string hour) =>
        new(
            DateTime.ParseExact(
                hour,
                "yyyy-MM-dd'T'HH",
                CultureInfo.InvariantCulture,
                DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal
            )
        );
}
