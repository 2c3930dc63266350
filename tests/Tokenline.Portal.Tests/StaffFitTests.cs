using Microsoft.Playwright;
using Tokenline.Commerce.AuditTrail;
using Tokenline.Commerce.Staff;

namespace Tokenline.Portal.Tests;

/// <summary>
/// Every page of the operator's and a vendor's console and of the market: axe finds nothing serious, nothing is wider than the screen, the policy is broken nowhere.
/// One half of them in English and light, the other in Chinese and dark; the long form sees each in both.
/// </summary>
[Collection(OnePortal.Name)]
public sealed class StaffFitTests(PortalServer server)
{
    private static readonly string[] ofVendor =
    [
        "/vendor",
        "/vendor/prices",
        "/vendor/models",
        "/vendor/deployments",
        "/vendor/usage?days=90",
        "/vendor/statements",
        "/vendor/payout",
        "/vendor/people",
        "/market",
        "/market/glm-5",
        "/vendor/apply",
    ];

    [Theory]
    [InlineData("en", Chromium.Desktop, ColorScheme.Light)]
    [InlineData("zh-CN", Chromium.Phone, ColorScheme.Dark)]
    public async Task Every_page_of_staff_is_fit_for_everybody(string language, int width, ColorScheme scheme)
    {
        var turn = scheme == ColorScheme.Light ? 0 : 1;
        var customer = await server.CustomerAsync();
        var call = await server.CallAsync((await server.KeyAsync(customer)).Text);
        // Names that others have chosen may be of any length.
        var who = new AuditActor(AuditActorKind.Member, $"mem_{new string('w', 60)}", Address: new string('f', 60));
        await server
            .Get<AuditLog>()
            .WriteAsync(new AuditDraft(who, $"models.{new string('a', 60)}", new AuditSubject("page", $"/{new string('o', 60)}")));
        string[] ofOperator =
        [
            "/operator",
            "/operator/customers",
            $"/operator/customers/{customer.Id}",
            $"/operator/calls/{call.Charge}",
            "/operator/refund-requests",
            "/operator/finance",
            "/operator/bills",
            "/operator/settlements",
            "/operator/reconciliation",
            "/operator/notifications",
            "/operator/audit-log",
            "/operator/staff",
            "/operator/settings",
            "/operator/models/new",
            "/operator/vendors/new",
            .. CatalogueScreenshots.Pages.Select(page => page.Address),
        ];
        await using var vendor = await CatalogueFlowTests.ContextAsync(server, language, width, scheme, StaffRole.VendorAdministrator);
        await using var administrator = await CatalogueFlowTests.ContextAsync(server, language, width, scheme, StaffRole.Administrator);
        await Fitness.CheckAsync(vendor, ofVendor, turn);
        await Fitness.CheckAsync(administrator, ofOperator, turn);
    }
}
