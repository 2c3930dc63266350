using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Tokenline.Charging.Tariffs;

/// <summary>One effective-dated version of every model's charges. Immutable: a change is a new version.</summary>
public sealed record Tariff(int Version, DateTimeOffset EffectiveFrom, FrozenDictionary<string, ModelTariff> Models);

/// <summary>All tariff versions. A call is rated by the version in force when it started, however late it settles.</summary>
public sealed class TariffBook
{
    private readonly ImmutableArray<Tariff> byStart;

    public TariffBook(IEnumerable<Tariff> tariffs)
    {
        byStart = [.. tariffs.OrderBy(t => t.EffectiveFrom).ThenBy(t => t.Version)];
        if (byStart.GroupBy(t => t.Version).Any(g => g.Count() > 1))
            throw new ArgumentException("tariff versions are unique");
    }

    public static TariffBook Empty { get; } = new([]);

    public ImmutableArray<Tariff> Versions => byStart;

    /// <summary>The charges of this model in force at this instant; null when it has no price, and then it is not for sale.</summary>
    public ModelTariff? Find(string model, DateTimeOffset at)
    {
        for (var i = byStart.Length - 1; i >= 0; i--)
        {
            if (byStart[i].EffectiveFrom <= at)
                return byStart[i].Models.GetValueOrDefault(model);
        }
        return null;
    }

    /// <summary>What this vendor is owed for this model by the contract in force at this instant; null where there is none.</summary>
    public ModelTariff? FindContract(string vendor, string model, DateTimeOffset at) => null;

    /// <summary>The charges a past call was held under. Versions are never removed, so a missing one is a bug.</summary>
    public ModelTariff Get(string model, int version)
    {
        foreach (var tariff in byStart)
        {
            if (tariff.Version == version && tariff.Models.TryGetValue(model, out var found))
                return found;
        }
        throw new InvalidOperationException($"tariff version {version} has no model {model}");
    }
}

/// <summary>Where the current <see cref="TariffBook"/> is read; swapped whole when prices change.</summary>
public interface ITariffs
{
    TariffBook Current { get; }
}
