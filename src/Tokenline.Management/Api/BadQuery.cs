using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Tokenline.Management.Api;

/// <summary>The framework answers a query that it cannot read (<c>?open=perhaps</c>) with a bare 400: here with the problem that everything else is refused with.</summary>
internal static class BadQuery
{
    public static void ExplainBadQueries(this RouteGroupBuilder api) => ((IEndpointConventionBuilder)api).Finally(Explain);

    private static void Explain(EndpointBuilder endpoint)
    {
        if (endpoint.RequestDelegate is not { } inner)
            return;
        endpoint.RequestDelegate = async http =>
        {
            await inner(http);
            if (http.Response is { StatusCode: StatusCodes.Status400BadRequest, HasStarted: false, ContentType: null })
                await ApiResult
                    .Problem(
                        Problems.InvalidRequest,
                        $"The query '{http.Request.QueryString}' has a value that is not of its parameter's type. See /docs."
                    )
                    .ExecuteAsync(http);
        };
    }
}
