using Tokenline.Commerce.Staff;
using Tokenline.Portal.Texts;

namespace Tokenline.Portal.Layout;

/// <param name="Title">In the language of whoever looks.</param>
internal sealed record StaffLink(string Address, string Icon, Func<PortalTexts, string> Title, StaffRight Right)
{
    /// <summary>Other addresses that belong to it.</summary>
    public string[] Also { get; init; } = [];

    /// <summary>How much of a page's address it names; 0: none of it. The first page of a console is only itself.</summary>
    public int Names(Microsoft.AspNetCore.Http.PathString path) =>
        Address is StaffLinks.Operator or StaffLinks.Vendor
            ? (path == Address ? Address.Length : 0)
            : Also.Prepend(Address)
                .Where(address => path.StartsWithSegments(address))
                .Select(address => address.Length)
                .DefaultIfEmpty()
                .Max();
}

/// <summary>What stands in the navigation of staff, in this order; everybody sees what they have a right to.</summary>
internal static class StaffLinks
{
    public const string Operator = "/operator";
    public const string Vendor = "/vendor";

    private static readonly StaffLink[] all =
    [
        new(Operator, "home", texts => texts.DashboardTitle, StaffRight.SeeDashboard),
        new("/operator/customers", "people", texts => texts.CustomersTitle, StaffRight.SeeCustomers) { Also = ["/operator/calls"] },
        new("/operator/refund-requests", "payments", texts => texts.RefundRequestsLink, StaffRight.SeeCustomers),
        new("/operator/catalogue", "shop", texts => texts.Catalogue.CatalogueTitle, StaffRight.SeeCatalogue),
        new("/operator/models", "play", texts => texts.ModelsTitle, StaffRight.SeeModels),
        new("/operator/deployments", "sessions", texts => texts.Catalogue.DeploymentsTitle, StaffRight.SeeModels),
        new("/operator/routing", "usage", texts => texts.Catalogue.RoutesTitle, StaffRight.SeeModels),
        new("/operator/vendors", "people", texts => texts.Catalogue.VendorsTitle, StaffRight.SeeVendors),
        new("/operator/finance", "payments", texts => texts.FinanceTitle, StaffRight.SeeFinance)
        {
            Also = ["/operator/bills", "/operator/bill", "/operator/settlements", "/operator/statement", "/operator/reconciliation"],
        },
        new("/operator/notifications", "alert", texts => texts.NotificationsTitle, StaffRight.SeeNotifications),
        new("/operator/audit-log", "docs", texts => texts.AuditLogTitle, StaffRight.SeeAuditLog),
        new("/operator/staff", "keys", texts => texts.StaffTitle, StaffRight.SeeStaff),
        new("/operator/settings", "settings", texts => texts.OperatorSettingsTitle, StaffRight.SeeSettings),
        new(Vendor, "home", texts => texts.VendorHomeTitle, StaffRight.VendorSee),
        new("/vendor/prices", "shop", texts => texts.VendorPricesTitle, StaffRight.VendorSee),
        new("/vendor/models", "play", texts => texts.VendorModelsTitle, StaffRight.VendorSee),
        new("/vendor/deployments", "plans", texts => texts.VendorDeploymentsTitle, StaffRight.VendorSee),
        new("/vendor/usage", "usage", texts => texts.VendorUsageTitle, StaffRight.VendorSee),
        new("/vendor/statements", "payments", texts => texts.VendorStatementsTitle, StaffRight.VendorSeeStatements),
        new("/vendor/payout", "keys", texts => texts.PayoutTitle, StaffRight.VendorSeeStatements),
        new("/vendor/people", "people", texts => texts.VendorPeopleTitle, StaffRight.VendorManagePeople),
    ];

    public static IEnumerable<StaffLink> Of(StaffVisitor visitor) => all.Where(link => visitor.May(link.Right));

    /// <summary>Where a member of staff comes to after signing in.</summary>
    public static string HomeOf(StaffMember member) =>
        Array.Find(all, link => member.May(link.Right))?.Address ?? (member.Vendor is null ? Operator : Vendor);
}
