using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace Tokenline.Gateway.Batches;

/// <summary>What a line was answered. Aborted: it broke off, and what became of its charge is not known here.</summary>
internal sealed record LineAnswer(int Status, IHeaderDictionary Headers, byte[] Body, bool IsAborted);

/// <summary>
/// Runs a line through the endpoint that its path is served by, with a context of its own and no socket: the same steps in the same order as any call, but
/// for where its key and its idempotency key come from. A request to the own address would need a credential that opens every account.
/// </summary>
internal sealed class LineRunner(EndpointDataSource endpoints, IServiceProvider services)
{
    public IEnumerable<string> Paths => Routes.Select(route => route.RoutePattern.RawText!);

    private IEnumerable<RouteEndpoint> Routes =>
        endpoints.Endpoints.OfType<RouteEndpoint>().Where(route => route.Metadata.GetMetadata<TakesBatchLines>() is not null);

    public async Task<LineAnswer> RunAsync(string path, string origin, ReadOnlyMemory<byte> body, LineOfBatch line)
    {
        var serve = Routes.Single(route => route.RoutePattern.RawText == path).RequestDelegate!;
        using var answer = new MemoryStream();
        using var lifetime = new Lifetime();
        var context = new DefaultHttpContext { RequestServices = services };
        context.Features.Set(line);
        context.Features.Set<IHttpRequestLifetimeFeature>(lifetime);
        var address = new Uri(origin);
        context.Request.Method = HttpMethods.Post;
        (context.Request.Scheme, context.Request.Host, context.Request.Path) = (address.Scheme, new(address.Authority), path);
        context.Request.ContentType = "application/json";
        context.Request.ContentLength = body.Length;
        context.Request.Body = new MemoryStream(body.ToArray(), writable: false);
        context.Response.Body = answer;
        await serve(context);
        await context.Response.CompleteAsync();
        return new(
            context.Response.StatusCode,
            context.Response.Headers,
            answer.ToArray(),
            lifetime.RequestAborted.IsCancellationRequested
        );
    }

    /// <summary>Nobody hangs up on a line; only the gateway itself may break it off.</summary>
    private sealed class Lifetime : IHttpRequestLifetimeFeature, IDisposable
    {
        private readonly CancellationTokenSource source = new();

        public Lifetime() => RequestAborted = source.Token;

        public CancellationToken RequestAborted { get; set; }

        public void Abort() => source.Cancel();

        public void Dispose() => source.Dispose();
    }
}
