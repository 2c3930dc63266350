namespace Tokenline.Commerce.Access;

/// <summary>What a person is to a customer. Numbers are stored: only append.</summary>
public enum Role
{
    /// <summary>Whose phone bill pays.</summary>
    Owner = 1,

    /// <summary>Runs the account for its owner; does not spend the owner's money beyond what was bought.</summary>
    Administrator = 2,

    /// <summary>Calls models within what the owner or an administrator gave.</summary>
    Member = 3,
}

/// <summary>One thing that a page or an endpoint of the subscriber's console needs.</summary>
public enum Right
{
    /// <summary>Balances, windows and alerts.</summary>
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

    /// <summary>Alerts, routing and how one hears of things.</summary>
    ChangeSettings,
}

/// <summary>The one table of who may do what.</summary>
public static class Permissions
{
    private static readonly Right[] member = [Right.SeeBalance, Right.Call];

    private static readonly Right[] administrator = [.. member, Right.SeeUsage, Right.ManageKeys, Right.SeePayments, Right.ChangeSettings];

    private static readonly Right[] owner = [.. administrator, Right.Buy, Right.ChangeSpending];

    public static IReadOnlyCollection<Right> Of(Role role) =>
        role switch
        {
            Role.Owner => owner,
            Role.Administrator => administrator,
            Role.Member => member,
            _ => [],
        };

    public static bool Allow(Role role, Right right) => Of(role).Contains(right);
}
