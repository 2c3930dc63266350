using Tokenline.Charging.Records;
using Tokenline.Charging.Tariffs;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Parties;

namespace Tokenline.Host.Tests;

/// <summary>What is sold and changed while the server runs counts for the very next call.</summary>
[Collection(nameof(SellingServer))]
public class SellingTests(RunningServer server)
{
    [Fact]
    [Trait("WhatOthersGotWrong", "13")]
    public async Task A_plan_on_the_phone_bill_pays_for_the_next_call()
    {
        var subscriber = await server.SubscriberAsync(tokens: 0);
        Assert.Equal(402, (await subscriber.AskAsync(Wire.Ask())).Status);

        var order = (await server.Get<Ordering>().PlaceAsync(subscriber.Customer.Id, "plan-light", "o-1", RunningServer.Cancel)).Required();
        Assert.Equal(OrderState.Completed, order.State);
        var answer = await subscriber.AskAsync(Wire.Simulated("tokens=30", members: "\"max_tokens\":50"));

        Assert.Equal(200, answer.Status);
        var record = await subscriber.RecordAsync();
        Assert.Equal(("Light", "general-token"), (Assert.Single(record.Payments).Name, record.Payments[0].Unit));
        Assert.Equal((10_000_000 * QuotaUnit.Micro) - server.Cost(RunningServer.Model, record.Usage), await subscriber.BalanceAsync());
    }

    [Fact]
    public async Task An_order_placed_twice_grants_once()
    {
        var subscriber = await server.SubscriberAsync(tokens: 0);
        var ordering = server.Get<Ordering>();

        var orders = await Task.WhenAll(
            Enumerable.Range(0, 5).Select(_ => ordering.PlaceAsync(subscriber.Customer.Id, "token-pack", "the-same", RunningServer.Cancel))
        );

        Assert.Single(orders.Select(order => order.Required().Id).Distinct());
        await Eventually.WhenAsync(subscriber.BalanceAsync, balance => balance > 0);
        Assert.Equal(400_000 * QuotaUnit.Micro, await subscriber.BalanceAsync());
    }

    [Fact]
    public async Task A_barred_number_buys_nothing_and_gets_nothing()
    {
        var customer = (await server.Get<Customers>().CreateAsync("+8613900990002", "Barred", RunningServer.Cancel)).Required();

        var order = (await server.Get<Ordering>().PlaceAsync(customer.Id, "plan-light", null, RunningServer.Cancel)).Required();

        Assert.Equal(OrderState.Failed, order.State);
        Assert.Empty((await server.Accounts.ViewAsync(customer.Account)).Buckets);
    }

    [Fact]
    public async Task A_vendor_that_is_pointed_elsewhere_is_used_there_by_the_next_call()
    {
        await using var old = new ScriptedVendor(call => call.AnswerAsync(Wire.Completion("old", Wire.Usage(1, 1))));
        await using var replacement = new ScriptedVendor(call => call.AnswerAsync(Wire.Completion("new", Wire.Usage(1, 1))));
        await server.PutVendorAsync("moving", old.BaseUrl);
        var model = await server.ModelAsync("moving", ("moving", null));
        var subscriber = await server.SubscriberAsync();
        Assert.Contains("old", (await subscriber.AskAsync(Wire.Ask(model: model))).Text, StringComparison.Ordinal);

        await server.PutVendorAsync("moving", replacement.BaseUrl);

        Assert.Contains("new", (await subscriber.AskAsync(Wire.Ask(model: model))).Text, StringComparison.Ordinal);
        Assert.Equal((1, 1), (old.Received, replacement.Received));
    }

    [Fact]
    public async Task A_real_vendor_that_is_mapped_takes_the_simulators_place_at_once()
    {
        await using var vendor = new ScriptedVendor(call => call.AnswerAsync(Wire.Completion("a real one", Wire.Usage(1, 1))));
        await server.PutVendorAsync("real", vendor.BaseUrl);
        var subscriber = await server.SubscriberAsync();

        (await server.Editing.MapAsync("qwen3-max", "real", "their-name", 1, RunningServer.Cancel)).Required();

        Assert.Contains("a real one", (await subscriber.AskAsync(Wire.Ask(model: "qwen3-max"))).Text, StringComparison.Ordinal);
        Assert.Equal("real", (await subscriber.RecordAsync()).Vendor);
    }

    [Fact]
    public async Task A_model_without_a_deployment_is_refused_before_anything_is_held()
    {
        var model = await server.ModelAsync("nobody");
        var subscriber = await server.SubscriberAsync();

        var answer = await subscriber.AskAsync(Wire.Ask(model: model));

        Assert.Equal((503, "upstream_unavailable"), (answer.Status, answer.Code));
        Assert.Equal(RunningServer.RichTokens * QuotaUnit.Micro, await subscriber.BalanceAsync());
    }

    [Fact]
    public async Task A_call_that_runs_while_the_price_changes_pays_the_price_it_started_at()
    {
        await using var vendor = new ScriptedVendor();
        var model = await server.ServeAsync(vendor);
        var subscriber = await server.SubscriberAsync();
        var before = server.Tariff(model);
        var asking = subscriber.AskAsync(Wire.Ask(model: model, stream: true));
        var running = await vendor.NextAsync();
        var dearer = new Dictionary<string, decimal> { ["input"] = 20, ["output"] = 30 };
        var weights = new Dictionary<string, IReadOnlyDictionary<string, decimal>> { ["general-token"] = dearer };
        var price = new PriceSheet(Currency.Cny, [new PriceSheetTier(null, dearer, weights)]);

        (await server.Editing.PutPriceAsync(model, price, "dearer", RunningServer.Cancel)).Required();
        await running.StreamAsync(Wire.Delta("a"), Wire.Finish(), Wire.UsageChunk(10, 5), Wire.Done);
        await asking;
        var first = await subscriber.RecordAsync();
        var next = subscriber.AskAsync(Wire.Ask(model: model, stream: true));
        await (await vendor.NextAsync()).StreamAsync(Wire.Delta("a"), Wire.Finish(), Wire.UsageChunk(10, 5), Wire.Done);
        await next;
        var second = (await subscriber.RecordsAsync())[0];

        Assert.Equal(
            (before.Version, before.Retail(Usage.Of(10, 5), before.Context(first.StartedAt, CallTraits.Plain, 0))),
            (first.TariffVersion, first.RetailNano)
        );
        Assert.Equal(((10 * 2) + (5 * 3)) * QuotaUnit.Micro, Assert.Single(first.Payments).Amount);
        Assert.Equal(((10 * 20) + (5 * 30)) * QuotaUnit.Micro, Assert.Single(second.Payments).Amount);
    }

    [Fact]
    public async Task A_bucket_for_certain_models_pays_for_these_only()
    {
        var subscriber = await server.SubscriberAsync(tokens: 0);
        await server.GrantAsync(subscriber.Account, RunningServer.RichTokens, models: ["glm-4.7"]);

        Assert.Equal(402, (await subscriber.AskAsync(Wire.Ask())).Status);
        Assert.Equal(200, (await subscriber.AskAsync(Wire.Ask(model: "glm-4.7"))).Status);
    }

    [Fact]
    public async Task What_a_vendor_is_owed_is_on_the_record_and_in_nothing_that_the_customer_gets()
    {
        await using var vendor = new ScriptedVendor(call => call.AnswerAsync(Wire.Completion("hello", Wire.Usage(1_000_000, 1_000))));
        var model = await server.ServeAsync(vendor);
        var subscriber = await server.SubscriberAsync(tokens: 100_000_000);
        var catalog = server.Get<ICatalogStore>();
        var served = (await catalog.LoadAsync(RunningServer.Cancel)).Mappings.Single(mapping => mapping.Model == model).Vendor;
        var price = new PriceSheet(
            new Currency("EUR"),
            [new PriceSheetTier(null, new Dictionary<string, decimal> { ["input"] = 0.123m, ["output"] = 7 })]
        );
        var put = await server.Get<Contracts>().PutAsync(served, model, price, Schedule.AtOnce, "", RunningServer.Cancel);
        Assert.Null(put.Refused);

        var answer = await subscriber.AskAsync(Wire.Ask(model: model));
        var record = await subscriber.RecordAsync();

        Assert.Equal(new WholesaleCost(put.Required().Version, new Currency("EUR"), 130_000_000), record.Wholesale);
        var seen =
            answer.Text + string.Join(' ', answer.Response.Headers.Select(header => $"{header.Key}: {string.Join(' ', header.Value)}"));
        foreach (var word in new[] { "wholesale", "contract", "EUR", "0.13", "130000000" })
            Assert.DoesNotContain(word, seen, StringComparison.OrdinalIgnoreCase);
    }
}
