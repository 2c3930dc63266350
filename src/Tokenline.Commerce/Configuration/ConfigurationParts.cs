using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Routing;

namespace Tokenline.Commerce.Configuration;

/// <summary>There may be millions of keys: only those are read that have changed.</summary>
public sealed class KeysPart(IKeyStore store, Keyring keyring, TimeProvider time) : IConfigurationPart
{
    public string Area => ConfigurationAreas.Keys;

    public async Task ReloadAsync(long? since, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var all = since is null ? new Dictionary<UInt128, KeyRights>() : null;
        await foreach (var (key, group, region, terms) in store.KeysAsync(since, cancellation))
        {
            var isLive = key.RevokedAt is null && !(key.ExpiresAt <= now);
            if (all is null && !isLive)
                keyring.Remove(key.Hash);
            else if (all is null)
                keyring.Put(key.Hash, key.RightsOf(group, region, terms));
            else if (isLive)
                all[key.Hash] = key.RightsOf(group, region, terms);
        }
        if (all is not null)
            keyring.Replace(all);
    }
}

public sealed class CataloguePart(ICatalogStore store, ModelCatalogHolder catalog) : IConfigurationPart
{
    public string Area => ConfigurationAreas.Catalogue;

    public async Task ReloadAsync(long? since, CancellationToken cancellation) =>
        catalog.Replace(ModelCatalogHolder.Compose(await store.LoadAsync(cancellation)));
}

public sealed class TariffsPart(ICatalogStore store, TariffHolder tariffs) : IConfigurationPart
{
    public string Area => ConfigurationAreas.Tariffs;

    public async Task ReloadAsync(long? since, CancellationToken cancellation) =>
        tariffs.Load(await store.TariffsAsync(cancellation), await store.ContractsAsync(cancellation), known: since is not null);
}

public sealed class SubstitutionsPart(ISubstitutionStore store, SubstitutionHolder rules) : IConfigurationPart
{
    public string Area => ConfigurationAreas.Substitutions;

    public async Task ReloadAsync(long? since, CancellationToken cancellation) =>
        rules.Replace(new Substitutions(await store.LoadAsync(cancellation)));
}

public sealed class SettingsPart(ISettingStore store, RunningSettings settings) : IConfigurationPart
{
    public string Area => ConfigurationAreas.Settings;

    public async Task ReloadAsync(long? since, CancellationToken cancellation) =>
        settings.Replace(SettingValues.Of(await store.LoadAsync(cancellation)));
}
