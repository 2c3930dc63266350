using Microsoft.AspNetCore.Http;

namespace Tokenline.Simulators.Vendors.Gemini;

/// <summary>What all of Gemini's verbs have in common.</summary>
internal static class GeminiCaller
{
    public static Refusal? Check(HttpRequest request) =>
        request.Headers["x-goog-api-key"].ToString().Trim().Length > 0
        || request.Query["key"].ToString().Length > 0
        || VendorProtocol.HasBearer(request)
            ? null
            : new Refusal(
                "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.",
                Status: 403
            );

    /// <summary>What stands before the verb: <c>models/gemini-2.5-pro:generateContent</c>.</summary>
    public static string ModelOf(HttpContext context)
    {
        var call = CallOf(context);
        return call[..Math.Max(call.LastIndexOf(':'), 0)];
    }

    public static string CallOf(HttpContext context) => (string?)context.Request.RouteValues["call"] ?? "";

    public static void AddModels(PooledBuffer json, IReadOnlyList<string> models)
    {
        json.Add("{\"models\":["u8);
        for (var i = 0; i < models.Count; i++)
        {
            json.Add(i == 0 ? "{\"name\":\"models/"u8 : ",{\"name\":\"models/"u8).AddEscaped(models[i]);
            json.Add("\",\"version\":\"001\",\"displayName\":\""u8).AddEscaped(models[i]);
            json.Add("\",\"inputTokenLimit\":1048576,\"outputTokenLimit\":65536,\"supportedGenerationMethods\":"u8);
            json.Add("[\"generateContent\",\"countTokens\",\"embedContent\",\"batchEmbedContents\"]}"u8);
        }
        json.Add("]}"u8);
    }
}

internal static class GeminiVerbs
{
    private static readonly Dictionary<string, VendorProtocol> verbs = new()
    {
        ["generateContent"] = new GenerateProtocol(stream: false),
        ["streamGenerateContent"] = new GenerateProtocol(stream: true),
        ["countTokens"] = new GeminiCountProtocol(),
        ["embedContent"] = new GeminiEmbedProtocol(batch: false),
        ["batchEmbedContents"] = new GeminiEmbedProtocol(batch: true),
    };

    public static VendorProtocol Of(HttpContext context)
    {
        var call = GeminiCaller.CallOf(context);
        return verbs.GetValueOrDefault(call[(call.LastIndexOf(':') + 1)..], NoVerb.Only);
    }

    private sealed class NoVerb : VendorProtocol
    {
        public static readonly NoVerb Only = new();

        public override Refusal? CheckCaller(HttpRequest request) => GeminiCaller.Check(request);

        public override Answer Read(ReadOnlySpan<byte> body, HttpContext context, Behaviour behaviour) =>
            throw new RefusedException(new Refusal("Requested entity was not found.", Status: 404));

        public override void AddError(PooledBuffer json, Refusal refusal) => GeminiError.Add(json, refusal);
    }
}
