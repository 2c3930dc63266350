using Tokenline.Commerce.Staff;
using Tokenline.Portal.Texts;

namespace Tokenline.Portal.Layout;

/// <param name="Title">In the language of whoever looks.</param>
internal sealed record StaffLink(string Address, string Icon, Func<PortalTexts, string> Title, StaffRight Right);

/// <summary>What stands in the navigation of staff, in this order; everybody sees what they have a right to.</summary>
internal static class StaffLinks
{
    public const string Operator = "/operator";
    public const string Vendor = "/vendor";

    private static readonly StaffLink[] all = [new(Operator, "home", texts => texts.DashboardTitle, StaffRight.SeeDashboard)];

    public static IEnumerable<StaffLink> Of(StaffVisitor visitor) => all.Where(link => visitor.May(link.Right));

    /// <summary>Where a member of staff comes to after signing in.</summary>
    public static string HomeOf(StaffMember member) =>
        Array.Find(all, link => member.May(link.Right))?.Address ?? (member.Vendor is null ? Operator : Vendor);
}
