using Tokenline.Commerce;
using Tokenline.Commerce.Routing;

namespace Tokenline.Management.Catalog;

/// <param name="Score">0 to 100.</param>
/// <param name="Source">Who found that out, and how; 1 to 200 characters.</param>
public sealed record QualityBody(decimal? Score, string? Source)
{
    internal static QualityBody? Of(QualityScore? quality) => quality is null ? null : new(quality.Score, quality.Source);

    internal Outcome<QualityScore> Read() =>
        Score is { } score
            ? new QualityScore(score, Source ?? "")
            : Refused.Invalid("quality.score", "A quality has a score between 0 and 100.");
}

/// <param name="JoulesPerOutputToken">GPU energy for one output token, more than 0.</param>
/// <param name="Measured">False (unless told): an estimate.</param>
/// <param name="Source">Who measured or estimated it, and how; 1 to 200 characters.</param>
public sealed record EnergyBody(decimal? JoulesPerOutputToken, bool Measured, string? Source)
{
    internal static EnergyBody? Of(EnergyFigure? energy) =>
        energy is null ? null : new(energy.JoulesPerOutputToken, energy.IsMeasured, energy.Source);

    internal Outcome<EnergyFigure> Read() =>
        JoulesPerOutputToken is { } joules
            ? new EnergyFigure(joules, Measured, Source ?? "")
            : Refused.Invalid("energy.joulesPerOutputToken", "An energy figure says the joules of an output token.");
}

/// <param name="Policy">priority, least-cost, lowest-latency, quality-first, balanced, lowest-energy, least-busy or sticky.</param>
/// <param name="Then">What sticky chooses by when a conversation is new or its deployment cannot serve; priority unless told.</param>
/// <param name="WarmSeconds">How long a conversation's prompt cache is taken to be warm after its last call; 300 unless told.</param>
/// <param name="Balance">What balanced weighs; all alike unless told.</param>
/// <param name="Hedge">Whether a second deployment is asked when the first is slow to begin; left out: never.</param>
public sealed record RoutingBody(
    string? Policy,
    string? Then = null,
    int? WarmSeconds = null,
    BalanceWeights? Balance = null,
    Hedge? Hedge = null
)
{
    private const string Prefix = "routing.";

    internal static RoutingBody Of(RoutingRule rule) =>
        new(
            rule.Policy,
            rule.Then,
            rule.Policy == RoutingPolicies.Sticky ? rule.WarmSeconds : null,
            rule.Policy == RoutingPolicies.Balanced || rule.Then == RoutingPolicies.Balanced ? rule.Balance : null,
            rule.Hedge
        );

    internal RoutingRule ToRule() =>
        new(Policy ?? "")
        {
            Then = Then,
            WarmSeconds = WarmSeconds ?? RoutingRule.WarmSecondsDefault,
            Balance = Balance ?? BalanceWeights.Even,
            Hedge = Hedge,
        };

    /// <summary>Where the rule is the whole body, the field at fault is named without the rule.</summary>
    internal static Refused InBody(Refused refused) =>
        refused.Param is { } param && param.StartsWith(Prefix, StringComparison.Ordinal)
            ? refused with
            {
                Param = param[Prefix.Length..],
            }
            : refused;
}
