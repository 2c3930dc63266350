using System.Text.Json;
using Tokenline.Gateway.Protocols.OpenAI;

namespace Tokenline.Gateway.Protocols.Translation.Answers;

/// <summary>
/// Reads answers of chat completions, from all who speak it: reasoning under three names, contents in parts, calls without an index or under one
/// index, arguments that are an object. Only the first choice is read: more cannot have been asked for.
/// </summary>
internal sealed class ChatEventsReader : AnswerReader
{
    private readonly StringScratch scratch = new();
    private readonly StringScratch texts = new();
    private readonly StringScratch thoughts = new();
    private readonly StringScratch arguments = new();
    private readonly List<Call> calls = [];
    private int told;
    private bool hasStarted;
    private bool hasStopped;

    /// <summary>The members of a choice that matter, as ranges of the payload.</summary>
    private struct Piece
    {
        public ByteRange Content;
        public ByteRange Parts;
        public ByteRange Refusal;
        public ByteRange Reasoning;
        public ByteRange Details;
        public ByteRange Calls;
        public ByteRange FinishReason;
    }

    /// <summary>A call as far as it is known.</summary>
    private sealed class Call
    {
        public int VendorIndex { get; init; }

        public byte[] Id { get; set; } = [];

        public byte[] Name { get; set; } = [];

        public bool IsCustom { get; set; }

        /// <summary>Its place in the answer; -1 until it is told.</summary>
        public int Number { get; set; } = -1;
    }

    /// <summary>One entry of <c>tool_calls</c>.</summary>
    private struct CallPiece
    {
        public int Index;
        public ByteRange Id;
        public ByteRange Name;
        public ByteRange Arguments;
        public bool ArgumentsAreText;
        public bool IsCustom;
    }

    public override void ReadEvent(ReadOnlySpan<byte> data, IAnswerEvents to)
    {
        if (!data.SequenceEqual("[DONE]"u8))
            Read(data, "delta"u8, to);
    }

    public override void ReadWhole(ReadOnlySpan<byte> body, IAnswerEvents to) => Read(body, "message"u8, to);

    /// <param name="message">Where the news is: Perplexity repeats the whole message in every chunk, beside the delta.</param>
    private void Read(ReadOnlySpan<byte> payload, ReadOnlySpan<byte> message, IAnswerEvents to)
    {
        var reader = new PayloadReader(payload);
        var id = default(ByteRange);
        var piece = new Piece();
        if (!reader.EnterObject())
            return;
        while (reader.NextMember())
        {
            if (reader.Is("choices"u8))
            {
                ReadChoices(ref reader, message, ref piece);
                if (hasStarted)
                    break; // the rest, such as usage, is the meter's
            }
            else if (reader.Is("id"u8))
            {
                id = reader.String();
            }
            else
            {
                reader.SkipValue();
            }
        }
        if (!hasStarted)
        {
            hasStarted = true;
            to.Started(Plain(payload, id));
        }
        Tell(payload, piece, to);
    }

    private static void ReadChoices(ref PayloadReader reader, ReadOnlySpan<byte> message, ref Piece piece)
    {
        if (!reader.EnterArray())
            return;
        while (reader.NextElement())
        {
            if (reader.Token != JsonTokenType.StartObject)
            {
                reader.Here();
                continue;
            }
            var index = 0;
            var choice = new Piece();
            while (reader.NextMember())
            {
                if (reader.Is(message))
                    ReadMessage(ref reader, ref choice);
                else if (reader.Is("finish_reason"u8))
                    choice.FinishReason = reader.String();
                else if (reader.Is("index"u8))
                    index = reader.Number(0);
                else
                    reader.SkipValue();
            }
            if (index == 0)
                piece = choice;
        }
    }

    private static void ReadMessage(ref PayloadReader reader, ref Piece piece)
    {
        if (!reader.EnterObject())
            return;
        while (reader.NextMember())
        {
            if (reader.Is("content"u8))
                ReadContent(ref reader, ref piece);
            else if (reader.Is("tool_calls"u8))
                piece.Calls = reader.Value();
            else if (reader.Is("reasoning_content"u8) || reader.Is("reasoning"u8)) // the same thoughts under two names are told once
                KeepReasoning(ref piece, reader.String());
            else if (reader.Is("reasoning_details"u8))
                piece.Details = reader.Value();
            else if (reader.Is("refusal"u8))
                piece.Refusal = reader.String();
            else
                reader.SkipValue();
        }
    }

    private static void KeepReasoning(ref Piece piece, ByteRange reasoning)
    {
        if (reasoning.Length > piece.Reasoning.Length)
            piece.Reasoning = reasoning;
    }

    private static void ReadContent(ref PayloadReader reader, ref Piece piece)
    {
        reader.Next();
        if (reader.Token == JsonTokenType.StartArray)
        {
            piece.Parts = reader.Here();
            return;
        }
        var isText = reader.Token == JsonTokenType.String;
        var range = reader.Here();
        if (isText)
            piece.Content = new ByteRange(range.Start + 1, range.Length - 2);
    }

    private void Tell(ReadOnlySpan<byte> payload, in Piece piece, IAnswerEvents to)
    {
        if (!piece.Reasoning.IsEmpty)
            to.Reasoning(thoughts.UnescapePiece(piece.Reasoning.Of(payload)));
        if (!piece.Details.IsEmpty)
            TellDetails(payload, piece, to);
        if (!piece.Content.IsEmpty)
            to.Text(texts.UnescapePiece(piece.Content.Of(payload)));
        if (!piece.Parts.IsEmpty)
            TellParts(payload, piece.Parts, to);
        if (!piece.Refusal.IsEmpty)
            to.Refusal(Plain(payload, piece.Refusal));
        if (!piece.Calls.IsEmpty)
            TellCalls(payload, piece.Calls, to);
        var reason = piece.FinishReason.Of(payload);
        if (reason.IsEmpty || hasStopped)
            return;
        hasStopped = true;
        TellCallsTo(calls.Count - 1, to);
        to.Stopped(ReasonOf(reason));
    }

    /// <summary>OpenRouter's form of reasoning, which has its seals. The text is told from here only where it has no plain place.</summary>
    private void TellDetails(ReadOnlySpan<byte> payload, in Piece piece, IAnswerEvents to)
    {
        var reader = PayloadReader.Of(payload, piece.Details);
        if (!reader.EnterArray())
            return;
        while (reader.NextElement())
        {
            if (reader.Token != JsonTokenType.StartObject)
                continue;
            var text = default(ByteRange);
            var signature = default(ByteRange);
            var data = default(ByteRange);
            while (reader.NextMember())
            {
                if (reader.Is("text"u8) || reader.Is("summary"u8))
                    text = reader.String();
                else if (reader.Is("signature"u8))
                    signature = reader.String();
                else if (reader.Is("data"u8))
                    data = reader.String();
                else
                    reader.SkipValue();
            }
            if (!text.IsEmpty && piece.Reasoning.IsEmpty)
                to.Reasoning(Plain(payload, text));
            if (!signature.IsEmpty)
                to.ReasoningSignature(Plain(payload, signature));
            if (!data.IsEmpty)
                to.RedactedReasoning(Plain(payload, data));
        }
    }

    /// <summary>Mistral's contents: texts, and thoughts that are texts again.</summary>
    private void TellParts(ReadOnlySpan<byte> payload, ByteRange parts, IAnswerEvents to)
    {
        var reader = PayloadReader.Of(payload, parts);
        if (!reader.EnterArray())
            return;
        while (reader.NextElement())
        {
            if (reader.Token != JsonTokenType.StartObject)
            {
                reader.Here();
                continue;
            }
            while (reader.NextMember())
            {
                if (reader.Is("text"u8))
                    TellText(payload, reader.String(), to);
                else if (reader.Is("thinking"u8))
                    TellThinking(payload, reader.Value(), to);
                else
                    reader.SkipValue();
            }
        }
    }

    private void TellText(ReadOnlySpan<byte> payload, ByteRange text, IAnswerEvents to)
    {
        if (!text.IsEmpty)
            to.Text(Plain(payload, text));
    }

    private void TellThinking(ReadOnlySpan<byte> payload, ByteRange thinking, IAnswerEvents to)
    {
        if (thinking.IsEmpty || payload[thinking.Start] != (byte)'[')
            return;
        var reader = PayloadReader.Of(payload, thinking);
        reader.EnterArray();
        while (reader.NextElement())
        {
            if (reader.Token != JsonTokenType.StartObject)
                continue;
            while (reader.NextMember())
            {
                if (!reader.Is("text"u8))
                    reader.SkipValue();
                else if (reader.String() is { IsEmpty: false } text)
                    to.Reasoning(Plain(payload, text));
            }
        }
    }

    private void TellCalls(ReadOnlySpan<byte> payload, ByteRange array, IAnswerEvents to)
    {
        var reader = PayloadReader.Of(payload, array);
        if (!reader.EnterArray())
            return;
        while (reader.NextElement())
        {
            if (reader.Token != JsonTokenType.StartObject)
                continue;
            var piece = new CallPiece { Index = -1 };
            while (reader.NextMember())
            {
                if (reader.Is("index"u8))
                    piece.Index = reader.Number(-1);
                else if (reader.Is("id"u8))
                    piece.Id = reader.String();
                else if (reader.Is("function"u8) || reader.Is("custom"u8))
                    ReadFunction(ref reader, ref piece);
                else
                    reader.SkipValue();
            }
            TellCall(payload, piece, to);
        }
    }

    private static void ReadFunction(ref PayloadReader reader, ref CallPiece piece)
    {
        piece.IsCustom |= reader.Is("custom"u8);
        if (!reader.EnterObject())
            return;
        while (reader.NextMember())
        {
            if (reader.Is("name"u8))
            {
                piece.Name = reader.String();
            }
            else if (reader.Is("arguments"u8) || reader.Is("input"u8))
            {
                reader.Next();
                piece.ArgumentsAreText = reader.Token == JsonTokenType.String;
                piece.Arguments = reader.Here();
            }
            else
            {
                reader.SkipValue();
            }
        }
    }

    private void TellCall(ReadOnlySpan<byte> payload, in CallPiece piece, IAnswerEvents to)
    {
        var number = Find(piece, piece.Id.Of(payload));
        var call = calls[number];
        if (call.Name.Length == 0 && !piece.Name.IsEmpty)
        {
            call.Name = Plain(payload, piece.Name).ToArray();
            call.IsCustom = piece.IsCustom;
        }
        if (piece.Arguments.IsEmpty || (piece.ArgumentsAreText && piece.Arguments.Length <= 2))
            return;
        TellCallsTo(number, to);
        if (call.Number < 0)
            return;
        if (!piece.ArgumentsAreText)
            to.ToolArguments(call.Number, piece.Arguments.Of(payload));
        else
            to.ToolArguments(call.Number, arguments.UnescapePiece(piece.Arguments.Of(payload)[1..^1]));
    }

    /// <summary>A call is told when its arguments begin, or at the end: what a vendor says between a call's name and its arguments would end the call.</summary>
    private void TellCallsTo(int last, IAnswerEvents to)
    {
        for (var i = 0; i <= last; i++)
        {
            var call = calls[i];
            if (call.Number >= 0 || call.Name.Length == 0)
                continue;
            call.Number = told++;
            to.ToolCall(call.Number, call.Id, call.Name, call.IsCustom);
        }
    }

    /// <summary>The call that a piece belongs to, by its index and its id, of which vendors leave out one or the other; a new one if it has not been seen.</summary>
    private int Find(in CallPiece piece, ReadOnlySpan<byte> rawId)
    {
        var id = scratch.Unescape(rawId);
        if (piece.Index < 0 && id.IsEmpty && piece.Name.IsEmpty && calls.Count > 0)
            return calls.Count - 1;
        for (var i = calls.Count - 1; i >= 0; i--)
        {
            if (!IsOf(calls[i], piece.Index, id))
                continue;
            if (calls[i].Id.Length == 0 && calls[i].Number < 0)
                calls[i].Id = id.ToArray();
            return i;
        }
        calls.Add(new Call { VendorIndex = piece.Index, Id = id.ToArray() });
        return calls.Count - 1;
    }

    private static bool IsOf(Call call, int index, ReadOnlySpan<byte> id) =>
        index < 0
            ? !id.IsEmpty && id.SequenceEqual(call.Id)
            : index == call.VendorIndex && (id.IsEmpty || call.Id.Length == 0 || id.SequenceEqual(call.Id));

    /// <summary>A vendor that says "stop" behind calls means the calls.</summary>
    private StopReason ReasonOf(ReadOnlySpan<byte> reason)
    {
        if (reason.SequenceEqual("tool_calls"u8) || reason.SequenceEqual("function_call"u8))
            return StopReason.ToolCalls;
        if (reason.SequenceEqual("content_filter"u8) || reason.SequenceEqual("sensitive"u8))
            return StopReason.ContentFilter;
        if (
            reason.SequenceEqual("length"u8)
            || reason.SequenceEqual("max_tokens"u8)
            || reason.SequenceEqual("model_length"u8) // Mistral
            || reason.SequenceEqual("insufficient_system_resource"u8) // DeepSeek: broken off
            || reason.SequenceEqual("abort"u8) // vLLM: likewise
        )
            return StopReason.Length;
        return told > 0 ? StopReason.ToolCalls : StopReason.End;
    }

    private ReadOnlySpan<byte> Plain(ReadOnlySpan<byte> payload, ByteRange range) => scratch.Unescape(range.Of(payload));
}
