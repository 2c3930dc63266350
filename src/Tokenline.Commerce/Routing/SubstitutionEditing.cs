using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Configuration;

namespace Tokenline.Commerce.Routing;

/// <summary>A rule as it is entered. The fields are those of <see cref="Substitution"/>.</summary>
public sealed record SubstitutionEntry(string? Model, string? Use)
{
    public decimal? InputPriceAbove { get; init; }
    public decimal? OutputPriceAbove { get; init; }
    public bool WhenDown { get; init; }
    public bool WhenWithdrawn { get; init; }
    public decimal? QualityMin { get; init; }
}

/// <summary>Changes to rules of substitution: one at a time, stored first, then in memory at once. What could never work, or would go round in a circle, is refused.</summary>
public sealed class SubstitutionEditing(
    ISubstitutionStore store,
    ITurns turns,
    ConfigurationWatch watch,
    IModelCatalogSource catalog,
    IdSource ids
)
{
    /// <summary>Rules of one account, or everybody's, for one model.</summary>
    public const int RulesMax = 16;
    private const decimal PriceMax = 1_000_000;

    /// <param name="account">Whose calls; null: everybody's.</param>
    public async Task<Outcome<Substitution>> AddAsync(AccountId? account, SubstitutionEntry entry, CancellationToken cancellation)
    {
        if (WhatIsWrong(entry) is { } wrong)
            return wrong;
        await using var _ = await turns.TakeAsync(Turns.Substitutions, cancellation);
        var rules = (await store.LoadAsync(cancellation)).ToList();
        if (rules.Count(known => known.Account == account && known.Model == entry.Model) >= RulesMax)
            return new Refused(Problems.Conflict, $"There are {RulesMax} rules for '{entry.Model}' already: remove one.", "model");
        var rule = new Substitution(ids.Next<SubstitutionKind>(), account, entry.Model!, entry.Use)
        {
            InputPriceAbove = entry.InputPriceAbove,
            OutputPriceAbove = entry.OutputPriceAbove,
            WhenDown = entry.WhenDown,
            WhenWithdrawn = entry.WhenWithdrawn,
            QualityMin = entry.QualityMin,
        };
        rules.Add(rule);
        if (Circle(rules) is { } circle)
            return Refused.Invalid("use", $"The stand-ins would go round in a circle: {circle}.");
        if (Chain(rules) is { } chain)
            return Refused.Invalid("use", $"A chain of stand-ins has at most {Substitutions.ChainMax} steps: {chain}.");
        await store.AddAsync(rule, CancellationToken.None);
        await watch.RoundAsync(CancellationToken.None);
        return rule;
    }

    /// <param name="account">Whose rule it must be; null: everybody's.</param>
    public async Task<Outcome<Substitution>> RemoveAsync(SubstitutionId id, AccountId? account, CancellationToken cancellation)
    {
        await using var _ = await turns.TakeAsync(Turns.Substitutions, cancellation);
        var rules = await store.LoadAsync(cancellation);
        if (rules.FirstOrDefault(known => known.Id == id && known.Account == account) is not { } rule)
            return Refused.NotFound("substitution", id.ToString());
        await store.RemoveAsync(id, CancellationToken.None);
        await watch.RoundAsync(CancellationToken.None);
        return rule;
    }

    private Refused? WhatIsWrong(SubstitutionEntry entry)
    {
        if (string.IsNullOrEmpty(entry.Model) || catalog.Current.Find(entry.Model) is not { } model)
            return Refused.Invalid("model", $"There is no model '{entry.Model}'.");
        if (entry is { InputPriceAbove: null, OutputPriceAbove: null, WhenDown: false, WhenWithdrawn: false })
            return Refused.Invalid("whenDown", "When does the other model stand in? Give a price, whenDown or whenWithdrawn.");
        if (entry.InputPriceAbove is < 0 or > PriceMax)
            return Refused.Invalid("inputPriceAbove", $"A price for a million tokens is between 0 and {PriceMax}.");
        if (entry.OutputPriceAbove is < 0 or > PriceMax)
            return Refused.Invalid("outputPriceAbove", $"A price for a million tokens is between 0 and {PriceMax}.");
        if (entry.QualityMin is < 0 or > 100)
            return Refused.Invalid("qualityMin", "A quality is between 0 and 100.");
        if (entry.Use is not { } name)
            return model.Profile.Class is null
                ? Refused.Invalid("use", $"'{model.Id}' is of no class, so a stand-in must be named.")
                : null;
        if (name == model.Id)
            return Refused.Invalid("use", "A model does not stand in for itself.");
        if (catalog.Current.Find(name) is not { } use)
            return Refused.Invalid("use", $"There is no model '{name}'.");
        if (use.Kind != model.Kind)
            return Refused.Invalid("use", $"'{use.Id}' does something else than '{model.Id}'.");
        if (model.Profile.Class is { } ofClass && use.Profile.Class != ofClass)
            return Refused.Invalid("use", $"'{use.Id}' is of class '{use.Profile.Class ?? "none"}', '{model.Id}' of '{ofClass}'.");
        if (entry.QualityMin is { } least && !(use.Profile.Quality?.Score >= least))
            return Refused.Invalid(
                "qualityMin",
                use.Profile.Quality is { } known
                    ? $"'{use.Id}' has a quality of {known.Score}: it would never stand in."
                    : $"The quality of '{use.Id}' is not known: it would never stand in."
            );
        return null;
    }

    /// <summary>Models that are named as stand-ins, from one back to itself, as some account or everybody meets them; null: there is none.</summary>
    private static string? Circle(List<Substitution> rules) =>
        Paths(rules).FirstOrDefault(path => path.Count > 1 && path[^1] == path[0]) is { } circle ? string.Join(" -> ", circle) : null;

    private static string? Chain(List<Substitution> rules) =>
        Paths(rules).FirstOrDefault(path => path.Count > Substitutions.ChainMax + 1) is { } chain ? string.Join(" -> ", chain) : null;

    /// <summary>Every way from a model by its named stand-ins, each until it comes back to its start or is longer than any may be.</summary>
    private static IEnumerable<List<string>> Paths(List<Substitution> rules)
    {
        foreach (var whose in rules.Select(rule => rule.Account).Append(null).Distinct())
        {
            // An account's own rules for a model take the place of everybody's.
            var own = rules.Where(rule => rule.Account == whose).Select(rule => rule.Model).ToHashSet();
            var effective = rules
                .Where(rule => rule.Use is not null && (rule.Account == whose || (rule.Account is null && !own.Contains(rule.Model))))
                .ToLookup(rule => rule.Model, rule => rule.Use!);
            foreach (var start in effective.Select(group => group.Key))
            {
                var open = new Stack<List<string>>([
                    [start],
                ]);
                while (open.TryPop(out var path))
                {
                    yield return path;
                    if (path.Count > Substitutions.ChainMax + 1 || (path.Count > 1 && path[^1] == start))
                        continue;
                    foreach (var next in effective[path[^1]].Distinct())
                    {
                        if (next == start || !path.Contains(next))
                            open.Push([.. path, next]);
                    }
                }
            }
        }
    }
}
