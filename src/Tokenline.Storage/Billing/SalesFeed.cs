using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Tokenline.Billing.Facts;
using Tokenline.Charging.Accounts;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Subscriptions;
using Tokenline.Storage.Management;

namespace Tokenline.Storage.Billing;

/// <summary>What customers paid and were given back, out of the management data: orders, and payments of subscriptions. The first period of a plan is paid by its order.</summary>
internal sealed class SalesFeed(IDbContextFactory<ManagementDb> factory) : ISalesFeed
{
    private static readonly string ofOrders = $"{OrderKind.Prefix}_";

    public async IAsyncEnumerable<Sale> ReadAsync(
        DateTimeOffset from,
        DateTimeOffset until,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var orders =
            from order in db.Orders.AsNoTracking()
            where order.State == OrderState.Completed && order.EndedAt >= @from && order.EndedAt < until
            join product in db.Products.AsNoTracking() on order.ProductId equals product.Id
            join account in db.Accounts.AsNoTracking() on order.PartyId equals account.PartyId
            orderby order.Id
            select new
            {
                Order = order,
                product.ActiveFrom,
                product.ExpiresAt,
                Account = account.Id,
            };
        await foreach (var row in orders.AsAsyncEnumerable().WithCancellation(cancellation))
        {
            var order = OrderStore.Read(row.Order);
            if (order.Price.Nano == 0)
                continue;
            var first = await PeriodOfAsync(order.Id.ToString(), cancellation);
            yield return Of(
                order.Id.ToString(),
                SaleKind.Order,
                order.Customer,
                row.Account,
                order.Product!.Value,
                order.Offering,
                order.Price,
                order.Channel,
                order.EndedAt!.Value,
                first?.From ?? row.ActiveFrom,
                first?.To ?? row.ExpiresAt
            );
        }

        // A refund counts when it is decided, and once more when it is paid out.
        var payments =
            from payment in db.SubscriptionPayments.AsNoTracking()
            where
                payment.AmountNano > 0
                && !payment.Correlator.StartsWith(ofOrders)
                && (
                    (payment.State == PaymentState.Paid && payment.EndedAt >= @from && payment.EndedAt < until)
                    || (
                        payment.Kind == PaymentKind.Refund
                        && (
                            (payment.AskedAt >= @from && payment.AskedAt < until)
                            || (payment.State == PaymentState.Returned && payment.EndedAt >= @from && payment.EndedAt < until)
                        )
                    )
                )
            join subscription in db.Subscriptions.AsNoTracking() on payment.SubscriptionId equals subscription.Id
            join account in db.Accounts.AsNoTracking() on subscription.PartyId equals account.PartyId
            orderby payment.Number
            select new
            {
                Payment = payment,
                subscription.PartyId,
                subscription.Body,
                Account = account.Id,
            };
        await foreach (var row in payments.AsAsyncEnumerable().WithCancellation(cancellation))
        {
            var payment = SubscriptionStore.Read(row.Payment);
            var offering = SubscriptionStore.ReadBody(row.Body).Offering;
            var channel = await ChannelOfAsync(payment.Subscription, cancellation);
            if (payment.Kind != PaymentKind.Refund)
            {
                var kind = payment.Kind == PaymentKind.Upgrade ? SaleKind.Upgrade : SaleKind.Period;
                yield return Of(payment, payment.Correlator, kind, payment.EndedAt!.Value);
                continue;
            }
            if (payment.AskedAt >= from && payment.AskedAt < until)
                yield return Of(payment, payment.Correlator, SaleKind.Refund, payment.AskedAt);
            if (payment is { State: PaymentState.Returned, EndedAt: { } returned } && returned >= from && returned < until)
                yield return Of(payment, $"{payment.Correlator}/returned", SaleKind.Returned, returned);

            Sale Of(SubscriptionPayment line, string id, SaleKind kind, DateTimeOffset at) =>
                SalesFeed.Of(id, kind, row.PartyId, row.Account, line.Subscription, offering, line.Amount, channel, at, line.From, line.To);
        }
    }

    private static Sale Of(
        string id,
        SaleKind kind,
        PartyId customer,
        AccountId account,
        ProductId product,
        ProductOffering offering,
        Money gross,
        string? channel,
        DateTimeOffset at,
        DateTimeOffset from,
        DateTimeOffset? to
    ) =>
        new(
            id,
            kind,
            customer,
            account,
            product,
            offering.Id,
            offering.Name,
            gross,
            offering.TaxPercent,
            channel,
            at,
            from,
            to,
            offering.Grants.Count > 0 && offering.Grants.All(grant => grant.Unit is null && grant.Type is BucketType.Wallet)
        );

    /// <summary>What the order of a plan has paid for: its product lasts longer with each period that follows.</summary>
    private async Task<(DateTimeOffset From, DateTimeOffset To)?> PeriodOfAsync(string order, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var row = await db
            .SubscriptionPayments.AsNoTracking()
            .Where(payment => payment.Correlator == order)
            .Select(payment => new { payment.From, payment.To })
            .FirstOrDefaultAsync(cancellation);
        return row is null ? null : (row.From, row.To);
    }

    private async Task<string?> ChannelOfAsync(ProductId product, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        return await db
            .Orders.AsNoTracking()
            .Where(order => order.ProductId == product)
            .Select(order => order.Channel)
            .FirstOrDefaultAsync(cancellation);
    }
}
