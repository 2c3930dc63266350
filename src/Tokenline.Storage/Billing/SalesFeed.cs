using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Tokenline.Billing.Facts;
using Tokenline.Charging.Accounts;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Payments;
using Tokenline.Commerce.Receivables;
using Tokenline.Commerce.Subscriptions;
using Tokenline.Commerce.Wallets;
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
            ) with
            {
                Way = WayOf(order.Method),
                Parts = await PartsOfAsync(order.Product.Value, cancellation),
            };
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
                yield return Of(payment, payment.Correlator, kind, payment.EndedAt!.Value) with
                {
                    Way = WayOf(payment.Method),
                };
                continue;
            }
            if (payment.AskedAt >= from && payment.AskedAt < until)
                yield return Of(payment, payment.Correlator, SaleKind.Refund, payment.AskedAt);
            if (payment is { State: PaymentState.Returned, EndedAt: { } returned } && returned >= from && returned < until)
            {
                // Each part goes back the way that its payment came.
                foreach (var part in await RefundedAsync(payment, cancellation))
                    yield return Of(payment, $"{payment.Correlator}/returned/{part.Way}", SaleKind.Returned, returned) with
                    {
                        Gross = part.Amount,
                        Way = part.Way,
                    };
            }

            Sale Of(SubscriptionPayment line, string id, SaleKind kind, DateTimeOffset at) =>
                SalesFeed.Of(id, kind, row.PartyId, row.Account, line.Subscription, offering, line.Amount, channel, at, line.From, line.To);
        }

        await foreach (var accrued in AccruedAsync(from, until, cancellation))
            yield return accrued;
        await foreach (var move in WalletsAsync(from, until, cancellation))
            yield return move;
        await foreach (var paid in InvoicesAsync(from, until, cancellation))
            yield return paid;
    }

    /// <summary>
    /// What commitments came to, booked at the last instant of what it is for. It is counted after that, and may be found after its month was closed: so all that no bill was named for is told,
    /// however old.
    /// </summary>
    private async IAsyncEnumerable<Sale> AccruedAsync(
        DateTimeOffset from,
        DateTimeOffset until,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var lines =
            from payment in db.SubscriptionPayments.AsNoTracking()
            where
                payment.AmountNano > 0
                && (payment.To <= until || payment.AskedAt < until)
                && (payment.State == PaymentState.Accrued || (payment.State == PaymentState.Billed && payment.AskedAt >= @from))
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
        await foreach (var row in lines.AsAsyncEnumerable().WithCancellation(cancellation))
        {
            var line = SubscriptionStore.Read(row.Payment);
            var last = line.To.AddTicks(-1);
            yield return Of(
                line.Correlator,
                line.Kind == PaymentKind.Beyond ? SaleKind.Beyond : SaleKind.TrueUp,
                row.PartyId,
                row.Account,
                line.Subscription,
                SubscriptionStore.ReadBody(row.Body).Offering,
                line.Amount,
                await ChannelOfAsync(line.Subscription, cancellation),
                line.AskedAt < last ? line.AskedAt : last,
                line.From,
                line.To
            ) with
            {
                Way = MoneyWay.Invoice,
            };
        }
    }

    /// <summary>Money that went into wallets and out of them. What wallets paid is a sale, and what came back to them a refund.</summary>
    private async IAsyncEnumerable<Sale> WalletsAsync(
        DateTimeOffset from,
        DateTimeOffset until,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var movements =
            from movement in db.WalletMovements.AsNoTracking()
            where
                (movement.Type == MovementType.TopUp || movement.Type == MovementType.PayOut) && movement.At >= @from && movement.At < until
            join account in db.Accounts.AsNoTracking() on movement.PartyId equals account.PartyId
            orderby movement.Number
            select new { Movement = movement, Account = account.Id };
        await foreach (var row in movements.AsAsyncEnumerable().WithCancellation(cancellation))
        {
            var movement = row.Movement;
            var isByPhoneBill = movement.Type == MovementType.TopUp && await IsByPhoneBillAsync(movement.Correlator, cancellation);
            yield return Moved(
                $"wallet/{movement.Number}",
                movement.Type == MovementType.TopUp ? SaleKind.TopUp : SaleKind.PayOut,
                movement.PartyId,
                row.Account,
                new Money(Math.Abs(movement.AmountNano), new Currency(movement.Currency)),
                movement.Description,
                movement.At,
                isByPhoneBill ? MoneyWay.PhoneBill : MoneyWay.Bank
            );
        }
    }

    private async IAsyncEnumerable<Sale> InvoicesAsync(
        DateTimeOffset from,
        DateTimeOffset until,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var entries =
            from entry in db.ReceivableEntries.AsNoTracking()
            where entry.Type == ReceivableEntryType.Paid && entry.At >= @from && entry.At < until
            join account in db.Accounts.AsNoTracking() on entry.PartyId equals account.PartyId
            orderby entry.Number
            select new { Entry = entry, Account = account.Id };
        await foreach (var row in entries.AsAsyncEnumerable().WithCancellation(cancellation))
            yield return Moved(
                $"invoice/{row.Entry.Number}",
                SaleKind.InvoicePaid,
                row.Entry.PartyId,
                row.Account,
                new Money(row.Entry.AmountNano, new Currency(row.Entry.Currency)),
                "invoice paid",
                row.Entry.At,
                MoneyWay.Bank
            );
    }

    private static Sale Moved(
        string id,
        SaleKind kind,
        PartyId customer,
        AccountId account,
        Money amount,
        string text,
        DateTimeOffset at,
        MoneyWay way
    ) => new(id, kind, customer, account, default, "", text, amount, 0, null, at, at, null, true) { Way = way };

    private static MoneyWay WayOf(PaymentMethod method) =>
        method switch
        {
            PaymentMethod.Wallet => MoneyWay.Wallet,
            PaymentMethod.Invoice => MoneyWay.Invoice,
            _ => MoneyWay.PhoneBill,
        };

    private async Task<List<(MoneyWay Way, Money Amount)>> RefundedAsync(SubscriptionPayment refund, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = await db
            .SubscriptionPayments.AsNoTracking()
            .Where(row => row.SubscriptionId == refund.Subscription)
            .OrderBy(row => row.Number)
            .ToListAsync(cancellation);
        return
        [
            .. RefundPart
                .Of(refund, [.. rows.Select(SubscriptionStore.Read)])
                .GroupBy(part => WayOf(part.Payment.Method))
                .OrderBy(way => way.Key)
                .Select(way => (way.Key, new Money(way.Sum(part => part.Amount.Nano), refund.Amount.Currency))),
        ];
    }

    private async Task<bool> IsByPhoneBillAsync(string topUp, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        return TopUpId.TryParse(topUp, out var id)
            && await db.TopUps.AsNoTracking().AnyAsync(row => row.Id == id && row.Source == TopUpSource.PhoneBill, cancellation);
    }

    private async Task<IReadOnlyList<ProductId>?> PartsOfAsync(ProductId bundle, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var parts = await db
            .Products.AsNoTracking()
            .Where(row => row.BundleId == bundle)
            .OrderBy(row => row.Id)
            .Select(row => row.Id)
            .ToListAsync(cancellation);
        return parts.Count == 0 ? null : parts;
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
