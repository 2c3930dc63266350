using Tokenline.Charging.Tariffs;

namespace Tokenline.Charging.Accounts;

/// <summary>
/// What a call costs in each unit that might pay for it. Two kinds: the worst case of a call that is about to run (rounded up),
/// and the exact cost of one that has run (rounded half away from zero).
/// </summary>
internal readonly struct Demand
{
    private readonly ModelTariff tariff;
    private readonly Usage usage;
    private readonly long inputBound;
    private readonly long outputBound;
    private readonly long times; // 0: exact usage; otherwise so many times the worst case

    private Demand(ModelTariff tariff, in Usage usage, long inputBound, long outputBound, long times)
    {
        this.tariff = tariff;
        this.usage = usage;
        this.inputBound = inputBound;
        this.outputBound = outputBound;
        this.times = times;
    }

    public static Demand Exact(ModelTariff tariff, in Usage usage) => new(tariff, usage, 0, 0, 0);

    public static Demand WorstCase(ModelTariff tariff, long inputBound, long outputBound, int times = 1) =>
        new(tariff, default, inputBound, outputBound, times);

    public bool IsExact => times == 0;

    /// <summary>Micro-units of this quota unit; false when the unit cannot pay for the model at all.</summary>
    public bool TryQuota(QuotaUnit unit, out Int128 micro)
    {
        var weight = tariff.WeightIn(unit);
        micro = weight is null ? 0 : Amount(weight);
        return weight is not null;
    }

    /// <summary>Nano of the tariff's currency.</summary>
    public Int128 Money() => IsExact ? tariff.Retail(usage) : Rounding.Up(Amount(tariff.Price), ModelTariff.PriceScale);

    private Int128 Amount(RateTable table) => IsExact ? table.Amount(usage) : table.WorstCase(inputBound, outputBound) * times;
}

/// <summary>The part of a call that nobody has paid for yet: <c>Left ÷ Whole</c>, in the unit that paid last.</summary>
internal readonly record struct Share(Int128 Left, Int128 Whole)
{
    public static readonly Share All = new(1, 1);

    public bool IsNothing => Left == 0;

    /// <summary>This share of an amount in another unit.</summary>
    public Int128 Of(Int128 amount, bool exact)
    {
        if (Whole == amount)
            return Left;
        return exact ? Rounding.MulDiv(amount, Left, Whole) : Rounding.MulDivUp(amount, Left, Whole);
    }
}
