using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Commerce.Entitlement;

namespace Tokenline.Billing.Bills;

/// <summary>Names as commerce has them now. An account is asked for its tree only where calls of a node are on the bill: of many accounts few have one.</summary>
public sealed class CommerceNames(IBilledParties parties, IChargingAccounts accounts) : IBillNames
{
    private const string Under = " / ";

    public async Task<IReadOnlyDictionary<AccountId, BillNames>> OfAsync(IReadOnlyList<AccountBooks> books, CancellationToken cancellation)
    {
        var customers = await parties.CustomersAsync([.. books.Select(book => book.Account)], cancellation);
        var keys = books.SelectMany(book => book.Sums).Select(sum => sum.Of.Key).Where(key => key != default).ToHashSet();
        var names = await parties.KeysAsync(keys, cancellation);
        var of = new Dictionary<AccountId, BillNames>();
        foreach (var book in books)
        {
            cancellation.ThrowIfCancellationRequested();
            var nodes = book.Sums.Any(sum => sum.Of.Allotment != Allotment.Root)
                ? Paths(await accounts.ServedTreeAsync(book.Account))
                : BillNames.None.Allotments;
            of.Add(book.Account, new(customers.GetValueOrDefault(book.Account), names, nodes));
        }
        return of;
    }

    /// <summary>Each node with those above it, but for the account itself.</summary>
    private static Dictionary<AllotmentId, string> Paths(IReadOnlyList<ServedNode> tree)
    {
        var paths = new Dictionary<AllotmentId, string>();
        foreach (var node in tree.Select(served => served.View.Terms).Where(node => node.Id != Allotment.Root))
            paths[node.Id] = paths.TryGetValue(node.Parent, out var above) ? $"{above}{Under}{node.Name}" : node.Name;
        return paths;
    }
}
