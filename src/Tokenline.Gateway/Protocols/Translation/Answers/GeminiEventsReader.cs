using System.Buffers.Text;
using System.Text.Json;
using Tokenline.Gateway.Protocols.OpenAI;

namespace Tokenline.Gateway.Protocols.Translation.Answers;

/// <summary>
/// Reads Gemini's answers: each event of a stream is a whole answer of its own with the next parts. A part's seal is told before the part; of text that
/// is already running, after it, so that the text stays one.
/// </summary>
/// <param name="sealsInCallIds">The client's protocol has no place for a seal on a call: the call's id carries it (<see cref="GeminiCallIds"/>).</param>
internal sealed class GeminiEventsReader(bool sealsInCallIds = false) : AnswerReader
{
    private readonly StringScratch scratch = new();
    private readonly StringScratch texts = new();
    private readonly StringScratch thoughts = new();
    private readonly PooledText seal = new(); // of the part that is told
    private readonly PooledText callId = new();
    private byte[] answerId = [];
    private bool hasStarted;
    private bool isTextOpen;
    private int calls;

    /// <summary>The members of a part that matter, as ranges of the payload.</summary>
    private struct Piece
    {
        public ByteRange Text;
        public ByteRange Seal;
        public ByteRange Call;
        public bool IsThought;
    }

    public override void ReadEvent(ReadOnlySpan<byte> data, IAnswerEvents to) => Read(data, to);

    public override void ReadWhole(ReadOnlySpan<byte> body, IAnswerEvents to) => Read(body, to);

    private void Read(ReadOnlySpan<byte> payload, IAnswerEvents to)
    {
        var reader = new PayloadReader(payload);
        var candidate = default(ByteRange);
        var id = default(ByteRange);
        var isBlocked = false;
        if (!reader.EnterObject())
            return;
        while (reader.NextMember())
        {
            if (reader.Is("candidates"u8))
            {
                ReadCandidates(ref reader, ref candidate);
                if (hasStarted)
                    break; // the rest, such as usage, is the meter's
            }
            else if (reader.Is("promptFeedback"u8))
            {
                isBlocked = ReadFeedback(ref reader);
            }
            else if (!hasStarted && reader.Is("responseId"u8))
            {
                id = reader.String();
            }
            else
            {
                reader.SkipValue();
            }
        }
        if (!hasStarted) // the id stands at the end, and calls need it
            Start(id.Of(payload), to);
        if (!candidate.IsEmpty)
            TellCandidate(payload, candidate, to);
        if (isBlocked) // then there are no candidates
            to.Stopped(StopReason.ContentFilter);
    }

    private void Start(ReadOnlySpan<byte> id, IAnswerEvents to)
    {
        hasStarted = true;
        answerId = id.IsEmpty ? JsonSerializer.SerializeToUtf8Bytes(Guid.NewGuid().ToString("N"))[1..^1] : scratch.Unescape(id).ToArray();
        to.Started(answerId);
    }

    /// <summary>The first: more are never asked for.</summary>
    private static void ReadCandidates(ref PayloadReader reader, ref ByteRange candidate)
    {
        if (!reader.EnterArray())
            return;
        while (reader.NextElement())
        {
            var isObject = reader.Token == JsonTokenType.StartObject;
            var range = reader.Here();
            if (isObject && candidate.IsEmpty)
                candidate = range;
        }
    }

    private static bool ReadFeedback(ref PayloadReader reader)
    {
        var isBlocked = false;
        if (!reader.EnterObject())
            return false;
        while (reader.NextMember())
        {
            if (reader.Is("blockReason"u8))
                isBlocked = !reader.Value().IsEmpty;
            else
                reader.SkipValue();
        }
        return isBlocked;
    }

    private void TellCandidate(ReadOnlySpan<byte> payload, ByteRange candidate, IAnswerEvents to)
    {
        var reader = PayloadReader.Of(payload, candidate);
        var reason = default(ByteRange);
        reader.EnterObject();
        while (reader.NextMember())
        {
            if (reader.Is("content"u8))
                TellContent(ref reader, payload, to);
            else if (reader.Is("finishReason"u8))
                reason = reader.String();
            else
                reader.SkipValue();
        }
        Stop(reason.Of(payload), to); // it may stand before the parts
    }

    private void TellContent(ref PayloadReader reader, ReadOnlySpan<byte> payload, IAnswerEvents to)
    {
        if (!reader.EnterObject())
            return;
        while (reader.NextMember())
        {
            if (!reader.Is("parts"u8))
            {
                reader.SkipValue();
                continue;
            }
            if (!reader.EnterArray())
                continue;
            while (reader.NextElement())
            {
                if (reader.Token == JsonTokenType.StartObject)
                    TellPart(ref reader, payload, to);
                else
                    reader.Here();
            }
        }
    }

    private void TellPart(ref PayloadReader reader, ReadOnlySpan<byte> payload, IAnswerEvents to)
    {
        var piece = new Piece();
        while (reader.NextMember())
        {
            if (reader.Is("text"u8))
                piece.Text = reader.String();
            else if (reader.Is("thought"u8))
                piece.IsThought = reader.Value() is { IsEmpty: false } flag && payload[flag.Start] == (byte)'t';
            else if (reader.Is("thoughtSignature"u8))
                piece.Seal = reader.String();
            else if (reader.Is("functionCall"u8))
                piece.Call = reader.Value();
            else
                reader.SkipValue();
        }
        KeepSeal(piece.Seal.Of(payload));
        if (!piece.Call.IsEmpty)
            TellCall(payload, piece.Call, to);
        else if (piece.IsThought)
            TellThought(piece.Text.Of(payload), to);
        else
            TellText(piece.Text.Of(payload), to);
    }

    private void KeepSeal(ReadOnlySpan<byte> raw)
    {
        seal.Clear();
        if (raw.IsEmpty)
            return;
        seal.Append(GeminiSeal.MarkUtf8);
        seal.Append(scratch.Unescape(raw));
    }

    private void TellCall(ReadOnlySpan<byte> payload, ByteRange call, IAnswerEvents to)
    {
        isTextOpen = false;
        if (!seal.IsEmpty && !sealsInCallIds)
            to.ReasoningSignature(seal.Span);
        var reader = PayloadReader.Of(payload, call);
        var id = default(ByteRange);
        var name = default(ByteRange);
        var arguments = default(ByteRange);
        if (!reader.EnterObject())
            return;
        while (reader.NextMember())
        {
            if (reader.Is("name"u8))
                name = reader.String();
            else if (reader.Is("id"u8))
                id = reader.String();
            else if (reader.Is("args"u8))
                arguments = reader.Value();
            else
                reader.SkipValue();
        }
        var index = calls++;
        MakeCallId(id.Of(payload), index);
        to.ToolCall(index, callId.Span, scratch.Unescape(name.Of(payload)));
        to.ToolArguments(index, arguments.IsEmpty ? "{}"u8 : arguments.Of(payload));
    }

    private void MakeCallId(ReadOnlySpan<byte> raw, int index)
    {
        callId.Clear();
        if (raw.IsEmpty)
        {
            callId.Append(GeminiCallIds.MadePrefixUtf8);
            callId.Append(answerId);
            var pen = new JsonPen(callId);
            pen.Number(index);
            pen.Done();
        }
        else
        {
            callId.Append(scratch.Unescape(raw));
        }
        if (seal.IsEmpty || !sealsInCallIds)
            return;
        callId.Append(GeminiCallIds.SealMarkUtf8);
        callId.Advance(Base64Url.EncodeToUtf8(seal.Span, callId.GetSpan(Base64Url.GetEncodedLength(seal.Length))));
    }

    private void TellThought(ReadOnlySpan<byte> raw, IAnswerEvents to)
    {
        isTextOpen = false;
        if (!raw.IsEmpty)
            to.Reasoning(thoughts.UnescapePiece(raw));
        if (!seal.IsEmpty)
            to.ReasoningSignature(seal.Span);
    }

    private void TellText(ReadOnlySpan<byte> raw, IAnswerEvents to)
    {
        var comesAfter = isTextOpen;
        if (!seal.IsEmpty && !comesAfter)
            to.ReasoningSignature(seal.Span);
        if (!raw.IsEmpty)
        {
            to.Text(texts.UnescapePiece(raw));
            isTextOpen = true;
        }
        if (seal.IsEmpty || !comesAfter)
            return;
        to.ReasoningSignature(seal.Span);
        isTextOpen = false;
    }

    /// <summary>SAFETY, RECITATION and the like, and calls that Gemini itself could not read: the rest was withheld.</summary>
    private void Stop(ReadOnlySpan<byte> reason, IAnswerEvents to)
    {
        if (reason.IsEmpty || reason.SequenceEqual("FINISH_REASON_UNSPECIFIED"u8))
            return;
        to.Stopped(
            reason.SequenceEqual("STOP"u8) ? (calls > 0 ? StopReason.ToolCalls : StopReason.End)
            : reason.SequenceEqual("MAX_TOKENS"u8) ? StopReason.Length
            : StopReason.ContentFilter
        );
    }
}
