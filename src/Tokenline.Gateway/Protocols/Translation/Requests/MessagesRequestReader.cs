using System.Text.Json;

namespace Tokenline.Gateway.Protocols.Translation.Requests;

/// <summary>A body of Anthropic's messages → a conversation.</summary>
internal static class MessagesRequestReader
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
            case "model" or "stream":
                break;
            case "max_tokens":
                conversation.OutputLimit = value.Count();
                break;
            case "system": // wherever the member stands, it comes first
                var system = new Turn(TurnRole.System);
                ReadContent(system.Parts, value, place, notes);
                conversation.Turns.Insert(0, system);
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
                ReadToolChoice(conversation, value, place, notes);
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
            case "stop_sequences":
                foreach (var (text, at) in value.Items(place, notes))
                    conversation.Stop.Add(text.RequiredText(at, notes));
                break;
            case "thinking":
                ReadThinking(conversation, value, place, notes);
                break;
            case "output_config":
                ReadOutputConfig(conversation, value, place, notes);
                break;
            case "output_format": // where the beta had it
                conversation.Format = ReadFormat(value, place, notes);
                break;
            case "metadata":
                ReadMetadata(conversation, value, place, notes);
                break;
            case "mcp_servers" or "fallbacks" when value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 0:
                break;
            default:
                notes.Lose(place);
                break;
        }
    }

    private static void ReadMetadata(Conversation conversation, JsonElement metadata, Place place, TranslationNotes notes)
    {
        foreach (var (name, value) in metadata.Members())
        {
            if (name == "user_id")
                conversation.EndUser = value.Text();
            else
                notes.Lose(place.Member(name));
        }
    }

    private static void ReadMessage(Conversation conversation, JsonElement message, Place place, TranslationNotes notes)
    {
        TurnRole? role = message.Get("role").Text() switch
        {
            "user" => TurnRole.User,
            "assistant" => TurnRole.Assistant,
            "system" => TurnRole.System, // Claude Code and others put some between the turns
            _ => null,
        };
        if (role is null)
        {
            notes.Refuse(place.Member("role").Param, $"'{place.Param}.role' must be user, assistant or system.");
            return;
        }
        var turn = new Turn(role.Value);
        ReadContent(turn.Parts, message.Get("content"), place.Member("content"), notes);
        foreach (var (name, _) in message.Members())
        {
            if (name is not ("role" or "content"))
                notes.Lose(place.Member(name));
        }
        conversation.Turns.Add(turn);
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
        foreach (var (block, at) in content.Items(place, notes))
        {
            if (ReadBlock(block, at, notes) is { } part)
                parts.Add(part);
        }
    }

    private static Part? ReadBlock(JsonElement block, Place place, TranslationNotes notes)
    {
        var cache = block.Get("cache_control").OrNull();
        switch (block.Get("type").Text())
        {
            case "text":
                LoseOthers(block, ["text"], place, notes);
                return new TextPart(block.Get("text").RequiredText(place.Member("text"), notes)) { CacheControl = cache };
            case "image":
                LoseOthers(block, ["source"], place, notes);
                return ReadImage(block.Get("source"), cache, place.Member("source"), notes);
            case "document":
                LoseOthers(block, ["source", "title", "citations"], place, notes);
                if (block.Get("citations").Get("enabled").Flag() == true)
                    notes.Lose(place.Member("citations").Member("enabled"));
                return ReadDocument(block, cache, place.Member("source"), notes);
            case "tool_use":
                LoseOthers(block, ["id", "name", "input"], place, notes);
                return new ToolCallPart(
                    block.Get("id").RequiredText(place.Member("id"), notes),
                    block.Get("name").RequiredText(place.Member("name"), notes),
                    block.Get("input") is { ValueKind: JsonValueKind.Object } input ? input.Raw() : ""
                )
                {
                    CacheControl = cache,
                };
            case "tool_result":
                LoseOthers(block, ["tool_use_id", "content", "is_error"], place, notes);
                var result = new ToolResultPart(
                    block.Get("tool_use_id").RequiredText(place.Member("tool_use_id"), notes),
                    null,
                    IsError: block.Get("is_error").Flag() == true
                )
                {
                    CacheControl = cache,
                };
                ReadContent(result.Parts, block.Get("content"), place.Member("content"), notes);
                return result;
            case "thinking":
                LoseOthers(block, ["thinking", "signature"], place, notes);
                return new ReasoningPart(
                    block.Get("thinking").Text() ?? "",
                    block.Get("signature").Text() is { Length: > 0 } signature ? signature : null
                );
            case "redacted_thinking":
                LoseOthers(block, ["data"], place, notes);
                return new ReasoningPart("", null, block.Get("data").RequiredText(place.Member("data"), notes));
            case "tool_reference": // the client's own tool search has found a tool; elsewhere every tool is there from the start
                notes.Lose(place.Field + ".tool_reference", place.Param);
                return new TextPart($"The tool {block.Get("tool_name").Text()} is available.");
            default:
                notes.Lose(place.Member("type"));
                return null;
        }
    }

    private static void LoseOthers(JsonElement block, ReadOnlySpan<string> read, Place place, TranslationNotes notes)
    {
        foreach (var (name, value) in block.Members())
        {
            if (name is "type" or "cache_control" || read.Contains(name) || IsOff(name, value))
                continue;
            notes.Lose(place.Member(name));
        }
    }

    private static bool IsOff(string name, JsonElement value) =>
        name switch
        {
            "citations" => value.ValueKind == JsonValueKind.Array ? value.GetArrayLength() == 0 : value.Get("enabled").Flag() == false,
            "caller" => value.Get("type").Text() == "direct",
            "defer_loading" or "eager_input_streaming" => value.Flag() == false,
            "allowed_callers" => value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(caller => caller.Text() == "direct"),
            _ => false,
        };

    private static ImagePart? ReadImage(JsonElement source, JsonElement? cache, Place place, TranslationNotes notes)
    {
        switch (source.Get("type").Text())
        {
            case "base64":
                return new ImagePart(
                    null,
                    source.Get("media_type").RequiredText(place.Member("media_type"), notes),
                    source.Get("data").RequiredText(place.Member("data"), notes)
                )
                {
                    CacheControl = cache,
                };
            case "url":
                return new ImagePart(source.Get("url").RequiredText(place.Member("url"), notes), null, null) { CacheControl = cache };
            default:
                notes.Lose(place.Member("type"));
                return null;
        }
    }

    private static FilePart? ReadDocument(JsonElement block, JsonElement? cache, Place place, TranslationNotes notes)
    {
        var source = block.Get("source");
        var title = block.Get("title").Text();
        switch (source.Get("type").Text())
        {
            case "base64":
                var mediaType = source.Get("media_type").RequiredText(place.Member("media_type"), notes);
                var base64 = source.Get("data").RequiredText(place.Member("data"), notes);
                return new FilePart(null, mediaType, base64, null, title) { CacheControl = cache };
            case "text":
                var text = source.Get("data").RequiredText(place.Member("data"), notes);
                return new FilePart(null, "text/plain", null, text, title) { CacheControl = cache };
            case "url":
                var url = source.Get("url").RequiredText(place.Member("url"), notes);
                return new FilePart(url, null, null, null, title) { CacheControl = cache };
            default: // files of the vendor's store, and content made of blocks
                notes.Lose(place.Member("type"));
                return null;
        }
    }

    private static void ReadTool(Conversation conversation, JsonElement tool, Place place, TranslationNotes notes)
    {
        if (tool.Get("type").Text() is not (null or "custom"))
        {
            notes.Lose(place.Member("type"));
            return;
        }
        LoseOthers(tool, ["name", "description", "input_schema", "strict"], place, notes);
        conversation.Tools.Add(
            new ToolDefinition(
                tool.Get("name").RequiredText(place.Member("name"), notes),
                tool.Get("description").Text(),
                tool.Get("input_schema").OrNull()
            )
            {
                Strict = tool.Get("strict").Flag(),
                CacheControl = tool.Get("cache_control").OrNull(),
            }
        );
    }

    private static void ReadToolChoice(Conversation conversation, JsonElement choice, Place place, TranslationNotes notes)
    {
        if (choice.Get("disable_parallel_tool_use").Flag() is { } disables)
            conversation.ParallelToolCalls = !disables;
        switch (choice.Get("type").Text())
        {
            case "auto":
                conversation.ToolChoice = new(ToolChoiceKind.Auto);
                break;
            case "any":
                conversation.ToolChoice = new(ToolChoiceKind.Required);
                break;
            case "tool":
                conversation.ToolChoice = new(ToolChoiceKind.Named, choice.Get("name").RequiredText(place.Member("name"), notes));
                break;
            case "none":
                conversation.ToolChoice = new(ToolChoiceKind.None);
                break;
            default:
                notes.Lose(place.Member("type"));
                break;
        }
    }

    private static void ReadThinking(Conversation conversation, JsonElement thinking, Place place, TranslationNotes notes)
    {
        var wish = conversation.Reasoning ?? new(null, null);
        foreach (var (name, value) in thinking.Members())
        {
            switch (name)
            {
                case "type":
                    wish = value.Text() switch
                    {
                        "disabled" => wish with { IsOff = true },
                        "adaptive" => wish with { IsAdaptive = true },
                        _ => wish, // enabled: the budget says it
                    };
                    break;
                case "budget_tokens":
                    wish = wish with { BudgetTokens = value.Count() };
                    break;
                case "display":
                    wish = wish with { Shows = value.Text() != "omitted" };
                    break;
                default:
                    notes.Lose(place.Member(name));
                    break;
            }
        }
        conversation.Reasoning = wish;
    }

    private static void ReadOutputConfig(Conversation conversation, JsonElement config, Place place, TranslationNotes notes)
    {
        foreach (var (name, value) in config.Members())
        {
            switch (name)
            {
                case "effort":
                    conversation.Reasoning = (conversation.Reasoning ?? new(null, null)) with
                    {
                        Effort = value.RequiredText(place.Member(name), notes),
                    };
                    break;
                case "format":
                    conversation.Format = ReadFormat(value, place.Member(name), notes);
                    break;
                default:
                    notes.Lose(place.Member(name));
                    break;
            }
        }
    }

    private static OutputFormat? ReadFormat(JsonElement format, Place place, TranslationNotes notes)
    {
        if (format.Get("type").Text() == "json_schema")
            return new(null, format.Get("schema").OrNull(), Strict: true); // Anthropic knows no other
        notes.Lose(place.Member("type"));
        return null;
    }
}
