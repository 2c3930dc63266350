using Tokenline.Charging.Tariffs;

namespace Tokenline.Commerce.Catalog;

/// <summary>Makes the next tariff version: what is in force now with some models' charges changed. Calls that have started keep theirs.</summary>
public sealed class TariffPublishing(TariffHolder tariffs, Pricing pricing, TimeProvider time)
{
    /// <summary>Checks and builds the next version without storing it, so that it can be stored together with what it belongs to.</summary>
    public Outcome<TariffVersion> Draft(IReadOnlyCollection<(string Model, PriceSheet Sheet)> changes, string reason)
    {
        var versions = tariffs.Current.Versions;
        var newest = versions.IsEmpty ? null : versions[^1];
        var version = versions.IsEmpty ? 1 : versions.Max(tariff => tariff.Version) + 1;
        var models = newest?.Models.ToDictionary(pair => pair.Key, pair => pair.Value) ?? [];
        foreach (var (model, sheet) in changes)
        {
            var charges = pricing.ToTariff(model, sheet, version);
            if (charges.Refused is { } refused)
                return refused;
            models[model] = charges.Required();
        }
        var now = time.GetUtcNow();
        // A clock that was set back must not make the new version the older one.
        var from = newest is not null && newest.EffectiveFrom > now ? newest.EffectiveFrom : now;
        return TariffVersion.Of(version, from, now, reason, models.Values);
    }

    /// <summary>Stores a version of these changes and puts it in force.</summary>
    public async Task<Outcome<TariffVersion>> PublishAsync(
        IReadOnlyCollection<(string Model, PriceSheet Sheet)> changes,
        string reason,
        Func<TariffVersion, Task> store
    )
    {
        var draft = Draft(changes, reason);
        if (draft.Value is { } version)
        {
            await store(version);
            tariffs.Add(version.ToTariff());
        }
        return draft;
    }
}
