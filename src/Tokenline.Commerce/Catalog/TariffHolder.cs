using System.Collections.Immutable;
using Tokenline.Charging.Tariffs;

namespace Tokenline.Commerce.Catalog;

/// <summary>The tariff book in memory; swapped whole. Beside it, what the next version must know of those before.</summary>
public sealed class TariffHolder : ITariffs
{
    private readonly Lock turn = new();
    private volatile TariffBook current = TariffBook.Empty;
    private volatile ImmutableDictionary<(string Model, int Version), PriceSheet> sheets = ImmutableDictionary<
        (string, int),
        PriceSheet
    >.Empty;

    public TariffBook Current => current;

    /// <summary>The highest number that a version has had, cancelled ones included: numbers are not used again.</summary>
    public int LastVersion { get; private set; }

    /// <summary>When the newest of the versions started that were made to be in force at once.</summary>
    public DateTimeOffset LatestAtOnce { get; private set; } = DateTimeOffset.MinValue;

    /// <summary>The highest number of a contract's version.</summary>
    public int LastContract { get; private set; }

    /// <summary>As <see cref="LatestAtOnce"/>, of contracts.</summary>
    public DateTimeOffset LatestContractAtOnce { get; private set; } = DateTimeOffset.MinValue;

    /// <summary>All versions that are stored.</summary>
    /// <param name="known">What is in the book already stays as it is: a version is never changed.</param>
    public void Load(IReadOnlyCollection<TariffVersion> versions, IReadOnlyCollection<ContractVersion> contracts, bool known = false)
    {
        lock (turn)
        {
            var before = known ? current.Versions.ToDictionary(tariff => tariff.Version) : [];
            current = new TariffBook(
                versions
                    .Where(version => version.CancelledAt is null)
                    .Select(version => before.GetValueOrDefault(version.Version) ?? version.ToTariff()),
                contracts.Select(contract => contract.ToContract())
            );
            if (!known)
                sheets = sheets.Clear();
            foreach (var version in versions.Where(version => !before.ContainsKey(version.Version)))
                Remember(version);
            foreach (var contract in contracts)
                Remember(contract);
        }
    }

    /// <summary>The price sheet that these charges were made from; null where the version is from before sheets were kept.</summary>
    public PriceSheet? SheetOf(ModelTariff charges) => sheets.GetValueOrDefault((charges.Model, charges.Version));

    private void Remember(TariffVersion version)
    {
        LastVersion = Math.Max(LastVersion, version.Version);
        if (version.IsAtOnce && version.EffectiveFrom > LatestAtOnce)
            LatestAtOnce = version.EffectiveFrom;
        sheets = sheets.SetItems(version.ToSheets().Select(sheet => KeyValuePair.Create((sheet.Key, version.Version), sheet.Value)));
    }

    private void Remember(ContractVersion contract)
    {
        LastContract = Math.Max(LastContract, contract.Version);
        if (contract.EffectiveFrom <= contract.CreatedAt && contract.EffectiveFrom > LatestContractAtOnce)
            LatestContractAtOnce = contract.EffectiveFrom;
    }
}
