namespace Tokenline.Gateway.Protocols.Translation.Answers;

/// <summary>What whole answers and streams of chat completions say in the same words.</summary>
internal static class ChatFacts
{
    public static ReadOnlySpan<byte> FinishReason(StopReason reason) =>
        reason switch
        {
            StopReason.Length => "length"u8,
            StopReason.ToolCalls => "tool_calls"u8,
            StopReason.ContentFilter or StopReason.Refusal => "content_filter"u8,
            _ => "stop"u8,
        };

    /// <summary>The object of usage. Prompt tokens include what was read from caches and written to them, completion tokens the reasoning.</summary>
    public static void WriteUsage(ref JsonPen pen, in Usage usage)
    {
        pen.Raw("{\"prompt_tokens\":"u8);
        pen.Number(usage.WholeInput);
        pen.Raw(",\"completion_tokens\":"u8);
        pen.Number(usage.WholeOutput);
        pen.Raw(",\"total_tokens\":"u8);
        pen.Number(usage.Tokens);
        pen.Raw(",\"prompt_tokens_details\":{\"cached_tokens\":"u8);
        pen.Number(usage[Meter.CachedInput]);
        if (usage[Meter.CacheWrite5m] + usage[Meter.CacheWrite1h] is > 0 and var writes)
        {
            pen.Raw(",\"cache_write_tokens\":"u8); // OpenRouter's name; OpenAI has none
            pen.Number(writes);
        }
        if (usage[Meter.AudioInput] > 0)
        {
            pen.Raw(",\"audio_tokens\":"u8);
            pen.Number(usage[Meter.AudioInput]);
        }
        pen.Raw("},\"completion_tokens_details\":{\"reasoning_tokens\":"u8);
        pen.Number(usage[Meter.Reasoning]);
        pen.Raw("}}"u8);
    }

    /// <summary>A call, from its id up to the value of its arguments. A vendor's call without an id gets one, or its result could not name it.</summary>
    public static void WriteCall(
        ref JsonPen pen,
        AnswerContext context,
        int index,
        ReadOnlySpan<byte> id,
        ReadOnlySpan<byte> name,
        bool isCustom
    )
    {
        pen.Raw("\"id\":\""u8);
        if (id.IsEmpty)
        {
            pen.Raw("call_"u8);
            pen.Escaped(context.Reference);
            pen.Raw("_"u8);
            pen.Number(index);
        }
        pen.Escaped(id);
        pen.Raw(isCustom ? "\",\"type\":\"custom\",\"custom\":{\"name\":\""u8 : "\",\"type\":\"function\",\"function\":{\"name\":\""u8);
        pen.Escaped(name);
        pen.Raw(isCustom ? "\",\"input\":"u8 : "\",\"arguments\":"u8);
    }

    /// <summary>The error object, under the name <c>error</c>.</summary>
    public static void WriteError(ref JsonPen pen, Problem problem, string message)
    {
        pen.Raw("{\"error\":{\"message\":\""u8);
        pen.Escaped(message);
        pen.Raw("\",\"type\":\""u8);
        pen.Escaped(problem.Type);
        pen.Raw("\",\"param\":null,\"code\":\""u8);
        pen.Escaped(problem.Code);
        pen.Raw("\"}}"u8);
    }
}
