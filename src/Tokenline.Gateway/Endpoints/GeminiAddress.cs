using Microsoft.AspNetCore.Http;
using Tokenline.Gateway.Errors;
using Tokenline.Gateway.Protocols.Gemini;

namespace Tokenline.Gateway.Endpoints;

/// <summary>Gemini's addresses: <c>/v1beta/models/{model}:{method}</c>. Model IDs may hold slashes and colons; the method stands behind the last colon.</summary>
internal static class GeminiAddress
{
    public static Task ServeAsync(
        HttpContext context,
        GenerationEndpoint generations,
        CountTokensEndpoint counts,
        IdSource ids,
        TimeProvider time
    )
    {
        var call = context.Request.RouteValues["call"] as string ?? "";
        var colon = call.LastIndexOf(':');
        var (model, method) = colon < 0 ? (call, "") : (call[..colon], call[(colon + 1)..]);
        switch (method)
        {
            case "generateContent":
                return generations.ServeAsync(context, GeminiProtocol.Whole, model);
            case "streamGenerateContent" when context.Request.Query["alt"] == "sse":
                return generations.ServeAsync(context, GeminiProtocol.Streamed, model);
            case "streamGenerateContent":
                RequestId.Give(context, ids);
                return GeminiErrors.WriteAsync(
                    context,
                    new Rejection(Problems.InvalidRequest, "Streams are served as server-sent events: add ?alt=sse.", "alt"),
                    time.GetUtcNow()
                );
            case "countTokens":
                return counts.GeminiAsync(context, model);
            default:
                RequestId.Give(context, ids);
                return GeminiErrors.WriteAsync(
                    context,
                    new Rejection(
                        Problems.NotFound,
                        $"There is no method '{method}' here. There are: generateContent, streamGenerateContent?alt=sse, countTokens."
                    ),
                    time.GetUtcNow()
                );
        }
    }
}
