using System.Text;

namespace Tokenline.Simulators.Vendors.Gemini;

/// <summary>A GenerateContentResponse, whole or as one of many.</summary>
internal static class GenerateBody
{
    public static void Compose(PooledBuffer json, AnswerPlan plan, AnswerStamp stamp)
    {
        Begin(json);
        var any = plan is { ReasoningShown: true, Reasoning: > 0 };
        if (any)
        {
            BeginText(json, thought: true);
            plan.AddReasoning(json);
            json.Add("\"}"u8);
        }
        var parts = any;
        if (plan is { Tool: { } tool, CutByLimit: false })
        {
            for (var call = 0; call < plan.Calls; call++)
            {
                json.Add(parts || call > 0 ? ","u8 : default);
                AddCall(json, plan, tool, stamp, call);
            }
        }
        else if (plan is { Tool: null, Visible: > 0 })
        {
            json.Add(parts ? ","u8 : default);
            BeginText(json, thought: false);
            plan.AddVisible(json);
            json.Add("\""u8);
            AddSignature(json, plan);
            json.Add("}"u8);
        }
        End(json, plan, stamp, plan.Usage, isLast: true);
    }

    /// <summary>To the opening bracket of the parts.</summary>
    public static void Begin(PooledBuffer json) => json.Add("{\"candidates\":[{\"content\":{\"parts\":["u8);

    /// <summary>To inside the text's quotes.</summary>
    public static void BeginText(PooledBuffer json, bool thought) =>
        json.Add(thought ? "{\"thought\":true,\"text\":\""u8 : "{\"text\":\""u8);

    /// <summary>A whole part: the vendor does not stream a call's arguments, and signs only the first of several.</summary>
    public static void AddCall(PooledBuffer json, AnswerPlan plan, OfferedTool tool, AnswerStamp stamp, int call)
    {
        json.Add("{\"functionCall\":{"u8);
        if (((GenerateRequest)plan.Request).IsThird)
        {
            stamp.AddCall(json.Add("\"id\":\"call_simulated_"u8), call);
            json.Add("\","u8);
        }
        json.Add("\"name\":\""u8).AddEscaped(tool.Name).Add("\",\"args\":"u8).Add(Encoding.UTF8.GetBytes(plan.Json!)).Add("}"u8);
        if (call == 0)
            AddSignature(json, plan);
        json.Add("}"u8);
    }

    /// <summary>The member with its comma in front, if this answer is signed.</summary>
    public static void AddSignature(PooledBuffer json, AnswerPlan plan)
    {
        if (plan.Reasoning > 0 || ((GenerateRequest)plan.Request).IsThird)
            json.Add(",\"thoughtSignature\":\""u8).AddEscaped(Seal.Make("thought"u8, plan.Request.Hash, default)).Add("\""u8);
    }

    /// <summary>From the closing bracket of the parts.</summary>
    public static void End(PooledBuffer json, AnswerPlan plan, AnswerStamp stamp, SimulatedUsage usage, bool isLast)
    {
        json.Add("],\"role\":\"model\"}"u8);
        if (isLast)
            json.Add(plan.CutByLimit ? ",\"finishReason\":\"MAX_TOKENS\""u8 : ",\"finishReason\":\"STOP\""u8);
        json.Add(",\"index\":0}]"u8);
        AddUsage(json, usage, plan.Behaviour, isLast && plan.Request.Stream);
        AddTail(json, plan, stamp);
    }

    public static void AddTail(PooledBuffer json, AnswerPlan plan, AnswerStamp stamp)
    {
        json.Add(",\"modelVersion\":\""u8).AddEscaped(plan.Request.Model);
        json.Add("\",\"responseId\":\"simulated-"u8).Add(stamp.Number).Add("\"}"u8);
    }

    /// <summary>The member with its comma in front. Thoughts are outside the candidates, and a count of none is left out.</summary>
    public static void AddUsage(PooledBuffer json, SimulatedUsage sent, Behaviour behaviour, bool isLastOfStream)
    {
        if (behaviour.Has(Fault.NoUsage))
            return;
        if (behaviour.Has(Fault.NullUsage))
        {
            json.Add(",\"usageMetadata\":null"u8);
            return;
        }
        var usage = sent.Bent(behaviour);
        var candidates = usage.CompletionTokens - Math.Max(usage.ReasoningTokens, 0);
        json.Add(",\"usageMetadata\":{\"promptTokenCount\":"u8).Add(usage.PromptTokens);
        if ((candidates != 0 || behaviour.Has(Fault.ZeroUsage)) && !(isLastOfStream && behaviour.Has(Fault.PartialUsage)))
            json.Add(",\"candidatesTokenCount\":"u8).Add(candidates);
        json.Add(",\"totalTokenCount\":"u8).Add(usage.TotalTokens);
        if (usage.CachedTokens > 0)
            json.Add(",\"cachedContentTokenCount\":"u8).Add(usage.CachedTokens);
        json.Add(",\"promptTokensDetails\":[{\"modality\":\"TEXT\",\"tokenCount\":"u8).Add(usage.PromptTokens).Add("}]"u8);
        if (usage.ReasoningTokens > 0)
            json.Add(",\"thoughtsTokenCount\":"u8).Add(usage.ReasoningTokens);
        json.Add("}"u8);
    }
}
