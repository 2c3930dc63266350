using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tokenline.Gateway.Endpoints;

namespace Tokenline.Gateway.Responses;

internal static class StoredResponsesSetup
{
    /// <summary>Needs <c>IResponseStore</c>.</summary>
    public static IServiceCollection AddStoredResponses(this IServiceCollection services) =>
        services
            .AddSingleton<StoredResponses>()
            .AddHostedService(services => services.GetRequiredService<StoredResponses>())
            .AddSingleton<StoredResponsesEndpoint>();

    public static void MapStoredResponses(this IEndpointRouteBuilder routes)
    {
        var stored = routes.ServiceProvider.GetRequiredService<StoredResponsesEndpoint>();
        routes.MapGet("/v1/responses/{id}", (RequestDelegate)stored.ShowAsync).ExcludeFromDescription();
        routes.MapDelete("/v1/responses/{id}", (RequestDelegate)stored.DeleteAsync).ExcludeFromDescription();
        routes.MapGet("/v1/responses/{id}/input_items", (RequestDelegate)stored.InputItemsAsync).ExcludeFromDescription();
    }
}
