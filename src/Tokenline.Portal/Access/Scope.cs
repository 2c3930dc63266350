using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Commerce.Access;
using Tokenline.Commerce.Entitlement;
using Tokenline.Commerce.Parties;

namespace Tokenline.Portal.Access;

/// <summary>How far a visitor sees in the tree of the account: all of it, or one node and what lies under it.</summary>
/// <param name="Keys">Those that may be seen, ended ones too, newest first.</param>
/// <param name="Nodes">Those that may be seen; an account's first.</param>
/// <param name="Top">The node that is the visitor's; null: the account itself.</param>
internal sealed record Scope(IReadOnlyList<ApiKey> Keys, IReadOnlyList<ServedNode> Nodes, AllotmentId? Top)
{
    private readonly HashSet<KeyId> ids = [.. Keys.Select(key => key.Id)];

    public bool IsWhole => Top is null;

    public bool Takes(KeyId key) => IsWhole || ids.Contains(key);

    /// <summary>Null: every key of the account.</summary>
    public IReadOnlySet<KeyId>? Only => IsWhole ? null : ids;

    public static async Task<Scope> OfAsync(
        Visitor visitor,
        Right right,
        Keys keys,
        IChargingAccounts accounts,
        CancellationToken cancellation
    )
    {
        var all = await keys.ListAsync(visitor.Customer.Id, cancellation);
        var tree = await accounts.ServedTreeAsync(visitor.Customer.Account);
        if (visitor.Confined(right) is not { } top)
            return new(all, tree, null);
        var under = new HashSet<AllotmentId> { top };
        var nodes = new List<ServedNode>();
        foreach (var node in tree) // every node after its parent
        {
            if (node.View.Terms.Id == top || (node.View.Terms.Id != Allotment.Root && under.Contains(node.View.Terms.Parent)))
            {
                under.Add(node.View.Terms.Id);
                nodes.Add(node);
            }
        }
        return new([.. all.Where(key => key.Allotment is { } own && under.Contains(own))], nodes, top);
    }

    /// <summary>Whether a node is another one, or lies under it. Everything lies under the account itself, which null stands for.</summary>
    public static bool IsUnder(IReadOnlyList<ServedNode> tree, AllotmentId node, AllotmentId? top)
    {
        for (
            AllotmentId? at = node;
            at is { } here && here != Allotment.Root;
            at = tree.FirstOrDefault(known => known.View.Terms.Id == here)?.View.Terms.Parent
        )
        {
            if (here == top)
                return true;
        }
        return top is null;
    }
}
