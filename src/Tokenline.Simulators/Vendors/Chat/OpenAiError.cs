using Microsoft.AspNetCore.Http;

namespace Tokenline.Simulators.Vendors.Chat;

/// <summary>Errors in OpenAI's shape.</summary>
internal static class OpenAiError
{
    public static Refusal? CheckBearer(HttpRequest request) =>
        VendorProtocol.HasBearer(request)
            ? null
            : new Refusal("You didn't provide an API key.", Status: 401, Type: "invalid_request_error", Code: "invalid_api_key");

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
