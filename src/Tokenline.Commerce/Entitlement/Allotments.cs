using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Limits;
using Tokenline.Commerce.Configuration;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Subscriptions;

namespace Tokenline.Commerce.Entitlement;

/// <summary>What a node shall be. What is null is not set: no limits of its own (then the parent's for children hold), all models, all hours.</summary>
/// <param name="Name">Null: as it is.</param>
/// <param name="Type">Null: as it is, or a member.</param>
/// <param name="IsClosed">Null: as it is.</param>
public sealed record AllotmentTerms(
    string? Name,
    AllotmentType? Type,
    Limit[]? Limits,
    Limit[]? ChildLimits,
    string[]? Models,
    AllowedHours[]? Hours,
    bool? IsClosed
);

/// <summary>
/// The tree inside a customer's account: adding, changing and closing nodes. A node is put as a whole, so one change of a customer's tree is made at a time, and leaves what is not its own: that a seat
/// opens or closes a node, and the cap that is a pool's share, which is changed with the shares alone.
/// </summary>
public sealed class Allotments(AccountChanges changes, IChargingAccounts accounts, ISubscriptionStore subscriptions, ITurns turns)
{
    public Task<IReadOnlyList<ServedNode>> ListAsync(Customer customer) => accounts.ServedTreeAsync(customer.Account);

    public async Task<Outcome<ServedNode>> FindAsync(Customer customer, AllotmentId id) =>
        (await ListAsync(customer)).FirstOrDefault(node => node.View.Terms.Id == id) is { } found
            ? found
            : Refused.NotFound("allotment", id.ToString());

    public async Task<Outcome<ServedNode>> AddAsync(
        Customer customer,
        AllotmentId parent,
        AllotmentTerms terms,
        ChangeRequest request,
        CancellationToken cancellation
    )
    {
        if (terms.Type == AllotmentType.Account)
            return Refused.Invalid("type", "A department, project, member or key; the account itself is there already.");
        if (string.IsNullOrWhiteSpace(terms.Name))
            return Refused.Invalid("name", $"A name has 1 to {Allotment.NameLengthMax} characters.");
        // The node's id is the command's: asked for again it is the same node.
        var above = await FindAsync(customer, parent);
        return await MakeAsync(
            customer,
            above.Value?.Account ?? customer.Account,
            id => Of(new AllotmentId(id.Value), parent, terms.Name, terms.Type ?? AllotmentType.Member, terms, isClosed: false),
            request,
            cancellation
        );
    }

    public async Task<Outcome<ServedNode>> ChangeAsync(
        Customer customer,
        AllotmentId node,
        AllotmentTerms terms,
        ChangeRequest request,
        CancellationToken cancellation
    )
    {
        await using var _ = await turns.TakeAsync(Turns.TreeOf(customer.Id), cancellation);
        var found = await FindAsync(customer, node);
        if (found.Value is not { View.Terms: { } before } served)
            return found;
        if (await IsSplitAsync(customer, cancellation))
            terms = terms with { Limits = WithShare(terms.Limits, served) };
        if (terms.Type is { } type && type != before.Type && (type == AllotmentType.Account || before.Type == AllotmentType.Account))
            return Refused.Invalid("type", "The account itself is an account, and nothing else is.");
        return await MakeAsync(
            customer,
            served.Account,
            _ => Of(node, before.Parent, terms.Name ?? before.Name, terms.Type ?? before.Type, terms, terms.IsClosed ?? before.IsClosed),
            request,
            cancellation
        );
    }

    /// <summary>From the answer on no call passes it or what lies under it; running ones go on.</summary>
    public async Task<Outcome<ServedNode>> CloseAsync(
        Customer customer,
        AllotmentId node,
        ChangeRequest request,
        CancellationToken cancellation
    )
    {
        await using var _ = await turns.TakeAsync(Turns.TreeOf(customer.Id), cancellation);
        var found = await FindAsync(customer, node);
        return found.Value is { View.Terms: { } before } served
            ? await MakeAsync(customer, served.Account, _ => before with { IsClosed = true }, request, cancellation)
            : found;
    }

    private async Task<Outcome<ServedNode>> MakeAsync(
        Customer customer,
        AccountId servedBy,
        Func<CommandId, Allotment> terms,
        ChangeRequest request,
        CancellationToken cancellation
    )
    {
        var made = await changes.MakeAsync(customer, request, id => new PutAllotment(id, terms(id)), cancellation, servedBy);
        if (made.Value is not { Command: PutAllotment put })
            return made.Refused!;
        return await FindAsync(customer, put.Terms.Id);
    }

    private async Task<bool> IsSplitAsync(Customer customer, CancellationToken cancellation) =>
        (await subscriptions.ListAsync(customer.Id, cancellation)).Any(one =>
            one.State != SubscriptionState.Terminated && one.Offering.Grants is [{ Type: BucketType.Pool }]
        );

    /// <summary>The limits that are wanted, and the node's share of a pool as it is now: whoever read it before it was moved does not move it back.</summary>
    private static Limit[]? WithShare(Limit[]? wanted, ServedNode node)
    {
        var share = node.View.Limits.Select(limit => limit.Limit).Where(limit => limit.Id == PoolShare.LimitId).ToList();
        return share.Count == 0 ? wanted : [.. (wanted ?? []).Where(limit => limit.Id != PoolShare.LimitId), .. share];
    }

    private static Allotment Of(AllotmentId id, AllotmentId parent, string name, AllotmentType type, AllotmentTerms terms, bool isClosed) =>
        new(id, parent, name.Trim(), type, terms.Limits, terms.ChildLimits, terms.Models, terms.Hours, isClosed);
}
