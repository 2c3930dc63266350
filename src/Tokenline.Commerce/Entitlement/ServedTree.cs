using Tokenline.Charging;
using Tokenline.Charging.Accounts;

namespace Tokenline.Commerce.Entitlement;

/// <summary>A node of a customer's tree, and the account that serves it: the customer's own, or one that lives on a lease of it.</summary>
public sealed record ServedNode(AllotmentView View, AccountId Account);

/// <summary>The one tree that a customer has, over all the accounts that serve it. A node has the same id in each.</summary>
public static class ServedTree
{
    /// <summary>The account itself first, then every node after its parent.</summary>
    public static async Task<IReadOnlyList<ServedNode>> ServedTreeAsync(this IChargingAccounts accounts, AccountId account)
    {
        var own = await accounts.ViewAsync(account);
        var lessees = new Dictionary<AllotmentId, AccountId>(); // by the top of what they serve
        foreach (var lease in own.Leases.Given)
        {
            if (lease is { HasEnded: false, Number: > 0 })
                lessees.Add(lease.Terms.Node, lease.Terms.Lessee);
        }
        if (lessees.Count == 0)
            return [.. own.Allotments.Select(node => new ServedNode(node, account))];

        var tree = new List<ServedNode>();
        foreach (var node in Without(own.Allotments, lessees.ContainsKey))
            tree.Add(new(node, account));
        foreach (var (top, lessee) in lessees)
        {
            foreach (var node in Under((await accounts.ViewAsync(lessee)).Allotments, top))
                tree.Add(new(node, lessee));
        }
        return tree;
    }

    private static IEnumerable<AllotmentView> Without(IEnumerable<AllotmentView> nodes, Func<AllotmentId, bool> isTop)
    {
        var left = new HashSet<AllotmentId>();
        foreach (var node in nodes)
        {
            if (isTop(node.Terms.Id) || (node.Terms.Id != Allotment.Root && left.Contains(node.Terms.Parent)))
                left.Add(node.Terms.Id);
            else
                yield return node;
        }
    }

    private static IEnumerable<AllotmentView> Under(IEnumerable<AllotmentView> nodes, AllotmentId top)
    {
        var found = new HashSet<AllotmentId>();
        foreach (var node in nodes)
        {
            if (node.Terms.Id != top && !found.Contains(node.Terms.Parent))
                continue;
            found.Add(node.Terms.Id);
            yield return node;
        }
    }
}
