namespace Tokenline.Commerce.Staff;

/// <param name="Vendor">Null: the operator's.</param>
public sealed record DemoPerson(string PhoneNumber, string Name, StaffRole Role, string? Vendor);

/// <summary>People of the demo operator, one for each role. In a demonstration the sign-in page shows the code that went to a number.</summary>
public static class DemoStaff
{
    public const string Vendor = "zhipu";

    public static readonly IReadOnlyList<DemoPerson> All =
    [
        new("+8613800000101", "Demo administrator", StaffRole.Administrator, null),
        new("+8613800000102", "Demo product manager", StaffRole.Product, null),
        new("+8613800000103", "Demo finance", StaffRole.Finance, null),
        new("+8613800000104", "Demo support", StaffRole.Support, null),
        new("+8613800000105", "Demo operations", StaffRole.Operations, null),
        new("+8613800000106", "Demo auditor", StaffRole.Auditor, null),
        new("+8613800000111", "Demo vendor administrator", StaffRole.VendorAdministrator, Vendor),
        new("+8613800000112", "Demo vendor finance", StaffRole.VendorFinance, Vendor),
        new("+8613800000113", "Demo vendor viewer", StaffRole.VendorViewer, Vendor),
    ];
}
