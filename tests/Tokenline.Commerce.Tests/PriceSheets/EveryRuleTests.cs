using System.Text.Json;
using Tokenline.Charging.Tariffs;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.PriceSheets;

namespace Tokenline.Commerce.Tests.PriceSheets;

/// <summary>Every rule of the engine can be typed, and is what was typed.</summary>
public sealed class EveryRuleTests
{
    private const string All = """
        "tiers":[
          {"upToInput":32000,"upToOutput":200,
           "price":{"input":"2","cached_input":"0.4","output":"8","reasoning":"10","search":"0.01","image":"0.2","character":"100"},
           "weights":{"point":{"input":"0.5","cached_input":"0.1","output":"2","reasoning":"2.5","search":"2500","image":"50000","character":"25"}}},
          {"upToInput":32000,
           "price":{"input":"3","cached_input":"0.6","output":"14","reasoning":"16","search":"0.01","image":"0.2","character":"100"},
           "weights":{"point":{"input":"0.75","cached_input":"0.15","output":"3.5","reasoning":"4","search":"2500","image":"50000","character":"25"}}},
          {"price":{"input":"4","cached_input":"0.8","output":"16","reasoning":"18","search":"0.01","image":"0.2","character":"100"},
           "weights":{"point":{"input":"1","cached_input":"0.2","output":"4","reasoning":"4.5","search":"2500","image":"50000","character":"25"}}}],
        "reasoning":"apart",
        "packages":{"character":1000,"search":10},
        "images":{"1024x1024/high":"0.8"},
        "minimum":"0.001",
        "volume":{"kind":"retroactive","group":"all","meters":["input","cached_input","output"],"timeZone":"UTC","tiers":[
          {"upTo":1000000,"factor":"1"},
          {"upTo":9000000,"factor":"0.9"},
          {"rates":[{"rates":{"input":"1","cached_input":"0.2","output":"4","reasoning":"5","search":"0.005","image":"0.1","character":"50"}}]}]},
        "serviceClasses":{"standard":"1","flex":"0.5","priority":"2","batch":"1/3"},
        "hours":{"timeZone":"Asia/Shanghai","calendar":"cn-2026","holidays":["2026-12-25"],"windows":[
          {"name":"peak","days":["monday","friday"],"from":"09:00","to":"12:00","factor":"2","onHolidays":"exclude"},
          {"name":"night","from":"22:00","to":"06:00","factor":0.5},
          {"name":"holiday","from":"13:00","to":"20:00","factor":"0.8","days":["saturday"],"onHolidays":"only"}]},
        "regions":{"eu":"1.1"},
        "customerGroups":{"staff":"0.7"},
        "money":{"regions":{"eu":"1.2"}},
        "units":{
          "point":{"minimum":"10","images":{"1024x1024/high":"200000"},"volumeTiers":[{"upTo":500,"factor":"1"},{"factor":"0.95"}],
                   "hours":{"windows":[{"name":"point night","from":"00:00","to":"08:00","factor":"0.5"}]},"serviceClasses":{"batch":"0.9"}},
          "request":{"tiers":[{"rates":{"input":"0","output":"0","reasoning":"0","search":"0","image":"0","character":"0","request":"1"}}]},
          "credit":{"worth":"0.01"}},
        "currencies":{"USD":{"minimum":"0.0002","tiers":[
          {"upToInput":64000,"rates":{"input":"0.3","output":"1.2","reasoning":"1.5","search":"0.002","image":"0.03","character":"15"}},
          {"rates":{"input":"0.6","output":"2.4","reasoning":"3","search":"0.002","image":"0.03","character":"15"}}]}}
        """;

    [Fact]
    public void Every_rule_becomes_what_was_typed()
    {
        var tariff = Sheets.Tariff(All);

        var table = tariff.Price.Table;
        Assert.Equal(
            [(32_000, 200), (32_000, null), ((long?)null, (long?)null)],
            table.Tiers.Select(tier => (tier.UpToInput, tier.UpToOutput))
        );
        Assert.True(table.ReasoningApart);
        Assert.Equal([new(Meter.Character, 1000), new(Meter.Search, 10)], table.Packages.All);
        Assert.Equal([new ImagePrice("1024x1024/high", 800_000_000_000_000)], table.Images.Classes); // 0.8 for one is 800,000 for a million
        Assert.Equal((1_000_000, RateCard.PerMillion), (tariff.Price.Minimum, tariff.Price.Scale));
        Assert.Equal(new Ratio(6, 5), Assert.Single(tariff.Price.Multipliers.Regions.All).Factor);

        var volume = tariff.Price.Volume!;
        Assert.Equal((VolumeKind.Retroactive, "all", "UTC"), (volume.Kind, volume.Group.Name, volume.Group.TimeZone));
        Assert.Equal(MeterSet.Of(Meter.Input, Meter.CachedInput, Meter.Output), tariff.Volume!.Meters);
        Assert.Equal([Ratio.One, new Ratio(9, 10), Ratio.One], volume.Tiers.Select(tier => tier.Factor));
        Assert.Equal(1_000_000_000, volume.Tiers[2].Rates!.Tiers[0][Meter.Input]);

        Assert.Equal(new Ratio(1, 3), tariff.Multipliers.Classes.Find(ServiceClass.Batch));
        var hours = tariff.Multipliers.Hours!;
        Assert.Contains(new DateOnly(2026, 2, 17), hours.Holidays);
        Assert.Contains(new DateOnly(2026, 12, 25), hours.Holidays);
        Assert.Equal(
            new TimeWindow("peak", Weekdays.Monday | Weekdays.Friday, 540, 720, new Ratio(2, 1), HolidayRule.Exclude),
            hours.Windows[0]
        );
        Assert.Equal(new TimeWindow("night", Weekdays.All, 1320, 360, new Ratio(1, 2)), hours.Windows[1]);

        var point = tariff.CardIn(new QuotaUnit("point"))!;
        Assert.Equal((10_000_000, RateCard.PerUnit), (point.Minimum, point.Scale));
        Assert.Equal("Asia/Shanghai", point.Multipliers.Hours!.TimeZone);
        Assert.Equal(2, point.Volume!.Tiers.Length);
        Assert.Equal(QuotaUnit.Micro, tariff.CardIn(new QuotaUnit("request"))!.Table.Tiers[0][Meter.Request]);
        var credit = tariff.CardIn(new QuotaUnit("credit"))!;
        Assert.Equal((new Ratio(1_000_000, 10_000_000), 1_000_000), (credit.Worth, credit.Minimum));

        var dollars = tariff.CardIn(new Currency("USD"))!;
        Assert.Equal((300_000_000, 200_000), (dollars.Table.Tiers[0][Meter.Input], dollars.Minimum));
    }

    [Fact]
    public void What_is_charged_is_shown_as_a_sheet_that_would_be_charged_the_same()
    {
        var tariff = Sheets.Tariff(All);
        var json = JsonSerializer.Serialize(Pricing.ToSheet(tariff), CommerceJson.Options);

        var again = Sheets.Pricing.ToTariff("m", JsonSerializer.Deserialize<PriceSheet>(json, CommerceJson.Options)!, 1).Required();

        Assert.Equal(json, JsonSerializer.Serialize(Pricing.ToSheet(again), CommerceJson.Options));
        var context = tariff.Context(World.Start, new CallTraits(ServiceClass.Batch, "eu", "staff", "1024x1024/high"), 999_000);
        var usage = Usage.Of(40_000, 900, cachedInput: 100, reasoning: 500);
        usage[Meter.Image] = 3;
        usage[Meter.Character] = 1_001;
        usage[Meter.Request] = 1;
        Assert.Equal(Amounts(tariff), Amounts(again));

        IEnumerable<ExactAmount> Amounts(ModelTariff model) =>
            model
                .Weights.Select(weight => weight.Card)
                .Append(model.Price)
                .Append(model.OtherPrices[0].Card)
                .Select(card => card.Amount(usage, context, MeterSet.All));
    }

    [Fact]
    public void Each_of_the_meters_has_a_price_of_its_own()
    {
        var meters = Enum.GetValues<Meter>();
        var price = string.Join(',', meters.Select((meter, i) => $"\"{MeterNames.Of(meter)}\":\"{i + 1}\""));

        var rates = Sheets.Tariff("\"tiers\":[{\"price\":{" + price + "}}],\"reasoning\":\"apart\"").Price.Table.Tiers[0];

        Assert.All(
            meters,
            meter => Assert.Equal(((long)meter + 1) * 1_000_000_000 * (1_000_000 / MeterQuotes.UnitsOf(meter)), rates[meter])
        );
    }

    /// <summary>A meter without a published price is not free: media in cost what input costs, audio out what output costs.</summary>
    [Fact]
    public void Media_without_a_price_cost_what_text_costs()
    {
        var rates = Sheets.Tariff("").Price.Table.Tiers[0];

        foreach (var meter in new[] { Meter.AudioInput, Meter.ImageInput, Meter.VideoInput })
            Assert.Equal(rates[Meter.Input], rates[meter]);
        Assert.Equal(rates[Meter.Output], rates[Meter.AudioOutput]);
    }

    [Fact]
    public void Dollars_are_converted_in_every_rule_of_the_price_and_credits_stay_worth_the_operators_money()
    {
        var tariff = Sheets.Tariff(
            """
            "currency":"USD","tiers":[{"price":{"input":"1","output":"2","image":"0.1"}}],"images":{"big":"0.2"},"minimum":"0.01","units":{"credit":{"worth":"0.01"}}
            """
        );

        Assert.Equal(6_737_900_000, tariff.Price.Table.Tiers[0][Meter.Input]);
        Assert.Equal(673_790_000_000_000, tariff.Price.Table.Tiers[0][Meter.Image]);
        Assert.Equal(1_347_580_000_000_000, tariff.Price.Table.Images.Classes[0].Rate);
        Assert.Equal(67_379_000, tariff.Price.Minimum);
        Assert.Equal(
            673_790_000,
            tariff
                .CardIn(new QuotaUnit("credit"))!
                .Amount(Usage.Of(1_000_000, 0), tariff.Context(World.Start, CallTraits.Plain, 0), MeterSet.All)
                .Rounded()
        );
    }
}
