namespace Tokenline.Gateway.Protocols.Translation.Answers;

/// <summary>An answer as Gemini streams it with <c>alt=sse</c>: each event a whole answer of its own with the next part. The end is in the last one.</summary>
/// <param name="vendor">Whose reasoning <c>thoughtSignature</c> carries.</param>
internal sealed class GeminiStreamWriter(AnswerContext context, Protocol vendor) : GeminiWriter(context, vendor)
{
    public override void Error(Problem problem, string message)
    {
        var pen = new JsonPen(Output);
        pen.Raw("data: "u8);
        WriteError(ref pen, problem, message);
        pen.Raw("\r\n\r\n"u8);
        pen.Done();
    }

    protected override void Piece(ReadOnlySpan<byte> utf8, bool isThought, ReadOnlySpan<byte> seal)
    {
        var pen = Begin();
        pen.Raw("{\"text\":\""u8);
        pen.Escaped(utf8);
        pen.Raw(isThought ? "\",\"thought\":true"u8 : "\""u8);
        if (!seal.IsEmpty)
        {
            pen.Raw(",\"thoughtSignature\":\""u8);
            pen.Raw(seal);
            pen.Raw("\""u8);
        }
        pen.Raw("}],\"role\":\"model\"},\"index\":0}],"u8);
        End(ref pen);
    }

    protected override void WholePart(ReadOnlySpan<byte> json)
    {
        var pen = Begin();
        pen.Raw(json);
        pen.Raw("],\"role\":\"model\"},\"index\":0}],"u8);
        End(ref pen);
    }

    protected override void Finish(ReadOnlySpan<byte> reason, in Usage usage)
    {
        var pen = Begin();
        pen.Raw("{\"text\":\"\"}],\"role\":\"model\"},\"finishReason\":\""u8);
        pen.Raw(reason);
        pen.Raw("\",\"index\":0}],"u8);
        WriteUsage(ref pen, usage);
        pen.Raw(","u8);
        End(ref pen);
    }

    private JsonPen Begin()
    {
        var pen = new JsonPen(Output);
        pen.Raw("data: {\"candidates\":[{\"content\":{\"parts\":["u8);
        return pen;
    }

    private void End(ref JsonPen pen)
    {
        WriteNames(ref pen);
        pen.Raw("}\r\n\r\n"u8);
        pen.Done();
    }
}
