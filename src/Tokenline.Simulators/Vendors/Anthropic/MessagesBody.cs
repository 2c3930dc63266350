using System.Text;

namespace Tokenline.Simulators.Vendors.Anthropic;

/// <summary>A message in one piece, and the parts of it that a stream shares.</summary>
internal static class MessagesBody
{
    public static void Compose(PooledBuffer json, AnswerPlan plan, AnswerStamp stamp)
    {
        AddHead(json, plan, stamp);
        if (plan.Reasoning > 0)
            AddThinking(json, plan);
        if (plan.Tool is { } tool)
        {
            for (var call = 0; call < plan.Calls; call++)
            {
                AddComma(json, plan.Reasoning > 0 || call > 0);
                AddToolUse(json, tool, stamp, call);
                // Arguments that the limit cut are no JSON; the vendor then gives what it has, and that is nothing here.
                json.Add(plan.CutByLimit ? "{}}"u8 : Encoding.UTF8.GetBytes(plan.Json + "}"));
            }
        }
        else if (plan.Visible > 0)
        {
            AddComma(json, plan.Reasoning > 0);
            json.Add("{\"type\":\"text\",\"text\":\""u8);
            plan.AddVisible(json);
            json.Add("\"}"u8);
        }
        json.Add("],"u8);
        AddStop(json, plan);
        AddUsage(json, plan.Usage, plan.Behaviour);
        json.Add("}"u8);
    }

    /// <summary>To the opening bracket of the content.</summary>
    public static void AddHead(PooledBuffer json, AnswerPlan plan, AnswerStamp stamp)
    {
        json.Add("{\"id\":\"msg_simulated_"u8).Add(stamp.Number).Add("\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\""u8);
        json.AddEscaped(plan.Request.Model).Add("\",\"content\":["u8);
    }

    /// <summary>To the value of the input.</summary>
    public static void AddToolUse(PooledBuffer json, OfferedTool tool, AnswerStamp stamp, int call)
    {
        stamp.AddCall(json.Add("{\"type\":\"tool_use\",\"id\":\"toolu_simulated_"u8), call);
        json.Add("\",\"name\":\""u8).AddEscaped(tool.Name).Add("\",\"input\":"u8);
    }

    public static void AddStop(PooledBuffer json, AnswerPlan plan)
    {
        json.Add("\"stop_reason\":\""u8).Add(StopReason(plan)).Add("\",\"stop_sequence\":"u8);
        if (plan.StoppedBy is { } stop)
            json.Add("\""u8).AddEscaped(stop).Add("\""u8);
        else
            json.Add("null"u8);
    }

    private static ReadOnlySpan<byte> StopReason(AnswerPlan plan) =>
        plan.CutByLimit ? "max_tokens"u8
        : plan.StoppedBy is not null ? "stop_sequence"u8
        : plan.Tool is not null ? "tool_use"u8
        : "end_turn"u8;

    public static string Signature(AnswerPlan plan)
    {
        using var text = new PooledBuffer();
        plan.AddReasoning(text); // filler words have nothing to escape, so this is the text itself
        return Seal.Make("thinking"u8, plan.Request.Hash, text.Written);
    }

    /// <summary>The member with its comma in front.</summary>
    public static void AddUsage(PooledBuffer json, SimulatedUsage sent, Behaviour behaviour)
    {
        if (behaviour.Has(Fault.NoUsage))
            return;
        if (behaviour.Has(Fault.NullUsage))
        {
            json.Add(",\"usage\":null"u8);
            return;
        }
        var usage = sent.Bent(behaviour);
        json.Add(",\"usage\":{"u8);
        AddInput(json, usage);
        if (!behaviour.Has(Fault.NoCacheSplit))
        {
            json.Add(",\"cache_creation\":{\"ephemeral_5m_input_tokens\":"u8).Add(usage.CacheWriteTokens);
            json.Add(",\"ephemeral_1h_input_tokens\":"u8).Add(usage.CacheWriteHourTokens).Add("}"u8);
        }
        json.Add(","u8);
        AddOutput(json, usage);
        json.Add(",\"service_tier\":\"standard\"}"u8);
    }

    /// <summary>The vendor's input excludes what was read from and written to the cache.</summary>
    public static void AddInput(PooledBuffer json, SimulatedUsage usage)
    {
        var writes = usage.CacheWriteTokens + usage.CacheWriteHourTokens;
        json.Add("\"input_tokens\":"u8).Add(usage.PromptTokens - usage.CachedTokens - writes);
        json.Add(",\"cache_creation_input_tokens\":"u8).Add(writes);
        json.Add(",\"cache_read_input_tokens\":"u8).Add(usage.CachedTokens);
    }

    public static void AddOutput(PooledBuffer json, SimulatedUsage usage)
    {
        json.Add("\"output_tokens\":"u8).Add(usage.CompletionTokens);
        if (usage.ReasoningTokens > 0)
            json.Add(",\"output_tokens_details\":{\"thinking_tokens\":"u8).Add(usage.ReasoningTokens).Add("}"u8);
    }

    private static void AddThinking(PooledBuffer json, AnswerPlan plan)
    {
        json.Add("{\"type\":\"thinking\",\"thinking\":\""u8);
        if (plan.ReasoningShown)
            plan.AddReasoning(json);
        json.Add("\",\"signature\":\""u8).AddEscaped(Signature(plan)).Add("\"}"u8);
    }

    private static void AddComma(PooledBuffer json, bool needed)
    {
        if (needed)
            json.Add(","u8);
    }
}
