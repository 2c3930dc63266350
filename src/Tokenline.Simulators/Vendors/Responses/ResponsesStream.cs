using Microsoft.AspNetCore.Http;

namespace Tokenline.Simulators.Vendors.Responses;

/// <summary>A response as its events, each numbered: created, in progress, items with their parts and deltas, the end.</summary>
internal sealed class ResponsesStream(HttpContext context, AnswerPlan plan, AnswerStamp stamp, TimeProvider time)
    : StreamAnswer(context, plan, stamp, time)
{
    private int number;
    private int output = -1;

    private ReadOnlySpan<byte> DeltaType =>
        Plan.Tool is null ? "response.output_text.delta"u8
        : Plan.Tool.Custom ? "response.custom_tool_call_input.delta"u8
        : "response.function_call_arguments.delta"u8;

    protected override async ValueTask OpenAsync()
    {
        await SendResponseAsync("response.created"u8, "in_progress"u8);
        await SendResponseAsync("response.in_progress"u8, "in_progress"u8);
    }

    protected override ValueTask BeginAsync(bool reasoning)
    {
        output++;
        if (!reasoning && Plan.Tool is not null)
            TokensSent++;
        return reasoning ? BeginReasoningAsync() : BeginAnswerAsync();
    }

    protected override ValueTask SendPiecesAsync(int choice, Range pieces, bool reasoning)
    {
        var type = reasoning ? "response.reasoning_summary_text.delta"u8 : DeltaType;
        BeginIn(type, reasoning);
        Chunk.Add(",\"delta\":\""u8);
        Plan.AddPieces(Chunk, choice, pieces, reasoning);
        Chunk.Add(reasoning || Plan.Tool is not null ? "\"}"u8 : "\",\"logprobs\":[]}"u8);
        return SendChunkAsync(type);
    }

    protected override ValueTask EndAsync(bool reasoning) => reasoning ? EndReasoningAsync() : EndAnswerAsync();

    protected override async ValueTask FinishAsync()
    {
        if (!Behaviour.Has(Fault.NoDone))
            await SendEndAsync();
        if (Behaviour.Has(Fault.DuplicateUsage))
            await SendEndAsync();
        if (Behaviour.Has(Fault.StrayDone))
            await SendEventAsync("[DONE]"u8);
        if (Behaviour.Has(Fault.DataAfterDone))
            await SendPiecesAsync(0, 0..0, reasoning: false);
    }

    protected override ValueTask SendErrorAsync(Refusal refusal)
    {
        if (Behaviour.Has(Fault.FailedAfter))
            return SendResponseAsync("response.failed"u8, "failed"u8);
        Begin("error"u8).Add(",\"code\":\"server_error\",\"message\":\""u8).AddEscaped(refusal.Message).Add("\",\"param\":null}"u8);
        return SendChunkAsync("error"u8);
    }

    private ValueTask SendEndAsync() =>
        SendResponseAsync(Plan.CutByLimit ? "response.incomplete"u8 : "response.completed"u8, ResponsesBody.Ended(Plan));

    private ValueTask SendResponseAsync(ReadOnlySpan<byte> type, ReadOnlySpan<byte> status)
    {
        Begin(type).Add(",\"response\":"u8);
        ResponsesBody.Add(Chunk, Plan, Stamp, status);
        Chunk.Add("}"u8);
        return SendChunkAsync(type);
    }

    private async ValueTask BeginReasoningAsync()
    {
        await SendItemAsync("response.output_item.added"u8, reasoning: true, done: false);
        if (!Plan.ReasoningShown)
            return;
        BeginIn("response.reasoning_summary_part.added"u8, reasoning: true);
        Chunk.Add(",\"part\":{\"type\":\"summary_text\",\"text\":\"\"}}"u8);
        await SendChunkAsync("response.reasoning_summary_part.added"u8);
    }

    private async ValueTask EndReasoningAsync()
    {
        if (Plan.ReasoningShown)
        {
            BeginIn("response.reasoning_summary_text.done"u8, reasoning: true);
            Chunk.Add(",\"text\":\""u8);
            Plan.AddReasoning(Chunk);
            Chunk.Add("\"}"u8);
            await SendChunkAsync("response.reasoning_summary_text.done"u8);
            BeginIn("response.reasoning_summary_part.done"u8, reasoning: true);
            Chunk.Add(",\"part\":"u8);
            ResponsesBody.AddSummary(Chunk, Plan);
            Chunk.Add("}"u8);
            await SendChunkAsync("response.reasoning_summary_part.done"u8);
        }
        await SendItemAsync("response.output_item.done"u8, reasoning: true, done: true);
    }

    private async ValueTask BeginAnswerAsync()
    {
        await SendItemAsync("response.output_item.added"u8, reasoning: false, done: false);
        if (Plan.Tool is null)
            await SendPartAsync("response.content_part.added"u8, done: false);
    }

    private async ValueTask EndAnswerAsync()
    {
        if (Plan.Tool is not { } tool)
        {
            BeginIn("response.output_text.done"u8, reasoning: false);
            Chunk.Add(",\"text\":\""u8);
            Plan.AddVisible(Chunk);
            Chunk.Add("\",\"logprobs\":[]}"u8);
            await SendChunkAsync("response.output_text.done"u8);
            await SendPartAsync("response.content_part.done"u8, done: true);
        }
        else if (!Plan.CutByLimit)
            await SendCallDoneAsync(tool);
        await SendItemAsync("response.output_item.done"u8, reasoning: false, done: true);
    }

    private ValueTask SendCallDoneAsync(OfferedTool tool)
    {
        var type = tool.Custom ? "response.custom_tool_call_input.done"u8 : "response.function_call_arguments.done"u8;
        BeginIn(type, reasoning: false);
        if (!tool.Custom)
            Chunk.Add(",\"name\":\""u8).AddEscaped(tool.Name).Add("\""u8);
        Chunk.Add(tool.Custom ? ",\"input\":\""u8 : ",\"arguments\":\""u8);
        Plan.AddVisible(Chunk);
        Chunk.Add("\"}"u8);
        return SendChunkAsync(type);
    }

    private ValueTask SendPartAsync(ReadOnlySpan<byte> type, bool done)
    {
        BeginIn(type, reasoning: false);
        Chunk.Add(",\"part\":"u8);
        ResponsesBody.AddPart(Chunk, Plan, done);
        Chunk.Add("}"u8);
        return SendChunkAsync(type);
    }

    private ValueTask SendItemAsync(ReadOnlySpan<byte> type, bool reasoning, bool done)
    {
        Begin(type).Add(",\"output_index\":"u8).Add(output).Add(",\"item\":"u8);
        if (reasoning)
            ResponsesBody.AddReasoning(Chunk, Plan, Stamp, done);
        else
            ResponsesBody.AddAnswer(Chunk, Plan, Stamp, Call, done);
        Chunk.Add("}"u8);
        return SendChunkAsync(type);
    }

    private PooledBuffer Begin(ReadOnlySpan<byte> type) =>
        BeginChunk().Add("{\"type\":\""u8).Add(type).Add("\",\"sequence_number\":"u8).Add(number++);

    /// <summary>An event inside an item.</summary>
    private void BeginIn(ReadOnlySpan<byte> type, bool reasoning)
    {
        Begin(type).Add(",\"item_id\":\""u8);
        if (reasoning)
            Chunk.Add("rs_simulated_"u8).Add(Stamp.Number);
        else
            ResponsesBody.AddId(Chunk, Plan, Stamp, Call);
        Chunk.Add("\",\"output_index\":"u8).Add(output);
        if (reasoning)
            Chunk.Add(",\"summary_index\":0"u8);
        else if (Plan.Tool is null)
            Chunk.Add(",\"content_index\":0"u8);
    }
}
