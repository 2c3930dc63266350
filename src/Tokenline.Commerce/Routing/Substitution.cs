using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Tokenline.Commerce.Routing;

/// <summary>If <paramref name="Model"/> costs too much, is down or is withdrawn, another model serves the call: it is named in the answer, and the bill is that model's.</summary>
/// <param name="Account">Whose calls; null: everybody's who has no rule of their own for the model.</param>
/// <param name="Use">The model that stands in; null: the cheapest of the same class that can serve the call.</param>
public sealed record Substitution(SubstitutionId Id, AccountId? Account, string Model, string? Use)
{
    /// <summary>In the operator's currency, for a million tokens of fresh input, as charged now. Null: whatever it costs.</summary>
    public decimal? InputPriceAbove { get; init; }

    /// <summary>As <see cref="InputPriceAbove"/>, of output.</summary>
    public decimal? OutputPriceAbove { get; init; }

    /// <summary>No deployment of it can serve now.</summary>
    public bool WhenDown { get; init; }

    public bool WhenWithdrawn { get; init; }

    /// <summary>The model that stands in has at least this quality. One whose quality is unknown does not stand in then.</summary>
    public decimal? QualityMin { get; init; }
}

/// <summary>All rules. Immutable; swapped whole.</summary>
public sealed class Substitutions(IEnumerable<Substitution> rules)
{
    /// <summary>A model that stands in may itself be stood in for, so many times for one call.</summary>
    public const int ChainMax = 4;

    private readonly FrozenDictionary<(AccountId? Account, string Model), ImmutableArray<Substitution>> byModel = rules
        .GroupBy(rule => (rule.Account, rule.Model))
        .ToFrozenDictionary(group => group.Key, group => group.OrderBy(rule => rule.Id.Value).ToImmutableArray());

    public static Substitutions None { get; } = new([]);

    public bool Any => byModel.Count > 0;

    public IEnumerable<Substitution> All => byModel.Values.SelectMany(group => group).OrderBy(rule => rule.Id.Value);

    /// <summary>The account's own rules for the model, or else everybody's, in the order they were made.</summary>
    public ImmutableArray<Substitution> Find(AccountId account, string model) =>
        byModel.TryGetValue((account, model), out var own) ? own
        : byModel.TryGetValue((null, model), out var all) ? all
        : [];
}

/// <summary>The rules in memory; swapped whole.</summary>
public sealed class SubstitutionHolder
{
    private volatile Substitutions current = Substitutions.None;

    public Substitutions Current => current;

    public void Replace(Substitutions rules) => current = rules;
}
