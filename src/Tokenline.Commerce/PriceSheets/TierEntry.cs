using System.Collections.Immutable;
using Tokenline.Charging.Tariffs;
using Tokenline.Commerce.Catalog;

namespace Tokenline.Commerce.PriceSheets;

/// <summary>A tier before it is read.</summary>
/// <param name="At">Where the tier stands.</param>
/// <param name="AmountsAt">Where its amounts stand.</param>
internal readonly record struct TierLine(
    long? UpToInput,
    long? UpToOutput,
    IReadOnlyDictionary<string, decimal>? Amounts,
    string At,
    string AmountsAt
);

/// <summary>Context tiers, in one or two dimensions: in order, without gap or overlap, and all with the same meters.</summary>
internal static class TierEntry
{
    public const int Max = 16;

    public static Refused? Read(
        IReadOnlyList<TierLine> lines,
        CardUnit unit,
        TableRules rules,
        string at,
        out RateTable table,
        out MeterSet priced
    )
    {
        (table, priced) = (null!, default);
        if (lines.Count is 0 or > Max)
            return Refused.Invalid(at, $"A price has 1 to {Max} tiers.");
        var tiers = ImmutableArray.CreateBuilder<RateTier>(lines.Count);
        for (var i = 0; i < lines.Count; i++)
        {
            var line = lines[i];
            var before = i == 0 ? null : tiers[i - 1];
            if (TierOrder.WhatIsWrong(line.UpToInput, line.UpToOutput, before, i == lines.Count - 1) is var (field, reason))
                return Refused.Invalid($"{line.At}.{field}", reason);
            if (MeterEntry.Read(line.Amounts, unit, rules.Kind, line.AmountsAt, out var rates, out var here) is { } wrong)
                return wrong;
            if (i > 0 && here != priced)
                return Refused.Invalid(
                    line.AmountsAt,
                    $"Every tier prices the same meters; between this one and the first differ: {new MeterSet(here.Bits ^ priced.Bits)}. Write 0 where a meter is free."
                );
            priced = here;
            if (ReasoningEntry.WhatIsWrong(rates, here, rules.ReasoningApart, line.AmountsAt) is { } mixed)
                return mixed;
            tiers.Add(new RateTier(line.UpToInput, rates) { UpToOutput = line.UpToOutput });
        }
        table = rules.Apply(new RateTable(tiers.ToImmutable()));
        return null;
    }

    public static IReadOnlyList<TierLine> Lines(IReadOnlyList<RatesTierSheet?> tiers, string at, string amounts = "rates") =>
        [.. tiers.Select((tier, i) => new TierLine(tier?.UpToInput, tier?.UpToOutput, tier?.Rates, $"{at}[{i}]", $"{at}[{i}].{amounts}"))];

    /// <param name="shown">Meters that are shown even where they cost nothing.</param>
    public static IReadOnlyList<RatesTierSheet> Show(RateTable table, CardUnit unit, MeterSet shown) =>
        [.. table.Tiers.Select(tier => new RatesTierSheet(tier.UpToInput, ShowRates(tier, unit, shown), tier.UpToOutput))];

    public static Dictionary<string, decimal> ShowRates(RateTier tier, CardUnit unit, MeterSet shown) =>
        Enum.GetValues<Meter>().Where(shown.Has).ToDictionary(MeterNames.Of, meter => unit.ShowRate(tier[meter], meter));
}

/// <summary>What a table knows beside its tiers.</summary>
internal sealed record TableRules(ModelKind Kind, bool ReasoningApart, Packages Packages, ImagePrices Images)
{
    public RateTable Apply(RateTable table) =>
        new(table.Tiers)
        {
            ReasoningApart = ReasoningApart,
            Packages = Packages,
            Images = Images,
        };
}
