using System.Buffers;
using Microsoft.AspNetCore.Http;
using Tokenline.Commerce.Catalog;
using Tokenline.Gateway.Pipeline;

namespace Tokenline.Gateway.Protocols;

/// <summary>What a client speaks: how its requests are read, how bytes pass to a vendor that speaks the same, and what Tokenline itself says in it.</summary>
internal abstract class ClientProtocol
{
    public abstract Protocol Kind { get; }

    /// <summary>Client protocols that differ in which vendors can serve them.</summary>
    public const int Numbers = 8;

    /// <summary>Which of them this is.</summary>
    public virtual int Number => (int)Kind;

    /// <summary>Reads what the gateway needs to know of a body that is whole.</summary>
    public abstract RequestRefusal? Read(Call call);

    /// <summary>The Model ID asked for.</summary>
    public virtual string ModelOf(Call call) => call.Request.Model(call.Body.Span);

    /// <summary>The field that holds the client's limit of output tokens.</summary>
    public abstract string OutputLimitParam(in RequestFacts request);

    /// <summary>The field that holds the prompt.</summary>
    public abstract string PromptParam { get; }

    /// <summary>What must change in a body that a vendor of the same protocol gets: the model's name, the limit, the wish for usage.</summary>
    public abstract BodyEdits Edits(Call call, ReadOnlyMemory<byte> modelToken);

    /// <summary>Why a deployment that speaks the same cannot take this body, though it is well formed; null: it can. Known before anything is held.</summary>
    public virtual RequestRefusal? RefusedBy(Call call, Deployment deployment) => null;

    public abstract AnswerMeter NewMeter(Call call);

    /// <summary>The end of a stream that passes as it is, should the quota end it.</summary>
    public abstract void WriteLengthEnd(IBufferWriter<byte> to, AnswerMeter meter, Call call, in Usage usage);

    /// <summary>An error in a stream that has begun. Nothing follows it, so that a cut stream looks cut.</summary>
    public abstract void WriteStreamError(IBufferWriter<byte> to, Problem problem, string message);

    /// <summary>The refusal of a call, as a whole answer.</summary>
    public abstract Task WriteErrorAsync(HttpContext context, Rejection rejection, DateTimeOffset now);

    /// <summary>The input of a body whose vendor reported nothing, in tokens by the public vocabulary, media left out.</summary>
    public abstract long CountPrompt(ReadOnlySpan<byte> body, in RequestFacts request, bool isO200k);

    /// <summary>The usage of a call that its vendor said nothing of, before any output: in the meters that calls of this kind are priced in.</summary>
    /// <param name="tokens">Of the input, counted.</param>
    public virtual Usage InputUsage(Call call, long tokens) => Usage.Of(tokens, 0);

    /// <summary>Whether a silent stream gets pings, so that its client does not take it for dead.</summary>
    public virtual bool Pings => false;

    public virtual void WritePing(IBufferWriter<byte> to) { }

    /// <summary>The opening of a stream whose vendor has not spoken yet, with input as it is estimated. False: the protocol has none.</summary>
    public virtual bool TryWriteOpening(Call call, IBufferWriter<byte> to) => false;
}
