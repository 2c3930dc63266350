using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Tokenline.Gateway.Errors;

/// <summary>What the errors of all protocols have in common: status, headers, and that a stream which has begun cannot become one.</summary>
internal static class ErrorAnswer
{
    /// <summary>Clients that retry by themselves are told not to when nothing changes within a minute.</summary>
    private static readonly TimeSpan retryHorizon = TimeSpan.FromSeconds(60);

    /// <summary>Quotes and other scripts stay readable: the body is JSON, never a part of a page.</summary>
    private static readonly JsonWriterOptions forPeople = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Task WriteAsync(HttpContext context, Rejection rejection, DateTimeOffset now, Action<Utf8JsonWriter> write)
    {
        var response = context.Response;
        if (response.HasStarted)
        {
            context.Abort();
            return Task.CompletedTask;
        }
        response.StatusCode = rejection.Problem.Status;
        response.ContentType = "application/json";
        if (RetryAfter(rejection, now) is { } seconds)
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        if (rejection.First is { } first)
            response.Headers["x-tokenline-charge-id"] = first.ToString();
        if (rejection.Problem.Status is 402 or 409 || rejection.ResetsAt - now > retryHorizon)
            response.Headers["x-should-retry"] = "false";

        var body = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(body, forPeople))
            write(json);
        response.ContentLength = body.WrittenCount;
        return response.Body.WriteAsync(body.WrittenMemory).AsTask();
    }

    public static string Message(Rejection rejection) =>
        rejection.ResetsAt is { } resets
            ? $"{rejection.Message} It resets at {resets.UtcDateTime:yyyy-MM-dd HH:mm} UTC."
            : rejection.Message;

    /// <summary>Whoever is asked to come back later is told when: at the reset, as far as it is known, else in a second.</summary>
    private static long? RetryAfter(Rejection rejection, DateTimeOffset now) =>
        rejection.RetryAfterSeconds is { } seconds ? seconds
        : rejection.Problem.Status is not (429 or 503) ? null
        : rejection.ResetsAt is { } resets ? Math.Max(1, (long)Math.Ceiling((resets - now).TotalSeconds))
        : 1;
}
