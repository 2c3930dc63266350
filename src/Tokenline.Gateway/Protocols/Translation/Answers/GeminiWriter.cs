using System.Text;
using System.Text.Json;

namespace Tokenline.Gateway.Protocols.Translation.Answers;

/// <summary>
/// Gemini's parts. A call is one part with whole arguments, so calls are kept until they are; the reasoning before a call or a text, with its seal,
/// is what that part's <c>thoughtSignature</c> carries (<see cref="ReasoningSeal"/>): Gemini's clients send back the parts and forget the thoughts.
/// </summary>
internal abstract class GeminiWriter(AnswerContext context, Protocol vendor) : AnswerWriter(context)
{
    private sealed class Call(int index, byte[] id, byte[] name)
    {
        public int Index => index;
        public byte[] Id => id;
        public byte[] Name => name;
        public PooledText Arguments { get; } = new();
        public PooledText Seal { get; } = new();
    }

    private readonly byte[] reference = Encoding.UTF8.GetBytes(context.Reference);
    private readonly byte[] model = Encoding.UTF8.GetBytes(context.Model);
    private readonly PooledText thought = new(); // not yet in a seal
    private readonly PooledText blocks = new(); // of the seal for the next part
    private readonly PooledText part = new();
    private readonly List<Call> calls = [];
    private bool isSealed; // the blocks hold a vendor's seal, not only text
    private StopReason stop;
    private bool isMalformed;

    /// <summary>The next piece of text or thought, with the seal that goes with it or none.</summary>
    protected abstract void Piece(ReadOnlySpan<byte> utf8, bool isThought, ReadOnlySpan<byte> seal);

    /// <summary>A whole part, as JSON.</summary>
    protected abstract void WholePart(ReadOnlySpan<byte> json);

    /// <summary>The end, with the reason in Gemini's word.</summary>
    protected abstract void Finish(ReadOnlySpan<byte> reason, in Usage usage);

    public override void Started(ReadOnlySpan<byte> id) { }

    public override void Text(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty)
            return;
        CloseCalls();
        if (thought.IsEmpty && blocks.IsEmpty)
        {
            Piece(utf8, isThought: false, default);
            return;
        }
        TakeSeal(part, onlyIfSealed: true);
        Piece(utf8, isThought: false, part.Span);
    }

    public override void Refusal(ReadOnlySpan<byte> utf8) => Text(utf8);

    public override void Reasoning(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty)
            return;
        CloseCalls();
        thought.Append(utf8);
        Piece(utf8, isThought: true, default);
    }

    public override void ReasoningSignature(ReadOnlySpan<byte> utf8)
    {
        CloseCalls();
        ReasoningSeal.Add(blocks, vendor, thought.Span, utf8);
        thought.Clear();
        isSealed = true;
    }

    public override void RedactedReasoning(ReadOnlySpan<byte> utf8)
    {
        CloseCalls();
        CloseThought();
        ReasoningSeal.Add(blocks, vendor, default, utf8, isRedacted: true);
        isSealed = true;
    }

    public override void ToolCall(int index, ReadOnlySpan<byte> id, ReadOnlySpan<byte> name, bool isCustom = false)
    {
        var call = new Call(index, id.ToArray(), name.ToArray());
        TakeSeal(call.Seal, onlyIfSealed: false);
        calls.Add(call);
    }

    public override void ToolArguments(int index, ReadOnlySpan<byte> utf8)
    {
        foreach (var call in calls)
        {
            if (call.Index == index)
                call.Arguments.Append(utf8);
        }
    }

    public override void Stopped(StopReason reason, ReadOnlySpan<byte> stopSequence = default) => stop = reason;

    public override void End(in Usage usage)
    {
        CloseCalls();
        TakeSeal(part, onlyIfSealed: true);
        if (!part.IsEmpty)
            Piece(default, isThought: false, part.Span);
        Finish(
            isMalformed && stop != StopReason.Length
                ? "MALFORMED_FUNCTION_CALL"u8
                : stop switch
                {
                    StopReason.Length => "MAX_TOKENS"u8,
                    StopReason.ContentFilter or StopReason.Refusal => "SAFETY"u8,
                    StopReason.Pause => "OTHER"u8,
                    _ => "STOP"u8,
                },
            usage
        );
        Release();
    }

    public override void EndForLength(in Usage usage)
    {
        stop = StopReason.Length;
        End(usage);
    }

    protected virtual void Release()
    {
        thought.Release();
        blocks.Release();
        part.Release();
    }

    protected void WriteError(ref JsonPen pen, Problem problem, string message)
    {
        pen.Raw("{\"error\":{\"code\":"u8);
        pen.Number(problem.Status);
        pen.Raw(",\"message\":\""u8);
        pen.Escaped(message);
        pen.Raw("\",\"status\":\""u8);
        pen.Raw(StatusOf(problem));
        pen.Raw("\"}}"u8);
        Release();
    }

    /// <summary>Gemini's meaning: the prompt includes the caches, the candidates leave out the thoughts.</summary>
    protected static void WriteUsage(ref JsonPen pen, in Usage usage)
    {
        var thoughts = Math.Min(usage[Meter.Reasoning], usage.WholeOutput);
        pen.Raw("\"usageMetadata\":{\"promptTokenCount\":"u8);
        pen.Number(usage.WholeInput);
        if (usage[Meter.CachedInput] > 0)
        {
            pen.Raw(",\"cachedContentTokenCount\":"u8);
            pen.Number(usage[Meter.CachedInput]);
        }
        pen.Raw(",\"candidatesTokenCount\":"u8);
        pen.Number(usage.WholeOutput - thoughts);
        if (thoughts > 0)
        {
            pen.Raw(",\"thoughtsTokenCount\":"u8);
            pen.Number(thoughts);
        }
        pen.Raw(",\"totalTokenCount\":"u8);
        pen.Number(usage.Tokens);
        pen.Raw("}"u8);
    }

    protected void WriteNames(ref JsonPen pen)
    {
        pen.Raw("\"modelVersion\":\""u8);
        pen.Escaped(model);
        pen.Raw("\",\"responseId\":\""u8);
        pen.Raw(reference);
        pen.Raw("\""u8);
    }

    /// <summary>google.rpc.Code by HTTP status.</summary>
    private static ReadOnlySpan<byte> StatusOf(Problem problem) =>
        problem.Status switch
        {
            400 or 405 or 413 => "INVALID_ARGUMENT"u8,
            401 => "UNAUTHENTICATED"u8,
            402 or 429 => "RESOURCE_EXHAUSTED"u8,
            403 => "PERMISSION_DENIED"u8,
            404 => "NOT_FOUND"u8,
            409 => "ABORTED"u8,
            503 => "UNAVAILABLE"u8,
            504 => "DEADLINE_EXCEEDED"u8,
            _ => "INTERNAL"u8,
        };

    private void CloseThought()
    {
        if (!thought.IsEmpty)
            ReasoningSeal.Add(blocks, vendor, thought.Span, default);
        thought.Clear();
    }

    /// <summary>What has been thought since the last part. Before a text it is kept only for a vendor that sealed it.</summary>
    private void TakeSeal(PooledText to, bool onlyIfSealed)
    {
        to.Clear();
        if (isSealed || !onlyIfSealed)
            CloseThought();
        if (!blocks.IsEmpty && (isSealed || !onlyIfSealed))
            ReasoningSeal.Encode(blocks, to);
        thought.Clear();
        blocks.Clear();
        isSealed = false;
    }

    private void CloseCalls()
    {
        foreach (var call in calls)
        {
            if (IsObject(call.Arguments.Span))
                WriteCall(call);
            else
                isMalformed = true; // a cut call must not be made
            call.Arguments.Release();
            call.Seal.Release();
        }
        calls.Clear();
    }

    private void WriteCall(Call call)
    {
        part.Clear();
        var pen = new JsonPen(part);
        pen.Raw("{\"functionCall\":{"u8);
        if (call.Id.Length > 0)
        {
            pen.Raw("\"id\":\""u8);
            pen.Escaped(call.Id);
            pen.Raw("\","u8);
        }
        pen.Raw("\"name\":\""u8);
        pen.Escaped(call.Name);
        pen.Raw("\",\"args\":"u8);
        SingleLine.Write(ref pen, call.Arguments.IsEmpty ? "{}"u8 : call.Arguments.Span);
        pen.Raw("}"u8);
        if (!call.Seal.IsEmpty)
        {
            pen.Raw(",\"thoughtSignature\":\""u8);
            pen.Raw(call.Seal.Span);
            pen.Raw("\""u8);
        }
        pen.Raw("}"u8);
        pen.Done();
        WholePart(part.Span);
        part.Clear();
    }

    private static bool IsObject(ReadOnlySpan<byte> json)
    {
        if (json.IsEmpty)
            return true;
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 256 });
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
                return false;
            reader.Skip();
            return !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
