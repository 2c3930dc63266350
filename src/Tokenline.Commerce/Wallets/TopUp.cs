using System.Text.Json.Serialization;

namespace Tokenline.Commerce.Wallets;

[JsonConverter(typeof(JsonStringEnumConverter<TopUpState>))]
public enum TopUpState
{
    /// <summary>The carrier was asked and may have charged; not known yet.</summary>
    [JsonStringEnumMemberName("inProgress")]
    InProgress = 1,

    [JsonStringEnumMemberName("completed")]
    Completed = 2,

    [JsonStringEnumMemberName("failed")]
    Failed = 3,
}

[JsonConverter(typeof(JsonStringEnumConverter<TopUpSource>))]
public enum TopUpSource
{
    [JsonStringEnumMemberName("phoneBill")]
    PhoneBill = 1,

    /// <summary>Money that came another way, and that staff wrote down with what proves it.</summary>
    [JsonStringEnumMemberName("recorded")]
    Recorded = 2,
}

/// <summary>Money put into a wallet (TMF654: a top-up of a balance).</summary>
/// <param name="ExternalId">The caller's own name for it, unique within the customer: repeated, it is the same. Of recorded money it is the reference.</param>
/// <param name="Reference">The carrier's id of the payment, or what proves recorded money.</param>
/// <param name="Reason">Why it failed.</param>
public sealed record TopUp(
    TopUpId Id,
    PartyId Customer,
    Money Amount,
    TopUpSource Source,
    TopUpState State,
    DateTimeOffset CreatedAt,
    string? ExternalId,
    DateTimeOffset? EndedAt = null,
    string? Reference = null,
    string? Reason = null
)
{
    /// <summary>Of one that failed in doubt: when the carrier is looked at for it.</summary>
    public DateTimeOffset? LookAt { get; init; }
}
