using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Tokenline.Simulators.Vendors.Gemini;

/// <summary>Reads and checks contents and their parts as the vendor does, and counts their tokens.</summary>
internal sealed class GeminiContents(string model)
{
    private const int TokensPerMessage = 3;
    private const int TokensPerImage = 85;

    private static readonly string[] data =
    [
        "text",
        "inlineData",
        "fileData",
        "functionCall",
        "functionResponse",
        "executableCode",
        "codeExecutionResult",
        "toolCall",
        "toolResponse",
    ];

    private static readonly string[] members =
    [
        .. data,
        "thought",
        "thoughtSignature",
        "videoMetadata",
        "mediaResolution",
        "partMetadata",
        "audioTranscription",
    ];

    private int callsOpen;

    public long Tokens { get; private set; }
    public bool LastIsUser { get; private set; }

    /// <summary>What a function answered in the last content.</summary>
    public string? FunctionResult { get; private set; }

    /// <summary>Of the last user content that has text.</summary>
    public string LastUserText { get; private set; } = "";

    /// <summary>One content may stand in place of a list.</summary>
    public void ReadAll(JsonElement contents)
    {
        if (contents.ValueKind == JsonValueKind.Object)
        {
            Read(contents, "contents");
            return;
        }
        if (contents.ValueKind != JsonValueKind.Array || contents.GetArrayLength() == 0)
            throw GeminiError.At("contents", "contents is not specified");
        var index = 0;
        foreach (var content in contents.EnumerateArray())
            Read(content, $"contents[{index++}]");
        CheckSignatures(contents);
        if (callsOpen > 0)
            throw GeminiError.Invalid("Please ensure that function call turn comes immediately before a function response turn.");
    }

    public void Read(JsonElement content, string place, bool isSystem = false)
    {
        ProtoJson.OnlyKnown(content, place, ["parts", "role"]);
        var role = ProtoJson.Text(content, "role") ?? "user";
        if (!isSystem && role is not ("user" or "model" or "function"))
            throw GeminiError.Invalid("Please use a valid role: user, model.");
        if (ProtoJson.Member(content, "parts") is not { } parts || (parts.ValueKind == JsonValueKind.Array && parts.GetArrayLength() == 0))
            throw GeminiError.At($"{place}.parts", "contents.parts must not be empty.");
        var text = new StringBuilder();
        int calls = 0,
            responses = 0,
            index = 0;
        FunctionResult = null;
        foreach (var part in parts.ValueKind == JsonValueKind.Array ? parts.EnumerateArray().ToArray() : [parts])
        {
            var at = $"{place}.parts[{index++}]";
            ReadPart(part, at, role, text);
            calls += ProtoJson.Member(part, "functionCall") is null ? 0 : 1;
            responses += ProtoJson.Member(part, "functionResponse") is null ? 0 : 1;
        }
        Tokens += Quarter(Encoding.UTF8.GetByteCount(text.ToString())) + TokensPerMessage;
        if (isSystem)
            return;
        if (responses != callsOpen)
            throw GeminiError.Invalid(
                "Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn."
            );
        callsOpen = calls;
        LastIsUser = role == "user" && responses == 0;
        if (role == "user" && text.Length > 0)
            LastUserText = text.ToString();
    }

    private void ReadPart(JsonElement part, string place, string role, StringBuilder text)
    {
        ProtoJson.OnlyKnown(part, place, members);
        if (data.Count(name => ProtoJson.Member(part, name) is not null) != 1)
            throw GeminiError.At(place, "required oneof field 'data' must have one initialized field");
        if (ProtoJson.Text(part, "thoughtSignature") is { } signature)
            CheckSignature(signature);
        if (ProtoJson.Member(part, "text") is { } words)
            text.Append(words.GetString());
        else if (ProtoJson.Member(part, "inlineData") is { } inline)
            ReadInline(inline, place);
        else if (ProtoJson.Member(part, "fileData") is not null)
            Tokens += TokensPerImage;
        else if (ProtoJson.Member(part, "functionCall") is { } call)
            ReadCall(call, place, role);
        else if (ProtoJson.Member(part, "functionResponse") is { } response)
            ReadResponse(response, place, role);
        else
            Tokens += Quarter(JsonMarshal.GetRawUtf8Value(part).Length);
    }

    private void ReadInline(JsonElement inline, string place)
    {
        ProtoJson.OnlyKnown(inline, $"{place}.inline_data", ["mimeType", "data", "displayName"]);
        var kind =
            ProtoJson.Text(inline, "mimeType")
            ?? throw GeminiError.Invalid("Unable to process input image. Please set the mime_type of the inline data.");
        var bytes = ProtoJson.Text(inline, "data") ?? throw GeminiError.At($"{place}.inline_data.data", "required");
        Tokens += kind.StartsWith("image/", StringComparison.OrdinalIgnoreCase) ? TokensPerImage : Quarter(bytes.Length);
    }

    private void ReadCall(JsonElement call, string place, string role)
    {
        ProtoJson.OnlyKnown(call, $"{place}.function_call", ["id", "name", "args", "partialArgs", "willContinue"]);
        if (role != "model")
            throw GeminiError.Invalid("Please ensure that function call turn has the role 'model'.");
        if (string.IsNullOrEmpty(ProtoJson.Text(call, "name")))
            throw GeminiError.At($"{place}.function_call.name", "Name cannot be empty.");
        if (ProtoJson.Member(call, "args") is { ValueKind: not JsonValueKind.Object })
            throw GeminiError.At($"{place}.function_call.args", "Invalid value, expected a google.protobuf.Struct");
        Tokens += Quarter(JsonMarshal.GetRawUtf8Value(call).Length);
    }

    private void ReadResponse(JsonElement response, string place, string role)
    {
        ProtoJson.OnlyKnown(response, $"{place}.function_response", ["id", "name", "response", "willContinue", "scheduling", "parts"]);
        if (role == "model")
            throw GeminiError.Invalid("Please ensure that function response turn has the role 'user'.");
        if (string.IsNullOrEmpty(ProtoJson.Text(response, "name")))
            throw GeminiError.At($"{place}.function_response.name", "Name cannot be empty.");
        if (ProtoJson.Member(response, "response") is not { ValueKind: JsonValueKind.Object } said)
            throw GeminiError.At($"{place}.function_response.response", "Invalid value, expected a google.protobuf.Struct");
        var raw = JsonMarshal.GetRawUtf8Value(said);
        Tokens += Quarter(raw.Length);
        FunctionResult =
            ProtoJson.Text(said, "result")
            ?? ProtoJson.Text(said, "output")
            ?? ProtoJson.Text(said, "content")
            ?? Encoding.UTF8.GetString(raw);
    }

    /// <summary>The two words are the vendor's own way for histories that it did not write.</summary>
    private static void CheckSignature(string signature)
    {
        if (
            signature is not ("skip_thought_signature_validator" or "context_engineering_is_the_way_to_go")
            && !Seal.IsGenuine(signature, "thought"u8)
        )
            throw GeminiError.Invalid("Corrupted thought signature.");
    }

    /// <summary>Gemini 3 wants a signature on the first call of each step since the user last spoke.</summary>
    private void CheckSignatures(JsonElement contents)
    {
        if (!model.Contains("gemini-3", StringComparison.Ordinal))
            return;
        var all = contents.EnumerateArray().ToArray();
        for (var i = all.Length - 1; i >= 0; i--)
        {
            var parts = ProtoJson.Member(all[i], "parts")!.Value;
            if (parts.ValueKind != JsonValueKind.Array)
                continue;
            if (ProtoJson.Text(all[i], "role") != "model")
            {
                if (parts.EnumerateArray().Any(p => ProtoJson.Member(p, "text") is not null))
                    return;
                continue;
            }
            foreach (var part in parts.EnumerateArray())
            {
                if (ProtoJson.Member(part, "functionCall") is not { } call)
                    continue;
                if (ProtoJson.Text(part, "thoughtSignature") is null)
                    throw GeminiError.Invalid(
                        $"Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly, and missing thought_signature may lead to degraded model performance. Additional data, function call `default_api:{ProtoJson.Text(call, "name")}` , position {i + 1}."
                    );
                break;
            }
        }
    }

    private static long Quarter(long bytes) => (bytes + 3) / 4;
}
