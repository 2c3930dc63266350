using Tokenline.Charging.Accounts;
using Tokenline.Commerce.Catalog;

namespace Tokenline.Host.Tests.Routing;

/// <summary>A model gets dearer while customers use it, by the whole system: catalogue, journal, dispatcher, carrier.</summary>
public sealed class PriceChangeTests(RoutingServer server) : IClassFixture<RoutingServer>
{
    [Fact]
    public async Task Who_called_the_model_is_told_and_calls_before_and_after_are_charged_by_their_own_tariff()
    {
        await using var vendor = RoutingServer.Well();
        var model = await server.ServedByAsync(vendor);
        var (caller, other) = (await server.SubscriberAsync(), await server.SubscriberAsync());
        Assert.Equal(200, (await caller.AskAsync(Wire.Ask(model: model))).Status);
        Assert.Equal(200, (await other.AskAsync(Wire.Simulated("tokens=5"))).Status);
        await Eventually.WhenAsync(other.RecordsAsync, records => records.Count == 1);
        var before = await caller.RecordInTimeAsync();

        var dearer = await DoubledAsync(model);
        (await server.Editing.PublishAsync([(model, dearer)], Schedule.AtOnce, "test", RunningServer.Cancel)).Required();
        Assert.Equal(200, (await caller.AskAsync(Wire.Ask(model: model))).Status);

        var records = await Eventually.WhenAsync(caller.RecordsAsync, found => found.Count == 2);
        Assert.Equal([52_000L, 26_000L], records.Select(record => record.RetailNano)); // 10 in at 2, 2 out at 3 CNY a million; and twice that
        Assert.Equivalent(before, records[1], strict: true); // nothing is rated again
        Assert.Equal(52_000_000L, Assert.Single(records[0].Payments).Amount);
        var sms = Assert.Single(await Eventually.WhenAsync(() => Task.FromResult(SentTo(caller)), sent => sent.Count > 0));
        Assert.Contains($"“{model}”", sms, StringComparison.Ordinal);
        Assert.Contains("input 2 -> 4", sms, StringComparison.Ordinal);
        var told = Assert.Single(await server.History.EventsAsync(caller.Account, null, 10)).Event;
        Assert.Equal((AccountEventType.PriceChanged, model), (told.Type, told.Subject));
        Assert.Empty(await server.History.EventsAsync(other.Account, null, 10));
        Assert.Empty(SentTo(other));
    }

    private async Task<PriceSheet> DoubledAsync(string model)
    {
        var listing = (await server.Get<ICatalogStore>().LoadAsync(RunningServer.Cancel)).Models.Single(known => known.Id == model);
        var tier = Assert.Single(listing.Prices.Tiers);
        return listing.Prices with
        {
            Tiers =
            [
                tier with
                {
                    Price = Doubled(tier.Price),
                    Weights = tier.Weights!.ToDictionary(unit => unit.Key, unit => Doubled(unit.Value)),
                },
            ],
        };

        static IReadOnlyDictionary<string, decimal> Doubled(IReadOnlyDictionary<string, decimal> rates) =>
            rates.ToDictionary(rate => rate.Key, rate => 2 * rate.Value);
    }

    private List<string> SentTo(Subscriber subscriber) =>
        [
            .. server
                .Server.Simulator!.Carrier.Messages.All.Where(message => message.PhoneNumber == subscriber.Customer.PhoneNumber)
                .Select(message => message.Text),
        ];
}
