namespace Tokenline.Charging.Tariffs;

/// <summary>A call of the month as it was rated.</summary>
/// <param name="Context">With the volume before it that it was rated at.</param>
public readonly record struct VolumeCall(ModelTariff Tariff, Usage Usage, RatingContext Context);

/// <param name="Volume">Counted units of the month.</param>
/// <param name="ChargedNano">What the calls were charged while the month ran.</param>
/// <param name="DueNano">What they cost in the tier that the month ended in.</param>
public sealed record VolumeCorrection(long Volume, Int128 ChargedNano, Int128 DueNano)
{
    /// <summary>To be added to the bill; negative is owed to the customer.</summary>
    public Int128 Nano => DueNano - ChargedNano;
}

/// <summary>
/// The correction that a month with retroactive volume tiers ends in. Each call is rated once more as if it had been the month's last, and rounded as it was;
/// nothing that was charged is rewritten. Marginal tiers were final when they were charged.
/// </summary>
public static class VolumeTrueUp
{
    /// <param name="calls">All of one account, one volume group, one month and one currency, in any order.</param>
    public static VolumeCorrection Of(IReadOnlyCollection<VolumeCall> calls)
    {
        var volume = 0L;
        foreach (var call in calls)
            volume = checked(volume + (call.Tariff.Volume?.CountOf(call.Usage) ?? 0));
        Int128 charged = 0;
        Int128 due = 0;
        foreach (var (tariff, usage, context) in calls)
        {
            var provisional = tariff.Retail(usage, context);
            var isFinal = tariff.Price.Volume is not { Kind: VolumeKind.Retroactive };
            charged += provisional;
            due += isFinal ? provisional : tariff.Retail(usage, context with { VolumeBefore = volume - tariff.Volume!.CountOf(usage) });
        }
        return new(volume, charged, due);
    }
}
