using Microsoft.AspNetCore.Http;

namespace Tokenline.Simulators.Vendors.Chat;

/// <summary>A chat completion as events: role, token chunks, finish, usage, <c>[DONE]</c>.</summary>
internal sealed class ChatStream : StreamAnswer
{
    private readonly ChatRequest request;
    private readonly PooledBuffer head = new();
    private readonly bool usageEverywhere;
    private readonly bool usageInFinish;

    public ChatStream(HttpContext context, AnswerPlan plan, AnswerStamp stamp, TimeProvider time)
        : base(context, plan, stamp, time)
    {
        request = (ChatRequest)plan.Request;
        usageEverywhere = Behaviour.Has(Fault.UsageEveryChunk);
        usageInFinish = usageEverywhere || Behaviour.Has(Fault.UsageInChoicesChunk) || Behaviour.Has(Fault.XGroqUsage);
        ChatBody.AddHead(head, plan, stamp, "chat.completion.chunk"u8);
    }

    /// <summary>Azure says first what its filter found in the prompt, in a chunk without choices or usage.</summary>
    private static ReadOnlySpan<byte> AzureOpening =>
        """{"choices":[],"created":0,"id":"","model":"","object":"","prompt_filter_results":[{"prompt_index":0,"content_filter_results":{"hate":{"filtered":false,"severity":"safe"}}}]}"""u8;

    public override ValueTask DisposeAsync()
    {
        head.Dispose();
        return base.DisposeAsync();
    }

    /// <summary>Where there is reasoning to send, a call's name comes behind it.</summary>
    private bool OpensWithCall => Plan.Tool is not null && (Plan.Reasoning == 0 || !Plan.ReasoningShown);

    /// <summary>The role, and the tool's name if nothing comes before it.</summary>
    protected override async ValueTask OpenAsync()
    {
        if (request.IsAzure)
            await SendEventAsync(AzureOpening);
        for (var choice = 0; choice < request.Choices; choice++)
            await SendOpeningAsync(choice);
    }

    /// <summary>The names of calls that have not been opened yet.</summary>
    protected override async ValueTask BeginAsync(bool reasoning)
    {
        if (reasoning || (Call == 0 && OpensWithCall) || Plan.Tool is not { } tool)
            return;
        for (var choice = 0; choice < request.Choices; choice++)
        {
            BeginChunk(choice);
            Chunk.Add("\"tool_calls\":["u8);
            AddCallOpening(tool, choice);
            Chunk.Add("]"u8);
            EndChunk(logprobsOf: default, finish: default);
            await SendChunkAsync();
        }
    }

    protected override ValueTask SendPiecesAsync(int choice, Range pieces, bool reasoning)
    {
        BeginChunk(choice);
        Chunk.Add(
            reasoning ? "\"reasoning_content\":\""u8
            : Plan.Tool is null ? "\"content\":\""u8
            : "\"tool_calls\":[{\"index\":"u8
        );
        if (!reasoning && Plan.Tool is not null)
            Chunk.Add(Call).Add(",\"function\":{\"arguments\":\""u8);
        Plan.AddPieces(Chunk, choice, pieces, reasoning);
        Chunk.Add(reasoning || Plan.Tool is null ? "\""u8 : "\"}}]"u8);
        EndChunk(reasoning || Plan.Tool is not null ? default : pieces, finish: default);
        return SendChunkAsync();
    }

    protected override async ValueTask FinishAsync()
    {
        // 1 Why it ends
        for (var choice = 0; choice < request.Choices; choice++)
            await SendFinishAsync(choice);

        // 2 Usage in a chunk of its own
        if (request.IncludeUsage && !usageInFinish && !Behaviour.Has(Fault.NoUsage))
        {
            await SendUsageAsync();
            if (Behaviour.Has(Fault.DuplicateUsage))
                await SendUsageAsync();
        }

        // 3 The end
        if (!Behaviour.Has(Fault.NoDone))
            await SendEventAsync("[DONE]"u8);
        if (Behaviour.Has(Fault.DataAfterDone))
            await SendAfterDoneAsync();
    }

    protected override ValueTask SendErrorAsync(Refusal refusal)
    {
        OpenAiError.Add(Chunk, refusal);
        return SendChunkAsync();
    }

    private ValueTask SendOpeningAsync(int choice)
    {
        BeginChunk(choice);
        Chunk.Add("\"role\":\"assistant\",\"content\":"u8);
        Chunk.Add(Plan.Tool is null ? "\"\""u8 : "null"u8);
        if (OpensWithCall)
        {
            Chunk.Add(",\"tool_calls\":["u8);
            AddCallOpening(Plan.Tool!, choice);
            Chunk.Add("]"u8);
        }
        EndChunk(logprobsOf: default, finish: default);
        return SendChunkAsync();
    }

    private void AddCallOpening(OfferedTool tool, int choice)
    {
        Chunk.Add("{\"index\":"u8).Add(Call).Add(",\"id\":\""u8);
        ChatBody.AddCallId(Chunk, Stamp, choice, Call);
        Chunk.Add("\",\"type\":\"function\",\"function\":{\"name\":\""u8).AddEscaped(tool.Name).Add("\",\"arguments\":\"\"}}"u8);
        TokensSent++;
    }

    private ValueTask SendFinishAsync(int choice)
    {
        BeginChunk(choice);
        var last = choice == request.Choices - 1;
        EndChunk(logprobsOf: default, ChatBody.FinishReason(Plan), withUsage: usageInFinish && last);
        return SendChunkAsync();
    }

    private ValueTask SendUsageAsync()
    {
        BeginChunk().Add(head.Written).Add("\"choices\":[]"u8);
        UsageJson.AddMember(Chunk, Plan.Usage, Behaviour);
        Chunk.Add("}"u8);
        return SendChunkAsync();
    }

    private ValueTask SendAfterDoneAsync()
    {
        BeginChunk(0);
        Chunk.Add("\"content\":\" This came after the end.\""u8);
        EndChunk(logprobsOf: default, finish: default);
        return SendChunkAsync();
    }

    private void BeginChunk(int choice) =>
        BeginChunk().Add(head.Written).Add("\"choices\":[{\"index\":"u8).Add(choice).Add(",\"delta\":{"u8);

    private void EndChunk(Range? logprobsOf, ReadOnlySpan<byte> finish, bool withUsage = false)
    {
        Chunk.Add("},\"logprobs\":"u8);
        if (request.Logprobs && logprobsOf is { } pieces)
            AddLogprobs(pieces);
        else
            Chunk.Add("null"u8);
        Chunk.Add(",\"finish_reason\":"u8);
        if (finish.IsEmpty)
            Chunk.Add("null}]"u8);
        else
            Chunk.Add("\""u8).Add(finish).Add("\"}]"u8);
        if (withUsage || usageEverywhere)
            UsageJson.AddMember(Chunk, UsageSoFar, Behaviour);
        else if (request.IncludeUsage && !Behaviour.Has(Fault.NoUsage) && !Behaviour.Has(Fault.XGroqUsage))
            Chunk.Add(",\"usage\":null"u8);
        Chunk.Add("}"u8);
    }

    private void AddLogprobs(Range pieces)
    {
        Chunk.Add("{\"content\":["u8);
        for (var i = pieces.Start.Value; i < pieces.End.Value; i++)
        {
            if (i > pieces.Start.Value)
                Chunk.Add(","u8);
            LogprobsJson.AddPiece(Chunk, Plan.VisiblePiece(0, i), request.TopLogprobs);
        }
        Chunk.Add("],\"refusal\":null}"u8);
    }
}
