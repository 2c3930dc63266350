using Microsoft.AspNetCore.Http;

namespace Tokenline.Simulators.Vendors.Anthropic;

/// <summary>A message as events: start, blocks with their deltas, the reason it stops with the output's usage, stop.</summary>
internal sealed class MessagesStream(HttpContext context, AnswerPlan plan, AnswerStamp stamp, TimeProvider time)
    : StreamAnswer(context, plan, stamp, time)
{
    private int block = -1;

    protected override ValueTask OpenAsync()
    {
        BeginChunk().Add("{\"type\":\"message_start\",\"message\":"u8);
        MessagesBody.AddHead(Chunk, Plan, Stamp);
        Chunk.Add("],\"stop_reason\":null,\"stop_sequence\":null"u8);
        // The vendor begins to count at one.
        MessagesBody.AddUsage(Chunk, Plan.Usage with { CompletionTokens = 1, ReasoningTokens = 0 }, Behaviour);
        Chunk.Add("}}"u8);
        return SendChunkAsync("message_start"u8);
    }

    protected override async ValueTask BeginAsync(bool reasoning)
    {
        block++;
        BeginBlock("content_block_start"u8).Add(",\"content_block\":"u8);
        if (reasoning)
            Chunk.Add("{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"}"u8);
        else if (Plan.Tool is { } tool)
        {
            MessagesBody.AddToolUse(Chunk, tool, Stamp, Call);
            Chunk.Add("{}}"u8);
            TokensSent++;
        }
        else
            Chunk.Add("{\"type\":\"text\",\"text\":\"\"}"u8);
        Chunk.Add("}"u8);
        await SendChunkAsync("content_block_start"u8);
        if (block == 0)
            await SendEventAsync("{\"type\": \"ping\"}"u8, "ping"u8);
        if (!reasoning && Plan.Tool is not null)
            await SendPiecesAsync(0, 0..0, reasoning: false); // the vendor's first piece of input is empty
    }

    protected override ValueTask SendPiecesAsync(int choice, Range pieces, bool reasoning)
    {
        BeginDelta(
            reasoning ? "{\"type\":\"thinking_delta\",\"thinking\":\""u8
            : Plan.Tool is not null ? "{\"type\":\"input_json_delta\",\"partial_json\":\""u8
            : "{\"type\":\"text_delta\",\"text\":\""u8
        );
        Plan.AddPieces(Chunk, choice, pieces, reasoning);
        return SendDeltaAsync();
    }

    protected override async ValueTask EndAsync(bool reasoning)
    {
        if (reasoning)
        {
            BeginDelta("{\"type\":\"signature_delta\",\"signature\":\""u8).AddEscaped(MessagesBody.Signature(Plan));
            await SendDeltaAsync();
        }
        BeginBlock("content_block_stop"u8).Add("}"u8);
        await SendChunkAsync("content_block_stop"u8);
    }

    protected override async ValueTask FinishAsync()
    {
        await SendMessageDeltaAsync();
        if (Behaviour.Has(Fault.DuplicateUsage))
            await SendMessageDeltaAsync();
        if (!Behaviour.Has(Fault.NoDone))
            await SendEventAsync("{\"type\":\"message_stop\"}"u8, "message_stop"u8);
        if (Behaviour.Has(Fault.StrayDone))
            await SendEventAsync("[DONE]"u8);
        if (!Behaviour.Has(Fault.DataAfterDone))
            return;
        BeginDelta("{\"type\":\"text_delta\",\"text\":\" This came after the end."u8);
        await SendDeltaAsync();
    }

    protected override ValueTask SendErrorAsync(Refusal refusal)
    {
        AnthropicError.Add(Chunk, refusal with { Type = "overloaded_error" });
        return SendChunkAsync("error"u8);
    }

    private ValueTask SendMessageDeltaAsync()
    {
        BeginChunk().Add("{\"type\":\"message_delta\",\"delta\":{"u8);
        MessagesBody.AddStop(Chunk, Plan);
        Chunk.Add("}"u8);
        if (Behaviour.Has(Fault.NullUsage))
            Chunk.Add(",\"usage\":null"u8);
        else if (!Behaviour.Has(Fault.NoUsage))
            AddFinalUsage();
        Chunk.Add("}"u8);
        return SendChunkAsync("message_delta"u8);
    }

    private void AddFinalUsage()
    {
        var usage = Plan.Usage.Bent(Behaviour);
        Chunk.Add(",\"usage\":{"u8);
        if (Behaviour.Argument(Fault.RestatedInput) is { } more)
        {
            MessagesBody.AddInput(Chunk, usage with { PromptTokens = usage.PromptTokens + more });
            Chunk.Add(","u8);
        }
        MessagesBody.AddOutput(Chunk, usage);
        Chunk.Add("}"u8);
    }

    private PooledBuffer BeginBlock(ReadOnlySpan<byte> type) =>
        BeginChunk().Add("{\"type\":\""u8).Add(type).Add("\",\"index\":"u8).Add(Math.Max(block, 0));

    private PooledBuffer BeginDelta(ReadOnlySpan<byte> delta) => BeginBlock("content_block_delta"u8).Add(",\"delta\":"u8).Add(delta);

    private ValueTask SendDeltaAsync()
    {
        Chunk.Add("\"}}"u8);
        return SendChunkAsync("content_block_delta"u8);
    }
}
