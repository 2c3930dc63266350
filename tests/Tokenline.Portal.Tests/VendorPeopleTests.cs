using Tokenline.Billing.Vendors;
using Tokenline.Commerce.Access;
using Tokenline.Commerce.AuditTrail;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Staff;

namespace Tokenline.Portal.Tests;

/// <summary>A vendor's administrator brings in its people, changes their roles and removes them; and two of them are needed for where it is paid.</summary>
[Collection(OnePortal.Name)]
public sealed class VendorPeopleTests(PortalServer server)
{
    private const string Address = "/vendor/people";
    private static readonly AuditActor test = AuditActor.System("test");

    private static CancellationToken None => CancellationToken.None;

    private StaffDesk Desk => server.Get<StaffDesk>();

    [Fact]
    public async Task Somebody_is_invited_told_by_text_changed_and_removed_with_all_sessions()
    {
        var (vendor, boss) = await VendorAsync("harbor-ai");
        using var visit = await SignedInAsync(boss.PhoneNumber);
        var number = server.NewPhoneNumber();
        var invited = await visit.PostAsync(
            Address,
            "invite",
            ("phone", number),
            ("newname", "Lin"),
            ("newrole", "VendorViewer"),
            ("invitewhy", "Joined us")
        );
        Assert.Equal($"{Address}?told=yes", invited.PathOf());
        Assert.Contains(
            $"{server.Url}/sign-in",
            await server.Get<Access.DemoPhone>().NewestAsync(number, PortalServer.Cancel),
            StringComparison.Ordinal
        );
        var lin = (await Desk.FindAsync(number, None))!;
        Assert.Equal((vendor, StaffRole.VendorViewer), (lin.Vendor, lin.Roles.Single()));
        using var theirs = await SignedInAsync(number);
        Assert.Equal(200, (await theirs.GetAsync("/vendor")).Status);
        Assert.Equal(403, (await theirs.GetAsync("/vendor/payout")).Status);
        Assert.Equal(403, (await theirs.GetAsync(Address)).Status);

        var changed = await visit.PostAsync(
            $"{Address}?of={lin.Id}",
            "change",
            ("name", "Lin"),
            ("role", "VendorFinance"),
            ("why", "Does the books now")
        );
        Assert.Equal(302, changed.Status);
        Assert.Equal(200, (await theirs.GetAsync("/vendor/payout")).Status);

        Assert.Equal(302, (await visit.ConfirmAsync($"{Address}?of={lin.Id}", "remove", "Has left")).Status);
        Assert.True((await theirs.GetAsync("/vendor")).LeadsToSignIn);
        Assert.Empty(await server.Get<Sessions>().ListAsync(number, None));
        var log = await server.Get<AuditLog>().ListAsync(new AuditQuery { Id = lin.Id.ToString() }, null, 20, None);
        Assert.Equal(
            [("staff.add", "Joined us"), ("staff.change", "Does the books now"), ("staff.remove", "Has left")],
            log.Where(entry => entry.Draft.Stage == AuditStage.Done).Reverse().Select(entry => (entry.Draft.Action, entry.Draft.Why))
        );
        Assert.All(log, entry => Assert.Equal((vendor, boss.Name), (entry.Draft.Vendor, entry.Draft.Who.Name)));
    }

    [Fact]
    public async Task The_last_administrator_does_not_go_and_nobody_reaches_another_vendors_people()
    {
        var (_, boss) = await VendorAsync("pier-ai");
        var (other, foreign) = await VendorAsync("quay-ai");
        using var visit = await SignedInAsync(boss.PhoneNumber);

        var self = await visit.ConfirmAsync($"{Address}?of={boss.Id}", "remove", "I leave");
        Assert.Contains("Another administrator has to take this role", self.Body, StringComparison.Ordinal);
        var weaker = await visit.PostAsync(
            $"{Address}?of={boss.Id}",
            "change",
            ("name", boss.Name),
            ("role", "VendorViewer"),
            ("why", "rest")
        );
        Assert.Equal(200, weaker.Status);
        Assert.Contains(StaffRole.VendorAdministrator, (await Desk.FindAsync(boss.Id, None)).Value!.Roles);

        // Of another vendor there is nobody: not in the list, not by id, not by what is sent.
        Assert.DoesNotContain(foreign.PhoneNumber, (await visit.GetAsync(Address)).Body, StringComparison.Ordinal);
        await visit.PostAsync($"{Address}?of={foreign.Id}", "change", ("name", "X"), ("role", "VendorViewer"), ("why", "because"));
        var people = server.Get<VendorPeople>();
        Assert.Equal(Problems.NotFound, (await people.RemoveAsync(boss.Vendor!, foreign.Id, boss.As(), "because", None)).Refused!.Problem);
        Assert.Equal((other, foreign.Name, null), (foreign.Vendor, (await Desk.FindAsync(foreign.Id, None)).Value!.Name, foreign.EndedAt));
        // A role of the operator is not given by a vendor.
        var king = await visit.PostAsync(
            Address,
            "invite",
            ("phone", server.NewPhoneNumber()),
            ("newname", "King"),
            ("newrole", "Administrator")
        );
        Assert.Contains("is a role of the operator", king.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_account_is_used_when_another_person_of_the_vendor_or_the_operators_finance_has_confirmed_it()
    {
        var (vendor, boss) = await VendorAsync("wharf-ai");
        var accounts = server.Get<PayoutAccounts>();
        using var visit = await SignedInAsync(boss.PhoneNumber);
        Assert.Equal(302, (await visit.ConfirmAsync("/vendor/payout", "payout", "Our bank", ("account", "6222 0000 9001"))).Status);
        var own = await visit.GetAsync("/vendor/payout");
        Assert.Contains("somebody else confirms it", own.Body, StringComparison.Ordinal);
        Assert.DoesNotContain(FormOnPage.Of(own), form => form.Handler == "confirm-account");
        Assert.Null(await accounts.RevealAsync(vendor, None));

        // The operator's finance says yes; support does not even see the page.
        using var support = await server.AsAsync(StaffRole.Support);
        Assert.Equal(403, (await support.GetAsync($"/operator/vendors/{vendor}")).Status);
        using var product = await server.AsAsync(StaffRole.Product);
        Assert.DoesNotContain(
            FormOnPage.Of(await product.GetAsync($"/operator/vendors/{vendor}")),
            form => form.Handler == "confirm-account"
        );
        using var finance = await server.AsAsync(StaffRole.Finance);
        Assert.Equal(302, (await finance.ConfirmAsync($"/operator/vendors/{vendor}", "confirm-account", "Called the bank")).Status);
        Assert.Equal("6222 0000 9001", await accounts.RevealAsync(vendor, None));

        // The next by a second person of the vendor; one that is rejected leaves it in use.
        await visit.ConfirmAsync("/vendor/payout", "payout", "Another bank", ("account", "6222 0000 9002"));
        var number = server.NewPhoneNumber();
        (await Desk.AddAsync(number, "Mei", [StaffRole.VendorFinance], vendor, test, null, None)).Required();
        using var mei = await SignedInAsync(number);
        Assert.Equal(302, (await mei.ConfirmAsync("/vendor/payout", "reject-account", "Not known to me")).Status);
        Assert.Equal("6222 0000 9001", await accounts.RevealAsync(vendor, None));
        await visit.ConfirmAsync("/vendor/payout", "payout", "Another bank", ("account", "6222 0000 9003"));
        Assert.Equal(302, (await mei.ConfirmAsync("/vendor/payout", "confirm-account", "Read it aloud")).Status);
        Assert.Equal("6222 0000 9003", await accounts.RevealAsync(vendor, None));

        var log = await server.Get<AuditLog>().ListAsync(new AuditQuery { Action = "payout-account.", Vendor = vendor }, null, 50, None);
        Assert.Contains(log, entry => entry.Draft is { Action: "payout-account.confirm", Why: "Called the bank", Before: not null });
        Assert.Contains(log, entry => entry.Draft is { Action: "payout-account.reject", Why: "Not known to me" });
        // Not the whole entry: its hash has any four digits now and then.
        Assert.DoesNotContain(
            log,
            entry => $"{entry.Draft.Before}{entry.Draft.After}{entry.Draft.Why}".Contains("6222", StringComparison.Ordinal)
        );
    }

    /// <summary>A vendor of its own, and its administrator.</summary>
    private async Task<(string Vendor, StaffMember Boss)> VendorAsync(string vendor)
    {
        var address = server.Get<IModelCatalogSource>().Current.Find("qwen3.5-plus")!.Deployments[0].BaseUrl;
        (
            await server
                .Get<CatalogEditing>()
                .PutVendorAsync(new VendorEntry(vendor, address) { ApiKeys = ["simulator"], Simulated = true }, None)
        ).Required();
        var boss = await Desk.AddAsync(
            server.NewPhoneNumber(),
            $"Boss of {vendor}",
            [StaffRole.VendorAdministrator],
            vendor,
            test,
            null,
            None
        );
        return (vendor, boss.Required());
    }

    private async Task<Visit> SignedInAsync(string phoneNumber) =>
        new(server.Url, (await server.Get<Sessions>().BeginAsync(phoneNumber, null, "Test", "127.0.0.1")).Secret);
}

internal static class StaffActors
{
    public static AuditActor As(this StaffMember member) => new(AuditActorKind.Staff, member.Id.ToString(), member.Name);
}
