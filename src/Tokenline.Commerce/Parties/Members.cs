using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Commerce.Configuration;
using Tokenline.Commerce.Entitlement;
using Tokenline.Commerce.Outbox;
using Tokenline.Commerce.Subscriptions;

namespace Tokenline.Commerce.Parties;

/// <summary>A customer that a person belongs to, and as what.</summary>
public sealed record CustomerOf(Membership Membership, Customer Customer);

/// <summary>Who belongs to a customer, as what, and who may change that. Joining is the matter of <see cref="Invitations"/>. One change of a customer's members at a time.</summary>
public sealed class Members(
    IMemberStore store,
    ICustomerStore customers,
    IKeyStore keys,
    ISubscriptionStore subscriptions,
    Subscribing subscribing,
    IChargingAccounts accounts,
    OutboxDispatcher outbox,
    ConfigurationWatch watch,
    ITurns turns,
    IdSource ids,
    TimeProvider time
)
{
    private const int ReasonLengthMax = 200;

    /// <summary>In the order they came, those who have left too.</summary>
    public Task<IReadOnlyList<Member>> ListAsync(PartyId customer, CancellationToken cancellation) =>
        store.ListAsync(customer, cancellation);

    public async Task<Outcome<Member>> FindAsync(PartyId customer, MembershipId id, CancellationToken cancellation) =>
        await store.FindAsync(id, cancellation) is { } found && found.Membership.Customer == customer
            ? found
            : Refused.NotFound("member", id.ToString());

    /// <summary>The customers that whoever has this number belongs to, oldest first.</summary>
    public async Task<IReadOnlyList<CustomerOf>> OfAsync(string phoneNumber, CancellationToken cancellation)
    {
        var of = new List<CustomerOf>();
        if (await store.FindIndividualAsync(phoneNumber, cancellation) is not { } individual)
            return of;
        foreach (var membership in await store.OfIndividualAsync(individual.Id, cancellation))
        {
            if (await customers.FindAsync(membership.Customer, cancellation) is { } customer)
                of.Add(new(membership, customer));
        }
        return of;
    }

    /// <summary>Whether a member may do something at a node of the account's tree. Null: yes.</summary>
    /// <param name="by">Null: the operator, who may.</param>
    /// <param name="node">Null: the account itself.</param>
    public async Task<Refused?> WhyNotAsync(
        Customer customer,
        MembershipId? by,
        MemberAct act,
        AllotmentId? node,
        CancellationToken cancellation
    )
    {
        if (by is not { } id)
            return null;
        var member = await FindAsync(customer.Id, id, cancellation);
        if (member.Value is not { Membership: { } acting })
            return member.Refused! with { Param = "by" };
        var reach = MemberRights.Of(acting.Role, customer.Type, act);
        IReadOnlyCollection<AllotmentId> path = reach is Reach.All or Reach.None
            ? []
            : Path(await accounts.ServedTreeAsync(customer.Account), node);
        return MemberRights.May(acting, customer.Type, act, path)
            ? null
            : new Refused(Problems.PermissionDenied, $"{member.Value.Individual.Name} ({acting.Role}) may not do this here.", "by");
    }

    /// <summary>Gives another role. Who gives it stands above both the old and the new one; the owner's stays.</summary>
    /// <param name="department">Of a department administrator the node; of others null.</param>
    /// <param name="by">Null: the operator.</param>
    public async Task<Outcome<Member>> SetRoleAsync(
        PartyId customer,
        MembershipId id,
        MemberRole role,
        AllotmentId? department,
        MembershipId? by,
        CancellationToken cancellation
    )
    {
        if (role == MemberRole.Owner)
            return Refused.Invalid("role", "A customer has one owner, from its beginning on.");
        if (role == MemberRole.DepartmentAdministrator != department is not null)
            return Refused.Invalid("department", "A department administrator has a department, and nobody else has.");
        await using var _ = await turns.TakeAsync(Turns.MembersOf(customer), cancellation);
        var found = await ChangeableAsync(customer, id, by, cancellation);
        if (found.Value is not { Member: { Membership: { } membership } member } whose)
            return found.Refused!;
        if (!membership.IsActive)
            return Closed(member);
        if (await IsAboveAsync(by, role, cancellation) is { } not)
            return not with { Param = "role" };
        if (department is { } node && await NodeAsync(whose.Customer, node) is { } wrong)
            return wrong with { Param = "department" };
        var changed = membership with { Role = role, Department = department };
        return await store.SetRoleAsync(changed, cancellation) ? member with { Membership = changed } : Closed(member);
    }

    /// <summary>
    /// Ends a membership: by others a removal, by oneself leaving. Its keys are unknown from the answer on, its node is closed, and what it used stays on record. Ended again nothing changes.
    /// </summary>
    /// <param name="by">Null: the operator.</param>
    public async Task<Outcome<Member>> RemoveAsync(
        PartyId customer,
        MembershipId id,
        MembershipId? by,
        string? reason,
        CancellationToken cancellation
    )
    {
        if (reason is { Length: > ReasonLengthMax })
            return Refused.Invalid("reason", $"A reason has at most {ReasonLengthMax} characters.");
        await using var _ = await turns.TakeAsync(Turns.MembersOf(customer), cancellation);
        var found = await ChangeableAsync(customer, id, by, cancellation);
        if (found.Value is not { Member: { Membership: { } membership } member } whose)
            return found.Refused!;
        if (!membership.IsActive)
            return member;
        var words = string.IsNullOrWhiteSpace(reason) ? (by == id ? "left" : "removed") : reason.Trim();
        if (await FreeSeatsAsync(membership, cancellation) is { } held)
            return held;
        var closed = membership with { Until = time.GetUtcNow(), EndReason = words };
        await CloseAsync(whose.Customer, closed, cancellation);
        return await FindAsync(customer, id, CancellationToken.None);
    }

    /// <summary>Before the membership ends, so that a removal which is cut short is finished by the next.</summary>
    private async Task<Refused?> FreeSeatsAsync(Membership membership, CancellationToken cancellation)
    {
        foreach (var one in await subscriptions.ListAsync(membership.Customer, cancellation))
        {
            if (
                one.Assigned.Contains(membership.Id)
                && (await subscribing.DoAsync(one.Id, new FreeSeat(membership.Id), cancellation)).Refused is { } refused
            )
                return refused;
        }
        return null;
    }

    private async Task CloseAsync(Customer customer, Membership closed, CancellationToken cancellation)
    {
        await using var _ = await turns.TakeAsync(Turns.KeysOf(customer.Id), cancellation);
        await using var __ = await turns.TakeAsync(Turns.TreeOf(customer.Id), cancellation);
        var tree = await accounts.ServedTreeAsync(customer.Account);
        var node = tree.FirstOrDefault(one => one.View.Terms.Id == closed.Allotment);
        var theirs = (await keys.ListAsync(customer.Id, cancellation))
            .Where(key => key.RevokedAt is null && closed.Allotment is { } own && Path(tree, key.Allotment).Contains(own))
            .Select(key => key.Id);
        var command = node is { View.Terms: { IsClosed: false } terms }
            ? new PutAllotment(ids.Next<CommandKind>(), terms with { IsClosed = true })
            : null;
        await store.CloseAsync(closed, [.. theirs], node?.Account ?? customer.Account, command);
        await watch.RoundAsync(CancellationToken.None);
        await outbox.DispatchAsync(CancellationToken.None);
    }

    private sealed record Changeable(Customer Customer, Member Member);

    /// <summary>A member that this one may change: those below oneself, within one's reach; and oneself.</summary>
    private async Task<Outcome<Changeable>> ChangeableAsync(
        PartyId id,
        MembershipId member,
        MembershipId? by,
        CancellationToken cancellation
    )
    {
        if (await customers.FindAsync(id, cancellation) is not { } customer)
            return Refused.NotFound("customer", id.ToString());
        var found = await FindAsync(id, member, cancellation);
        if (found.Value is not { } known)
            return found.Refused!;
        var (role, isSelf) = (known.Membership.Role, by == member);
        if (role == MemberRole.Owner)
            return new Refused(Problems.WrongState, $"{known.Individual.Name} is the owner, for as long as the customer is one.");
        if (isSelf)
            return new Changeable(customer, known);
        var not =
            await WhyNotAsync(customer, by, MemberAct.ManageMembers, known.Membership.Allotment, cancellation)
            ?? await IsAboveAsync(by, role, cancellation);
        return not is not null ? not : new Changeable(customer, known);
    }

    /// <summary>Null: one may give and take this role.</summary>
    internal async Task<Refused?> IsAboveAsync(MembershipId? by, MemberRole role, CancellationToken cancellation) =>
        by is { } id && await store.FindAsync(id, cancellation) is { } member && !MemberRights.IsAbove(member.Membership.Role, role)
            ? new Refused(Problems.PermissionDenied, $"Only who stands above it gives or takes the role {role}.", "by")
            : null;

    /// <summary>Null: the account has this node, and calls pass it.</summary>
    internal async Task<Refused?> NodeAsync(Customer customer, AllotmentId node)
    {
        var tree = (await accounts.ServedTreeAsync(customer.Account)).ToDictionary(one => one.View.Terms.Id);
        if (node == Allotment.Root || !tree.TryGetValue(node, out var found))
            return Refused.Invalid("parent", $"The account has no node {node}.");
        for (var at = found.View.Terms; at.Id != Allotment.Root; at = tree[at.Parent].View.Terms)
        {
            if (at.IsClosed)
                return Refused.Invalid("parent", $"{at.Name} ({at.Id}) is closed.");
        }
        return null;
    }

    /// <summary>A node and all above it, without the account itself.</summary>
    private static List<AllotmentId> Path(IReadOnlyList<ServedNode> tree, AllotmentId? node)
    {
        var path = new List<AllotmentId>();
        while (node is { } id && id != Allotment.Root && tree.FirstOrDefault(one => one.View.Terms.Id == id) is { View.Terms: { } terms })
        {
            path.Add(id);
            node = terms.Parent;
        }
        return path;
    }

    private static Refused Closed(Member member) => new(Problems.WrongState, $"{member.Individual.Name} is a member no more.");
}
