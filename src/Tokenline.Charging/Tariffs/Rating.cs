using System.Collections.Immutable;

namespace Tokenline.Charging.Tariffs;

/// <summary>
/// A usage rated by a tariff, and how: in money, and in each quota unit that was asked about.
/// Rates a call that never happened as well as the one on a receipt, a customer's price as well as a vendor's.
/// </summary>
public sealed record Rating(RatedCard Money, ImmutableArray<RatedQuota> Quotas)
{
    /// <summary>In money, and in each of these units.</summary>
    public static Rating Of(in Usage usage, ModelTariff tariff, in RatingContext context, ImmutableArray<QuotaUnit> units)
    {
        var everywhere = tariff.Multipliers.Explain(context.StartedAt, context.Traits);
        var quotas = ImmutableArray.CreateBuilder<RatedQuota>(units.Length);
        foreach (var unit in units)
        {
            var card =
                tariff.CardIn(unit)
                ?? throw new InvalidOperationException($"{unit} does not pay for {tariff.Model} in version {tariff.Version}");
            quotas.Add(new RatedQuota(unit, CardRating.Of(card, usage, context, everywhere)));
        }
        return new Rating(CardRating.Of(tariff.Price, usage, context, everywhere), quotas.MoveToImmutable());
    }
}

public sealed record RatedQuota(QuotaUnit Unit, RatedCard Card);

/// <summary>
/// What one card charges, explained. Figures called exact are in millionths of a nano of money, or of a micro-unit of quota, what is beyond cut off the
/// running sum: Σ lines + <see cref="MinimumExact"/> = <see cref="Exact"/>, which rounded once is <see cref="Amount"/>.
/// </summary>
/// <param name="Tier">Which context tier the call fell into, from 0.</param>
/// <param name="UpToInput">The input that this tier reaches up to; null when it is the last.</param>
/// <param name="UpToOutput">The output that this tier reaches up to; null when it is the last of its band.</param>
/// <param name="Volumes">The volume tiers that the call fell into; more than one where it crossed an edge, none where no volume counts.</param>
/// <param name="Multipliers">Those that applied to every line.</param>
/// <param name="Scale">Units of a meter that the rates are quoted for.</param>
/// <param name="Minimum">The least that a call costs, in nano or micro; 0 where there is no minimum.</param>
/// <param name="MinimumExact">What the minimum added to the lines.</param>
/// <param name="Worth">What nano were multiplied by to become credits; one where rates are in the card's own unit.</param>
/// <param name="Amount">In nano or micro.</param>
public sealed record RatedCard(
    int Tier,
    long? UpToInput,
    long? UpToOutput,
    ImmutableArray<RatedVolume> Volumes,
    ImmutableArray<AppliedMultiplier> Multipliers,
    ImmutableArray<RatedLine> Lines,
    long Scale,
    long Minimum,
    Int128 MinimumExact,
    Ratio Worth,
    Int128 Exact,
    long Amount
);

/// <summary>The part of a call that one volume tier charged.</summary>
/// <param name="Tier">From 0.</param>
/// <param name="UpTo">Counted units of the month that the tier reaches up to; null when it is the last.</param>
/// <param name="Units">Of the call's counted units.</param>
/// <param name="Of">The call's counted units.</param>
public sealed record RatedVolume(VolumeKind Kind, int Tier, long? UpTo, Ratio Factor, long Units, long Of);

/// <param name="Quantity">As the usage counts it.</param>
/// <param name="Charged">What the rate was applied to: whole packages; output without reasoning, where that is priced apart.</param>
/// <param name="Rate">Nano per million units, or micro per unit, before volume and multipliers.</param>
/// <param name="Volume">The volume tier that this line is of, from 0; null where no volume counts.</param>
public sealed record RatedLine(Meter Meter, long Quantity, Int128 Charged, long Rate, int? Volume, Int128 Exact);
