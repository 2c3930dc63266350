using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tokenline.Simulators.Vendors.Chat;

namespace Tokenline.Simulators.Vendors.Media;

/// <summary>OpenAI embeddings of texts or tokens, as numbers or base64.</summary>
internal sealed class EmbeddingsProtocol : MediaProtocol
{
    private const int InputsMax = 2048;
    private const int DimensionsMax = 3072;
    private const int DimensionsUsual = 1536;

    public override Answer Read(ReadOnlySpan<byte> body, HttpContext context, Behaviour behaviour)
    {
        var json = Parse(body);
        var model = ModelOf(json, context);
        var inputs = new List<string>();
        var tokens = ReadInputs(OpenAiJson.Member(json, "input") ?? throw OpenAiJson.Missing("input"), inputs);
        var dimensions = OpenAiJson.Member(json, "dimensions")?.GetInt32() ?? DimensionsUsual;
        if (dimensions is < 1 or > DimensionsMax)
            throw Invalid($"'dimensions' must be between 1 and {DimensionsMax}.", "dimensions");
        var format = OpenAiJson.Text(json, "encoding_format") ?? "float";
        if (format is not ("float" or "base64"))
            throw Invalid($"Invalid value: '{format}'. Supported values are: 'float' and 'base64'.", "encoding_format");
        behaviour = Directed(inputs[0], behaviour);
        return new ReadyAnswer(
            behaviour,
            to => Compose(to, model, inputs, dimensions, format == "base64", Said(tokens, behaviour), behaviour)
        );
    }

    /// <summary>The tokens of all; a list of token numbers stands for its own text.</summary>
    private static long ReadInputs(JsonElement input, List<string> inputs)
    {
        if (input.ValueKind == JsonValueKind.String || IsTokens(input))
            return ReadInput(input, inputs);
        if (input.ValueKind != JsonValueKind.Array || input.GetArrayLength() is 0 or > InputsMax)
            throw Invalid($"'input' must be a string or an array of 1 to {InputsMax} inputs.", "input");
        var tokens = 0L;
        foreach (var one in input.EnumerateArray())
            tokens += ReadInput(one, inputs);
        return tokens;
    }

    private static long ReadInput(JsonElement input, List<string> inputs)
    {
        if (IsTokens(input))
        {
            inputs.Add(input.GetRawText());
            return input.GetArrayLength();
        }
        if (input.ValueKind != JsonValueKind.String || input.GetString()!.Length == 0)
            throw Invalid("'$.input' is invalid. Please check the API reference: https://platform.openai.com/docs/api-reference.", "input");
        inputs.Add(input.GetString()!);
        return TokensOf(inputs[^1]);
    }

    private static bool IsTokens(JsonElement input) =>
        input.ValueKind == JsonValueKind.Array && input.GetArrayLength() > 0 && input[0].ValueKind == JsonValueKind.Number;

    private static void Compose(
        PooledBuffer json,
        string model,
        List<string> inputs,
        int dimensions,
        bool base64,
        long tokens,
        Behaviour behaviour
    )
    {
        json.Add("{\"object\":\"list\",\"data\":["u8);
        for (var i = 0; i < inputs.Count; i++)
        {
            json.Add(i == 0 ? "{\"object\":\"embedding\",\"index\":"u8 : ",{\"object\":\"embedding\",\"index\":"u8).Add(i);
            json.Add(",\"embedding\":"u8);
            if (base64)
                SampleVector.AddBase64(json, inputs[i], dimensions);
            else
                SampleVector.Add(json, inputs[i], dimensions);
            json.Add("}"u8);
        }
        json.Add("],\"model\":\""u8).AddEscaped(model).Add("\""u8);
        if (BeginsUsage(json, behaviour))
        {
            json.Add("{"u8);
            if (!behaviour.Has(Fault.TotalOnly))
                json.Add("\"prompt_tokens\":"u8).Add(tokens).Add(","u8);
            json.Add("\"total_tokens\":"u8).Add(tokens).Add("}"u8);
        }
        json.Add("}"u8);
    }
}
