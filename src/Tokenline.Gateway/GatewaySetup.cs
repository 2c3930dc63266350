using System.Collections.Frozen;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tokenline.Commerce.Catalog;
using Tokenline.Gateway.Batches;
using Tokenline.Gateway.Endpoints;
using Tokenline.Gateway.Errors;
using Tokenline.Gateway.Overload;
using Tokenline.Gateway.Pipeline;
using Tokenline.Gateway.Protocols;
using Tokenline.Gateway.Protocols.Anthropic;
using Tokenline.Gateway.Protocols.OpenAI;
using Tokenline.Gateway.Protocols.Unary;
using Tokenline.Gateway.Responses;
using Tokenline.Gateway.Routing;
using Tokenline.Gateway.Tokens;
using Tokenline.Gateway.Upstreams;

namespace Tokenline.Gateway;

public static class GatewaySetup
{
    /// <summary>Needs <c>IChargingAccounts</c>, <c>Keyring</c>, <c>IModelCatalogSource</c>, <c>ITariffs</c>, <c>IdSource</c>, <c>GatewayRun</c> and <c>TimeProvider</c>.</summary>
    public static IServiceCollection AddGateway(this IServiceCollection services, GatewayOptions options) =>
        services
            .AddSingleton(options)
            .AddSingleton<BodyMemory>()
            .AddSingleton<Admission>()
            .AddSingleton<QueueDelay>()
            .AddHostedService(services => services.GetRequiredService<QueueDelay>())
            .AddSingleton<RunningCalls>()
            .AddHostedService(services => services.GetRequiredService<RunningCalls>())
            .AddSingleton<GatewayMetrics>()
            .AddSingleton<UpstreamClient>()
            .AddSingleton<Holding>()
            .AddSingleton<Settlement>()
            .AddSingleton<PlainRelay>()
            .AddSingleton<StreamRelay>()
            .AddRouting(
                options.Routing with
                {
                    RunningMax = Math.Max(1, (int)(options.CallsMax * (long)options.DeploymentCallsPercent / 100)),
                }
            )
            .AddSingleton<VendorKeys>()
            .AddSingleton<IVendorKeyHealth>(services => services.GetRequiredService<VendorKeys>())
            .AddSingleton<Asking>()
            .AddSingleton<Silence>()
            .AddSingleton<Hedging>()
            .AddSingleton<Refusals>()
            .AddSingleton<Vendors>()
            .AddSingleton<GenerationEndpoint>()
            .AddSingleton<CountTokensEndpoint>()
            .AddSingleton<ModelsEndpoint>()
            .AddStoredResponses()
            .AddBatches();

    /// <summary>Calls by their usual address go straight to their endpoint; whoever writes it in another way is found by the routes, with everything else.</summary>
    public static IApplicationBuilder UseGateway(this IApplicationBuilder app)
    {
        var generations = app.ApplicationServices.GetRequiredService<GenerationEndpoint>();
        return app.Use(next =>
            context =>
                HttpMethods.IsPost(context.Request.Method)
                && context.Request.Path.Value is { } path
                && clients.TryGetValue(path, out var client)
                    ? generations.ServeAsync(context, client)
                    : next(context)
        );
    }

    public static IEndpointRouteBuilder MapGateway(this IEndpointRouteBuilder routes)
    {
        var generations = routes.ServiceProvider.GetRequiredService<GenerationEndpoint>();
        var counts = routes.ServiceProvider.GetRequiredService<CountTokensEndpoint>();
        var models = routes.ServiceProvider.GetRequiredService<ModelsEndpoint>();
        var time = routes.ServiceProvider.GetRequiredService<TimeProvider>();
        var ids = routes.ServiceProvider.GetRequiredService<IdSource>();
        foreach (var (path, client) in clients)
        {
            routes
                .MapPost(path, (RequestDelegate)(context => generations.ServeAsync(context, client)))
                .WithMetadata(TakesBatchLines.Mark)
                .ExcludeFromDescription();
        }
        routes.MapPost("/v1/messages/count_tokens", (RequestDelegate)counts.MessagesAsync).ExcludeFromDescription();
        routes
            .MapPost(
                "/v1beta/models/{**call}",
                (RequestDelegate)(context => GeminiAddress.ServeAsync(context, generations, counts, ids, time))
            )
            .ExcludeFromDescription();
        routes.MapStoredResponses();
        routes.MapBatches();
        routes.MapGet("/v1/models", (RequestDelegate)models.ListAsync).ExcludeFromDescription();
        routes.MapGet("/v1/models/{**id}", (RequestDelegate)models.ShowAsync).ExcludeFromDescription();
        routes.MapGet("/v1beta/models", (RequestDelegate)models.ListGeminiAsync).ExcludeFromDescription();
        routes.MapGet("/v1beta/models/{**id}", (RequestDelegate)models.ShowGeminiAsync).ExcludeFromDescription();
        routes
            .Map(
                "/v1/{**rest}",
                (RequestDelegate)(
                    context =>
                    {
                        RequestId.Give(context, ids);
                        return OpenAIErrors.WriteAsync(context, NoSuchRoute(context.Request), time.GetUtcNow());
                    }
                )
            )
            .ExcludeFromDescription();
        return routes;
    }

    /// <summary>Loads what the first call that needs it would otherwise wait for.</summary>
    public static void WarmUp() => TokenCounter.WarmUp();

    /// <summary>What is spoken where.</summary>
    private static readonly FrozenDictionary<string, ClientProtocol> clients = new Dictionary<string, ClientProtocol>
    {
        ["/v1/chat/completions"] = ChatProtocol.Instance,
        ["/v1/responses"] = ResponsesProtocol.Instance,
        ["/v1/messages"] = MessagesProtocol.Instance,
        ["/v1/embeddings"] = EmbeddingsProtocol.Instance,
        ["/v1/rerank"] = RerankProtocol.Instance,
        ["/v1/images/generations"] = ImagesProtocol.Instance,
        ["/v1/audio/speech"] = SpeechProtocol.Instance,
        ["/v1/audio/transcriptions"] = TranscriptionsProtocol.Instance,
    }.ToFrozenDictionary();

    private static readonly string[] paths =
    [
        "/v1/chat/completions",
        "/v1/responses",
        "/v1/messages",
        "/v1/messages/count_tokens",
        "/v1/embeddings",
        "/v1/rerank",
        "/v1/images/generations",
        "/v1/audio/speech",
        "/v1/audio/transcriptions",
        "/v1/files",
        "/v1/batches",
        "/v1/models",
    ];

    private static Rejection NoSuchRoute(HttpRequest request) =>
        paths.Contains(request.Path.Value)
            ? new(Problems.MethodNotAllowed, $"{request.Path} does not take {request.Method}.")
            : new(
                Problems.NotFound,
                $"There is no {request.Method} {request.Path} here. There are: {string.Join(", ", paths)}, /v1/models/{{id}} and /v1beta/models/{{id}}:generateContent."
            );
}
