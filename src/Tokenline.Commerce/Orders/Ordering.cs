using Tokenline.Charging.Accounts;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Configuration;
using Tokenline.Commerce.Outbox;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Payments;
using Tokenline.Commerce.Subscriptions;

namespace Tokenline.Commerce.Orders;

/// <summary>
/// Buying: store the order, have it paid, complete. After the order is stored the caller's cancellation no longer counts.
/// Where the answer to the payment is missing the order stays in progress, and <see cref="ResumeAsync"/> asks again with the same correlator.
/// </summary>
public sealed class Ordering(
    IOrderStore orders,
    ICatalogStore catalog,
    ICustomerStore customers,
    PaymentMethods methods,
    OutboxDispatcher outbox,
    ITurns turns,
    IdSource ids,
    CommerceOptions options,
    TimeProvider time
)
{
    private const int PageMax = 500;

    /// <summary>
    /// Of data that nodes share: younger, an order may be another node's request that asks the carrier at this moment, for 10 s at most. Two that ask at once could be told different things,
    /// a no and then a yes, and the no be written.
    /// </summary>
    internal static readonly TimeSpan OthersWithin = TimeSpan.FromMinutes(1);

    public Task<Outcome<ProductOrder>> PlaceAsync(PartyId customer, string offering, string? externalId, CancellationToken cancellation) =>
        PlaceAsync(new OrderRequest(customer, offering, externalId), cancellation);

    /// <summary>The order as it stands afterwards: completed, failed with the carrier's reason, or still in progress.</summary>
    public async Task<Outcome<ProductOrder>> PlaceAsync(OrderRequest request, CancellationToken cancellation)
    {
        if (request.WhatIsWrong(options.Currency) is { } wrong)
            return wrong;
        if (await customers.FindAsync(request.Customer, cancellation) is not { } buyer)
            return Refused.NotFound("customer", request.Customer.ToString()) with { Param = "customer" };
        if (buyer.Suspended)
            return new Refused(Problems.AccountSuspended, "This account is suspended.");
        // What was ordered before is answered, whatever has become of its offering and price.
        if (request.ExternalId is { } name && await orders.FindByExternalIdAsync(buyer.Id, name, cancellation) is { } before)
            return SameOrRefused(before, request.Offering);
        if (await catalog.FindOfferingAsync(request.Offering, cancellation) is not { } offered)
            return Refused.NotFound("offering", request.Offering) with { Param = "offering" };
        if (offered.Kind == OfferingKind.PayAsYouGo)
            return Refused.Invalid("offering", "Pay-as-you-go is not ordered: set a monthly cap under pay-as-you-go.");
        var (order, isNew) = await AddAsync(request, buyer, offered, cancellation);
        return isNew ? await CarryOutAsync(order.Required(), buyer) : order;
    }

    /// <summary>What the customer may buy and for how much is looked up and stored in one turn, so that two orders at once do not both count as the first.</summary>
    private async Task<(Outcome<ProductOrder> Order, bool IsNew)> AddAsync(
        OrderRequest request,
        Customer buyer,
        ProductOffering offered,
        CancellationToken cancellation
    )
    {
        await using var _ = await turns.TakeAsync(Turns.OrdersOf(buyer.Id), cancellation);
        var now = time.GetUtcNow();
        var held = await HeldAsync(buyer.Id, now, cancellation);
        if ((SaleRules.WhyNotNow(offered, now) ?? SaleRules.WhyNotBy(buyer, offered, request.Channel, held)) is { } not)
            return (not, false);
        var price = await PriceAsync(buyer.Id, offered, now, cancellation);
        if (request.ExpectedPrice is { } expected && IsAnotherPrice(offered, price, expected))
            return (new Refused(Problems.PriceChanged, $"{offered.Name} costs {price} now, not {expected}.", "expectedPrice"), false);
        if (price.Nano > 0 && await methods[request.Method].WhyNotAsync(buyer.Id, price, request.PurchaseOrder, cancellation) is { } unpaid)
            return (unpaid, false);
        var order = new ProductOrder(ids.Next<OrderKind>(), buyer.Id, offered, request.ExternalId, OrderState.Acknowledged, now)
        {
            Price = price,
            Channel = request.Channel,
            Method = request.Method,
            PurchaseOrder = request.PurchaseOrder,
        };
        var added = await orders.AddOrFindAsync(order, cancellation);
        if (added.IsOutOfStock)
            return (new Refused(Problems.OutOfStock, $"{offered.Name} is sold out.", "offering"), false);
        if (added.Known is not { } known)
            return (order, true);
        if (known.ExternalId is not null && known.ExternalId == request.ExternalId)
            return (SameOrRefused(known, request.Offering), false);
        var words =
            offered.PerCustomer == 1
                ? $"{offered.Name} is to be had once, and order {known.Id} was for it."
                : $"{offered.Name} is to be had {offered.PerCustomer} times, and order {known.Id} was the last.";
        return (new Refused(Problems.Conflict, words, "offering"), false);
    }

    private async Task<IReadOnlyList<ProductOffering>> HeldAsync(PartyId buyer, DateTimeOffset now, CancellationToken cancellation)
    {
        var held = new List<ProductOffering>();
        foreach (var id in await orders.HeldOfferingsAsync(buyer, now, cancellation))
        {
            if (await catalog.FindOfferingAsync(id, cancellation) is { } offering)
                held.Add(offering);
        }
        return held;
    }

    private async Task<Money> PriceAsync(PartyId buyer, ProductOffering offered, DateTimeOffset now, CancellationToken cancellation)
    {
        var isFirst = offered.FirstPrice is not null && !await orders.HasOrderedAsync(buyer, offered.Id, cancellation);
        var price = isFirst ? offered.FirstPrice!.Value : offered.Price;
        return offered.Kind == OfferingKind.Plan ? Period.First(offered, now, options.TimeZone).Price(price) : price;
    }

    /// <summary>What is left of a month costs less every hour: less than was shown is nobody's complaint.</summary>
    private static bool IsAnotherPrice(ProductOffering offered, Money price, Money shown) =>
        offered.Renewal.Billing == BillingCycle.Calendar ? price.Nano > shown.Nano : price != shown;

    private static Outcome<ProductOrder> SameOrRefused(ProductOrder known, string offering) =>
        known.Offering.Id == offering
            ? known
            : new Refused(Problems.IdempotencyConflict, $"Order {known.Id} has this external id, for {known.Offering.Id}.", "externalId");

    /// <summary>Takes up every order that has not ended and that nobody looks after, each for itself.</summary>
    public async Task<ResumeReport> ResumeAsync(CancellationToken cancellation)
    {
        var until = turns.AreShared ? time.GetUtcNow() - OthersWithin : DateTimeOffset.MaxValue;
        var (ended, mark) = (0, default(OrderId));
        var trouble = new Dictionary<string, Exception>();
        // The mark moves on whatever comes of a page, so what is in trouble holds up nobody else.
        while (await orders.UnfinishedAsync(mark, until, PageMax, cancellation) is { Count: > 0 } page)
        {
            foreach (var order in page)
            {
                cancellation.ThrowIfCancellationRequested();
                mark = order.Id;
                try
                {
                    if ((await TakeUpAsync(order)).State is not (OrderState.Acknowledged or OrderState.InProgress))
                        ended++;
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    trouble[order.Id.ToString()] = e;
                }
            }
        }
        return new(ended, trouble);
    }

    /// <summary>Asks for the payment of an order again, if it has not ended.</summary>
    public async Task ResumeAsync(OrderId id)
    {
        if (await orders.FindAsync(id, CancellationToken.None) is { State: OrderState.Acknowledged or OrderState.InProgress } order)
            await TakeUpAsync(order);
    }

    private async Task<ProductOrder> TakeUpAsync(ProductOrder order) =>
        await CarryOutAsync(
            order,
            await customers.FindAsync(order.Customer, CancellationToken.None)
                ?? throw new InvalidOperationException($"order {order.Id} has no customer")
        );

    private async Task<ProductOrder> CarryOutAsync(ProductOrder order, Customer buyer)
    {
        if (order.State == OrderState.Acknowledged)
        {
            await orders.BeginAsync(order.Id);
            order = order with { State = OrderState.InProgress };
        }
        PaymentAnswer paid;
        try
        {
            paid = await PayAsync(order);
        }
        catch (HttpRequestException)
        {
            return order;
        }
        var won = paid.Accepted ? await CompleteAsync(order, buyer, paid.Reference) : await FailAsync(order, paid.Reason);
        // Somebody else ended it meanwhile: theirs is the truth.
        return won
            ?? await orders.FindAsync(order.Id, CancellationToken.None)
            ?? throw new InvalidOperationException($"order {order.Id} is gone");
    }

    private async Task<PaymentAnswer> PayAsync(ProductOrder order) =>
        order.Price.Nano == 0
            ? new PaymentAnswer(true, null, null)
            : await methods[order.Method]
                .PayAsync(
                    new(order.Customer, order.Id.ToString(), order.Price, order.Offering.Name, order.PurchaseOrder),
                    CancellationToken.None
                );

    private async Task<ProductOrder?> CompleteAsync(ProductOrder order, Customer buyer, string? reference)
    {
        var now = time.GetUtcNow();
        var offering = order.Offering;
        var id = ids.Next<ProductKind>();
        var completed = order with { State = OrderState.Completed, EndedAt = now, PaymentReference = reference, Product = id };
        DateTimeOffset? expiresAt =
            offering.Months is { } months ? PlanMonth.End(now, months, options.TimeZone)
            : offering.Days is { } days ? now.AddDays(days)
            : null;
        Decision? begun = null;
        if (offering.Kind == OfferingKind.Plan)
        {
            var period = FirstPeriod(order, now);
            begun = SubscriptionMachine.Begin(id, completed, buyer.Account, period, now, options.TimeZone);
            expiresAt = period.To;
        }
        var product = new Product(id, buyer.Id, order.Id, offering.Id, offering.Name, offering.Kind, now, expiresAt);
        IReadOnlyCollection<AccountCommand> grants =
            begun?.Commands ?? [.. offering.Grants.Select(grant => Granting.Of(grant, product, options.TimeZone, ids))];
        if (!await orders.CompleteAsync(completed, product, buyer.Account, grants, begun))
            return null;
        await outbox.DispatchAsync(CancellationToken.None);
        return completed;
    }

    /// <summary>What was left of the month is what was left when it was ordered; it can be spent from now on.</summary>
    private Period FirstPeriod(ProductOrder order, DateTimeOffset now)
    {
        if (order.Offering.Renewal.Billing != BillingCycle.Calendar)
            return Period.First(order.Offering, now, options.TimeZone);
        var ordered = Period.First(order.Offering, order.CreatedAt, options.TimeZone);
        return now < ordered.To
            ? ordered with
            {
                From = now,
            }
            : Period.First(order.Offering, now, options.TimeZone) with
            {
                Part = ordered.Part,
                Whole = ordered.Whole,
            };
    }

    private async Task<ProductOrder?> FailAsync(ProductOrder order, string? reason)
    {
        var failed = order with { State = OrderState.Failed, EndedAt = time.GetUtcNow(), Reason = reason ?? "the payment was refused" };
        return await orders.FailAsync(failed) ? failed : null;
    }
}
