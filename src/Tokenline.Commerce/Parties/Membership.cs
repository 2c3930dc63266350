using System.Text.Json.Serialization;

namespace Tokenline.Commerce.Parties;

/// <summary>What a member is (TMF669: the name of a party role). In the order of power: one gives and takes the roles below one's own.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<MemberRole>))]
public enum MemberRole
{
    /// <summary>Of a household its head, who pays. Each customer has one, from its beginning to its end.</summary>
    [JsonStringEnumMemberName("owner")]
    Owner = 1,

    [JsonStringEnumMemberName("administrator")]
    Administrator = 2,

    /// <summary>An administrator of one node of the account's tree and what lies under it.</summary>
    [JsonStringEnumMemberName("departmentAdministrator")]
    DepartmentAdministrator = 3,

    [JsonStringEnumMemberName("member")]
    Member = 4,
}

/// <summary>That a person belongs to a customer (TMF669 PartyRole). It is closed, never deleted: usage names its node.</summary>
/// <param name="Allotment">The node that the member's calls pass; null: the account itself, which is the owner's.</param>
/// <param name="Department">The node that a department administrator looks after.</param>
/// <param name="Until">From when on it is closed; null: it is active.</param>
public sealed record Membership(
    MembershipId Id,
    PartyId Customer,
    IndividualId Individual,
    MemberRole Role,
    DateTimeOffset From,
    AllotmentId? Allotment = null,
    AllotmentId? Department = null,
    DateTimeOffset? Until = null,
    string? EndReason = null
)
{
    public bool IsActive => Until is null;
}

/// <summary>A membership and whose it is.</summary>
public sealed record Member(Membership Membership, Individual Individual);
