using Tokenline.Charging.Limits;
using Tokenline.Commerce.Parties;
using Tokenline.Management.Entitlement;

namespace Tokenline.Management.Parties;

/// <param name="Allotment">The node that the member's calls pass; keys made for it are the member's. Absent: the account itself.</param>
/// <param name="Department">The node that a department administrator looks after.</param>
/// <param name="State"><c>active</c> or <c>closed</c>.</param>
public sealed record MemberBody(
    MembershipId Id,
    PartyId Customer,
    IndividualId Individual,
    string PhoneNumber,
    string Name,
    MemberRole Role,
    string State,
    AllotmentId? Allotment,
    AllotmentId? Department,
    DateTimeOffset From,
    DateTimeOffset? Until,
    string? EndReason
)
{
    internal static MemberBody Of(Member member) =>
        new(
            member.Membership.Id,
            member.Membership.Customer,
            member.Individual.Id,
            member.Individual.PhoneNumber,
            member.Individual.Name,
            member.Membership.Role,
            member.Membership.IsActive ? "active" : "closed",
            member.Membership.Allotment,
            member.Membership.Department,
            member.Membership.From,
            member.Membership.Until,
            member.Membership.EndReason
        );
}

/// <summary>A customer that a person belongs to, and as what.</summary>
public sealed record MembershipBody(
    MembershipId Id,
    MemberRole Role,
    PartyId Customer,
    string CustomerName,
    CustomerType CustomerType,
    AllotmentId? Allotment,
    AllotmentId? Department,
    DateTimeOffset From
)
{
    internal static MembershipBody Of(CustomerOf of) =>
        new(
            of.Membership.Id,
            of.Membership.Role,
            of.Customer.Id,
            of.Customer.Name,
            of.Customer.Type,
            of.Membership.Allotment,
            of.Membership.Department,
            of.Membership.From
        );
}

/// <param name="PhoneNumber">E.164: whoever has it accepts with the code that is sent there.</param>
/// <param name="Name">Of the member's node, and of a person who is not known yet.</param>
/// <param name="Role"><c>member</c> unless told, <c>departmentAdministrator</c> or <c>administrator</c>.</param>
/// <param name="Parent">The node that the member's own will lie under; of a department administrator the department. Left out: the account.</param>
/// <param name="Limits">Of the member's node; left out: its parent's <c>childLimits</c>.</param>
/// <param name="Models">The only Model IDs that the member may call.</param>
/// <param name="Hours">When the member may call.</param>
public sealed record NewInvitationBody(
    string? PhoneNumber,
    string? Name = null,
    MemberRole? Role = null,
    AllotmentId? Parent = null,
    LimitBody?[]? Limits = null,
    string[]? Models = null,
    HoursBody?[]? Hours = null
);

/// <param name="State"><c>pending</c>, <c>accepted</c>, <c>declined</c>, <c>withdrawn</c> or <c>expired</c>.</param>
/// <param name="SentAt">When the newest code was sent; absent: none could be.</param>
/// <param name="By">The member who invited; absent: the operator.</param>
/// <param name="Membership">What came of it.</param>
public sealed record InvitationBody(
    InvitationId Id,
    PartyId Customer,
    string PhoneNumber,
    string? Name,
    MemberRole Role,
    AllotmentId? Parent,
    IReadOnlyList<LimitBody>? Limits,
    string[]? Models,
    IReadOnlyList<HoursBody>? Hours,
    InvitationState State,
    DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt,
    DateTimeOffset? SentAt,
    int Sent,
    MembershipId? By,
    DateTimeOffset? EndedAt,
    MembershipId? Membership
)
{
    internal static InvitationBody Of(Invitation invitation, DateTimeOffset now) =>
        new(
            invitation.Id,
            invitation.Customer,
            invitation.PhoneNumber,
            invitation.Terms.Name,
            invitation.Terms.Role,
            invitation.Terms.Parent,
            invitation.Terms.Limits?.Select(LimitBody.Of).ToArray(),
            invitation.Terms.Models,
            invitation.Terms.Hours?.Select(HoursBody.Of).ToArray(),
            invitation.StateAt(now),
            invitation.CreatedAt,
            invitation.ExpiresAt,
            invitation.SentAt,
            invitation.Sent,
            invitation.By,
            invitation.EndedAt,
            invitation.Membership
        );
}

/// <param name="Code">That was sent to the number.</param>
/// <param name="Name">Of a person who is not known yet; left out: as the invitation says.</param>
public sealed record AcceptBody(string? Code, string? Name = null);

/// <param name="Department">Of a <c>departmentAdministrator</c> the node.</param>
public sealed record RoleBody(MemberRole? Role, AllotmentId? Department = null);

/// <summary>How far what a role may do goes: <c>none</c>, <c>own</c>, <c>department</c> or <c>all</c>.</summary>
public sealed record RightBody(CustomerType Type, MemberRole Role, MemberAct Act, Reach Reach);
