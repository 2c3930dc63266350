using System.Collections.Immutable;
using Tokenline.Charging.Tariffs;
using Tokenline.Commerce.Catalog;

namespace Tokenline.Commerce.PriceSheets;

/// <summary>Whose volume counts, and what it does.</summary>
internal sealed record Volume(VolumeKind Kind, VolumeGroup Group);

/// <summary>Monthly volume: the group that is counted, and the tiers of each card.</summary>
internal static class VolumeEntry
{
    private const int NameLengthMax = 64;
    private const long DenominatorMax = 1_000_000_000;

    public static Refused? Read(VolumeSheet? given, string zone, string at, out Volume? volume)
    {
        volume = null;
        if (given is null)
            return null;
        if (given.Kind is not ("marginal" or "retroactive"))
            return Refused.Invalid($"{at}.kind", $"'{given.Kind}' is not known: volume is marginal or retroactive.");
        if (given.Group is not { Length: > 0 and <= NameLengthMax } group || group != group.Trim())
            return Refused.Invalid($"{at}.group", $"A group has a name of 1 to {NameLengthMax} characters.");
        if (ReadMeters(given.Meters, $"{at}.meters", out var meters) is { } wrong)
            return wrong;
        zone = given.TimeZone ?? zone;
        if (HoursEntry.ReadZone(zone, $"{at}.timeZone") is { } unknown)
            return unknown;
        volume = new(given.Kind == "marginal" ? VolumeKind.Marginal : VolumeKind.Retroactive, new(group, meters, zone));
        return null;
    }

    /// <summary>The tiers of one card.</summary>
    public static Refused? ReadTiers(
        IReadOnlyList<VolumeTierSheet?>? given,
        Volume? volume,
        CardUnit unit,
        TableRules rules,
        MeterSet priced,
        string at,
        out VolumeTiers? tiers
    )
    {
        tiers = null;
        if (given is null)
            return null;
        if (volume is null)
            return Refused.Invalid(at, "There is no volume: say which meters of which group are counted.");
        if (given.Count is < 2 or > TierEntry.Max)
            return Refused.Invalid(at, $"Volume has 2 to {TierEntry.Max} tiers.");
        var all = ImmutableArray.CreateBuilder<VolumeTier>(given.Count);
        var denominator = 1L;
        for (var i = 0; i < given.Count; i++)
        {
            var here = $"{at}[{i}]";
            var before = i == 0 ? 0 : given[i - 1]!.UpTo;
            if (given[i] is not { } tier || tier.UpTo is null != (i == given.Count - 1))
                return Refused.Invalid($"{here}.upTo", "The last volume tier, and only the last, has no upper limit.");
            if (tier.UpTo <= before)
                return Refused.Invalid($"{here}.upTo", "Volume tiers are in rising order.");
            if (ReadTier(tier, unit, rules, priced, here, out var read) is { } wrong)
                return wrong;
            denominator = Common(denominator, read.Factor.Denominator);
            if (denominator > DenominatorMax)
                return Refused.Invalid(
                    $"{here}.factor",
                    "The factors of the tiers have no common denominator within reason: write them as decimals."
                );
            all.Add(read);
        }
        tiers = new(volume.Kind, volume.Group, all.ToImmutable());
        return null;
    }

    public static VolumeSheet? Show(ModelTariff tariff, CardUnit money, MeterSet shown)
    {
        if (tariff.Volume is not { } group)
            return null;
        var ofAnyCard = tariff
            .Weights.Select(weight => weight.Card)
            .Concat(tariff.OtherPrices.Select(other => other.Card))
            .Prepend(tariff.Price)
            .Select(card => card.Volume)
            .FirstOrDefault(volume => volume is not null);
        return new(
            ofAnyCard?.Kind == VolumeKind.Retroactive ? "retroactive" : "marginal",
            group.Name,
            [.. Enum.GetValues<Meter>().Where(group.Meters.Has).Select(MeterNames.Of)],
            group.TimeZone,
            ShowTiers(tariff.Price.Volume, money, shown)
        );
    }

    public static IReadOnlyList<VolumeTierSheet>? ShowTiers(VolumeTiers? volume, CardUnit unit, MeterSet shown) =>
        volume is null
            ? null
            :
            [
                .. volume.Tiers.Select(tier =>
                    tier.Rates is { } rates
                        ? new VolumeTierSheet(tier.UpTo, null, TierEntry.Show(rates, unit, shown))
                        : new VolumeTierSheet(tier.UpTo, Factor.Of(tier.Factor))
                ),
            ];

    private static Refused? ReadTier(
        VolumeTierSheet given,
        CardUnit unit,
        TableRules rules,
        MeterSet priced,
        string at,
        out VolumeTier tier
    )
    {
        tier = null!;
        if (given.Rates is null == given.Factor is null)
            return Refused.Invalid($"{at}.factor", "A volume tier has a factor of the rates, or rates of its own: one of them.");
        if (given.Factor is { } factor)
        {
            if (factor.Read($"{at}.factor", out var ratio) is { } wrongFactor)
                return wrongFactor;
            tier = new(given.UpTo, ratio);
            return null;
        }
        if (
            TierEntry.Read(TierEntry.Lines(given.Rates!, $"{at}.rates"), unit, rules, $"{at}.rates", out var table, out var here) is
            { } wrong
        )
            return wrong;
        if (here != priced)
            return Refused.Invalid(
                $"{at}.rates",
                $"A volume tier prices the same meters as the card; these differ: {new MeterSet(here.Bits ^ priced.Bits)}. Write 0 where a meter is free."
            );
        tier = new(given.UpTo, Ratio.One, table);
        return null;
    }

    private static Refused? ReadMeters(IReadOnlyList<string>? given, string at, out MeterSet meters)
    {
        meters = default;
        if (given is null or { Count: 0 })
            return Refused.Invalid(at, "Which meters count? Give at least one.");
        for (var i = 0; i < given.Count; i++)
        {
            if (MeterEntry.ReadName(given[i], $"{at}[{i}]", out var meter) is { } unknown)
                return unknown;
            if (meter == Meter.Reasoning)
                return Refused.Invalid($"{at}[{i}]", "Reasoning is a part of output: count output.");
            if (meters.Has(meter))
                return Refused.Invalid($"{at}[{i}]", $"{given[i]} is there twice.");
            meters = MeterEntry.With(meters, meter);
        }
        return null;
    }

    /// <summary>At most <see cref="DenominatorMax"/> × 50,000.</summary>
    private static long Common(long a, long b)
    {
        var (x, y) = (a, b);
        while (y != 0)
            (x, y) = (y, x % y);
        return a / x * b;
    }
}
