using Tokenline.Charging.Tariffs;
using Tokenline.Commerce.Configuration;

namespace Tokenline.Commerce.Catalog;

/// <summary>When a version is in force: at once and for good, unless told.</summary>
/// <param name="From">Not in the past.</param>
/// <param name="Until">Makes it a promotion: then the former prices return.</param>
public sealed record Schedule(DateTimeOffset? From = null, DateTimeOffset? Until = null)
{
    public static readonly Schedule AtOnce = new();
    public const string FromField = "effectiveFrom";
    public const string UntilField = "effectiveUntil";
    private const int YearsMax = 5;

    public Refused? WhatIsWrong(DateTimeOffset now) =>
        From < now
            ? Refused.Invalid(
                FromField,
                $"{From:O} is in the past. What has happened is not rated again: publish from now on, and give back what was too much."
            )
        : From > now.AddYears(YearsMax) ? Refused.Invalid(FromField, $"A version starts within {YearsMax} years.")
        : Until <= (From ?? now) ? Refused.Invalid(UntilField, $"{Until:O} is not after the start.")
        : null;
}

/// <param name="Kind">Of the model, which says what must have a price.</param>
public sealed record PriceChange(string Model, ModelKind Kind, PriceSheet Sheet);

/// <summary>Makes the next tariff version, of the models that it changes. Calls that have started keep theirs; every other model is left as it is.</summary>
public sealed class TariffPublishing(TariffHolder tariffs, Pricing pricing, ConfigurationWatch watch, TimeProvider time)
{
    /// <summary>Checks and builds the next version without storing it, so that it can be stored together with what it belongs to.</summary>
    public Outcome<TariffVersion> Draft(IReadOnlyCollection<PriceChange> changes, string reason, Schedule? schedule = null)
    {
        var now = time.GetUtcNow();
        var (from, until) = schedule ?? Schedule.AtOnce;
        if (schedule?.WhatIsWrong(now) is { } wrong)
            return wrong;
        var version = tariffs.LastVersion + 1;
        var models = new List<ModelTariff>();
        foreach (var (model, kind, sheet) in changes)
        {
            var charges = pricing.ToTariff(model, sheet, version, kind);
            if (charges.Refused is { } refused)
                return In(model, changes, refused);
            if (WhatIsMixed(charges.Required(), models) is { } mixed)
                return In(model, changes, mixed);
            models.Add(charges.Required());
        }
        // A clock that was set back must not make the new version the older one.
        var atOnce = tariffs.LatestAtOnce > now ? tariffs.LatestAtOnce : now;
        return TariffVersion.Of(
            version,
            from ?? atOnce,
            now,
            reason,
            models,
            changes.ToDictionary(change => change.Model, change => change.Sheet)
        ) with
        {
            EffectiveTo = until,
        };
    }

    /// <summary>Stores a version of these changes and puts it in the book.</summary>
    public async Task<Outcome<TariffVersion>> PublishAsync(
        IReadOnlyCollection<PriceChange> changes,
        string reason,
        Func<TariffVersion, Task> store,
        Schedule? schedule = null
    )
    {
        var draft = Draft(changes, reason, schedule);
        if (draft.Value is { } version)
        {
            await store(version);
            await watch.RoundAsync(CancellationToken.None);
        }
        return draft;
    }

    /// <summary>The month's volume of a group is counted once, so all that share its name count the same, for good.</summary>
    private Refused? WhatIsMixed(ModelTariff charges, List<ModelTariff> others)
    {
        if (charges.Volume is not { } group)
            return null;
        var known = tariffs
            .Current.Versions.SelectMany(version => version.Models.Values)
            .Concat(others)
            .FirstOrDefault(other => other.Volume?.Name == group.Name && other.Volume != group);
        return known is null
            ? null
            : Refused.Invalid(
                "volume.group",
                $"{known.Model} counts {known.Volume!.Meters} by months of {known.Volume.TimeZone} in the group '{group.Name}'. Models of a group count the same; another count needs another name."
            );
    }

    /// <summary>Where several models change, the field at fault says whose.</summary>
    private static Refused In(string model, IReadOnlyCollection<PriceChange> changes, Refused refused) =>
        changes.Count == 1 ? refused : refused with { Param = $"models.{model}.{refused.Param}" };
}
