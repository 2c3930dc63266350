using Tokenline.Charging.Records;
using Tokenline.Charging.Tariffs;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.PriceSheets;

namespace Tokenline.Host.Tests;

/// <summary>A service tier has a price of its own: held at it, charged at it, and at the cheaper one where the vendor gives another.</summary>
public class ServiceTierTests(SharedServer server)
{
    private const long Standard = (10 * 2) + (4 * 3); // general tokens of 10 in and 4 out

    [Theory]
    [InlineData("priority", "priority", 2 * Standard, ServiceClass.Priority)]
    [InlineData("priority", "default", Standard, ServiceClass.Standard)] // the vendor had no room for it
    [InlineData("priority", null, 2 * Standard, ServiceClass.Priority)]
    [InlineData("flex", "flex", Standard / 2, ServiceClass.Flex)]
    [InlineData("flex", "default", Standard / 2, ServiceClass.Flex)] // dearer than what was asked for: the vendor's matter
    [InlineData("auto", "priority", Standard, ServiceClass.Standard)]
    [InlineData("default", "default", Standard, ServiceClass.Standard)]
    public async Task A_call_costs_what_its_tier_costs(string asked, string? served, long cost, ServiceClass charged)
    {
        foreach (var stream in (bool[])[false, true])
        {
            await using var vendor = new ScriptedVendor(call => AnswerAsync(call, stream, served));
            var (subscriber, model) = (await server.SubscriberAsync(), await SoldInTiersAsync(vendor));

            var answer = await subscriber.AskAsync(Wire.Ask(model: model, stream: stream, members: $"\"service_tier\":\"{asked}\""));

            Assert.Equal(200, answer.Status);
            var record = await subscriber.RecordAsync();
            Assert.Equal(charged, (record.Traits ?? CallTraits.Plain).Service);
            Assert.Equal(cost * QuotaUnit.Micro, Assert.Single(record.Payments).Amount);
            Assert.Equal((RunningServer.RichTokens - cost) * QuotaUnit.Micro, await subscriber.BalanceAsync());
        }
    }

    [Fact]
    public async Task The_hold_is_of_the_tiers_price()
    {
        await using var vendor = new ScriptedVendor();
        var (subscriber, model) = (await server.SubscriberAsync(), await SoldInTiersAsync(vendor));
        long Reserved(Charging.Accounts.AccountView view) => view.Buckets.Sum(bucket => bucket.Reserved);
        var held = new List<long>();
        foreach (var tier in (string[])["default", "priority"])
        {
            var asking = subscriber.AskAsync(Wire.Ask(model: model, members: $"\"max_tokens\":100,\"service_tier\":\"{tier}\""));
            var call = await vendor.NextAsync();
            held.Add(Reserved(await subscriber.ViewAsync()));
            await call.AnswerAsync(Wire.Completion("Hi", Wire.Usage(10, 4)));
            await asking;
        }
        Assert.InRange(held[1], held[0] * 2, (held[0] * 2) + (100 * QuotaUnit.Micro)); // "priority" is a byte longer in the body
    }

    [Fact]
    public async Task A_tier_without_a_price_is_a_400_and_the_vendor_is_not_asked()
    {
        await using var vendor = new ScriptedVendor();
        var (subscriber, model) = (await server.SubscriberAsync(), await server.ServeAsync(vendor));

        var answer = await subscriber.AskAsync(Wire.Ask(model: model, members: "\"service_tier\":\"flex\""));

        Assert.Equal((400, "invalid_request_error", "service_tier"), (answer.Status, answer.Code, (string?)answer.Error["param"]));
        Assert.Contains("is not sold with the service tier 'flex'", (string?)answer.Error["message"], StringComparison.Ordinal);
        Assert.Equal(0, vendor.Received);
        Assert.Empty(server.Journal(subscriber.Account).OfType<Charging.Journal.Dispatched>());
    }

    private async Task<string> SoldInTiersAsync(ScriptedVendor vendor)
    {
        var model = await server.ServeAsync(vendor);
        var sheet = (await server.Get<ICatalogStore>().LoadAsync(RunningServer.Cancel))
            .Models.Single(listing => listing.Id == model)
            .Prices;
        var sold = sheet with
        {
            ServiceClasses = new Dictionary<string, Factor> { ["priority"] = new Factor("2"), ["flex"] = new Factor("1/2") },
        };
        (await server.Editing.PutPriceAsync(model, sold, "tiers", RunningServer.Cancel)).Required();
        return model;
    }

    private static Task AnswerAsync(VendorCall call, bool stream, string? served)
    {
        var tier = served is null ? "" : $",\"service_tier\":\"{served}\"";
        string WithTier(string text) => text.Replace(",\"created\":1", ",\"created\":1" + tier, StringComparison.Ordinal);
        return stream
            ? call.StreamAsync(WithTier(Wire.Delta("Hi") + Wire.Finish() + Wire.UsageChunk(10, 4)) + Wire.Done)
            : call.AnswerAsync(WithTier(Wire.Completion("Hi", Wire.Usage(10, 4))));
    }
}
