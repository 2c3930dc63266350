using System.Text;
using Microsoft.AspNetCore.Http;

namespace Tokenline.Simulators.Vendors;

/// <summary>Errors in OpenAI's shape.</summary>
internal static class OpenAiError
{
    public static void Add(PooledBuffer json, string message, string type, string? param, string? code)
    {
        json.Add("{\"error\":{\"message\":\""u8).AddEscaped(message).Add("\",\"type\":\""u8).AddEscaped(type).Add("\",\"param\":"u8);
        AddTextOrNull(json, param);
        json.Add(",\"code\":"u8);
        AddTextOrNull(json, code);
        json.Add("}}"u8);
    }

    public static async Task SendAsync(
        HttpContext context,
        int status,
        string message,
        string type,
        string? param = null,
        string? code = null
    )
    {
        using var json = new PooledBuffer();
        Add(json, message, type, param, code);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = json.Written.Length;
        await context.Response.BodyWriter.WriteAsync(json.WrittenMemory, context.RequestAborted);
    }

    /// <summary>The error a vendor would send with this status.</summary>
    public static Task SendStatusAsync(HttpContext context, int status)
    {
        if (status is 429 or 503)
            context.Response.Headers.RetryAfter = "1";
        var (type, code) = status switch
        {
            401 => ("authentication_error", "invalid_api_key"),
            402 => ("insufficient_quota", "insufficient_quota"),
            403 => ("permission_error", "permission_denied"),
            404 => ("invalid_request_error", "model_not_found"),
            429 => ("rate_limit_error", "rate_limit_exceeded"),
            < 500 => ("invalid_request_error", "simulated_fault"),
            _ => ("server_error", "simulated_fault"),
        };
        return SendAsync(context, status, $"The simulator was told to answer {status}.", type, null, code);
    }

    public static Task SendRawAsync(HttpContext context, string contentType, string body)
    {
        context.Response.ContentType = contentType;
        return context.Response.BodyWriter.WriteAsync(Encoding.UTF8.GetBytes(body), context.RequestAborted).AsTask();
    }

    private static void AddTextOrNull(PooledBuffer json, string? text)
    {
        if (text is null)
            json.Add("null"u8);
        else
            json.Add("\""u8).AddEscaped(text).Add("\""u8);
    }
}
