using System.Buffers;
using System.Text;
using System.Text.Json;
using Tokenline.Charging.Tariffs;
using Tokenline.Gateway.Protocols.OpenAI;
using Tokenline.Gateway.Protocols.Sse;

namespace Tokenline.Gateway.Protocols.Anthropic;

/// <summary>Reads Anthropic messages as they pass.</summary>
internal sealed class MessagesMeter : AnswerMeter
{
    private const int UsageBytesMax = 8 * 1024;
    private static readonly JsonReaderOptions options = new() { MaxDepth = 256 };

    private MessagesUsage usage;
    private byte[] startUsage = [];
    private byte[] lastUsage = [];
    private string? model;
    private ServiceClass? service;
    private bool isDone;
    private bool isEnding;

    /// <summary>The content block that has begun and not ended.</summary>
    public int? OpenBlock { get; private set; }

    public override bool IsDone => isDone;

    public override bool IsEnding => isEnding || isDone;

    public override bool HasUsage => usage.HasOutput;

    public override string? Model => model;

    public override ServiceClass? Service => service;

    public override UsageReading ReadUsage(string vendor) =>
        // What message_start says of output is a beginning, not a count; a stream that is cut before its end is counted here.
        lastUsage.Length == 0
            ? new UsageReading(default, IsReported: false, null)
            : usage.ToReading();

    public override string? VerbatimUsage()
    {
        if (lastUsage.Length == 0 && startUsage.Length == 0)
            return null;
        return startUsage.Length == 0 ? Encoding.UTF8.GetString(lastUsage)
            : lastUsage.Length == 0 ? Encoding.UTF8.GetString(startUsage)
            : $"[{Encoding.UTF8.GetString(startUsage)},{Encoding.UTF8.GetString(lastUsage)}]";
    }

    public override AnswerPayload ReadEvent(in SseEvent next, IBufferWriter<byte> text)
    {
        var data = next.Data.Span;
        if (data.Trim(" \t\r\n"u8).SequenceEqual("[DONE]"u8)) // gateways before the vendor add it
        {
            isDone = true;
            return new AnswerPayload(AnswerPayloadKinds.Done, 0, default, default);
        }
        var read = Read(data, text, isStream: true);
        return next.IsNamed("error"u8) && !read.Has(AnswerPayloadKinds.Error)
            ? read with
            {
                Kinds = read.Kinds | AnswerPayloadKinds.Error,
                ErrorValue = new ByteRange(0, data.Length),
            }
            : read;
    }

    public override AnswerPayload ReadWhole(ReadOnlySpan<byte> body, IBufferWriter<byte> text) => Read(body, text, isStream: false);

    private AnswerPayload Read(ReadOnlySpan<byte> data, IBufferWriter<byte> text, bool isStream)
    {
        var reading = new Reading();
        try
        {
            var reader = new Utf8JsonReader(data, options);
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
                return NotJson(data);
            ReadRoot(ref reader, data, text, ref reading, isStream);
            reader.Read(); // anything but white space after the object throws
        }
        catch (JsonException)
        {
            return NotJson(data);
        }
        return new AnswerPayload(Kinds(reading, isStream), reading.TextBytes, default, reading.Error);
    }

    private static AnswerPayload NotJson(ReadOnlySpan<byte> data) =>
        new(AnswerPayloadKinds.NotJson, 0, default, new ByteRange(0, data.Length));

    private AnswerPayloadKinds Kinds(in Reading reading, bool isStream)
    {
        var kinds = reading.TextBytes > 0 ? AnswerPayloadKinds.Text : AnswerPayloadKinds.Other;
        if (reading.HasUsage)
            kinds |= AnswerPayloadKinds.Usage;
        if (!reading.Error.IsEmpty)
            return kinds | AnswerPayloadKinds.Error;
        if (!isStream)
            return reading.HasContent ? kinds | AnswerPayloadKinds.Answer | AnswerPayloadKinds.Finish : kinds;
        switch (reading.Event)
        {
            case Event.Ping:
                return kinds | AnswerPayloadKinds.Ping;
            case Event.MessageStart:
                return kinds | AnswerPayloadKinds.Opening;
            case Event.BlockStart:
                OpenBlock = reading.Index;
                break;
            case Event.BlockStop:
                OpenBlock = null;
                break;
            case Event.MessageDelta when reading.HasStopReason:
                isEnding = true;
                return kinds | AnswerPayloadKinds.Answer | AnswerPayloadKinds.Finish;
            case Event.MessageStop:
                isDone = true;
                return kinds | AnswerPayloadKinds.Done;
            default:
                break;
        }
        return kinds | AnswerPayloadKinds.Answer;
    }

    private enum Event
    {
        Other,
        MessageStart,
        BlockStart,
        BlockStop,
        MessageDelta,
        MessageStop,
        Ping,
        Error,
    }

    private struct Reading
    {
        public Event Event;
        public int Index;
        public int TextBytes;
        public bool HasUsage;
        public bool HasContent;
        public bool HasStopReason;
        public ByteRange Error;
    }

    private void ReadRoot(ref Utf8JsonReader reader, ReadOnlySpan<byte> data, IBufferWriter<byte> text, ref Reading reading, bool isStream)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("type"u8))
            {
                reader.Read();
                reading.Event = EventOf(ref reader);
                reader.Skip();
            }
            else if (reader.ValueTextEquals("message"u8) && isStream)
                ReadMessage(ref reader, data, text, ref reading);
            else if (reader.ValueTextEquals("delta"u8) || reader.ValueTextEquals("content_block"u8))
                ReadBlock(ref reader, text, ref reading);
            else if (reader.ValueTextEquals("content"u8) && !isStream)
            {
                reader.Read();
                reading.HasContent = reader.TokenType == JsonTokenType.StartArray;
                ReadTexts(ref reader, text, ref reading);
            }
            else if (reader.ValueTextEquals("usage"u8))
                KeepUsage(ref reader, data, ref lastUsage, ref reading);
            else if (reader.ValueTextEquals("index"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.Number)
                    reader.TryGetInt32(out reading.Index);
                reader.Skip();
            }
            else if (reader.ValueTextEquals("model"u8))
                KeepModel(ref reader);
            else if (reader.ValueTextEquals("error"u8))
                ReadError(ref reader, ref reading);
            else
                Skip(ref reader);
        }
        if (reading.Event == Event.Error && reading.Error.IsEmpty)
            reading.Error = new ByteRange(0, data.Length);
    }

    private static Event EventOf(ref Utf8JsonReader reader) =>
        reader.TokenType != JsonTokenType.String ? Event.Other
        : JsonText.Is(ref reader, "content_block_delta"u8) ? Event.Other
        : JsonText.Is(ref reader, "content_block_start"u8) ? Event.BlockStart
        : JsonText.Is(ref reader, "content_block_stop"u8) ? Event.BlockStop
        : JsonText.Is(ref reader, "ping"u8) ? Event.Ping
        : JsonText.Is(ref reader, "message_start"u8) ? Event.MessageStart
        : JsonText.Is(ref reader, "message_delta"u8) ? Event.MessageDelta
        : JsonText.Is(ref reader, "message_stop"u8) ? Event.MessageStop
        : JsonText.Is(ref reader, "error"u8) ? Event.Error
        : Event.Other;

    private void ReadMessage(ref Utf8JsonReader reader, ReadOnlySpan<byte> data, IBufferWriter<byte> text, ref Reading reading)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("model"u8))
                KeepModel(ref reader);
            else if (reader.ValueTextEquals("usage"u8))
                KeepUsage(ref reader, data, ref startUsage, ref reading);
            else if (reader.ValueTextEquals("content"u8))
            {
                reader.Read();
                ReadTexts(ref reader, text, ref reading);
            }
            else
                Skip(ref reader);
        }
    }

    /// <summary>A block or a piece of one, or the delta that ends the message.</summary>
    private static void ReadBlock(ref Utf8JsonReader reader, IBufferWriter<byte> text, ref Reading reading)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("stop_reason"u8))
            {
                reader.Read();
                reading.HasStopReason = reader.TokenType == JsonTokenType.String;
                reader.Skip();
            }
            else if (
                reader.ValueTextEquals("text"u8)
                || reader.ValueTextEquals("thinking"u8)
                || reader.ValueTextEquals("partial_json"u8)
                || reader.ValueTextEquals("name"u8)
            )
                AppendString(ref reader, text, ref reading);
            else
                Skip(ref reader);
        }
    }

    /// <summary>The content of a whole answer: texts, thoughts, names of tools and their input.</summary>
    private static void ReadTexts(ref Utf8JsonReader reader, IBufferWriter<byte> text, ref Reading reading)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return;
        }
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                continue;
            }
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("text"u8) || reader.ValueTextEquals("thinking"u8) || reader.ValueTextEquals("name"u8))
                    AppendString(ref reader, text, ref reading);
                else if (reader.ValueTextEquals("input"u8))
                    AppendInput(ref reader, text, ref reading);
                else
                    Skip(ref reader);
            }
        }
    }

    private static void AppendString(ref Utf8JsonReader reader, IBufferWriter<byte> text, ref Reading reading)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
            reading.TextBytes += JsonText.AppendTo(ref reader, text);
        else
            reader.Skip();
    }

    private static void AppendInput(ref Utf8JsonReader reader, IBufferWriter<byte> text, ref Reading reading)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }
        var depth = reader.CurrentDepth;
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
                reading.TextBytes += JsonText.AppendTo(ref reader, text);
        }
    }

    private void KeepUsage(ref Utf8JsonReader reader, ReadOnlySpan<byte> data, ref byte[] into, ref Reading reading)
    {
        reader.Read();
        var start = (int)reader.TokenStartIndex;
        var isObject = reader.TokenType == JsonTokenType.StartObject;
        reader.Skip();
        if (!isObject)
            return;
        var value = data[start..(int)reader.BytesConsumed];
        usage.Take(value);
        service = ServiceOf(value) ?? service;
        reading.HasUsage = true;
        into = value.Length <= UsageBytesMax ? value.ToArray() : "{}"u8.ToArray();
    }

    private static ServiceClass? ServiceOf(ReadOnlySpan<byte> value)
    {
        var reader = new Utf8JsonReader(value, options);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isTier = reader.ValueTextEquals("service_tier"u8);
            reader.Read();
            if (isTier && reader.TokenType == JsonTokenType.String)
                return ServiceTiers.Of(value[(int)reader.TokenStartIndex..(int)reader.BytesConsumed]);
            reader.Skip();
        }
        return null;
    }

    private void KeepModel(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length is > 0 and < 256)
            model ??= Encoding.UTF8.GetString(reader.ValueSpan);
        reader.Skip();
    }

    private static void ReadError(ref Utf8JsonReader reader, ref Reading reading)
    {
        reader.Read();
        var start = (int)reader.TokenStartIndex;
        var isNothing = reader.TokenType is JsonTokenType.Null or JsonTokenType.False;
        reader.Skip();
        if (!isNothing)
            reading.Error = new ByteRange(start, (int)reader.BytesConsumed - start);
    }

    private static void Skip(ref Utf8JsonReader reader)
    {
        reader.Read();
        reader.Skip();
    }
}
