using Microsoft.AspNetCore.Http;

namespace Tokenline.Simulators.Vendors;

/// <summary>Sends a plan as one JSON body.</summary>
internal static class PlainAnswer
{
    public static async Task SendAsync(HttpContext context, AnswerPlan plan, AnswerStamp stamp, TimeProvider time)
    {
        var cancel = context.RequestAborted;
        var behaviour = plan.Behaviour;
        if (behaviour.TokenDelayMs is > 0 and var perToken)
            await Task.Delay(TimeSpan.FromMilliseconds(perToken * (double)plan.Usage.CompletionTokens), time, cancel);

        using var json = new PooledBuffer();
        Compose(json, plan, stamp);
        context.Response.ContentType = "application/json";
        await using var body = new AnswerBody(context.Response, behaviour);
        if (body.IsPlain)
            context.Response.ContentLength = json.Written.Length;
        if (behaviour.Argument(Fault.SlowFirstByte) is { } slow)
            await SlowFirstByte.WaitAsync(context, slow, time);
        if (behaviour.Has(Fault.CutAfter) || behaviour.Has(Fault.HangAfter))
        {
            body.Write(json.Written[..(json.Written.Length / 2)]);
            await body.FlushAsync(cancel);
            if (behaviour.Has(Fault.CutAfter))
                throw new ConnectionCutException();
            await Task.Delay(Timeout.Infinite, cancel);
        }
        body.Write(json.Written);
        await body.FlushAsync(cancel);
        await body.CompleteAsync(cancel);
    }

    private static void Compose(PooledBuffer json, AnswerPlan plan, AnswerStamp stamp)
    {
        stamp.AddHead(json, plan, "chat.completion"u8);
        json.Add("\"choices\":["u8);
        for (var choice = 0; choice < plan.Request.Choices; choice++)
        {
            if (choice > 0)
                json.Add(","u8);
            json.Add("{\"index\":"u8).Add(choice).Add(",\"message\":{\"role\":\"assistant\",\"content\":"u8);
            AddMessage(json, plan, stamp, choice);
            json.Add(",\"refusal\":null},\"logprobs\":"u8);
            AddLogprobs(json, plan, choice);
            json.Add(",\"finish_reason\":\""u8).Add(plan.FinishReason).Add("\"}"u8);
        }
        json.Add("]"u8);
        UsageJson.AddMember(json, plan.Usage, plan.Behaviour);
        json.Add("}"u8);
    }

    private static void AddMessage(PooledBuffer json, AnswerPlan plan, AnswerStamp stamp, int choice)
    {
        if (plan.ToolName is { } name)
        {
            json.Add("null,\"tool_calls\":[{\"id\":\"call_"u8).Add(stamp.Number).Add("_"u8).Add(choice);
            json.Add("\",\"type\":\"function\",\"function\":{\"name\":\""u8).AddEscaped(name).Add("\",\"arguments\":\""u8);
            AddVisible(json, plan, choice);
            json.Add("\"}}]"u8);
        }
        else
        {
            json.Add("\""u8);
            AddVisible(json, plan, choice);
            json.Add("\""u8);
        }
        if (plan.Reasoning == 0 || !plan.ReasoningShown)
            return;
        json.Add(",\"reasoning_content\":\""u8);
        for (var i = 0; i < plan.Reasoning; i++)
            json.Add(plan.ReasoningPiece(choice, i));
        json.Add("\""u8);
    }

    private static void AddVisible(PooledBuffer json, AnswerPlan plan, int choice)
    {
        for (var i = 0; i < plan.Visible; i++)
            json.Add(plan.VisiblePiece(choice, i));
    }

    private static void AddLogprobs(PooledBuffer json, AnswerPlan plan, int choice)
    {
        if (!plan.Request.Logprobs || plan.ToolName is not null)
        {
            json.Add("null"u8);
            return;
        }
        json.Add("{\"content\":["u8);
        for (var i = 0; i < plan.Visible; i++)
        {
            if (i > 0)
                json.Add(","u8);
            LogprobsJson.AddPiece(json, plan.VisiblePiece(choice, i), plan.Request.TopLogprobs);
        }
        json.Add("],\"refusal\":null}"u8);
    }
}
