using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Subscriptions;

namespace Tokenline.Portal.Payments;

/// <summary>Something that was paid, asked for, refused or given back.</summary>
/// <param name="Plan">The subscription that it is of.</param>
internal sealed record PaymentLine(
    DateTimeOffset At,
    string Name,
    PaymentKind Kind,
    PaymentState State,
    Money Amount,
    string? Reason,
    ProductId? Plan
);

/// <param name="Next">Older orders are before this one; null: that was all.</param>
internal sealed record PaymentPage(IReadOnlyList<PaymentLine> Lines, OrderId? Next);

/// <summary>What a customer paid: orders page by page, and on the first page what renewals, upgrades and refunds of subscriptions came to.</summary>
internal sealed class PaymentList(IOrderStore orders, ISubscriptionStore subscriptions)
{
    private const int PageSize = 50;

    public async Task<PaymentPage> PageAsync(PartyId customer, OrderId? before, CancellationToken cancellation)
    {
        var found = await orders.ListAsync(customer, before, PageSize + 1, cancellation);
        var lines = new List<PaymentLine>();
        foreach (var order in found.Take(PageSize))
        {
            if (order.Price.Nano > 0 || order.Offering.Kind == OfferingKind.Free)
                lines.Add(
                    new(
                        order.CreatedAt,
                        order.Offering.Name,
                        PaymentKind.Period,
                        StateOf(order.State),
                        order.Price,
                        order.Reason,
                        order.Offering.Kind == OfferingKind.Plan ? order.Product : null
                    )
                );
        }
        if (before is null)
        {
            foreach (var subscription in await subscriptions.ListAsync(customer, cancellation))
            {
                // The first payment of a subscription is the order's, and is listed there.
                var payments = await subscriptions.PaymentsAsync(subscription.Id, cancellation);
                foreach (var payment in payments.Where(payment => !OrderId.TryParse(payment.Correlator, out _)))
                    lines.Add(
                        new(
                            payment.AskedAt,
                            subscription.Offering.Name,
                            payment.Kind,
                            payment.State,
                            payment.Amount,
                            payment.Reason,
                            subscription.Id
                        )
                    );
            }
        }
        return new([.. lines.OrderByDescending(line => line.At)], found.Count > PageSize ? found[PageSize - 1].Id : null);
    }

    private static PaymentState StateOf(OrderState state) =>
        state switch
        {
            OrderState.Completed => PaymentState.Paid,
            OrderState.Failed or OrderState.Rejected => PaymentState.Refused,
            _ => PaymentState.Asked,
        };
}
