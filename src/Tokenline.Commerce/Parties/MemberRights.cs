using System.Text.Json.Serialization;

namespace Tokenline.Commerce.Parties;

/// <summary>What somebody may want to do with a customer.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<MemberAct>))]
public enum MemberAct
{
    /// <summary>Make and revoke keys.</summary>
    [JsonStringEnumMemberName("manageKeys")]
    ManageKeys,

    /// <summary>See what was used and what is left of it.</summary>
    [JsonStringEnumMemberName("seeUsage")]
    SeeUsage,

    /// <summary>Change caps, hours and models, and move quota.</summary>
    [JsonStringEnumMemberName("setLimits")]
    SetLimits,

    /// <summary>Invite and remove members, give and take roles below one's own, give and take seats.</summary>
    [JsonStringEnumMemberName("manageMembers")]
    ManageMembers,

    /// <summary>Order, upgrade, change the number of seats, cancel: all that costs or gives back money.</summary>
    [JsonStringEnumMemberName("buy")]
    Buy,

    /// <summary>See orders, payments and bills.</summary>
    [JsonStringEnumMemberName("seeBills")]
    SeeBills,
}

/// <summary>How far a right goes.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Reach>))]
public enum Reach
{
    [JsonStringEnumMemberName("none")]
    None,

    /// <summary>One's own node and what lies under it.</summary>
    [JsonStringEnumMemberName("own")]
    Own,

    /// <summary>The node that one looks after, and what lies under it.</summary>
    [JsonStringEnumMemberName("department")]
    Department,

    [JsonStringEnumMemberName("all")]
    All,
}

/// <summary>Who may do what: a table. The operator stands above it.</summary>
public static class MemberRights
{
    public static Reach Of(MemberRole role, CustomerType type, MemberAct act) =>
        (role, act) switch
        {
            (MemberRole.Owner, _) => Reach.All,
            // Of a household it is the head's phone bill.
            (MemberRole.Administrator, MemberAct.Buy or MemberAct.SeeBills) => type == CustomerType.Organization ? Reach.All : Reach.None,
            (MemberRole.Administrator, _) => Reach.All,
            (_, MemberAct.Buy or MemberAct.SeeBills) => Reach.None,
            (MemberRole.DepartmentAdministrator, _) => Reach.Department,
            (MemberRole.Member, MemberAct.ManageKeys or MemberAct.SeeUsage) => Reach.Own,
            _ => Reach.None,
        };

    /// <summary>Whether a member may do it at a node of the account's tree.</summary>
    /// <param name="path">The node and all above it, the account itself last or left out; empty: the account itself.</param>
    public static bool May(Membership by, CustomerType type, MemberAct act, IReadOnlyCollection<AllotmentId> path) =>
        by.IsActive
        && Of(by.Role, type, act) switch
        {
            Reach.All => true,
            Reach.Department => by.Department is { } department && path.Contains(department),
            Reach.Own => by.Allotment is { } own && path.Contains(own),
            _ => false,
        };

    /// <summary>Whether a role may be given or taken: those below one's own; an owner is nobody's to make or remove.</summary>
    public static bool IsAbove(MemberRole by, MemberRole role) => by < role;
}
