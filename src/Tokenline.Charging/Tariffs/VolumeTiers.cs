using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Tokenline.Charging.Tariffs;

/// <summary>How a month's volume changes the price.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<VolumeKind>))]
public enum VolumeKind
{
    /// <summary>Each unit is charged in the tier it falls into; a call that crosses an edge is divided by the share of its counted units.</summary>
    [JsonStringEnumMemberName("marginal")]
    Marginal,

    /// <summary>All units of the month are charged in the tier that the month ends in; until then, in the one reached so far (<see cref="VolumeTrueUp"/>).</summary>
    [JsonStringEnumMemberName("retroactive")]
    Retroactive,
}

/// <param name="UpTo">Counted units of the month that the tier reaches up to (and with); null is the last.</param>
/// <param name="Rates">Rates of its own; null: the card's.</param>
public sealed record VolumeTier(long? UpTo, Ratio Factor, RateTable? Rates = null);

/// <summary>Rates by the volume that the account has used this month in a group of models.</summary>
public sealed class VolumeTiers
{
    private readonly long[] factors; // of the common denominator

    public VolumeTiers(VolumeKind kind, VolumeGroup group, ImmutableArray<VolumeTier> tiers)
    {
        if (tiers.IsDefaultOrEmpty)
            throw new ArgumentException("volume has at least one tier");
        var denominator = 1L;
        for (var i = 0; i < tiers.Length; i++)
        {
            if (tiers[i].UpTo is null != (i == tiers.Length - 1))
                throw new ArgumentException("the last volume tier, and only the last, is open upwards");
            if (tiers[i].UpTo <= (i == 0 ? 0 : tiers[i - 1].UpTo))
                throw new ArgumentException("volume tiers are in rising order");
            denominator = checked(
                denominator / Ratio.GreatestDivisor(denominator, tiers[i].Factor.Denominator) * tiers[i].Factor.Denominator
            );
        }
        (Kind, Group, Tiers, Denominator) = (kind, group, tiers, denominator);
        factors = [.. tiers.Select(tier => checked(denominator / tier.Factor.Denominator * tier.Factor.Numerator))];
    }

    public VolumeKind Kind { get; }
    public VolumeGroup Group { get; }
    public ImmutableArray<VolumeTier> Tiers { get; }

    /// <summary>The common denominator of the tiers' factors.</summary>
    internal long Denominator { get; }

    internal long FactorOf(int tier) => factors[tier];

    public int TierOf(long volume)
    {
        var tier = 0;
        while (volume > Tiers[tier].UpTo)
            tier++;
        return tier;
    }

    /// <summary>The tiers that a call of so many counted units is charged in. Without any, it is charged in the one reached.</summary>
    public (int First, int Last) Reach(long before, long count)
    {
        if (count == 0)
            return (TierOf(before), TierOf(before));
        var last = TierOf(before > long.MaxValue - count ? long.MaxValue : before + count);
        return (Kind == VolumeKind.Retroactive ? last : TierOf(Math.Min(before, long.MaxValue - 1) + 1), last);
    }

    /// <summary>How many of the call's counted units fall into this tier, which it reaches.</summary>
    public long UnitsIn(int tier, long before, long count)
    {
        if (Kind == VolumeKind.Retroactive)
            return count;
        var from = tier == 0 ? before : Math.Max(before, Tiers[tier - 1].UpTo!.Value);
        return Tiers[tier].UpTo is { } limit && limit - before < count ? limit - from : count - (from - before);
    }
}
