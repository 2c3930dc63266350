using System.Text.Json.Serialization;

namespace Tokenline.Commerce.Staff;

/// <summary>One thing that a page or an endpoint of the operator's or the vendor's console needs.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<StaffRight>))]
public enum StaffRight
{
    /// <summary>Sums over all customers: subscribers, revenue, tokens, margin, health.</summary>
    SeeDashboard,

    /// <summary>Find a customer, and see plans, buckets, keys, usage, members and notes.</summary>
    SeeCustomers,

    /// <summary>What a customer paid, and the receipts of calls.</summary>
    SeePayments,

    /// <summary>Suspend and resume, revoke keys, stop plans, write notes.</summary>
    ActForCustomers,

    /// <summary>Give back a call.</summary>
    Refund,

    /// <summary>Give tokens or credit, and take back what was given by mistake.</summary>
    Adjust,

    /// <summary>Offerings, prices, vouchers.</summary>
    SeeCatalogue,
    ChangeCatalogue,

    /// <summary>Models, deployments, their health and routing.</summary>
    SeeModels,
    ChangeModels,

    /// <summary>Drain and resume deployments, change routing and traffic.</summary>
    Operate,

    /// <summary>Vendors, their applications, terms and contracts.</summary>
    SeeVendors,
    ChangeVendors,

    /// <summary>Bills, settlements, statements, uncollected amounts, the ledger.</summary>
    SeeFinance,

    /// <summary>Run bills, and decide on what is disputed about them.</summary>
    RunBills,

    /// <summary>Run settlements, answer disputes, pay out.</summary>
    RunSettlements,

    /// <summary>Hold the carrier's and the vendors' files against the books.</summary>
    Reconcile,

    SeeNotifications,

    /// <summary>Send a notification anew.</summary>
    SendNotifications,

    SeeAuditLog,

    SeeSettings,
    ChangeSettings,

    SeeStaff,
    ManageStaff,

    /// <summary>Of a vendor: listings, prices, deployments, quality and usage.</summary>
    VendorSee,

    /// <summary>Of a vendor: list models, change prices and deployments.</summary>
    VendorChange,

    /// <summary>Of a vendor: statements and where they are paid to.</summary>
    VendorSeeStatements,

    /// <summary>Of a vendor: confirm or dispute a statement.</summary>
    VendorAnswerStatements,

    /// <summary>Of a vendor: the account that is paid to.</summary>
    VendorChangePayout,

    /// <summary>Of a vendor: its own people.</summary>
    VendorManagePeople,
}

/// <summary>Which role has which right: the one table.</summary>
public static class StaffRights
{
    private static readonly Dictionary<StaffRole, StaffRight[]> table = new()
    {
        [StaffRole.Administrator] = [.. Enum.GetValues<StaffRight>().Where(right => !IsOfVendor(right))],
        [StaffRole.Product] =
        [
            StaffRight.SeeDashboard,
            StaffRight.SeeCatalogue,
            StaffRight.ChangeCatalogue,
            StaffRight.SeeModels,
            StaffRight.ChangeModels,
            StaffRight.SeeVendors,
            StaffRight.ChangeVendors,
        ],
        [StaffRole.Finance] =
        [
            StaffRight.SeeDashboard,
            StaffRight.SeeCustomers,
            StaffRight.SeePayments,
            StaffRight.Refund,
            StaffRight.Adjust,
            StaffRight.SeeCatalogue,
            StaffRight.SeeVendors,
            StaffRight.SeeFinance,
            StaffRight.RunBills,
            StaffRight.RunSettlements,
            StaffRight.Reconcile,
        ],
        [StaffRole.Support] =
        [
            StaffRight.SeeCustomers,
            StaffRight.SeePayments,
            StaffRight.ActForCustomers,
            StaffRight.Refund,
            StaffRight.SeeCatalogue,
            StaffRight.SeeNotifications,
            StaffRight.SendNotifications,
        ],
        [StaffRole.Operations] =
        [
            StaffRight.SeeDashboard,
            StaffRight.SeeCatalogue,
            StaffRight.SeeModels,
            StaffRight.Operate,
            StaffRight.SeeVendors,
            StaffRight.SeeNotifications,
            StaffRight.SendNotifications,
            StaffRight.SeeSettings,
        ],
        [StaffRole.Auditor] =
        [
            StaffRight.SeeDashboard,
            StaffRight.SeeCustomers,
            StaffRight.SeePayments,
            StaffRight.SeeCatalogue,
            StaffRight.SeeModels,
            StaffRight.SeeVendors,
            StaffRight.SeeFinance,
            StaffRight.SeeNotifications,
            StaffRight.SeeAuditLog,
            StaffRight.SeeSettings,
            StaffRight.SeeStaff,
        ],
        [StaffRole.VendorAdministrator] = [.. Enum.GetValues<StaffRight>().Where(IsOfVendor)],
        [StaffRole.VendorFinance] =
        [
            StaffRight.VendorSee,
            StaffRight.VendorSeeStatements,
            StaffRight.VendorAnswerStatements,
            StaffRight.VendorChangePayout,
        ],
        [StaffRole.VendorViewer] = [StaffRight.VendorSee],
    };

    public static bool Has(StaffRole role, StaffRight right) => table.TryGetValue(role, out var rights) && rights.Contains(right);

    /// <summary>Whether it is a right in a vendor's console; the others are in the operator's.</summary>
    public static bool IsOfVendor(StaffRight right) => right >= StaffRight.VendorSee;
}
