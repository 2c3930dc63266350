using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Outbox;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Payments;

namespace Tokenline.Commerce.Subscriptions;

public enum StepOutcome
{
    /// <summary>Nothing is due.</summary>
    Nothing,
    Done,

    /// <summary>A payment was asked for, and whether it was made is not known.</summary>
    Unanswered,
}

/// <summary>
/// Does what <see cref="SubscriptionMachine"/> decides: store the decision whole, hand its commands to the account, ask for its payment, decide what the answer means.
/// What is stored and not done is taken up by <see cref="StepAsync"/>, here or on another node.
/// </summary>
public sealed class Subscribing(
    ISubscriptionStore store,
    ICustomerStore customers,
    ICatalogStore catalog,
    IOrderStore orders,
    IMemberStore members,
    PaymentMethods methods,
    OutboxDispatcher outbox,
    IChargingAccounts accounts,
    CommerceOptions options,
    TimeProvider time
)
{
    private const int TriesMax = 10;

    /// <summary>What time may have brought before a command: a guard against what is never done.</summary>
    private const int StepsMax = 100;

    public async Task<Outcome<Subscription>> FindAsync(ProductId id, CancellationToken cancellation) =>
        await store.FindAsync(id, cancellation) is { } found ? found : Refused.NotFound("subscription", id.ToString());

    /// <summary>The subscription as it is afterwards. Where a payment was asked for and its end is not known, it is still <see cref="Subscription.Asking"/>.</summary>
    /// <exception cref="AccountUnavailableException">What the account holds decides, and it cannot be asked. Nothing has changed.</exception>
    public async Task<Outcome<Subscription>> DoAsync(ProductId id, SubscriptionCommand command, CancellationToken cancellation)
    {
        var decided = await DecideAsync(id, command, cancellation);
        if (decided.Value is not { } decision)
            return decided.Refused!;
        var answered = await CarryOutAsync(decision);
        if (answered is { Accepted: false } && decision.Next!.State != SubscriptionState.Terminated)
            return new Refused(Problems.PaymentRefused, $"The payment was refused: {answered.Reason ?? "no reason was given"}.");
        if (command is CancelNow) // whoever cancels wants to see what comes back
            await StepAsync(id, isPayerSilent: false, CancellationToken.None);
        return await FindAsync(id, CancellationToken.None);
    }

    public Task<Outcome<Subscription>> UpgradeAsync(ProductId id, string offering, Money? expectedPrice, CancellationToken cancellation) =>
        ChangeAsync(id, offering, expectedPrice, target => new Upgrade(target, expectedPrice), cancellation);

    public Task<Outcome<Subscription>> ChangeAtEndAsync(
        ProductId id,
        string offering,
        Money? expectedPrice,
        CancellationToken cancellation
    ) => ChangeAsync(id, offering, expectedPrice, target => new ChangeAtEnd(target, expectedPrice), cancellation);

    /// <summary>What an upgrade would be asked for now; nothing is changed.</summary>
    public async Task<Outcome<UpgradePrice>> UpgradePriceAsync(ProductId id, string offering, CancellationToken cancellation)
    {
        var found = await TargetAsync(id, offering, cancellation);
        if (found.Value is not { } change)
            return found.Refused!;
        var facts = new Facts(time.GetUtcNow(), options.TimeZone);
        return SubscriptionMachine.PriceOf(change.Subscription, change.Target, facts);
    }

    /// <summary>What so many seats would cost now; nothing is changed.</summary>
    public async Task<Outcome<SeatPrice>> SeatPriceAsync(ProductId id, int seats, CancellationToken cancellation) =>
        await store.FindAsync(id, cancellation) is { } subscription
            ? SubscriptionMachine.PriceOf(subscription, seats, new Facts(time.GetUtcNow(), options.TimeZone))
            : Refused.NotFound("subscription", id.ToString());

    /// <summary>What the next period would cost if it ended with the other's; nothing is changed.</summary>
    public async Task<Outcome<EndWithPrice>> EndWithPriceAsync(ProductId id, ProductId with, CancellationToken cancellation)
    {
        var found = await PairAsync(id, with, cancellation);
        return found.Value is { } pair
            ? SubscriptionMachine.PriceOf(pair.One, pair.Other, new Facts(time.GetUtcNow(), options.TimeZone))
            : found.Refused!;
    }

    /// <summary>The next period ends together with the other's, for the part of the price that was shown.</summary>
    public async Task<Outcome<Subscription>> EndWithAsync(ProductId id, ProductId with, Money expectedPrice, CancellationToken cancellation)
    {
        if (expectedPrice.Currency != options.Currency)
            return Refused.Invalid("expectedPrice.currency", $"This operator sells in {options.Currency}.");
        var found = await PairAsync(id, with, cancellation);
        return found.Value is { } pair ? await DoAsync(id, new EndWith(pair.Other, expectedPrice), cancellation) : found.Refused!;
    }

    /// <summary>More at once, for the rest of the period; fewer with the next.</summary>
    public async Task<Outcome<Subscription>> ChangeSeatsAsync(ProductId id, int seats, Money? expectedPrice, CancellationToken cancellation)
    {
        if (expectedPrice is { } price && price.Currency != options.Currency)
            return Refused.Invalid("expectedPrice.currency", $"This operator sells in {options.Currency}.");
        if (await store.FindAsync(id, cancellation) is not { } subscription)
            return Refused.NotFound("subscription", id.ToString());
        return (await CustomerAsync(subscription, cancellation)).Suspended
            ? new Refused(Problems.AccountSuspended, "This account is suspended.")
            : await DoAsync(id, new ChangeSeats(seats, expectedPrice), cancellation);
    }

    /// <summary>Does the earliest of what is due, if anything is.</summary>
    /// <param name="isPayerSilent">Nothing is asked of whoever pays; the rest is done.</param>
    public async Task<StepOutcome> StepAsync(ProductId id, bool isPayerSilent, CancellationToken cancellation)
    {
        var decided = await DecideAsync(id, new Tick(), cancellation, isPayerSilent);
        if (decided.Value is not { } decision)
            return StepOutcome.Nothing;
        var answer = await CarryOutAsync(decision);
        return decision.Ask is not null && answer is null ? StepOutcome.Unanswered : StepOutcome.Done;
    }

    /// <summary>Renewals and upgrades are paid otherwise from now on; what is being asked for is not.</summary>
    public async Task<Outcome<Subscription>> PayByAsync(
        ProductId id,
        PaymentMethod method,
        string? purchaseOrder,
        CancellationToken cancellation
    )
    {
        if (await store.FindAsync(id, cancellation) is not { } subscription)
            return Refused.NotFound("subscription", id.ToString());
        if (purchaseOrder is not null && method != PaymentMethod.Invoice)
            return Refused.Invalid("purchaseOrder", "Only what is paid by invoice has a purchase order number.");
        if (OrderRequest.WhatIsWrongWithPurchaseOrder(purchaseOrder) is { } wrong)
            return wrong;
        // Whether there is enough is asked when it is to be paid: nothing has to be there now.
        var nothing = Money.Zero(options.Currency);
        return await methods[method].WhyNotAsync(subscription.Customer, nothing, purchaseOrder, cancellation) is { } not
            ? not
            : await DoAsync(id, new PayBy(method, purchaseOrder), cancellation);
    }

    /// <summary>Asks for a payment again whose end may be known now; where it is not what is being asked for, nothing is done.</summary>
    public async Task AskNowAsync(ProductId id, string correlator)
    {
        if (await store.FindAsync(id, CancellationToken.None) is { Asking: { } asking } subscription && asking.Correlator == correlator)
            await CarryOutAsync(new Decision { Next = subscription, Ask = asking });
    }

    /// <summary>A payment that was refused was made after all: it counts, or goes back.</summary>
    public async Task FoundAsync(SubscriptionPayment refused, string reference)
    {
        await DecideAsync(refused.Subscription, new FoundPaid(refused, reference), CancellationToken.None);
        await outbox.DispatchAsync(CancellationToken.None);
    }

    private async Task<Outcome<Subscription>> ChangeAsync(
        ProductId id,
        string offering,
        Money? expectedPrice,
        Func<ProductOffering, SubscriptionCommand> command,
        CancellationToken cancellation
    )
    {
        if (expectedPrice is { } price && price.Currency != options.Currency)
            return Refused.Invalid("expectedPrice.currency", $"This operator sells in {options.Currency}.");
        var found = await TargetAsync(id, offering, cancellation);
        return found.Value is { } change ? await DoAsync(id, command(change.Target), cancellation) : found.Refused!;
    }

    private sealed record Pair(Subscription One, Subscription Other);

    private async Task<Outcome<Pair>> PairAsync(ProductId id, ProductId with, CancellationToken cancellation)
    {
        if (await store.FindAsync(id, cancellation) is not { } one)
            return Refused.NotFound("subscription", id.ToString());
        if (await store.FindAsync(with, cancellation) is not { } other || other.Customer != one.Customer)
            return Refused.NotFound("subscription", with.ToString()) with { Param = "with" };
        return (await CustomerAsync(one, cancellation)).Suspended
            ? new Refused(Problems.AccountSuspended, "This account is suspended.")
            : new Pair(one, other);
    }

    private sealed record PlanChange(Subscription Subscription, ProductOffering Target);

    private async Task<Outcome<PlanChange>> TargetAsync(ProductId id, string offering, CancellationToken cancellation)
    {
        if (await store.FindAsync(id, cancellation) is not { } subscription)
            return Refused.NotFound("subscription", id.ToString());
        if (await catalog.FindOfferingAsync(offering, cancellation) is not { } target)
            return Refused.NotFound("offering", offering) with { Param = "offering" };
        // To go back to what one has is no new sale.
        if ((target.Id, target.Version) == (subscription.Offering.Id, subscription.Offering.Version))
            return new PlanChange(subscription, target);
        return await WhyNotAsync(subscription, target, cancellation) is { } not ? not : new PlanChange(subscription, target);
    }

    private async Task<Refused?> WhyNotAsync(Subscription subscription, ProductOffering target, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var customer = await CustomerAsync(subscription, cancellation);
        if (customer.Suspended)
            return new Refused(Problems.AccountSuspended, "This account is suspended.");
        if (target.Sale.Stock is not null || target.PerCustomer is not null)
            return new Refused(
                Problems.NotEligible,
                $"{target.Name} is sold in a limited number: it is ordered, not changed to.",
                "offering"
            );
        if (target.MembersMax is { } most && subscription.Offering.MembersMax is not null)
        {
            var count = await members.CountAsync(customer.Id, cancellation);
            if (count > most)
                return new Refused(Problems.MembersMaxReached, $"{target.Name} is for {most} members, and there are {count}.", "offering");
        }
        var held = new List<ProductOffering>();
        foreach (var id in await orders.HeldOfferingsAsync(customer.Id, now, cancellation))
        {
            if (id != subscription.Offering.Id && await catalog.FindOfferingAsync(id, cancellation) is { } other)
                held.Add(other);
        }
        return SaleRules.WhyNotNow(target, now)
            ?? SaleRules.WhyNotBy(customer, target, channel: null, held)
            ?? await RaisedLimits.WhyNotAsync(accounts, customer.Account, target);
    }

    private async Task<Customer> CustomerAsync(Subscription subscription, CancellationToken cancellation) =>
        await customers.FindAsync(subscription.Customer, cancellation)
        ?? throw new InvalidOperationException($"subscription {subscription.Id} has no customer");

    /// <summary>Decides on what is stored and stores the decision; again where somebody else was faster. Nothing to do: no value and no refusal.</summary>
    private async Task<Outcome<Decision>> DecideAsync(
        ProductId id,
        SubscriptionCommand command,
        CancellationToken cancellation,
        bool isPayerSilent = false
    )
    {
        var (tries, steps) = (0, 0);
        while (tries < TriesMax && steps < StepsMax)
        {
            cancellation.ThrowIfCancellationRequested();
            if (await store.FindAsync(id, cancellation) is not { } subscription)
                return Refused.NotFound("subscription", id.ToString());
            var customer = await CustomerAsync(subscription, cancellation);
            var facts = new Facts(time.GetUtcNow(), options.TimeZone, customer.Suspended, IsPayerSilent: isPayerSilent)
            {
                Nodes = await NodesAsync(subscription, command, cancellation),
            };
            var decision = SubscriptionMachine.Decide(subscription, command, facts);
            if (decision.NeedsHeld)
                decision = SubscriptionMachine.Decide(subscription, command, facts with { Held = await HeldAsync(subscription) });
            if (decision.IsBehind)
            {
                steps++;
                await StepAsync(id, isPayerSilent: true, cancellation);
                continue;
            }
            if (decision.Refused is { } refused)
                return refused;
            if (decision.Next is null)
                return default;
            if (await store.SaveAsync(decision, facts.Now))
                return decision;
            tries++;
        }
        return new Refused(Problems.Conflict, "The subscription is being changed by others. Try again.");
    }

    /// <summary>Where the members with a seat call from; null where seats have nothing for themselves.</summary>
    private async Task<IReadOnlyDictionary<MembershipId, AllotmentId>?> NodesAsync(
        Subscription s,
        SubscriptionCommand command,
        CancellationToken cancellation
    )
    {
        ProductOffering?[] offerings = [s.Offering, s.Due?.Offering, s.Change, s.Asking?.Target];
        if (s.Seats is null || (s.Assigned.Count == 0 && command is not AssignSeat) || !offerings.Any(SeatNumbers.HaveTheirOwn))
            return null;
        return (await members.ListAsync(s.Customer, cancellation)).ToDictionary(
            member => member.Membership.Id,
            member => member.Membership.Allotment ?? Allotment.Root
        );
    }

    /// <summary>What the account has, once it has got all that was decided for it.</summary>
    private async Task<Held> HeldAsync(Subscription subscription)
    {
        await outbox.DispatchAsync(CancellationToken.None);
        return await store.HasPendingCommandsAsync(subscription.Account, CancellationToken.None)
            ? throw new AccountUnavailableException("the account has not got all that was decided for it")
            : Held.Of(await accounts.ViewAsync(subscription.Account), subscription.Id);
    }

    /// <summary>After the decision is stored the caller's cancellation no longer counts. Returns the answer of the payment, if one was asked for and it is known.</summary>
    private async Task<PaymentAnswer?> CarryOutAsync(Decision decision)
    {
        var next = decision.Next!;
        if (decision.Commands.Count > 0)
            await outbox.DispatchAsync(CancellationToken.None);
        if (decision.Ask is not { } asking)
            return null;
        PaymentAnswer answer;
        try
        {
            var words = (asking.Target ?? next.Due?.Offering ?? next.Offering).Name;
            answer = await methods[asking.Method]
                .PayAsync(new(next.Customer, asking.Correlator, asking.Amount, words, next.PurchaseOrder), CancellationToken.None);
        }
        catch (HttpRequestException)
        {
            return null;
        }
        if ((await DecideAsync(next.Id, new Answered(asking.Correlator, answer), CancellationToken.None)).Value is { Commands.Count: > 0 })
            await outbox.DispatchAsync(CancellationToken.None);
        return answer;
    }
}
