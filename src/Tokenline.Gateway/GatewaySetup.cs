using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tokenline.Gateway.Endpoints;
using Tokenline.Gateway.Errors;
using Tokenline.Gateway.Pipeline;
using Tokenline.Gateway.Routing;
using Tokenline.Gateway.Tokens;
using Tokenline.Gateway.Upstreams;

namespace Tokenline.Gateway;

public static class GatewaySetup
{
    /// <summary>Needs <c>IChargingAccounts</c>, <c>Keyring</c>, <c>IModelCatalogSource</c>, <c>ITariffs</c>, <c>IdSource</c> and <c>TimeProvider</c>.</summary>
    public static IServiceCollection AddGateway(this IServiceCollection services, GatewayOptions options) =>
        services
            .AddSingleton(options)
            .AddSingleton<GatewayRun>()
            .AddSingleton<RunningCalls>()
            .AddHostedService(services => services.GetRequiredService<RunningCalls>())
            .AddSingleton<GatewayMetrics>()
            .AddSingleton<UpstreamClient>()
            .AddSingleton<Holding>()
            .AddSingleton<Settlement>()
            .AddSingleton<PlainRelay>()
            .AddSingleton<StreamRelay>()
            .AddSingleton<DeploymentLoads>()
            .AddSingleton<Vendors>()
            .AddSingleton<ChatCompletionsEndpoint>()
            .AddSingleton<ModelsEndpoint>();

    public static IEndpointRouteBuilder MapGateway(this IEndpointRouteBuilder routes)
    {
        var chat = routes.ServiceProvider.GetRequiredService<ChatCompletionsEndpoint>();
        var models = routes.ServiceProvider.GetRequiredService<ModelsEndpoint>();
        var time = routes.ServiceProvider.GetRequiredService<TimeProvider>();
        var ids = routes.ServiceProvider.GetRequiredService<IdSource>();
        routes.MapPost("/v1/chat/completions", (RequestDelegate)chat.ServeAsync).ExcludeFromDescription();
        routes.MapGet("/v1/models", (RequestDelegate)models.ListAsync).ExcludeFromDescription();
        routes.MapGet("/v1/models/{**id}", (RequestDelegate)models.ShowAsync).ExcludeFromDescription();
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

    private static Rejection NoSuchRoute(HttpRequest request) =>
        request.Path.Value is "/v1/chat/completions" or "/v1/models"
            ? new(Problems.MethodNotAllowed, $"{request.Path} does not take {request.Method}.")
            : new(
                Problems.NotFound,
                $"There is no {request.Method} {request.Path} here. The API is POST /v1/chat/completions, GET /v1/models and GET /v1/models/{{id}}."
            );
}
