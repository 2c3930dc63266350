using System.Collections.Immutable;
using Tokenline.Charging.Tariffs;

namespace Tokenline.Charging.Tests.Tariffs;

/// <summary>Cards and tariffs in few words. Prices are in nano a million, which for the eye are small whole numbers here.</summary>
internal static class Cards
{
    public static readonly DateTimeOffset Noon = new(2026, 1, 7, 4, 0, 0, TimeSpan.Zero); // Wednesday, noon in Shanghai

    public static RateTier Tier(long? upToInput, params ReadOnlySpan<(Meter Meter, long Rate)> rates) => Tier(upToInput, null, rates);

    public static RateTier Tier(long? upToInput, long? upToOutput, params ReadOnlySpan<(Meter Meter, long Rate)> rates)
    {
        var all = new long[Usage.MeterCount];
        foreach (var (meter, rate) in rates)
            all[(int)meter] = rate;
        return new RateTier(upToInput, [.. all]) { UpToOutput = upToOutput };
    }

    public static RateTable Table(params ImmutableArray<RateTier> tiers) => new(tiers);

    public static RateTable Flat(params ReadOnlySpan<(Meter Meter, long Rate)> rates) => new([Tier(null, rates)]);

    /// <summary>Rates per unit, so that amounts are easy to see.</summary>
    public static RateCard Card(RateTable table) => new(table, RateCard.PerUnit);

    public static ModelTariff Tariff(RateCard price, string model = "m", int version = 1) => new(model, version, Currency.Cny, price, []);

    public static ExactAmount Amount(
        RateCard card,
        in Usage usage,
        long volumeBefore = 0,
        CallTraits? traits = null,
        MeterSet? meters = null
    ) => card.Amount(usage, new RatingContext(Noon, traits ?? CallTraits.Plain, Ratio.One, volumeBefore), meters ?? MeterSet.All);

    public static long Rounded(RateCard card, in Usage usage, long volumeBefore = 0) => Amount(card, usage, volumeBefore).Rounded();
}
