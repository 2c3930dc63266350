using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tokenline.Commerce;
using Tokenline.Commerce.AuditTrail;

namespace Tokenline.Management.AuditTrail;

/// <summary>
/// Around every request that may change something: an entry before it, and one with what became of it. What cannot be written down is not done.
/// Who is the operator's key, what is the method and the route, why is the header <c>X-Reason</c>, and what was asked for is the body without its secrets.
/// </summary>
internal sealed class AuditEdge(AuditLog audit) : IEndpointFilter
{
    private const int BodyBytesMax = 16 * 1024;

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (!IsChange(http))
            return await next(context);
        var begun = await audit.BeginAsync(await DraftAsync(http));
        try
        {
            var answer = await next(context);
            var status = (answer as IStatusCodeHttpResult)?.StatusCode ?? StatusCodes.Status200OK;
            await audit.EndAsync(begun, status < 400 ? null : RefusalOf(answer, status), null);
            return answer;
        }
        catch (Exception e)
        {
            await audit.FailAsync(begun, e);
            throw;
        }
    }

    private static bool IsChange(HttpContext http) =>
        !HttpMethods.IsGet(http.Request.Method)
        && !HttpMethods.IsHead(http.Request.Method)
        && http.GetEndpoint() is RouteEndpoint endpoint
        && endpoint.Metadata.GetMetadata<ChangesNothing>() is null
        && endpoint.Metadata.GetMetadata<AuditedInside>() is null
        && endpoint.RoutePattern.Parameters is not [{ IsCatchAll: true }];

    private static async Task<AuditDraft> DraftAsync(HttpContext http)
    {
        var (route, values) = (((RouteEndpoint)http.GetEndpoint()!).RoutePattern, http.Request.RouteValues);
        var first = route.Parameters.Count == 0 ? null : values[route.Parameters[0].Name]?.ToString();
        var noun = route.RawText![(ManagementApi.Root.Length + 1)..].Split('/')[0];
        return new AuditDraft(
            AuditMarks.Acting(http),
            $"{http.Request.Method} /{route.RawText[(ManagementApi.Root.Length + 1)..]}",
            new AuditSubject(noun, first is null ? "-" : string.Join('/', values.Values))
        )
        {
            Customer = noun == "customers" && PartyId.TryParse(first, out var customer) ? customer : null,
            Vendor = values.GetValueOrDefault("vendor")?.ToString(),
            After = await BodyAsync(http),
            Why = AuditMarks.Reason(http),
        };
    }

    /// <summary>A body of JSON that is not long; it is read again by whoever it is for.</summary>
    private static async Task<string?> BodyAsync(HttpContext http)
    {
        if (http.Request.ContentLength is null or 0 or > BodyBytesMax)
            return null;
        http.Request.EnableBuffering(BodyBytesMax);
        using var bytes = new MemoryStream((int)http.Request.ContentLength);
        await http.Request.Body.CopyToAsync(bytes, http.RequestAborted);
        http.Request.Body.Position = 0;
        return AuditJson.OfBody(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
    }

    private static Refused RefusalOf(object? answer, int status)
    {
        var body = (answer as IValueHttpResult)?.Value as Api.ProblemBody;
        return new(new Problem(body?.Code ?? $"http_{status}", status, "api_error"), body?.Detail ?? "");
    }
}
