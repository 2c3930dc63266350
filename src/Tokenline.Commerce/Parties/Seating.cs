using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Commerce.Configuration;
using Tokenline.Commerce.Entitlement;
using Tokenline.Commerce.Subscriptions;

namespace Tokenline.Commerce.Parties;

/// <summary>
/// Who has a seat of a plan by the seat: the subscription says so, of two who take the last one does. With a seat comes an open node, without one it is closed. What was cut short
/// between the two is finished by asking again.
/// </summary>
public sealed class Seating(
    ISubscriptionStore store,
    Subscribing subscribing,
    ICustomerStore customers,
    Members members,
    IChargingAccounts accounts,
    ITurns turns,
    IdSource ids
)
{
    /// <param name="by">The member who gives it; null: the operator.</param>
    public Task<Outcome<Subscription>> AssignAsync(ProductId id, MembershipId member, MembershipId? by, CancellationToken cancellation) =>
        ChangeAsync(
            id,
            member,
            by,
            async (subscription, whose) =>
            {
                if (!whose.Membership.IsActive)
                    return new Refused(Problems.WrongState, $"{whose.Individual.Name} is a member no more.", "member");
                var assigned = subscription.Assigned.Contains(member)
                    ? subscription
                    : await subscribing.DoAsync(id, new AssignSeat(member), cancellation);
                return assigned.Value is null ? assigned : await SetOpenAsync(whose.Membership, isOpen: true) ?? assigned;
            },
            cancellation
        );

    /// <summary>From the answer on no call of the member passes; running ones go on.</summary>
    /// <param name="by">The member who takes it; null: the operator.</param>
    public Task<Outcome<Subscription>> FreeAsync(ProductId id, MembershipId member, MembershipId? by, CancellationToken cancellation) =>
        ChangeAsync(
            id,
            member,
            by,
            async (subscription, whose) =>
            {
                if (!subscription.Assigned.Contains(member))
                    return await subscribing.DoAsync(id, new FreeSeat(member), cancellation); // refused in its words
                var others = (await store.ListAsync(subscription.Customer, cancellation)).Any(other =>
                    other.Id != id && other.Assigned.Contains(member)
                );
                if (!others && await SetOpenAsync(whose.Membership, isOpen: false) is { Refused: { } refused })
                    return refused;
                return await subscribing.DoAsync(id, new FreeSeat(member), cancellation);
            },
            cancellation
        );

    /// <summary>Whether members of a customer have access by their seats.</summary>
    internal static async Task<bool> IsBySeatAsync(ISubscriptionStore store, PartyId customer, CancellationToken cancellation) =>
        (await store.ListAsync(customer, cancellation)).Any(one => one is { Seats: not null, State: not SubscriptionState.Terminated });

    private async Task<Outcome<Subscription>> ChangeAsync(
        ProductId id,
        MembershipId member,
        MembershipId? by,
        Func<Subscription, Member, Task<Outcome<Subscription>>> change,
        CancellationToken cancellation
    )
    {
        if (await store.FindAsync(id, cancellation) is not { } known)
            return Refused.NotFound("subscription", id.ToString());
        await using var _ = await turns.TakeAsync(Turns.MembersOf(known.Customer), cancellation);
        var found = await members.FindAsync(known.Customer, member, cancellation);
        if (found.Value is not { } whose)
            return found.Refused! with { Param = "member" };
        var customer =
            await customers.FindAsync(known.Customer, cancellation)
            ?? throw new InvalidOperationException($"subscription {id} has no customer");
        if (await members.WhyNotAsync(customer, by, MemberAct.ManageMembers, whose.Membership.Allotment, cancellation) is { } not)
            return not;
        return await store.FindAsync(id, cancellation) is { } subscription
            ? await change(subscription, whose)
            : Refused.NotFound("subscription", id.ToString());
    }

    /// <summary>Null: it is so now.</summary>
    private async Task<Outcome<Subscription>?> SetOpenAsync(Membership membership, bool isOpen)
    {
        if (membership.Allotment is not { } node)
            return null;
        // A node is put as a whole: whoever changes something else of it meanwhile comes before or after.
        await using var _ = await turns.TakeAsync(Turns.TreeOf(membership.Customer), CancellationToken.None);
        var customer = await customers.FindAsync(membership.Customer, CancellationToken.None);
        var served = (await accounts.ServedTreeAsync(customer!.Account)).FirstOrDefault(one => one.View.Terms.Id == node);
        if (served is not { View.Terms: { } terms } || terms.IsClosed != isOpen)
            return null;
        var refusal = await accounts.ExecuteAsync(
            served.Account,
            new PutAllotment(ids.Next<CommandKind>(), terms with { IsClosed = !isOpen })
        );
        if (refusal is null)
            return null;
        return Refused.By(refusal);
    }
}
