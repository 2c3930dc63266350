namespace Tokenline.Simulators.Vendors.Chat;

/// <summary>Usage as vendors write it: the documented way, and the other ways that are in <see cref="Faults.All"/>.</summary>
internal static class UsageJson
{
    /// <summary>The member with its comma in front: <c>,"usage":{…}</c>; nothing, or another member, where a fault says so.</summary>
    public static void AddMember(PooledBuffer to, in SimulatedUsage usage, Behaviour behaviour)
    {
        if (behaviour.Has(Fault.NoUsage))
            return;
        if (behaviour.Has(Fault.NullUsage))
        {
            to.Add(",\"usage\":null"u8);
            return;
        }
        to.Add(behaviour.Has(Fault.XGroqUsage) ? ",\"x_groq\":{\"id\":\"req_simulated\",\"usage\":"u8 : ",\"usage\":"u8);
        AddObject(to, usage, behaviour);
        if (behaviour.Has(Fault.XGroqUsage))
            to.Add("}"u8);
    }

    private static void AddObject(PooledBuffer to, in SimulatedUsage sent, Behaviour behaviour)
    {
        var usage = sent.Bent(behaviour);
        var completion = usage.CompletionTokens;
        if (behaviour.Has(Fault.ReasoningOutside))
            completion -= usage.ReasoningTokens;
        to.Add("{\"prompt_tokens\":"u8).Add(usage.PromptTokens);
        to.Add(",\"completion_tokens\":"u8).Add(completion);
        to.Add(",\"total_tokens\":"u8).Add(usage.TotalTokens);
        AddCached(to, usage, behaviour);
        to.Add(",\"completion_tokens_details\":{\"reasoning_tokens\":"u8).Add(usage.ReasoningTokens).Add("}}"u8);
    }

    private static void AddCached(PooledBuffer to, in SimulatedUsage usage, Behaviour behaviour)
    {
        if (behaviour.Has(Fault.CachedTopLevel))
            to.Add(",\"cached_tokens\":"u8).Add(usage.CachedTokens);
        else if (behaviour.Has(Fault.NumCachedTokens))
            to.Add(",\"num_cached_tokens\":"u8).Add(usage.CachedTokens);
        else if (behaviour.Has(Fault.CacheHitTokens))
        {
            to.Add(",\"prompt_cache_hit_tokens\":"u8).Add(usage.CachedTokens);
            to.Add(",\"prompt_cache_miss_tokens\":"u8).Add(usage.PromptTokens - usage.CachedTokens);
        }
        else
        {
            to.Add(",\"prompt_tokens_details\":{\"cached_tokens\":"u8).Add(usage.CachedTokens);
            if (usage.CacheWriteTokens + usage.CacheWriteHourTokens is > 0 and var writes)
                to.Add(",\"cache_write_tokens\":"u8).Add(writes);
            to.Add("}"u8);
        }
    }
}
