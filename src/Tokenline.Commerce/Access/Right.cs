using Tokenline.Commerce.Parties;

namespace Tokenline.Commerce.Access;

/// <summary>One thing that a page or an endpoint of the subscriber's console needs.</summary>
public enum Right
{
    /// <summary>Balances and windows.</summary>
    SeeBalance,

    /// <summary>Calls with their receipts.</summary>
    SeeUsage,

    /// <summary>Try models on the account.</summary>
    Call,

    /// <summary>Make and revoke keys.</summary>
    ManageKeys,

    /// <summary>Order, change and end plans: on the owner's phone bill.</summary>
    Buy,

    /// <summary>Orders, payments and refunds.</summary>
    SeePayments,

    /// <summary>Consent to spending beyond what was bought, and its cap.</summary>
    ChangeSpending,

    /// <summary>Alerts, routing and how the customer hears of things.</summary>
    ChangeSettings,

    /// <summary>Invite, limit and remove members.</summary>
    ManagePeople,
}

/// <summary>What each right asks of a role. Who may do what is said in <see cref="MemberRights"/>, and only there.</summary>
public static class Permissions
{
    public static Reach ReachOf(MemberRole role, CustomerType type, Right right) =>
        right switch
        {
            // Whoever may call may see whether there is something to call with.
            Right.SeeBalance or Right.Call or Right.SeeUsage => MemberRights.Of(role, type, MemberAct.SeeUsage),
            Right.ManageKeys => MemberRights.Of(role, type, MemberAct.ManageKeys),
            Right.Buy or Right.ChangeSpending => MemberRights.Of(role, type, MemberAct.Buy),
            Right.SeePayments => MemberRights.Of(role, type, MemberAct.SeeBills),
            // They are the whole account's: a part of it is not enough.
            Right.ChangeSettings => MemberRights.Of(role, type, MemberAct.SetLimits) == Reach.All ? Reach.All : Reach.None,
            Right.ManagePeople => MemberRights.Of(role, type, MemberAct.ManageMembers),
            _ => Reach.None,
        };

    public static bool Allow(MemberRole role, CustomerType type, Right right) => ReachOf(role, type, right) != Reach.None;
}

/// <summary>Whoever is at the other end: in which session, for which customer, as what.</summary>
/// <param name="Customers">All that the person belongs to, this one too.</param>
public sealed record Visitor(Session Session, Customer Customer, Membership Membership, IReadOnlyList<CustomerOf> Customers)
{
    public bool May(Right right) => Permissions.Allow(Membership.Role, Customer.Type, right);

    /// <summary>The node that a right ends at; null: it is for the whole account.</summary>
    public AllotmentId? Confined(Right right) =>
        Permissions.ReachOf(Membership.Role, Customer.Type, right) switch
        {
            Reach.Own => Membership.Allotment,
            Reach.Department => Membership.Department,
            _ => null,
        };
}
