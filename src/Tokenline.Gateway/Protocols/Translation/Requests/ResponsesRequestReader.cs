using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Tokenline.Gateway.Protocols.Translation.Requests;

/// <summary>
/// A body of OpenAI's responses → a conversation. Items of the assistant in a row are one turn, and so are results in a row. Tools that only this
/// protocol has are turned into functions here, and their calls back by the answer's writer: see <see cref="ClientToolNames"/>.
/// </summary>
internal static class ResponsesRequestReader
{
    private const string CustomSchema =
        """{"type":"object","properties":{"input":{"type":"string"}},"required":["input"],"additionalProperties":false}""";

    /// <summary>Models read the input: escapes that only browsers need would cost tokens.</summary>
    private static readonly JsonWriterOptions readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="vendor">Whose sealed reasoning may be passed on.</param>
    public static Conversation Read(JsonElement body, Protocol vendor, TranslationNotes notes)
    {
        var conversation = new Conversation();
        foreach (var (name, value) in body.Members())
            ReadMember(conversation, name, value, vendor, notes);
        if (conversation.Tools.DistinctBy(tool => tool.Name).Count() < conversation.Tools.Count)
            notes.Refuse("tools", "Two tools have the same name at this model's vendor, which knows no namespaces.");
        ReadToolChoice(conversation, body.Get("tool_choice"), notes); // it may choose among the tools, wherever they stand
        return conversation;
    }

    private static void ReadMember(Conversation conversation, string name, JsonElement value, Protocol vendor, TranslationNotes notes)
    {
        var place = new Place(name);
        switch (name)
        {
            case "model" or "stream" or "stream_options" or "tool_choice" or "previous_response_id":
                break;
            case "metadata" or "store": // the response repeats them, and keeping it is ours
                break;
            case "instructions": // wherever the member stands, it comes first
                var instructions = new Turn(TurnRole.System);
                instructions.Parts.Add(new TextPart(value.RequiredText(place, notes)));
                conversation.Turns.Insert(0, instructions);
                break;
            case "input":
                ReadInput(conversation, value, place, vendor, notes);
                break;
            case "tools":
                foreach (var (tool, at) in value.Items(place, notes))
                    ReadTool(conversation, tool, null, at, notes);
                break;
            case "parallel_tool_calls":
                conversation.ParallelToolCalls = value.Flag();
                break;
            case "max_output_tokens":
                conversation.OutputLimit = value.Count();
                break;
            case "temperature":
                conversation.Temperature = value.Number(place, notes);
                break;
            case "top_p":
                conversation.TopP = value.Number(place, notes);
                break;
            case "text":
                ReadText(conversation, value, place, notes);
                break;
            case "reasoning":
                ReadReasoning(conversation, value, place, notes);
                break;
            case "safety_identifier":
                conversation.EndUser = value.Text();
                break;
            case "user": // the older name of the same
                conversation.EndUser ??= value.Text();
                break;
            case "include":
                foreach (var (what, at) in value.Items(place, notes))
                {
                    if (what.Text() != "reasoning.encrypted_content")
                        notes.Lose("include[]", at.Param);
                }
                break;
            default:
                if (!IsOff(name, value))
                    notes.Lose(place);
                break;
        }
    }

    /// <summary>Values that mean the same as leaving the field out.</summary>
    private static bool IsOff(string name, JsonElement value) =>
        name switch
        {
            "background" => value.ValueKind == JsonValueKind.False,
            "truncation" => value.Text() == "disabled",
            "top_logprobs" => value.IsZero(),
            "service_tier" => value.Text() is "auto" or "default",
            "client_metadata" => value.ValueKind == JsonValueKind.Object && !value.EnumerateObject().Any(),
            _ => false,
        };

    private static void ReadInput(Conversation conversation, JsonElement input, Place place, Protocol vendor, TranslationNotes notes)
    {
        if (input.Text() is { } text)
        {
            var turn = new Turn(TurnRole.User);
            turn.Parts.Add(new TextPart(text));
            conversation.Turns.Add(turn);
            return;
        }
        foreach (var (item, at) in input.Items(place, notes))
            ReadItem(conversation, item, at, vendor, notes);
    }

    private static void ReadItem(Conversation conversation, JsonElement item, Place place, Protocol vendor, TranslationNotes notes)
    {
        var type = item.Get("type").Text() ?? "message"; // the AI SDK leaves it out
        switch (type)
        {
            case "message":
                ReadMessage(conversation, item, place, notes);
                break;
            case "function_call":
                LoseOthers(item, ["id", "status", "call_id", "name", "namespace", "arguments"], place, notes);
                AssistantTurn(conversation).Parts.Add(ReadCall(item, item.Get("arguments").Text() ?? "", place, notes));
                break;
            case "custom_tool_call":
                LoseOthers(item, ["id", "status", "call_id", "name", "namespace", "input"], place, notes);
                AssistantTurn(conversation)
                    .Parts.Add(ReadCall(item, Wrapped(item.Get("input").RequiredText(place.Member("input"), notes)), place, notes));
                break;
            case "function_call_output" or "custom_tool_call_output":
                ReadResult(conversation, item, place, notes);
                break;
            case "reasoning":
                ReadReasoningItem(conversation, item, place, vendor, notes);
                break;
            case "additional_tools": // Codex
                LoseOthers(item, ["id", "role", "tools"], place, notes);
                foreach (var (tool, at) in item.Get("tools").Items(place.Member("tools"), notes))
                    ReadTool(conversation, tool, null, new Place("tools[]", at.Param), notes);
                break;
            default:
                notes.Lose($"input[].type={type}", place.Member("type").Param);
                break;
        }
    }

    private static void ReadMessage(Conversation conversation, JsonElement item, Place place, TranslationNotes notes)
    {
        LoseOthers(item, ["id", "status", "role", "content"], place, notes);
        Turn turn;
        switch (item.Get("role").Text())
        {
            case "assistant":
                turn = AssistantTurn(conversation);
                break;
            case "user":
                conversation.Turns.Add(turn = new Turn(TurnRole.User));
                break;
            case "system":
                conversation.Turns.Add(turn = new Turn(TurnRole.System));
                break;
            case "developer":
                conversation.Turns.Add(turn = new Turn(TurnRole.Developer));
                break;
            default:
                notes.Refuse(place.Member("role").Param, $"'{place.Param}.role' must be user, assistant, system or developer.");
                return;
        }
        ReadContent(turn.Parts, item.Get("content"), place.Member("content"), notes);
    }

    /// <summary>A string, or parts. Also what a tool's output may be.</summary>
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
        switch (part.Get("type").Text())
        {
            case "input_text" or "output_text" or "text":
                LoseOthers(part, ["text"], place, notes);
                return new TextPart(part.Get("text").RequiredText(place.Member("text"), notes));
            case "refusal":
                LoseOthers(part, ["refusal"], place, notes);
                return new RefusalPart(part.Get("refusal").RequiredText(place.Member("refusal"), notes));
            case "input_image":
                LoseOthers(part, ["image_url", "detail"], place, notes);
                return ReadImage(part, place, notes);
            case "input_file":
                LoseOthers(part, ["file_data", "file_url", "filename"], place, notes);
                return ReadFile(part, place, notes);
            case "input_audio":
                LoseOthers(part, ["input_audio"], place, notes);
                var audio = part.Get("input_audio");
                return new AudioPart(
                    audio.Get("format").RequiredText(place.Member("input_audio.format"), notes),
                    audio.Get("data").RequiredText(place.Member("input_audio.data"), notes)
                );
            default:
                notes.Lose(place.Member("type"));
                return null;
        }
    }

    private static ImagePart? ReadImage(JsonElement part, Place place, TranslationNotes notes)
    {
        if (part.Get("image_url").IsNothing() && !part.Get("file_id").IsNothing())
            return null; // told as one of the others
        var url = part.Get("image_url").Text() ?? part.Get("image_url").Get("url").RequiredText(place.Member("image_url"), notes);
        var detail = part.Get("detail").Text();
        return DataUrl.TryParse(url, out var mediaType, out var base64)
            ? new ImagePart(null, mediaType, base64, detail)
            : new ImagePart(url, null, null, detail);
    }

    private static FilePart? ReadFile(JsonElement part, Place place, TranslationNotes notes)
    {
        var name = part.Get("filename").Text();
        if (part.Get("file_url").Text() is { } url)
            return new FilePart(url, null, null, null, name);
        if (part.Get("file_data").IsNothing() && !part.Get("file_id").IsNothing())
            return null;
        var data = part.Get("file_data").RequiredText(place.Member("file_data"), notes);
        return DataUrl.TryParse(data, out var mediaType, out var base64)
            ? new FilePart(null, mediaType, base64, null, name)
            : new FilePart(null, "application/pdf", data, null, name); // bare base64 is a PDF at OpenAI too
    }

    private static ToolCallPart ReadCall(JsonElement item, string arguments, Place place, TranslationNotes notes) =>
        new(
            item.Get("call_id").RequiredText(place.Member("call_id"), notes),
            ClientToolNames.Flat(item.Get("namespace").Text(), item.Get("name").RequiredText(place.Member("name"), notes)),
            arguments
        );

    private static void ReadResult(Conversation conversation, JsonElement item, Place place, TranslationNotes notes)
    {
        LoseOthers(item, ["id", "status", "call_id", "name", "namespace", "output"], place, notes);
        var result = new ToolResultPart(item.Get("call_id").RequiredText(place.Member("call_id"), notes), null);
        ReadContent(result.Parts, item.Get("output"), place.Member("output"), notes);
        if (conversation.Turns is not [.., { Role: TurnRole.User, Parts: [.., ToolResultPart] } turn])
            conversation.Turns.Add(turn = new Turn(TurnRole.User));
        turn.Parts.Add(result);
    }

    /// <summary>What our own seal holds returns byte for byte; without one there is the text that the client was shown.</summary>
    private static void ReadReasoningItem(Conversation conversation, JsonElement item, Place place, Protocol vendor, TranslationNotes notes)
    {
        LoseOthers(item, ["id", "status", "summary", "content", "encrypted_content"], place, notes);
        var sealedText = item.Get("encrypted_content").Text();
        if (!string.IsNullOrEmpty(sealedText))
        {
            if (ReasoningSeal.Open(sealedText, vendor) is { } parts)
            {
                AssistantTurn(conversation).Parts.AddRange(parts);
                return;
            }
            notes.Lose(place.Member("encrypted_content"));
        }
        var text = Joined(item.Get("content"));
        if (text.Length == 0)
            text = Joined(item.Get("summary"));
        if (text.Length > 0)
            AssistantTurn(conversation).Parts.Add(new ReasoningPart(text, null, null, item.Get("id").Text()));
    }

    private static string Joined(JsonElement parts)
    {
        if (parts.ValueKind != JsonValueKind.Array)
            return "";
        return string.Join(
            "\n\n",
            parts.EnumerateArray().Select(part => part.Get("text").Text()).Where(text => !string.IsNullOrEmpty(text))
        );
    }

    private static Turn AssistantTurn(Conversation conversation)
    {
        if (conversation.Turns is not [.., { Role: TurnRole.Assistant } turn])
            conversation.Turns.Add(turn = new Turn(TurnRole.Assistant));
        return turn;
    }

    private static void ReadTool(Conversation conversation, JsonElement tool, string? space, Place place, TranslationNotes notes)
    {
        var type = tool.Get("type").Text();
        switch (type)
        {
            case "function":
                LoseOthers(tool, ["name", "description", "parameters", "strict"], place, notes);
                conversation.Tools.Add(
                    new ToolDefinition(NameOf(tool, space, place, notes), tool.Get("description").Text(), tool.Get("parameters").OrNull())
                    {
                        Strict = tool.Get("strict").Flag(),
                    }
                );
                break;
            case "custom":
                LoseOthers(tool, ["name", "description", "format"], place, notes);
                conversation.Tools.Add(
                    new ToolDefinition(NameOf(tool, space, place, notes), DescriptionOfCustom(tool), JsonElement.Parse(CustomSchema))
                );
                break;
            case "namespace" when space is null:
                LoseOthers(tool, ["name", "description", "tools"], place, notes);
                var name = tool.Get("name").RequiredText(place.Member("name"), notes);
                foreach (var (inside, at) in tool.Get("tools").Items(place.Member("tools"), notes))
                    ReadTool(conversation, inside, name, new Place("tools[]", at.Param), notes);
                break;
            default:
                if (type?.StartsWith("web_search", StringComparison.Ordinal) == true)
                    type = "web_search"; // previews and dated ones too
                notes.Lose($"tools[].type={type}", place.Member("type").Param);
                break;
        }
    }

    private static string NameOf(JsonElement tool, string? space, Place place, TranslationNotes notes) =>
        ClientToolNames.Flat(space, tool.Get("name").RequiredText(place.Member("name"), notes));

    /// <summary>The vendor cannot hold the model to a grammar; the model is told of it instead.</summary>
    private static string? DescriptionOfCustom(JsonElement tool)
    {
        var description = tool.Get("description").Text();
        var format = tool.Get("format");
        if (format.Get("definition").Text() is not { } definition)
            return description;
        return $"{description}\n\nThe argument '{ClientToolNames.CustomInput}' must follow this {format.Get("syntax").Text()} grammar:\n{definition}";
    }

    private static string Wrapped(string input)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, readable))
        {
            json.WriteStartObject();
            json.WriteString(ClientToolNames.CustomInput, input);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private static void ReadToolChoice(Conversation conversation, JsonElement choice, TranslationNotes notes)
    {
        if (choice.IsNothing())
            return;
        var place = new Place("tool_choice");
        var type = choice.Get("type").Text();
        if (choice.ValueKind == JsonValueKind.String)
            conversation.ToolChoice = KindOf(choice, place, notes);
        else if (type is "function" or "custom")
            conversation.ToolChoice = new(ToolChoiceKind.Named, ChosenName(choice, place, notes));
        else if (type == "allowed_tools")
            ReadAllowedTools(conversation, choice, place, notes);
        else
            notes.Lose(type is null ? place : place.Member("type"));
    }

    /// <summary>Only the tools allowed are passed on: to the model it is the same.</summary>
    private static void ReadAllowedTools(Conversation conversation, JsonElement choice, Place place, TranslationNotes notes)
    {
        HashSet<string> allowed = [];
        foreach (var (tool, at) in choice.Get("tools").Items(place.Member("tools"), notes))
        {
            if (tool.Get("type").Text() is "function" or "custom")
                allowed.Add(ChosenName(tool, at, notes));
            else
                notes.Lose(at.Member("type"));
        }
        conversation.Tools.RemoveAll(tool => !allowed.Contains(tool.Name));
        if (!choice.Get("mode").IsNothing())
            conversation.ToolChoice = KindOf(choice.Get("mode"), place.Member("mode"), notes);
    }

    private static string ChosenName(JsonElement choice, Place place, TranslationNotes notes) =>
        ClientToolNames.Flat(choice.Get("namespace").Text(), choice.Get("name").RequiredText(place.Member("name"), notes));

    private static ToolChoice? KindOf(JsonElement word, Place place, TranslationNotes notes)
    {
        switch (word.Text())
        {
            case "auto":
                return new(ToolChoiceKind.Auto);
            case "none":
                return new(ToolChoiceKind.None);
            case "required":
                return new(ToolChoiceKind.Required);
            default:
                notes.Refuse(place.Param, $"'{place.Param}' must be auto, none or required.");
                return null;
        }
    }

    private static void ReadText(Conversation conversation, JsonElement text, Place place, TranslationNotes notes)
    {
        foreach (var (name, value) in text.Members())
        {
            if (name == "format")
                conversation.Format = ReadFormat(value, place.Member(name), notes);
            else if (name != "verbosity" || value.Text() != "medium")
                notes.Lose(place.Member(name));
        }
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
                LoseOthers(format, ["name", "schema", "strict", "description"], place, notes);
                return new(
                    format.Get("name").Text(),
                    format.Get("schema").OrNull(),
                    format.Get("strict").Flag(),
                    format.Get("description").Text()
                );
            default:
                notes.Lose(place.Member("type"));
                return null;
        }
    }

    private static void ReadReasoning(Conversation conversation, JsonElement reasoning, Place place, TranslationNotes notes)
    {
        var wish = new ReasoningWish(null, null);
        foreach (var (name, value) in reasoning.Members())
        {
            switch (name)
            {
                case "effort" when value.Text() == "none":
                    wish = wish with { IsOff = true };
                    break;
                case "effort":
                    wish = wish with { Effort = value.RequiredText(place.Member(name), notes) };
                    break;
                case "summary" or "generate_summary":
                    wish = wish with { Shows = true };
                    if (value.Text() != "auto") // how long a summary is, is the vendor's choice
                        notes.Lose(new Place("reasoning.summary", $"reasoning.{name}"));
                    break;
                default:
                    notes.Lose(place.Member(name));
                    break;
            }
        }
        if (wish != new ReasoningWish(null, null))
            conversation.Reasoning = wish;
    }

    private static void LoseOthers(JsonElement value, ReadOnlySpan<string> read, Place place, TranslationNotes notes)
    {
        foreach (var (name, member) in value.Members())
        {
            if (name == "type" || read.Contains(name) || IsEmpty(member))
                continue;
            notes.Lose(place.Member(name));
        }
    }

    /// <summary>What an SDK writes where nothing is meant: no annotations, <c>defer_loading: false</c>.</summary>
    private static bool IsEmpty(JsonElement value) =>
        value.ValueKind == JsonValueKind.False || (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 0);
}
