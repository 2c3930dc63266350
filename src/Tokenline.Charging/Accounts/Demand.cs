using Tokenline.Charging.Tariffs;

namespace Tokenline.Charging.Accounts;

/// <summary>
/// What a call costs in each unit that might pay for it. Two kinds: the worst case of a call that is about to run (rounded up),
/// and the exact cost of one that has run (rounded half away from zero).
/// </summary>
internal readonly struct Demand
{
    private readonly RatingContext context;
    private readonly Usage usage; // of a bound: its other meters
    private readonly long inputBound;
    private readonly long outputBound;
    private readonly int times; // 0: exact usage; otherwise so many times the worst case

    private Demand(ModelTariff tariff, in RatingContext context, in Usage usage, long inputBound, long outputBound, int times)
    {
        Tariff = tariff;
        this.context = context;
        this.usage = usage;
        this.inputBound = inputBound;
        this.outputBound = outputBound;
        this.times = times;
    }

    public static Demand Exact(ModelTariff tariff, in RatingContext context, in Usage usage) => new(tariff, context, usage, 0, 0, 0);

    public static Demand WorstCase(ModelTariff tariff, in RatingContext context, in UsageBound bound, int times = 1) =>
        new(tariff, context, bound.Other, bound.Input, bound.Output, times);

    public ModelTariff Tariff { get; }

    public bool IsExact => times == 0;

    /// <summary>Exact demands only.</summary>
    public Usage Usage => usage;

    /// <summary>In the unit of this card, of these meters; rounded up for a worst case.</summary>
    public long In(RateCard card, MeterSet meters)
    {
        if (IsExact)
            return card.Amount(usage, context, meters).Rounded();
        var worst = card.WorstCase(new UsageBound(inputBound, outputBound, usage), context, meters);
        return checked(worst.RoundedUp() * times);
    }
}

/// <summary>The part of a call that nobody has paid for yet: <c>Left ÷ Whole</c>, in the unit that paid last.</summary>
internal readonly record struct Share(Int128 Left, Int128 Whole)
{
    public static readonly Share All = new(1, 1);
    public static readonly Share Nothing = new(0, 1);

    public bool IsNothing => Left == 0;
    public bool IsAll => Left == Whole;

    /// <summary>This share of an amount in another unit.</summary>
    public Int128 Of(Int128 amount, bool exact)
    {
        if (Whole == amount)
            return Left;
        return exact ? Rounding.MulDiv(amount, Left, Whole) : Rounding.MulDivUp(amount, Left, Whole);
    }
}
