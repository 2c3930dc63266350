using Tokenline.Charging.Tariffs;

namespace Tokenline.Commerce.PriceSheets;

/// <summary>What the amounts of a card are in, and how they become its whole rates. An amount that was meant in another scale is refused with the likely one.</summary>
internal abstract record CardUnit
{
    /// <summary>Units of a meter that the card's rates are quoted for.</summary>
    public abstract long Scale { get; }

    /// <summary>The amount for <see cref="MeterQuotes.UnitsOf"/> units of this meter.</summary>
    public Refused? ReadRate(decimal amount, Meter meter, string at, out long rate)
    {
        rate = 0;
        return amount < 0 ? Refused.Invalid(at, "An amount is never negative.") : Rate(amount, meter, at, out rate);
    }

    /// <summary>An amount for a whole call.</summary>
    public abstract Refused? ReadWhole(decimal amount, string at, out long whole);

    public abstract decimal ShowRate(long rate, Meter meter);

    public abstract decimal ShowWhole(long whole);

    protected abstract Refused? Rate(decimal amount, Meter meter, string at, out long rate);

    /// <summary>As a person types it.</summary>
    protected static string Plain(decimal amount) =>
        amount.ToString("0.############################", System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>Nano of a currency for a million of a meter.</summary>
/// <param name="Currency">Of the card.</param>
/// <param name="Conversion">Units of it for one of the sheet's currency. What it makes finer than a nano is rounded half up, once.</param>
internal sealed record MoneyUnit(Currency Currency, decimal Conversion) : CardUnit
{
    private const decimal PerTokenBelow = 0.0005m; // for a million; below it, the figure was meant for one
    private const decimal PerMillionMax = 100_000m;
    private const decimal PerOneMax = 1_000m;
    private const long Million = 1_000_000;

    public override long Scale => RateCard.PerMillion;

    public override Refused? ReadWhole(decimal amount, string at, out long whole)
    {
        whole = 0;
        if (amount <= 0)
            return Refused.Invalid(at, "An amount for a call is more than 0.");
        if (amount > PerOneMax / Conversion)
            return Refused.Invalid(at, $"{Plain(amount)} is more than {PerOneMax} {Currency} for one call.");
        return TooFine(amount, at) ?? Convert(amount, 1, at, out whole);
    }

    public override decimal ShowRate(long rate, Meter meter) => (decimal)rate / Money.NanoPerUnit / MeterQuotes.PerMillion(meter);

    public override decimal ShowWhole(long whole) => (decimal)whole / Money.NanoPerUnit;

    protected override Refused? Rate(decimal amount, Meter meter, string at, out long rate)
    {
        rate = 0;
        var isPerOne = MeterQuotes.UnitsOf(meter) == 1;
        if (isPerOne && amount > PerOneMax / Conversion)
            return Refused.Invalid(
                at,
                $"{Plain(amount)} is more than {PerOneMax} {Currency} for one {MeterNames.Of(meter)}. Prices of this meter are for one: did you mean {Plain(decimal.Round(amount / Million, 9))}?"
            );
        if (amount > PerMillionMax / Conversion)
            return Refused.Invalid(
                at,
                $"{Plain(amount)} is more than {PerMillionMax} {Currency} per million tokens. Prices are per million: did you mean {Plain(decimal.Round(amount / Million, 9))}?"
            );
        if (!isPerOne && amount > 0 && amount * Conversion < PerTokenBelow)
            return Refused.Invalid(
                at,
                $"{Plain(amount)} looks like a price for one token. Prices are per million tokens: did you mean {amount * Million:0.######}?"
            );
        return TooFine(amount, at) ?? Convert(amount, MeterQuotes.PerMillion(meter), at, out rate);
    }

    private Refused? TooFine(decimal amount, string at) =>
        amount * Money.NanoPerUnit != decimal.Truncate(amount * Money.NanoPerUnit)
            ? Refused.Invalid(at, $"{Plain(amount)} has more than nine decimals; an amount of money has no more.")
            : null;

    private Refused? Convert(decimal amount, long units, string at, out long nano)
    {
        nano = decimal.ToInt64(decimal.Round(amount * Conversion * Money.NanoPerUnit * units, 0, MidpointRounding.AwayFromZero));
        return nano == 0 && amount > 0 ? Refused.Invalid(at, $"{Plain(amount)} is less than a nano of {Currency}.") : null;
    }
}

/// <summary>Micro-units of quota for one of a meter.</summary>
internal sealed record QuotaCardUnit(string Unit) : CardUnit
{
    private const decimal Max = 100_000m; // for one token
    private const decimal PerOneMax = 1_000_000_000m; // for one image, and the like
    private const long Million = 1_000_000;

    public override long Scale => RateCard.PerUnit;

    public override Refused? ReadWhole(decimal amount, string at, out long whole)
    {
        whole = 0;
        return amount <= 0 ? Refused.Invalid(at, "An amount for a call is more than 0.") : Micro(amount, Million, at, out whole);
    }

    public override decimal ShowRate(long rate, Meter meter) => (decimal)rate / QuotaUnit.Micro;

    public override decimal ShowWhole(long whole) => (decimal)whole / QuotaUnit.Micro;

    protected override Refused? Rate(decimal amount, Meter meter, string at, out long rate) =>
        Micro(amount, MeterQuotes.UnitsOf(meter) == 1 ? PerOneMax : Max, at, out rate);

    private static Refused? Micro(decimal amount, decimal max, string at, out long micro)
    {
        micro = 0;
        if (amount > max)
            return Refused.Invalid(
                at,
                $"{Plain(amount)} is more than {max}. Weights are for one, not for a million: did you mean {Plain(decimal.Round(amount / Million, 6))}?"
            );
        if (amount * QuotaUnit.Micro != decimal.Truncate(amount * QuotaUnit.Micro))
            return Refused.Invalid(at, $"A weight is at most {max} and has at most six decimals.");
        micro = decimal.ToInt64(amount * QuotaUnit.Micro);
        return null;
    }
}
