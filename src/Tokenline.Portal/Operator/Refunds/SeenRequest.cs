using Tokenline.Charging;
using Tokenline.Charging.Records;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Refunds;

namespace Tokenline.Portal.Operator.Refunds;

/// <summary>A request with whose it is and the call that it is about.</summary>
/// <param name="Record">Null: the call's record is kept no longer.</param>
public sealed record SeenRequest(AskedRefund Asked, Customer? Customer, UsageRecord? Record)
{
    public string Address => $"{RefundRequestsPage.Address}/{Asked.Id}";

    public string CustomerName => Customer is null ? Asked.Customer.ToString() : $"{Customer.Name} {Customer.PhoneNumber}";

    public static async Task<IReadOnlyList<SeenRequest>> OfAsync(
        IEnumerable<AskedRefund> requests,
        ICustomerStore customers,
        IChargeHistory history,
        CancellationToken cancellation
    )
    {
        var known = new Dictionary<PartyId, Customer?>();
        var seen = new List<SeenRequest>();
        foreach (var asked in requests)
        {
            if (!known.TryGetValue(asked.Customer, out var customer))
                known[asked.Customer] = customer = await customers.FindAsync(asked.Customer, cancellation);
            seen.Add(new(asked, customer, await history.FindRecordAsync(asked.Charge)));
        }
        return seen;
    }
}
