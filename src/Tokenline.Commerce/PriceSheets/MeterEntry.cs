using System.Collections.Immutable;
using Tokenline.Charging.Tariffs;
using Tokenline.Commerce.Catalog;

namespace Tokenline.Commerce.PriceSheets;

/// <summary>Meters and amounts of one tier. Never free by omission: what has no published price of its own costs as much as fresh input, or as output.</summary>
internal static class MeterEntry
{
    private static readonly Meter[] likeInput =
    [
        Meter.CachedInput,
        Meter.CacheWrite5m,
        Meter.CacheWrite1h,
        Meter.AudioInput,
        Meter.ImageInput,
        Meter.VideoInput,
    ];

    /// <summary>What calls of a kind are counted in: a price names all meters of one of these.</summary>
    private static MeterSet[] Needed(ModelKind kind) =>
        kind switch
        {
            ModelKind.Embedding => [MeterSet.Of(Meter.Input), MeterSet.Of(Meter.Embedding)],
            ModelKind.Rerank => [MeterSet.Of(Meter.Input), MeterSet.Of(Meter.Rerank)],
            ModelKind.Image => [tokens, MeterSet.Of(Meter.Image)],
            ModelKind.Speech => [MeterSet.Of(Meter.Character)],
            ModelKind.Transcription => [tokens, MeterSet.Of(Meter.Second)],
            _ => [tokens],
        };

    private static readonly MeterSet tokens = MeterSet.Of(Meter.Input, Meter.Output);

    public static readonly string All = string.Join(", ", Enum.GetValues<Meter>().Select(MeterNames.Of));

    public static Refused? ReadName(string? name, string at, out Meter meter)
    {
        meter = default;
        return name is not null && MeterNames.TryParse(name, out meter)
            ? null
            : Refused.Invalid(at, $"'{name}' is not a meter. Meters: {All}.");
    }

    /// <param name="priced">The meters that a rate was given for, or taken from input or output.</param>
    public static Refused? Read(
        IReadOnlyDictionary<string, decimal>? given,
        CardUnit unit,
        ModelKind kind,
        string at,
        out ImmutableArray<long> rates,
        out MeterSet priced
    )
    {
        (rates, priced) = ([], default);
        var needed = Needed(kind);
        if (given is null)
            return Refused.Invalid(at, $"Give at least {Words(needed)}.");
        var all = new long[Usage.MeterCount];
        foreach (var (name, amount) in given)
        {
            if (ReadName(name, $"{at}.{name}", out var meter) is { } unknown)
                return unknown;
            if (unit.ReadRate(amount, meter, $"{at}.{name}", out all[(int)meter]) is { } wrong)
                return wrong;
            priced = With(priced, meter);
        }
        var named = priced;
        if (!needed.Any(all => (named.Bits & all.Bits) == all.Bits))
            return Refused.Invalid(at, $"Give at least {Words(needed)}; 0 where it is free.");
        foreach (var meter in likeInput)
            Default(meter, Meter.Input, all, ref priced);
        Default(Meter.AudioOutput, Meter.Output, all, ref priced);
        rates = [.. all];
        return null;
    }

    /// <summary>Those that a sheet with these charges must say: every one that costs something somewhere, and those that would cost something if they were left out.</summary>
    public static MeterSet Shown(ModelTariff tariff)
    {
        var shown = MeterSet.Of([Meter.Input, Meter.Output, Meter.AudioOutput, .. likeInput]);
        foreach (var meter in Enum.GetValues<Meter>().Where(tariff.Price.Charges))
            shown = With(shown, meter);
        return tariff.Price.Table.ReasoningApart ? With(shown, Meter.Reasoning) : shown;
    }

    /// <summary>With what a card of these charges has beyond the price.</summary>
    public static MeterSet Shown(RateCard card, MeterSet ofPrice)
    {
        foreach (var meter in Enum.GetValues<Meter>().Where(card.Charges))
            ofPrice = With(ofPrice, meter);
        return ofPrice;
    }

    private static string Words(MeterSet[] needed) =>
        string.Join(", or ", needed.Select(all => all.ToString().Replace(", ", " and ", StringComparison.Ordinal)));

    public static MeterSet With(MeterSet set, Meter meter) => new(set.Bits | MeterSet.Of(meter).Bits);

    private static void Default(Meter meter, Meter like, long[] rates, ref MeterSet priced)
    {
        if (priced.Has(meter) || !priced.Has(like))
            return;
        rates[(int)meter] = rates[(int)like];
        priced = With(priced, meter);
    }
}
