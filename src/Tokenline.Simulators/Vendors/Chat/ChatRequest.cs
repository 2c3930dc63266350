using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Tokenline.Simulators.Vendors.Chat;

/// <summary>
/// What the simulator needs of a chat completion request, read in one pass over its bytes.
/// Parts that are seldom used (tools, schema, the texts of the last messages) are kept as ranges of the body.
/// </summary>
internal sealed class ChatRequest : AnswerRequest
{
    public const int ChoicesMax = 16;

    private const int TokensPerMessage = 3;
    private const int TokensPerRequest = 3;
    private const int TokensPerImage = 85;

    public bool IsAzure { get; private set; }
    public bool IncludeUsage { get; private set; }
    public bool Logprobs { get; private set; }
    public int TopLogprobs { get; private set; }
    public string? ServiceTier { get; private set; }
    private Range? schema;
    private Range? tools;
    private int messages;
    private Range? lastUserContent;
    private Range? lastToolContent;

    /// <param name="body">Of another shape than expected: what <see cref="VendorProtocol.IsUnreadable"/> knows is thrown.</param>
    /// <param name="deployment">Azure answers with it whatever model the body names.</param>
    public static ChatRequest Read(ReadOnlySpan<byte> body, string? deployment = null)
    {
        var request = new ChatRequest();
        var refusal = request.ReadBody(body);
        request.IsAzure = deployment is not null;
        request.Model = deployment ?? request.Model;
        refusal ??= request.Check();
        return refusal is null ? request : throw new RefusedException(refusal);
    }

    /// <summary>The class it is served in, told to those who asked for one.</summary>
    public string? TierServed(Behaviour behaviour) =>
        ServiceTier is { } asked ? (asked == "auto" || behaviour.Has(Fault.OtherTier) ? "default" : asked) : null;

    public override OfferedTool? FindTool(string? name, ReadOnlySpan<byte> body)
    {
        if (tools is not { } range)
            return null;
        foreach (var tool in ParseJson(body[range]).EnumerateArray())
        {
            if (!tool.TryGetProperty("function", out var function) || !function.TryGetProperty("name", out var called))
                continue;
            if (name is null || called.ValueEquals(name))
                return new(called.GetString()!, function.TryGetProperty("parameters", out var parameters) ? parameters : default);
        }
        return null;
    }

    public override JsonElement SchemaIn(ReadOnlySpan<byte> body)
    {
        if (schema is not { } range)
            return default;
        var format = ParseJson(body[range]);
        return format.ValueKind == JsonValueKind.Object && format.TryGetProperty("schema", out var found) ? found : default;
    }

    private Refusal? Check()
    {
        if (Model.Length == 0)
            return new("you must provide a model parameter", "model");
        if (messages == 0)
            return new("'messages' must be an array with at least one message.", "messages");
        if (ServiceTier is not (null or "auto" or "default" or "flex" or "priority"))
            return new("'service_tier' must be one of auto, default, flex and priority.", "service_tier");
        if (MaxTokens < 1)
            return new("The output limit must be at least 1.", "max_tokens");
        if (Choices is < 1 or > ChoicesMax)
            return new($"'n' must be between 1 and {ChoicesMax}.", "n");
        return TopLogprobs is < 0 or > 20 ? new("'top_logprobs' must be between 0 and 20.", "top_logprobs") : null;
    }

    private Refusal? ReadBody(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
            return new("The body must be a JSON object.");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            ReadMember(ref reader);
        if (reader.Read())
            return new("The body must be one JSON object.");
        PromptTokens += TokensPerRequest;
        if (lastUserContent is { } user)
            TakeLastUserText(TextOf(body[user]).WrittenSpan);
        if (lastToolContent is { } tool)
            ToolResult = Encoding.UTF8.GetString(TextOf(body[tool]).WrittenSpan);
        return null;
    }

    private void ReadMember(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("messages"u8))
            ReadMessages(ref reader);
        else if (reader.ValueTextEquals("model"u8))
            Model = Next(ref reader) == JsonTokenType.String ? reader.GetString()! : "";
        else if (reader.ValueTextEquals("stream"u8))
            Stream = Next(ref reader) == JsonTokenType.True;
        else if (reader.ValueTextEquals("stream_options"u8))
            ReadStreamOptions(ref reader);
        else if (reader.ValueTextEquals("max_tokens"u8) || reader.ValueTextEquals("max_completion_tokens"u8))
            MaxTokens = Next(ref reader) == JsonTokenType.Null ? MaxTokens : Math.Min(MaxTokens ?? int.MaxValue, reader.GetInt32());
        else if (reader.ValueTextEquals("n"u8))
            Choices = Next(ref reader) == JsonTokenType.Null ? 1 : reader.GetInt32();
        else if (reader.ValueTextEquals("logprobs"u8))
            Logprobs = Next(ref reader) == JsonTokenType.True;
        else if (reader.ValueTextEquals("top_logprobs"u8))
            TopLogprobs = Next(ref reader) == JsonTokenType.Null ? 0 : reader.GetInt32();
        else if (reader.ValueTextEquals("reasoning_effort"u8))
            Reasoning =
                Next(ref reader) == JsonTokenType.Null || reader.ValueTextEquals("none"u8) ? ReasoningWish.ByModel : ReasoningWish.On;
        else if (reader.ValueTextEquals("service_tier"u8))
            ServiceTier = Next(ref reader) == JsonTokenType.Null ? null : reader.GetString();
        else if (reader.ValueTextEquals("stop"u8))
        {
            reader.Read();
            Stops = StopsIn(JsonElement.ParseValue(ref reader));
        }
        else if (reader.ValueTextEquals("tools"u8))
            ReadTools(ref reader);
        else if (reader.ValueTextEquals("tool_choice"u8))
            ReadToolChoice(ref reader);
        else if (reader.ValueTextEquals("response_format"u8))
            ReadResponseFormat(ref reader);
        else
            reader.Skip();
    }

    private void ReadMessages(ref Utf8JsonReader reader)
    {
        if (Next(ref reader) != JsonTokenType.StartArray)
            throw new FormatException();
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
            ReadMessage(ref reader);
        if (reader.TokenType != JsonTokenType.EndArray)
            throw new FormatException();
    }

    private void ReadMessage(ref Utf8JsonReader reader)
    {
        var (isUser, isTool, isSystem) = (false, false, false);
        Range? content = null;
        var textBytes = 0L;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("role"u8))
            {
                reader.Read();
                isUser = reader.ValueTextEquals("user"u8);
                isTool = reader.ValueTextEquals("tool"u8);
                isSystem = reader.ValueTextEquals("system"u8) || reader.ValueTextEquals("developer"u8);
            }
            else if (reader.ValueTextEquals("content"u8))
            {
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                textBytes += ReadContent(ref reader);
                content = start..(int)reader.BytesConsumed;
            }
            else if (reader.ValueTextEquals("tool_calls"u8))
                PromptTokens += Quarter(SkipValue(ref reader));
            else
                reader.Skip();
        }
        messages++;
        PromptTokens += Quarter(textBytes) + TokensPerMessage;
        if (isSystem)
            return; // agents put some behind the user's words: it is still the user's turn
        LastIsUser = isUser;
        lastUserContent = isUser ? content : lastUserContent;
        lastToolContent = isTool ? content : null;
    }

    /// <summary>UTF-8 bytes of the text. Images count by themselves; other parts as the bytes they take in the body.</summary>
    private long ReadContent(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String)
            return TextBytes(ref reader);
        if (reader.TokenType == JsonTokenType.Null)
            return 0;
        if (reader.TokenType != JsonTokenType.StartArray)
            throw new FormatException();
        var bytes = 0L;
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("text"u8))
                    bytes += Next(ref reader) == JsonTokenType.String ? TextBytes(ref reader) : throw new FormatException();
                else if (reader.ValueTextEquals("type"u8))
                    reader.Skip();
                else if (reader.ValueTextEquals("image_url"u8))
                {
                    PromptTokens += TokensPerImage;
                    reader.Skip();
                }
                else
                    bytes += SkipValue(ref reader);
            }
        }
        return bytes;
    }

    private void ReadStreamOptions(ref Utf8JsonReader reader)
    {
        if (Next(ref reader) != JsonTokenType.StartObject)
            return;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("include_usage"u8))
                IncludeUsage = Next(ref reader) == JsonTokenType.True;
            else
                reader.Skip();
        }
    }

    private void ReadTools(ref Utf8JsonReader reader)
    {
        if (Next(ref reader) == JsonTokenType.Null)
            return;
        tools = ValueRange(ref reader);
        PromptTokens += Quarter(Length(tools.Value));
    }

    private void ReadToolChoice(ref Utf8JsonReader reader)
    {
        if (Next(ref reader) == JsonTokenType.String)
        {
            ToolChoice =
                reader.ValueTextEquals("none"u8) ? ToolChoice.None
                : reader.ValueTextEquals("required"u8) ? ToolChoice.Required
                : ToolChoice.Auto;
            return;
        }
        if (reader.TokenType != JsonTokenType.StartObject)
            return;
        // {"type": "function", "function": {"name": "…"}}: the only string called "name", however deep.
        var depth = reader.CurrentDepth;
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            if (reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("name"u8))
            {
                ToolName = Next(ref reader) == JsonTokenType.String ? reader.GetString() : null;
                ToolChoice = ToolChoice.Required;
            }
        }
    }

    private void ReadResponseFormat(ref Utf8JsonReader reader)
    {
        if (Next(ref reader) != JsonTokenType.StartObject)
            return;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("type"u8))
            {
                reader.Read();
                Format =
                    reader.ValueTextEquals("json_schema"u8) ? ResponseFormat.JsonSchema
                    : reader.ValueTextEquals("json_object"u8) ? ResponseFormat.JsonObject
                    : ResponseFormat.Text;
            }
            else if (reader.ValueTextEquals("json_schema"u8))
            {
                reader.Read();
                schema = ValueRange(ref reader);
                PromptTokens += Quarter(Length(schema.Value));
            }
            else
                reader.Skip();
        }
    }

    /// <summary>The text of a content value, its parts joined.</summary>
    private static ArrayBufferWriter<byte> TextOf(ReadOnlySpan<byte> content)
    {
        var text = new ArrayBufferWriter<byte>(Math.Max(content.Length, 1));
        var reader = new Utf8JsonReader(content);
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
            Copy(ref reader);
        else if (reader.TokenType == JsonTokenType.StartArray)
        {
            while (reader.Read())
            {
                if (reader.CurrentDepth != 2 || reader.TokenType != JsonTokenType.PropertyName)
                    continue;
                if (reader.ValueTextEquals("text"u8))
                {
                    reader.Read();
                    Copy(ref reader);
                }
                else
                    reader.Skip();
            }
        }
        return text;

        void Copy(ref Utf8JsonReader from) => text.Advance(from.CopyString(text.GetSpan(Math.Max(from.ValueSpan.Length, 1))));
    }

    private static JsonTokenType Next(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.TokenType;
    }

    private static Range ValueRange(ref Utf8JsonReader reader)
    {
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return start..(int)reader.BytesConsumed;
    }

    private static long SkipValue(ref Utf8JsonReader reader)
    {
        reader.Read();
        return Length(ValueRange(ref reader));
    }

    private static long TextBytes(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
            return reader.ValueSpan.Length;
        var copy = ArrayPool<byte>.Shared.Rent(reader.ValueSpan.Length);
        try
        {
            return reader.CopyString(copy);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(copy);
        }
    }

    private static int Length(Range range) => range.End.Value - range.Start.Value;
}
