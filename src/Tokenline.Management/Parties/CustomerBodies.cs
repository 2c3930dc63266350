using Tokenline.Commerce.Parties;
using Tokenline.Management.Api;

namespace Tokenline.Management.Parties;

/// <param name="PhoneNumber">E.164, such as +8613800000000: the phone bill that pays. Whoever has it is the owner; at most one customer of each type.</param>
/// <param name="Name">1 to 100 characters.</param>
/// <param name="Group">What prices may depend on, as tariffs name customer groups: 1 to 32 lower-case letters, digits and hyphens.</param>
/// <param name="Region">The same for regions.</param>
/// <param name="Type"><c>individual</c> unless told; a <c>household</c> and an <c>organization</c> have members.</param>
public sealed record NewCustomerBody(
    string? PhoneNumber,
    string? Name,
    string? Group = null,
    string? Region = null,
    CustomerType? Type = null
);

/// <summary>Replaces both: what is left out is not set any more.</summary>
public sealed record CustomerTraitsBody(string? Group = null, string? Region = null);

/// <param name="Account">The charging account.</param>
/// <param name="Arrears">What an unpaid bill has come to: <c>restricted</c> (nothing is on credit), <c>suspended</c> or <c>terminated</c> (plans are not renewed either); absent: nothing.</param>
/// <param name="Suspended">As the operator set it, or for an unpaid bill. The account may also have suspended itself: <c>buckets</c> tells.</param>
/// <param name="PayAsYouGoCap">The customer's own cap a month; absent when not opted in.</param>
public sealed record CustomerBody(
    PartyId Id,
    CustomerType Type,
    string PhoneNumber,
    string Name,
    AccountId Account,
    DateTimeOffset CreatedAt,
    bool Suspended,
    MoneyBody? PayAsYouGoCap,
    string? Group,
    string? Region,
    Arrears? Arrears
)
{
    internal static CustomerBody Of(Customer customer) =>
        new(
            customer.Id,
            customer.Type,
            customer.PhoneNumber,
            customer.Name,
            customer.Account,
            customer.CreatedAt,
            customer.Suspended,
            customer.PayAsYouGoCap is { } cap ? MoneyBody.Of(cap) : null,
            customer.Group,
            customer.Region,
            customer.Arrears == Commerce.Parties.Arrears.None ? null : customer.Arrears
        );
}

/// <param name="Reason">For the record, at most 200 characters.</param>
public sealed record StandingBody(string? Reason = null)
{
    public StandingBody()
        : this(Reason: null) { }
}
