using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Configuration;
using Tokenline.Commerce.Outbox;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Payments;
using Tokenline.Commerce.Referrals;
using Tokenline.Commerce.Subscriptions;
using Tokenline.Commerce.Vouchers;

namespace Tokenline.Commerce.Orders;

/// <summary>
/// Buying: store the order, have it paid, complete. After the order is stored the caller's cancellation no longer counts.
/// Where the answer to the payment is missing the order stays in progress, and <see cref="ResumeAsync(CancellationToken)"/> asks again with the same correlator.
/// </summary>
public sealed class Ordering(
    IOrderStore orders,
    ISubscriptionStore subscriptions,
    ICatalogStore catalog,
    ICustomerStore customers,
    IVoucherStore vouchers,
    OneClick oneClick,
    ReferralDesk referrals,
    PaymentMethods methods,
    OutboxDispatcher outbox,
    IChargingAccounts accounts,
    ITurns turns,
    IdSource ids,
    CommerceOptions options,
    TimeProvider time
)
{
    private const int PageMax = 500;

    /// <summary>What the correlator of a payment that goes back ends with.</summary>
    public const string UndoneMark = "-undone";

    /// <summary>So long an order waits to be confirmed, and its price is held.</summary>
    private static readonly TimeSpan confirmWithin = TimeSpan.FromMinutes(15);

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
        PartyId? referrer = null;
        if (request.Referral is { } code)
        {
            referrer = await referrals.FindAsync(code, cancellation);
            if (referrer is null)
                return new Refused(Problems.ReferralRefused, "Nobody has this referral code.", "referral");
        }
        var (order, isNew) = await AddInTurnAsync(request, buyer, offered, referrer, cancellation);
        return isNew && order.Required() is { State: OrderState.Acknowledged } ready ? await CarryOutAsync(ready, buyer) : order;
    }

    /// <summary>What the customer may buy and for how much is looked up and stored in one turn, so that two orders at once do not both count as the first; the same holds for what others refer.</summary>
    private async Task<(Outcome<ProductOrder> Order, bool IsNew)> AddInTurnAsync(
        OrderRequest request,
        Customer buyer,
        ProductOffering offered,
        PartyId? referrer,
        CancellationToken cancellation
    )
    {
        await using var mine = await turns.TakeAsync(Turns.OrdersOf(buyer.Id), cancellation);
        if (referrer is not { } other || other == buyer.Id)
            return await AddAsync(request, buyer, offered, referrer, cancellation);
        await using var theirs = await turns.TakeAsync(Turns.ReferralsOf(other), cancellation);
        return await AddAsync(request, buyer, offered, referrer, cancellation);
    }

    /// <summary>What would be paid now for an offering, and why it could not be had; nothing is ordered. No value: there is no such offering.</summary>
    /// <param name="seats">Of a plan by the seat how many; null: as few as are sold.</param>
    public async Task<Outcome<Quote>> QuoteAsync(
        PartyId buyerId,
        string offering,
        string? channel,
        CancellationToken cancellation,
        int? seats = null
    )
    {
        if (await customers.FindAsync(buyerId, cancellation) is not { } buyer)
            return Refused.NotFound("customer", buyerId.ToString());
        if (await catalog.FindOfferingAsync(offering, cancellation) is not { Kind: not OfferingKind.PayAsYouGo } offered)
            return Refused.NotFound("offering", offering) with { Param = "offering" };
        var now = time.GetUtcNow();
        var held = await HeldAsync(buyer.Id, now, cancellation);
        var count = seats ?? offered.Seats?.Min;
        var wrongSeats = WhatIsWrongWithSeats(offered, count);
        return new Quote(
            offered,
            await PriceAsync(buyer.Id, wrongSeats is null ? offered.For(count) : offered, endsWith: null, now, cancellation),
            offered.Kind == OfferingKind.Plan ? Period.First(offered, now, options.TimeZone) : null,
            held.Any(other => other.Id == offered.Id),
            SaleRules.WhyNotNow(offered, now)
                ?? SaleRules.WhyNotBy(buyer, offered, channel, held)
                ?? await RaisedLimits.WhyNotAsync(accounts, buyer.Account, offered)
                ?? wrongSeats
        )
        {
            Seats = wrongSeats is null ? count : null,
        };
    }

    private async Task<(Outcome<ProductOrder> Order, bool IsNew)> AddAsync(
        OrderRequest request,
        Customer buyer,
        ProductOffering offered,
        PartyId? referrer,
        CancellationToken cancellation
    )
    {
        var now = time.GetUtcNow();
        var held = await HeldAsync(buyer.Id, now, cancellation);
        if ((SaleRules.WhyNotNow(offered, now) ?? SaleRules.WhyNotBy(buyer, offered, request.Channel, held)) is { } not)
            return (not, false);
        if (await RaisedLimits.WhyNotAsync(accounts, buyer.Account, offered) is { } idle)
            return (idle, false);
        if (WhatIsWrongWithSeats(offered, request.Seats) is { } wrongSeats)
            return (wrongSeats, false);
        if (OfferedComponent.WhatIsWrong(offered.Components, request.References) is { } wrongReference)
            return (wrongReference, false);
        CoTermination? endsWith = null;
        if (request.EndsWith is { } other)
        {
            var found = await EndingWithAsync(buyer.Id, offered, other, now, cancellation);
            if (found.Refused is { } cannot)
                return (cannot, false);
            endsWith = found.Value;
        }
        var full = await PriceAsync(buyer.Id, offered.For(request.Seats), endsWith, now, cancellation);
        var used = await VoucherAsync(request, offered, now, cancellation);
        if (used.Refused is { } notUsed)
            return (notUsed, false);
        var voucher = used.Value;
        var price = full - (voucher?.Discount(full) ?? Money.Zero(full.Currency));
        if (request.ExpectedPrice is { } expected && IsAnotherPrice(offered, endsWith, price, expected))
            return (new Refused(Problems.PriceChanged, $"{offered.Name} costs {price} now, not {expected}.", "expectedPrice"), false);
        if (price.Nano > 0 && await methods[request.Method].WhyNotAsync(buyer.Id, price, request.PurchaseOrder, cancellation) is { } unpaid)
            return (unpaid, false);
        ReferredBy? referredBy = null;
        if (referrer is { } known)
        {
            var looked = await referrals.LookAsync(known, buyer, price, now, cancellation);
            if (looked.Refused is { } notReferred)
                return (notReferred, false);
            referredBy = looked.Value;
        }
        if (
            request.Confirmation == OrderConfirmation.OneClick
            && price.Nano > 0
            && await oneClick.WhyNotAsync(buyer, price, now, cancellation) is { } notAllowed
        )
            return (notAllowed, false);
        // What costs nothing is not set aside.
        var waits =
            request.Confirmation == OrderConfirmation.OneTimePassword
            || (request.Confirmation == OrderConfirmation.Reservation && price.Nano > 0);
        var state = waits ? OrderState.Pending : OrderState.Acknowledged;
        var order = new ProductOrder(ids.Next<OrderKind>(), buyer.Id, offered, request.ExternalId, state, now)
        {
            Confirmation = request.Confirmation,
            ConfirmBy = waits ? now + confirmWithin : null,
            Price = price,
            Channel = request.Channel,
            Seats = request.Seats,
            EndsWith = endsWith,
            Method = request.Method,
            PurchaseOrder = request.PurchaseOrder,
            Voucher = voucher?.Code,
            Discount = voucher is null ? null : full - price,
            Bonus = voucher?.Bonus,
            ReferredBy = referredBy,
            References = request.References,
        };
        var added = await orders.AddOrFindAsync(order, cancellation);
        if (added.IsOutOfStock)
            return (new Refused(Problems.OutOfStock, $"{offered.Name} is sold out.", "offering"), false);
        if (added.IsVoucherUsedUp)
            return (voucher!.UsedUp(), false);
        if (added.Known is not { } before)
            return (order, true);
        if (before.ExternalId is not null && before.ExternalId == request.ExternalId)
            return (SameOrRefused(before, request), false);
        var words =
            offered.PerCustomer == 1
                ? $"{offered.Name} is to be had once, and order {before.Id} was for it."
                : $"{offered.Name} is to be had {offered.PerCustomer} times, and order {before.Id} was the last.";
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
        if (!offered.IsDivisible)
            return Refused.Invalid("endsWith", $"{offered.Name} is filled again every week or month, and has no part of a period.");
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

    /// <summary>Neither a value nor a refusal: no voucher was given.</summary>
    private async Task<Outcome<Voucher>> VoucherAsync(
        OrderRequest request,
        ProductOffering offered,
        DateTimeOffset now,
        CancellationToken cancellation
    )
    {
        if (request.Voucher is not { } code)
            return default;
        if (await vouchers.FindAsync(Voucher.Normal(code), cancellation) is not { } voucher)
            return new Refused(Problems.VoucherRefused, "There is no such voucher.", "voucher");
        return voucher.WhyNot(offered, now) is { } not ? not : voucher;
    }

    /// <summary>What is left of a month costs less every hour: less than was shown is nobody's complaint.</summary>
    private static bool IsAnotherPrice(ProductOffering offered, CoTermination? endsWith, Money price, Money shown) =>
        endsWith is not null || offered.Renewal.Billing == BillingCycle.Calendar ? price.Nano > shown.Nano : price != shown;

    private static Outcome<ProductOrder> SameOrRefused(ProductOrder known, OrderRequest request) =>
        (known.Offering.Id, known.Seats, known.EndsWith?.With) == (request.Offering, request.Seats, request.EndsWith)
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

    /// <summary>The carrier has made a payment that it had said no to before, and that the order has failed for: it goes back.</summary>
    /// <exception cref="HttpRequestException">Whether it has gone back is not known, so say it again.</exception>
    public async Task UndoAsync(OrderId id, string paymentReference)
    {
        if (
            await orders.FindAsync(id, CancellationToken.None)
            is not { State: OrderState.Failed or OrderState.Cancelled, Method: PaymentMethod.PhoneBill, ReturnReference: null } order
        )
            return;
        var back = new PaymentReturn(
            order.Customer,
            $"{order.Id}{UndoneMark}",
            order.Id.ToString(),
            paymentReference,
            order.Price,
            "paid after it was refused"
        );
        var answer = await methods[order.Method].GiveBackAsync(back, CancellationToken.None);
        if (!answer.Accepted)
            throw new InvalidOperationException($"order {id} failed and is paid, and its payment does not go back: {answer.Reason}");
        await orders.UndoneAsync(id, paymentReference, answer.Reference ?? "");
    }

    private async Task<ProductOrder> TakeUpAsync(ProductOrder order) =>
        await CarryOutAsync(
            order,
            await customers.FindAsync(order.Customer, CancellationToken.None)
                ?? throw new InvalidOperationException($"order {order.Id} has no customer")
        );

    private async Task<ProductOrder> CarryOutAsync(ProductOrder order, Customer buyer)
    {
        // An earlier question had no answer, and may have one yet.
        var isInDoubt = order is { State: OrderState.InProgress, Method: PaymentMethod.PhoneBill };
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
        var won = paid.Accepted ? await CompleteAsync(order, buyer, paid.Reference) : await FailAsync(order, paid.Reason, isInDoubt);
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
                    new(order.Customer, order.Id.ToString(), order.Price, order.Offering.Name, order.PurchaseOrder, order.Reservation),
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
            // Where the other's period is over meanwhile, this one's begins by itself.
            Anchor? anchor = order.EndsWith is { } other && other.Period.To == period.To ? other.Anchor : null;
            begun = SubscriptionMachine.Begin(id, completed, buyer.Account, period, now, options.TimeZone, anchor);
            expiresAt = period.To;
        }
        var product = new Product(id, buyer.Id, order.Id, offering.Id, offering.Name, offering.Kind, now, expiresAt);
        IEnumerable<AccountCommand> grants =
            begun?.Commands ?? offering.Grants.Select(grant => Granting.Of(grant, product, options.TimeZone, ids));
        if (order.Bonus is { } bonus)
            grants = grants.Append(Granting.Of(bonus, order, now));
        if (!await orders.CompleteAsync(completed, [product, .. Parts(order, product)], buyer.Account, [.. grants], begun))
            return null;
        await outbox.DispatchAsync(CancellationToken.None);
        return completed;
    }

    /// <summary>What others deliver of a bundle, as products of their own.</summary>
    private IEnumerable<Product> Parts(ProductOrder order, Product bundle) =>
        order.Offering.Components.Select(component =>
            bundle with
            {
                Id = ids.Next<ProductKind>(),
                Name = component.Name,
                Kind = OfferingKind.External,
                Bundle = bundle.Id,
                Reference = order.References.GetValueOrDefault(component.Id),
            }
        );

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

    private async Task<ProductOrder?> FailAsync(ProductOrder order, string? reason, bool isInDoubt)
    {
        var now = time.GetUtcNow();
        var failed = order with
        {
            State = OrderState.Failed,
            EndedAt = now,
            Reason = reason ?? "the payment was refused",
            LookAt = isInDoubt ? now + PaymentSearch.LookEvery : null,
        };
        return await orders.FailAsync(failed) ? failed : null;
    }
}
