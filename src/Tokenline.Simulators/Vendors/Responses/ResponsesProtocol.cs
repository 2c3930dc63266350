using Microsoft.AspNetCore.Http;
using Tokenline.Simulators.Vendors.Chat;

namespace Tokenline.Simulators.Vendors.Responses;

/// <summary>OpenAI Responses.</summary>
internal sealed class ResponsesProtocol : ModelProtocol
{
    public override Refusal? CheckCaller(HttpRequest request) => OpenAiError.CheckCaller(request);

    public override AnswerRequest ReadRequest(ReadOnlySpan<byte> body, HttpContext context) => ResponsesRequest.Read(body);

    public override void Compose(PooledBuffer json, AnswerPlan plan, AnswerStamp stamp) => ResponsesBody.Compose(json, plan, stamp);

    public override StreamAnswer Stream(HttpContext context, AnswerPlan plan, AnswerStamp stamp, TimeProvider time) =>
        new ResponsesStream(context, plan, stamp, time);

    public override void AddError(PooledBuffer json, Refusal refusal) => OpenAiError.Add(json, refusal);
}
