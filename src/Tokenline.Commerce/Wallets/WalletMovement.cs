using System.Text.Json.Serialization;

namespace Tokenline.Commerce.Wallets;

[JsonConverter(typeof(JsonStringEnumConverter<MovementType>))]
public enum MovementType
{
    /// <summary>The customer put money in.</summary>
    [JsonStringEnumMemberName("topUp")]
    TopUp = 1,

    /// <summary>An order, a renewal or an upgrade was paid.</summary>
    [JsonStringEnumMemberName("payment")]
    Payment = 2,

    /// <summary>A payment came back, whole or in part.</summary>
    [JsonStringEnumMemberName("refund")]
    Refund = 3,

    /// <summary>The customer got money out.</summary>
    [JsonStringEnumMemberName("payOut")]
    PayOut = 4,

    /// <summary>It was asked for and not made. It is kept, so that what was once refused is refused for ever under its name.</summary>
    [JsonStringEnumMemberName("refused")]
    Refused = 5,
}

/// <summary>What is to become of a wallet.</summary>
/// <param name="Correlator">Unique; under it the movement is made once.</param>
/// <param name="Amount">Above zero where money comes in, below where it goes out.</param>
/// <param name="Of">Of a refund: the correlator of the payment that it is of.</param>
/// <param name="Reference">What proves it elsewhere: the carrier's id of a top-up, a receipt's number.</param>
public sealed record WantedMovement(
    PartyId Owner,
    string Correlator,
    MovementType Type,
    Money Amount,
    string Description,
    DateTimeOffset At,
    string? Of = null,
    string? Reference = null
);

/// <summary>A line of the statement. Never changed.</summary>
/// <param name="Asked">What was wanted.</param>
/// <param name="Amount">What moved: the same, or nothing where it was refused.</param>
/// <param name="Balance">Afterwards.</param>
/// <param name="Reason">Why it was refused.</param>
public sealed record WalletMovement(
    MovementId Id,
    PartyId Owner,
    string Correlator,
    MovementType Type,
    Money Asked,
    Money Amount,
    Money Balance,
    string Description,
    DateTimeOffset At,
    string? Of,
    string? Reference,
    string? Reason
)
{
    /// <summary>It is what was wanted, whenever it was made.</summary>
    public bool Is(WantedMovement wanted) =>
        (Owner, Asked, Of) == (wanted.Owner, wanted.Amount, wanted.Of) && (Type == wanted.Type || Type == MovementType.Refused);
}

/// <summary>Money of a customer that the operator holds.</summary>
/// <param name="Balance">The sum of the movements; never below zero.</param>
public sealed record Wallet(PartyId Owner, Money Balance);
