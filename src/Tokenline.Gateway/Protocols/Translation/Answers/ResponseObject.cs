namespace Tokenline.Gateway.Protocols.Translation.Answers;

/// <summary>The <c>response</c> object with every documented field: what a whole answer is, and what the first and last events of a stream hold.</summary>
internal sealed class ResponseObject(AnswerContext context)
{
    /// <param name="items">Finished items, with commas between.</param>
    /// <param name="reason">Why it is incomplete, or empty.</param>
    public void Write(
        ref JsonPen pen,
        ResponsesEcho echo,
        ReadOnlySpan<byte> items,
        ReadOnlySpan<byte> status,
        Usage? usage,
        string reason,
        Problem? problem,
        string message
    )
    {
        pen.Raw("{\"id\":\"resp_"u8);
        pen.Escaped(context.Reference);
        pen.Raw("\",\"object\":\"response\",\"created_at\":"u8);
        pen.Number(context.Created);
        pen.Raw(",\"status\":\""u8);
        pen.Raw(status);
        pen.Raw("\",\"error\":"u8);
        if (problem is null)
        {
            pen.Raw("null"u8);
        }
        else
        {
            pen.Raw("{\"code\":\""u8);
            pen.Escaped(problem.Status >= 500 ? "server_error" : problem.Code);
            pen.Raw("\",\"message\":\""u8);
            pen.Escaped(message);
            pen.Raw("\"}"u8);
        }
        pen.Raw(",\"incomplete_details\":"u8);
        if (reason.Length == 0)
        {
            pen.Raw("null"u8);
        }
        else
        {
            pen.Raw("{\"reason\":\""u8);
            pen.Escaped(reason);
            pen.Raw("\"}"u8);
        }
        pen.Raw(",\"model\":\""u8);
        pen.Escaped(context.Model);
        pen.Raw("\",\"output\":["u8);
        pen.Raw(items);
        pen.Raw("],\"usage\":"u8);
        if (usage is { } counts)
            WriteUsage(ref pen, counts);
        else
            pen.Raw("null"u8);
        echo.WriteTo(ref pen);
        pen.Raw("}"u8);
    }

    /// <summary>OpenAI's meaning: input includes the caches.</summary>
    private static void WriteUsage(ref JsonPen pen, in Usage usage)
    {
        pen.Raw("{\"input_tokens\":"u8);
        pen.Number(usage.WholeInput);
        pen.Raw(",\"input_tokens_details\":{\"cached_tokens\":"u8);
        pen.Number(usage[Meter.CachedInput]);
        pen.Raw("},\"output_tokens\":"u8);
        pen.Number(usage.WholeOutput);
        pen.Raw(",\"output_tokens_details\":{\"reasoning_tokens\":"u8);
        pen.Number(usage[Meter.Reasoning]);
        pen.Raw("},\"total_tokens\":"u8);
        pen.Number(usage.Tokens);
        pen.Raw("}"u8);
    }
}
