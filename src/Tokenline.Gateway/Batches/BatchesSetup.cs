using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tokenline.Gateway.Endpoints;

namespace Tokenline.Gateway.Batches;

internal static class BatchesSetup
{
    /// <summary>Needs <c>IFileStore</c>, <c>IBatchStore</c> and <c>Refunding</c>.</summary>
    public static IServiceCollection AddBatches(this IServiceCollection services) =>
        services
            .AddSingleton<LineRunner>()
            .AddSingleton<LineWork>()
            .AddSingleton<BatchWork>()
            .AddSingleton<BatchRunner>()
            .AddHostedService(services => services.GetRequiredService<BatchRunner>())
            .AddSingleton<FilesEndpoint>()
            .AddSingleton<BatchesEndpoint>();

    public static void MapBatches(this IEndpointRouteBuilder routes)
    {
        var files = routes.ServiceProvider.GetRequiredService<FilesEndpoint>();
        routes.MapPost("/v1/files", (RequestDelegate)files.UploadAsync).ExcludeFromDescription();
        routes.MapGet("/v1/files", (RequestDelegate)files.ListAsync).ExcludeFromDescription();
        routes.MapGet("/v1/files/{id}", (RequestDelegate)files.ShowAsync).ExcludeFromDescription();
        routes.MapGet("/v1/files/{id}/content", (RequestDelegate)files.ContentAsync).ExcludeFromDescription();
        routes.MapDelete("/v1/files/{id}", (RequestDelegate)files.DeleteAsync).ExcludeFromDescription();

        // The endpoints that lines are for are not there yet when this is called, so it is asked for at the first request.
        var batches = new Lazy<BatchesEndpoint>(routes.ServiceProvider.GetRequiredService<BatchesEndpoint>);
        routes.MapPost("/v1/batches", (RequestDelegate)(context => batches.Value.CreateAsync(context))).ExcludeFromDescription();
        routes.MapGet("/v1/batches", (RequestDelegate)(context => batches.Value.ListAsync(context))).ExcludeFromDescription();
        routes.MapGet("/v1/batches/{id}", (RequestDelegate)(context => batches.Value.ShowAsync(context))).ExcludeFromDescription();
        routes
            .MapPost("/v1/batches/{id}/cancel", (RequestDelegate)(context => batches.Value.CancelAsync(context)))
            .ExcludeFromDescription();
    }
}
