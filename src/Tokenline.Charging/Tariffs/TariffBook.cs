using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Tokenline.Charging.Tariffs;

/// <summary>One effective-dated version of some models' charges. Immutable: a change is a new version.</summary>
public sealed record Tariff(int Version, DateTimeOffset EffectiveFrom, FrozenDictionary<string, ModelTariff> Models)
{
    /// <summary>A promotion's end, when the earlier price returns; null: until a newer version starts.</summary>
    public DateTimeOffset? EffectiveTo { get; init; }
}

/// <summary>What a vendor is owed for one model: rules like a tariff's, in the contract's currency. Its versions are numbered by themselves.</summary>
public sealed record Contract(string Vendor, DateTimeOffset EffectiveFrom, ModelTariff Charges)
{
    public DateTimeOffset? EffectiveTo { get; init; }
}

/// <summary>
/// All tariff versions and vendor contracts. A call is rated by the version in force when it started, however late it settles: of those that have this model,
/// the one that started last and has not ended. A version of one model leaves all others as they are.
/// </summary>
public sealed class TariffBook
{
    private readonly FrozenDictionary<string, Dated[]> byModel;
    private readonly FrozenDictionary<(string Vendor, string Model), Dated[]> byContract;

    public TariffBook(IEnumerable<Tariff> tariffs, IEnumerable<Contract>? contracts = null)
    {
        Versions = [.. tariffs.OrderBy(t => t.EffectiveFrom).ThenBy(t => t.Version)];
        Contracts = [.. (contracts ?? []).OrderBy(c => c.EffectiveFrom).ThenBy(c => c.Charges.Version)];
        if (Versions.DistinctBy(t => t.Version).Count() != Versions.Length)
            throw new ArgumentException("tariff versions are unique");
        if (Contracts.DistinctBy(c => c.Charges.Version).Count() != Contracts.Length)
            throw new ArgumentException("contract versions are unique");
        byModel = Versions
            .SelectMany(t => t.Models.Values.Select(charges => new Dated(t.EffectiveFrom, t.EffectiveTo, charges)))
            .GroupBy(dated => dated.Charges.Model)
            .ToFrozenDictionary(group => group.Key, group => group.ToArray());
        byContract = Contracts
            .GroupBy(c => (c.Vendor, c.Charges.Model))
            .ToFrozenDictionary(
                group => group.Key,
                group => group.Select(c => new Dated(c.EffectiveFrom, c.EffectiveTo, c.Charges)).ToArray()
            );
    }

    public static TariffBook Empty { get; } = new([]);

    /// <summary>In the order in which they start.</summary>
    public ImmutableArray<Tariff> Versions { get; }

    /// <summary>In the order in which they start.</summary>
    public ImmutableArray<Contract> Contracts { get; }

    /// <summary>The charges of this model in force at this instant; null when it has no price, and then it is not for sale.</summary>
    public ModelTariff? Find(string model, DateTimeOffset at) =>
        byModel.TryGetValue(model, out var versions) ? InForce(versions, at) : null;

    /// <summary>What this vendor is owed for this model by the contract in force at this instant; null where there is none.</summary>
    public ModelTariff? FindContract(string vendor, string model, DateTimeOffset at) =>
        byContract.TryGetValue((vendor, model), out var versions) ? InForce(versions, at) : null;

    /// <summary>The contract that a past call's wholesale cost was rated by; null where there is no such version.</summary>
    public ModelTariff? FindContract(string vendor, string model, int version)
    {
        if (byContract.TryGetValue((vendor, model), out var versions))
        {
            foreach (var dated in versions)
            {
                if (dated.Charges.Version == version)
                    return dated.Charges;
            }
        }
        return null;
    }

    /// <summary>The charges a past call was held under.</summary>
    /// <exception cref="UnknownTariffException">Versions are never removed: this process has not heard of it yet.</exception>
    public ModelTariff Get(string model, int version) =>
        TryGet(model, version) ?? throw new UnknownTariffException($"tariff version {version} has no model {model}");

    public ModelTariff? TryGet(string model, int version)
    {
        if (byModel.TryGetValue(model, out var versions))
        {
            foreach (var dated in versions)
            {
                if (dated.Charges.Version == version)
                    return dated.Charges;
            }
        }
        return null;
    }

    private static ModelTariff? InForce(Dated[] versions, DateTimeOffset at)
    {
        for (var i = versions.Length - 1; i >= 0; i--)
        {
            if (versions[i].From <= at && !(versions[i].To <= at))
                return versions[i].Charges;
        }
        return null;
    }

    private sealed record Dated(DateTimeOffset From, DateTimeOffset? To, ModelTariff Charges);
}

/// <summary>Where the current <see cref="TariffBook"/> is read; swapped whole when prices change.</summary>
public interface ITariffs
{
    TariffBook Current { get; }
}

/// <summary>A version that is not in the book at hand.</summary>
public sealed class UnknownTariffException(string message) : InvalidOperationException(message);
