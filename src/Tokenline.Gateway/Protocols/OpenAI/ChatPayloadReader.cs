using System.Buffers;
using System.Text.Json;

namespace Tokenline.Gateway.Protocols.OpenAI;

/// <summary>One pass over a chunk's payload or a whole answer. What it learns beyond the payload goes to the <see cref="ChatAnswerFacts"/>.</summary>
internal ref struct ChatPayloadReader(ReadOnlySpan<byte> payload, bool isChunk, ChatAnswerFacts facts, IBufferWriter<byte> text)
{
    private static readonly JsonReaderOptions options = new() { MaxDepth = 256 };

    private readonly ReadOnlySpan<byte> payload = payload;
    private Utf8JsonReader reader = new(payload, options);
    private AnswerPayloadKinds kinds;
    private int textBytes;
    private ByteRange usageValue;
    private ByteRange errorValue;

    // Usage beside its documented place: only looked at when that place has none.
    private ByteRange groqUsage;
    private ByteRange choiceUsage;

    public AnswerPayload Run()
    {
        try
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
                return NotJson();
            ReadRoot();
            reader.Read(); // anything but white space after the object throws
        }
        catch (JsonException)
        {
            return NotJson();
        }
        var usage =
            !usageValue.IsEmpty ? usageValue
            : !groqUsage.IsEmpty ? groqUsage
            : choiceUsage;
        if (!usage.IsEmpty)
        {
            kinds |= AnswerPayloadKinds.Usage;
            if (!Has(AnswerPayloadKinds.Answer) && !Has(AnswerPayloadKinds.Error))
                kinds |= AnswerPayloadKinds.UsageOnly;
            facts.KeepUsage(usage.Of(payload));
        }
        return new AnswerPayload(kinds, textBytes, usageValue, errorValue);
    }

    private AnswerPayload NotJson() => new(AnswerPayloadKinds.NotJson, textBytes, default, new ByteRange(0, payload.Length));

    private readonly bool Has(AnswerPayloadKinds kind) => (kinds & kind) != AnswerPayloadKinds.Other;

    private void ReadRoot()
    {
        while (NextMember())
        {
            if (Is("choices"u8))
                ReadChoices();
            else if (Is("usage"u8))
                usageValue = ReadUsage();
            else if (Is("id"u8))
                facts.KeepId(ReadToken(JsonTokenType.String));
            else if (Is("model"u8))
                facts.KeepModel(ReadToken(JsonTokenType.String));
            else if (Is("created"u8))
                ReadCreated();
            else if (Is("error"u8))
                ReadError();
            else if (Is("x_groq"u8))
                ReadNestedUsage(ref groqUsage);
            else if (Is("service_tier"u8))
                facts.KeepServiceTier(ReadToken(JsonTokenType.String));
            else if (Is("object"u8))
                ReadObjectName();
            else if (Is("base_resp"u8))
                ReadBaseResponse();
            else
                SkipValue();
        }
    }

    private void ReadChoices()
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return;
        }
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            kinds |= AnswerPayloadKinds.Answer;
            if (reader.TokenType == JsonTokenType.StartObject)
                ReadChoice();
            else
                reader.Skip();
        }
    }

    private void ReadChoice()
    {
        var index = 0;
        var hasEnded = false;
        while (NextMember())
        {
            if (isChunk ? Is("delta"u8) : Is("message"u8)) // Perplexity repeats the whole message in every chunk, beside the delta
                ReadMessage();
            else if (Is("finish_reason"u8))
                hasEnded = ReadFinishReason();
            else if (Is("index"u8))
                index = ReadIndex();
            else if (Is("text"u8)) // legacy completions
                ReadText();
            else if (Is("usage"u8)) // Moonshot, in the last choice
                choiceUsage = ReadUsage();
            else
                SkipValue();
        }
        if (!hasEnded)
            return;
        kinds |= AnswerPayloadKinds.Finish;
        facts.Finish(index);
    }

    private void ReadMessage()
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }
        var reasoning = default(ByteRange); // the same thoughts under two or three names are counted once
        while (NextMember())
        {
            if (Is("content"u8) || Is("refusal"u8))
                ReadText();
            else if (Is("reasoning_content"u8) || Is("reasoning"u8) || Is("reasoning_details"u8))
                KeepLonger(ref reasoning);
            else if (Is("tool_calls"u8) || Is("function_call"u8))
                ReadToolCalls();
            else
                SkipValue();
        }
        if (!reasoning.IsEmpty)
            AppendReasoning(reasoning);
    }

    /// <summary>A string, or an array of parts (Mistral): then every text in it.</summary>
    private void ReadText()
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
            Append(ref reader);
        else
            AppendTexts(ref reader);
    }

    private void KeepLonger(ref ByteRange range)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String && reader.ValueSpan.IsEmpty)
            return;
        var value = ReadRange();
        // A plain string is preferred to details, whose wrapping makes them longer and whose text is the same.
        var isPlain = payload[value.Start] == (byte)'"';
        var knownIsPlain = !range.IsEmpty && payload[range.Start] == (byte)'"';
        if (
            payload[value.Start] != (byte)'n'
            && (range.IsEmpty || (isPlain && !knownIsPlain) || (isPlain == knownIsPlain && value.Length > range.Length))
        )
            range = value;
    }

    private void AppendReasoning(ByteRange range)
    {
        var value = new Utf8JsonReader(range.Of(payload), options);
        value.Read();
        if (value.TokenType == JsonTokenType.String)
            Append(ref value);
        else
            AppendTexts(ref value);
    }

    /// <summary>Appends the strings named text, thinking or summary at any depth, and leaves the reader at the value's end.</summary>
    private void AppendTexts(ref Utf8JsonReader value)
    {
        if (value.TokenType is not (JsonTokenType.StartArray or JsonTokenType.StartObject))
            return;
        var depth = value.CurrentDepth;
        while (value.Read() && value.CurrentDepth > depth)
        {
            if (value.TokenType != JsonTokenType.PropertyName)
                continue;
            var isText =
                value.ValueSpan.SequenceEqual("text"u8)
                || value.ValueSpan.SequenceEqual("thinking"u8)
                || value.ValueSpan.SequenceEqual("summary"u8);
            value.Read();
            if (isText && value.TokenType == JsonTokenType.String)
                Append(ref value);
        }
    }

    /// <summary>Names and arguments are output tokens; ids and types are not.</summary>
    private void ReadToolCalls()
    {
        reader.Read();
        if (reader.TokenType is not (JsonTokenType.StartArray or JsonTokenType.StartObject))
            return;
        var depth = reader.CurrentDepth;
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
                continue;
            var isOutput = Is("name"u8) || Is("arguments"u8) || Is("input"u8);
            reader.Read();
            if (isOutput && reader.TokenType == JsonTokenType.String)
                Append(ref reader);
            else if (isOutput)
                AppendRaw(ReadRange()); // some vendors send arguments as an object
        }
    }

    private void Append(ref Utf8JsonReader value)
    {
        var length = JsonText.AppendTo(ref value, text);
        if (length == 0)
            return;
        textBytes += length;
        kinds |= AnswerPayloadKinds.Text;
    }

    private void AppendRaw(ByteRange range)
    {
        var raw = range.Of(payload);
        if (raw.SequenceEqual("null"u8))
            return;
        text.Write(raw);
        textBytes += raw.Length;
        kinds |= AnswerPayloadKinds.Text;
    }

    /// <summary>Null and the empty string, which some vendors send on every chunk, mean that the choice goes on.</summary>
    private bool ReadFinishReason()
    {
        var reason = ReadToken(JsonTokenType.String);
        if (reason.Length <= 2)
            return false;
        facts.KeepFinishReason(reason);
        return true;
    }

    private int ReadIndex()
    {
        reader.Read();
        var index = 0;
        if (reader.TokenType == JsonTokenType.Number)
            reader.TryGetInt32(out index);
        reader.Skip();
        return index;
    }

    private void ReadCreated()
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var created))
            facts.KeepCreated(created);
        reader.Skip();
    }

    /// <summary>The range of a usage object, empty for null and for anything else.</summary>
    private ByteRange ReadUsage()
    {
        reader.Read();
        var isObject = reader.TokenType == JsonTokenType.StartObject;
        var range = ReadRange();
        return isObject && range.Length > "{}"u8.Length ? range : default;
    }

    private void ReadNestedUsage(ref ByteRange usage)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
            return;
        while (NextMember())
        {
            if (Is("usage"u8))
                usage = ReadUsage();
            else if (Is("error"u8))
                ReadError();
            else
                SkipValue();
        }
    }

    private void ReadError()
    {
        reader.Read();
        var isNothing =
            reader.TokenType is JsonTokenType.Null or JsonTokenType.False
            || (reader.TokenType == JsonTokenType.String && reader.ValueSpan.IsEmpty);
        var range = ReadRange();
        if (isNothing)
            return;
        kinds |= AnswerPayloadKinds.Error;
        errorValue = range;
    }

    /// <summary>Older vLLM sends its errors bare: <c>{"object":"error","message":…}</c>.</summary>
    private void ReadObjectName()
    {
        if (ReadToken(JsonTokenType.String).SequenceEqual("\"error\""u8))
            BareError();
    }

    /// <summary>MiniMax reports failures in <c>base_resp.status_code</c>, with HTTP status 200.</summary>
    private void ReadBaseResponse()
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
            return;
        while (NextMember())
        {
            if (Is("status_code"u8) && ReadToken(JsonTokenType.Number) is { IsEmpty: false } code && !code.SequenceEqual("0"u8))
                BareError();
            else if (reader.TokenType == JsonTokenType.PropertyName)
                SkipValue();
        }
    }

    private void BareError()
    {
        kinds |= AnswerPayloadKinds.Error;
        if (errorValue.IsEmpty)
            errorValue = new ByteRange(0, payload.Length);
    }

    private bool NextMember() => reader.Read() && reader.TokenType == JsonTokenType.PropertyName;

    // An escaped name is none of ours, and a vendor gains nothing by it.
    private readonly bool Is(ReadOnlySpan<byte> name) => reader.ValueSpan.SequenceEqual(name);

    private void SkipValue()
    {
        reader.Read();
        reader.Skip();
    }

    /// <summary>The value's token as it is written, if it is of this type; empty otherwise.</summary>
    private ReadOnlySpan<byte> ReadToken(JsonTokenType type)
    {
        reader.Read();
        var isWanted = reader.TokenType == type;
        var range = ReadRange();
        return isWanted ? range.Of(payload) : default;
    }

    /// <summary>The range of the value at the reader, which is left at its end.</summary>
    private ByteRange ReadRange()
    {
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return new ByteRange(start, (int)reader.BytesConsumed - start);
    }
}
