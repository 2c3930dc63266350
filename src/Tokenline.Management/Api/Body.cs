using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tokenline.Commerce;

namespace Tokenline.Management.Api;

/// <summary>Reads a request body. A member that is unknown, of the wrong type or there twice is refused by its name.</summary>
internal static class Body
{
    private const int BytesMax = 1024 * 1024;

    public static async Task<Outcome<T>> ReadAsync<T>(HttpContext http)
        where T : class
    {
        using var bytes = new MemoryStream();
        var buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            int read;
            while ((read = await http.Request.Body.ReadAsync(buffer, http.RequestAborted)) > 0)
            {
                if (bytes.Length + read > BytesMax)
                    return new Refused(Problems.PayloadTooLarge, $"A body has at most {BytesMax} bytes.");
                bytes.Write(buffer, 0, read);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        try
        {
            return JsonSerializer.Deserialize<T>(bytes.GetBuffer().AsSpan(0, (int)bytes.Length), CommerceJson.Options) is { } body
                ? body
                : new Refused(Problems.InvalidRequest, "The body is a JSON object.");
        }
        catch (JsonException e)
        {
            return new Refused(Problems.InvalidRequest, $"The body cannot be read: {WithoutTypeNames(e.Message)}", Param(e.Path));
        }
    }

    /// <summary>As <see cref="ReadAsync"/>, where leaving the body out means nothing was said.</summary>
    public static async Task<Outcome<T>> ReadOptionalAsync<T>(HttpContext http)
        where T : class, new() =>
        http.Request.ContentLength is 0 or null && !http.Request.Headers.ContainsKey("Transfer-Encoding")
            ? new T()
            : await ReadAsync<T>(http);

    private static string? Param(string? path) =>
        path is null or "$" ? null
        : path.StartsWith("$.", StringComparison.Ordinal) ? path[2..]
        : path;

    /// <summary>The serializer's words end in positions and name our types; what comes before is for the caller.</summary>
    private static string WithoutTypeNames(string message)
    {
        var end = message.IndexOf(" Path: ", StringComparison.Ordinal);
        var text = end > 0 ? message[..end] : message;
        if (text.Contains("could not be mapped to any .NET member", StringComparison.Ordinal))
            return "it has a member that is not known here.";
        return text.Contains("could not be converted", StringComparison.Ordinal) ? "a value is of the wrong type." : text;
    }
}
