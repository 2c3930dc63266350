using System.Collections.Frozen;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tokenline.Commerce;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Routing;
using Tokenline.Management.Api;

namespace Tokenline.Management.Catalog;

internal static class ModelEndpoints
{
    private const string Tag = "Models";
    private const int PriorityDefault = 100;

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/models", ListAsync)
            .Produces<Listing<ModelBody>>()
            .Documented(
                Tag,
                "List models",
                "With list price, what is charged, published weights, class, quality and energy with their sources, routing and deployments. Prices for a million tokens, weights for one."
            );
        api.MapGet("/models/{id}", ShowAsync)
            .Produces<ModelBody>()
            .Documented(Tag, "Show a model", "A slash in a Model ID is written %2F.", Problems.ModelNotFound);
        api.MapPut("/models/{id}", PutAsync)
            .Takes<NewModelBody>()
            .Produces<ModelBody>()
            .Documented(
                Tag,
                "Add or change a model",
                "Makes a new tariff version. A new model is served by nobody until it is mapped to a vendor.",
                Problems.InvalidRequest
            );
        api.MapPut("/models/{id}/price", PutPriceAsync)
            .Takes<PriceSheet>()
            .Produces<ModelBody>()
            .Documented(
                Tag,
                "Change a model's price and weights",
                "Makes a new tariff version, in force from now on; calls that have started keep theirs. Prices are for a million tokens: one that looks like a price for one token is refused.",
                Problems.InvalidRequest,
                Problems.ModelNotFound
            );
        api.MapPut("/models/{id}/deployments", MapToAsync)
            .Takes<NewDeploymentBody>()
            .Produces<ModelBody>()
            .Documented(
                Tag,
                "Let a vendor serve a model",
                "In force with the next call. Mapping a real vendor removes the model's simulated deployments. A model that is for sale keeps a deployment that is neither draining nor on trial.",
                Problems.InvalidRequest,
                Problems.NotFound,
                Problems.ModelNotFound
            );
        api.MapDelete("/models/{id}/deployments/{vendor}", UnmapAsync)
            .Produces<ModelBody>()
            .Documented(
                Tag,
                "Stop a vendor serving a model",
                "Calls that run go on. Refused where only deployments that are draining or on trial would be left; the very last one may go.",
                Problems.InvalidRequest,
                Problems.NotFound,
                Problems.ModelNotFound
            );
        api.MapPost("/models/{id}/deployments/{vendor}/drain", DrainAsync)
            .Produces<ModelBody>()
            .Documented(
                Tag,
                "Give a deployment no new calls",
                "Those that run go on to their end. The last ordinary one of a model that is for sale is not drained: withdraw the model, or map another vendor first.",
                Problems.InvalidRequest,
                Problems.NotFound
            );
        api.MapPost("/models/{id}/deployments/{vendor}/resume", ResumeAsync)
            .Produces<ModelBody>()
            .Documented(Tag, "Give a deployment calls again", "With the next call.", Problems.InvalidRequest, Problems.NotFound);
        api.MapPut("/models/{id}/routing", PutRoutingAsync)
            .Takes<RoutingBody>()
            .Produces<ModelBody>()
            .Documented(
                Tag,
                "Say how calls choose among a model's deployments",
                "In force with the next call. What is left out has its default.",
                Problems.InvalidRequest,
                Problems.ModelNotFound
            );
        api.MapPost("/models/{id}/withdraw", WithdrawAsync)
            .Produces<ModelBody>()
            .Documented(
                Tag,
                "Take a model off sale",
                "At once. Price, deployments and substitutions stay, and another model serves its calls where a substitution says so. Withdrawn again it stays as it is.",
                Problems.ModelNotFound
            );
        api.MapPost("/models/{id}/restore", RestoreAsync)
            .Produces<ModelBody>()
            .Documented(Tag, "Put a withdrawn model up for sale again", "At once.", Problems.InvalidRequest, Problems.ModelNotFound);
    }

    private static async Task<IResult> ListAsync(
        ICatalogStore catalog,
        TariffHolder tariffs,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        var rows = await catalog.LoadAsync(cancellation);
        var now = time.GetUtcNow();
        return TypedResults.Ok(
            new Listing<ModelBody>([.. rows.Models.Select(model => ModelBody.Of(model, rows.Mappings, rows.Vendors, tariffs, now))])
        );
    }

    private static async Task<IResult> ShowAsync(
        string id,
        ICatalogStore catalog,
        TariffHolder tariffs,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        var model = ModelId(id);
        var rows = await catalog.LoadAsync(cancellation);
        return rows.Models.FirstOrDefault(listing => listing.Id == model) is { } found
            ? TypedResults.Ok(ModelBody.Of(found, rows.Mappings, rows.Vendors, tariffs, time.GetUtcNow()))
            : ApiResult.Problem(Problems.ModelNotFound, $"There is no model '{model}'.");
    }

    private static async Task<IResult> PutAsync(
        string id,
        HttpContext http,
        CatalogEditing editing,
        ICatalogStore catalog,
        TariffHolder tariffs,
        TimeProvider time
    )
    {
        var read = await Body.ReadAsync<NewModelBody>(http);
        if (read.Refused is { } refused)
            return ApiResult.Problem(refused);
        var body = read.Required();
        if (body.Price is not { } price)
            return ApiResult.Problem(Refused.Invalid("price", "A model has a price with its currency; without one it is not for sale."));
        var model = ModelId(id);
        var known = (await catalog.LoadAsync(http.RequestAborted)).Models.FirstOrDefault(listing => listing.Id == model);
        var profile = Read(body, known?.Profile ?? ModelProfile.Unknown);
        if (profile.Refused is { } wrongProfile)
            return ApiResult.Problem(wrongProfile);
        var listing = new ModelListing(
            model,
            body.Name ?? known?.Name ?? model,
            body.OwnedBy ?? known?.OwnedBy ?? "",
            known?.Created ?? time.GetUtcNow().ToUnixTimeSeconds(),
            body.ContextTokens ?? 0,
            body.OutputTokensMax ?? 0,
            body.ImageTokensMax,
            body.HidesReasoning,
            body.Tokenizer,
            body.OutputLimitField ?? "max_tokens",
            price
        )
        {
            Kind = body.Kind,
            Profile = profile.Required(),
        };
        var put = await editing.PutModelsAsync([listing], [], $"{(known is null ? "added" : "changed")} {model}", http.RequestAborted);
        return put.Refused is { } wrong
            ? ApiResult.Problem(InPrice(wrong))
            : await ShowAsync(id, catalog, tariffs, time, CancellationToken.None);
    }

    private static async Task<IResult> PutPriceAsync(
        string id,
        HttpContext http,
        CatalogEditing editing,
        ICatalogStore catalog,
        TariffHolder tariffs,
        TimeProvider time
    )
    {
        var read = await Body.ReadAsync<PriceSheet>(http);
        if (read.Refused is { } refused)
            return ApiResult.Problem(refused);
        var price = read.Required();
        var put = await editing.PutPriceAsync(ModelId(id), price, $"price of {ModelId(id)}", http.RequestAborted);
        return put.Refused is { } wrong ? ApiResult.Problem(wrong) : await ShowAsync(id, catalog, tariffs, time, CancellationToken.None);
    }

    private static async Task<IResult> MapToAsync(
        string id,
        HttpContext http,
        CatalogEditing editing,
        ICatalogStore catalog,
        TariffHolder tariffs,
        TimeProvider time
    )
    {
        var read = await Body.ReadAsync<NewDeploymentBody>(http);
        if (read.Refused is { } refused)
            return ApiResult.Problem(refused);
        var body = read.Required();
        if (body.Vendor is not { } vendor)
            return ApiResult.Problem(Refused.Invalid("vendor", "The id of a vendor is expected."));
        var quality = body.Quality?.Read();
        var energy = body.Energy?.Read();
        if ((quality?.Refused ?? energy?.Refused) is { } wrongFigure)
            return ApiResult.Problem(wrongFigure);
        var mapped = await editing.MapAsync(
            ModelId(id),
            vendor,
            body.UpstreamModel,
            body.Priority ?? PriorityDefault,
            http.RequestAborted,
            new(body.RequestsPerMinute, body.TokensPerMinute, body.ConcurrentCalls),
            new(body.Weight ?? DeploymentTraffic.WeightDefault, body.CanaryPercent),
            body.State,
            quality?.Value,
            energy?.Value
        );
        return mapped.Refused is { } wrong ? ApiResult.Problem(wrong) : await ShowAsync(id, catalog, tariffs, time, CancellationToken.None);
    }

    private static async Task<IResult> UnmapAsync(
        string id,
        string vendor,
        CatalogEditing editing,
        ICatalogStore catalog,
        TariffHolder tariffs,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        var removed = await editing.UnmapAsync(ModelId(id), vendor, cancellation);
        return removed.Refused is { } wrong
            ? ApiResult.Problem(wrong)
            : await ShowAsync(id, catalog, tariffs, time, CancellationToken.None);
    }

    private static Task<IResult> DrainAsync(
        string id,
        string vendor,
        CatalogEditing editing,
        ICatalogStore catalog,
        TariffHolder tariffs,
        TimeProvider time,
        CancellationToken cancellation
    ) => ShowAfterAsync(id, editing.SetStateAsync(ModelId(id), vendor, DeploymentState.Draining, cancellation), catalog, tariffs, time);

    private static Task<IResult> ResumeAsync(
        string id,
        string vendor,
        CatalogEditing editing,
        ICatalogStore catalog,
        TariffHolder tariffs,
        TimeProvider time,
        CancellationToken cancellation
    ) => ShowAfterAsync(id, editing.SetStateAsync(ModelId(id), vendor, DeploymentState.Active, cancellation), catalog, tariffs, time);

    private static async Task<IResult> PutRoutingAsync(
        string id,
        HttpContext http,
        CatalogEditing editing,
        ICatalogStore catalog,
        TariffHolder tariffs,
        TimeProvider time
    )
    {
        var read = await Body.ReadAsync<RoutingBody>(http);
        if (read.Refused is { } refused)
            return ApiResult.Problem(refused);
        var put = await editing.PutRoutingAsync(ModelId(id), read.Required().ToRule(), http.RequestAborted);
        return put.Refused is { } wrong
            ? ApiResult.Problem(RoutingBody.InBody(wrong))
            : await ShowAsync(id, catalog, tariffs, time, CancellationToken.None);
    }

    private static Task<IResult> WithdrawAsync(
        string id,
        CatalogEditing editing,
        ICatalogStore catalog,
        TariffHolder tariffs,
        TimeProvider time,
        CancellationToken cancellation
    ) => ShowAfterAsync(id, editing.WithdrawAsync(ModelId(id), cancellation), catalog, tariffs, time);

    private static Task<IResult> RestoreAsync(
        string id,
        CatalogEditing editing,
        ICatalogStore catalog,
        TariffHolder tariffs,
        TimeProvider time,
        CancellationToken cancellation
    ) => ShowAfterAsync(id, editing.RestoreAsync(ModelId(id), cancellation), catalog, tariffs, time);

    /// <summary>The model after a change, or why there was none.</summary>
    private static async Task<IResult> ShowAfterAsync<T>(
        string id,
        Task<Outcome<T>> change,
        ICatalogStore catalog,
        TariffHolder tariffs,
        TimeProvider time
    )
        where T : class =>
        (await change).Refused is { } wrong
            ? ApiResult.Problem(wrong)
            : await ShowAsync(id, catalog, tariffs, time, CancellationToken.None);

    /// <summary>What was said of the model; the rest as it was.</summary>
    private static Outcome<ModelProfile> Read(NewModelBody body, ModelProfile before)
    {
        if (body.Abilities?.FirstOrDefault(name => ModelAbilities.Find(name) is null) is { } unknown)
            return Refused.Invalid(
                "abilities",
                $"'{unknown}' is no ability of a model. There are: {string.Join(", ", ModelAbilities.Names)}."
            );
        var quality = body.Quality?.Read();
        var energy = body.Energy?.Read();
        if ((quality?.Refused ?? energy?.Refused) is { } wrong)
            return wrong;
        return before with
        {
            Class = body.Class switch
            {
                null => before.Class,
                "" => null,
                var name => name,
            },
            Abilities = body.Abilities is { } names ? [.. names.Select(name => ModelAbilities.Find(name)!.Value)] : before.Abilities,
            Quality = quality?.Value ?? before.Quality,
            Energy = energy?.Value ?? before.Energy,
        };
    }

    /// <summary>Routing leaves an escaped slash as it is, since it would otherwise be a new segment.</summary>
    private static string ModelId(string routed) => routed.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    /// <summary>Where the price is a member of a larger body, so is the field at fault.</summary>
    private static Refused InPrice(Refused refused) =>
        refused.Param is { } param && !ofListing.Contains(param) ? refused with { Param = $"price.{param}" } : refused;

    private static readonly FrozenSet<string> ofListing =
    [
        "id",
        "name",
        "ownedBy",
        "contextTokens",
        "outputTokensMax",
        "imageTokensMax",
        "outputLimitField",
        "tokenizer",
        "class",
        "abilities",
        "quality.score",
        "quality.source",
        "energy.joulesPerOutputToken",
        "energy.source",
    ];
}
