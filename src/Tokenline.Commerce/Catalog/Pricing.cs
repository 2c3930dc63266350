using Tokenline.Charging.Tariffs;
using Tokenline.Commerce.PriceSheets;

namespace Tokenline.Commerce.Catalog;

/// <summary>Turns what a person enters into what is charged: checked, converted, in whole nano and micro.</summary>
public sealed class Pricing(CommerceOptions options)
{
    private static readonly Currency usd = new("USD");

    /// <summary>The charges of this model. The version is that of the tariff they will be in.</summary>
    public Outcome<ModelTariff> ToTariff(string model, PriceSheet sheet, int version, ModelKind kind = ModelKind.Chat) =>
        sheet.Currency == default ? Refused.Invalid("currency", "A price has a currency.")
        : RateOf(sheet.Currency) is { } rate
            ? new SheetEntry(new(options.Currency, rate), options.TimeZone, kind).Read(model, sheet, version)
        : Refused.Invalid("currency", $"Prices are entered in {options.Currency} or USD, not in {sheet.Currency}.");

    /// <summary>What a vendor is owed for this model, in the sheet's own currency.</summary>
    public Outcome<ModelTariff> ToContract(string model, PriceSheet sheet, int version, ModelKind kind = ModelKind.Chat) =>
        sheet.Currency == default ? Refused.Invalid("currency", "A contract has a currency.")
        : ContractEntry.WhatIsNotOfAContract(sheet) is { } wrong ? wrong
        : new SheetEntry(new(sheet.Currency, 1), options.TimeZone, kind).Read(model, sheet, version);

    /// <summary>The sheet that would be read as these charges, in the operator's currency.</summary>
    public static PriceSheet ToSheet(ModelTariff charges) => SheetEntry.Show(charges);

    /// <summary>Operator currency for one unit of this one; null when there is no rate.</summary>
    public decimal? RateOf(Currency currency) =>
        currency == options.Currency ? 1m
        : currency == usd ? options.UsdRate
        : null;
}
