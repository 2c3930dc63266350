using Microsoft.AspNetCore.Http;

namespace Tokenline.Simulators.Vendors;

/// <summary>Sends a plan as server-sent events: role, token chunks, finish, usage, <c>[DONE]</c>.</summary>
internal sealed class StreamAnswer : IAsyncDisposable
{
    private readonly HttpContext context;
    private readonly AnswerPlan plan;
    private readonly AnswerStamp stamp;
    private readonly TimeProvider time;
    private readonly Behaviour behaviour;
    private readonly CancellationToken cancel;
    private readonly AnswerBody body;
    private readonly PooledBuffer head = new();
    private readonly PooledBuffer chunk = new();
    private readonly bool usageEverywhere;
    private readonly bool usageInFinish;
    private int tokenChunks;
    private int tokensSent;

    public StreamAnswer(HttpContext context, AnswerPlan plan, AnswerStamp stamp, TimeProvider time)
    {
        (this.context, this.plan, this.stamp, this.time) = (context, plan, stamp, time);
        behaviour = plan.Behaviour;
        cancel = context.RequestAborted;
        context.Response.ContentType = "text/event-stream; charset=utf-8";
        context.Response.Headers.CacheControl = "no-cache";
        body = new AnswerBody(context.Response, behaviour);
        usageEverywhere = behaviour.Has(Fault.UsageEveryChunk);
        usageInFinish = usageEverywhere || behaviour.Has(Fault.UsageInChoicesChunk) || behaviour.Has(Fault.XGroqUsage);
        stamp.AddHead(head, plan, "chat.completion.chunk"u8);
    }

    public async Task SendAsync()
    {
        if (behaviour.Argument(Fault.SlowFirstByte) is { } slow)
            await SlowFirstByte.WaitAsync(context, slow, time);
        await SendEventsAsync();
        await body.CompleteAsync(cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await body.DisposeAsync();
        head.Dispose();
        chunk.Dispose();
    }

    private async Task SendEventsAsync()
    {
        // 1 The role, and the tool's name
        for (var choice = 0; choice < plan.Request.Choices; choice++)
            await SendOpeningAsync(choice);
        if (behaviour.Has(Fault.Garbage))
        {
            await SendEventAsync("}}{ this is not JSON"u8);
            return;
        }

        // 2 Token chunks
        if (!await SendTokensAsync(reasoning: true) || !await SendTokensAsync(reasoning: false))
            return;

        // 3 Why it ends
        for (var choice = 0; choice < plan.Request.Choices; choice++)
            await SendFinishAsync(choice);

        // 4 Usage in a chunk of its own
        if (plan.Request.IncludeUsage && !usageInFinish && !behaviour.Has(Fault.NoUsage))
        {
            await SendUsageAsync();
            if (behaviour.Has(Fault.DuplicateUsage))
                await SendUsageAsync();
        }

        // 5 The end
        if (!behaviour.Has(Fault.NoDone))
            await SendEventAsync("[DONE]"u8);
        if (behaviour.Has(Fault.DataAfterDone))
            await SendAfterDoneAsync();
    }

    private ValueTask SendOpeningAsync(int choice)
    {
        BeginChunk(choice);
        chunk.Add("\"role\":\"assistant\",\"content\":"u8);
        if (plan.ToolName is { } name)
        {
            chunk.Add("null,\"tool_calls\":[{\"index\":0,\"id\":\"call_"u8).Add(stamp.Number).Add("_"u8).Add(choice);
            chunk.Add("\",\"type\":\"function\",\"function\":{\"name\":\""u8).AddEscaped(name).Add("\",\"arguments\":\"\"}}]"u8);
            tokensSent++;
        }
        else
            chunk.Add("\"\""u8);
        EndChunk(logprobsOf: default, finish: default);
        return SendChunkAsync();
    }

    /// <summary>False when a fault ended the stream.</summary>
    private async ValueTask<bool> SendTokensAsync(bool reasoning)
    {
        var count = reasoning ? plan.Reasoning : plan.Visible;
        var perChunk = behaviour.TokensPerChunk ?? 1;
        var perToken = behaviour.TokenDelayMs ?? 0;
        for (var at = 0; at < count; at += perChunk)
        {
            var pieces = at..Math.Min(at + perChunk, count);
            if (perToken > 0)
                await Task.Delay(TimeSpan.FromMilliseconds(perToken * (double)(pieces.End.Value - at)), time, cancel);
            for (var choice = 0; choice < plan.Request.Choices; choice++)
            {
                if (reasoning && !plan.ReasoningShown)
                {
                    tokensSent += pieces.End.Value - at;
                    continue;
                }
                if (await FaultEndsStreamAsync())
                    return false;
                ComposeTokens(choice, pieces, reasoning);
                await SendChunkAsync();
                tokenChunks++;
            }
        }
        return true;
    }

    private async ValueTask<bool> FaultEndsStreamAsync()
    {
        cancel.ThrowIfCancellationRequested();
        if (behaviour.Argument(Fault.CutAfter) == tokenChunks)
            throw new ConnectionCutException();
        if (behaviour.Argument(Fault.HangAfter) == tokenChunks)
            await Task.Delay(Timeout.Infinite, cancel);
        if (behaviour.Argument(Fault.ErrorInStream) != tokenChunks)
            return false;
        chunk.Clear();
        OpenAiError.Add(chunk, "The simulator was told to fail in mid-stream.", "server_error", null, "simulated_fault");
        await SendChunkAsync();
        return true;
    }

    private void ComposeTokens(int choice, Range pieces, bool reasoning)
    {
        BeginChunk(choice);
        chunk.Add(
            reasoning ? "\"reasoning_content\":\""u8
            : plan.ToolName is null ? "\"content\":\""u8
            : "\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\""u8
        );
        for (var i = pieces.Start.Value; i < pieces.End.Value; i++)
        {
            chunk.Add(reasoning ? plan.ReasoningPiece(choice, i) : plan.VisiblePiece(choice, i));
            tokensSent++;
        }
        chunk.Add(reasoning || plan.ToolName is null ? "\""u8 : "\"}}]"u8);
        EndChunk(reasoning || plan.ToolName is not null ? default : pieces, finish: default);
    }

    private ValueTask SendFinishAsync(int choice)
    {
        BeginChunk(choice);
        var last = choice == plan.Request.Choices - 1;
        EndChunk(logprobsOf: default, plan.FinishReason, withUsage: usageInFinish && last);
        return SendChunkAsync();
    }

    private ValueTask SendUsageAsync()
    {
        chunk.Clear();
        chunk.Add(head.Written).Add("\"choices\":[]"u8);
        UsageJson.AddMember(chunk, plan.Usage, behaviour);
        chunk.Add("}"u8);
        return SendChunkAsync();
    }

    private ValueTask SendAfterDoneAsync()
    {
        BeginChunk(0);
        chunk.Add("\"content\":\" This came after the end.\""u8);
        EndChunk(logprobsOf: default, finish: default);
        return SendChunkAsync();
    }

    private void BeginChunk(int choice)
    {
        chunk.Clear();
        chunk.Add(head.Written).Add("\"choices\":[{\"index\":"u8).Add(choice).Add(",\"delta\":{"u8);
    }

    private void EndChunk(Range? logprobsOf, ReadOnlySpan<byte> finish, bool withUsage = false)
    {
        chunk.Add("},\"logprobs\":"u8);
        if (plan.Request.Logprobs && logprobsOf is { } pieces)
            AddLogprobs(pieces);
        else
            chunk.Add("null"u8);
        chunk.Add(",\"finish_reason\":"u8);
        if (finish.IsEmpty)
            chunk.Add("null}]"u8);
        else
            chunk.Add("\""u8).Add(finish).Add("\"}]"u8);
        if (withUsage || usageEverywhere)
            UsageJson.AddMember(chunk, SoFar(), behaviour);
        else if (plan.Request.IncludeUsage && !behaviour.Has(Fault.NoUsage) && !behaviour.Has(Fault.XGroqUsage))
            chunk.Add(",\"usage\":null"u8);
        chunk.Add("}"u8);
    }

    private void AddLogprobs(Range pieces)
    {
        chunk.Add("{\"content\":["u8);
        for (var i = pieces.Start.Value; i < pieces.End.Value; i++)
        {
            if (i > pieces.Start.Value)
                chunk.Add(","u8);
            LogprobsJson.AddPiece(chunk, plan.VisiblePiece(0, i), plan.Request.TopLogprobs);
        }
        chunk.Add("],\"refusal\":null}"u8);
    }

    /// <summary>Reasoning comes first, so what was sent up to its length is reasoning.</summary>
    private SimulatedUsage SoFar() =>
        plan.Usage with
        {
            CompletionTokens = tokensSent,
            ReasoningTokens = Math.Min(tokensSent, plan.Usage.ReasoningTokens),
        };

    private ValueTask SendChunkAsync() => SendEventAsync(chunk.Written);

    private ValueTask SendEventAsync(ReadOnlySpan<byte> data)
    {
        var crlf = behaviour.Has(Fault.Crlf);
        if (behaviour.Has(Fault.Comments))
            body.Write(crlf ? ": PROCESSING\r\n\r\n"u8 : ": PROCESSING\n\n"u8);
        body.Write(behaviour.Has(Fault.NoSpace) ? "data:"u8 : "data: "u8);
        body.Write(data);
        body.Write(crlf ? "\r\n\r\n"u8 : "\n\n"u8);
        var flush = body.FlushAsync(cancel);
        return flush.IsCompletedSuccessfully ? Consumed(flush.Result) : Awaited(flush);

        static ValueTask Consumed(System.IO.Pipelines.FlushResult _) => ValueTask.CompletedTask;
        static async ValueTask Awaited(ValueTask<System.IO.Pipelines.FlushResult> pending) => await pending;
    }
}
