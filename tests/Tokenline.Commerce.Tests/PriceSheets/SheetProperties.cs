using System.Collections.Immutable;
using System.Text.Json;
using CsCheck;
using Tokenline.Charging.Tariffs;
using Tokenline.Charging.Tests.Tariffs;
using Tokenline.Commerce.Catalog;

namespace Tokenline.Commerce.Tests.PriceSheets;

/// <summary>Any combination of rules can be typed: whatever is charged has a sheet, and that sheet is read as the same charges.</summary>
public sealed class SheetProperties
{
    private static readonly VolumeGroup group = new("g", MeterSet.Of(Meter.Input, Meter.Output), "UTC");

    /// <summary>Random cards in the figures that a sheet can have, and with what all cards of a sheet share.</summary>
    private static readonly Gen<ModelTariff> tariffs = Gen.Select(
            RandomCards.All,
            RandomCards.All,
            RandomCards.All,
            Gen.Long[1, 1_000_000_000],
            Gen.Bool
        )
        .Select(
            (price, weight, dollars, credit, isApart) =>
            {
                var rules = price.Table;
                var money = Typed(price, 1_000_000, RateCard.PerMillion, rules, isApart);
                var tariff = new ModelTariff(
                    "m",
                    1,
                    Currency.Cny,
                    money,
                    [new(new("credit"), Credits.Of(money, credit)), new(new("point"), Typed(weight, 1, RateCard.PerUnit, rules, isApart))]
                )
                {
                    OtherPrices = [new(new("USD"), Typed(dollars, 1_000_000, RateCard.PerMillion, rules, isApart))],
                    Multipliers = new()
                    {
                        Classes = new([new(ServiceClass.Batch, new Ratio(1, 2))]),
                        Regions = new([new("eu", new Ratio(11, 10))]),
                    },
                };
                var counts =
                    money.Volume is not null || tariff.Weights[1].Card.Volume is not null || tariff.OtherPrices[0].Card.Volume is not null;
                return tariff with { Volume = counts ? group : null };
            }
        );

    [Fact]
    public void What_is_charged_has_a_sheet_that_is_read_as_the_same_charges() =>
        tariffs.Sample(
            tariff =>
            {
                var json = JsonSerializer.Serialize(Pricing.ToSheet(tariff), CommerceJson.Options);

                var read = Sheets.Pricing.ToTariff("m", JsonSerializer.Deserialize<PriceSheet>(json, CommerceJson.Options)!, 1);

                Assert.True(read.Refused is null, $"{read.Refused?.Param}: {read.Refused?.Message} in {json}");
                Assert.Equal(Stored(tariff), Stored(read.Required()));
            },
            iter: 300,
            threads: 1
        );

    private static string Stored(ModelTariff tariff) => TariffVersion.Of(1, World.Start, World.Start, "", [tariff]).Body;

    private static RateCard Typed(RateCard card, long step, long scale, RateTable shared, bool isApart) =>
        new(Typed(card.Table, step, shared, isApart), scale)
        {
            Minimum = card.Minimum,
            Multipliers = card.Multipliers,
            Volume = card.Volume is { Tiers.Length: > 1 } volume
                ? new(
                    VolumeKind.Retroactive, // of all cards of a sheet alike
                    group,
                    [
                        .. volume.Tiers.Select(tier =>
                            tier.Rates is { } rates
                                ? new VolumeTier(tier.UpTo, Ratio.One, Typed(rates, step, shared, isApart, card.Table.Images))
                                : tier
                        ),
                    ]
                )
                : null,
        };

    /// <param name="step">What rates are multiples of: a price for one of a meter has nine decimals.</param>
    private static RateTable Typed(RateTable table, long step, RateTable shared, bool isApart, ImagePrices? images = null)
    {
        return new RateTable([.. table.Tiers.Select(tier => tier with { Rates = Rates(tier) })])
        {
            ReasoningApart = isApart,
            // A package of one is none, and input is always there to be sold in packages.
            Packages = shared.Packages.All.IsEmpty ? Packages.None : new([new(Meter.Input, 1 + shared.Packages.All[0].Units)]),
            Images = new([.. (images ?? table.Images).Classes.Select(image => image with { Rate = Rate(image.Rate) })]),
        };

        ImmutableArray<long> Rates(RateTier tier) =>
            [
                .. Enum.GetValues<Meter>()
                    .Select(meter =>
                        meter == Meter.Reasoning && !isApart ? 0 : Math.Max(meter == Meter.Input ? step : 0, Rate(tier[meter]))
                    ),
            ];

        long Rate(long rate) => rate % 1_000 * step;
    }
}
