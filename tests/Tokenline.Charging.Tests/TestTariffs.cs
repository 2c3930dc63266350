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
                    Table(Prices(times)),
                    [new(General, Table(Weights(times))), new(Point, Table(Rates(500_000 * times, 50_000, 1_000_000)))]
                ),
                new ModelTariff(
                    "tiered",
                    number,
                    Currency.Cny,
                    new RateTable([new RateTier(1000, [.. Prices(times)]), new RateTier(null, [.. Prices(3 * times)])]),
                    [new(General, new RateTable([new RateTier(1000, [.. Weights(times)]), new RateTier(null, [.. Weights(3 * times)])]))]
                ),
            }.ToFrozenDictionary(model => model.Model)
        );

    private static long[] Prices(int times) => Rates(2_000_000_000L * times, 200_000_000L * times, 8_000_000_000L * times);

    private static long[] Weights(int times) => Rates(1_000_000L * times, 100_000L * times, 2_000_000L * times);

    private static long[] Rates(long input, long cached, long output) => [input, cached, input, input, output, 0];

    private static RateTable Table(long[] rates) => new([new RateTier(null, [.. rates])]);
}
