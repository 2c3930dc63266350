using System.Globalization;
using Tokenline.Billing.Proposals;
using Tokenline.Commerce.Access;
using Tokenline.Commerce.AuditTrail;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Staff;

namespace Tokenline.Portal.Tests;

/// <summary>From a vendor that is approved to its model being called, and from its new price to customers being charged it: on pages alone, both sides.</summary>
[Collection(OnePortal.Name)]
public sealed class ListingTests(PortalServer server)
{
    private static readonly AuditActor test = AuditActor.System("test");

    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task A_vendor_is_connected_lists_a_model_the_operator_approves_it_and_it_is_called()
    {
        await using var upstream = await HeldVendor.StartAsync();
        upstream.Open();
        const string vendor = "beacon-ai";
        using var product = await server.AsAsync(StaffRole.Product);
        var connected = await product.PostAsync(
            "/operator/vendors/new",
            "connect",
            ("id", vendor),
            ("title", "Beacon"),
            ("address", upstream.BaseUrl.ToString()),
            ("api", "OpenAIChat"),
            ("new-keys", "sk-beacon-1\nsk-beacon-2"),
            ("private", "yes"),
            ("why", "As signed")
        );
        Assert.Equal($"/operator/vendors/{vendor}", connected.PathOf());
        Assert.Equal(2, (await server.Get<ICatalogStore>().LoadAsync(None)).Vendors.Single(known => known.Id == vendor).ApiKeys.Length);
        using var boss = await PersonAsync(vendor);

        // Bad input is said by its field, and nothing is kept.
        var unpriced = await boss.PostAsync(
            "/vendor/models",
            "list",
            ("step", "preview"),
            ("model", "beacon-1"),
            ("context", "32000"),
            ("output", "4000")
        );
        Assert.Contains("what would it cost?", unpriced.Body, StringComparison.Ordinal);
        var spaced = await boss.PostAsync(
            "/vendor/models",
            "list",
            ("step", "preview"),
            ("model", "beacon 1"),
            ("context", "32000"),
            ("output", "4000"),
            ("input", "2"),
            ("price-output", "8")
        );
        Assert.Contains("without spaces", spaced.Body, StringComparison.Ordinal);

        (string, string)[] fields =
        [
            ("model", "beacon-1"),
            ("title", "Beacon One"),
            ("upstream", "b1"),
            ("kind", "Chat"),
            ("context", "32000"),
            ("output", "4000"),
            ("input", "2"),
            ("price-output", "8"),
        ];
        Assert.Equal(302, (await boss.ConfirmAsync("/vendor/models", "list", "Our first model", fields)).Status);
        var twice = await boss.ConfirmAsync("/vendor/models", "list", "Our first model", fields);
        Assert.Contains("waits for the operator", twice.Body, StringComparison.Ordinal);
        Assert.Null(server.Get<IModelCatalogSource>().Current.Find("beacon-1"));

        // Approved with a price sheet that has weights: a plan's tokens pay for it.
        using var support = await server.AsAsync(StaffRole.Support);
        Assert.Equal(403, (await support.GetAsync("/operator/vendors")).Status);
        var waiting = await product.GetAsync("/operator/vendors");
        Assert.Contains("Our first model", waiting.Body, StringComparison.Ordinal);
        var sheet = Between(waiting.Body, $"<textarea id=\"sheet-{vendor}/beacon-1\"", "</textarea>");
        Assert.Contains("general-token", sheet, StringComparison.Ordinal);
        // What holds quotes is sent twice, and not read back from the page.
        var form = $"list-{vendor}/beacon-1";
        var preview = await product.PostAsync("/operator/vendors", form, ("step", "preview"), ("sheet", sheet));
        var approved = await product.PostAsync(
            "/operator/vendors",
            form,
            ("step", "confirm"),
            ("sheet", sheet),
            ("seen", Hidden(preview.Body, "seen")),
            ("once", Hidden(preview.Body, "once")),
            ($"{form}-reason", "Fits our shelves")
        );
        Assert.Equal(302, approved.Status);
        var customer = await server.CustomerAsync();
        var call = await server.CallAsync((await server.KeyAsync(customer)).Text, "beacon-1");
        Assert.Equal($"beacon-1@{vendor}", call.Deployment);
        var page = await boss.GetAsync("/vendor/models");
        Assert.Contains("Fits our shelves", page.Body, StringComparison.Ordinal);
        Assert.Equal(ProposalState.Approved, (await server.Get<ModelProposals>().ListAsync(vendor, null, None)).Single().State);

        // One that is for sale already is served beside those who serve it, at the model's price; a rejected one can be asked for again.
        Assert.Equal(302, (await boss.ConfirmAsync("/vendor/models", "list", "We host it too", ("model", "glm-5"))).Status);
        Assert.Equal(302, (await product.ConfirmAsync("/operator/vendors", $"unlist-{vendor}/glm-5", "Not needed")).Status);
        Assert.Contains("Not needed", (await boss.GetAsync("/vendor/models")).Body, StringComparison.Ordinal);
        Assert.DoesNotContain(
            server.Get<IModelCatalogSource>().Current.Find("glm-5")!.Deployments,
            deployment => deployment.Vendor == vendor
        );
        var log = await server.Get<AuditLog>().ListAsync(new AuditQuery { Vendor = vendor }, null, 50, None);
        foreach (var action in new[] { "vendor.connect", "model.propose", "model.approve", "model.refuse" })
            Assert.Contains(log, entry => entry.Draft.Action == action && entry.Draft.Why is not null);
        Assert.DoesNotContain(log, entry => entry.ToString().Contains("sk-beacon", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_price_is_scheduled_after_one_has_seen_who_is_affected_the_operator_approves_it_and_it_waits_for_its_day()
    {
        const string vendor = "moonshot";
        const string model = "kimi-k2.6";
        using var boss = await PersonAsync(vendor);
        var caller = await server.CustomerAsync();
        await server.CallAsync((await server.KeyAsync(caller)).Text, model);
        var start = TimeProvider.System.GetUtcNow().AddDays(60).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        (string, string)[] fields = [("model", model), ("kind", "retail"), ("factor", "90"), ("from", start)];
        var preview = await boss.PostAsync("/vendor/prices", "propose", [("step", "preview"), .. fields]);
        Assert.Contains("customers, who made", preview.Body, StringComparison.Ordinal);
        Assert.DoesNotContain(caller.Name, preview.Body, StringComparison.Ordinal);
        Assert.Equal(302, (await boss.ConfirmAsync("/vendor/prices", "propose", "Cheaper power", fields)).Status);

        using var product = await server.AsAsync(StaffRole.Product);
        var proposal = (await server.Get<PriceProposals>().ListAsync(vendor, ProposalState.Proposed, None)).Single(view =>
            view.Proposal.Reason == "Cheaper power"
        );
        var before = server.Get<TariffHolder>().Current.Find(model, TimeProvider.System.GetUtcNow())!;
        var approved = await product.ConfirmAsync("/operator/vendors", $"yes-{vendor}-{proposal.Proposal.Id}", "A good price");
        Assert.Equal(302, approved.Status);

        // In force on its day and not before.
        var tariffs = server.Get<TariffHolder>().Current;
        var now = TimeProvider.System.GetUtcNow();
        Assert.Equal(before.Price.Table.Tiers[0][Meter.Input], tariffs.Find(model, now)!.Price.Table.Tiers[0][Meter.Input]);
        var after = tariffs.Find(model, now.AddDays(61))!.Price.Table.Tiers[0][Meter.Input];
        var nineTenths = before.Price.Table.Tiers[0][Meter.Input] * 9 / 10;
        Assert.InRange(after, nineTenths - 1, nineTenths + 1);
        var page = await boss.GetAsync("/vendor/prices");
        Assert.Contains("A good price", page.Body, StringComparison.Ordinal);
        var log = await server.Get<AuditLog>().ListAsync(new AuditQuery { Action = "price.approve" }, null, 10, None);
        Assert.Contains(log, entry => entry.Draft.Vendor == vendor && entry.Draft.Why == "A good price");
    }

    private async Task<Visit> PersonAsync(string vendor)
    {
        var number = server.NewPhoneNumber();
        (
            await server.Get<StaffDesk>().AddAsync(number, $"Boss of {vendor}", [StaffRole.VendorAdministrator], vendor, test, null, None)
        ).Required();
        return new(server.Url, (await server.Get<Sessions>().BeginAsync(number, null, "Test", "127.0.0.1")).Secret);
    }

    private static string Hidden(string body, string name) =>
        System.Text.RegularExpressions.Regex.Match(body, $"name=\"{name}\" value=\"([^\"]*)\"").Groups[1].Value;

    private static string Between(string body, string opening, string closing)
    {
        var at = body.IndexOf(opening, StringComparison.Ordinal);
        return at < 0 ? "" : body[(body.IndexOf('>', at) + 1)..body.IndexOf(closing, at, StringComparison.Ordinal)];
    }
}
