using System.Text.Json;

namespace Tokenline.Gateway.Protocols.Translation.Answers;

/// <summary>
/// What a response repeats of its request: every documented field, as the client wrote it or with its default; and of the tools those whose calls must
/// be turned back. One pass over the body, once an answer.
/// </summary>
internal sealed class ResponsesEcho
{
    private static readonly JsonReaderOptions options = new() { MaxDepth = 256 };

    private static readonly (byte[] Name, byte[] Default)[] fields =
    [
        ("background"u8.ToArray(), "false"u8.ToArray()),
        ("instructions"u8.ToArray(), "null"u8.ToArray()),
        ("max_output_tokens"u8.ToArray(), "null"u8.ToArray()),
        ("max_tool_calls"u8.ToArray(), "null"u8.ToArray()),
        ("metadata"u8.ToArray(), "{}"u8.ToArray()),
        ("parallel_tool_calls"u8.ToArray(), "true"u8.ToArray()),
        ("previous_response_id"u8.ToArray(), "null"u8.ToArray()),
        ("prompt_cache_key"u8.ToArray(), "null"u8.ToArray()),
        ("reasoning"u8.ToArray(), "{\"effort\":null,\"summary\":null}"u8.ToArray()),
        ("safety_identifier"u8.ToArray(), "null"u8.ToArray()),
        ("service_tier"u8.ToArray(), "\"default\""u8.ToArray()),
        ("store"u8.ToArray(), "true"u8.ToArray()),
        ("temperature"u8.ToArray(), "1.0"u8.ToArray()),
        ("text"u8.ToArray(), "{\"format\":{\"type\":\"text\"},\"verbosity\":\"medium\"}"u8.ToArray()),
        ("tool_choice"u8.ToArray(), "\"auto\""u8.ToArray()),
        ("tools"u8.ToArray(), "[]"u8.ToArray()),
        ("top_logprobs"u8.ToArray(), "0"u8.ToArray()),
        ("top_p"u8.ToArray(), "1.0"u8.ToArray()),
        ("truncation"u8.ToArray(), "\"disabled\""u8.ToArray()),
        ("user"u8.ToArray(), "null"u8.ToArray()),
    ];

    private readonly ReadOnlyMemory<byte> body;
    private readonly Range[] values = new Range[fields.Length];
    private readonly bool[] isThere = new bool[fields.Length];

    private ResponsesEcho(ReadOnlyMemory<byte> body) => this.body = body;

    /// <summary>Tools that the vendor knows under another name or as another kind.</summary>
    public List<ClientTool> Tools { get; } = [];

    /// <summary>The client wants reasoning in a form that it can send back.</summary>
    public bool WantsEncryptedReasoning { get; private set; }

    public static ResponsesEcho Of(ReadOnlyMemory<byte> body)
    {
        var echo = new ResponsesEcho(body);
        try
        {
            echo.Read();
        }
        catch (JsonException)
        {
            // a request that went out is well-formed; a context without one has only defaults
        }
        return echo;
    }

    /// <summary><c>,"background":false,…</c></summary>
    public void WriteTo(ref JsonPen pen)
    {
        for (var i = 0; i < fields.Length; i++)
        {
            pen.Raw(",\""u8);
            pen.Raw(fields[i].Name);
            pen.Raw("\":"u8);
            if (isThere[i])
                SingleLine.Write(ref pen, body.Span[values[i]]);
            else
                pen.Raw(fields[i].Default);
        }
    }

    private void Read()
    {
        var reader = new Utf8JsonReader(body.Span, options);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var field = IndexOf(ref reader);
            var isInput = reader.ValueTextEquals("input"u8);
            var isInclude = reader.ValueTextEquals("include"u8);
            var isTools = reader.ValueTextEquals("tools"u8);
            reader.Read();
            if (isInput && reader.TokenType == JsonTokenType.StartArray)
            {
                ReadItems(ref reader);
                continue;
            }
            var value = ValueOf(ref reader);
            if (field >= 0 && body.Span[value.Start] != (byte)'n')
                (values[field], isThere[field]) = (value, true);
            if (isTools)
                CollectTools(value);
            if (isInclude)
                WantsEncryptedReasoning = body.Span[value].IndexOf("\"reasoning.encrypted_content\""u8) >= 0;
        }
    }

    private static int IndexOf(ref Utf8JsonReader reader)
    {
        for (var i = 0; i < fields.Length; i++)
        {
            if (reader.ValueTextEquals(fields[i].Name))
                return i;
        }
        return -1;
    }

    /// <summary>Codex puts more tools into an item of type <c>additional_tools</c>.</summary>
    private void ReadItems(ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
                continue;
            var hasTools = false;
            Range tools = default;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isTools = reader.ValueTextEquals("tools"u8);
                var isType = reader.ValueTextEquals("type"u8);
                reader.Read();
                if (isType && reader.TokenType == JsonTokenType.String)
                    hasTools = reader.ValueTextEquals("additional_tools"u8);
                if (isTools)
                    tools = ValueOf(ref reader);
                else
                    reader.Skip();
            }
            if (hasTools)
                CollectTools(tools);
        }
    }

    private void CollectTools(Range tools) => ClientToolNames.Collect(JsonElement.Parse(body.Span[tools]), Tools);

    private static Range ValueOf(ref Utf8JsonReader reader)
    {
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return start..(int)reader.BytesConsumed;
    }
}
