using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tokenline.Commerce.Parties;
using Tokenline.Gateway.Errors;

namespace Tokenline.Gateway.Endpoints;

/// <summary>A request in OpenAI's style that is no call of a model: it needs a key, costs nothing, and is answered as JSON or refused.</summary>
internal readonly struct KeyedRequest(HttpContext context, Keyring keyring, IdSource ids, TimeProvider time)
{
    private static readonly JsonWriterOptions forPeople = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public async Task AnswerAsync(Func<KeyRights, Task<Rejection?>> answer)
    {
        var now = time.GetUtcNow();
        var asked = context;
        RequestId.Give(asked, ids);
        var rejection = ClientKey.Find(asked.Request, keyring, now) is { } key
            ? ClientKey.WhyNot(asked, key, now) ?? await answer(key)
            : ClientKey.Rejection;
        if (rejection is not null)
            await OpenAIErrors.WriteAsync(asked, rejection, now);
    }

    public static async Task WriteAsync(HttpContext context, Action<Utf8JsonWriter> write)
    {
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, forPeople);
        write(json);
    }

    /// <param name="page">One more than asked for, where there is more.</param>
    public static Task WriteListAsync<T>(
        HttpContext context,
        IReadOnlyList<T> page,
        int limit,
        Func<T, string> idOf,
        Action<Utf8JsonWriter, T> write
    ) =>
        WriteAsync(
            context,
            json =>
            {
                var count = Math.Min(page.Count, limit);
                json.WriteStartObject();
                json.WriteString("object"u8, "list"u8);
                json.WriteStartArray("data"u8);
                for (var i = 0; i < count; i++)
                    write(json, page[i]);
                json.WriteEndArray();
                json.WriteString("first_id"u8, count > 0 ? idOf(page[0]) : null);
                json.WriteString("last_id"u8, count > 0 ? idOf(page[count - 1]) : null);
                json.WriteBoolean("has_more"u8, page.Count > limit);
                json.WriteEndObject();
            }
        );
}
