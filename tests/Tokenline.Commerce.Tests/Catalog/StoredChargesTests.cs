using System.Text.Json;
using CsCheck;
using Tokenline.Charging.Tariffs;
using Tokenline.Charging.Tests.Tariffs;
using Tokenline.Commerce.Catalog;

namespace Tokenline.Commerce.Tests.Catalog;

public sealed class StoredChargesTests
{
    private static readonly Gen<Ratio> ratios = Gen.Select(Gen.Long[1, 50_000], Gen.Long[1, 50_000]).Select((n, d) => new Ratio(n, d));

    private static readonly Gen<TimeOfDay?> hours = Gen.Select(Gen.Int[0, 3], Gen.Int[1, 127], Gen.Int[0, 2], ratios, Gen.Int[0, 400])
        .Select(
            (count, days, rule, factor, holiday) =>
                count == 0
                    ? null
                    : new TimeOfDay(
                        "Asia/Shanghai",
                        [
                            .. Enumerable
                                .Range(0, count)
                                .Select(i => new TimeWindow(
                                    $"window {i}",
                                    (Weekdays)days,
                                    i * 300,
                                    (i * 300) + 120,
                                    factor,
                                    (HolidayRule)rule
                                )),
                        ],
                        [new DateOnly(2026, 1, 1).AddDays(holiday)]
                    )
        );

    private static readonly Gen<Multipliers> multipliers = Gen.Select(Gen.Bool, hours, ratios, ratios, ratios)
        .Select(
            (any, hours, batch, region, group) =>
                any
                    ? new Multipliers
                    {
                        Classes = new([new(ServiceClass.Batch, batch), new(ServiceClass.Standard, Ratio.One)]),
                        Hours = hours,
                        Regions = new([new("eu", region)]),
                        CustomerGroups = new([new("staff", group)]),
                    }
                    : Multipliers.None
        );

    /// <summary>A tariff that has, or has not, every rule there is.</summary>
    private static readonly Gen<ModelTariff> tariffs = Gen.Select(
            RandomCards.All,
            RandomCards.All,
            RandomCards.All,
            multipliers,
            Gen.Long[1, 1_000_000_000]
        )
        .Select(
            (price, weight, dollars, multipliers, credit) =>
                new ModelTariff("m", 7, Currency.Cny, price, [new(new("credit"), Credits.Of(price, credit)), new(new("point"), weight)])
                {
                    OtherPrices = [new(new("USD"), dollars)],
                    Volume = price.Volume?.Group,
                    Multipliers = multipliers,
                }
        );

    [Fact]
    public void What_is_stored_is_read_as_the_same_charges() =>
        tariffs.Sample(
            tariff =>
            {
                var version = TariffVersion.Of(7, World.Start, World.Start, "why", [tariff]);
                var read = version.ToTariff().Models["m"];
                // The same to the last rule: told by what it is stored as again, and by reference where the engine does.
                Assert.Equal(version.Body, TariffVersion.Of(7, World.Start, World.Start, "why", [read]).Body);
                Assert.Equal(ReferenceEquals(tariff.Multipliers, Multipliers.None), ReferenceEquals(read.Multipliers, Multipliers.None));
            },
            iter: 300,
            threads: 1
        );

    [Fact]
    public void What_was_stored_rates_every_call_as_before() =>
        Gen.Select(tariffs, RandomCards.Bounded, RandomCards.Contexts, RandomCards.Sets)
            .Sample(
                (tariff, bounded, context, meters) =>
                {
                    var read = TariffVersion.Of(7, World.Start, World.Start, "why", [tariff]).ToTariff().Models["m"];
                    var here = tariff.Context(World.Start, context.Traits, context.VolumeBefore);
                    var there = read.Context(World.Start, context.Traits, context.VolumeBefore);
                    Assert.Equal(here, there);
                    foreach (var (card, stored) in Cards(tariff).Zip(Cards(read)))
                    {
                        Assert.Equal(card.Amount(bounded.Usage, here, meters), stored.Amount(bounded.Usage, there, meters));
                        Assert.Equal(card.WorstCase(bounded.Bound, here, meters), stored.WorstCase(bounded.Bound, there, meters));
                    }
                },
                iter: 300,
                threads: 1
            );

    /// <summary>A version as every installation has it from before there were rules.</summary>
    [Fact]
    public void A_version_of_the_first_form_is_read_as_it_always_was()
    {
        const string body = """
            {"glm-5":{"currency":"CNY","price":[
              {"upToInput":32000,"rates":[4000000000,1000000000,4000000000,4000000000,18000000000,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]},
              {"rates":[6000000000,1500000000,6000000000,6000000000,22000000000,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]}],
             "weights":{"point":[
              {"upToInput":32000,"rates":[1000000,250000,1000000,1000000,4500000,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]},
              {"rates":[1500000,375000,1500000,1500000,5500000,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]}]}}}
            """;

        var tariff = new TariffVersion(1, World.Start, World.Start, "list prices", body).ToTariff();

        var glm = tariff.Models["glm-5"];
        Assert.Equal((1, "glm-5", 1, Currency.Cny), (tariff.Version, glm.Model, glm.Version, glm.Currency));
        Assert.Same(Multipliers.None, glm.Multipliers);
        Assert.Null(glm.Volume);
        var context = glm.Context(World.Start, CallTraits.Plain, 0);
        Assert.Equal(98_000_000, glm.Retail(Usage.Of(20_000, 1_000), context));
        Assert.Equal(217_000_000, glm.Retail(Usage.Of(30_000, 1_000, cachedInput: 10_000), context));
        Assert.Equal(24_500_000_000, glm.CardIn(new QuotaUnit("point"))!.Amount(Usage.Of(20_000, 1_000), context, MeterSet.All).Rounded());
    }

    /// <summary>Plain prices are stored as they always were, so that most of the journal's versions stay short.</summary>
    [Fact]
    public void A_plain_price_is_stored_without_a_word_of_rules()
    {
        var plain = PriceSheets.Sheets.Tariff("");

        var stored = JsonSerializer
            .Deserialize<JsonElement>(TariffVersion.Of(1, World.Start, World.Start, "why", [plain]).Body)
            .GetProperty("m");

        Assert.Equal(["currency", "price", "weights"], stored.EnumerateObject().Select(member => member.Name));
    }

    private static IEnumerable<RateCard> Cards(ModelTariff tariff) =>
        tariff.Weights.Select(weight => weight.Card).Append(tariff.Price).Concat(tariff.OtherPrices.Select(other => other.Card));
}
