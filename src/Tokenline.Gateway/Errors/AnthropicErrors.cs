using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Tokenline.Gateway.Errors;

/// <summary>Writes rejections in Anthropic's shape: <c>{"type":"error","error":{"type","message"},"request_id"}</c>, with our code, field and reset beside.</summary>
internal static class AnthropicErrors
{
    public static Task WriteAsync(HttpContext context, Rejection rejection, DateTimeOffset now)
    {
        var request = context.Response.Headers["x-request-id"].ToString();
        context.Response.Headers["request-id"] = request;
        return ErrorAnswer.WriteAsync(
            context,
            rejection,
            now,
            json => Write(json, rejection.Problem, ErrorAnswer.Message(rejection), rejection, request)
        );
    }

    public static void Write(Utf8JsonWriter json, Problem problem, string message, Rejection? rejection, string? request = null)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "error"u8);
        json.WriteStartObject("error"u8);
        json.WriteString("type"u8, TypeOf(problem));
        json.WriteString("message"u8, message);
        json.WriteString("code"u8, problem.Code);
        if (rejection?.Param is { } param)
            json.WriteString("param"u8, param);
        if (rejection?.First is { } charge)
            json.WriteString("charge_id"u8, charge.ToString());
        if (rejection?.ResetsAt is { } resets)
            json.WriteString("resets_at"u8, resets.UtcDateTime);
        json.WriteEndObject();
        if (request is not null)
            json.WriteString("request_id"u8, request);
        json.WriteEndObject();
    }

    private static string TypeOf(Problem problem) =>
        problem.Status switch
        {
            401 => "authentication_error",
            402 => "billing_error",
            403 => "permission_error",
            404 => "not_found_error",
            413 => "request_too_large",
            429 => "rate_limit_error",
            500 or 502 => "api_error",
            503 => "overloaded_error",
            504 => "timeout_error",
            _ => "invalid_request_error",
        };
}
