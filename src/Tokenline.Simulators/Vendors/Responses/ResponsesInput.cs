using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Tokenline.Simulators.Vendors.Chat;

namespace Tokenline.Simulators.Vendors.Responses;

/// <summary>Reads and checks the input items as the vendor does, and counts their tokens.</summary>
/// <param name="knowsHistory">What came before is at the vendor, so that calls and their outputs need not both be here.</param>
internal sealed class ResponsesInput(bool knowsHistory)
{
    private const int TokensPerMessage = 3;
    private const int TokensPerImage = 85;
    private const int IdLengthMax = 64;

    private readonly Dictionary<string, string> callsOpen = []; // kind by call_id
    private readonly HashSet<string> calls = [];
    private bool refers = knowsHistory;

    public long Tokens { get; private set; }
    public bool LastIsUser { get; private set; }

    /// <summary>What a tool answered, if its output is the last item.</summary>
    public string? ToolResult { get; private set; }
    public string LastUserText { get; private set; } = "";

    public void Read(JsonElement input)
    {
        if (input.ValueKind == JsonValueKind.String)
        {
            CountMessage(input.GetString()!, "user");
            return;
        }
        if (input.ValueKind != JsonValueKind.Array)
            throw Invalid("Invalid type for 'input': expected one of an array or a string.", "input", "invalid_type");
        refers |= input.EnumerateArray().Any(i => OpenAiJson.Text(i, "type") == "item_reference");
        var index = 0;
        foreach (var item in input.EnumerateArray())
            ReadItem(item, $"input[{index++}]");
        if (index == 0)
            throw Invalid("Invalid 'input': empty array. Expected an array with minimum length 1.", "input", "empty_array");
        if (!refers && callsOpen.Count > 0)
            throw Invalid($"No tool output found for {callsOpen.First().Value} {callsOpen.First().Key}.", "input");
        if (OpenAiJson.Text(input[index - 1], "type") == "reasoning")
            throw Invalid(
                $"Item '{OpenAiJson.Text(input[index - 1], "id")}' of type 'reasoning' was provided without its required following item.",
                "input"
            );
    }

    private void ReadItem(JsonElement item, string place)
    {
        if (OpenAiJson.Text(item, "role") is not ("system" or "developer")) // agents put some behind the user's words: it is still the user's turn
            (LastIsUser, ToolResult) = (false, null);
        CheckIds(item, place);
        switch (OpenAiJson.Text(item, "type") ?? "message")
        {
            case "message":
                ReadMessage(item, place);
                break;
            case "function_call":
                OpenAiJson.Required(item, place, "name");
                OpenAiJson.Required(item, place, "arguments");
                OpenCall(item, place, "function call");
                break;
            case "custom_tool_call":
                OpenAiJson.Required(item, place, "name");
                OpenAiJson.Required(item, place, "input");
                OpenCall(item, place, "custom tool call");
                break;
            case "function_call_output":
                CloseCall(item, place, "function call");
                break;
            case "custom_tool_call_output":
                CloseCall(item, place, "custom tool call");
                break;
            case "reasoning":
                ReadReasoning(item, place);
                break;
            case "item_reference":
                OpenAiJson.Required(item, place, "id");
                break;
            case var kind when IsOther(kind):
                Tokens += Quarter(JsonMarshal.GetRawUtf8Value(item).Length);
                break;
            case var kind:
                throw Invalid($"Invalid value: '{kind}'.", $"{place}.type", "invalid_value");
        }
    }

    /// <summary>The vendor's own tools and what belongs to them, which are taken as they are.</summary>
    private static bool IsOther(string kind) =>
        kind.EndsWith("_call", StringComparison.Ordinal)
        || kind.EndsWith("_output", StringComparison.Ordinal)
        || kind.StartsWith("mcp_", StringComparison.Ordinal)
        || kind.StartsWith("compaction", StringComparison.Ordinal)
        || kind is "program" or "additional_tools";

    private void ReadMessage(JsonElement item, string place)
    {
        OpenAiJson.OnlyKnown(item, place, ["type", "role", "content", "id", "status", "phase"]);
        var role = OpenAiJson.Required(item, place, "role");
        if (role is not ("user" or "assistant" or "system" or "developer"))
            throw Invalid(
                $"Invalid value: '{role}'. Supported values are: 'assistant', 'system', 'developer', and 'user'.",
                $"{place}.role",
                "invalid_value"
            );
        if (!item.TryGetProperty("content", out var content))
            throw OpenAiJson.Missing($"{place}.content");
        CountMessage(TextOf(content, $"{place}.content", role), role);
    }

    private void CountMessage(string text, string role)
    {
        Tokens += Quarter(Encoding.UTF8.GetByteCount(text)) + TokensPerMessage;
        if (role is "user")
            (LastIsUser, LastUserText) = (true, text);
    }

    private void ReadReasoning(JsonElement item, string place)
    {
        if (!item.TryGetProperty("summary", out var summary) || summary.ValueKind != JsonValueKind.Array)
            throw OpenAiJson.Missing($"{place}.summary");
        if (OpenAiJson.Text(item, "encrypted_content") is { } encrypted && !Seal.IsGenuine(encrypted, "reasoning"u8))
            throw Invalid(
                $"The encrypted content for item {OpenAiJson.Text(item, "id")} could not be verified. Reason: Encrypted content could not be decrypted or parsed.",
                null,
                "invalid_encrypted_content"
            );
    }

    private void OpenCall(JsonElement item, string place, string kind)
    {
        var id = OpenAiJson.Required(item, place, "call_id");
        calls.Add(id);
        callsOpen[id] = kind;
        Tokens += Quarter(JsonMarshal.GetRawUtf8Value(item).Length);
    }

    private void CloseCall(JsonElement item, string place, string kind)
    {
        var id = OpenAiJson.Required(item, place, "call_id");
        if (!calls.Contains(id) && !refers)
            throw Invalid($"No tool call found for {kind} output with call_id {id}.", "input");
        callsOpen.Remove(id);
        if (!item.TryGetProperty("output", out var output))
            throw OpenAiJson.Missing($"{place}.output");
        ToolResult = TextOf(output, $"{place}.output", "tool");
        Tokens += Quarter(Encoding.UTF8.GetByteCount(ToolResult));
    }

    /// <summary>The text of a content value, its parts joined; images and files count by themselves.</summary>
    private string TextOf(JsonElement content, string place, string role)
    {
        if (content.ValueKind == JsonValueKind.String)
            return content.GetString()!;
        if (content.ValueKind != JsonValueKind.Array)
            throw Invalid($"Invalid type for '{place}': expected one of an array or a string.", place, "invalid_type");
        var text = new StringBuilder();
        var index = 0;
        foreach (var part in content.EnumerateArray())
        {
            var at = $"{place}[{index++}]";
            var kind = OpenAiJson.Required(part, at, "type");
            switch (kind)
            {
                case "output_text" when role == "assistant":
                case "input_text" when role != "assistant":
                    text.Append(OpenAiJson.Required(part, at, "text"));
                    break;
                case "refusal" when role == "assistant":
                    break;
                case "input_image" when role != "assistant":
                    Tokens += TokensPerImage;
                    break;
                case "input_file" or "input_audio" when role != "assistant":
                    Tokens += Quarter(JsonMarshal.GetRawUtf8Value(part).Length);
                    break;
                default:
                    var supported = role == "assistant" ? "'output_text' and 'refusal'" : "'input_text', 'input_image', and 'input_file'";
                    throw Invalid($"Invalid value: '{kind}'. Supported values are: {supported}.", at, "invalid_value");
            }
        }
        return text.ToString();
    }

    private static void CheckIds(JsonElement item, string place)
    {
        foreach (var member in (ReadOnlySpan<string>)["id", "call_id"])
        {
            if (OpenAiJson.Text(item, member) is { Length: > IdLengthMax } longId)
                throw Invalid(
                    $"Invalid '{place}.{member}': string too long. Expected a string with maximum length {IdLengthMax}, but got a string with length {longId.Length} instead.",
                    $"{place}.{member}",
                    "string_above_max_length"
                );
        }
        var prefix = OpenAiJson.Text(item, "type") switch
        {
            null or "message" => "msg",
            "function_call" or "function_call_output" => "fc",
            "custom_tool_call" or "custom_tool_call_output" => "ctc",
            "reasoning" => "rs",
            _ => "",
        };
        if (OpenAiJson.Text(item, "id") is { } id && !id.StartsWith(prefix == "ctc" ? "ct" : prefix, StringComparison.Ordinal))
            throw Invalid($"Invalid '{place}.id': '{id}'. Expected an ID that begins with '{prefix}'.", $"{place}.id", "invalid_value");
    }

    private static RefusedException Invalid(string message, string? param, string? code = null) =>
        new(new Refusal(message, param, Code: code));

    private static long Quarter(long bytes) => (bytes + 3) / 4;
}
