using System.Buffers;
using System.Text.Json;
using Tokenline.Gateway.Protocols.OpenAI;

namespace Tokenline.Gateway.Protocols.Translation.Answers;

/// <summary>Reads answers of Anthropic's messages. Blocks of tools that run at the vendor are passed over: nobody could have asked for one.</summary>
internal sealed class MessagesEventsReader : AnswerReader
{
    private readonly StringScratch scratch = new();
    private readonly StringScratch texts = new();
    private readonly StringScratch idScratch = new(); // a call's id and name are needed at once
    private readonly ArrayBufferWriter<byte> signature = new();
    private Kind open;
    private int calls;
    private bool hasArguments;

    private enum Kind
    {
        Other,
        Text,
        Thinking,
        ToolCall,
    }

    /// <summary>The members of a block or a delta that matter, as ranges of the payload.</summary>
    private struct Piece
    {
        public ByteRange Type;
        public ByteRange Text;
        public ByteRange Signature;
        public ByteRange Data;
        public ByteRange Id;
        public ByteRange Name;
        public ByteRange Input;
        public ByteRange StopReason;
        public ByteRange StopSequence;
    }

    public override void ReadEvent(ReadOnlySpan<byte> data, IAnswerEvents to)
    {
        var reader = new PayloadReader(data);
        var type = default(ByteRange);
        var piece = new Piece();
        if (!reader.EnterObject())
            return;
        while (reader.NextMember())
        {
            if (reader.Is("type"u8))
                type = reader.String();
            else if (reader.Is("delta"u8) || reader.Is("content_block"u8) || reader.Is("message"u8))
                ReadPiece(ref reader, ref piece);
            else
                reader.SkipValue();
        }
        Dispatch(type.Of(data), data, piece, to);
    }

    public override void ReadWhole(ReadOnlySpan<byte> body, IAnswerEvents to)
    {
        var reader = new PayloadReader(body);
        var message = new Piece();
        var content = default(ByteRange);
        if (!reader.EnterObject())
            return;
        while (reader.NextMember())
        {
            if (reader.Is("content"u8))
                content = reader.Value();
            else
                ReadMember(ref reader, ref message);
        }
        to.Started(Plain(body, message.Id));
        if (!content.IsEmpty)
            ReadBlocks(body, content, to);
        Stop(body, message, to);
    }

    private void ReadBlocks(ReadOnlySpan<byte> body, ByteRange content, IAnswerEvents to)
    {
        var blocks = PayloadReader.Of(body, content);
        if (!blocks.EnterArray())
            return;
        while (blocks.NextElement())
        {
            if (blocks.Token != JsonTokenType.StartObject)
                continue;
            var piece = new Piece();
            while (blocks.NextMember())
                ReadMember(ref blocks, ref piece);
            Begin(body, piece, to);
            EndBlock(to);
        }
    }

    private static void ReadPiece(ref PayloadReader reader, ref Piece piece)
    {
        if (!reader.EnterObject())
            return;
        while (reader.NextMember())
            ReadMember(ref reader, ref piece);
    }

    private static void ReadMember(ref PayloadReader reader, ref Piece piece)
    {
        if (reader.Is("type"u8))
            piece.Type = reader.String();
        else if (reader.Is("text"u8) || reader.Is("thinking"u8) || reader.Is("partial_json"u8))
            piece.Text = reader.String();
        else if (reader.Is("signature"u8))
            piece.Signature = reader.String();
        else if (reader.Is("data"u8))
            piece.Data = reader.String();
        else if (reader.Is("id"u8))
            piece.Id = reader.String();
        else if (reader.Is("name"u8))
            piece.Name = reader.String();
        else if (reader.Is("input"u8))
            piece.Input = reader.Value();
        else if (reader.Is("stop_reason"u8))
            piece.StopReason = reader.String();
        else if (reader.Is("stop_sequence"u8))
            piece.StopSequence = reader.String();
        else
            reader.SkipValue();
    }

    private void Dispatch(ReadOnlySpan<byte> type, ReadOnlySpan<byte> data, in Piece piece, IAnswerEvents to)
    {
        if (type.SequenceEqual("content_block_delta"u8))
            Continue(data, piece, to);
        else if (type.SequenceEqual("content_block_start"u8))
            Begin(data, piece, to);
        else if (type.SequenceEqual("content_block_stop"u8))
            EndBlock(to);
        else if (type.SequenceEqual("message_start"u8))
            to.Started(Plain(data, piece.Id));
        else if (type.SequenceEqual("message_delta"u8))
            Stop(data, piece, to);
    }

    private void Begin(ReadOnlySpan<byte> data, in Piece piece, IAnswerEvents to)
    {
        var type = piece.Type.Of(data);
        open =
            type.SequenceEqual("text"u8) ? Kind.Text
            : type.SequenceEqual("thinking"u8) ? Kind.Thinking
            : type.SequenceEqual("tool_use"u8) ? Kind.ToolCall
            : Kind.Other;
        if (type.SequenceEqual("redacted_thinking"u8))
            to.RedactedReasoning(Plain(data, piece.Data));
        if (open == Kind.ToolCall)
            BeginCall(data, piece, to);
        else
            Continue(data, piece, to);
    }

    private void BeginCall(ReadOnlySpan<byte> data, in Piece piece, IAnswerEvents to)
    {
        to.ToolCall(calls++, idScratch.Unescape(piece.Id.Of(data)), Plain(data, piece.Name));
        hasArguments = false;
        var input = piece.Input.Of(data);
        if (!IsEmptyObject(input))
            Arguments(input, to);
    }

    private void Continue(ReadOnlySpan<byte> data, in Piece piece, IAnswerEvents to)
    {
        if (open == Kind.Thinking && piece.Signature.Length > 0)
            signature.Write(Plain(data, piece.Signature));
        if (piece.Text.IsEmpty)
            return;
        var text = texts.UnescapePiece(piece.Text.Of(data));
        switch (open)
        {
            case Kind.Text:
                to.Text(text);
                break;
            case Kind.Thinking:
                to.Reasoning(text);
                break;
            case Kind.ToolCall:
                Arguments(text, to);
                break;
        }
    }

    private void Arguments(ReadOnlySpan<byte> utf8, IAnswerEvents to)
    {
        hasArguments = true;
        to.ToolArguments(calls - 1, utf8);
    }

    /// <summary>Only here the seal is whole, and it is known that a call has no arguments: an empty object here, and no word of it in the stream.</summary>
    private void EndBlock(IAnswerEvents to)
    {
        if (open == Kind.Thinking && signature.WrittenCount > 0)
        {
            to.ReasoningSignature(signature.WrittenSpan);
            signature.ResetWrittenCount();
        }
        if (open == Kind.ToolCall && !hasArguments)
            Arguments("{}"u8, to);
        open = Kind.Other;
    }

    private void Stop(ReadOnlySpan<byte> data, in Piece piece, IAnswerEvents to)
    {
        var reason = piece.StopReason.Of(data);
        if (reason.IsEmpty)
            return;
        to.Stopped(ReasonOf(reason), Plain(data, piece.StopSequence));
    }

    private static StopReason ReasonOf(ReadOnlySpan<byte> reason) =>
        reason.SequenceEqual("stop_sequence"u8) ? StopReason.StopSequence
        : reason.SequenceEqual("max_tokens"u8) || reason.SequenceEqual("model_context_window_exceeded"u8) ? StopReason.Length
        : reason.SequenceEqual("tool_use"u8) ? StopReason.ToolCalls
        : reason.SequenceEqual("refusal"u8) ? StopReason.Refusal
        : reason.SequenceEqual("pause_turn"u8) ? StopReason.Pause
        : StopReason.End;

    private static bool IsEmptyObject(ReadOnlySpan<byte> json) =>
        json.IsEmpty || (json[0] == (byte)'{' && json[1..^1].IndexOfAnyExcept(" \t\r\n"u8) < 0);

    private ReadOnlySpan<byte> Plain(ReadOnlySpan<byte> data, ByteRange range) => scratch.Unescape(range.Of(data));
}
