using Tokenline.Commerce.Configuration;
using Tokenline.Commerce.Routing;

namespace Tokenline.Commerce.Catalog;

/// <summary>Changes to vendors, models and prices: one at a time, stored first, then in memory at once.</summary>
public sealed class CatalogEditing(
    ICatalogStore store,
    TariffPublishing publishing,
    ITurns turns,
    ConfigurationWatch watch,
    TimeProvider time
)
{
    public const int NameLengthMax = 128;
    private const int ReasonLengthMax = 500;
    private static readonly TimeSpan cancelBefore = TimeSpan.FromSeconds(10);

    /// <summary>Adds or changes a vendor. A real address or key ends the simulation of everything it serves, by whomever.</summary>
    public async Task<Outcome<Vendor>> PutVendorAsync(VendorEntry entry, CancellationToken cancellation)
    {
        if (entry.WhatIsWrong() is { } wrong)
            return wrong;
        await using var _ = await TakeTurnAsync(cancellation);
        var rows = await store.LoadAsync(cancellation);
        var known = rows.Vendors.FirstOrDefault(vendor => vendor.Id == entry.Id);
        // A simulator's key is no key for the real vendor, and a key goes only to the address it was given for.
        var kept = known is not null && known.BaseUrl == entry.BaseUrl ? known.ApiKeys : [];
        var vendor = new Vendor(
            entry.Id,
            entry.Name ?? known?.Name ?? entry.Id,
            entry.BaseUrl,
            entry.ApiKeys ?? kept,
            entry.DrainSeconds,
            entry.Simulated
        )
        {
            Apis = entry.Apis ?? known?.Apis ?? VendorApis.Default,
            AllowsPrivateAddress = entry.AllowsPrivateAddress,
        };
        if (vendor.Name.Length > NameLengthMax)
            return Refused.Invalid("name", $"A name has at most {NameLengthMax} characters.");
        var removed = SimulatedBeside(vendor, rows);
        foreach (var model in removed.Select(mapping => mapping.Model).Distinct())
        {
            var left = rows.Mappings.Where(mapping => mapping.Model == model).Except(removed).ToList();
            if (Candidates.WhatIsWrong(rows.Models.First(listing => listing.Id == model), left, "id") is { } nobody)
                return nobody;
        }
        await store.PutVendorAsync(vendor, removed, cancellation);
        await RefreshAsync();
        return vendor;
    }

    /// <summary>Simulated deployments of what a real vendor serves: a simulator never answers for a vendor that failed.</summary>
    private static List<Mapping> SimulatedBeside(Vendor vendor, CatalogRows rows)
    {
        if (vendor.Simulated)
            return [];
        var served = rows.Mappings.Where(mapping => mapping.Vendor == vendor.Id).Select(mapping => mapping.Model).ToHashSet();
        var simulated = rows.Vendors.Where(other => other.Simulated && other.Id != vendor.Id).Select(other => other.Id).ToHashSet();
        return [.. rows.Mappings.Where(mapping => served.Contains(mapping.Model) && simulated.Contains(mapping.Vendor))];
    }

    /// <summary>Adds or changes a model with its price, which is a new tariff version. Mappings are added, none is removed. The routing and the withdrawal of a model that is there stay as they are.</summary>
    public async Task<Outcome<TariffVersion>> PutModelsAsync(
        IReadOnlyCollection<ModelListing> models,
        IReadOnlyCollection<Mapping> mappings,
        string reason,
        CancellationToken cancellation
    )
    {
        foreach (var model in models)
        {
            if (WhatIsWrong(model) is { } wrong)
                return wrong;
        }
        await using var _ = await TakeTurnAsync(cancellation);
        var known = (await store.LoadAsync(cancellation)).Models.ToDictionary(listing => listing.Id);
        var kept = models
            .Select(model =>
                known.GetValueOrDefault(model.Id) is { } before
                    ? model with
                    {
                        Routing = before.Routing,
                        WithdrawnAt = before.WithdrawnAt,
                    }
                    : model
            )
            .ToList();
        var published = await publishing.PublishAsync(
            [.. kept.Select(model => new PriceChange(model.Id, model.Kind, model.Prices))],
            reason,
            version => store.PutModelsAsync(kept, mappings, version, CancellationToken.None)
        );
        if (published.Refused is null)
            await RefreshAsync();
        return published;
    }

    /// <summary>Changes the price of a model that is there.</summary>
    public async Task<Outcome<TariffVersion>> PutPriceAsync(string model, PriceSheet prices, string reason, CancellationToken cancellation)
    {
        var known = (await store.LoadAsync(cancellation)).Models.FirstOrDefault(listing => listing.Id == model);
        return known is null
            ? Refused.NotFound("model", model) with
            {
                Problem = Problems.ModelNotFound,
            }
            : await PutModelsAsync([known with { Prices = prices }], [], reason, cancellation);
    }

    /// <summary>Changes the prices of models that are there: at once, from a time on, or for a time.</summary>
    public async Task<Outcome<TariffVersion>> PublishAsync(
        IReadOnlyCollection<(string Model, PriceSheet Sheet)> prices,
        Schedule schedule,
        string reason,
        CancellationToken cancellation
    )
    {
        if (prices.Count == 0)
            return Refused.Invalid("models", "Which models change? A Model ID with its price sheet is expected.");
        if (reason.Length > ReasonLengthMax)
            return Refused.Invalid("reason", $"A reason has at most {ReasonLengthMax} characters.");
        var listed = (await store.LoadAsync(cancellation)).Models.ToDictionary(listing => listing.Id);
        foreach (var (model, _) in prices)
        {
            if (!listed.ContainsKey(model))
                return Refused.NotFound("model", model) with { Problem = Problems.ModelNotFound, Param = $"models.{model}" };
        }
        if (schedule == Schedule.AtOnce)
            return Named(
                prices,
                await PutModelsAsync(
                    [.. prices.Select(price => listed[price.Model] with { Prices = price.Sheet })],
                    [],
                    reason,
                    cancellation
                )
            );
        await using var _ = await TakeTurnAsync(cancellation);
        return Named(
            prices,
            await publishing.PublishAsync(
                [.. prices.Select(price => new PriceChange(price.Model, listed[price.Model].Kind, price.Sheet))],
                reason,
                version => store.AddTariffAsync(version, CancellationToken.None),
                schedule
            )
        );
    }

    /// <summary>The field at fault says whose sheet it is in, also where only one was given.</summary>
    private static Outcome<TariffVersion> Named(
        IReadOnlyCollection<(string Model, PriceSheet Sheet)> prices,
        Outcome<TariffVersion> published
    ) =>
        prices.Count == 1 && published.Refused is { Param: { } param } refused && param is not (Schedule.FromField or Schedule.UntilField)
            ? refused with
            {
                Param = $"models.{prices.First().Model}.{param}",
            }
            : published;

    /// <summary>Takes back a version that has not started. What was in force stays.</summary>
    public async Task<Outcome<TariffVersion>> CancelAsync(int version, CancellationToken cancellation)
    {
        await using var _ = await TakeTurnAsync(cancellation);
        if ((await store.TariffsAsync(cancellation)).FirstOrDefault(known => known.Version == version) is not { } found)
            return Refused.NotFound("tariff version", $"{version}");
        var now = time.GetUtcNow();
        if (found.CancelledAt is { } before)
            return new Refused(Problems.Conflict, $"Version {version} was cancelled at {before:O}.");
        if (found.StateAt(now) != TariffState.Scheduled)
            return new Refused(
                Problems.Conflict,
                $"Version {version} has started at {found.EffectiveFrom:O}: publish the prices that shall follow it."
            );
        // A call that starts meanwhile must not find itself rated by a version that is gone.
        if (found.EffectiveFrom - now < cancelBefore)
            return new Refused(
                Problems.Conflict,
                $"Version {version} starts within {cancelBefore.TotalSeconds} seconds: publish the prices that shall follow it."
            );
        await store.CancelTariffAsync(version, now, CancellationToken.None);
        await RefreshAsync();
        return found with { CancelledAt = now };
    }

    /// <summary>Lets a vendor serve a model. Mapping a real vendor removes the simulated ones.</summary>
    /// <param name="traffic">Its state is taken from <paramref name="state"/>.</param>
    /// <param name="state">Null: as it is, or active.</param>
    /// <param name="quality">Null: as it is, or the model's.</param>
    /// <param name="energy">Null: as it is, or the model's.</param>
    public async Task<Outcome<Mapping>> MapAsync(
        string model,
        string vendor,
        string? upstreamModel,
        int priority,
        CancellationToken cancellation,
        DeploymentRates? rates = null,
        DeploymentTraffic? traffic = null,
        DeploymentState? state = null,
        QualityScore? quality = null,
        EnergyFigure? energy = null
    )
    {
        var upstream = string.IsNullOrEmpty(upstreamModel) ? model : upstreamModel;
        if (upstream.Length > NameLengthMax)
            return Refused.Invalid("upstreamModel", $"A model's name has at most {NameLengthMax} characters.");
        if (priority is < 0 or > 1000)
            return Refused.Invalid("priority", "A priority is between 0 and 1,000; the lowest is tried first.");
        if (rates?.WhatIsWrong() is { } field)
            return Refused.Invalid(field, "A limit of a deployment is at least 1; left out, there is none.");
        if ((traffic?.WhatIsWrong() ?? quality?.WhatIsWrong() ?? energy?.WhatIsWrong()) is { } wrong)
            return wrong;

        await using var _ = await TakeTurnAsync(cancellation);
        var rows = await store.LoadAsync(cancellation);
        if (rows.Models.FirstOrDefault(known => known.Id == model) is not { } listing)
            return NoModel(model);
        if (rows.Vendors.FirstOrDefault(known => known.Id == vendor) is not { } target)
            return Refused.NotFound("vendor", vendor) with { Param = "vendor" };
        var simulated = rows.Vendors.Where(known => known.Simulated && known.Id != vendor).Select(known => known.Id).ToHashSet();
        var removed = target.Simulated
            ? []
            : rows.Mappings.Where(known => known.Model == model && simulated.Contains(known.Vendor)).ToList();
        var others = rows.Mappings.Where(known => known.Model == model && known.Vendor != vendor).Except(removed).ToList();
        var before = rows.Mappings.FirstOrDefault(known => known.Model == model && known.Vendor == vendor);
        var mapping = new Mapping(model, vendor, upstream, priority)
        {
            Rates = rates ?? DeploymentRates.None,
            Traffic = (traffic ?? DeploymentTraffic.Default) with { State = state ?? before?.Traffic.State ?? DeploymentState.Active },
            Profile = new() { Quality = quality ?? before?.Profile.Quality, Energy = energy ?? before?.Profile.Energy },
        };
        var cause = mapping.Traffic.State == DeploymentState.Draining ? "state" : "canaryPercent";
        if (Candidates.WhatIsWrong(listing, [.. others, mapping], cause) is { } left)
            return left;
        await store.PutMappingAsync(mapping, removed, cancellation);
        await RefreshAsync();
        return mapping;
    }

    public async Task<Outcome<Mapping>> UnmapAsync(string model, string vendor, CancellationToken cancellation)
    {
        await using var _ = await TakeTurnAsync(cancellation);
        var rows = await store.LoadAsync(cancellation);
        if (Find(rows, model, vendor) is not (var listing, var mapping))
            return Refused.NotFound("deployment", $"{model}@{vendor}");
        var others = rows.Mappings.Where(known => known.Model == model && known != mapping).ToList();
        // The very last one may go: whoever takes it away knows that nobody serves the model then.
        if (Candidates.WhatIsWrong(listing, others, "vendor") is { } left)
            return left;
        await store.RemoveMappingAsync(mapping, cancellation);
        await RefreshAsync();
        return mapping;
    }

    /// <summary>Gives a deployment no new calls, or lets it have them again.</summary>
    public async Task<Outcome<Mapping>> SetStateAsync(string model, string vendor, DeploymentState state, CancellationToken cancellation)
    {
        await using var _ = await TakeTurnAsync(cancellation);
        var rows = await store.LoadAsync(cancellation);
        if (Find(rows, model, vendor) is not (var listing, var mapping))
            return Refused.NotFound("deployment", $"{model}@{vendor}");
        var others = rows.Mappings.Where(known => known.Model == model && known != mapping);
        var changed = mapping with { Traffic = mapping.Traffic with { State = state } };
        if (Candidates.WhatIsWrong(listing, [.. others, changed], "state") is { } left)
            return left;
        await store.PutMappingAsync(changed, [], cancellation);
        await RefreshAsync();
        return changed;
    }

    /// <summary>How calls of a model choose among its deployments, from the next call on.</summary>
    public async Task<Outcome<ModelListing>> PutRoutingAsync(string model, RoutingRule rule, CancellationToken cancellation) =>
        rule.WhatIsWrong() is { } wrong
            ? wrong
            : await ChangeAsync(model, (listing, _) => new Changed(listing with { Routing = rule }), cancellation);

    /// <summary>From now on the model is not for sale. Its price, deployments and substitutions stay.</summary>
    public Task<Outcome<ModelListing>> WithdrawAsync(string model, CancellationToken cancellation) =>
        ChangeAsync(
            model,
            (listing, _) => new Changed(listing with { WithdrawnAt = listing.WithdrawnAt ?? time.GetUtcNow() }),
            cancellation
        );

    /// <summary>Puts a withdrawn model up for sale again.</summary>
    public Task<Outcome<ModelListing>> RestoreAsync(string model, CancellationToken cancellation) =>
        ChangeAsync(
            model,
            (listing, mappings) =>
            {
                var restored = listing with { WithdrawnAt = null };
                return new Changed(restored, Candidates.WhatIsWrong(restored, mappings, "state"));
            },
            cancellation
        );

    private readonly record struct Changed(ModelListing Model, Refused? Refused = null);

    private async Task<Outcome<ModelListing>> ChangeAsync(
        string model,
        Func<ModelListing, IReadOnlyCollection<Mapping>, Changed> change,
        CancellationToken cancellation
    )
    {
        await using var _ = await TakeTurnAsync(cancellation);
        var rows = await store.LoadAsync(cancellation);
        if (rows.Models.FirstOrDefault(known => known.Id == model) is not { } listing)
            return NoModel(model);
        var (changed, refused) = change(listing, [.. rows.Mappings.Where(mapping => mapping.Model == model)]);
        if (refused is not null)
            return refused;
        await store.PutModelAsync(changed, CancellationToken.None);
        await RefreshAsync();
        return changed;
    }

    private static (ModelListing, Mapping)? Find(CatalogRows rows, string model, string vendor) =>
        rows.Mappings.FirstOrDefault(known => known.Model == model && known.Vendor == vendor) is { } mapping
            ? (rows.Models.First(known => known.Id == model), mapping)
            : null;

    private static Refused NoModel(string model) => Refused.NotFound("model", model) with { Problem = Problems.ModelNotFound };

    /// <summary>Not cancelled: what is stored must be what is in memory.</summary>
    private Task RefreshAsync() => watch.RoundAsync(CancellationToken.None);

    private static Refused? WhatIsWrong(ModelListing model)
    {
        if (model.Id is not { Length: > 0 and <= NameLengthMax } || model.Id.Any(c => c is <= ' ' or > '~' or '"' or '\\'))
            return Refused.Invalid(
                "id",
                $"A Model ID is 1 to {NameLengthMax} printable ASCII characters without spaces, quotes and backslashes."
            );
        if (model.Name is not { Length: > 0 and <= NameLengthMax })
            return Refused.Invalid("name", $"A name has 1 to {NameLengthMax} characters.");
        if (!VendorEntry.IsId(model.OwnedBy))
            return Refused.Invalid("ownedBy", "The owner is a vendor's id.");
        if (model.ContextTokens is < 1 or > 100_000_000)
            return Refused.Invalid("contextTokens", "The context is between 1 and 100 million tokens.");
        if (model.OutputTokensMax < 1 || model.OutputTokensMax > model.ContextTokens)
            return Refused.Invalid("outputTokensMax", "The most output is between 1 token and the context.");
        if (model.ImageTokensMax is < 0 or > 1_000_000)
            return Refused.Invalid("imageTokensMax", "An image costs between 0 (none are taken) and a million tokens.");
        if (model.OutputLimitField is not ("max_tokens" or "max_completion_tokens"))
            return Refused.Invalid("outputLimitField", "The field is max_tokens or max_completion_tokens.");
        if (model.Tokenizer is not (null or "o200k_base"))
            return Refused.Invalid("tokenizer", "The tokenizers at hand are: o200k_base.");
        return model.Profile.WhatIsWrong() ?? model.Routing.WhatIsWrong();
    }

    /// <summary>With it the memory is that of the newest change, whoever made it: the next version's number and start follow from it.</summary>
    private async Task<IAsyncDisposable> TakeTurnAsync(CancellationToken cancellation)
    {
        var turn = await turns.TakeAsync(Turns.Catalogue, cancellation);
        try
        {
            await watch.RoundAsync(cancellation);
            return turn;
        }
        catch
        {
            await turn.DisposeAsync();
            throw;
        }
    }
}
