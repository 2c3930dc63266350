using System.Buffers;
using Microsoft.AspNetCore.Http;
using Tokenline.Commerce.Catalog;
using Tokenline.Gateway.Errors;
using Tokenline.Gateway.Pipeline;
using Tokenline.Gateway.Tokens;

namespace Tokenline.Gateway.Protocols.OpenAI;

/// <summary>A client that speaks OpenAI chat completions.</summary>
internal sealed class ChatProtocol : ClientProtocol
{
    public static readonly ChatProtocol Instance = new();

    public override Protocol Kind => Protocol.Chat;

    public override string PromptParam => "messages";

    public override RequestRefusal? Read(Call call)
    {
        ChatRequestParser.TryRead(call.Body.Span, out call.Request, out var refusal);
        return refusal;
    }

    public override string OutputLimitParam(in RequestFacts request) =>
        request.MaxCompletionTokens is null ? "max_tokens" : "max_completion_tokens";

    public override BodyEdits Edits(Call call, ReadOnlyMemory<byte> modelToken)
    {
        var quirks = VendorQuirks.Of(call.Deployment.Vendor);
        var edits = ChatRequestRewriter.Edits(
            call.Request,
            new ChatRequestChanges
            {
                ModelToken = modelToken,
                AskUsage = call.Request.Stream && !quirks.SendsUsageUnasked,
                OutputLimit = call.OutputLimit,
                OutputLimitField =
                    call.Model.OutputLimitField == "max_completion_tokens"
                        ? OutputLimitField.MaxCompletionTokens
                        : OutputLimitField.MaxTokens,
            }
        );
        var refused = RefusedFields.Of(call, call.Deployment);
        refused.CutFrom(ref edits);
        call.Dropped(refused.Dropped);
        return edits;
    }

    public override RequestRefusal? RefusedBy(Call call, Deployment deployment) =>
        RefusedFields.Of(call, deployment).Refused is { } row
            ? new($"'{row.Field}' cannot be passed to this model's vendor: {row.Why}.", row.Field)
            : null;

    public override AnswerMeter NewMeter(Call call) => new ChatMeter(call.Request.Choices);

    public override long CountPrompt(ReadOnlySpan<byte> body, in RequestFacts request, bool isO200k) =>
        TokenCounter.CountPrompt(body, request, isO200k);

    public override void WriteLengthEnd(IBufferWriter<byte> to, AnswerMeter meter, Call call, in Usage usage)
    {
        var facts = ((ChatMeter)meter).Facts;
        FinalChunk.WriteLengthEnd(to, facts, call.Request.Choices);
        if (call.Request.IncludeUsage)
            FinalChunk.WriteUsage(to, facts, usage);
        FinalChunk.WriteDone(to);
    }

    public override void WriteStreamError(IBufferWriter<byte> to, Problem problem, string message) =>
        FinalChunk.WriteError(to, problem, message);

    public override Task WriteErrorAsync(HttpContext context, Rejection rejection, DateTimeOffset now) =>
        OpenAIErrors.WriteAsync(context, rejection, now);
}
