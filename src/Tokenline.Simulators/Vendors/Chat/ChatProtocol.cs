using Microsoft.AspNetCore.Http;

namespace Tokenline.Simulators.Vendors.Chat;

/// <summary>OpenAI chat completions, also under Azure's paths.</summary>
internal sealed class ChatProtocol : ModelProtocol
{
    public override Refusal? CheckCaller(HttpRequest request) => OpenAiError.CheckCaller(request);

    public override AnswerRequest ReadRequest(ReadOnlySpan<byte> body, HttpContext context) =>
        ChatRequest.Read(body, OpenAiError.DeploymentOf(context));

    public override void Compose(PooledBuffer json, AnswerPlan plan, AnswerStamp stamp) => ChatBody.Compose(json, plan, stamp);

    public override StreamAnswer Stream(HttpContext context, AnswerPlan plan, AnswerStamp stamp, TimeProvider time) =>
        new ChatStream(context, plan, stamp, time);

    public override void AddError(PooledBuffer json, Refusal refusal) => OpenAiError.Add(json, refusal);

    public static void AddModels(PooledBuffer json, IReadOnlyList<string> models, string vendor)
    {
        json.Add("{\"object\":\"list\",\"data\":["u8);
        for (var i = 0; i < models.Count; i++)
        {
            json.Add(i == 0 ? "{\"id\":\""u8 : ",{\"id\":\""u8).AddEscaped(models[i]);
            json.Add("\",\"object\":\"model\",\"created\":0,\"owned_by\":\""u8).AddEscaped(vendor).Add("\"}"u8);
        }
        json.Add("]}"u8);
    }
}
