using System.Buffers;
using Microsoft.AspNetCore.Http;
using Tokenline.Commerce.Catalog;
using Tokenline.Gateway.Errors;
using Tokenline.Gateway.Pipeline;

namespace Tokenline.Gateway.Protocols.Unary;

/// <summary>What a unary call can come to at the most.</summary>
/// <param name="Input">Tokens in.</param>
/// <param name="Output">Tokens out.</param>
/// <param name="Other">The meters that are not tokens.</param>
/// <param name="ImageClass">Size and quality of images to be made.</param>
internal sealed record UnaryBound(long Input, long Output, Usage Other, string? ImageClass = null);

/// <summary>An endpoint of one request and one whole answer.</summary>
internal abstract class UnaryProtocol : ClientProtocol
{
    public override Protocol Kind => Protocol.Chat; // of its vendors: those that are OpenAI-compatible

    public override int Number => Numbers - 1; // nothing is translated for it

    /// <summary>The kind of model that is called so.</summary>
    public abstract ModelKind ModelKind { get; }

    /// <summary>Behind the vendor's base URL.</summary>
    public abstract string Path { get; }

    public override string PromptParam => "input";

    public override string OutputLimitParam(in RequestFacts request) => "n";

    /// <summary>What the call can come to; the body has been read, and the model is known.</summary>
    public abstract UnaryBound Bound(Call call);

    public override BodyEdits Edits(Call call, ReadOnlyMemory<byte> modelToken)
    {
        var edits = new BodyEdits();
        if (!modelToken.IsEmpty)
            edits.Replace(call.Request.ModelToken, modelToken);
        return edits;
    }

    /// <summary>Counted by the meter of the answer, which knows the request.</summary>
    public override long CountPrompt(ReadOnlySpan<byte> body, in RequestFacts request, bool isO200k) => request.PromptBytes;

    public override void WriteLengthEnd(IBufferWriter<byte> to, AnswerMeter meter, Call call, in Usage usage) =>
        throw new InvalidOperationException("a unary call has no stream");

    public override void WriteStreamError(IBufferWriter<byte> to, Problem problem, string message) =>
        throw new InvalidOperationException("a unary call has no stream");

    public override Task WriteErrorAsync(HttpContext context, Rejection rejection, DateTimeOffset now) =>
        OpenAIErrors.WriteAsync(context, rejection, now);
}
