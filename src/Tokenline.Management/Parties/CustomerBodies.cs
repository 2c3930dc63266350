using Tokenline.Charging.Accounts;
using Tokenline.Commerce.Parties;
using Tokenline.Management.Api;

namespace Tokenline.Management.Parties;

/// <param name="PhoneNumber">E.164, such as +8613800000000: the phone bill that pays.</param>
/// <param name="Name">1 to 100 characters.</param>
/// <param name="Group">What prices may depend on, as tariffs name customer groups: 1 to 32 lower-case letters, digits and hyphens.</param>
/// <param name="Region">The same for regions.</param>
public sealed record NewCustomerBody(string? PhoneNumber, string? Name, string? Group = null, string? Region = null);

/// <summary>Replaces both: what is left out is not set any more.</summary>
public sealed record CustomerTraitsBody(string? Group = null, string? Region = null);

/// <param name="Account">The charging account.</param>
/// <param name="Suspended">As the operator set it. The account may also have suspended itself: <c>buckets</c> tells.</param>
/// <param name="PayAsYouGoCap">The customer's own cap a month; absent when not opted in.</param>
public sealed record CustomerBody(
    PartyId Id,
    string PhoneNumber,
    string Name,
    AccountId Account,
    DateTimeOffset CreatedAt,
    bool Suspended,
    MoneyBody? PayAsYouGoCap,
    string? Group,
    string? Region
)
{
    internal static CustomerBody Of(Customer customer) =>
        new(
            customer.Id,
            customer.PhoneNumber,
            customer.Name,
            customer.Account,
            customer.CreatedAt,
            customer.Suspended,
            customer.PayAsYouGoCap is { } cap ? MoneyBody.Of(cap) : null,
            customer.Group,
            customer.Region
        );
}

/// <param name="Reason">For the record, at most 200 characters.</param>
public sealed record StandingBody(string? Reason = null)
{
    public StandingBody()
        : this(Reason: null) { }
}

/// <summary>The live state of a charging account.</summary>
/// <param name="Suspended">True: every call is refused with <c>account_suspended</c>.</param>
/// <param name="OpenCharges">Calls that run at this moment.</param>
/// <param name="Items">In the order of paying.</param>
public sealed record AccountBody(AccountId Account, bool Suspended, int OpenCharges, IReadOnlyList<BucketBody> Items);

/// <summary>A quantity that can be spent: granted = remaining + reserved + consumed + expired + voided.</summary>
/// <param name="Type"><c>Bonus</c>, <c>Plan</c>, <c>Pack</c> or <c>Postpaid</c>.</param>
/// <param name="Unit">The quota unit; absent for money.</param>
/// <param name="Currency">For money; absent for quota.</param>
/// <param name="Granted">In whole units (or of the currency), as are the others.</param>
/// <param name="Reserved">Held by calls that run.</param>
/// <param name="Models">The only models it pays for; absent: all that have a weight in its unit.</param>
/// <param name="ExpiresAt">From then on it pays nothing new.</param>
public sealed record BucketBody(
    BucketId Id,
    string Name,
    string Type,
    QuotaUnit? Unit,
    Currency? Currency,
    decimal Granted,
    decimal Remaining,
    decimal Reserved,
    decimal Consumed,
    decimal Expired,
    decimal Voided,
    DateTimeOffset ValidFrom,
    DateTimeOffset? ExpiresAt,
    string[]? Models,
    ProductId? Product
)
{
    internal static BucketBody Of(BucketView view)
    {
        var grant = view.Grant;
        return new(
            grant.Bucket,
            grant.Name,
            grant.Type.ToString(),
            grant.Unit,
            grant.Currency,
            InUnits(grant.Amount),
            InUnits(view.Remaining),
            InUnits(view.Reserved),
            InUnits(view.Consumed),
            InUnits(view.Expired),
            InUnits(view.Voided),
            grant.ValidFrom,
            grant.ExpiresAt,
            grant.Models,
            grant.Product
        );

        decimal InUnits(long amount) => grant.Unit is null ? (decimal)amount / Money.NanoPerUnit : Figures.Units(amount);
    }
}
