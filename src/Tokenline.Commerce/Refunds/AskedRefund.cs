using System.Text.Json.Serialization;

namespace Tokenline.Commerce.Refunds;

[JsonConverter(typeof(JsonStringEnumConverter<RefundRequestState>))]
public enum RefundRequestState
{
    /// <summary>The operator's support has it.</summary>
    [JsonStringEnumMemberName("open")]
    Open = 1,

    /// <summary>Support said yes; the account has not given it back yet. It is taken up again until it has.</summary>
    [JsonStringEnumMemberName("granted")]
    Granted = 2,

    [JsonStringEnumMemberName("refunded")]
    Refunded = 3,

    [JsonStringEnumMemberName("rejected")]
    Rejected = 4,

    /// <summary>The customer has taken it back.</summary>
    [JsonStringEnumMemberName("withdrawn")]
    Withdrawn = 5,
}

/// <summary>A customer asks for one call to be given back, and what came of it.</summary>
/// <param name="By">The member who asks; null: the operator, for the customer.</param>
/// <param name="Millionths">What part of the charge was granted; null: not decided, or all that was left of it.</param>
/// <param name="Answer">For the customer to read.</param>
/// <param name="DecidedBy">Who of the operator's staff; not for the customer.</param>
public sealed record AskedRefund(
    RefundRequestId Id,
    PartyId Customer,
    AccountId Account,
    ChargeId Charge,
    MembershipId? By,
    string Reason,
    DateTimeOffset At,
    RefundRequestState State = RefundRequestState.Open,
    int? Millionths = null,
    string? Answer = null,
    string? DecidedBy = null,
    DateTimeOffset? EndedAt = null
)
{
    public bool IsDecided => State is RefundRequestState.Refunded or RefundRequestState.Rejected;
}
