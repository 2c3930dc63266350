using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tokenline.Commerce;
using Tokenline.Gateway.Routing.Figures;
using Tokenline.Management.Api;

namespace Tokenline.Management.Routing;

/// <summary>What the gateway of this process sees of deployments, and where it would send a call.</summary>
internal static class RoutingEndpoints
{
    private const string Tag = "Routing";
    private const long TokensMax = 100_000_000;
    private const long InputDefault = 1000;
    private const long OutputDefault = 500;

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/deployments", List)
            .Produces<Listing<DeploymentFigures>>()
            .Documented(
                Tag,
                "Figures of deployments",
                "Of all, or of one `model`: health, availability, first-token time, tokens a second and errors over five minutes and a day, price, joules per token (measured or estimated), quality with its source. As this process has seen it since its start; what is not known is left out."
            );
        api.MapGet("/figures", ListModels)
            .Produces<Listing<ModelFigures>>()
            .Documented(
                Tag,
                "Figures of models",
                "Of all, or of one `model`, over all its deployments: availability, first-token time, tokens a second, errors, what customers are charged now, joules per token and quality with their sources."
            );
        api.MapGet("/routes", Explain)
            .Produces<RouteExplanation>()
            .Documented(
                Tag,
                "Explain a route",
                "Where a call of this `model` would go at this moment, and why not elsewhere. `protocol` is chat (unless told), responses, messages or gemini; `stream`, `input` and `output` tokens describe the call. A virtual model is explained by the models it chooses among. Nothing is sent.",
                Problems.InvalidRequest,
                Problems.ModelNotFound
            );
    }

    private static Ok<Listing<DeploymentFigures>> List(HttpContext http, string? model = null) =>
        TypedResults.Ok(new Listing<DeploymentFigures>(http.RequestServices.GetRequiredService<RoutingFigures>().Deployments(model)));

    private static Ok<Listing<ModelFigures>> ListModels(HttpContext http, string? model = null) =>
        TypedResults.Ok(new Listing<ModelFigures>(http.RequestServices.GetRequiredService<RoutingFigures>().Models(model)));

    private static IResult Explain(
        HttpContext http,
        string? model = null,
        string protocol = "chat",
        string? stream = null,
        string? input = null,
        string? output = null
    )
    {
        if (string.IsNullOrEmpty(model))
            return ApiResult.Problem(Refused.Invalid("model", "A Model ID is expected."));
        if (!RoutingFigures.Protocols.Contains(protocol))
            return ApiResult.Problem(
                Refused.Invalid("protocol", $"'{protocol}' is no protocol here. There are: {string.Join(", ", RoutingFigures.Protocols)}.")
            );
        if (stream is not (null or "true" or "false"))
            return ApiResult.Problem(Refused.Invalid("stream", "true or false is expected."));
        if (TokensOf(input, InputDefault) is not { } inputTokens)
            return ApiResult.Problem(Refused.Invalid("input", $"Tokens are from 0 to {TokensMax}."));
        if (TokensOf(output, OutputDefault) is not { } outputTokens)
            return ApiResult.Problem(Refused.Invalid("output", $"Tokens are from 0 to {TokensMax}."));
        var figures = http.RequestServices.GetRequiredService<RoutingFigures>();
        return figures.Explain(model, protocol, stream == "true", inputTokens, outputTokens) is { } route
            ? TypedResults.Ok(route)
            : ApiResult.Problem(Problems.ModelNotFound, $"There is no model '{model}'.", "model");
    }

    private static long? TokensOf(string? text, long unlessTold) =>
        text is null ? unlessTold
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var tokens) && tokens <= TokensMax ? tokens
        : null;
}
