namespace Tokenline.Commerce.Routing;

/// <summary>How calls of a model choose among its deployments: a policy by name, and what it needs to know.</summary>
public sealed record RoutingRule(string Policy)
{
    public static readonly RoutingRule Default = new(RoutingPolicies.Priority);

    /// <summary>What <c>sticky</c> chooses by when a conversation is new or its deployment cannot serve; null: <c>priority</c>.</summary>
    public string? Then { get; init; }

    /// <summary>How long a conversation's prompt cache is taken to be warm after its last call.</summary>
    public int WarmSeconds { get; init; } = WarmSecondsDefault;

    /// <summary>What <c>balanced</c> weighs.</summary>
    public BalanceWeights Balance { get; init; } = BalanceWeights.Even;

    /// <summary>Whether a second deployment is asked when the first is slow to answer; null: never.</summary>
    public Hedge? Hedge { get; init; }

    public const int WarmSecondsDefault = 300;
    public const int WarmSecondsMax = 86_400;

    /// <summary>Null: nothing.</summary>
    public Refused? WhatIsWrong()
    {
        if (!RoutingPolicies.All.Contains(Policy))
            return Refused.Invalid(
                "routing.policy",
                $"'{Policy}' is no routing policy. There are: {string.Join(", ", RoutingPolicies.All)}."
            );
        if (Then is not null && Policy != RoutingPolicies.Sticky)
            return Refused.Invalid("routing.then", "Only 'sticky' has a policy behind it.");
        if (Then is RoutingPolicies.Sticky || Then is { } then && !RoutingPolicies.All.Contains(then))
            return Refused.Invalid(
                "routing.then",
                $"Behind 'sticky' there is one of: {string.Join(", ", RoutingPolicies.All.Where(name => name != RoutingPolicies.Sticky))}."
            );
        if (WarmSeconds is < 1 or > WarmSecondsMax)
            return Refused.Invalid("routing.warmSeconds", $"A prompt cache is warm for 1 to {WarmSecondsMax} seconds.");
        if (Balance.WhatIsWrong() is { } weight)
            return weight;
        return Hedge?.AfterMilliseconds is < 1 or > 60_000
            ? Refused.Invalid(
                "routing.hedge.afterMilliseconds",
                "A second deployment is asked after 1 to 60,000 ms; left out, after the usual time of the first."
            )
            : null;
    }
}

/// <summary>Shares of price, latency and quality in <c>balanced</c>; only their proportions matter.</summary>
public sealed record BalanceWeights(int Price, int Latency, int Quality)
{
    public static readonly BalanceWeights Even = new(1, 1, 1);
    private const int Most = 1000;

    internal Refused? WhatIsWrong() =>
        Price is < 0 or > Most || Latency is < 0 or > Most || Quality is < 0 or > Most
            ? Refused.Invalid("routing.balance", $"A weight is between 0 and {Most}.")
        : Price + Latency + Quality == 0 ? Refused.Invalid("routing.balance", "The weights sum to zero: nothing would be weighed.")
        : null;
}

/// <summary>A second deployment is asked when the first has not begun to answer after so long. The one that begins first serves; what the other costs is recorded.</summary>
/// <param name="AfterMilliseconds">Null: after the time within which 95 of 100 of its answers begin.</param>
public sealed record Hedge(int? AfterMilliseconds = null);

/// <summary>The policies by name. Each is a file in the gateway's <c>Routing/Policies</c>.</summary>
public static class RoutingPolicies
{
    public const string Priority = "priority";
    public const string LeastCost = "least-cost";
    public const string LowestLatency = "lowest-latency";
    public const string QualityFirst = "quality-first";
    public const string Balanced = "balanced";
    public const string LowestEnergy = "lowest-energy";
    public const string LeastBusy = "least-busy";
    public const string Sticky = "sticky";

    public static readonly IReadOnlyList<string> All =
    [
        Priority,
        LeastCost,
        LowestLatency,
        QualityFirst,
        Balanced,
        LowestEnergy,
        LeastBusy,
        Sticky,
    ];
}
