using Microsoft.AspNetCore.Http;

namespace Tokenline.Simulators.Vendors.Gemini;

/// <summary>Responses one after the other, each with the usage so far: as events with CR LF, or as one JSON list where <c>alt=sse</c> is not asked for.</summary>
internal sealed class GenerateStream : StreamAnswer
{
    private readonly bool isList;
    private bool begun;

    public GenerateStream(HttpContext context, AnswerPlan plan, AnswerStamp stamp, TimeProvider time, bool isList)
        : base(context, plan, stamp, time, isList ? "application/json" : "text/event-stream")
    {
        this.isList = isList;
        Crlf = true;
    }

    protected override ValueTask OpenAsync() => ValueTask.CompletedTask;

    /// <summary>A call comes whole.</summary>
    protected override int TokensPerChunk(bool reasoning) =>
        !reasoning && Plan.Tool is not null ? Math.Max(Plan.Visible, 1) : base.TokensPerChunk(reasoning);

    protected override ValueTask BeginAsync(bool reasoning)
    {
        if (!reasoning && Plan.Tool is not null)
            TokensSent++;
        return ValueTask.CompletedTask;
    }

    protected override ValueTask SendPiecesAsync(int choice, Range pieces, bool reasoning)
    {
        GenerateBody.Begin(BeginChunk());
        if (reasoning || Plan.Tool is null)
        {
            GenerateBody.BeginText(Chunk, reasoning);
            Plan.AddPieces(Chunk, choice, pieces, reasoning);
            Chunk.Add("\"}"u8);
        }
        else if (!Plan.CutByLimit)
            GenerateBody.AddCall(Chunk, Plan, Plan.Tool, Stamp, Call);
        GenerateBody.End(Chunk, Plan, Stamp, UsageSoFar, isLast: false);
        return SendChunkAsync();
    }

    protected override async ValueTask FinishAsync()
    {
        if (!Behaviour.Has(Fault.NoDone))
            await SendLastAsync();
        if (Behaviour.Has(Fault.DuplicateUsage))
        {
            BeginChunk().Add("{\"candidates\":[]"u8);
            GenerateBody.AddUsage(Chunk, Plan.Usage, Behaviour, isLastOfStream: true);
            GenerateBody.AddTail(Chunk, Plan, Stamp);
            await SendChunkAsync();
        }
        if (isList)
            await SendRawAsync("]"u8);
        if (Behaviour.Has(Fault.StrayDone))
            await base.SendEventAsync("[DONE]"u8);
        if (Behaviour.Has(Fault.DataAfterDone))
            await SendPiecesAsync(0, 0..0, reasoning: false);
    }

    protected override async ValueTask SendErrorAsync(Refusal refusal)
    {
        GeminiError.Add(Chunk, refusal);
        await SendChunkAsync();
        if (isList)
            await SendRawAsync("]"u8);
    }

    protected override ValueTask SendEventAsync(ReadOnlySpan<byte> data, ReadOnlySpan<byte> name = default)
    {
        if (!isList)
            return base.SendEventAsync(data, name);
        var separator = begun ? ",\r\n"u8 : "["u8;
        begun = true;
        return SendRawAsync([.. separator, .. data]);
    }

    /// <summary>The signature of a text comes at its end, on a part that says nothing.</summary>
    private ValueTask SendLastAsync()
    {
        GenerateBody.Begin(BeginChunk());
        GenerateBody.BeginText(Chunk, thought: false);
        Chunk.Add("\""u8);
        if (Plan.Tool is null)
            GenerateBody.AddSignature(Chunk, Plan);
        Chunk.Add("}"u8);
        GenerateBody.End(Chunk, Plan, Stamp, Plan.Usage, isLast: true);
        return SendChunkAsync();
    }
}
