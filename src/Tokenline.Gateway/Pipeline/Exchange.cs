using System.Buffers;
using Tokenline.Gateway.Protocols;
using Tokenline.Gateway.Protocols.OpenAI;
using Tokenline.Gateway.Protocols.Sse;
using Tokenline.Gateway.Protocols.Translation;

namespace Tokenline.Gateway.Pipeline;

/// <summary>How one attempt passes between what the client speaks and what the vendor speaks.</summary>
internal abstract class Exchange(AnswerMeter meter)
{
    /// <summary>Reads the vendor's answer as it passes.</summary>
    public AnswerMeter Meter => meter;

    /// <summary>The body for the vendor: the client's own, or one written into the buffer. The bytes hold as long as both.</summary>
    public abstract ReadOnlyMemory<byte> Request(PooledBuffer into, out Rejection? refused);

    /// <summary>The media type of a stream to the client, unless the vendor's own stands.</summary>
    public virtual string? StreamType => null;

    /// <summary>The first bytes of a stream to the client, where something can be said before the vendor speaks. False: nothing can.</summary>
    public virtual bool TryOpen(IBufferWriter<byte> to) => false;

    /// <summary>What the client gets for one event of the vendor's stream.</summary>
    public abstract void Pass(in SseEvent next, in AnswerPayload payload, IBufferWriter<byte> to);

    /// <summary>The end of a stream, once its settle is durable.</summary>
    public abstract void End(in Usage usage, IBufferWriter<byte> to);

    /// <summary>The end of a stream whose quota has ended.</summary>
    public abstract void EndForLength(in Usage usage, IBufferWriter<byte> to);

    /// <summary>A whole answer, once its settle is durable: the vendor's own bytes, or others written into the buffer.</summary>
    public abstract ReadOnlyMemory<byte> Whole(ReadOnlyMemory<byte> body, in Usage usage, PooledBuffer into);

    /// <summary>The media type of a whole answer, unless the vendor's own stands.</summary>
    public virtual string? WholeType => null;

    /// <summary>A vendor's error body means something to this client.</summary>
    public virtual bool PassesErrors => false;
}

/// <summary>Both speak the same: bytes pass, but for the few edits of the request and the usage that a client did not ask for.</summary>
internal sealed class BytePassage(Call call, byte[] modelToken) : Exchange(call.Client.NewMeter(call))
{
    private bool hasOpened;

    public override ReadOnlyMemory<byte> Request(PooledBuffer into, out Rejection? refused)
    {
        refused = call.Client.RefusedBy(call, call.Deployment) is { } unfit
            ? new Rejection(Problems.InvalidRequest, unfit.Message, unfit.Param)
            : null;
        var edits = call.Client.Edits(call, call.Deployment.UpstreamModel == call.AskedModel ? default : modelToken);
        if (!edits.Any)
            return call.Body.Memory;
        into.GetSpan(edits.Measure(call.Body.Length));
        edits.WriteTo(call.Body.Span, into);
        return into.Memory;
    }

    public override bool TryOpen(IBufferWriter<byte> to)
    {
        hasOpened = call.Client.TryWriteOpening(call, to);
        return hasOpened;
    }

    public override void Pass(in SseEvent next, in AnswerPayload payload, IBufferWriter<byte> to)
    {
        if (payload.Has(AnswerPayloadKinds.UsageOnly) && !call.Request.IncludeUsage)
            return;
        if (hasOpened && payload.Has(AnswerPayloadKinds.Opening))
            return; // said already, with an estimate that the end restates
        to.Write(next.Raw.Span);
    }

    public override void End(in Usage usage, IBufferWriter<byte> to) { }

    public override void EndForLength(in Usage usage, IBufferWriter<byte> to) => call.Client.WriteLengthEnd(to, Meter, call, usage);

    public override ReadOnlyMemory<byte> Whole(ReadOnlyMemory<byte> body, in Usage usage, PooledBuffer into) => body;

    public override bool PassesErrors => true;
}

/// <summary>The vendor speaks another protocol than the client.</summary>
internal sealed class TranslatedPassage(Call call, ProtocolPair pair, AnswerMeter meter) : Exchange(meter)
{
    private readonly AnswerReader reader = pair.NewReader();
    private AnswerWriter? writer;

    private AnswerWriter Writer =>
        writer ??= call.Request.Stream ? pair.NewStreamWriter(ContextOf(call)) : pair.NewWholeWriter(ContextOf(call));

    public override ReadOnlyMemory<byte> Request(PooledBuffer into, out Rejection? refused)
    {
        var wish = new VendorWish(
            call.Deployment.UpstreamModel,
            call.Request.Stream,
            call.OutputLimit,
            call.Model.OutputTokensMax,
            call.Model.OutputLimitField
        )
        {
            Quirks = VendorQuirks.Of(call.Deployment.Vendor),
        };
        var notes = pair.TranslateRequest(call.Body.Memory, wish, into);
        refused = notes.Refusal is { } refusal ? new Rejection(Problems.InvalidRequest, refusal.Message, refusal.Param) : null;
        var dropped = notes.Dropped;
        if (refused is null && pair.Vendor == Protocol.Chat)
            WithoutRefused(into, ref dropped, out refused);
        call.Dropped(dropped);
        return into.Memory;
    }

    /// <summary>What this vendor of chat completions refuses of the body that was written for it, in the client's words.</summary>
    private void WithoutRefused(PooledBuffer body, ref IReadOnlyList<string> dropped, out Rejection? refused)
    {
        refused = null;
        var fields = RefusedFields.Find(body.Span, call.Deployment);
        if (fields.Refused is { } row)
        {
            var name = ClientFields.NameOf(row.Field, pair.Client);
            refused = new Rejection(Problems.InvalidRequest, $"'{name}' cannot be passed to this model's vendor: {row.Why}.", name);
            return;
        }
        fields.CutFrom(body);
        foreach (var field in fields.Dropped)
        {
            // The wish for usage is ours.
            if (field != "stream_options")
                dropped = [.. dropped, ClientFields.NameOf(field, pair.Client)];
        }
    }

    public override string? StreamType => "text/event-stream";

    public override string? WholeType => "application/json";

    public override bool TryOpen(IBufferWriter<byte> to)
    {
        Writer.Output = to;
        Writer.Open();
        return true;
    }

    public override void Pass(in SseEvent next, in AnswerPayload payload, IBufferWriter<byte> to)
    {
        // Comments, garbage behind a beginning, and [DONE], which is no JSON either.
        if (
            !next.HasData
            || payload.Has(AnswerPayloadKinds.NotJson)
            || payload.Kinds == AnswerPayloadKinds.Done && !IsObject(next.Data.Span)
        )
            return;
        Writer.Output = to;
        reader.ReadEvent(next.Data.Span, Writer);
    }

    public override void End(in Usage usage, IBufferWriter<byte> to)
    {
        Writer.Output = to;
        Writer.End(usage);
    }

    public override void EndForLength(in Usage usage, IBufferWriter<byte> to)
    {
        Writer.Output = to;
        Writer.EndForLength(usage);
    }

    public override ReadOnlyMemory<byte> Whole(ReadOnlyMemory<byte> body, in Usage usage, PooledBuffer into)
    {
        Writer.Output = into;
        reader.ReadWhole(body.Span, Writer);
        Writer.End(usage);
        return into.Memory;
    }

    private static bool IsObject(ReadOnlySpan<byte> data) => data.TrimStart(" \t\r\n"u8).StartsWith("{"u8);

    private static AnswerContext ContextOf(Call call) =>
        new(
            call.Model.Id,
            call.StartedAt.ToUnixTimeSeconds(),
            call.Charge.ToString()[4..],
            call.InputEstimate,
            call.Request.IncludeUsage,
            call.Body.Memory
        );
}
