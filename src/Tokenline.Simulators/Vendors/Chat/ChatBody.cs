namespace Tokenline.Simulators.Vendors.Chat;

/// <summary>A chat completion in one piece.</summary>
internal static class ChatBody
{
    /// <summary>The members all chunks and bodies begin with, to the comma after them.</summary>
    public static void AddHead(PooledBuffer json, AnswerPlan plan, AnswerStamp stamp, ReadOnlySpan<byte> kind)
    {
        json.Add("{\"id\":\"chatcmpl-simulated-"u8).Add(stamp.Number).Add("\",\"object\":\""u8).Add(kind);
        json.Add("\",\"created\":"u8).Add(stamp.Created);
        json.Add(",\"model\":\""u8).AddEscaped(plan.Request.Model).Add("\",\"system_fingerprint\":\"tokenline-simulator\","u8);
        if (((ChatRequest)plan.Request).TierServed(plan.Behaviour) is { } tier)
            json.Add("\"service_tier\":\""u8).AddEscaped(tier).Add("\","u8);
    }

    public static void AddCallId(PooledBuffer json, AnswerStamp stamp, int choice, int call)
    {
        json.Add("call_"u8).Add(stamp.Number).Add("_"u8).Add(choice);
        if (call > 0)
            json.Add("_"u8).Add(call);
    }

    public static ReadOnlySpan<byte> FinishReason(AnswerPlan plan) =>
        plan.CutByLimit ? "length"u8
        : plan.Tool is not null ? "tool_calls"u8
        : "stop"u8;

    public static void Compose(PooledBuffer json, AnswerPlan plan, AnswerStamp stamp)
    {
        AddHead(json, plan, stamp, "chat.completion"u8);
        json.Add("\"choices\":["u8);
        for (var choice = 0; choice < plan.Request.Choices; choice++)
        {
            if (choice > 0)
                json.Add(","u8);
            json.Add("{\"index\":"u8).Add(choice).Add(",\"message\":{\"role\":\"assistant\",\"content\":"u8);
            AddMessage(json, plan, stamp, choice);
            json.Add(",\"refusal\":null},\"logprobs\":"u8);
            AddLogprobs(json, plan, choice);
            json.Add(",\"finish_reason\":\""u8).Add(FinishReason(plan)).Add("\"}"u8);
        }
        json.Add("]"u8);
        UsageJson.AddMember(json, plan.Usage, plan.Behaviour);
        json.Add("}"u8);
    }

    private static void AddMessage(PooledBuffer json, AnswerPlan plan, AnswerStamp stamp, int choice)
    {
        if (plan.Tool is { } tool)
        {
            json.Add("null,\"tool_calls\":["u8);
            for (var call = 0; call < plan.Calls; call++)
            {
                AddCallId(json.Add(call == 0 ? "{\"id\":\""u8 : ",{\"id\":\""u8), stamp, choice, call);
                json.Add("\",\"type\":\"function\",\"function\":{\"name\":\""u8).AddEscaped(tool.Name).Add("\",\"arguments\":\""u8);
                plan.AddVisible(json, choice);
                json.Add("\"}}"u8);
            }
            json.Add("]"u8);
        }
        else
        {
            json.Add("\""u8);
            plan.AddVisible(json, choice);
            json.Add("\""u8);
        }
        if (plan.Reasoning == 0 || !plan.ReasoningShown)
            return;
        json.Add(",\"reasoning_content\":\""u8);
        plan.AddReasoning(json, choice);
        json.Add("\""u8);
    }

    private static void AddLogprobs(PooledBuffer json, AnswerPlan plan, int choice)
    {
        var request = (ChatRequest)plan.Request;
        if (!request.Logprobs || plan.Tool is not null)
        {
            json.Add("null"u8);
            return;
        }
        json.Add("{\"content\":["u8);
        for (var i = 0; i < plan.Visible; i++)
        {
            if (i > 0)
                json.Add(","u8);
            LogprobsJson.AddPiece(json, plan.VisiblePiece(choice, i), request.TopLogprobs);
        }
        json.Add("],\"refusal\":null}"u8);
    }
}
