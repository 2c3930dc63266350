using System.Collections.Concurrent;
using Microsoft.Playwright;
using Tokenline.Commerce.Staff;

namespace Tokenline.Portal.Tests;

/// <summary>Every page of the operator's and a vendor's console and of the market: axe finds nothing serious, nothing is wider than the screen, the policy is broken nowhere.</summary>
[Collection(OnePortal.Name)]
public sealed class StaffFitTests(PortalServer server)
{
    private const int AtOnce = 3;

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
    [InlineData("en", 1280, ColorScheme.Light)]
    [InlineData("zh-CN", 390, ColorScheme.Dark)]
    public async Task Every_page_of_staff_is_fit_for_everybody(string language, int width, ColorScheme scheme)
    {
        var customer = await server.CustomerAsync();
        var call = await server.CallAsync((await server.KeyAsync(customer)).Text);
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
        var wrong = new ConcurrentQueue<string>();
        await Parallel.ForEachAsync(
            ofOperator.Select(address => (Context: administrator, address)).Concat(ofVendor.Select(address => (Context: vendor, address))),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = PortalServer.Cancel },
            async (page, _) =>
            {
                if (await Record.ExceptionAsync(() => BrowserTests.CheckAsync(page.Context, page.address)) is { } found)
                    wrong.Enqueue(found.Message);
            }
        );
        Assert.True(wrong.IsEmpty, string.Join(Environment.NewLine, wrong));
    }
}
