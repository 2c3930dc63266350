using System.Collections.Immutable;
using Tokenline.Charging.Tariffs;
using Tokenline.Commerce.Catalog;

namespace Tokenline.Commerce.PriceSheets;

/// <summary>
/// A whole price sheet: read rule by rule in the order below, each in the file of its name. The first thing wrong is refused with the field and the reason,
/// and then nothing was read at all.
/// </summary>
/// <param name="Money">What the sheet's prices become.</param>
/// <param name="Zone">Where the sheet names none.</param>
/// <param name="Kind">Of the model, which says what must have a price.</param>
internal sealed record SheetEntry(MoneyUnit Money, string Zone, ModelKind Kind)
{
    private const int UnitsMax = 16;
    private const int CurrenciesMax = 8;

    public Outcome<ModelTariff> Read(string model, PriceSheet sheet, int version)
    {
        if (sheet.Tiers is not { Count: > 0 })
            return Refused.Invalid("tiers", $"A price has 1 to {TierEntry.Max} tiers.");
        if (ReasoningEntry.Read(sheet.Reasoning, "reasoning", out var apart) is { } wrongReasoning)
            return wrongReasoning;
        if (PackagesEntry.Read(sheet.Packages, "packages", out var packages) is { } wrongPackage)
            return wrongPackage;
        if (MultipliersEntry.Read(sheet, Zone, "", out var multipliers) is { } wrongMultiplier)
            return wrongMultiplier;
        if (VolumeEntry.Read(sheet.Volume, Zone, "volume", out var volume) is { } wrongVolume)
            return wrongVolume;
        var cards = new Cards(new TableRules(Kind, apart, packages, ImagePrices.None), volume, multipliers.Classes);

        if (ReadPrice(sheet, cards, out var price, out var priced) is { } wrongPrice)
            return wrongPrice;
        if (ReadUnits(sheet, cards, price, out var units) is { } wrongUnit)
            return wrongUnit;
        if (ReadCurrencies(sheet, cards, price, out var currencies) is { } wrongCurrency)
            return wrongCurrency;
        var tariff = new ModelTariff(model, version, Money.Currency, price, units)
        {
            OtherPrices = currencies,
            Volume = volume?.Group,
            Multipliers = multipliers,
        };
        if (PackagesEntry.WhatIsUnpriced(packages, tariff, "packages") is { } unpriced)
            return unpriced;
        var hasVolume =
            price.Volume is not null
            || units.Any(unit => unit.Card.Volume is not null)
            || currencies.Any(other => other.Card.Volume is not null);
        return volume is not null && !hasVolume
            ? Refused.Invalid("volume.tiers", "Volume is counted, and changes no price: give tiers.")
            : tariff;
    }

    /// <summary>The sheet that would be read as these charges.</summary>
    public static PriceSheet Show(ModelTariff tariff)
    {
        var money = new MoneyUnit(tariff.Currency, 1);
        var price = tariff.Price.Table;
        var shown = MeterEntry.Shown(tariff);
        // Weights stand in the tiers of the price where they have the same edges, and otherwise in tiers of their own.
        var inTiers = tariff.Weights.Where(weight => weight.Card.Worth.IsOne && HasEdgesOf(weight.Card.Table, price)).ToList();
        var everywhere = MultipliersEntry.Show(tariff.Multipliers);
        var units = tariff
            .Weights.Select(weight => (weight.Unit.Name, Sheet: ShowUnit(weight, inTiers.Contains(weight), shown)))
            .Where(unit => unit.Sheet is not null)
            .ToDictionary(unit => unit.Name, unit => unit.Sheet);
        return new PriceSheet(
            tariff.Currency,
            [
                .. price.Tiers.Select(
                    (tier, i) =>
                        new PriceSheetTier(
                            tier.UpToInput,
                            TierEntry.ShowRates(tier, money, shown),
                            inTiers.Count == 0
                                ? null
                                : inTiers.ToDictionary(
                                    weight => weight.Unit.Name,
                                    weight =>
                                        (IReadOnlyDictionary<string, decimal>)
                                            TierEntry.ShowRates(
                                                weight.Card.Table.Tiers[i],
                                                new QuotaCardUnit(weight.Unit.Name),
                                                MeterEntry.Shown(weight.Card, shown)
                                            )
                                ),
                            tier.UpToOutput
                        )
                ),
            ]
        )
        {
            Reasoning = ReasoningEntry.Show(price.ReasoningApart),
            Packages = PackagesEntry.Show(price.Packages),
            Images = ImagesEntry.Show(price.Images, money),
            Minimum = MinimumEntry.Show(tariff.Price.Minimum, money),
            Volume = VolumeEntry.Show(tariff, money, shown),
            ServiceClasses = everywhere?.ServiceClasses,
            Hours = everywhere?.Hours,
            Regions = everywhere?.Regions,
            CustomerGroups = everywhere?.CustomerGroups,
            Money = MultipliersEntry.Show(tariff.Price.Multipliers),
            Units = units.Count == 0 ? null : units,
            Currencies = tariff.OtherPrices.IsEmpty
                ? null
                : tariff.OtherPrices.ToDictionary(other => other.Currency.Code, other => (CardSheet?)ShowCurrency(other, shown)),
        };
    }

    private Refused? ReadPrice(PriceSheet sheet, Cards cards, out RateCard price, out MeterSet priced)
    {
        var lines = sheet.Tiers.Select(
            (tier, i) => new TierLine(tier?.UpToInput, tier?.UpToOutput, tier?.Price, $"tiers[{i}]", $"tiers[{i}].price")
        );
        var own = new CardSheet
        {
            Images = sheet.Images,
            Minimum = sheet.Minimum,
            VolumeTiers = sheet.Volume?.Tiers,
            ServiceClasses = sheet.Money?.ServiceClasses,
            Hours = sheet.Money?.Hours,
            Regions = sheet.Money?.Regions,
            CustomerGroups = sheet.Money?.CustomerGroups,
        };
        var entry = new CardEntry([.. lines], own, Money, cards.Rules, cards.Volume, Zone, "", "tiers")
        {
            VolumeTiersAt = "volume.tiers",
            MultipliersAt = "money",
        };
        return entry.Read(cards.ForSale, out price, out priced);
    }

    private Refused? ReadUnits(PriceSheet sheet, Cards cards, RateCard price, out ImmutableArray<UnitCard> read)
    {
        read = [];
        if (ReadUnitNames(sheet, out var weighed) is { } wrongName)
            return wrongName;
        var all = ImmutableArray.CreateBuilder<UnitCard>();
        foreach (var unit in weighed.Union((sheet.Units ?? Nothing).Keys).Order(StringComparer.Ordinal))
        {
            if (ReadUnit(unit, sheet, weighed.Contains(unit), cards, price, out var card) is { } wrong)
                return wrong;
            all.Add(new(new QuotaUnit(unit), card));
        }
        read = all.ToImmutable();
        return null;
    }

    /// <param name="weighed">The units with weights in the sheet's tiers.</param>
    private static Refused? ReadUnitNames(PriceSheet sheet, out HashSet<string> weighed)
    {
        weighed = [.. (sheet.Tiers[0]?.Weights?.Keys ?? [])];
        for (var i = 0; i < sheet.Tiers.Count; i++)
        {
            var units = sheet.Tiers[i]?.Weights?.Keys ?? [];
            if (!weighed.SetEquals(units))
                return Refused.Invalid($"tiers[{i}].weights", "Every tier has weights in the same units.");
            if (units.FirstOrDefault(unit => !IsUnit(unit)) is { } wrong)
                return Refused.Invalid($"tiers[{i}].weights.{wrong}", UnitForm);
        }
        if ((sheet.Units ?? Nothing).Keys.FirstOrDefault(unit => !IsUnit(unit)) is { } other)
            return Refused.Invalid($"units.{other}", UnitForm);
        return weighed.Count + (sheet.Units?.Count ?? 0) > 2 * UnitsMax
            ? Refused.Invalid("units", $"At most {UnitsMax} units pay for a model.")
            : null;
    }

    private Refused? ReadUnit(string unit, PriceSheet sheet, bool isWeighed, Cards cards, RateCard price, out RateCard card)
    {
        card = price;
        var at = $"units.{unit}";
        var own = sheet.Units?.GetValueOrDefault(unit) ?? new CardSheet();
        if (isWeighed && own.Tiers is not null)
            return Refused.Invalid($"{at}.tiers", $"The weights of {unit} are in the sheet's tiers already.");
        if (own.Worth is { } worth)
            return isWeighed
                ? Refused.Invalid($"{at}.worth", $"{unit} has weights already: it is worth list price, or it has weights.")
                : CreditsEntry.Read(own, worth, price, Money, at, out card);
        if (!isWeighed && own.Tiers is null)
            return Refused.Invalid(at, $"{unit} has no weights: give them in the tiers, or say what it is worth.");
        IReadOnlyList<TierLine> lines = isWeighed
            ?
            [
                .. sheet.Tiers.Select(
                    (tier, i) =>
                        new TierLine(tier.UpToInput, tier.UpToOutput, tier.Weights![unit], $"tiers[{i}]", $"tiers[{i}].weights.{unit}")
                ),
            ]
            : TierEntry.Lines(own.Tiers!, $"{at}.tiers");
        var entry = new CardEntry(
            lines,
            own,
            new QuotaCardUnit(unit),
            cards.Rules,
            cards.Volume,
            Zone,
            at,
            isWeighed ? "tiers" : $"{at}.tiers"
        );
        return entry.Read(cards.ForSale, out card, out var priced) ?? WhatIsFree(price, priced, lines[0].AmountsAt, unit);
    }

    private Refused? ReadCurrencies(PriceSheet sheet, Cards cards, RateCard price, out ImmutableArray<CurrencyCard> read)
    {
        read = [];
        if (sheet.Currencies is null)
            return null;
        if (sheet.Currencies.Count > CurrenciesMax)
            return Refused.Invalid("currencies", $"A model has prices in at most {CurrenciesMax} further currencies.");
        var all = ImmutableArray.CreateBuilder<CurrencyCard>();
        foreach (var (code, own) in sheet.Currencies.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            var at = $"currencies.{code}";
            if (code.Length != 3 || !code.All(char.IsAsciiLetterUpper))
                return Refused.Invalid(at, $"'{code}' is not an ISO 4217 currency code: three upper-case letters are expected.");
            var currency = new Currency(code);
            if (currency == Money.Currency)
                return Refused.Invalid(at, $"The price itself is charged in {code}.");
            if (own?.Worth is not null)
                return Refused.Invalid($"{at}.worth", "A currency is worth itself.");
            if (own?.Tiers is not { } tiers)
                return Refused.Invalid($"{at}.tiers", $"A price in {code} has tiers.");
            var lines = TierEntry.Lines(tiers, $"{at}.tiers");
            var entry = new CardEntry(lines, own, new MoneyUnit(currency, 1), cards.Rules, cards.Volume, Zone, at, $"{at}.tiers");
            if (
                (entry.Read(cards.ForSale, out var card, out var priced) ?? WhatIsFree(price, priced, lines[0].AmountsAt, code)) is
                { } wrong
            )
                return wrong;
            all.Add(new(currency, card));
        }
        read = all.ToImmutable();
        return null;
    }

    /// <summary>What costs money and has no rate here would be free by omission.</summary>
    private static Refused? WhatIsFree(RateCard price, MeterSet priced, string at, string unit)
    {
        foreach (var meter in Enum.GetValues<Meter>())
        {
            if (price.Charges(meter) && !priced.Has(meter))
                return Refused.Invalid(at, $"{MeterNames.Of(meter)} has a price, and none in {unit}. Write 0 where it is free.");
        }
        return null;
    }

    private static CardSheet? ShowUnit(UnitCard weight, bool isInTiers, MeterSet ofPrice)
    {
        if (CreditsEntry.Show(weight.Card) is { } credits)
            return credits;
        var unit = new QuotaCardUnit(weight.Unit.Name);
        var shown = MeterEntry.Shown(weight.Card, ofPrice);
        var own = CardEntry.Show(weight.Card, unit, shown);
        return isInTiers ? own : (own ?? new CardSheet()) with { Tiers = TierEntry.Show(weight.Card.Table, unit, shown) };
    }

    private static CardSheet ShowCurrency(CurrencyCard other, MeterSet ofPrice)
    {
        var unit = new MoneyUnit(other.Currency, 1);
        var shown = MeterEntry.Shown(other.Card, ofPrice);
        return (CardEntry.Show(other.Card, unit, shown) ?? new CardSheet()) with { Tiers = TierEntry.Show(other.Card.Table, unit, shown) };
    }

    private static bool HasEdgesOf(RateTable table, RateTable other) =>
        table
            .Tiers.Select(tier => (tier.UpToInput, tier.UpToOutput))
            .SequenceEqual(other.Tiers.Select(tier => (tier.UpToInput, tier.UpToOutput)));

    private static bool IsUnit(string name) => name is { Length: > 0 and <= 32 } && name.All(c => char.IsAsciiLetterLower(c) || c == '-');

    private const string UnitForm = "A quota unit is 1 to 32 lower-case letters and hyphens.";
    private static readonly Dictionary<string, CardSheet?> Nothing = [];

    /// <summary>What all cards of a sheet share.</summary>
    private sealed record Cards(TableRules Rules, Volume? Volume, ServiceClasses ForSale);
}
