using Tokenline.Charging.Accounts;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Configuration;
using Tokenline.Commerce.Outbox;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Payments;
using Tokenline.Commerce.Subscriptions;

namespace Tokenline.Commerce.Orders;

/// <summary>
/// Buying on the phone bill: store the order, charge, complete. After the order is stored the caller's cancellation no longer counts.
/// Where the carrier's answer is missing the order stays in progress, and <see cref="ResumeAsync"/> asks again with the same correlator.
/// </summary>
public sealed class Ordering(
    IOrderStore orders,
    ISubscriptionStore subscriptions,
    ICatalogStore catalog,
    ICustomerStore customers,
    IPhoneBill phoneBill,
    OutboxDispatcher outbox,
    ITurns turns,
    IdSource ids,
    CommerceOptions options,
    TimeProvider time
)
{
    private const int ResumeMax = 500;

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
            return SameOrRefused(before, request);
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
        if (WhatIsWrongWithSeats(offered, request.Seats) is { } wrongSeats)
            return (wrongSeats, false);
        CoTermination? endsWith = null;
        if (request.EndsWith is { } other)
        {
            var found = await EndingWithAsync(buyer.Id, offered, other, now, cancellation);
            if (found.Refused is { } cannot)
                return (cannot, false);
            endsWith = found.Value;
        }
        var price = await PriceAsync(buyer.Id, offered.For(request.Seats), endsWith, now, cancellation);
        if (request.ExpectedPrice is { } expected && IsAnotherPrice(offered, endsWith, price, expected))
            return (new Refused(Problems.PriceChanged, $"{offered.Name} costs {price} now, not {expected}.", "expectedPrice"), false);
        var order = new ProductOrder(ids.Next<OrderKind>(), buyer.Id, offered, request.ExternalId, OrderState.Acknowledged, now)
        {
            Price = price,
            Channel = request.Channel,
            Seats = request.Seats,
            EndsWith = endsWith,
        };
        var added = await orders.AddOrFindAsync(order, cancellation);
        if (added.IsOutOfStock)
            return (new Refused(Problems.OutOfStock, $"{offered.Name} is sold out.", "offering"), false);
        if (added.Known is not { } known)
            return (order, true);
        if (known.ExternalId is not null && known.ExternalId == request.ExternalId)
            return (SameOrRefused(known, request), false);
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

    private static Refused? WhatIsWrongWithSeats(ProductOffering offered, int? seats) =>
        offered.Seats is not { } terms ? (seats is null ? null : Refused.Invalid("seats", $"{offered.Name} is not sold by the seat."))
        : seats is { } count ? terms.WhatIsWrongWith(offered.Name, count)
        : Refused.Invalid("seats", $"{offered.Name} is sold by the seat: say how many.");

    private async Task<Outcome<CoTermination>> EndingWithAsync(
        PartyId buyer,
        ProductOffering offered,
        ProductId id,
        DateTimeOffset now,
        CancellationToken cancellation
    )
    {
        if (await subscriptions.FindAsync(id, cancellation) is not { } other || other.Customer != buyer)
            return Refused.NotFound("subscription", id.ToString()) with { Param = "endsWith" };
        if (
            other
            is not { Standing: Standing.Current, State: SubscriptionState.Active or SubscriptionState.PendingTerminate, Closing: null }
        )
            return new Refused(Problems.WrongState, $"{other.Offering.Name} is not active and paid.", "endsWith");
        if (now >= other.Period.To)
            return new Refused(Problems.WrongState, $"{other.Offering.Name}: its period is over.", "endsWith");
        if (
            offered.Kind != OfferingKind.Plan
            || offered.Commitment is not null
            || (offered.Months, offered.Days, offered.Renewal.Billing)
                != (other.Offering.Months, other.Offering.Days, other.Offering.Renewal.Billing)
        )
            return Refused.Invalid("endsWith", $"{offered.Name} cannot end with {other.Offering.Name}: its periods are others.");
        // Counted from where the other's are, so that both end together for good.
        var anchor = other.Anchor with
        {
            Number = other.Anchor.Number - other.Period.Number,
        };
        return new CoTermination(id, Period.EndingWith(other.Period, now), anchor);
    }

    private async Task<Money> PriceAsync(
        PartyId buyer,
        ProductOffering offered,
        CoTermination? endsWith,
        DateTimeOffset now,
        CancellationToken cancellation
    )
    {
        var isFirst = offered.FirstPrice is not null && !await orders.HasOrderedAsync(buyer, offered.Id, cancellation);
        var price = isFirst ? offered.FirstPrice!.Value : offered.Price;
        return offered.Kind == OfferingKind.Plan ? (endsWith?.Period ?? Period.First(offered, now, options.TimeZone)).Price(price) : price;
    }

    /// <summary>What is left of a month costs less every hour: less than was shown is nobody's complaint.</summary>
    private static bool IsAnotherPrice(ProductOffering offered, CoTermination? endsWith, Money price, Money shown) =>
        endsWith is not null || offered.Renewal.Billing == BillingCycle.Calendar ? price.Nano > shown.Nano : price != shown;

    private static Outcome<ProductOrder> SameOrRefused(ProductOrder known, OrderRequest request) =>
        (known.Offering.Id, known.Seats, known.EndsWith?.With) == (request.Offering, request.Seats, request.EndsWith)
            ? known
            : new Refused(Problems.IdempotencyConflict, $"Order {known.Id} has this external id, for {known.Offering.Id}.", "externalId");

    /// <summary>Takes up every order that has not ended and that nobody looks after. Returns how many have ended now.</summary>
    public async Task<int> ResumeAsync(CancellationToken cancellation)
    {
        var ended = 0;
        foreach (
            var order in await orders.UnfinishedAsync(
                turns.AreShared ? time.GetUtcNow() - OthersWithin : DateTimeOffset.MaxValue,
                ResumeMax,
                cancellation
            )
        )
        {
            cancellation.ThrowIfCancellationRequested();
            var buyer =
                await customers.FindAsync(order.Customer, cancellation)
                ?? throw new InvalidOperationException($"order {order.Id} has no customer");
            if ((await CarryOutAsync(order, buyer)).State is OrderState.Completed or OrderState.Failed)
                ended++;
        }
        return ended;
    }

    private async Task<ProductOrder> CarryOutAsync(ProductOrder order, Customer buyer)
    {
        if (order.State == OrderState.Acknowledged)
        {
            await orders.BeginAsync(order.Id);
            order = order with { State = OrderState.InProgress };
        }
        PhoneBillOutcome paid;
        try
        {
            paid = await PayAsync(order, buyer);
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

    private async Task<PhoneBillOutcome> PayAsync(ProductOrder order, Customer buyer) =>
        order.Price.Nano == 0
            ? new PhoneBillOutcome(true, null, null)
            : await phoneBill.ChargeAsync(order.Id.ToString(), buyer.PhoneNumber, order.Price, order.Offering.Name, CancellationToken.None);

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
            // Where the other's period is over meanwhile, this one's begins by itself.
            Anchor? anchor = order.EndsWith is { } other && other.Period.To == period.To ? other.Anchor : null;
            begun = SubscriptionMachine.Begin(id, completed, buyer.Account, period, now, options.TimeZone, anchor);
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
        if (order.EndsWith is null && order.Offering.Renewal.Billing != BillingCycle.Calendar)
            return Period.First(order.Offering, now, options.TimeZone);
        var ordered = order.EndsWith?.Period ?? Period.First(order.Offering, order.CreatedAt, options.TimeZone);
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
        var failed = order with { State = OrderState.Failed, EndedAt = time.GetUtcNow(), Reason = reason ?? "the carrier refused" };
        return await orders.FailAsync(failed) ? failed : null;
    }
}
