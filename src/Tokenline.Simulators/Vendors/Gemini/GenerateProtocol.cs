using Microsoft.AspNetCore.Http;

namespace Tokenline.Simulators.Vendors.Gemini;

/// <summary>generateContent, and streamGenerateContent if <paramref name="stream"/>.</summary>
internal sealed class GenerateProtocol(bool stream) : ModelProtocol
{
    public override Refusal? CheckCaller(HttpRequest request) => GeminiCaller.Check(request);

    public override AnswerRequest ReadRequest(ReadOnlySpan<byte> body, HttpContext context) =>
        GenerateRequest.Read(body, GeminiCaller.ModelOf(context), stream);

    public override void Compose(PooledBuffer json, AnswerPlan plan, AnswerStamp stamp) => GenerateBody.Compose(json, plan, stamp);

    public override StreamAnswer Stream(HttpContext context, AnswerPlan plan, AnswerStamp stamp, TimeProvider time) =>
        new GenerateStream(context, plan, stamp, time, isList: context.Request.Query["alt"] != "sse");

    public override void AddError(PooledBuffer json, Refusal refusal) => GeminiError.Add(json, refusal);
}

/// <summary>countTokens.</summary>
internal sealed class GeminiCountProtocol : VendorProtocol
{
    public override Refusal? CheckCaller(HttpRequest request) => GeminiCaller.Check(request);

    public override Answer Read(ReadOnlySpan<byte> body, HttpContext context, Behaviour behaviour)
    {
        var request = GenerateRequest.ReadToCount(body, GeminiCaller.ModelOf(context));
        return new ReadyAnswer(
            AnswerRequest.Directed(request.Directive, behaviour),
            json =>
            {
                json.Add("{\"totalTokens\":"u8).Add(request.PromptTokens);
                json.Add(",\"promptTokensDetails\":[{\"modality\":\"TEXT\",\"tokenCount\":"u8).Add(request.PromptTokens).Add("}]}"u8);
            }
        );
    }

    public override void AddError(PooledBuffer json, Refusal refusal) => GeminiError.Add(json, refusal);
}
