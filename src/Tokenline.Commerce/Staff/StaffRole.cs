using System.Text.Json.Serialization;

namespace Tokenline.Commerce.Staff;

/// <summary>What somebody is employed as. Kept by number.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<StaffRole>))]
public enum StaffRole
{
    /// <summary>Of the operator: everything, staff and settings too.</summary>
    [JsonStringEnumMemberName("administrator")]
    Administrator = 1,

    /// <summary>Offerings, prices, models, what vendors list.</summary>
    [JsonStringEnumMemberName("product")]
    Product = 2,

    /// <summary>Bills, settlements, reconciliation, adjustments.</summary>
    [JsonStringEnumMemberName("finance")]
    Finance = 3,

    /// <summary>Customers, their calls, refunds of calls.</summary>
    [JsonStringEnumMemberName("support")]
    Support = 4,

    /// <summary>Deployments, routing, health.</summary>
    [JsonStringEnumMemberName("operations")]
    Operations = 5,

    /// <summary>Sees all, the audit log too, and changes nothing.</summary>
    [JsonStringEnumMemberName("auditor")]
    Auditor = 6,

    /// <summary>Of a vendor: everything of theirs.</summary>
    [JsonStringEnumMemberName("vendorAdministrator")]
    VendorAdministrator = 11,

    /// <summary>Statements and the account that is paid to.</summary>
    [JsonStringEnumMemberName("vendorFinance")]
    VendorFinance = 12,

    /// <summary>Listings, quality and usage, to look at.</summary>
    [JsonStringEnumMemberName("vendorViewer")]
    VendorViewer = 13,
}

public static class StaffRoles
{
    /// <summary>Whether it is a role of a vendor's people; the others are the operator's.</summary>
    public static bool IsOfVendor(this StaffRole role) => role >= StaffRole.VendorAdministrator;
}
