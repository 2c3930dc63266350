using System.Buffers;
using System.Text;
using System.Text.Json;
using Tokenline.Charging.Tariffs;
using Tokenline.Gateway.Protocols.Sse;

namespace Tokenline.Gateway.Protocols.OpenAI;

/// <summary>Reads OpenAI responses as they pass.</summary>
internal sealed class ResponsesMeter : AnswerMeter
{
    private const int UsageBytesMax = 8 * 1024;
    private static readonly JsonReaderOptions options = new() { MaxDepth = 256 };

    private byte[] usage = [];
    private bool isDone;
    private bool isEnding;
    private string? model;
    private ServiceClass? service;

    /// <summary>The response's id as its JSON token, or empty.</summary>
    public byte[] IdToken { get; private set; } = [];

    public long CreatedAt { get; private set; }

    /// <summary>Of the last event.</summary>
    public long SequenceNumber { get; private set; } = -1;

    public override bool IsDone => isDone;

    public override bool IsEnding => isEnding;

    public override bool HasUsage => usage.Length > 0;

    public override string? Model => model;

    public override ServiceClass? Service => service;

    public override UsageReading ReadUsage(string vendor) =>
        HasUsage ? OpenAIUsageReader.Read(usage, VendorQuirks.Of(vendor).Usage) : default;

    public override string? VerbatimUsage() => usage.Length is > 0 and <= UsageBytesMax ? Encoding.UTF8.GetString(usage) : null;

    public override AnswerPayload ReadEvent(in SseEvent next, IBufferWriter<byte> text)
    {
        var data = next.Data.Span;
        if (data.Trim(" \t\r\n"u8).SequenceEqual("[DONE]"u8)) // some vendors end so
        {
            isDone = isEnding = true;
            return new AnswerPayload(AnswerPayloadKinds.Done, 0, default, default);
        }
        return Read(data, text, isStream: true, next.IsNamed("error"u8));
    }

    public override AnswerPayload ReadWhole(ReadOnlySpan<byte> body, IBufferWriter<byte> text) => Read(body, text, isStream: false, false);

    private enum Event
    {
        Other,
        Opening,
        End,
        Failed,
        Error,
    }

    private struct Reading
    {
        public Event Event;
        public int TextBytes;
        public bool HasOutput;
        public bool HasFailed;
        public ByteRange Error;
    }

    private AnswerPayload Read(ReadOnlySpan<byte> data, IBufferWriter<byte> text, bool isStream, bool isErrorEvent)
    {
        var reading = new Reading();
        try
        {
            var reader = new Utf8JsonReader(data, options);
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
                return NotJson(data);
            if (isStream)
                ReadStreamEvent(ref reader, data, text, ref reading);
            else
                ReadResponse(ref reader, data, text, ref reading, takesOutput: true);
            reader.Read();
        }
        catch (JsonException)
        {
            return NotJson(data);
        }
        var kinds = reading.TextBytes > 0 ? AnswerPayloadKinds.Text : AnswerPayloadKinds.Other;
        if (isErrorEvent || reading.Event is Event.Error or Event.Failed || reading.HasFailed)
        {
            var error = reading.Error.IsEmpty ? new ByteRange(0, data.Length) : reading.Error;
            return new AnswerPayload(kinds | AnswerPayloadKinds.Error, reading.TextBytes, default, error);
        }
        if (!isStream)
            return new AnswerPayload(
                reading.HasOutput ? kinds | AnswerPayloadKinds.Answer | AnswerPayloadKinds.Finish : kinds,
                reading.TextBytes,
                default,
                default
            );
        if (reading.Event == Event.End)
        {
            isEnding = isDone = true;
            kinds |= AnswerPayloadKinds.Finish | AnswerPayloadKinds.Done;
        }
        kinds |= reading.Event == Event.Opening ? AnswerPayloadKinds.Opening : AnswerPayloadKinds.Answer;
        return new AnswerPayload(kinds, reading.TextBytes, default, default);
    }

    private static AnswerPayload NotJson(ReadOnlySpan<byte> data) =>
        new(AnswerPayloadKinds.NotJson, 0, default, new ByteRange(0, data.Length));

    private void ReadStreamEvent(ref Utf8JsonReader reader, ReadOnlySpan<byte> data, IBufferWriter<byte> text, ref Reading reading)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("type"u8))
            {
                reader.Read();
                reading.Event = EventOf(ref reader);
                reader.Skip();
            }
            else if (reader.ValueTextEquals("delta"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.String)
                    reading.TextBytes += JsonText.AppendTo(ref reader, text);
                reader.Skip();
            }
            else if (reader.ValueTextEquals("response"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.StartObject)
                    ReadResponse(ref reader, data, text, ref reading, takesOutput: false);
                else
                    reader.Skip();
            }
            else if (reader.ValueTextEquals("sequence_number"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var number))
                    SequenceNumber = number;
                reader.Skip();
            }
            else if (reader.ValueTextEquals("error"u8))
                ReadError(ref reader, ref reading);
            else
                Skip(ref reader);
        }
    }

    private static Event EventOf(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String)
            return Event.Other;
        var type = reader.ValueSpan;
        if (type.EndsWith(".delta"u8))
            return Event.Other;
        if (
            type.SequenceEqual("response.created"u8)
            || type.SequenceEqual("response.in_progress"u8)
            || type.SequenceEqual("response.queued"u8)
        )
            return Event.Opening;
        if (type.SequenceEqual("response.completed"u8) || type.SequenceEqual("response.incomplete"u8))
            return Event.End;
        if (type.SequenceEqual("response.failed"u8))
            return Event.Failed;
        return type.SequenceEqual("error"u8) ? Event.Error : Event.Other;
    }

    private void ReadResponse(
        ref Utf8JsonReader reader,
        ReadOnlySpan<byte> data,
        IBufferWriter<byte> text,
        ref Reading reading,
        bool takesOutput
    )
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("id"u8))
            {
                if (Token(ref reader, data, JsonTokenType.String) is { Length: > 2 and < 256 } id && IdToken.Length == 0)
                    IdToken = id.ToArray();
            }
            else if (reader.ValueTextEquals("model"u8))
            {
                if (Token(ref reader, data, JsonTokenType.String) is { Length: > 2 and < 256 } name)
                    model = Encoding.UTF8.GetString(name[1..^1]);
            }
            else if (reader.ValueTextEquals("created_at"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var seconds))
                    CreatedAt = (long)seconds;
                reader.Skip();
            }
            else if (reader.ValueTextEquals("usage"u8))
            {
                if (Token(ref reader, data, JsonTokenType.StartObject) is { Length: > 2 } value)
                    usage = value.ToArray();
            }
            else if (reader.ValueTextEquals("service_tier"u8))
                service = ServiceTiers.Of(Token(ref reader, data, JsonTokenType.String)) ?? service;
            else if (reader.ValueTextEquals("status"u8))
                reading.HasFailed |= Token(ref reader, data, JsonTokenType.String).SequenceEqual("\"failed\""u8);
            else if (reader.ValueTextEquals("error"u8))
                ReadError(ref reader, ref reading);
            else if (reader.ValueTextEquals("output"u8) && takesOutput)
                ReadOutput(ref reader, text, ref reading);
            else
                Skip(ref reader);
        }
        reading.HasFailed |= takesOutput && !reading.Error.IsEmpty && !reading.HasOutput;
    }

    /// <summary>Texts, summaries, names and arguments, at any depth.</summary>
    private static void ReadOutput(ref Utf8JsonReader reader, IBufferWriter<byte> text, ref Reading reading)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return;
        }
        reading.HasOutput = true;
        var depth = reader.CurrentDepth;
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
                continue;
            var isOutput =
                reader.ValueTextEquals("text"u8)
                || reader.ValueTextEquals("refusal"u8)
                || reader.ValueTextEquals("name"u8)
                || reader.ValueTextEquals("arguments"u8)
                || reader.ValueTextEquals("input"u8);
            reader.Read();
            if (isOutput && reader.TokenType == JsonTokenType.String)
                reading.TextBytes += JsonText.AppendTo(ref reader, text);
        }
    }

    private static void ReadError(ref Utf8JsonReader reader, ref Reading reading)
    {
        reader.Read();
        var start = (int)reader.TokenStartIndex;
        var isNothing = reader.TokenType == JsonTokenType.Null;
        reader.Skip();
        if (!isNothing)
            reading.Error = new ByteRange(start, (int)reader.BytesConsumed - start);
    }

    private static ReadOnlySpan<byte> Token(ref Utf8JsonReader reader, ReadOnlySpan<byte> data, JsonTokenType type)
    {
        reader.Read();
        var isWanted = reader.TokenType == type;
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return isWanted ? data[start..(int)reader.BytesConsumed] : default;
    }

    private static void Skip(ref Utf8JsonReader reader)
    {
        reader.Read();
        reader.Skip();
    }
}
