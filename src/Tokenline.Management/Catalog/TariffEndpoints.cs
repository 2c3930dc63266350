using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tokenline.Charging.Tariffs;
using Tokenline.Commerce;
using Tokenline.Commerce.Catalog;
using Tokenline.Management.Api;

namespace Tokenline.Management.Catalog;

internal static class TariffEndpoints
{
    private const string Tag = "Tariffs";
    private static readonly string states = string.Join(", ", Enum.GetNames<TariffState>().Select(name => name.ToLowerInvariant()));

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/tariffs", ListAsync)
            .Produces<Listing<TariffBody>>()
            .Documented(
                Tag,
                "List tariff versions",
                $"Newest first; with `state` ({states}) only those. A version is never changed; a call is rated by the one in force when it started: of those that have its model, the one that started last and has not ended.",
                Problems.InvalidRequest
            );
        api.MapPost("/tariffs", PublishAsync)
            .Takes<NewTariffBody>(isOptional: true)
            .Produces<TariffBody>()
            .Documented(
                Tag,
                "Publish a tariff version",
                "With `models`: these prices, at once, from a time on, or as a promotion until a time, after which the former prices are in force again. All of them or, where one is refused, none. Nothing can be published for the past. Without a body: every dollar price at the rate of the settings, from now on; with nothing to change the answer is the version in force. Calls that have started keep theirs.",
                Problems.InvalidRequest,
                Problems.ModelNotFound,
                Problems.NotFound
            );
        api.MapGet("/tariffs/{version}", ShowAsync)
            .Produces<TariffDetailBody>()
            .Documented(
                Tag,
                "Show a tariff version",
                "What the models that it changes are charged, and the price sheets as they were entered.",
                Problems.NotFound
            );
        api.MapDelete("/tariffs/{version}", CancelAsync)
            .Produces<TariffBody>()
            .Documented(
                Tag,
                "Cancel a scheduled tariff version",
                "Until ten seconds before it starts. What is in force stays.",
                Problems.NotFound,
                Problems.Conflict
            );
    }

    private static async Task<IResult> ListAsync(
        string? state,
        ICatalogStore catalog,
        ITariffs tariffs,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        var wanted = Enum.GetValues<TariffState>()
            .Where(known => known.ToString().Equals(state, StringComparison.OrdinalIgnoreCase))
            .ToList();
        if (state is not null && wanted.Count == 0)
            return ApiResult.Problem(Refused.Invalid("state", $"'{state}' is not a state of a version: {states} are."));
        var now = time.GetUtcNow();
        var versions = (await catalog.TariffsAsync(cancellation)).Where(version => state is null || wanted.Contains(version.StateAt(now)));
        return TypedResults.Ok(
            new Listing<TariffBody>([.. versions.Reverse().Select(version => TariffBody.Of(version, tariffs.Current, now))])
        );
    }

    private static async Task<IResult> PublishAsync(
        HttpContext http,
        UsdPrices dollars,
        CatalogEditing editing,
        ITariffs tariffs,
        TimeProvider time
    )
    {
        var read = await Body.ReadOptionalAsync<NewTariffBody>(http);
        if (read.Refused is { } refused)
            return ApiResult.Problem(refused);
        var body = read.Required();
        if (body == new NewTariffBody())
            return ApiResult.Of(await dollars.PublishAsync(http.RequestAborted), Answer);
        if (body.Models is null or { Count: 0 })
            return ApiResult.Problem(Refused.Invalid("models", "Which models change? A Model ID with its price sheet is expected."));
        if (body.Models.FirstOrDefault(model => model.Value is null) is { Key: { } empty })
            return ApiResult.Problem(Refused.Invalid($"models.{empty}", "A price sheet is expected."));
        var published = await editing.PublishAsync(
            [.. body.Models.Select(model => (model.Key, model.Value!))],
            new Schedule(body.EffectiveFrom?.ToUniversalTime(), body.EffectiveUntil?.ToUniversalTime()),
            body.Reason ?? $"price of {string.Join(", ", body.Models.Keys.Take(5))}",
            http.RequestAborted
        );
        return ApiResult.Of(published, Answer);

        TariffBody Answer(TariffVersion version) => TariffBody.Of(version, tariffs.Current, time.GetUtcNow());
    }

    private static async Task<IResult> ShowAsync(
        string version,
        ICatalogStore catalog,
        TimeProvider time,
        CancellationToken cancellation
    ) =>
        Number(version) is { } number
        && (await catalog.TariffsAsync(cancellation)).FirstOrDefault(known => known.Version == number) is { } found
            ? TypedResults.Ok(TariffDetailBody.Of(found, time.GetUtcNow()))
            : ApiResult.Problem(Refused.NotFound("tariff version", version));

    private static async Task<IResult> CancelAsync(
        string version,
        CatalogEditing editing,
        ITariffs tariffs,
        TimeProvider time,
        CancellationToken cancellation
    ) =>
        Number(version) is { } number
            ? ApiResult.Of(
                await editing.CancelAsync(number, cancellation),
                cancelled => TariffBody.Of(cancelled, tariffs.Current, time.GetUtcNow())
            )
            : ApiResult.Problem(Refused.NotFound("tariff version", version));

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
