using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Tokenline.Gateway.Errors;

/// <summary>Writes rejections in Google's shape: <c>{"error":{"code","message","status","details"}}</c>.</summary>
internal static class GeminiErrors
{
    public static Task WriteAsync(HttpContext context, Rejection rejection, DateTimeOffset now) =>
        ErrorAnswer.WriteAsync(context, rejection, now, json => Write(json, rejection.Problem, ErrorAnswer.Message(rejection), rejection));

    public static void Write(Utf8JsonWriter json, Problem problem, string message, Rejection? rejection)
    {
        json.WriteStartObject();
        json.WriteStartObject("error"u8);
        json.WriteNumber("code"u8, problem.Status);
        json.WriteString("message"u8, message);
        json.WriteString("status"u8, StatusOf(problem));
        json.WriteStartArray("details"u8);
        json.WriteStartObject();
        json.WriteString("@type"u8, "type.googleapis.com/google.rpc.ErrorInfo"u8);
        json.WriteString("reason"u8, problem.Code);
        json.WriteString("domain"u8, "tokenline"u8);
        json.WriteStartObject("metadata"u8);
        if (rejection?.Param is { } param)
            json.WriteString("param"u8, param);
        if (rejection?.First is { } charge)
            json.WriteString("charge_id"u8, charge.ToString());
        if (rejection?.ResetsAt is { } resets)
            json.WriteString("resets_at"u8, resets.UtcDateTime);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static string StatusOf(Problem problem) =>
        problem.Status switch
        {
            401 => "UNAUTHENTICATED",
            402 => "FAILED_PRECONDITION",
            403 => "PERMISSION_DENIED",
            404 => "NOT_FOUND",
            409 => "ABORTED",
            429 => "RESOURCE_EXHAUSTED",
            500 or 502 => "INTERNAL",
            503 => "UNAVAILABLE",
            504 => "DEADLINE_EXCEEDED",
            _ => "INVALID_ARGUMENT",
        };
}
