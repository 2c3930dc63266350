using System.Collections.Frozen;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tokenline.Commerce;
using Tokenline.Commerce.Catalog;
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
                "With list price, what is charged, published weights and deployments. Prices for a million tokens, weights for one."
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
                "In force with the next call. Mapping a real vendor removes the model's simulated deployments.",
                Problems.InvalidRequest,
                Problems.NotFound,
                Problems.ModelNotFound
            );
        api.MapDelete("/models/{id}/deployments/{vendor}", UnmapAsync)
            .Produces<ModelBody>()
            .Documented(Tag, "Stop a vendor serving a model", "Calls that run go on.", Problems.NotFound, Problems.ModelNotFound);
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
        var mapped = await editing.MapAsync(
            ModelId(id),
            vendor,
            body.UpstreamModel,
            body.Priority ?? PriorityDefault,
            http.RequestAborted,
            new(body.RequestsPerMinute, body.TokensPerMinute, body.ConcurrentCalls)
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
    ];
}
