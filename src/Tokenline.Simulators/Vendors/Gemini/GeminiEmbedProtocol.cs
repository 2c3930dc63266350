using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Tokenline.Simulators.Vendors.Gemini;

/// <summary>embedContent, and batchEmbedContents if <paramref name="batch"/>.</summary>
internal sealed class GeminiEmbedProtocol(bool batch) : VendorProtocol
{
    private const int RequestsMax = 100;
    private const int DimensionsMax = 3072;

    public override Refusal? CheckCaller(HttpRequest request) => GeminiCaller.Check(request);

    public override Answer Read(ReadOnlySpan<byte> body, HttpContext context, Behaviour behaviour)
    {
        var reader = new Utf8JsonReader(body);
        var json = JsonElement.ParseValue(ref reader);
        var model = GeminiCaller.ModelOf(context);
        var inputs = new List<(string Text, int Dimensions)>();
        var tokens = 0L;
        if (!batch)
            tokens += ReadOne(json, "", inputs);
        else
        {
            ProtoJson.OnlyKnown(json, "", ["requests"]);
            if (ProtoJson.Member(json, "requests") is not { } requests || requests.GetArrayLength() == 0)
                throw GeminiError.Invalid("* BatchEmbedContentsRequest.requests: requests must not be empty");
            if (requests.GetArrayLength() > RequestsMax)
                throw GeminiError.Invalid($"* BatchEmbedContentsRequest.requests: at most {RequestsMax} requests can be in one batch");
            foreach (var request in requests.EnumerateArray())
            {
                if (ProtoJson.Text(request, "model") != $"models/{model}")
                    throw GeminiError.Invalid(
                        $"* BatchEmbedContentsRequest.requests[{inputs.Count}].model: model must match 'models/{model}'"
                    );
                tokens += ReadOne(request, $"requests[{inputs.Count}]", inputs);
            }
        }
        var directive = AnswerRequest.DirectiveIn(Encoding.UTF8.GetBytes(inputs[0].Text));
        behaviour = AnswerRequest.Directed(directive, behaviour);
        return new ReadyAnswer(behaviour, to => Compose(to, inputs, tokens, behaviour));
    }

    public override void AddError(PooledBuffer json, Refusal refusal) => GeminiError.Add(json, refusal);

    private static long ReadOne(JsonElement json, string place, List<(string Text, int Dimensions)> inputs)
    {
        ProtoJson.OnlyKnown(json, place, ["model", "content", "taskType", "title", "outputDimensionality", "embedContentConfig"]);
        if (ProtoJson.Member(json, "content") is not { } content)
            throw GeminiError.Invalid("* EmbedContentRequest.content: contents is not specified");
        var dimensions = ProtoJson.Int(json, "outputDimensionality") ?? DimensionsMax;
        if (dimensions is < 1 or > DimensionsMax)
            throw GeminiError.Invalid($"* EmbedContentRequest.output_dimensionality: must be between 1 and {DimensionsMax}");
        var contents = new GeminiContents(model: "");
        contents.Read(content, "content");
        inputs.Add((contents.LastUserText, dimensions));
        return contents.Tokens;
    }

    private void Compose(PooledBuffer json, List<(string Text, int Dimensions)> inputs, long tokens, Behaviour behaviour)
    {
        json.Add(batch ? "{\"embeddings\":["u8 : "{\"embedding\":"u8);
        for (var i = 0; i < inputs.Count; i++)
        {
            json.Add(i == 0 ? "{\"values\":"u8 : ",{\"values\":"u8);
            SampleVector.Add(json, inputs[i].Text, inputs[i].Dimensions);
            json.Add("}"u8);
        }
        json.Add(batch ? "]"u8 : default);
        var usage = new SimulatedUsage(tokens, 0, 0, 0).Bent(behaviour);
        if (behaviour.Has(Fault.NullUsage))
            json.Add(",\"usageMetadata\":null"u8);
        else if (!behaviour.Has(Fault.NoUsage))
            json.Add(",\"usageMetadata\":{\"promptTokenCount\":"u8).Add(usage.PromptTokens).Add("}"u8);
        json.Add("}"u8);
    }
}
