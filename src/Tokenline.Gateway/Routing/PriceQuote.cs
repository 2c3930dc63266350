using Tokenline.Charging.Tariffs;

namespace Tokenline.Gateway.Routing;

/// <summary>
/// What a call comes to by a tariff or contract at one second, to compare and never to charge: rates of input and output by tier, times the factors of the hour;
/// no volume, no minimum, no caches. In units of the operator's currency.
/// </summary>
internal sealed class PriceQuote
{
    private readonly Tier[] tiers;

    private PriceQuote(Tier[] tiers, decimal inputPerMillion, decimal outputPerMillion) =>
        (this.tiers, InputPerMillion, OutputPerMillion) = (tiers, inputPerMillion, outputPerMillion);

    /// <summary>For a million tokens of a small prompt, in decimals: rules compare it with what people have entered.</summary>
    public decimal InputPerMillion { get; }

    public decimal OutputPerMillion { get; }

    /// <param name="exchange">Units of the operator's currency for one of the tariff's.</param>
    public static PriceQuote Of(ModelTariff charges, DateTimeOffset at, decimal exchange)
    {
        var card = charges.Price;
        var factor = Of(charges.Multipliers.Of(at, CallTraits.Plain)) * Of(card.Multipliers.Of(at, CallTraits.Plain));
        var perMillion = factor * exchange * RateCard.PerMillion / Money.NanoPerUnit / card.Scale;
        var unit = (double)(perMillion / RateCard.PerMillion); // scores need not be exact
        var first = card.Table.Tiers[0];
        return new PriceQuote(
            [
                .. card.Table.Tiers.Select(tier => new Tier(
                    tier.UpToInput ?? long.MaxValue,
                    tier.UpToOutput ?? long.MaxValue,
                    tier[Meter.Input] * unit,
                    tier[Meter.Output] * unit,
                    tier[Meter.Request] * unit
                )),
            ],
            first[Meter.Input] * perMillion,
            first[Meter.Output] * perMillion
        );
    }

    public double Of(long input, long output)
    {
        foreach (ref readonly var tier in tiers.AsSpan())
        {
            if (input <= tier.UpToInput && output <= tier.UpToOutput)
                return (tier.Input * input) + (tier.Output * output) + tier.Request;
        }
        ref readonly var last = ref tiers[^1];
        return (last.Input * input) + (last.Output * output) + last.Request;
    }

    private static decimal Of(Ratio ratio) => (decimal)ratio.Numerator / ratio.Denominator;

    private readonly record struct Tier(long UpToInput, long UpToOutput, double Input, double Output, double Request);
}
