using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;

namespace Tokenline.Gateway.Protocols.Translation.Answers;

/// <summary>
/// Reads Gemini's answers: each event of a stream is a whole answer of its own with the next parts. A part's seal is told before the part; of text that
/// is already running, after it, so that the text stays one.
/// </summary>
/// <param name="sealsInCallIds">The client's protocol has no place for a seal on a call: the call's id carries it (<see cref="GeminiCallIds"/>).</param>
internal sealed class GeminiEventsReader(bool sealsInCallIds = false) : AnswerReader
{
    private static readonly JsonReaderOptions options = new() { MaxDepth = 256 };

    private readonly StringScratch scratch = new();
    private readonly PooledText seal = new();
    private readonly PooledText callId = new();
    private readonly PooledText answerId = new();
    private bool hasStarted;
    private bool isTextOpen;
    private int calls;

    public override void ReadEvent(ReadOnlySpan<byte> data, IAnswerEvents to) => Read(data, to);

    public override void ReadWhole(ReadOnlySpan<byte> body, IAnswerEvents to) => Read(body, to);

    private void Read(ReadOnlySpan<byte> data, IAnswerEvents to)
    {
        if (!hasStarted)
            Start(data, to);
        var reader = new Utf8JsonReader(data, options);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("candidates"u8))
                ReadCandidates(ref reader, data, to);
            else if (reader.ValueTextEquals("promptFeedback"u8))
                ReadFeedback(ref reader, to);
            else
                SkipValue(ref reader);
        }
    }

    /// <summary>The answer's id stands at the end of the first event, and calls need it.</summary>
    private void Start(ReadOnlySpan<byte> data, IAnswerEvents to)
    {
        hasStarted = true;
        var reader = new Utf8JsonReader(data, options);
        if (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isId = reader.ValueTextEquals("responseId"u8);
                reader.Read();
                if (isId)
                    answerId.Append(scratch.Read(ref reader));
                reader.Skip();
            }
        }
        if (answerId.IsEmpty)
        {
            Guid.NewGuid().TryFormat(answerId.GetSpan(32), out var written, "N");
            answerId.Advance(written);
        }
        to.Started(answerId.Span);
    }

    private void ReadCandidates(ref Utf8JsonReader reader, ReadOnlySpan<byte> data, IAnswerEvents to)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return;
        }
        var isFirst = true; // more than one is never asked for
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (isFirst && reader.TokenType == JsonTokenType.StartObject)
                ReadCandidate(ref reader, data, to);
            else
                reader.Skip();
            isFirst = false;
        }
    }

    private void ReadCandidate(ref Utf8JsonReader reader, ReadOnlySpan<byte> data, IAnswerEvents to)
    {
        StopReason? stop = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("content"u8))
                ReadContent(ref reader, data, to);
            else if (reader.ValueTextEquals("finishReason"u8))
                stop = ReadFinishReason(ref reader);
            else
                SkipValue(ref reader);
        }
        if (stop is { } reason) // the reason may stand before the parts
            to.Stopped(reason == StopReason.End && calls > 0 ? StopReason.ToolCalls : reason);
    }

    private void ReadContent(ref Utf8JsonReader reader, ReadOnlySpan<byte> data, IAnswerEvents to)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isParts = reader.ValueTextEquals("parts"u8);
            reader.Read();
            if (!isParts || reader.TokenType != JsonTokenType.StartArray)
            {
                reader.Skip();
                continue;
            }
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                if (reader.TokenType == JsonTokenType.StartObject)
                    ReadPart(ref reader, data, to);
                else
                    reader.Skip();
            }
        }
    }

    private void ReadPart(ref Utf8JsonReader reader, ReadOnlySpan<byte> data, IAnswerEvents to)
    {
        ReadOnlySpan<byte> text = default; // the string's inside, escaped
        ReadOnlySpan<byte> call = default;
        var isThought = false;
        seal.Clear();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isText = reader.ValueTextEquals("text"u8);
            var isFlag = reader.ValueTextEquals("thought"u8);
            var isSeal = reader.ValueTextEquals("thoughtSignature"u8);
            var isCall = reader.ValueTextEquals("functionCall"u8);
            reader.Read();
            if (isText && reader.TokenType == JsonTokenType.String)
                text = reader.ValueSpan;
            else if (isFlag)
                isThought = reader.TokenType == JsonTokenType.True;
            else if (isSeal)
                KeepSeal(ref reader);
            else if (isCall && reader.TokenType == JsonTokenType.StartObject)
                call = ReadRaw(ref reader, data);
            reader.Skip();
        }
        if (!call.IsEmpty)
            TellCall(call, to);
        else if (isThought)
            TellThought(text, to);
        else
            TellText(text, to);
    }

    private void TellCall(ReadOnlySpan<byte> call, IAnswerEvents to)
    {
        isTextOpen = false;
        if (!seal.IsEmpty && !sealsInCallIds)
            to.ReasoningSignature(seal.Span);
        ReadOnlySpan<byte> name = default;
        ReadOnlySpan<byte> arguments = default;
        callId.Clear();
        var reader = new Utf8JsonReader(call, options);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isName = reader.ValueTextEquals("name"u8);
            var isId = reader.ValueTextEquals("id"u8);
            var isArguments = reader.ValueTextEquals("args"u8);
            reader.Read();
            if (isName && reader.TokenType == JsonTokenType.String)
                name = reader.ValueSpan;
            else if (isId)
                callId.Append(scratch.Read(ref reader));
            else if (isArguments && reader.TokenType == JsonTokenType.StartObject)
                arguments = ReadRaw(ref reader, call);
            reader.Skip();
        }
        var index = calls++;
        FinishCallId(index);
        to.ToolCall(index, callId.Span, scratch.Unescape(name));
        to.ToolArguments(index, arguments.IsEmpty ? "{}"u8 : arguments);
    }

    private void FinishCallId(int index)
    {
        if (callId.IsEmpty)
        {
            callId.Append(GeminiCallIds.MadePrefixUtf8);
            callId.Append(answerId.Span);
            index.TryFormat(callId.GetSpan(10), out var written, provider: CultureInfo.InvariantCulture);
            callId.Advance(written);
        }
        if (seal.IsEmpty || !sealsInCallIds)
            return;
        callId.Append(GeminiCallIds.SealMarkUtf8);
        var space = callId.GetSpan(Base64Url.GetEncodedLength(seal.Length));
        callId.Advance(Base64Url.EncodeToUtf8(seal.Span, space));
    }

    private void TellThought(ReadOnlySpan<byte> text, IAnswerEvents to)
    {
        isTextOpen = false;
        if (!text.IsEmpty)
            to.Reasoning(scratch.Unescape(text));
        if (!seal.IsEmpty)
            to.ReasoningSignature(seal.Span);
    }

    private void TellText(ReadOnlySpan<byte> text, IAnswerEvents to)
    {
        var isSealed = !seal.IsEmpty;
        if (isSealed && !isTextOpen)
            to.ReasoningSignature(seal.Span);
        if (!text.IsEmpty)
            to.Text(scratch.Unescape(text));
        if (isSealed && isTextOpen)
            to.ReasoningSignature(seal.Span);
        isTextOpen = isSealed ? !isTextOpen && !text.IsEmpty : isTextOpen || !text.IsEmpty;
    }

    private void KeepSeal(ref Utf8JsonReader reader)
    {
        var value = scratch.Read(ref reader);
        if (value.IsEmpty)
            return;
        seal.Append(GeminiSeal.MarkUtf8);
        seal.Append(value);
    }

    private static StopReason? ReadFinishReason(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.String)
        {
            reader.Skip();
            return null;
        }
        if (reader.ValueTextEquals("STOP"u8))
            return StopReason.End;
        if (reader.ValueTextEquals("MAX_TOKENS"u8))
            return StopReason.Length;
        if (reader.ValueTextEquals("FINISH_REASON_UNSPECIFIED"u8))
            return null;
        return StopReason.ContentFilter; // SAFETY, RECITATION, …, and calls that Gemini could not read: the rest was withheld
    }

    /// <summary>A blocked prompt has no candidates.</summary>
    private static void ReadFeedback(ref Utf8JsonReader reader, IAnswerEvents to)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }
        var isBlocked = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            isBlocked |= reader.ValueTextEquals("blockReason"u8);
            SkipValue(ref reader);
        }
        if (isBlocked)
            to.Stopped(StopReason.ContentFilter);
    }

    private static ReadOnlySpan<byte> ReadRaw(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> of)
    {
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return of[start..(int)reader.BytesConsumed];
    }

    private static void SkipValue(ref Utf8JsonReader reader)
    {
        reader.Read();
        reader.Skip();
    }
}
