using System.Collections.Immutable;
using System.Globalization;
using Tokenline.Charging.Tariffs;

namespace Tokenline.Commerce.Catalog;

/// <summary>
/// One model's charges as a tariff version or a contract keeps them: never changed, so what an older version of this program has written is read as well.
/// Prices in nano per million, weights in micro-units per one; rates in the order of <see cref="Meter"/>. What a model does not have is left out.
/// </summary>
/// <param name="Price">The tiers of the price.</param>
/// <param name="Weights">Quota unit → its tiers.</param>
internal sealed record StoredCharges(Currency Currency, StoredTier[] Price, Dictionary<string, StoredTier[]> Weights)
{
    /// <summary>The rules of the price beside its tiers.</summary>
    public StoredRules? Rules { get; init; }

    /// <summary>Quota unit → the rules of its card beside its tiers.</summary>
    public Dictionary<string, StoredRules>? UnitRules { get; init; }

    public StoredCurrency[]? Currencies { get; init; }
    public StoredGroup? Volume { get; init; }
    public StoredMultipliers? Multipliers { get; init; }

    public static StoredCharges Of(ModelTariff tariff)
    {
        var rules = tariff
            .Weights.Select(weight => (weight.Unit.Name, Rules: StoredRules.Of(weight.Card, RateCard.PerUnit)))
            .Where(unit => unit.Rules is not null)
            .ToDictionary(unit => unit.Name, unit => unit.Rules!);
        return new(
            tariff.Currency,
            StoredTier.Of(tariff.Price.Table),
            tariff.Weights.ToDictionary(weight => weight.Unit.Name, weight => StoredTier.Of(weight.Card.Table))
        )
        {
            Rules = StoredRules.Of(tariff.Price, RateCard.PerMillion),
            UnitRules = rules.Count == 0 ? null : rules,
            Currencies = tariff.OtherPrices.IsEmpty
                ? null
                :
                [
                    .. tariff.OtherPrices.Select(other => new StoredCurrency(
                        other.Currency,
                        StoredTier.Of(other.Card.Table),
                        StoredRules.Of(other.Card, RateCard.PerMillion)
                    )),
                ],
            Volume = tariff.Volume is { } group ? StoredGroup.Of(group) : null,
            Multipliers = StoredMultipliers.Of(tariff.Multipliers),
        };
    }

    public ModelTariff ToTariff(string model, int version) =>
        new(
            model,
            version,
            Currency,
            StoredRules.Card(Price, Rules, RateCard.PerMillion),
            [
                .. Weights.Select(weight => new UnitCard(
                    new QuotaUnit(weight.Key),
                    StoredRules.Card(weight.Value, UnitRules?.GetValueOrDefault(weight.Key), RateCard.PerUnit)
                )),
            ]
        )
        {
            OtherPrices =
            [
                .. (Currencies ?? []).Select(other => new CurrencyCard(
                    other.Currency,
                    StoredRules.Card(other.Price, other.Rules, RateCard.PerMillion)
                )),
            ],
            Volume = Volume?.ToGroup(),
            Multipliers = StoredMultipliers.Read(Multipliers),
        };
}

internal sealed record StoredTier(long? UpToInput, long[] Rates, long? UpToOutput = null)
{
    public static StoredTier[] Of(RateTable table) =>
        [.. table.Tiers.Select(tier => new StoredTier(tier.UpToInput, [.. tier.Rates], tier.UpToOutput))];

    public static ImmutableArray<RateTier> Read(StoredTier[] tiers) =>
        [.. tiers.Select(tier => new RateTier(tier.UpToInput, [.. tier.Rates]) { UpToOutput = tier.UpToOutput })];
}

internal sealed record StoredCurrency(Currency Currency, StoredTier[] Price, StoredRules? Rules);

/// <summary>Everything of a card but its tiers.</summary>
internal sealed record StoredRules
{
    /// <summary>Where it is not the usual one: credits have the price's.</summary>
    public long? Scale { get; init; }
    public StoredTableRules? Table { get; init; }
    public StoredVolume? Volume { get; init; }
    public StoredMultipliers? Multipliers { get; init; }
    public long? Minimum { get; init; }
    public StoredRatio? Worth { get; init; }

    public static StoredRules? Of(RateCard card, long scale)
    {
        var rules = new StoredRules
        {
            Scale = card.Scale == scale ? null : card.Scale,
            Table = StoredTableRules.Of(card.Table),
            Volume = card.Volume is { } volume ? StoredVolume.Of(volume) : null,
            Multipliers = StoredMultipliers.Of(card.Multipliers),
            Minimum = card.Minimum == 0 ? null : card.Minimum,
            Worth = card.Worth.IsOne ? null : StoredRatio.Of(card.Worth),
        };
        return rules == new StoredRules() ? null : rules;
    }

    public static RateCard Card(StoredTier[] tiers, StoredRules? rules, long scale) =>
        new(StoredTableRules.Read(tiers, rules?.Table), rules?.Scale ?? scale)
        {
            Volume = rules?.Volume?.ToVolume(),
            Multipliers = StoredMultipliers.Read(rules?.Multipliers),
            Minimum = rules?.Minimum ?? 0,
            Worth = rules?.Worth?.ToRatio() ?? Ratio.One,
        };
}

/// <param name="Packages">Meter → units.</param>
/// <param name="Images">Size and quality → rate.</param>
internal sealed record StoredTableRules(bool? ReasoningApart, Dictionary<string, long>? Packages, Dictionary<string, long>? Images)
{
    public static StoredTableRules? Of(RateTable table) =>
        !table.ReasoningApart && table.Packages.All.IsEmpty && table.Images.IsEmpty
            ? null
            : new(
                table.ReasoningApart ? true : null,
                table.Packages.All.IsEmpty ? null : table.Packages.All.ToDictionary(p => MeterNames.Of(p.Meter), p => p.Units),
                table.Images.IsEmpty ? null : table.Images.Classes.ToDictionary(image => image.Class, image => image.Rate)
            );

    public static RateTable Read(StoredTier[] tiers, StoredTableRules? rules) =>
        new(StoredTier.Read(tiers))
        {
            ReasoningApart = rules?.ReasoningApart ?? false,
            Packages = rules?.Packages is { } packages
                ? new([.. packages.Select(package => new Package(MeterOf(package.Key), package.Value))])
                : Charging.Tariffs.Packages.None,
            Images = rules?.Images is { } images
                ? new([.. images.Select(image => new ImagePrice(image.Key, image.Value))])
                : ImagePrices.None,
        };

    private static Meter MeterOf(string name) =>
        MeterNames.TryParse(name, out var meter) ? meter : throw new FormatException($"'{name}' is not a meter");
}

internal sealed record StoredGroup(string Name, MeterSet Meters, string TimeZone)
{
    public static StoredGroup Of(VolumeGroup group) => new(group.Name, group.Meters, group.TimeZone);

    public VolumeGroup ToGroup() => new(Name, Meters, TimeZone);
}

internal sealed record StoredVolume(VolumeKind Kind, StoredGroup Group, StoredVolumeTier[] Tiers)
{
    public static StoredVolume Of(VolumeTiers volume) =>
        new(volume.Kind, StoredGroup.Of(volume.Group), [.. volume.Tiers.Select(StoredVolumeTier.Of)]);

    public VolumeTiers ToVolume() => new(Kind, Group.ToGroup(), [.. Tiers.Select(tier => tier.ToTier())]);
}

/// <param name="Rates">Tiers of its own; null: the card's.</param>
internal sealed record StoredVolumeTier(long? UpTo, StoredRatio Factor, StoredTier[]? Rates, StoredTableRules? Table)
{
    public static StoredVolumeTier Of(VolumeTier tier) =>
        new(
            tier.UpTo,
            StoredRatio.Of(tier.Factor),
            tier.Rates is { } rates ? StoredTier.Of(rates) : null,
            tier.Rates is { } ruled ? StoredTableRules.Of(ruled) : null
        );

    public VolumeTier ToTier() => new(UpTo, Factor.ToRatio(), Rates is null ? null : StoredTableRules.Read(Rates, Table));
}

internal sealed record StoredMultipliers
{
    public Dictionary<ServiceClass, StoredRatio>? Classes { get; init; }
    public StoredHours? Hours { get; init; }
    public Dictionary<string, StoredRatio>? Regions { get; init; }
    public Dictionary<string, StoredRatio>? CustomerGroups { get; init; }

    public static StoredMultipliers? Of(Multipliers multipliers)
    {
        var stored = new StoredMultipliers
        {
            Classes = multipliers.Classes.Factors.IsEmpty
                ? null
                : multipliers.Classes.Factors.ToDictionary(known => known.Service, known => StoredRatio.Of(known.Factor)),
            Hours = multipliers.Hours is { } hours ? StoredHours.Of(hours) : null,
            Regions = Of(multipliers.Regions),
            CustomerGroups = Of(multipliers.CustomerGroups),
        };
        return stored == new StoredMultipliers() ? null : stored;
    }

    /// <summary>The one instance of none where there are none: the engine tells it by reference.</summary>
    public static Multipliers Read(StoredMultipliers? stored) =>
        stored is null
            ? Multipliers.None
            : new()
            {
                Classes = stored.Classes is { } classes
                    ? new([.. classes.Select(known => new ClassFactor(known.Key, known.Value.ToRatio()))])
                    : ServiceClasses.StandardOnly,
                Hours = stored.Hours?.ToHours(),
                Regions = Read(stored.Regions),
                CustomerGroups = Read(stored.CustomerGroups),
            };

    private static Dictionary<string, StoredRatio>? Of(NamedFactors factors) =>
        factors.All.IsEmpty ? null : factors.All.ToDictionary(known => known.Name, known => StoredRatio.Of(known.Factor));

    private static NamedFactors Read(Dictionary<string, StoredRatio>? factors) =>
        factors is null ? NamedFactors.None : new([.. factors.Select(known => new NamedFactor(known.Key, known.Value.ToRatio()))]);
}

internal sealed record StoredHours(string TimeZone, StoredWindow[] Windows, string[]? Holidays)
{
    private const string Day = "yyyy-MM-dd";

    public static StoredHours Of(TimeOfDay hours) =>
        new(
            hours.TimeZone,
            [.. hours.Windows.Select(StoredWindow.Of)],
            hours.Holidays.IsEmpty ? null : [.. hours.Holidays.Select(day => day.ToString(Day, CultureInfo.InvariantCulture))]
        );

    public TimeOfDay ToHours() =>
        new(
            TimeZone,
            [.. Windows.Select(window => window.ToWindow())],
            [.. (Holidays ?? []).Select(day => DateOnly.ParseExact(day, Day, CultureInfo.InvariantCulture))]
        );
}

/// <param name="Days">The flags of <see cref="Weekdays"/>.</param>
/// <param name="From">Minutes since midnight.</param>
/// <param name="To">Minutes since midnight.</param>
/// <param name="Holidays">The number of the <see cref="HolidayRule"/>.</param>
internal sealed record StoredWindow(string Name, int Days, int From, int To, StoredRatio Factor, int Holidays)
{
    public static StoredWindow Of(TimeWindow window) =>
        new(window.Name, (int)window.Days, window.From, window.To, StoredRatio.Of(window.Factor), (int)window.Holidays);

    public TimeWindow ToWindow() => new(Name, (Weekdays)Days, From, To, Factor.ToRatio(), (HolidayRule)Holidays);
}

internal sealed record StoredRatio(long Numerator, long Denominator)
{
    public static StoredRatio Of(Ratio ratio) => new(ratio.Numerator, ratio.Denominator);

    public Ratio ToRatio() => new(Numerator, Denominator);
}
