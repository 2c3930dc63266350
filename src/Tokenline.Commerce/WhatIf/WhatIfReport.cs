namespace Tokenline.Commerce.WhatIf;

/// <summary>What subscribers paid in a period, and what that cost. In nano of the operator's currency; all but the cost are what people pay, tax included.</summary>
/// <param name="FeesNano">For plans and packs, refunds taken off.</param>
/// <param name="UsageNano">For calls, by buckets of money, refunds taken off.</param>
/// <param name="TaxNano">Within the fees.</param>
/// <param name="CostNano">Owed to vendors for the calls, by their contracts.</param>
public readonly record struct WhatIfSide(Int128 FeesNano, Int128 UsageNano, Int128 TaxNano, Int128 CostNano)
{
    public Int128 RevenueNano => FeesNano + UsageNano;

    public Int128 MarginNano => RevenueNano - TaxNano - CostNano;

    public static WhatIfSide operator +(WhatIfSide a, WhatIfSide b) =>
        new(a.FeesNano + b.FeesNano, a.UsageNano + b.UsageNano, a.TaxNano + b.TaxNano, a.CostNano + b.CostNano);
}

/// <summary>Subscribers and what they pay more or less, all together; never negative.</summary>
public readonly record struct WhatIfGroup(long Subscribers, Int128 Nano)
{
    public WhatIfGroup With(Int128 nano) => new(Subscribers + 1, Nano + nano);
}

/// <summary>Of the distribution of changes: those above <paramref name="FromNano"/> and up to <paramref name="ToNano"/>; no bound where null. From 0 to 0 are those who pay the same.</summary>
public sealed record WhatIfBand(long? FromNano, long? ToNano, long Subscribers);

public sealed record WhatIfSubscriber(PartyId Customer, string Name, WhatIfSide Was, WhatIfSide Would, long Calls, long Refused, long Cut)
{
    /// <summary>What he would pay more; less is negative.</summary>
    public Int128 ChangeNano => Would.RevenueNano - Was.RevenueNano;
}

/// <summary>An estimate for all subscribers, from those in the sample.</summary>
/// <param name="ErrorNano">19 times of 20 the truth is within this of it: 1.96 standard errors.</param>
public readonly record struct WhatIfEstimate(Int128 Nano, Int128 ErrorNano);

/// <summary>What a period would have come to. Sums are of the subscribers who were tried.</summary>
/// <param name="Subscribers">That there are.</param>
/// <param name="Tried">That were tried: all, or a sample.</param>
/// <param name="Gain">Those who pay less.</param>
/// <param name="Lose">Those who pay more.</param>
/// <param name="Most">The most affected, by what changes for them.</param>
/// <param name="Refusing">Subscribers of whom a call would have been refused or cut.</param>
/// <param name="Leased">Subscribers whose quota is lent among accounts: they count as they were.</param>
/// <param name="Unchanged">Subscribers whom the draft does not touch.</param>
/// <param name="WithoutCost">Calls of which no contract says what they cost.</param>
/// <param name="NotConverted">Calls that were paid, or cost, in a currency without a rate.</param>
/// <param name="NotDone">Changes to accounts, such as moves of quota, that could not be made again.</param>
public sealed record WhatIfReport(
    Currency Currency,
    long Subscribers,
    long Tried,
    WhatIfSide Was,
    WhatIfSide Would,
    WhatIfGroup Gain,
    WhatIfGroup Lose,
    long Same,
    IReadOnlyList<WhatIfBand> Bands,
    IReadOnlyList<WhatIfSubscriber> Most,
    long Calls,
    long Refused,
    long Cut,
    long Refusing,
    long Leased,
    long Unchanged,
    long WithoutCost,
    long NotConverted,
    long NotDone
)
{
    public bool IsSample => Tried < Subscribers;

    /// <summary>What all subscribers would pay more.</summary>
    public required WhatIfEstimate Revenue { get; init; }

    public required WhatIfEstimate Margin { get; init; }
}
