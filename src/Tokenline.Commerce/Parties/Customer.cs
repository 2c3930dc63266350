namespace Tokenline.Commerce.Parties;

/// <summary>A party with its billing account: a person, a household or an organization. The phone number (E.164) pays, the charging account spends.</summary>
/// <param name="PayAsYouGoCap">The monthly cap the customer set; null when not opted in.</param>
/// <param name="Suspended">As the operator set it, or for an unpaid bill; the charging account may also suspend itself.</param>
/// <param name="Group">What prices may depend on, as tariffs name groups and regions; null is none in particular.</param>
/// <param name="Arrears">From <see cref="Parties.Arrears.Suspended"/> on the suspension is that of an unpaid bill, and not the operator's own.</param>
public sealed record Customer(
    PartyId Id,
    AccountId Account,
    string PhoneNumber,
    string Name,
    DateTimeOffset CreatedAt,
    Money? PayAsYouGoCap,
    bool Suspended,
    string? Group = null,
    string? Region = null,
    CustomerType Type = CustomerType.Individual,
    Arrears Arrears = Arrears.None
)
{
    private const int TraitLengthMax = 32;

    /// <summary>A plus sign and 8 to 15 digits, the first not zero (ITU-T E.164).</summary>
    public static bool IsPhoneNumber(string? text) =>
        text is { Length: >= 9 and <= 16 }
        && text[0] == '+'
        && text[1] is >= '1' and <= '9'
        && text.AsSpan(2).IndexOfAnyExceptInRange('0', '9') < 0;

    /// <summary>What a group or a region must look like; null is fine.</summary>
    public static Refused? WhatIsWrongWith(string param, string? trait) =>
        trait is null
        || (
            trait is { Length: > 0 and <= TraitLengthMax } && trait.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
        )
            ? null
            : Refused.Invalid(param, $"A {param} is 1 to {TraitLengthMax} lower-case letters, digits and hyphens.");
}
