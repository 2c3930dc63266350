using Tokenline.Charging;
using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Subscriptions;

namespace Tokenline.Commerce.Parties;

/// <summary>What only those who look for a customer ask of the store.</summary>
public interface ICustomerSearch
{
    /// <summary>Whose number or name has this in it, whatever the case; the newest first.</summary>
    Task<IReadOnlyList<Customer>> NamedAsync(string part, int limit, CancellationToken cancellation);

    Task<Customer?> OfKeyAsync(KeyId key, CancellationToken cancellation);

    /// <summary>Of a revoked key too.</summary>
    Task<Customer?> OfKeyAsync(UInt128 hash, CancellationToken cancellation);

    /// <summary>Whose keys end so; the newest key first.</summary>
    Task<IReadOnlyList<Customer>> OfKeysEndingAsync(string last4, int limit, CancellationToken cancellation);
}

/// <param name="Charge">The call that was asked for.</param>
public sealed record FoundCustomers(IReadOnlyList<Customer> Customers, ChargeId? Charge = null);

/// <summary>
/// Finds customers by whatever somebody has at hand: a phone number or a part of it, a name, the id of anything that is theirs, a key or its last four characters.
/// A name or a part of a number is looked for in every customer; all else by an index.
/// </summary>
public sealed class CustomerFinder(
    ICustomerStore store,
    ICustomerSearch search,
    IMemberStore members,
    IOrderStore orders,
    ISubscriptionStore subscriptions,
    IChargeHistory history
)
{
    public const int TextLengthMax = 128;
    private const int PartLengthMin = 2;
    private const int Last4 = 4;
    private const string Ellipsis = "…";

    public async Task<FoundCustomers> FindAsync(string text, int limit, CancellationToken cancellation)
    {
        text = text.Trim();
        if (text.Length is < PartLengthMin or > TextLengthMax)
            return new([]);
        if (ChargeId.TryParse(text, out var charge))
        {
            var account = (await history.FindRecordAsync(charge))?.Account ?? (await history.FindUnbilledAsync(charge))?.Account;
            return account is { } known && await store.FindByAccountAsync(known, cancellation) is { } caller
                ? new([caller], charge)
                : new([]);
        }
        if (IsKey(text) || text.StartsWith(Ellipsis, StringComparison.Ordinal))
            return new(await OfKeyAsync(text, limit, cancellation));
        if (await ByIdAsync(text, cancellation) is { } one)
            return new([one]);
        var number = new string([.. text.Where(c => c is not (' ' or '-' or '(' or ')'))]);
        return new(
            await search.NamedAsync(
                number.Length > 0 && number.All(c => char.IsAsciiDigit(c) || c == '+') ? number : text,
                limit,
                cancellation
            )
        );
    }

    /// <summary>Whether it is the text of a key, or ends like one: it must not stand in an address.</summary>
    public static bool IsKey(string text) => text.StartsWith(Keyring.Prefix, StringComparison.Ordinal);

    private async Task<IReadOnlyList<Customer>> OfKeyAsync(string text, int limit, CancellationToken cancellation)
    {
        if (IsKey(text) && await search.OfKeyAsync(Keyring.HashOf(text), cancellation) is { } owner)
            return [owner];
        return text.Length - text.LastIndexOf(Ellipsis, StringComparison.Ordinal) - 1 == Last4
            ? await search.OfKeysEndingAsync(text[^Last4..], limit, cancellation)
            : [];
    }

    private async Task<Customer?> ByIdAsync(string text, CancellationToken cancellation)
    {
        if (PartyId.TryParse(text, out var party))
            return await store.FindAsync(party, cancellation);
        if (AccountId.TryParse(text, out var account))
            return await store.FindByAccountAsync(account, cancellation);
        if (KeyId.TryParse(text, out var key))
            return await search.OfKeyAsync(key, cancellation);
        var owner =
            OrderId.TryParse(text, out var order) ? (await orders.FindAsync(order, cancellation))?.Customer
            : ProductId.TryParse(text, out var product) ? (await subscriptions.FindAsync(product, cancellation))?.Customer
            : MembershipId.TryParse(text, out var member) ? (await members.FindAsync(member, cancellation))?.Membership.Customer
            : null;
        return owner is { } id ? await store.FindAsync(id, cancellation) : null;
    }
}
