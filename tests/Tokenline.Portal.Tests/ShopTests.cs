using System.Globalization;
using System.Text.RegularExpressions;
using Tokenline.Charging;
using Tokenline.Commerce.AuditTrail;
using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Subscriptions;

namespace Tokenline.Portal.Tests;

[Collection(Lane.Forms)]
public sealed partial class ShopTests(PortalServer server)
{
    [Fact]
    public async Task A_plan_is_bought_once_however_often_the_button_the_reload_and_the_way_back_are_used()
    {
        var customer = await server.CustomerAsync(0);
        using var visit = await server.SignedInAsync(customer);
        var address = OrderLink("plan-light").Match((await visit.GetAsync("/shop")).Body).Groups[1].Value;
        var page = await visit.GetAsync(address);
        Assert.Contains("¥9.90", page.Body, StringComparison.Ordinal);
        Assert.Contains("renewed until you stop it", page.Body, StringComparison.Ordinal);
        Assert.Contains("Within 7 days you may give it back", page.Body, StringComparison.Ordinal);

        var price = Expected().Match(page.Body).Groups[1].Value;
        var pages = await Task.WhenAll(
            visit.PostAsync(address, "order", ("expected", price)),
            visit.PostAsync(address, "order", ("expected", price)),
            visit.PostAsync(address, "order", ("expected", price))
        );
        Assert.All(pages, answer => Assert.True(answer.Status is 200 or 302));
        var back = await visit.GetAsync(address);

        Assert.Contains("Done. It is yours", back.Body, StringComparison.Ordinal);
        var order = Assert.Single(await server.Get<IOrderStore>().ListAsync(customer.Id, null, 10, PortalServer.Cancel));
        Assert.Equal((OrderState.Completed, 9_900_000_000L, "portal"), (order.State, order.Price.Nano, order.Channel));
        var bucket = Assert.Single((await server.Get<IChargingAccounts>().ViewAsync(customer.Account)).Buckets);
        Assert.Equal(10_000_000L * QuotaUnit.Micro, bucket.Remaining);
    }

    [Fact]
    public async Task A_price_that_is_not_the_one_shown_buys_nothing()
    {
        var customer = await server.CustomerAsync(0);
        using var visit = await server.SignedInAsync(customer);
        var page = await visit.PostAsync("/shop/order?offering=plan-light&order=web-another-price", "order", ("expected", "1000000000"));
        Assert.Equal(200, page.Status);
        Assert.Contains("costs", page.Body, StringComparison.Ordinal);
        Assert.Empty(await server.Get<IOrderStore>().ListAsync(customer.Id, null, 10, PortalServer.Cancel));
    }

    [Theory]
    [InlineData("/shop/order?offering=plan-light")]
    [InlineData("/shop/order?offering=nothing&order=web-0123456789")]
    [InlineData("/shop/order?offering=pay-as-you-go&order=web-0123456789")]
    [InlineData("/plans/prd_0000000000000")]
    [InlineData("/plans/x")]
    [InlineData("/usage/calls/x")]
    public async Task What_is_not_there_is_said_not_to_be(string address)
    {
        var customer = await server.CustomerAsync(0);
        using var visit = await server.SignedInAsync(customer);
        Assert.Equal(404, (await visit.GetAsync(address)).Status);
    }

    [Fact]
    public async Task A_plan_is_upgraded_stopped_kept_and_given_back_for_the_unused_part()
    {
        var customer = await server.CustomerAsync(0);
        using var visit = await server.SignedInAsync(customer);
        var order = (
            await server.Get<Ordering>().PlaceAsync(new OrderRequest(customer.Id, "plan-light", "first"), PortalServer.Cancel)
        ).Required();
        var address = $"/plans/{order.Product}";

        Assert.Contains("Upgrade now", (await visit.GetAsync(address)).Body, StringComparison.Ordinal);
        Assert.Equal(302, (await visit.PostAsync(address, "upgrade-offering_plan-standard")).Status);
        var log = await server
            .Get<AuditLog>()
            .ListAsync(new AuditQuery { Customer = customer.Id, Action = "plans.upgrade" }, null, 1, PortalServer.Cancel);
        Assert.Equal(address, $"/plans/{log[0].Draft.On.Id.Split('/')[0]}"); // from what
        Assert.Equal("offering_plan-standard", log[0].Draft.On.Id.Split('/')[1]); // to what
        Assert.Equal("plan-standard", (await PlanAsync()).Offering.Id);
        Assert.Equal(302, (await visit.PostAsync(address, "stop")).Status);
        Assert.Equal(SubscriptionState.PendingTerminate, (await PlanAsync()).State);
        Assert.Equal(302, (await visit.PostAsync(address, "keep")).Status);
        Assert.True((await PlanAsync()).Renews);
        Assert.Equal(302, (await visit.PostAsync(address, "cancel")).Status);
        Assert.Equal(SubscriptionState.Terminated, (await PlanAsync()).State);

        var payments = await visit.GetAsync("/payments");
        Assert.Contains("refund", payments.Body, StringComparison.Ordinal);
        var stranger = await server.CustomerAsync(0);
        using var other = await server.SignedInAsync(stranger);
        Assert.Equal(404, (await other.GetAsync(address)).Status);
        Assert.Equal(404, (await other.PostAsync(address, "cancel")).Status);

        async Task<Subscription> PlanAsync() =>
            (await server.Get<Subscribing>().FindAsync(order.Product!.Value, PortalServer.Cancel)).Required();
    }

    [Fact]
    public async Task Two_plans_are_brought_together_at_the_price_that_was_shown_and_taken_apart_again()
    {
        var customer = await server.CustomerAsync(0);
        using var visit = await server.SignedInAsync(customer);
        var (first, second) = (await BuyAsync("plan-light"), await BuyAsync("plan-standard"));
        var address = $"/plans/{second}";

        Assert.Contains($"<option value=\"{first}\"", (await visit.GetAsync(address)).Body, StringComparison.Ordinal);
        var quote = await visit.PostAsync(address, "together", ("with", $"{first}"));
        Assert.Equal(200, quote.Status);
        var shown = long.Parse(Regex.Match(quote.Body, "name=\"shown\" value=\"(\\d+)\"").Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.InRange(shown, 1, 29_900_000_000);
        var less = await AgreeAsync(shown - 1_000_000_000);
        Assert.Equal(200, less.Status);
        Assert.Null((await PlanAsync()).Align);
        Assert.Equal(302, (await AgreeAsync(shown)).Status);
        Assert.Equal(first, (await PlanAsync()).Align!.With);
        Assert.DoesNotContain("id=\"together\"", (await visit.GetAsync(address)).Body, StringComparison.Ordinal);
        Assert.Equal(302, (await visit.PostAsync(address, "keep")).Status);
        Assert.Null((await PlanAsync()).Align);

        async Task<ProductId> BuyAsync(string offering) =>
            (await server.Get<Ordering>().PlaceAsync(new OrderRequest(customer.Id, offering, offering), PortalServer.Cancel))
                .Required()
                .Product!.Value;
        Task<Page> AgreeAsync(long price) =>
            visit.PostAsync(address, "together", ("with", $"{first}"), ("quoted", $"{first}"), ("shown", $"{price}"));
        async Task<Subscription> PlanAsync() => (await server.Get<Subscribing>().FindAsync(second, PortalServer.Cancel)).Required();
    }

    [Fact]
    public async Task The_adviser_names_what_the_same_calls_would_have_cost_under_each_plan()
    {
        var customer = await server.CustomerAsync();
        var key = await server.KeyAsync(customer);
        var records = new List<Charging.Records.UsageRecord>();
        for (var i = 0; i < 3; i++)
            records.Add(await server.CallAsync(key.Text));
        var adviser = server.Get<PlanAdviser>();
        var offerings = await server.Get<Commerce.Catalog.ICatalogStore>().OfferingsAsync(PortalServer.Cancel);

        var advices = adviser.Advise(records, offerings, 30, TimeProvider.System.GetUtcNow());

        // Three small calls: the list price of them is less than any plan costs, and the light plan pays all of them.
        var payAsYouGo = Assert.Single(advices, advice => advice.Offering is null);
        Assert.Equal(records.Sum(record => record.RetailNano), payAsYouGo.Beyond.Nano);
        Assert.Same(payAsYouGo, advices[0]);
        var light = Assert.Single(advices, advice => advice.Offering?.Id == "plan-light");
        Assert.Equal((3, 0L, 9_900_000_000L), (light.Covered, light.Beyond.Nano, light.Total.Nano));
        using var visit = await server.SignedInAsync(customer);
        Assert.Contains("Your 3 calls", (await visit.GetAsync("/shop/adviser")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Spending_beyond_plans_needs_the_consent_and_a_cap_and_ends_when_it_is_taken_back()
    {
        var customer = await server.CustomerAsync(0);
        using var visit = await server.SignedInAsync(customer);
        var without = await visit.PostAsync("/settings", "beyond", ("cap", "50"));
        Assert.Contains("tick the consent", without.Body, StringComparison.Ordinal);
        Assert.Null(await CapAsync());
        var nothing = await visit.PostAsync("/settings", "beyond", ("cap", "0"), ("consent", "yes"));
        Assert.Equal(200, nothing.Status);
        Assert.Null(await CapAsync());

        Assert.Equal(302, (await visit.PostAsync("/settings", "beyond", ("cap", "12.50"), ("consent", "yes"))).Status);
        Assert.Equal(12_500_000_000L, await CapAsync());
        Assert.Equal(302, (await visit.PostAsync("/settings", "no-beyond")).Status);
        Assert.Null(await CapAsync());

        async Task<long?> CapAsync() => (await server.Get<IChargingAccounts>().ViewAsync(customer.Account)).PayAsYouGo?.CapNano;
    }

    [Fact]
    public async Task Limits_alerts_and_stand_ins_are_set_and_wrong_ones_are_said_to_be_wrong()
    {
        var customer = await server.CustomerAsync(0);
        using var visit = await server.SignedInAsync(customer);
        Assert.Equal(302, (await visit.PostAsync("/settings", "limit", ("most", "20"))).Status);
        Assert.Contains("of ¥20.00", (await visit.GetAsync("/home")).Body, StringComparison.Ordinal);
        Assert.Equal(302, (await visit.PostAsync("/settings", "limit", ("most", ""))).Status);

        Assert.Equal(
            302,
            (
                await visit.PostAsync(
                    "/settings",
                    "alerts",
                    ("percents", "90, 30"),
                    ("days", "5"),
                    ("unusual", "3"),
                    ("sms", "yes"),
                    ("told-in", "en")
                )
            ).Status
        );
        var told = (await server.Get<IChargingAccounts>().ViewAsync(customer.Account)).Alerts;
        Assert.Equal([30, 90], told.Percents);
        var wrong = await visit.PostAsync(
            "/settings",
            "alerts",
            ("percents", "200"),
            ("days", "5"),
            ("unusual", "3"),
            ("mail", "x"),
            ("told-in", "en")
        );
        Assert.Contains("from 1 to 100", wrong.Body, StringComparison.Ordinal);

        Assert.Equal(
            302,
            (await visit.PostAsync("/settings", "rule", ("rule-model", "glm-5"), ("rule-use", "qwen3-max"), ("rule-down", "yes"))).Status
        );
        Assert.Contains("glm-5: qwen3-max, if it is down", (await visit.GetAsync("/settings")).Body, StringComparison.Ordinal);
        Assert.Equal(200, (await visit.PostAsync("/settings", "rule", ("rule-model", "no-such-model"), ("rule-down", "yes"))).Status);
    }

    private static Regex OrderLink(string offering) => new($"href=\"(/shop/order\\?offering={offering}&order=web-[0-9a-f]+)\"");

    [GeneratedRegex("name=\"expected\" value=\"(\\d+)\"")]
    private static partial Regex Expected();
}
