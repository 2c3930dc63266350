namespace Tokenline.Gateway.Protocols.Translation.Answers;

/// <summary>What whole answers and streams of Anthropic's messages say in the same words.</summary>
internal static class MessagesFacts
{
    public static ReadOnlySpan<byte> WordOf(StopReason reason) =>
        reason switch
        {
            StopReason.StopSequence => "stop_sequence"u8,
            StopReason.Length => "max_tokens"u8,
            StopReason.ToolCalls => "tool_use"u8,
            StopReason.ContentFilter or StopReason.Refusal => "refusal"u8,
            StopReason.Pause => "pause_turn"u8,
            _ => "end_turn"u8,
        };

    /// <summary>The object of usage. Input tokens leave out what was read from caches and written to them.</summary>
    public static void WriteUsage(ref JsonPen pen, in Usage usage)
    {
        var written = usage[Meter.CacheWrite5m] + usage[Meter.CacheWrite1h];
        pen.Raw("{\"input_tokens\":"u8);
        pen.Number(usage.WholeInput - usage[Meter.CachedInput] - written);
        pen.Raw(",\"cache_creation_input_tokens\":"u8);
        pen.Number(written);
        pen.Raw(",\"cache_read_input_tokens\":"u8);
        pen.Number(usage[Meter.CachedInput]);
        pen.Raw(",\"cache_creation\":{\"ephemeral_5m_input_tokens\":"u8);
        pen.Number(usage[Meter.CacheWrite5m]);
        pen.Raw(",\"ephemeral_1h_input_tokens\":"u8);
        pen.Number(usage[Meter.CacheWrite1h]);
        pen.Raw("},\"output_tokens\":"u8);
        pen.Number(usage.WholeOutput);
        if (usage[Meter.Reasoning] > 0)
        {
            pen.Raw(",\"output_tokens_details\":{\"thinking_tokens\":"u8);
            pen.Number(usage[Meter.Reasoning]);
            pen.Raw("}"u8);
        }
        pen.Raw("}"u8);
    }

    /// <summary>A call, from its id up to the value of its input. A vendor's call without an id gets one, or its result could not name it.</summary>
    public static void WriteCall(ref JsonPen pen, AnswerContext context, int index, ReadOnlySpan<byte> id, ReadOnlySpan<byte> name)
    {
        pen.Raw("\"id\":\""u8);
        if (id.IsEmpty)
        {
            pen.Raw("toolu_"u8);
            pen.Escaped(context.Reference);
            pen.Raw("_"u8);
            pen.Number(index);
        }
        pen.Escaped(id);
        pen.Raw("\",\"name\":\""u8);
        pen.Escaped(name);
        pen.Raw("\",\"input\":"u8);
    }

    public static void WriteTextOrNull(ref JsonPen pen, ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty)
        {
            pen.Raw("null"u8);
            return;
        }
        pen.Raw("\""u8);
        pen.Escaped(utf8);
        pen.Raw("\""u8);
    }

    public static void WriteError(ref JsonPen pen, Problem problem, string message)
    {
        pen.Raw("{\"type\":\"error\",\"error\":{\"type\":\""u8);
        pen.Raw(ErrorType(problem.Status));
        pen.Raw("\",\"message\":\""u8);
        pen.Escaped(message);
        pen.Raw("\"}}"u8);
    }

    private static ReadOnlySpan<byte> ErrorType(int status) =>
        status switch
        {
            400 or 405 or 409 => "invalid_request_error"u8,
            401 => "authentication_error"u8,
            402 => "billing_error"u8,
            403 => "permission_error"u8,
            404 => "not_found_error"u8,
            413 => "request_too_large"u8,
            429 => "rate_limit_error"u8,
            503 => "overloaded_error"u8,
            504 => "timeout_error"u8,
            _ => "api_error"u8,
        };
}
