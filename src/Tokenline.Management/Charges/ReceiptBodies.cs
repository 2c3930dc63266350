using Tokenline.Charging.Journal;
using Tokenline.Charging.Records;
using Tokenline.Charging.Tariffs;
using Tokenline.Commerce.PriceSheets;
using Tokenline.Management.Api;

namespace Tokenline.Management.Charges;

/// <summary>
/// A usage record explained. It adds up: the lines' <c>money</c>, and what a minimum added, sum to <c>exact</c>, which rounded once is <c>retail</c>;
/// <c>retail</c> = Σ <c>worth</c> of the payments + <c>free</c> + <c>uncollected</c>. The lines are the short form; every rule that
/// applied is in <c>price</c>, and for quota in the <c>card</c> of each of <c>quotas</c>.
/// </summary>
/// <param name="Tier">The tier of the price, from 1, that the call fell into.</param>
/// <param name="TierUpToInput">Tokens of input that this tier reaches up to; absent for the last.</param>
/// <param name="Exact">Before rounding, in units of the currency.</param>
/// <param name="Rounding">Retail − exact.</param>
/// <param name="Traits">What the price depended on beside usage and time; absent for a plain call.</param>
/// <param name="VolumeBefore">What the account had used that month before this call, where volume has a price.</param>
/// <param name="Price">How the value in money came about.</param>
/// <param name="Quotas">What the whole call costs in each unit that paid for a part of it.</param>
/// <param name="Free">Value that nobody had to pay, because the call costs nothing in a unit the customer holds.</param>
/// <param name="GivenBack">What refunds took back of <c>retail</c> since; the figures above are those of the call, and stay.</param>
/// <param name="Refunds">Every one of them, oldest first.</param>
/// <param name="Wholesale">What the vendor is owed and how it came about: the operator's, never shown to the customer. Absent without a contract.</param>
public sealed record ReceiptBody(
    ChargeId Charge,
    string Model,
    int TariffVersion,
    DateTimeOffset StartedAt,
    UsageBasis Basis,
    CallEnding Ending,
    CallTraits? Traits,
    long VolumeBefore,
    int Tier,
    long? TierUpToInput,
    IReadOnlyList<ReceiptLineBody> Lines,
    decimal Exact,
    decimal Rounding,
    MoneyBody Retail,
    RatedCardBody Price,
    IReadOnlyList<RatedQuotaBody> Quotas,
    IReadOnlyList<PaymentBody> Payments,
    MoneyBody Free,
    MoneyBody Uncollected,
    MoneyBody GivenBack,
    IReadOnlyList<RefundBody> Refunds,
    RatedWholesaleBody? Wholesale
) : ChargeStateBody
{
    /// <param name="contract">That of the record's wholesale cost.</param>
    internal static ReceiptBody Of(Receipt receipt, IReadOnlyList<Adjustment> adjustments, ModelTariff? contract)
    {
        var record = receipt.Record;
        var currency = record.Currency;
        var price = RatedCardBody.OfMoney(receipt.Rating.Money);
        return new(
            record.Charge,
            record.Model,
            record.TariffVersion,
            record.StartedAt,
            record.Basis,
            record.Ending,
            record.Traits,
            record.VolumeBefore,
            price.Tier,
            price.TierUpToInput,
            ReceiptLineBody.Of(receipt.Rating, currency),
            price.Exact,
            price.Rounding,
            MoneyBody.Of(record.RetailNano, currency),
            price,
            [.. receipt.Rating.Quotas.Select(RatedQuotaBody.Of)],
            [.. record.Payments.Select(payment => PaymentBody.Of(payment, MoneyBody.Of(payment.WorthNano, currency)))],
            MoneyBody.Of(record.FreeNano, currency),
            MoneyBody.Of(record.UncollectedNano, currency),
            MoneyBody.Of(adjustments.Sum(adjustment => adjustment.Refund.RetailNano), currency),
            [.. adjustments.Select(adjustment => RefundBody.Of(record, adjustment))],
            contract is null ? null : RatedWholesaleBody.Of(record, contract)
        );
    }
}

/// <param name="ContractVersion">Of the vendor that served.</param>
/// <param name="Price">How the cost came about.</param>
public sealed record RatedWholesaleBody(string Vendor, int ContractVersion, MoneyBody Cost, RatedCardBody Price)
{
    internal static RatedWholesaleBody Of(UsageRecord record, ModelTariff contract)
    {
        var traits = record.Traits ?? CallTraits.Plain;
        var context = contract.Context(record.StartedAt, traits with { Service = record.Wholesale?.Service ?? traits.Service }, 0);
        return Of(record.Vendor, contract, Rating.Of(record.Usage, contract, context, []));
    }

    internal static RatedWholesaleBody Of(string vendor, ModelTariff contract, Rating rating) =>
        new(vendor, contract.Version, MoneyBody.Of(rating.Money.Amount, contract.Currency), RatedCardBody.OfMoney(rating.Money));
}

/// <param name="Price">For a million of the meter, before volume and multipliers.</param>
/// <param name="Money">Quantity × price × all that multiplied it, exact.</param>
/// <param name="Weights">The same in each quota unit: on a receipt those that paid, of a rating all that may pay.</param>
public sealed record ReceiptLineBody(string Meter, long Quantity, MoneyBody Price, decimal Money, IReadOnlyList<ReceiptWeightBody> Weights)
{
    internal static IReadOnlyList<ReceiptLineBody> Of(Rating rating, Currency currency)
    {
        var quotas = rating.Quotas.Select(RatedQuotaBody.Of).ToList();
        var lines = new List<ReceiptLineBody>();
        foreach (var line in rating.Money.Lines)
        {
            var meter = MeterNames.Of(line.Meter);
            // A meter has a line in each volume tier that the call touched, and not as many in money as in quota: weights are shown with the first.
            var isFirst = lines.All(known => known.Meter != meter);
            lines.Add(
                new(
                    meter,
                    line.Quantity,
                    MoneyBody.Of(line.Rate, currency),
                    Figures.Exact(line.Exact, Tokenline.Units.Money.NanoPerUnit),
                    isFirst ? [.. quotas.SelectMany(quota => ReceiptWeightBody.Of(quota, meter))] : []
                )
            );
        }
        return lines;
    }
}

/// <param name="Weight">Quota for one of the meter; of credits, the list price for a million or for one.</param>
/// <param name="Amount">Quantity × weight × all that multiplied it, exact.</param>
public sealed record ReceiptWeightBody(QuotaUnit Unit, decimal Weight, decimal Amount)
{
    internal static IEnumerable<ReceiptWeightBody> Of(RatedQuotaBody quota, string meter) =>
        quota.Card.Lines.Where(line => line.Meter == meter).Select(line => new ReceiptWeightBody(quota.Unit, line.Rate, line.Amount));
}

/// <param name="Amount">In whole units.</param>
/// <param name="Card">How it came about.</param>
public sealed record RatedQuotaBody(QuotaUnit Unit, decimal Amount, RatedCardBody Card)
{
    internal static RatedQuotaBody Of(RatedQuota quota) =>
        new(quota.Unit, Figures.Units(quota.Card.Amount), RatedCardBody.OfQuota(quota.Card));
}

/// <summary>
/// What one price or weight came to, line by line: quantity × rate × volume tier × every multiplier.
/// The lines and <c>minimumAdded</c> sum to <c>exact</c>, which with <c>rounding</c> is the amount.
/// </summary>
/// <param name="Tier">The context tier that the call fell into, from 1.</param>
/// <param name="TierUpToInput">Tokens of whole input that it reaches up to; absent for the last.</param>
/// <param name="TierUpToOutput">Tokens of whole output that it reaches up to; absent for the last of its band.</param>
/// <param name="Volumes">The volume tiers that the call fell into; absent where volume has no price.</param>
/// <param name="Multipliers">By name; absent where nothing multiplied the price.</param>
/// <param name="Minimum">The least that a call costs; absent where there is none.</param>
/// <param name="MinimumAdded">What the minimum added to the lines.</param>
/// <param name="UnitWorth">Of credits: what one is worth, in money. The rates are then list prices.</param>
/// <param name="Exact">Before rounding, in whole units.</param>
public sealed record RatedCardBody(
    int Tier,
    long? TierUpToInput,
    long? TierUpToOutput,
    IReadOnlyList<RatedVolumeBody>? Volumes,
    IReadOnlyList<AppliedMultiplierBody>? Multipliers,
    IReadOnlyList<RatedLineBody> Lines,
    decimal? Minimum,
    decimal? MinimumAdded,
    decimal? UnitWorth,
    decimal Exact,
    decimal Rounding
)
{
    internal static RatedCardBody OfMoney(RatedCard card) => Of(card, Money.NanoPerUnit);

    internal static RatedCardBody OfQuota(RatedCard card) => Of(card, QuotaUnit.Micro);

    private static RatedCardBody Of(RatedCard card, long perUnit)
    {
        // The rates of credits are those of the price that they are worth.
        var ratesPerUnit = card.Worth.IsOne ? perUnit : Money.NanoPerUnit;
        var exact = Figures.Exact(card.Exact, perUnit);
        return new(
            card.Tier + 1,
            card.UpToInput,
            card.UpToOutput,
            card.Volumes.IsEmpty ? null : [.. card.Volumes.Select(RatedVolumeBody.Of)],
            card.Multipliers.IsEmpty ? null : [.. card.Multipliers.Select(m => new AppliedMultiplierBody(m.Name, m.Factor.ToString()))],
            [.. card.Lines.Select(line => RatedLineBody.Of(line, card.Scale, ratesPerUnit, perUnit))],
            card.Minimum == 0 ? null : (decimal)card.Minimum / ratesPerUnit,
            card.Minimum == 0 ? null : Figures.Exact(card.MinimumExact, perUnit),
            card.Worth.IsOne ? null : (decimal)QuotaUnit.Micro * card.Worth.Denominator / card.Worth.Numerator / Money.NanoPerUnit,
            exact,
            ((decimal)card.Amount / perUnit) - exact
        );
    }
}

/// <param name="Quantity">As the usage counts it.</param>
/// <param name="Charged">What the rate applies to: whole packages; output without reasoning, where that has a price of its own.</param>
/// <param name="Rate">For <c>rateFor</c> of the meter, as price sheets quote it; before volume and multipliers.</param>
/// <param name="RateFor">1,000,000 or 1 of the meter.</param>
/// <param name="VolumeTier">From 1; absent where volume has no price.</param>
/// <param name="Amount">After volume and multipliers, exact.</param>
public sealed record RatedLineBody(
    string Meter,
    long Quantity,
    decimal Charged,
    decimal Rate,
    long RateFor,
    int? VolumeTier,
    decimal Amount
)
{
    internal static RatedLineBody Of(RatedLine line, long scale, long ratesPerUnit, long perUnit)
    {
        var rateFor = scale == RateCard.PerUnit ? 1 : MeterQuotes.UnitsOf(line.Meter);
        return new(
            MeterNames.Of(line.Meter),
            line.Quantity,
            (decimal)line.Charged,
            (decimal)line.Rate / ratesPerUnit * rateFor / scale,
            rateFor,
            line.Volume + 1,
            Figures.Exact(line.Exact, perUnit)
        );
    }
}

/// <param name="Kind"><c>marginal</c>, or <c>retroactive</c>: then the month's bill corrects it to the tier that the month ends in.</param>
/// <param name="Tier">From 1.</param>
/// <param name="UpTo">Counted units of the month that it reaches up to; absent for the last.</param>
/// <param name="Factor">Of the rates.</param>
/// <param name="Units">Of the call's counted units.</param>
/// <param name="CallUnits">The call's counted units.</param>
public sealed record RatedVolumeBody(VolumeKind Kind, int Tier, long? UpTo, string Factor, long Units, long CallUnits)
{
    internal static RatedVolumeBody Of(RatedVolume volume) =>
        new(volume.Kind, volume.Tier + 1, volume.UpTo, volume.Factor.ToString(), volume.Units, volume.Of);
}

/// <param name="Factor">A decimal, or a fraction such as <c>2/3</c>.</param>
public sealed record AppliedMultiplierBody(string Name, string Factor);
