using System.Text.Json;

namespace Tokenline.Gateway.Protocols.Translation.Requests;

/// <summary>A body of chat completions → a conversation.</summary>
internal static class ChatRequestReader
{
    public static Conversation Read(JsonElement body, TranslationNotes notes)
    {
        var conversation = new Conversation();
        foreach (var (name, value) in body.Members())
            ReadMember(conversation, name, value, notes);
        return conversation;
    }

    private static void ReadMember(Conversation conversation, string name, JsonElement value, TranslationNotes notes)
    {
        var place = new Place(name);
        switch (name)
        {
            case "model" or "stream" or "stream_options":
                break;
            case "max_tokens":
                conversation.OutputLimit ??= value.Count();
                break;
            case "max_completion_tokens": // the newer name counts where both are there
                conversation.OutputLimit = value.Count();
                break;
            case "messages":
                foreach (var (message, at) in value.Items(place, notes))
                    ReadMessage(conversation, message, at, notes);
                break;
            case "tools":
                foreach (var (tool, at) in value.Items(place, notes))
                    ReadTool(conversation, tool, at, notes);
                break;
            case "tool_choice":
                conversation.ToolChoice = ReadToolChoice(value, place, notes);
                break;
            case "parallel_tool_calls":
                conversation.ParallelToolCalls = value.Flag();
                break;
            case "temperature":
                conversation.Temperature = value.Number(place, notes);
                break;
            case "top_p":
                conversation.TopP = value.Number(place, notes);
                break;
            case "top_k":
                conversation.TopK = value.Number(place, notes);
                break;
            case "seed":
                conversation.Seed = value.Number(place, notes);
                break;
            case "presence_penalty" when !value.IsZero():
                conversation.PresencePenalty = value.Number(place, notes);
                break;
            case "frequency_penalty" when !value.IsZero():
                conversation.FrequencyPenalty = value.Number(place, notes);
                break;
            case "stop":
                ReadStop(conversation, value, place, notes);
                break;
            case "response_format":
                conversation.Format = ReadFormat(value, place, notes);
                break;
            case "safety_identifier":
                conversation.EndUser = value.Text();
                break;
            case "user": // the older name of the same
                conversation.EndUser ??= value.Text();
                break;
            case "reasoning_effort" or "reasoning" or "thinking" or "enable_thinking" or "thinking_budget":
                conversation.Reasoning = ReadReasoning(conversation.Reasoning ?? new(null, null), name, value, place, notes);
                break;
            default:
                if (!IsOff(name, value))
                    notes.Lose(place);
                break;
        }
    }

    /// <summary>Values that every vendor reads as if the field were not there.</summary>
    private static bool IsOff(string name, JsonElement value) =>
        name switch
        {
            "n" => value.Count() == 1,
            "logprobs" or "store" or "web_search_options" => value.ValueKind == JsonValueKind.False,
            "top_logprobs" or "frequency_penalty" or "presence_penalty" => value.IsZero(),
            "logit_bias" => value.ValueKind == JsonValueKind.Object && !value.EnumerateObject().Any(),
            "functions" => value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 0,
            "modalities" => value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(word => word.Text() == "text"),
            _ => false,
        };

    private static void ReadMessage(Conversation conversation, JsonElement message, Place place, TranslationNotes notes)
    {
        switch (message.Get("role").Text())
        {
            case "system":
                conversation.Turns.Add(ReadTurn(TurnRole.System, message, place, notes));
                break;
            case "developer":
                conversation.Turns.Add(ReadTurn(TurnRole.Developer, message, place, notes));
                break;
            case "user":
                conversation.Turns.Add(ReadTurn(TurnRole.User, message, place, notes));
                break;
            case "assistant":
                conversation.Turns.Add(ReadTurn(TurnRole.Assistant, message, place, notes));
                break;
            case "tool":
                TurnOfResults(conversation).Parts.Add(ReadToolResult(message, place, notes));
                break;
            default:
                notes.Lose(place.Member("role"));
                break;
        }
    }

    /// <summary>The results of one turn's calls are messages of their own here and one turn everywhere else.</summary>
    private static Turn TurnOfResults(Conversation conversation)
    {
        if (conversation.Turns is [.., { Role: TurnRole.User, Parts: [.., ToolResultPart] } last])
            return last;
        var turn = new Turn(TurnRole.User);
        conversation.Turns.Add(turn);
        return turn;
    }

    private static Turn ReadTurn(TurnRole role, JsonElement message, Place place, TranslationNotes notes)
    {
        var turn = new Turn(role) { Name = message.Get("name").Text() };
        if (role == TurnRole.Assistant)
            turn.Parts.AddRange(ReadReasoningParts(message, place, notes));
        ReadContent(turn.Parts, message.Get("content"), place.Member("content"), notes);
        foreach (var (name, value) in message.Members())
        {
            switch (name)
            {
                case "role" or "content" or "name":
                case "reasoning_content" or "reasoning" or "reasoning_details" when role == TurnRole.Assistant:
                    break;
                case "refusal" when role == TurnRole.Assistant:
                    turn.Parts.Add(new RefusalPart(value.RequiredText(place.Member(name), notes)));
                    break;
                case "tool_calls" when role == TurnRole.Assistant:
                    foreach (var (call, at) in value.Items(place.Member(name), notes))
                        turn.Parts.Add(ReadToolCall(call, at, notes));
                    break;
                case "annotations" when value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 0:
                    break;
                default:
                    notes.Lose(place.Member(name));
                    break;
            }
        }
        return turn;
    }

    private static void ReadContent(List<Part> parts, JsonElement content, Place place, TranslationNotes notes)
    {
        if (content.IsNothing())
            return;
        if (content.Text() is { } text)
        {
            parts.Add(new TextPart(text));
            return;
        }
        foreach (var (part, at) in content.Items(place, notes))
        {
            if (ReadPart(part, at, notes) is { } read)
                parts.Add(read);
        }
    }

    private static Part? ReadPart(JsonElement part, Place place, TranslationNotes notes)
    {
        var type = part.Get("type").Text() ?? "";
        foreach (var (name, _) in part.Members())
        {
            if (name is not ("type" or "cache_control") && name != type)
                notes.Lose(place.Member(name));
        }
        var body = part.Get(type);
        var at = place.Member(type);
        var cache = part.Get("cache_control").OrNull();
        switch (type)
        {
            case "text":
                return new TextPart(body.RequiredText(at, notes)) { CacheControl = cache };
            case "refusal":
                return new RefusalPart(body.RequiredText(at, notes)) { CacheControl = cache };
            case "image_url":
                var url = body.Text() ?? body.Get("url").RequiredText(at.Member("url"), notes);
                var detail = body.Get("detail").Text();
                return DataUrl.TryParse(url, out var mediaType, out var base64)
                    ? new ImagePart(null, mediaType, base64, detail) { CacheControl = cache }
                    : new ImagePart(url, null, null, detail) { CacheControl = cache };
            case "input_audio":
                return new AudioPart(
                    body.Get("format").RequiredText(at.Member("format"), notes),
                    body.Get("data").RequiredText(at.Member("data"), notes)
                )
                {
                    CacheControl = cache,
                };
            case "file":
                return ReadFile(body, cache, at, notes);
            default:
                notes.Lose(place.Member("type"));
                return null;
        }
    }

    private static FilePart? ReadFile(JsonElement file, JsonElement? cache, Place place, TranslationNotes notes)
    {
        if (!file.Get("file_id").IsNothing())
        {
            notes.Lose(place.Member("file_id"));
            return null;
        }
        var name = file.Get("filename").Text();
        var data = file.Get("file_data").RequiredText(place.Member("file_data"), notes);
        if (
            data.StartsWith("https://", StringComparison.OrdinalIgnoreCase)
            || data.StartsWith("http://", StringComparison.OrdinalIgnoreCase)
        )
            return new FilePart(data, null, null, null, name) { CacheControl = cache };
        if (!DataUrl.TryParse(data, out var mediaType, out var base64))
            (mediaType, base64) = ("application/pdf", data); // bare base64 is a PDF at OpenAI too
        return new FilePart(null, mediaType, base64, null, name) { CacheControl = cache };
    }

    private static ToolResultPart ReadToolResult(JsonElement message, Place place, TranslationNotes notes)
    {
        var result = new ToolResultPart(
            message.Get("tool_call_id").RequiredText(place.Member("tool_call_id"), notes),
            message.Get("name").Text()
        )
        {
            CacheControl = message.Get("cache_control").OrNull(),
        };
        ReadContent(result.Parts, message.Get("content"), place.Member("content"), notes);
        foreach (var (name, _) in message.Members())
        {
            if (name is not ("role" or "tool_call_id" or "name" or "content" or "cache_control"))
                notes.Lose(place.Member(name));
        }
        return result;
    }

    private static ToolCallPart ReadToolCall(JsonElement call, Place place, TranslationNotes notes)
    {
        var isCustom = call.Get("type").Text() == "custom";
        var body = call.Get(isCustom ? "custom" : "function");
        var at = place.Member(isCustom ? "custom" : "function");
        foreach (var (name, _) in call.Members())
        {
            if (name is not ("id" or "type" or "function" or "custom" or "index"))
                notes.Lose(place.Member(name));
        }
        var arguments = isCustom ? body.Get("input") : body.Get("arguments");
        return new ToolCallPart(
            call.Get("id").Text() ?? "",
            body.Get("name").RequiredText(at.Member("name"), notes),
            arguments.ValueKind == JsonValueKind.Object ? arguments.Raw() : arguments.Text() ?? "",
            isCustom
        );
    }

    /// <summary>
    /// Sealed reasoning comes back in OpenRouter's <c>reasoning_details</c>, which hold the text too; without them the text alone. A client that kept
    /// a stream's pieces apart gets them joined: a text without a seal goes on in the next entry.
    /// </summary>
    private static List<ReasoningPart> ReadReasoningParts(JsonElement message, Place place, TranslationNotes notes)
    {
        List<ReasoningPart> parts = [];
        var details = message.Get("reasoning_details");
        if (details.ValueKind == JsonValueKind.Array && details.GetArrayLength() > 0)
        {
            JsonElement index = default;
            foreach (var (detail, at) in details.Items(place.Member("reasoning_details"), notes))
            {
                var goesOn = parts is [.., { Signature: null, Redacted: null }] && SameIndex(index, detail.Get("index"));
                index = detail.Get("index");
                switch (detail.Get("type").Text())
                {
                    case "reasoning.text":
                        var text = detail.Get("text").Text() ?? "";
                        var signature = detail.Get("signature").Text() is { Length: > 0 } seal ? seal : null;
                        if (goesOn)
                            parts[^1] = parts[^1] with { Text = parts[^1].Text + text, Signature = signature };
                        else
                            parts.Add(new ReasoningPart(text, signature));
                        break;
                    case "reasoning.encrypted":
                        parts.Add(
                            new ReasoningPart("", null, detail.Get("data").RequiredText(at.Member("data"), notes), detail.Get("id").Text())
                        );
                        break;
                    case "reasoning.summary":
                        parts.Add(new ReasoningPart(detail.Get("summary").Text() ?? "", null));
                        break;
                    default:
                        notes.Lose(at.Member("type"));
                        break;
                }
            }
            return parts;
        }
        var plain = message.Get("reasoning_content").Text() ?? message.Get("reasoning").Text();
        if (!string.IsNullOrEmpty(plain))
            parts.Add(new ReasoningPart(plain, null));
        return parts;
    }

    private static bool SameIndex(JsonElement one, JsonElement other) =>
        one.IsNothing() || other.IsNothing() || one.Count() == other.Count();

    private static void ReadTool(Conversation conversation, JsonElement tool, Place place, TranslationNotes notes)
    {
        var type = tool.Get("type").Text() ?? "function";
        if (type is not ("function" or "custom"))
        {
            notes.Lose(place.Member("type"));
            return;
        }
        var body = tool.Get(type);
        var at = place.Member(type);
        foreach (var (name, _) in tool.Members())
        {
            if (name is not ("type" or "cache_control") && name != type)
                notes.Lose(place.Member(name));
        }
        foreach (var (name, _) in body.Members())
        {
            if (name is not ("name" or "description" or "parameters" or "strict" or "format"))
                notes.Lose(at.Member(name));
        }
        conversation.Tools.Add(
            new ToolDefinition(
                body.Get("name").RequiredText(at.Member("name"), notes),
                body.Get("description").Text(),
                body.Get("parameters").OrNull()
            )
            {
                Strict = body.Get("strict").Flag(),
                IsCustom = type == "custom",
                Grammar = body.Get("format").OrNull(),
                CacheControl = tool.Get("cache_control").OrNull(),
            }
        );
    }

    private static ToolChoice? ReadToolChoice(JsonElement choice, Place place, TranslationNotes notes)
    {
        switch (choice.Text())
        {
            case "auto":
                return new(ToolChoiceKind.Auto);
            case "none":
                return new(ToolChoiceKind.None);
            case "required" or "any": // the latter is Mistral's word
                return new(ToolChoiceKind.Required);
        }
        var type = choice.Get("type").Text();
        if (type is "function" or "custom")
            return new(ToolChoiceKind.Named, choice.Get(type).Get("name").RequiredText(place.Member(type).Member("name"), notes));
        notes.Lose(type is null ? place : place.Member("type"));
        return null;
    }

    private static void ReadStop(Conversation conversation, JsonElement stop, Place place, TranslationNotes notes)
    {
        if (stop.Text() is { } one)
        {
            conversation.Stop.Add(one);
            return;
        }
        foreach (var (text, at) in stop.Items(place, notes))
            conversation.Stop.Add(text.RequiredText(at, notes));
    }

    private static OutputFormat? ReadFormat(JsonElement format, Place place, TranslationNotes notes)
    {
        switch (format.Get("type").Text())
        {
            case "text":
                return null;
            case "json_object":
                return new(null, null);
            case "json_schema":
                var body = format.Get("json_schema");
                return new(body.Get("name").Text(), body.Get("schema").OrNull(), body.Get("strict").Flag(), body.Get("description").Text());
            default:
                notes.Lose(place.Member("type"));
                return null;
        }
    }

    /// <summary>OpenAI's effort, OpenRouter's <c>reasoning</c>, the <c>thinking</c> of DeepSeek, GLM and Doubao, and Qwen's two fields.</summary>
    private static ReasoningWish ReadReasoning(ReasoningWish wish, string name, JsonElement value, Place place, TranslationNotes notes)
    {
        switch (name)
        {
            case "reasoning_effort":
                return WithEffort(wish, value.RequiredText(place, notes));
            case "enable_thinking":
                return value.Flag() == true ? wish with { IsAdaptive = true } : wish with { IsOff = true };
            case "thinking_budget":
                return wish with { BudgetTokens = value.Count() };
        }
        foreach (var (member, detail) in value.Members())
        {
            switch (member)
            {
                case "type": // enabled, disabled, auto, adaptive
                    wish = detail.Text() == "disabled" ? wish with { IsOff = true } : wish with { IsAdaptive = true };
                    break;
                case "enabled":
                    wish = detail.Flag() == false ? wish with { IsOff = true } : wish with { IsAdaptive = true };
                    break;
                case "effort":
                    wish = WithEffort(wish, detail.RequiredText(place.Member(member), notes));
                    break;
                case "max_tokens" or "budget_tokens":
                    wish = wish with { BudgetTokens = detail.Count() };
                    break;
                case "exclude":
                    wish = wish with { Shows = detail.Flag() == false };
                    break;
                default:
                    notes.Lose(place.Member(member));
                    break;
            }
        }
        return wish;
    }

    private static ReasoningWish WithEffort(ReasoningWish wish, string effort) =>
        effort == "none" ? wish with { IsOff = true } : wish with { Effort = effort };
}
