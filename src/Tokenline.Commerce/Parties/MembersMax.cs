using Tokenline.Commerce.Subscriptions;

namespace Tokenline.Commerce.Parties;

/// <summary>How many members a customer may have, the owner included.</summary>
public sealed class MembersMax(IMemberStore store, ISubscriptionStore subscriptions)
{
    /// <summary>Of an organization whose plans say nothing of it.</summary>
    public const int OfOrganization = 1000;

    /// <summary>Null: there is room for one more.</summary>
    /// <param name="waiting">Invitations that may be accepted yet.</param>
    internal async Task<Refused?> WhyNotOneMoreAsync(Customer customer, int waiting, CancellationToken cancellation)
    {
        if (customer.Type == CustomerType.Individual)
            return new Refused(Problems.NotEligible, $"{customer.Name} is a person: members belong to a household or an organization.");
        if (await OfAsync(customer, cancellation) is not { } most)
            return new Refused(Problems.NotEligible, $"{customer.Name} holds no plan that is shared with members.");
        var members = await store.CountAsync(customer.Id, cancellation);
        return members + waiting < most
            ? null
            : new Refused(
                Problems.MembersMaxReached,
                $"{customer.Name} has {members} members"
                    + (waiting > 0 ? $" and {waiting} who may become one" : "")
                    + $"; its plan is for {most}, the owner included."
            );
    }

    /// <summary>The most that a plan which is not over allows; null: none is shared.</summary>
    public async Task<int?> OfAsync(Customer customer, CancellationToken cancellation)
    {
        var most = (await subscriptions.ListAsync(customer.Id, cancellation))
            .Where(one => one.State != SubscriptionState.Terminated)
            .Max(one => one.Offering.MembersMax);
        return most ?? (customer.Type == CustomerType.Organization ? OfOrganization : null);
    }
}
