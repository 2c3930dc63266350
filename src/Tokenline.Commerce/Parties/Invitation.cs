using System.Text.Json.Serialization;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Limits;

namespace Tokenline.Commerce.Parties;

[JsonConverter(typeof(JsonStringEnumConverter<InvitationState>))]
public enum InvitationState
{
    [JsonStringEnumMemberName("pending")]
    Pending = 1,

    [JsonStringEnumMemberName("accepted")]
    Accepted = 2,

    /// <summary>By the invited.</summary>
    [JsonStringEnumMemberName("declined")]
    Declined = 3,

    /// <summary>By those who invited.</summary>
    [JsonStringEnumMemberName("withdrawn")]
    Withdrawn = 4,

    /// <summary>Nobody has answered in time.</summary>
    [JsonStringEnumMemberName("expired")]
    Expired = 5,
}

/// <summary>What a member shall be, and the node that their calls will pass.</summary>
/// <param name="Name">Of the node, and of a person who is not known yet; null: the phone number.</param>
/// <param name="Parent">Where the node lies; null: right under the account. Of a department administrator: the department.</param>
/// <param name="Limits">Null: the parent's for children.</param>
public sealed record MemberTerms(
    MemberRole Role = MemberRole.Member,
    string? Name = null,
    AllotmentId? Parent = null,
    Limit[]? Limits = null,
    string[]? Models = null,
    AllowedHours[]? Hours = null
);

/// <summary>That the one who has this phone number may become a member. They show that they have it with a code that is sent there.</summary>
/// <param name="ExpiresAt">From then on it is good no more.</param>
/// <param name="Authentication">What the newest code is checked under; null: none could be sent yet.</param>
/// <param name="SentAt">When the newest code was sent.</param>
/// <param name="Sent">Codes that were sent.</param>
/// <param name="By">The member who invited; null: the operator.</param>
/// <param name="Membership">What came of it.</param>
public sealed record Invitation(
    InvitationId Id,
    PartyId Customer,
    string PhoneNumber,
    MemberTerms Terms,
    InvitationState State,
    DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt,
    string? Authentication = null,
    DateTimeOffset? SentAt = null,
    int Sent = 0,
    MembershipId? By = null,
    DateTimeOffset? EndedAt = null,
    MembershipId? Membership = null
)
{
    public static readonly TimeSpan Validity = TimeSpan.FromDays(7);

    public InvitationState StateAt(DateTimeOffset now) =>
        State == InvitationState.Pending && ExpiresAt <= now ? InvitationState.Expired : State;
}
