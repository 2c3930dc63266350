using Tokenline.Commerce.Receivables;

namespace Tokenline.Billing.Bills;

/// <summary>Whom a bill is made out to.</summary>
/// <param name="Invoice">What the customer says of itself for invoices; null: it has said nothing.</param>
public sealed record BilledTo(string Name, InvoiceRecipient? Invoice = null);

/// <summary>What people call what a bill tells apart. It is written on the bill when that is made: what is renamed later is another bill's.</summary>
/// <param name="To">Null: the account has no customer.</param>
/// <param name="Allotments">With what they lie under, such as <c>Research / Ann</c>.</param>
public sealed record BillNames(BilledTo? To, IReadOnlyDictionary<KeyId, string> Keys, IReadOnlyDictionary<AllotmentId, string> Allotments)
{
    public static BillNames None { get; } = new(null, new Dictionary<KeyId, string>(), new Dictionary<AllotmentId, string>());
}

/// <summary>Says what things are called when a bill is made.</summary>
public interface IBillNames
{
    /// <param name="books">A page of them: their accounts, and the keys and allotments that their sums are of.</param>
    Task<IReadOnlyDictionary<AccountId, BillNames>> OfAsync(IReadOnlyList<AccountBooks> books, CancellationToken cancellation);
}

/// <summary>Customers and keys of many accounts at once, out of the books of commerce.</summary>
public interface IBilledParties
{
    Task<IReadOnlyDictionary<AccountId, BilledTo>> CustomersAsync(IReadOnlyCollection<AccountId> accounts, CancellationToken cancellation);

    Task<IReadOnlyDictionary<KeyId, string>> KeysAsync(IReadOnlyCollection<KeyId> keys, CancellationToken cancellation);
}
