using Microsoft.AspNetCore.Http;

namespace Tokenline.Simulators.Vendors.Anthropic;

/// <summary>Anthropic Messages.</summary>
internal sealed class MessagesProtocol(PrefixCache cache) : ModelProtocol
{
    public override Refusal? CheckCaller(HttpRequest request) => AnthropicCaller.Check(request);

    public override void AddHeaders(IHeaderDictionary headers, AnswerStamp stamp) => AnthropicCaller.AddHeaders(headers, stamp);

    public override AnswerRequest ReadRequest(ReadOnlySpan<byte> body, HttpContext context) =>
        MessagesRequest.Read(body, AnthropicCaller.VersionOf(context.Request), VendorSimulator.VendorOf(context), cache);

    public override void Compose(PooledBuffer json, AnswerPlan plan, AnswerStamp stamp) => MessagesBody.Compose(json, plan, stamp);

    public override StreamAnswer Stream(HttpContext context, AnswerPlan plan, AnswerStamp stamp, TimeProvider time) =>
        new MessagesStream(context, plan, stamp, time);

    public override void AddError(PooledBuffer json, Refusal refusal) => AnthropicError.Add(json, refusal);
}

/// <summary>How many tokens a message's prompt has, without asking for the answer.</summary>
internal sealed class CountTokensProtocol : VendorProtocol
{
    public override Refusal? CheckCaller(HttpRequest request) => AnthropicCaller.Check(request);

    public override void AddHeaders(IHeaderDictionary headers, AnswerStamp stamp) => AnthropicCaller.AddHeaders(headers, stamp);

    public override Answer Read(ReadOnlySpan<byte> body, HttpContext context, Behaviour behaviour)
    {
        var request = MessagesRequest.Read(body, AnthropicCaller.VersionOf(context.Request), vendor: "", cache: null);
        behaviour = AnswerRequest.Directed(request.Directive, behaviour);
        return new ReadyAnswer(behaviour, json => json.Add("{\"input_tokens\":"u8).Add(request.PromptTokens).Add("}"u8));
    }

    public override void AddError(PooledBuffer json, Refusal refusal) => AnthropicError.Add(json, refusal);
}

internal static class AnthropicCaller
{
    public static Refusal? Check(HttpRequest request) =>
        request.Headers["x-api-key"].ToString().Trim().Length > 0 || VendorProtocol.HasBearer(request)
            ? null
            : new Refusal("x-api-key header is required", Status: 401);

    public static string VersionOf(HttpRequest request) =>
        request.Headers["anthropic-version"].ToString() switch
        {
            "" => throw AnthropicError.At("anthropic-version", "header is required"),
            var version and ("2023-01-01" or "2023-06-01" or MessagesRequest.NewVersion) => version,
            var other => throw AnthropicError.At("anthropic-version", $"\"{other}\" is not a valid version"),
        };

    public static void AddHeaders(IHeaderDictionary headers, AnswerStamp stamp) => headers["request-id"] = $"req_simulated_{stamp.Number}";

    /// <summary>The list of models in Anthropic's shape.</summary>
    public static void AddModels(PooledBuffer json, IReadOnlyList<string> models)
    {
        json.Add("{\"data\":["u8);
        for (var i = 0; i < models.Count; i++)
        {
            json.Add(i == 0 ? "{\"type\":\"model\",\"id\":\""u8 : ",{\"type\":\"model\",\"id\":\""u8).AddEscaped(models[i]);
            json.Add("\",\"display_name\":\""u8).AddEscaped(models[i]).Add("\",\"created_at\":\"2026-01-01T00:00:00Z\"}"u8);
        }
        json.Add("],\"has_more\":false,\"first_id\":"u8);
        AddId(json, models.Count > 0 ? models[0] : null);
        json.Add(",\"last_id\":"u8);
        AddId(json, models.Count > 0 ? models[^1] : null);
        json.Add("}"u8);
    }

    private static void AddId(PooledBuffer json, string? id)
    {
        if (id is null)
            json.Add("null"u8);
        else
            json.Add("\""u8).AddEscaped(id).Add("\""u8);
    }
}
