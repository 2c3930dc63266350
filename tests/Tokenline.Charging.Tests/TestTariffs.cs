using System.Collections.Frozen;
using Tokenline.Charging.Tariffs;

namespace Tokenline.Charging.Tests;

/// <summary>
/// Two models. <c>m</c>: general tokens 1 in, 0.1 cached, 2 out; 2 CNY, 0.2 and 8 a million.
/// <c>tiered</c>: up to 1,000 tokens of input like m, beyond it everything at three times that; no points.
/// </summary>
internal sealed class TestTariffs : ITariffs
{
    public static readonly QuotaUnit General = new("general-token");
    public static readonly QuotaUnit Point = new("point");

    public TariffBook Current { get; set; } = new([Version(1, DateTimeOffset.MinValue, 1)]);

    public ModelTariff this[string model] => Current.Find(model, DateTimeOffset.MaxValue)!;

    public static Tariff Version(int number, DateTimeOffset from, int times) =>
        new(
            number,
            from,
            new[]
            {
                new ModelTariff(
                    "m",
                    number,
                    Currency.Cny,
                    Price(Prices(times)),
                    [new(General, Weight(Weights(times))), new(Point, Weight(Rates(500_000 * times, 50_000, 1_000_000)))]
                ),
                new ModelTariff(
                    "tiered",
                    number,
                    Currency.Cny,
                    new RateCard(Tiers(Prices(times), Prices(3 * times)), RateCard.PerMillion),
                    [new(General, new RateCard(Tiers(Weights(times), Weights(3 * times)), RateCard.PerUnit))]
                ),
            }.ToFrozenDictionary(model => model.Model)
        );

    private static long[] Prices(int times) => Rates(2_000_000_000L * times, 200_000_000L * times, 8_000_000_000L * times);

    private static long[] Weights(int times) => Rates(1_000_000L * times, 100_000L * times, 2_000_000L * times);

    private static long[] Rates(long input, long cached, long output) => [input, cached, input, input, output, 0];

    private static RateCard Price(long[] rates) => new(Table(rates), RateCard.PerMillion);

    private static RateCard Weight(long[] rates) => new(Table(rates), RateCard.PerUnit);

    private static RateTable Table(long[] rates) => new([new RateTier(null, [.. rates])]);

    private static RateTable Tiers(long[] upTo1000, long[] beyond) =>
        new([new RateTier(1000, [.. upTo1000]), new RateTier(null, [.. beyond])]);
}
