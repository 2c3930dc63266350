using Microsoft.AspNetCore.Http;

namespace Tokenline.Simulators.Vendors.Chat;

/// <summary>Errors in OpenAI's shape.</summary>
internal static class OpenAiError
{
    /// <summary>A bearer key; or, where the path names a deployment, Azure's key and the version of its API.</summary>
    public static Refusal? CheckCaller(HttpRequest request)
    {
        if (DeploymentOf(request.HttpContext) is null)
            return VendorProtocol.HasBearer(request)
                ? null
                : new Refusal("You didn't provide an API key.", Status: 401, Type: "invalid_request_error", Code: "invalid_api_key");
        if (request.Headers["api-key"].ToString().Trim().Length == 0 && !VendorProtocol.HasBearer(request))
            return new Refusal(
                "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource.",
                Status: 401,
                Code: "401"
            );
        return request.Query.ContainsKey("api-version") ? null : new Refusal("Resource not found", Status: 404, Code: "404");
    }

    /// <summary>What Azure's paths name in place of a model.</summary>
    public static string? DeploymentOf(HttpContext context) => (string?)context.Request.RouteValues["deployment"];

    public static void Add(PooledBuffer json, Refusal refusal)
    {
        var (type, code) = KindOf(refusal.Status);
        Add(json, refusal.Message, refusal.Type ?? type, refusal.Param, refusal.Code ?? (refusal.Ordered ? code : null));
    }

    private static void Add(PooledBuffer json, string message, string type, string? param, string? code)
    {
        json.Add("{\"error\":{\"message\":\""u8).AddEscaped(message).Add("\",\"type\":\""u8).AddEscaped(type).Add("\",\"param\":"u8);
        AddTextOrNull(json, param);
        json.Add(",\"code\":"u8);
        AddTextOrNull(json, code);
        json.Add("}}"u8);
    }

    /// <summary>What a vendor would say with this status.</summary>
    private static (string Type, string Code) KindOf(int status) =>
        status switch
        {
            401 => ("authentication_error", "invalid_api_key"),
            402 => ("insufficient_quota", "insufficient_quota"),
            403 => ("permission_error", "permission_denied"),
            404 => ("invalid_request_error", "model_not_found"),
            429 => ("rate_limit_error", "rate_limit_exceeded"),
            < 500 => ("invalid_request_error", "simulated_fault"),
            _ => ("server_error", "simulated_fault"),
        };

    private static void AddTextOrNull(PooledBuffer json, string? text)
    {
        if (text is null)
            json.Add("null"u8);
        else
            json.Add("\""u8).AddEscaped(text).Add("\""u8);
    }
}
