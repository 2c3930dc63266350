namespace Tokenline.Commerce.Parties;

/// <summary>A party with its billing account. The phone number (E.164) pays, the charging account spends.</summary>
/// <param name="PayAsYouGoCap">The monthly cap the customer set; null when not opted in.</param>
/// <param name="Suspended">As the operator set it; the charging account may also suspend itself.</param>
public sealed record Customer(
    PartyId Id,
    AccountId Account,
    string PhoneNumber,
    string Name,
    DateTimeOffset CreatedAt,
    Money? PayAsYouGoCap,
    bool Suspended
)
{
    /// <summary>A plus sign and 8 to 15 digits, the first not zero (ITU-T E.164).</summary>
    public static bool IsPhoneNumber(string? text) =>
        text is { Length: >= 9 and <= 16 }
        && text[0] == '+'
        && text[1] is >= '1' and <= '9'
        && text.AsSpan(2).IndexOfAnyExceptInRange('0', '9') < 0;
}
