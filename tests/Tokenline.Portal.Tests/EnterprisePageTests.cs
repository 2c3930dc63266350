using System.Text.RegularExpressions;
using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Commerce.Calling;
using Tokenline.Commerce.Entitlement;
using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Parties;

namespace Tokenline.Portal.Tests;

[Collection(Lane.Forms)]
public sealed class EnterprisePageTests(PortalServer server)
{
    [Fact]
    public async Task A_tree_is_made_with_caps_and_costs_are_read_along_it()
    {
        var family = await server.FamilyAsync();
        using var visit = await server.SignedInAsync(family.Owner, family.Household);
        var account = family.Household.Account;
        Assert.Equal(
            302,
            (
                await visit.PostAsync(
                    "/departments",
                    "add",
                    ("form.Name", "Research"),
                    ("form.Kind", "department"),
                    ("form.Parent", $"{Allotment.Root}"),
                    ("form.Limits.Cap", "5")
                )
            ).Status
        );
        var research = await NodeAsync(account, "Research");
        Assert.Equal(
            302,
            (
                await visit.PostAsync(
                    "/departments",
                    "add",
                    ("form.Name", "Vision"),
                    ("form.Kind", "project"),
                    ("form.Parent", $"{research.Id}")
                )
            ).Status
        );
        var vision = await NodeAsync(account, "Vision");
        Assert.Equal((research.Id, AllotmentType.Project), (vision.Parent, vision.Type));
        Assert.Contains(
            "1 and at most",
            (
                await visit.PostAsync(
                    "/departments",
                    "add",
                    ("form.Name", "X"),
                    ("form.Parent", $"{research.Id}"),
                    ("form.Limits.Cap", "0")
                )
            ).Body.Replace("more than 0 and at most", "1 and at most", StringComparison.Ordinal),
            StringComparison.Ordinal
        );

        var key = (
            await server.Get<Keys>().CreateAsync(family.Household.Id, new KeyTerms("vision-key", Allotment: vision.Id), PortalServer.Cancel)
        ).Required();
        await server.CallAsync(key.Text);
        var page = (await visit.GetAsync("/costs?by=node")).Body;
        Assert.True(page.IndexOf("Research", StringComparison.Ordinal) < page.IndexOf("Vision", StringComparison.Ordinal));
        var csv = (await visit.GetAsync("/costs.csv?by=node")).Body;
        Assert.Matches("Research,0,0\\.\\d+,CNY,1,", csv); // with what lies under it
        Assert.Matches("Vision,1,0\\.\\d+,CNY,1,", csv);
        Assert.Contains(PortalServer.Model, (await visit.GetAsync("/costs.csv?by=model")).Body, StringComparison.Ordinal);
        Assert.Contains("vision-key", (await visit.GetAsync("/costs.csv?by=member")).Body, StringComparison.Ordinal);

        Assert.Equal(302, (await visit.PostAsync("/departments", $"close-{vision.Id}")).Status);
        Assert.True((await NodeAsync(account, "Vision")).IsClosed);
        Assert.Equal(302, (await visit.PostAsync("/departments", $"limits-{research.Id}", ($"limits-{research.Id}.Cap", "7"))).Status);
        Assert.Equal(7 * Money.NanoPerUnit, (await NodeAsync(account, "Research")).Limits!.Single().Max);
    }

    [Fact]
    public async Task A_department_administrator_changes_what_lies_under_their_own_place_and_nothing_else()
    {
        var family = await server.FamilyAsync();
        using var owner = await server.SignedInAsync(family.Owner, family.Household);
        foreach (var name in new[] { "Sales", "Legal" })
            Assert.Equal(
                302,
                (
                    await owner.PostAsync(
                        "/departments",
                        "add",
                        ("form.Name", name),
                        ("form.Kind", "department"),
                        ("form.Parent", $"{Allotment.Root}")
                    )
                ).Status
            );
        var (sales, legal) = (await NodeAsync(family.Household.Account, "Sales"), await NodeAsync(family.Household.Account, "Legal"));
        var number = server.NewPhoneNumber();
        await server.JoinAsync(family.Household, number, new MemberTerms(MemberRole.DepartmentAdministrator, "Dan", Parent: sales.Id));
        using var visit = await server.SignedInAsync(number, family.Household);

        var page = await visit.GetAsync("/departments");
        Assert.Contains("Sales", page.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("Legal", page.Body, StringComparison.Ordinal);
        Assert.Equal(
            302,
            (
                await visit.PostAsync(
                    "/departments",
                    "add",
                    ("form.Name", "East"),
                    ("form.Kind", "project"),
                    ("form.Parent", $"{sales.Id}")
                )
            ).Status
        );
        Assert.Equal(
            200,
            (
                await visit.PostAsync("/departments", "add", ("form.Name", "Spy"), ("form.Kind", "project"), ("form.Parent", $"{legal.Id}"))
            ).Status
        );
        Assert.Equal(
            200,
            (
                await visit.PostAsync(
                    "/departments",
                    "add",
                    ("form.Name", "Top"),
                    ("form.Kind", "department"),
                    ("form.Parent", $"{Allotment.Root}")
                )
            ).Status
        );
        await visit.PostAsync("/departments", $"close-{sales.Id}"); // their own place is not theirs to change
        await visit.PostAsync("/departments", $"close-{legal.Id}");
        var tree = await server.Get<IChargingAccounts>().ServedTreeAsync(family.Household.Account);
        Assert.DoesNotContain(
            tree,
            node => node.View.Terms.Name is "Spy" or "Top" || node.View.Terms is { Name: "Sales" or "Legal", IsClosed: true }
        );
        Assert.Equal(403, (await visit.GetAsync("/access")).Status);
        Assert.Equal(403, (await visit.GetAsync("/changes")).Status);
    }

    [Fact]
    public async Task A_pool_is_shared_out_and_a_part_is_moved_once_however_often_the_form_is_sent()
    {
        var family = await server.FamilyAsync();
        using var visit = await server.SignedInAsync(family.Owner, family.Household);
        var order = new OrderRequest(family.Household.Id, "team-standard", "pool", Seats: 2); // 50,000 credits
        var pool = (await server.Get<Ordering>().PlaceAsync(order, PortalServer.Cancel)).Required().Product!.Value;
        foreach (var name in new[] { "Research", "Sales" })
            await visit.PostAsync(
                "/departments",
                "add",
                ("form.Name", name),
                ("form.Kind", "department"),
                ("form.Parent", $"{Allotment.Root}")
            );
        var (research, sales) = (
            (await NodeAsync(family.Household.Account, "Research")).Id,
            (await NodeAsync(family.Household.Account, "Sales")).Id
        );
        Assert.Equal(302, (await ShareAsync(research, "30,000", "")).Status);
        Assert.Equal(302, (await ShareAsync(sales, "10000", "")).Status);
        Assert.Equal(200, (await ShareAsync(sales, "some", "")).Status);
        Assert.Contains("guaranteed more than it may use", (await ShareAsync(sales, "10000", "60000")).Body, StringComparison.Ordinal);
        Assert.Contains("the others may take all", (await ShareAsync(research, "30000", "1000")).Body, StringComparison.Ordinal); // members have no cap
        Assert.Equal([(research, 30_000L, 0L), (sales, 10_000L, 0L)], await SharesAsync());

        var page = (await visit.GetAsync("/departments")).Body;
        var once = Regex.Match(page, "name=\"move.Key\" value=\"(web-[0-9a-f]+)\"").Groups[1].Value;
        Assert.Equal(200, (await MoveAsync("nothing", once)).Status);
        Assert.Equal(200, (await MoveAsync("40000", once)).Status); // more than Research may have
        Assert.Equal([(research, 30_000L, 0L), (sales, 10_000L, 0L)], await SharesAsync());
        foreach (var answer in await Task.WhenAll(MoveAsync("5,000", once), MoveAsync("5,000", once)))
            Assert.True(answer.Status is 200 or 302);
        Assert.Equal(302, (await MoveAsync("5,000", once)).Status); // and again after a reload
        Assert.Equal([(research, 25_000L, 0L), (sales, 15_000L, 0L)], await SharesAsync());
        Assert.Contains("25,000", (await visit.GetAsync("/departments")).Body, StringComparison.Ordinal);

        // Who looks after one department has no part in how the pool is shared out.
        var number = server.NewPhoneNumber();
        await server.JoinAsync(family.Household, number, new MemberTerms(MemberRole.DepartmentAdministrator, "Dan", Parent: sales));
        using var other = await server.SignedInAsync(number, family.Household);
        Assert.DoesNotContain("move.Key", (await other.GetAsync("/departments")).Body, StringComparison.Ordinal);
        await other.PostAsync(
            "/departments",
            $"move-{pool}",
            ("move.Key", "web-another"),
            ("move.From", $"{research}"),
            ("move.To", $"{sales}"),
            ("move.Amount", "1000")
        );
        Assert.Equal([(research, 25_000L, 0L), (sales, 15_000L, 0L)], await SharesAsync());

        Task<Page> ShareAsync(AllotmentId node, string most, string least) =>
            visit.PostAsync("/departments", $"share-{pool}-{node}", ("share.Most", most), ("share.Least", least));

        Task<Page> MoveAsync(string amount, string key) =>
            visit.PostAsync(
                "/departments",
                $"move-{pool}",
                ("move.Key", key),
                ("move.From", $"{research}"),
                ("move.To", $"{sales}"),
                ("move.Amount", amount)
            );

        async Task<IEnumerable<(AllotmentId, long, long)>> SharesAsync() =>
            (await server.Get<PoolShares>().FindAsync(pool, PortalServer.Cancel))
                .Required()
                .Shares.Where(share => share.Most is not null)
                .OrderBy(share => share.Name, StringComparer.Ordinal)
                .Select(share => (share.Node, share.Most!.Value / QuotaUnit.Micro, share.Least / QuotaUnit.Micro));
    }

    [Fact]
    public async Task Addresses_are_named_and_every_change_is_in_the_log_of_this_account_and_no_other()
    {
        var family = await server.FamilyAsync();
        using var visit = await server.SignedInAsync(family.Owner, family.Household);
        Assert.Equal(302, (await visit.PostAsync("/access", "line", ("name", "Office"), ("range", "203.0.113.0/24"))).Status);
        Assert.Contains(
            "no bits beyond",
            (await visit.PostAsync("/access", "line", ("name", "Wrong"), ("range", "203.0.113.9/24"))).Body,
            StringComparison.Ordinal
        );
        Assert.Equal(
            "203.0.113.0/24",
            (await server.Get<CallingTermsEditing>().FindAsync(family.Household.Id, PortalServer.Cancel)).Lines.Single().Range
        );
        Assert.Equal(302, (await visit.PostAsync("/access", "remove-line_203.0.113.0/24")).Status);
        Assert.Empty((await server.Get<CallingTermsEditing>().FindAsync(family.Household.Id, PortalServer.Cancel)).Lines);
        Assert.Equal(302, (await visit.PostAsync("/settings", "preference", ("prefers", "Greenest"))).Status);
        await visit.PostAsync("/keys", "make", ("form.Name", "logged-key"), ("form.Expires", "0"));

        var log = (await visit.GetAsync("/changes")).Body;
        foreach (
            var words in new[] { "access.line", "settings.preference", "keys.make", "logged-key", "203.0.113.0/24", "refused", "done" }
        )
            Assert.Contains(words, log, StringComparison.Ordinal);
        Assert.Equal(2, Regex.Count(log, "<code>access.line</code>"));
        Assert.Equal(1, Regex.Count(log, "<code>access.remove</code>"));
        Assert.Contains("<code>line_203.0.113.0/24</code>", log, StringComparison.Ordinal); // which one it was
        Assert.DoesNotMatch("tl-[A-Za-z0-9_-]{43}", log);

        var stranger = await server.CustomerAsync(0);
        using var other = await server.SignedInAsync(stranger);
        Assert.DoesNotContain("access.line", (await other.GetAsync("/changes")).Body, StringComparison.Ordinal);
        Assert.Contains(
            family.Owner[^4..],
            (
                await server
                    .Get<Commerce.AuditTrail.AuditLog>()
                    .ListAsync(new() { Customer = family.Household.Id }, null, 1, PortalServer.Cancel)
            )[0]
                .Draft
                .Who
                .Name,
            StringComparison.Ordinal
        );
    }

    private async Task<Allotment> NodeAsync(AccountId account, string name) =>
        (await server.Get<IChargingAccounts>().ServedTreeAsync(account)).Single(node => node.View.Terms.Name == name).View.Terms;
}
