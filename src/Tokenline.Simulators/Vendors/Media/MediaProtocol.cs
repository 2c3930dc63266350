using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tokenline.Simulators.Vendors.Chat;

namespace Tokenline.Simulators.Vendors.Media;

/// <summary>What the smaller endpoints under the OpenAI prefix have in common.</summary>
internal abstract class MediaProtocol : VendorProtocol
{
    public override Refusal? CheckCaller(HttpRequest request) => OpenAiError.CheckCaller(request);

    public override void AddError(PooledBuffer json, Refusal refusal) => OpenAiError.Add(json, refusal);

    protected static JsonElement Parse(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        var json = JsonElement.ParseValue(ref reader);
        return json.ValueKind == JsonValueKind.Object ? json : throw new RefusedException(new Refusal("The body must be a JSON object."));
    }

    /// <summary>The deployment of the path, or the model.</summary>
    protected static string ModelOf(JsonElement json, HttpContext context) =>
        OpenAiError.DeploymentOf(context) ?? OpenAiJson.Text(json, "model") ?? throw OpenAiJson.Missing("model");

    protected static Behaviour Directed(string text, Behaviour behaviour) =>
        AnswerRequest.Directed(AnswerRequest.DirectiveIn(Encoding.UTF8.GetBytes(text)), behaviour);

    protected static long TokensOf(string text) => (Encoding.UTF8.GetByteCount(text) + 3) / 4;

    /// <summary>A count as an answer says it that was told to lie.</summary>
    protected static long Said(long count, Behaviour behaviour)
    {
        count = (behaviour.Has(Fault.ZeroUsage) ? 0 : count) + (behaviour.Argument(Fault.UsageAbove) ?? 0);
        return behaviour.Has(Fault.NegativeUsage) ? -Math.Max(count, 1) : count;
    }

    /// <summary>False where the usage is left out or null; the comma and the name are written.</summary>
    protected static bool BeginsUsage(PooledBuffer json, Behaviour behaviour)
    {
        if (behaviour.Has(Fault.NoUsage))
            return false;
        json.Add(behaviour.Has(Fault.NullUsage) ? ",\"usage\":null"u8 : ",\"usage\":"u8);
        return !behaviour.Has(Fault.NullUsage);
    }

    protected static RefusedException Invalid(string message, string param) => new(new Refusal(message, param, Code: "invalid_value"));
}
