using System.Text.RegularExpressions;
using Tokenline.Charging.Tariffs;
using Tokenline.Commerce.Access;
using Tokenline.Commerce.AuditTrail;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Routing;
using Tokenline.Commerce.Staff;
using Tokenline.Commerce.WhatIf;

namespace Tokenline.Portal.Tests;

/// <summary>The operator's catalogue, models, deployments, routing and vendors, over the wire and without a browser.</summary>
[Collection(OnePortal.Name)]
public sealed partial class CatalogueConsoleTests(PortalServer server)
{
    private const string Served = "glm-5";

    private static readonly (string Address, StaffRight Right)[] pages =
    [
        ("/operator/catalogue", StaffRight.SeeCatalogue),
        ("/operator/catalogue/new", StaffRight.SeeCatalogue),
        ("/operator/catalogue/offerings/plan-light", StaffRight.SeeCatalogue),
        ("/operator/catalogue/prices", StaffRight.SeeCatalogue),
        ($"/operator/catalogue/prices/{Served}", StaffRight.SeeCatalogue),
        ("/operator/catalogue/what-if", StaffRight.SeeCatalogue),
        ("/operator/models", StaffRight.SeeModels),
        ("/operator/models/new", StaffRight.ChangeModels),
        ($"/operator/models/{Served}", StaffRight.SeeModels),
        ("/operator/deployments", StaffRight.SeeModels),
        ($"/operator/deployments/{Served}@zhipu", StaffRight.SeeModels),
        ("/operator/routing", StaffRight.SeeModels),
        ($"/operator/routing/{Served}", StaffRight.SeeModels),
        ("/operator/vendors", StaffRight.SeeVendors),
        ("/operator/vendors/zhipu", StaffRight.SeeVendors),
    ];

    private static readonly StaffRight[] changing =
    [
        StaffRight.ChangeCatalogue,
        StaffRight.ChangeModels,
        StaffRight.Operate,
        StaffRight.ChangeVendors,
    ];

    [Fact]
    public async Task Every_page_opens_to_the_roles_of_staff_that_have_its_right_and_shows_nobody_a_button_without_it()
    {
        foreach (var person in DemoStaff.All)
        {
            using var visit = await StaffAsync(person.Role);
            foreach (var (address, right) in pages)
            {
                var page = await visit.GetAsync(address);
                Assert.True(page.Status == (StaffRights.Has(person.Role, right) ? 200 : 403), $"{person.Role} at {address}: {page.Status}");
                if (page.Status != 200)
                    continue;
                Assert.DoesNotContain(" style=", page.Body, StringComparison.Ordinal);
                if (!MayChange(person.Role, address))
                    Assert.DoesNotMatch(ChangingForm(), MainOf(page.Body));
            }
        }
    }

    /// <summary>Anything of the pages above. Who pays vendors also says yes to the account that one has entered, on its page.</summary>
    private static bool MayChange(StaffRole role, string address) =>
        changing.Any(right => StaffRights.Has(role, right))
        || (address.StartsWith("/operator/vendors/", StringComparison.Ordinal) && StaffRights.Has(role, StaffRight.RunSettlements));

    [Fact]
    public async Task Who_may_only_look_changes_nothing_by_sending_the_form_all_the_same()
    {
        using var auditor = await StaffAsync(StaffRole.Auditor);
        var before = await server.Get<ICatalogStore>().OfferingListingsAsync(PortalServer.Cancel);

        await auditor.PostAsync(
            "/operator/catalogue/new",
            "draft",
            ("id", "sneaky"),
            ("name", "Sneaky"),
            ("kind", "Plan"),
            ("price", "1"),
            ("months", "1"),
            ("amount0", "1000000"),
            ("unit0", "general-token")
        );
        await auditor.PostAsync($"/operator/deployments/{Served}@zhipu", "state", ("step", "preview"));
        await auditor.PostAsync("/operator/vendors/zhipu", "keys", ("new-keys", "stolen"), ("why", "because"));

        Assert.Equal(before.Count, (await server.Get<ICatalogStore>().OfferingListingsAsync(PortalServer.Cancel)).Count);
        Assert.DoesNotContain(
            (await server.Get<ICatalogStore>().LoadAsync(PortalServer.Cancel)).Mappings,
            mapping => mapping.Traffic.State == DeploymentState.Draining
        );
        Assert.DoesNotContain(
            "stolen",
            (await server.Get<ICatalogStore>().LoadAsync(PortalServer.Cancel)).Vendors.Single(vendor => vendor.Id == "zhipu").ApiKeys
        );
    }

    [Fact]
    public async Task What_is_wrong_with_a_draft_is_said_by_its_field_and_what_was_typed_stays()
    {
        using var product = await StaffAsync(StaffRole.Product);

        var page = await product.PostAsync(
            "/operator/catalogue/new",
            "draft",
            ("id", "odd"),
            ("name", "Odd plan"),
            ("kind", "Plan"),
            ("price", "9.9x"),
            ("months", "1")
        );
        var other = await product.PostAsync(
            "/operator/catalogue/new",
            "draft",
            ("id", "odd"),
            ("name", "Odd plan"),
            ("kind", "Plan"),
            ("price", "9.9"),
            ("months", "1"),
            ("days", "3"),
            ("amount0", "1000000"),
            ("unit0", "general-token")
        );

        Assert.Contains("price: '9.9x' is not a number.", page.Body, StringComparison.Ordinal);
        Assert.Contains("value=\"Odd plan\"", page.Body, StringComparison.Ordinal);
        Assert.Contains("days: ", other.Body, StringComparison.Ordinal);
        Assert.Null(await server.Get<ICatalogStore>().FindOfferingListingAsync("odd", PortalServer.Cancel));
    }

    [Fact]
    public async Task A_draft_is_tried_published_with_a_reason_and_retired_and_each_step_is_in_the_audit_log()
    {
        using var product = await StaffAsync(StaffRole.Product);
        var saved = await product.PostAsync(
            "/operator/catalogue/new",
            "draft",
            ("id", "plan-audit"),
            ("name", "Audited"),
            ("nameZh", "审计版"),
            ("kind", "Plan"),
            ("price", "19.90"),
            ("months", "1"),
            ("amount0", "20000000"),
            ("unit0", "general-token"),
            ("automatic", "yes")
        );
        Assert.Equal(302, saved.Status);
        const string address = "/operator/catalogue/offerings/plan-audit";
        var shown = await product.GetAsync(address);
        Assert.Contains("审计版", shown.Body, StringComparison.Ordinal);
        Assert.Contains("Audited", shown.Body, StringComparison.Ordinal);

        var tried = await product.PostAsync(address, "what-if", ("instead", "plan-light"));
        Assert.Equal(302, tried.Status);
        var id = tried.Location![(tried.Location!.LastIndexOf('/') + 1)..];
        var run = await Eventually.WhenAsync(
            () => server.Get<WhatIfDesk>().FindAsync(id, PortalServer.Cancel),
            run => run!.EndedAt is not null
        );
        Assert.Equal(WhatIfState.Done, run!.State);
        Assert.Contains("Who pays more, who less", (await product.GetAsync(tried.Location!)).Body, StringComparison.Ordinal);

        await ConfirmAsync(product, address, "publish", "Ready for the summer");
        Assert.Equal(
            OfferingState.Published,
            (await server.Get<ICatalogStore>().FindOfferingAsync("plan-audit", PortalServer.Cancel))!.State
        );
        await ConfirmAsync(product, address, "retire", "The summer is over");
        Assert.Equal(
            OfferingState.Retired,
            (await server.Get<ICatalogStore>().FindOfferingAsync("plan-audit", PortalServer.Cancel))!.State
        );

        var entries = await server.Get<AuditLog>().ListAsync(new AuditQuery(), null, 100, PortalServer.Cancel);
        var own = entries.Where(entry => entry.Draft.On.Id == "plan-audit").ToList();
        Assert.Contains(
            own,
            entry =>
                entry.Draft is { Action: "offering.draft", Stage: AuditStage.Begun }
                && entry.Draft.After!.Contains("19.9", StringComparison.Ordinal)
        );
        Assert.Contains(
            own,
            entry => entry.Draft is { Action: "offering.publish", Stage: AuditStage.Begun, Why: "Ready for the summer", After: not null }
        );
        Assert.Contains(own, entry => entry.Draft is { Action: "offering.retire", Why: "The summer is over", Before: not null });
        Assert.All(own, entry => Assert.Equal(AuditActorKind.Staff, entry.Draft.Who.Kind));
    }

    [Fact]
    public async Task A_price_is_scheduled_with_its_difference_shown_and_taken_back()
    {
        using var product = await StaffAsync(StaffRole.Product);
        const string address = $"/operator/catalogue/prices/{Served}";
        var sheet = Between((await product.GetAsync(address)).Body, "<textarea id=\"json\"", "</textarea>");
        var dearer = Regex.Replace(sheet, "\"output\": \"?[0-9.]+\"?", "\"output\": \"99\"");
        Assert.NotEqual(sheet, dearer);

        var looked = await product.PostAsync(address, "look", ("json", dearer), ("then", "look"));
        Assert.Contains("output ", looked.Body, StringComparison.Ordinal);
        Assert.Contains("-> 99", looked.Body, StringComparison.Ordinal);
        var from = TimeProvider
            .System.GetUtcNow()
            .AddDays(30)
            .ToString("yyyy-MM-dd'T'09:00", System.Globalization.CultureInfo.InvariantCulture);
        await ConfirmAsync(product, address, "price", "The vendor became dearer", ("json", dearer), ("from", from), ("until", ""));
        var version = (await server.Get<ICatalogStore>().TariffsAsync(PortalServer.Cancel))[^1];
        Assert.Equal(
            (TariffState.Scheduled, "The vendor became dearer"),
            (version.StateAt(TimeProvider.System.GetUtcNow()), version.Reason)
        );

        Assert.Contains("-> 99", (await product.GetAsync("/operator/catalogue/prices")).Body, StringComparison.Ordinal);
        await ConfirmAsync(product, "/operator/catalogue/prices", $"cancel-{version.Version}", "Not after all");
        Assert.NotNull((await server.Get<ICatalogStore>().TariffsAsync(PortalServer.Cancel))[^1].CancelledAt);
    }

    [Fact]
    public async Task A_policy_is_changed_after_seeing_where_calls_would_go()
    {
        using var operations = await StaffAsync(StaffRole.Operations);
        var address = "/operator/routing/kimi-k2.6";

        var preview = await operations.PostAsync(address, "policy", ("step", "preview"), ("rule", "least-cost"), ("then", ""));
        Assert.Contains("With the change: ", preview.Body, StringComparison.Ordinal);
        await ConfirmAsync(operations, address, "policy", "Cheaper at night", ("rule", "least-cost"), ("then", ""));

        Assert.Equal("least-cost", server.Get<IModelCatalogSource>().Current.Find("kimi-k2.6")!.Routing.Policy);
        await ConfirmAsync(operations, address, "policy", "As it was", ("rule", "priority"), ("then", ""));
    }

    [Fact]
    public async Task Keys_of_a_vendor_are_replaced_and_never_shown_or_written_down()
    {
        using var product = await StaffAsync(StaffRole.Product);
        const string secret = "sk-never-to-be-seen-0123456789";
        var vendor = "reseller-for-keys";
        (
            await server
                .Get<CatalogEditing>()
                .PutVendorAsync(
                    new VendorEntry(vendor, new Uri("https://api.example.com/v1")) { ApiKeys = ["old-key"] },
                    PortalServer.Cancel
                )
        ).Required();

        var replaced = await product.PostAsync(
            $"/operator/vendors/{vendor}",
            "keys",
            ("new-keys", $"{secret}\nsecond-key"),
            ("why", "Rotated")
        );

        Assert.Equal(302, replaced.Status);
        var after = (await server.Get<ICatalogStore>().LoadAsync(PortalServer.Cancel)).Vendors.Single(known => known.Id == vendor);
        Assert.Equal([secret, "second-key"], after.ApiKeys);
        var page = await product.GetAsync($"/operator/vendors/{vendor}");
        Assert.Contains("2 kept sealed", page.Body, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, page.Body, StringComparison.Ordinal);
        var entries = await server.Get<AuditLog>().ListAsync(new AuditQuery(), null, 50, PortalServer.Cancel);
        Assert.Contains(entries, entry => entry.Draft is { Action: "vendor.keys", Why: "Rotated" });
        Assert.DoesNotContain(entries, entry => $"{entry.Draft.Before}{entry.Draft.After}".Contains(secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_vendor_is_approved_gets_terms_and_a_contract_and_each_step_is_in_the_audit_log()
    {
        using var product = await StaffAsync(StaffRole.Product);
        const string vendor = "minimax";
        var onboarding = server.Get<Tokenline.Billing.Settlement.Onboarding>();
        var now = TimeProvider.System.GetUtcNow();
        (
            await onboarding.ApplyAsync(
                new(vendor, "MiniMax Ltd", "Li, li@example.com", "91310000", "6222 0000", ["MiniMax-M3"], now),
                PortalServer.Cancel
            )
        ).Required();

        Assert.Contains("MiniMax Ltd", (await product.GetAsync("/operator/vendors")).Body, StringComparison.Ordinal);
        await ConfirmAsync(product, "/operator/vendors", $"review-{vendor}", "Their papers came");
        await ConfirmAsync(product, "/operator/vendors", $"approve-{vendor}", "All is in order");
        var month = now.AddMonths(1).ToString("yyyy-MM", System.Globalization.CultureInfo.InvariantCulture);
        await ConfirmAsync(
            product,
            $"/operator/vendors/{vendor}",
            "agree",
            "As signed",
            ("period", month),
            ("terms-kind", "RevenueShare"),
            ("vendor-percent", "70"),
            ("platform-percent", "20"),
            ("platform-fixed", "0")
        );
        const string sheet = """{"currency":"CNY","tiers":[{"price":{"input":"1","output":"4"}}]}""";
        await ConfirmAsync(
            product,
            $"/operator/vendors/{vendor}",
            "contract",
            "As signed",
            ("contract-model", "MiniMax-M3"),
            ("contract-from", ""),
            ("contract-sheet", sheet)
        );

        var page = await product.GetAsync($"/operator/vendors/{vendor}");
        Assert.Contains("contracted", page.Body, StringComparison.Ordinal);
        Assert.Contains("share of revenue", page.Body, StringComparison.Ordinal);
        Assert.NotNull(server.Get<ITariffs>().Current.FindContract(vendor, "MiniMax-M3", TimeProvider.System.GetUtcNow()));
        var entries = await server.Get<AuditLog>().ListAsync(new AuditQuery(), null, 100, PortalServer.Cancel);
        foreach (var action in new[] { "vendor.review", "vendor.approve", "vendor.terms", "contract.put" })
            Assert.Contains(entries, entry => entry.Draft.Action == action && entry.Draft.Vendor == vendor && entry.Draft.Why is not null);
    }

    /// <summary>One deployment of two is drained while calls come without a pause: none fails, the rest goes elsewhere, and it empties.</summary>
    [Fact]
    public async Task A_deployment_is_drained_under_load_without_an_error_and_taken_back()
    {
        using var operations = await StaffAsync(StaffRole.Operations);
        var customer = await server.CustomerAsync(100_000_000);
        var key = await server.KeyAsync(customer);
        var rows = await server.Get<ICatalogStore>().LoadAsync(PortalServer.Cancel);
        var model = rows
            .Mappings.GroupBy(mapping => mapping.Model)
            .First(group =>
                group.Count() > 1
                && server.Get<ITariffs>().Current.Find(group.Key, TimeProvider.System.GetUtcNow())?.CardIn(new QuotaUnit("general-token"))
                    is not null
            );
        var drained = model.OrderBy(mapping => mapping.Priority).First().DeploymentId;
        var address = $"/operator/deployments/{Uri.EscapeDataString(drained)}";
        using var ending = new CancellationTokenSource();
        var load = Task.WhenAll(Enumerable.Range(0, 4).Select(_ => CallUntilAsync(ending.Token)));

        await ConfirmAsync(operations, address, "state", "Maintenance of the machine");
        var page = await operations.GetAsync(address);
        for (var looks = 0; !page.Body.Contains("data-running=\"0\"", StringComparison.Ordinal); looks++)
        {
            Assert.True(looks < 200, "it never emptied");
            await Task.Delay(50, PortalServer.Cancel);
            page = await operations.GetAsync(address);
        }
        var elsewhere = await server.CallAsync(key.Text, model.Key);
        await ending.CancelAsync();
        var called = await load; // every call was answered, or it would have thrown

        Assert.Contains("Drained: no call of it runs", page.Body, StringComparison.Ordinal);
        Assert.NotEqual(drained, elsewhere.Deployment);
        Assert.True(called.Sum() > 0);
        await ConfirmAsync(operations, address, "state", "It is well again");
        Assert.Equal(drained, (await server.CallAsync(key.Text, model.Key)).Deployment);

        async Task<int> CallUntilAsync(CancellationToken until)
        {
            var calls = 0;
            while (!until.IsCancellationRequested)
            {
                await server.CallAsync(key.Text, model.Key);
                calls++;
            }
            return calls;
        }
    }

    [Fact]
    public async Task The_last_deployment_of_a_model_that_is_for_sale_is_not_drained()
    {
        using var operations = await StaffAsync(StaffRole.Operations);
        var rows = await server.Get<ICatalogStore>().LoadAsync(PortalServer.Cancel);
        var only = rows.Mappings.GroupBy(mapping => mapping.Model).First(group => group.Count() == 1).Single();

        var refused = await ConfirmedAsync(
            operations,
            $"/operator/deployments/{Uri.EscapeDataString(only.DeploymentId)}",
            "state",
            "Maintenance"
        );

        Assert.Equal(200, refused.Status);
        Assert.Contains("no deployment would be left", refused.Body, StringComparison.Ordinal);
        rows = await server.Get<ICatalogStore>().LoadAsync(PortalServer.Cancel);
        Assert.Equal(DeploymentState.Active, rows.Mappings.Single(mapping => mapping.DeploymentId == only.DeploymentId).Traffic.State);
    }

    private async Task<Visit> StaffAsync(StaffRole role)
    {
        var person = DemoStaff.All.First(person => person.Role == role);
        return new(server.Url, (await server.Get<Sessions>().BeginAsync(person.PhoneNumber, null, "Test", "127.0.0.1")).Secret);
    }

    private static async Task ConfirmAsync(Visit visit, string address, string form, string reason, params (string, string)[] fields)
    {
        var done = await ConfirmedAsync(visit, address, form, reason, fields);
        Assert.True(done.Status == 302, $"{form}: {Between(done.Body, "role=\"alert\"", "</p>")}");
    }

    /// <summary>Preview, reason, button: as a person does it.</summary>
    private static async Task<Page> ConfirmedAsync(
        Visit visit,
        string address,
        string form,
        string reason,
        params (string, string)[] fields
    )
    {
        var preview = await visit.PostAsync(address, form, [("step", "preview"), .. fields]);
        Assert.Equal(200, preview.Status);
        string Hidden(string name) => Regex.Match(preview.Body, $"name=\"{name}\" value=\"([^\"]*)\"").Groups[1].Value;
        Assert.NotEmpty(Hidden("seen"));
        return await visit.PostAsync(
            address,
            form,
            [("step", "confirm"), ("seen", Hidden("seen")), ("once", Hidden("once")), ($"{form}-reason", reason), .. fields]
        );
    }

    /// <summary>What an element holds, from behind its opening tag.</summary>
    private static string Between(string body, string opening, string closing)
    {
        var at = body.IndexOf(opening, StringComparison.Ordinal);
        return at < 0 ? "" : body[(body.IndexOf('>', at) + 1)..body.IndexOf(closing, at, StringComparison.Ordinal)];
    }

    private static string MainOf(string body) => body[body.IndexOf("<main", StringComparison.Ordinal)..];

    [GeneratedRegex("<form method=\"post\"")]
    private static partial Regex ChangingForm();
}
