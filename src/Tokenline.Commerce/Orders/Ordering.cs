using Tokenline.Charging.Accounts;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Configuration;
using Tokenline.Commerce.Outbox;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Payments;

namespace Tokenline.Commerce.Orders;

/// <summary>
/// Buying on the phone bill: store the order, charge, complete. After the order is stored the caller's cancellation no longer counts.
/// Where the carrier's answer is missing the order stays in progress, and <see cref="ResumeAsync"/> asks again with the same correlator.
/// </summary>
public sealed class Ordering(
    IOrderStore orders,
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
    private const int ExternalIdLengthMax = 64;
    private const int ResumeMax = 500;

    /// <summary>
    /// Of data that nodes share: younger, an order may be another node's request that asks the carrier at this moment, for 10 s at most. Two that ask at once could be told different things,
    /// a no and then a yes, and the no be written.
    /// </summary>
    internal static readonly TimeSpan OthersWithin = TimeSpan.FromMinutes(1);

    /// <summary>The order as it stands afterwards: completed, failed with the carrier's reason, or still in progress.</summary>
    public async Task<Outcome<ProductOrder>> PlaceAsync(
        PartyId customer,
        string offering,
        string? externalId,
        CancellationToken cancellation
    )
    {
        if (externalId is not null && (externalId.Length is 0 or > ExternalIdLengthMax || externalId.Any(c => c is < '!' or > '~')))
            return Refused.Invalid(
                "externalId",
                $"An external id is 1 to {ExternalIdLengthMax} printable ASCII characters without spaces."
            );
        if (await customers.FindAsync(customer, cancellation) is not { } buyer)
            return Refused.NotFound("customer", customer.ToString()) with { Param = "customer" };
        if (await catalog.FindOfferingAsync(offering, cancellation) is not { } offered)
            return Refused.NotFound("offering", offering) with { Param = "offering" };
        if (offered.Kind == OfferingKind.PayAsYouGo)
            return Refused.Invalid("offering", "Pay-as-you-go is not ordered: set a monthly cap under pay-as-you-go.");
        if (buyer.Suspended)
            return new Refused(Problems.AccountSuspended, "This account is suspended.");

        var order = new ProductOrder(ids.Next<OrderKind>(), buyer.Id, offered, externalId, OrderState.Acknowledged, time.GetUtcNow());
        if (await orders.AddOrFindAsync(order, cancellation) is not { } known)
            return await CarryOutAsync(order, buyer);
        // Found by the external id, or because the customer has had what is to be had once.
        if (known.ExternalId is null || known.ExternalId != externalId)
            return new Refused(Problems.Conflict, $"{offered.Name} is to be had once, and order {known.Id} was for it.", "offering");
        return known.Offering.Id == offering
            ? known
            : new Refused(Problems.IdempotencyConflict, $"Order {known.Id} has this external id, for {known.Offering.Id}.", "externalId");
    }

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
        order.Offering.Price.Nano == 0
            ? new PhoneBillOutcome(true, null, null)
            : await phoneBill.ChargeAsync(
                order.Id.ToString(),
                buyer.PhoneNumber,
                order.Offering.Price,
                order.Offering.Name,
                CancellationToken.None
            );

    private async Task<ProductOrder?> CompleteAsync(ProductOrder order, Customer buyer, string? reference)
    {
        var now = time.GetUtcNow();
        var offering = order.Offering;
        DateTimeOffset? expiresAt =
            offering.Months is { } months ? PlanMonth.End(now, months, options.TimeZone)
            : offering.Days is { } days ? now.AddDays(days)
            : null;
        var product = new Product(ids.Next<ProductKind>(), buyer.Id, order.Id, offering.Id, offering.Name, offering.Kind, now, expiresAt);
        var grants = offering.Grants.Select(grant => Granting.Of(grant, product, options.TimeZone, ids)).ToList();
        var completed = order with { State = OrderState.Completed, EndedAt = now, PaymentReference = reference, Product = product.Id };
        if (!await orders.CompleteAsync(completed, product, buyer.Account, grants))
            return null;
        await outbox.DispatchAsync(CancellationToken.None);
        return completed;
    }

    private async Task<ProductOrder?> FailAsync(ProductOrder order, string? reason)
    {
        var failed = order with { State = OrderState.Failed, EndedAt = time.GetUtcNow(), Reason = reason ?? "the carrier refused" };
        return await orders.FailAsync(failed) ? failed : null;
    }
}
