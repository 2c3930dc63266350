using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Tokenline.Commerce;

namespace Tokenline.Billing;

/// <summary>How documents are kept: the same value is the same bytes.</summary>
public static class BillingJson
{
    public static JsonSerializerOptions Options { get; } =
        new(JsonSerializerDefaults.Web)
        {
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            Converters = { new DecimalText() },
        };

    public static string Write<T>(T value) => JsonSerializer.Serialize(value, Options);

    public static T Read<T>(string body) =>
        JsonSerializer.Deserialize<T>(body, Options) ?? throw new JsonException($"a stored {typeof(T).Name} is empty");
}
