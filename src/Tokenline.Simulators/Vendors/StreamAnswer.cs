using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;

namespace Tokenline.Simulators.Vendors;

/// <summary>Sends a plan as server-sent events: the order, the pace and the faults, which are the same in every protocol.</summary>
internal abstract class StreamAnswer : IAsyncDisposable
{
    private readonly HttpContext context;
    private readonly TimeProvider time;
    private readonly AnswerBody body;
    private int tokenChunks;

    protected StreamAnswer(
        HttpContext context,
        AnswerPlan plan,
        AnswerStamp stamp,
        TimeProvider time,
        string contentType = "text/event-stream; charset=utf-8"
    )
    {
        (this.context, Plan, Stamp, this.time) = (context, plan, stamp, time);
        Behaviour = plan.Behaviour;
        Cancel = context.RequestAborted;
        context.Response.ContentType = contentType;
        context.Response.Headers.CacheControl = "no-cache";
        body = new AnswerBody(context.Response, Behaviour);
        Crlf = Behaviour.Has(Fault.Crlf);
    }

    /// <summary>Token chunks without a pause; then others have their turn on the thread.</summary>
    private const int ChunksAtOnce = 64;

    protected AnswerPlan Plan { get; }
    protected AnswerStamp Stamp { get; }
    protected Behaviour Behaviour { get; }
    protected CancellationToken Cancel { get; }
    protected PooledBuffer Chunk { get; } = new();
    protected bool Crlf { get; init; }

    /// <summary>Which of the tool's calls is being sent, from 0.</summary>
    protected int Call { get; private set; }

    /// <summary>Tokens of all choices so far, hidden ones included.</summary>
    protected int TokensSent { get; set; }

    /// <summary>Reasoning comes first, so what was sent up to its length is reasoning.</summary>
    protected SimulatedUsage UsageSoFar =>
        Plan.Usage with
        {
            CompletionTokens = TokensSent,
            ReasoningTokens = Math.Min(TokensSent, Plan.Usage.ReasoningTokens),
        };

    public async Task SendAsync()
    {
        if (Behaviour.Argument(Fault.SlowFirstByte) is { } slow)
            await SlowFirstByte.WaitAsync(context, slow, time);
        await SendEventsAsync();
        await body.CompleteAsync(Cancel);
    }

    public virtual async ValueTask DisposeAsync()
    {
        await body.DisposeAsync();
        Chunk.Dispose();
    }

    /// <summary>What comes before the first token.</summary>
    protected abstract ValueTask OpenAsync();

    /// <summary>Before the reasoning, or before the answer, where there is any.</summary>
    protected virtual ValueTask BeginAsync(bool reasoning) => ValueTask.CompletedTask;

    /// <summary>One token chunk.</summary>
    protected abstract ValueTask SendPiecesAsync(int choice, Range pieces, bool reasoning);

    protected virtual ValueTask EndAsync(bool reasoning) => ValueTask.CompletedTask;

    /// <summary>Why it ends, the usage, and the end.</summary>
    protected abstract ValueTask FinishAsync();

    protected abstract ValueTask SendErrorAsync(Refusal refusal);

    protected virtual int TokensPerChunk(bool reasoning) => Behaviour.TokensPerChunk ?? 1;

    protected PooledBuffer BeginChunk()
    {
        Chunk.Clear();
        return Chunk;
    }

    protected ValueTask SendChunkAsync(ReadOnlySpan<byte> name = default) => SendEventAsync(Chunk.Written, name);

    protected virtual ValueTask SendEventAsync(ReadOnlySpan<byte> data, ReadOnlySpan<byte> name = default)
    {
        if (Behaviour.Has(Fault.Comments))
            body.Write(Crlf ? ": PROCESSING\r\n\r\n"u8 : ": PROCESSING\n\n"u8);
        var space = !Behaviour.Has(Fault.NoSpace);
        if (!name.IsEmpty)
        {
            body.Write(space ? "event: "u8 : "event:"u8);
            body.Write(name);
            body.Write(Crlf ? "\r\n"u8 : "\n"u8);
        }
        body.Write(space ? "data: "u8 : "data:"u8);
        body.Write(data);
        body.Write(Crlf ? "\r\n\r\n"u8 : "\n\n"u8);
        return FlushAsync();
    }

    protected ValueTask SendRawAsync(ReadOnlySpan<byte> bytes)
    {
        body.Write(bytes);
        return FlushAsync();
    }

    private async Task SendEventsAsync()
    {
        await OpenAsync();
        if (Behaviour.Has(Fault.Garbage))
        {
            await SendEventAsync("}}{ this is not JSON"u8);
            return;
        }
        if (!await SendTokensAsync(reasoning: true))
            return;
        for (Call = 0; Call < Plan.Calls; Call++)
        {
            if (!await SendTokensAsync(reasoning: false))
                return;
        }
        Call = Plan.Calls - 1;
        await FinishAsync();
    }

    /// <summary>False when a fault ended the stream.</summary>
    private async ValueTask<bool> SendTokensAsync(bool reasoning)
    {
        var count = reasoning ? Plan.Reasoning : Plan.Visible;
        var any = count > 0 || (!reasoning && Plan.Tool is not null);
        if (any)
            await BeginAsync(reasoning);
        var perChunk = TokensPerChunk(reasoning);
        var perToken = Behaviour.TokenDelayMs ?? 0;
        for (var at = 0; at < count; at += perChunk)
        {
            var pieces = at..Math.Min(at + perChunk, count);
            if (perToken > 0)
                await Task.Delay(TimeSpan.FromMilliseconds(perToken * (double)(pieces.End.Value - at)), time, Cancel);
            for (var choice = 0; choice < Plan.Request.Choices; choice++)
            {
                if (!reasoning || Plan.ReasoningShown)
                {
                    if (await FaultEndsStreamAsync())
                        return false;
                    TokensSent += pieces.End.Value - at;
                    await SendPiecesAsync(choice, pieces, reasoning);
                    if (++tokenChunks % ChunksAtOnce == 0)
                        await Task.Yield(); // it shares its threads with the gateway, in a demo even its process
                }
                else
                    TokensSent += pieces.End.Value - at;
            }
        }
        if (any)
            await EndAsync(reasoning);
        return true;
    }

    private async ValueTask<bool> FaultEndsStreamAsync()
    {
        Cancel.ThrowIfCancellationRequested();
        if (Behaviour.Argument(Fault.CutAfter) == tokenChunks)
            throw new ConnectionCutException();
        if (Behaviour.Argument(Fault.HangAfter) == tokenChunks)
            await Task.Delay(Timeout.Infinite, Cancel);
        if ((Behaviour.Argument(Fault.ErrorInStream) ?? Behaviour.Argument(Fault.FailedAfter)) != tokenChunks)
            return false;
        BeginChunk();
        await SendErrorAsync(Refusal.Failure("The simulator was told to fail in mid-stream."));
        return true;
    }

    private ValueTask FlushAsync()
    {
        var flush = body.FlushAsync(Cancel);
        return flush.IsCompletedSuccessfully ? Consumed(flush.Result) : Awaited(flush);

        static ValueTask Consumed(FlushResult _) => ValueTask.CompletedTask;
        static async ValueTask Awaited(ValueTask<FlushResult> pending) => await pending;
    }
}
