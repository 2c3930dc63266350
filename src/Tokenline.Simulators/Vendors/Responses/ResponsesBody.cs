using System.Runtime.InteropServices;
using Tokenline.Simulators.Vendors.Chat;

namespace Tokenline.Simulators.Vendors.Responses;

/// <summary>A response object, whole or as far as a stream has come, and its items.</summary>
internal static class ResponsesBody
{
    public const string IdStart = "resp_simulated_";

    public static void Compose(PooledBuffer json, AnswerPlan plan, AnswerStamp stamp)
    {
        if (((ResponsesRequest)plan.Request).Queued)
            Add(json, plan, stamp, "queued"u8);
        else if (plan.Behaviour.Has(Fault.FailedAfter))
            Add(json, plan, stamp, "failed"u8);
        else
            Add(json, plan, stamp, Ended(plan));
    }

    public static ReadOnlySpan<byte> Ended(AnswerPlan plan) => plan.CutByLimit ? "incomplete"u8 : "completed"u8;

    /// <summary>Output and usage only where it has ended.</summary>
    public static void Add(PooledBuffer json, AnswerPlan plan, AnswerStamp stamp, ReadOnlySpan<byte> status)
    {
        var ended = status is [(byte)'c', ..] || status.SequenceEqual("incomplete"u8);
        json.Add("{\"id\":\"resp_simulated_"u8).Add(stamp.Number).Add("\",\"object\":\"response\",\"created_at\":"u8).Add(stamp.Created);
        json.Add(",\"status\":\""u8).Add(status).Add("\",\"completed_at\":"u8);
        if (status is [(byte)'c', ..])
            json.Add(stamp.Created);
        else
            json.Add("null"u8);
        json.Add(",\"error\":"u8).Add(status is [(byte)'f', ..] ? Failure : "null"u8);
        json.Add(",\"incomplete_details\":"u8);
        json.Add(ended && plan.CutByLimit ? "{\"reason\":\"max_output_tokens\"}"u8 : "null"u8);
        json.Add(",\"output\":["u8);
        if (ended)
            AddOutput(json, plan, stamp);
        json.Add("]"u8);
        AddEcho(json, plan);
        AddUsage(json, plan, ended);
        json.Add("}"u8);
    }

    public static void AddReasoning(PooledBuffer json, AnswerPlan plan, AnswerStamp stamp, bool done)
    {
        json.Add("{\"id\":\"rs_simulated_"u8).Add(stamp.Number).Add("\",\"type\":\"reasoning\",\"summary\":["u8);
        if (done && plan.ReasoningShown)
            AddSummary(json, plan);
        json.Add("]"u8);
        if (((ResponsesRequest)plan.Request).Encrypted)
            json.Add(",\"encrypted_content\":\""u8).AddEscaped(Seal.Make("reasoning"u8, plan.Request.Hash, default)).Add("\""u8);
        json.Add("}"u8);
    }

    public static void AddSummary(PooledBuffer json, AnswerPlan plan)
    {
        json.Add("{\"type\":\"summary_text\",\"text\":\""u8);
        plan.AddReasoning(json);
        json.Add("\"}"u8);
    }

    /// <summary>The message, or the call.</summary>
    public static void AddAnswer(PooledBuffer json, AnswerPlan plan, AnswerStamp stamp, int call, bool done)
    {
        AddId(json.Add("{\"id\":\""u8), plan, stamp, call);
        json.Add("\",\"type\":\""u8).Add(plan.Tool is null ? "message"u8 : TypeOf(plan.Tool));
        json.Add("\",\"status\":\""u8).Add(done ? Ended(plan) : "in_progress"u8);
        if (plan.Tool is { } tool)
        {
            stamp.AddCall(json.Add("\",\"call_id\":\"call_simulated_"u8), call);
            json.Add("\",\"name\":\""u8).AddEscaped(tool.Name);
            json.Add(tool.Custom ? "\",\"input\":\""u8 : "\",\"arguments\":\""u8);
            if (done)
                plan.AddVisible(json);
            json.Add("\"}"u8);
            return;
        }
        json.Add("\",\"role\":\"assistant\",\"content\":["u8);
        if (done)
            AddPart(json, plan, done);
        json.Add("]}"u8);
    }

    public static void AddPart(PooledBuffer json, AnswerPlan plan, bool done)
    {
        json.Add("{\"type\":\"output_text\",\"annotations\":[],\"logprobs\":[],\"text\":\""u8);
        if (done)
            plan.AddVisible(json);
        json.Add("\"}"u8);
    }

    public static void AddId(PooledBuffer json, AnswerPlan plan, AnswerStamp stamp, int call) =>
        stamp.AddCall(
            json.Add(
                plan.Tool is null ? "msg_simulated_"u8
                : plan.Tool.Custom ? "ctc_simulated_"u8
                : "fc_simulated_"u8
            ),
            call
        );

    private static ReadOnlySpan<byte> TypeOf(OfferedTool tool) => tool.Custom ? "custom_tool_call"u8 : "function_call"u8;

    private static ReadOnlySpan<byte> Failure => "{\"code\":\"server_error\",\"message\":\"The simulator was told to fail.\"}"u8;

    private static void AddOutput(PooledBuffer json, AnswerPlan plan, AnswerStamp stamp)
    {
        if (plan.Reasoning > 0)
            AddReasoning(json, plan, stamp, done: true);
        if (plan.Visible == 0 && plan.Tool is null)
            return;
        for (var call = 0; call < plan.Calls; call++)
        {
            json.Add(plan.Reasoning > 0 || call > 0 ? ","u8 : default);
            AddAnswer(json, plan, stamp, call, done: true);
        }
    }

    /// <summary>What the vendor says again of the request, with its own defaults.</summary>
    private static void AddEcho(PooledBuffer json, AnswerPlan plan)
    {
        var request = (ResponsesRequest)plan.Request;
        json.Add(",\"model\":\""u8).AddEscaped(request.Model).Add("\""u8);
        Echo("instructions", "null"u8);
        Echo("max_output_tokens", "null"u8);
        Echo("max_tool_calls", "null"u8);
        Echo("parallel_tool_calls", "true"u8);
        Echo("previous_response_id", "null"u8);
        Echo("prompt_cache_key", "null"u8);
        Echo("reasoning", "{\"effort\":null,\"summary\":null}"u8);
        Echo("safety_identifier", "null"u8);
        Echo("store", "true"u8);
        Echo("background", "false"u8);
        Echo("temperature", "1.0"u8);
        Echo("text", "{\"format\":{\"type\":\"text\"},\"verbosity\":\"medium\"}"u8);
        Echo("tool_choice", "\"auto\""u8);
        Echo("tools", "[]"u8);
        Echo("top_logprobs", "0"u8);
        Echo("top_p", "1.0"u8);
        Echo("truncation", "\"disabled\""u8);
        Echo("user", "null"u8);
        Echo("metadata", "{}"u8);
        var tier = OpenAiJson.Text(request.Body, "service_tier");
        json.Add(",\"service_tier\":\""u8);
        json.AddEscaped(tier is null or "auto" || plan.Behaviour.Has(Fault.OtherTier) ? "default" : tier).Add("\""u8);

        void Echo(string name, ReadOnlySpan<byte> otherwise)
        {
            json.Add(",\""u8).AddEscaped(name).Add("\":"u8);
            json.Add(OpenAiJson.Member(request.Body, name) is { } said ? JsonMarshal.GetRawUtf8Value(said) : otherwise);
        }
    }

    private static void AddUsage(PooledBuffer json, AnswerPlan plan, bool ended)
    {
        var behaviour = plan.Behaviour;
        if (behaviour.Has(Fault.NoUsage))
            return;
        if (!ended || behaviour.Has(Fault.NullUsage))
        {
            json.Add(",\"usage\":null"u8);
            return;
        }
        var usage = plan.Usage.Bent(behaviour);
        json.Add(",\"usage\":{\"input_tokens\":"u8).Add(usage.PromptTokens);
        json.Add(",\"input_tokens_details\":{\"cached_tokens\":"u8).Add(usage.CachedTokens);
        json.Add(",\"cache_write_tokens\":"u8).Add(usage.CacheWriteTokens + usage.CacheWriteHourTokens);
        json.Add("},\"output_tokens\":"u8).Add(usage.CompletionTokens);
        json.Add(",\"output_tokens_details\":{\"reasoning_tokens\":"u8).Add(usage.ReasoningTokens);
        json.Add("},\"total_tokens\":"u8).Add(usage.TotalTokens).Add("}"u8);
    }
}
