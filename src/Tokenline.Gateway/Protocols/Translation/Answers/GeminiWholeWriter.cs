namespace Tokenline.Gateway.Protocols.Translation.Answers;

/// <summary>An answer of Gemini's as one object, written at the end. Pieces of one kind that follow each other are one part.</summary>
/// <param name="vendor">Whose reasoning <c>thoughtSignature</c> carries.</param>
internal sealed class GeminiWholeWriter(AnswerContext context, Protocol vendor) : GeminiWriter(context, vendor)
{
    private readonly PooledText parts = new();
    private readonly PooledText seal = new();
    private bool isTextOpen;
    private bool isThoughtOpen;

    public override void Error(Problem problem, string message)
    {
        var pen = new JsonPen(Output);
        WriteError(ref pen, problem, message);
        pen.Done();
    }

    protected override void Piece(ReadOnlySpan<byte> utf8, bool isThought, ReadOnlySpan<byte> seal)
    {
        var goesOn = seal.IsEmpty && (isThought ? isThoughtOpen : isTextOpen);
        if (!goesOn)
        {
            ClosePart();
            Separate();
            this.seal.Append(seal);
            parts.Append("{\"text\":\""u8);
            (isTextOpen, isThoughtOpen) = (!isThought, isThought);
        }
        var pen = new JsonPen(parts);
        pen.Escaped(utf8);
        pen.Done();
    }

    protected override void WholePart(ReadOnlySpan<byte> json)
    {
        ClosePart();
        Separate();
        parts.Append(json);
    }

    protected override void Finish(ReadOnlySpan<byte> reason, in Usage usage)
    {
        ClosePart();
        var pen = new JsonPen(Output);
        pen.Raw("{\"candidates\":[{\"content\":{\"parts\":["u8);
        pen.Raw(parts.IsEmpty ? "{\"text\":\"\"}"u8 : parts.Span);
        pen.Raw("],\"role\":\"model\"},\"finishReason\":\""u8);
        pen.Raw(reason);
        pen.Raw("\",\"index\":0}],"u8);
        WriteUsage(ref pen, usage);
        pen.Raw(","u8);
        WriteNames(ref pen);
        pen.Raw("}"u8);
        pen.Done();
    }

    protected override void Release()
    {
        base.Release();
        parts.Release();
        seal.Release();
    }

    private void Separate()
    {
        if (!parts.IsEmpty)
            parts.Append((byte)',');
    }

    private void ClosePart()
    {
        if (!isTextOpen && !isThoughtOpen)
            return;
        parts.Append(isThoughtOpen ? "\",\"thought\":true"u8 : "\""u8);
        if (!seal.IsEmpty)
        {
            parts.Append(",\"thoughtSignature\":\""u8);
            parts.Append(seal.Span);
            parts.Append("\""u8);
        }
        parts.Append((byte)'}');
        seal.Clear();
        isTextOpen = isThoughtOpen = false;
    }
}
