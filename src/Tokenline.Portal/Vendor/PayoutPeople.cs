using Tokenline.Billing.Vendors;
using Tokenline.Portal.Access;

namespace Tokenline.Portal.Vendor;

internal static class PayoutPeople
{
    /// <summary>Whoever looks, as somebody who enters an account or says yes to one.</summary>
    public static PayoutPerson PayoutPerson(this StaffPage page) => new(page.Staff.Member.Id.ToString(), page.Staff.Member.Name);
}
