using System.Collections.Frozen;
using System.Collections.Immutable;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Tariffs;

namespace Tokenline.Charging.Tests;

/// <summary>
/// <c>m</c>: general tokens 1 in, 0.1 cached, 2 out; 2 CNY, 0.2 and 8 a million; points 0.5, 0.05 and 1.
/// <c>tiered</c>: up to 1,000 tokens of input like m, beyond it everything at three times that; no points.
/// <c>peak</c>: like m, twice that on working days from 9 to 18 o'clock in Shanghai. <c>night</c>: like m, half of it from 1 to 3 o'clock in Berlin.
/// <c>bulk</c>: like m, and half of it beyond 1,000 tokens a month in Shanghai. <c>cheap</c>: free of tokens, at m's price in money.
/// </summary>
internal sealed class TestTariffs : ITariffs
{
    public static readonly QuotaUnit General = new("general-token");
    public static readonly QuotaUnit Point = new("point");

    private const Weekdays Work = Weekdays.Monday | Weekdays.Tuesday | Weekdays.Wednesday | Weekdays.Thursday | Weekdays.Friday;

    private static readonly Multipliers peakHours = new()
    {
        Hours = new(
            "Asia/Shanghai",
            [new("peak", Work, 9 * 60, 18 * 60, new Ratio(2, 1), HolidayRule.Exclude)],
            [new(2026, 10, 1), new(2026, 10, 2)]
        ),
    };

    private static readonly Multipliers nightHours = new()
    {
        Hours = new("Europe/Berlin", [new("night", Weekdays.All, 60, 3 * 60, new Ratio(1, 2))], []),
    };

    private static readonly VolumeGroup bulk = new("bulk", MeterSet.Of(Meter.Input, Meter.CachedInput, Meter.Output), "Asia/Shanghai");

    private static readonly VolumeTiers bulkTiers = new(VolumeKind.Marginal, bulk, [new(1000, Ratio.One), new(null, new Ratio(1, 2))]);

    public TariffBook Current { get; set; } = new([Version(1, DateTimeOffset.MinValue, 1)]);

    public ModelTariff this[string model] => Current.Find(model, DateTimeOffset.MaxValue)!;

    /// <summary>A plain call of <c>m</c>.</summary>
    /// <param name="input">Known to the token.</param>
    /// <param name="output">At most.</param>
    public HoldRequest Call(ChargeId charge, long input, long output) =>
        new()
        {
            Charge = charge,
            Key = new KeyId(1),
            Tariff = this["m"],
            Vendor = "v",
            Deployment = "d",
            Stream = false,
            InputBound = input,
            InputEstimate = input,
            OutputWanted = output,
            OutputModest = output,
            OutputMin = 1,
            Precise = true,
            Node = 1,
        };

    public static Tariff Version(int number, DateTimeOffset from, int times) =>
        new(
            number,
            from,
            new[]
            {
                Like("m", number, times),
                new ModelTariff(
                    "tiered",
                    number,
                    Currency.Cny,
                    new RateCard(Tiers(Prices(times), Prices(3 * times)), RateCard.PerMillion),
                    [new(General, new RateCard(Tiers(Weights(times), Weights(3 * times)), RateCard.PerUnit))]
                ),
                Like("peak", number, times) with
                {
                    Multipliers = peakHours,
                },
                Like("night", number, times) with
                {
                    Multipliers = nightHours,
                },
                new ModelTariff(
                    "bulk",
                    number,
                    Currency.Cny,
                    new RateCard(Table(Prices(times)), RateCard.PerMillion) { Volume = bulkTiers },
                    [new(General, new RateCard(Table(Weights(times)), RateCard.PerUnit) { Volume = bulkTiers })]
                )
                {
                    Volume = bulk,
                },
                new ModelTariff("cheap", number, Currency.Cny, Price(Prices(times)), [new(General, Weight(Rates(0, 0, 0)))]),
            }.ToFrozenDictionary(model => model.Model)
        );

    private static ModelTariff Like(string model, int number, int times) =>
        new(
            model,
            number,
            Currency.Cny,
            Price(Prices(times)),
            [new(General, Weight(Weights(times))), new(Point, Weight(Rates(500_000 * times, 50_000, 1_000_000)))]
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
