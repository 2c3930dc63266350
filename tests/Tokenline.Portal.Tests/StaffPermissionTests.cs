using Microsoft.AspNetCore.Routing;
using Tokenline.Commerce.Access;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Staff;
using Tokenline.Portal.Access;

namespace Tokenline.Portal.Tests;

/// <summary>Every page of staff for every role, and for those who are no staff.</summary>
[Collection(OnePortal.Name)]
public sealed class StaffPermissionTests(PortalServer server)
{
    private const string AllOfOperator =
        "SeeDashboard SeeCustomers SeePayments ActForCustomers Refund Adjust SeeCatalogue ChangeCatalogue SeeModels ChangeModels Operate SeeVendors ChangeVendors "
        + "SeeFinance RunBills RunSettlements Reconcile SeeNotifications SendNotifications SeeAuditLog SeeSettings ChangeSettings SeeStaff ManageStaff";

    /// <summary>What each role may, as one reads it. The code has a table of its own; the two must agree.</summary>
    [Theory]
    [InlineData(StaffRole.Administrator, AllOfOperator)]
    [InlineData(StaffRole.Product, "SeeDashboard SeeCatalogue ChangeCatalogue SeeModels ChangeModels SeeVendors ChangeVendors")]
    [InlineData(
        StaffRole.Finance,
        "SeeDashboard SeeCustomers SeePayments Refund Adjust SeeCatalogue SeeVendors SeeFinance RunBills RunSettlements Reconcile"
    )]
    [InlineData(StaffRole.Support, "SeeCustomers SeePayments ActForCustomers Refund SeeCatalogue SeeNotifications SendNotifications")]
    [InlineData(
        StaffRole.Operations,
        "SeeDashboard SeeCatalogue SeeModels Operate SeeVendors SeeNotifications SendNotifications SeeSettings"
    )]
    [InlineData(
        StaffRole.Auditor,
        "SeeDashboard SeeCustomers SeePayments SeeCatalogue SeeModels SeeVendors SeeFinance SeeNotifications SeeAuditLog SeeSettings SeeStaff"
    )]
    [InlineData(
        StaffRole.VendorAdministrator,
        "VendorSee VendorChange VendorSeeStatements VendorAnswerStatements VendorChangePayout VendorManagePeople"
    )]
    [InlineData(StaffRole.VendorFinance, "VendorSee VendorSeeStatements VendorAnswerStatements VendorChangePayout")]
    [InlineData(StaffRole.VendorViewer, "VendorSee")]
    public void A_role_has_these_rights_and_no_others(StaffRole role, string rights) =>
        Assert.Equal(
            rights.Split(' ').Order(),
            Enum.GetValues<StaffRight>().Where(right => StaffRights.Has(role, right)).Select(right => right.ToString()).Order()
        );

    [Fact]
    public async Task Every_page_opens_to_the_roles_that_the_table_says_and_to_no_others()
    {
        Assert.True(Pages().Count() > 8);
        foreach (var role in Enum.GetValues<StaffRole>())
        {
            using var visit = await server.AsAsync(role);
            foreach (var (route, needs) in Pages())
            {
                var page = await visit.GetAsync(route);
                var may = needs.Staff is not { } right || StaffRights.Has(role, right);
                // Whoever does not see the first page is led to what is theirs.
                var expected =
                    may ? 200
                    : route is "/operator" && !role.IsOfVendor() ? 302
                    : 403;
                Assert.True(
                    page.Status == expected || (!may && page.Status == 302 && route is "/operator" or "/vendor"),
                    $"{role} at {route}: {page.Status}"
                );
                Assert.Equal(may, page.Status == 200);
            }
        }
    }

    [Fact]
    public async Task Subscribers_are_not_let_in_and_those_who_are_both_change_over()
    {
        var customer = await server.CustomerAsync(0);
        using var visit = await server.SignedInAsync(customer);
        foreach (var (route, _) in Pages())
            Assert.Equal(403, (await visit.GetAsync(route)).Status);

        var desk = server.Get<StaffDesk>();
        var by = Tokenline.Commerce.AuditTrail.AuditActor.System("test");
        var member = (
            await desk.AddAsync(customer.PhoneNumber, "Both", [StaffRole.Support], null, by, null, PortalServer.Cancel)
        ).Required();
        Assert.Equal(200, (await visit.GetAsync("/operator/customers")).Status);
        Assert.Contains("href=\"/operator/customers\"", (await visit.GetAsync("/home")).Body, StringComparison.Ordinal);
        Assert.Contains("href=\"/home\"", (await visit.GetAsync("/operator/customers")).Body, StringComparison.Ordinal);

        // Removed, the person is signed out everywhere, and signed in again is a subscriber and nothing else.
        await desk.RemoveAsync(member.Id, by, null, PortalServer.Cancel);
        Assert.True((await visit.GetAsync("/operator/customers")).LeadsToSignIn);
        Assert.True((await visit.GetAsync("/home")).LeadsToSignIn);
        using var again = await server.SignedInAsync(customer);
        Assert.Equal(403, (await again.GetAsync("/operator/customers")).Status);
        Assert.Equal(200, (await again.GetAsync("/home")).Status);
    }

    [Fact]
    public async Task Who_is_staff_and_no_subscriber_signs_in_without_becoming_one()
    {
        var number = server.NewPhoneNumber();
        var by = Tokenline.Commerce.AuditTrail.AuditActor.System("test");
        (await server.Get<StaffDesk>().AddAsync(number, "Ann", [StaffRole.Support], null, by, null, PortalServer.Cancel)).Required();
        using var visit = server.Visit();
        var sent = await visit.PostAsync("/sign-in", "number", ("phone", number));
        var signedIn = await visit.PostAsync(sent.Location!, "code", ("code", await server.CodeAsync(number)));

        Assert.Equal("/operator/customers", signedIn.PathOf());
        Assert.Equal(200, (await visit.GetAsync("/operator/customers")).Status);
        Assert.Equal("/operator/customers", (await visit.GetAsync("/home")).PathOf());
        Assert.Equal(200, (await visit.GetAsync("/staff/sessions")).Status);
        Assert.Null(await server.Get<ICustomerStore>().FindByPhoneAsync(number, PortalServer.Cancel));
    }

    /// <summary>Buttons that a role has no right to are not there, and a form that is sent anyway finds none.</summary>
    [Fact]
    public async Task Support_and_finance_act_on_their_own_part_of_a_customer_only()
    {
        var customer = await server.CustomerAsync(1000);
        var address = $"/operator/customers/{customer.Id}";
        using var support = await server.AsAsync(StaffRole.Support);
        using var finance = await server.AsAsync(StaffRole.Finance);
        using var auditor = await server.AsAsync(StaffRole.Auditor);

        Assert.Equal(["standing", "note"], FormOnPage.Of(await support.GetAsync(address)).Select(form => form.Handler));
        Assert.Equal(["give"], FormOnPage.Of(await finance.GetAsync(address)).Select(form => form.Handler));
        Assert.Empty(FormOnPage.Of(await auditor.GetAsync(address)));
        foreach (var visit in new[] { finance, auditor })
            await visit.PostAsync(address, "standing", ("step", "confirm"), ("standing-reason", "because"), ("seen", "x"));
        Assert.False((await server.Get<Customers>().FindAsync(customer.Id, PortalServer.Cancel)).Value!.Suspended);
    }

    /// <summary>Pages of staff without an id in their address.</summary>
    private IEnumerable<(string Route, NeedsAttribute Needs)> Pages() =>
        from source in server.Get<IEnumerable<EndpointDataSource>>()
        from endpoint in source.Endpoints.OfType<RouteEndpoint>()
        let needs = endpoint.Metadata.GetMetadata<NeedsAttribute>()
        where
            needs is { ForStaff: true }
            && !endpoint.RoutePattern.RawText!.Contains('{', StringComparison.Ordinal)
            && endpoint.RoutePattern.RawText is not ("/operator/bill" or "/operator/statement")
        select (endpoint.RoutePattern.RawText!.TrimEnd('/'), needs);
}
