using System.Text.Json;

namespace Tokenline.Gateway.Protocols.Translation.Requests;

/// <summary>
/// A body of Gemini's <c>generateContent</c> → a conversation. Names are read as the API reads them, in camelCase and in snake_case. Calls and results
/// without ids are matched by order and name, and get ids that are the same each time the conversation comes.
/// </summary>
internal static class GeminiRequestReader
{
    /// <param name="vendor">Whose sealed reasoning may be passed on.</param>
    public static Conversation Read(JsonElement body, Protocol vendor, TranslationNotes notes)
    {
        var conversation = new Conversation();
        var calls = new Calls();
        foreach (var (name, value) in Members(body))
            ReadMember(conversation, name, value, calls, vendor, notes);
        ReadToolConfig(conversation, Member(body, "toolConfig"), new Place("toolConfig"), notes); // it may choose among the tools
        return conversation;
    }

    /// <summary>Calls that wait for their results.</summary>
    private sealed class Calls
    {
        private readonly List<(string Id, string Name)> open = [];
        private int count;

        public string Add(string? id, string name)
        {
            var known = id ?? $"call_{count}";
            count++;
            open.Add((known, name));
            return known;
        }

        /// <summary>The call that a result answers: by id, else the first of that name, else the first.</summary>
        public string Take(string? id, string name)
        {
            var at = open.FindIndex(call => id is not null && call.Id == id);
            if (at < 0 && id is not null)
                return id;
            if (at < 0)
                at = open.FindIndex(call => call.Name == name);
            if (at < 0)
                at = open.Count > 0 ? 0 : -1;
            if (at < 0)
                return $"call_{count++}";
            var taken = open[at].Id;
            open.RemoveAt(at);
            return taken;
        }
    }

    private static void ReadMember(
        Conversation conversation,
        string name,
        JsonElement value,
        Calls calls,
        Protocol vendor,
        TranslationNotes notes
    )
    {
        var place = new Place(name);
        switch (name)
        {
            case "model" or "toolConfig": // the path says the one, and the other comes last
                break;
            case "contents":
                if (value.ValueKind == JsonValueKind.Object)
                    ReadContent(conversation, value, place, calls, vendor, notes);
                else
                    foreach (var (content, at) in value.Items(place, notes))
                        ReadContent(conversation, content, at, calls, vendor, notes);
                break;
            case "systemInstruction": // wherever the member stands, it comes first
                var system = new Turn(TurnRole.System);
                if (value.Text() is { } text)
                    system.Parts.Add(new TextPart(text));
                else
                    ReadParts(system, value, place, calls, vendor, notes);
                conversation.Turns.Insert(0, system);
                break;
            case "tools":
                foreach (var (tool, at) in value.Items(place, notes))
                    ReadTool(conversation, tool, at, notes);
                break;
            case "generationConfig":
                foreach (var (member, setting) in Members(value))
                    ReadSetting(conversation, member, setting, place.Member(member), notes);
                break;
            case "safetySettings" or "labels" when IsEmpty(value):
                break;
            default:
                notes.Lose(place);
                break;
        }
    }

    private static void ReadContent(
        Conversation conversation,
        JsonElement content,
        Place place,
        Calls calls,
        Protocol vendor,
        TranslationNotes notes
    )
    {
        TurnRole? role = content.Get("role").Text() switch
        {
            null or "user" or "function" or "tool" => TurnRole.User,
            "model" => TurnRole.Assistant,
            "system" => TurnRole.System,
            _ => null,
        };
        if (role is null)
        {
            notes.Refuse(place.Member("role").Param, $"'{place.Param}.role' must be user or model.");
            return;
        }
        var turn = new Turn(role.Value);
        ReadParts(turn, content, place, calls, vendor, notes);
        conversation.Turns.Add(turn);
    }

    private static void ReadParts(Turn turn, JsonElement content, Place place, Calls calls, Protocol vendor, TranslationNotes notes)
    {
        foreach (var (name, value) in Members(content))
        {
            if (name == "parts" && value.ValueKind == JsonValueKind.Object)
                ReadPart(turn, value, place.Member(name), calls, vendor, notes);
            else if (name == "parts")
                foreach (var (part, at) in value.Items(place.Member(name), notes))
                    ReadPart(turn, part, at, calls, vendor, notes);
            else if (name != "role")
                notes.Lose(place.Member(name));
        }
    }

    private static void ReadPart(Turn turn, JsonElement part, Place place, Calls calls, Protocol vendor, TranslationNotes notes)
    {
        if (part.Text() is { } plain)
        {
            turn.Parts.Add(new TextPart(plain));
            return;
        }
        var isThought = Member(part, "thought").Flag() == true;
        if (Member(part, "thoughtSignature").Text() is { Length: > 0 } sealedText)
            ReadSeal(turn, sealedText, place.Member("thoughtSignature"), vendor, notes);
        foreach (var (name, value) in Members(part))
        {
            var at = place.Member(name);
            switch (name)
            {
                case "thought" or "thoughtSignature":
                    break;
                case "text":
                    var text = value.RequiredText(at, notes);
                    if (isThought)
                        turn.Parts.Add(new ReasoningPart(text, null));
                    else if (text.Length > 0)
                        turn.Parts.Add(new TextPart(text));
                    break;
                case "inlineData":
                    if (ReadInlineData(value, at, notes) is { } media)
                        turn.Parts.Add(media);
                    break;
                case "fileData":
                    if (ReadFileData(value, at, notes) is { } file)
                        turn.Parts.Add(file);
                    break;
                case "functionCall":
                    turn.Parts.Add(ReadCall(value, at, calls, notes));
                    break;
                case "functionResponse":
                    turn.Parts.Add(ReadResult(value, at, calls, notes));
                    break;
                default: // code that Gemini ran, settings of a video, …
                    notes.Lose(at);
                    break;
            }
        }
    }

    /// <summary>Our seal holds the reasoning before this part whole: thoughts that the client has kept as well would be the same once more.</summary>
    private static void ReadSeal(Turn turn, string sealedText, Place place, Protocol vendor, TranslationNotes notes)
    {
        if (ReasoningSeal.Open(sealedText, vendor) is not { } reasoning)
        {
            notes.Lose(place);
            return;
        }
        while (turn.Parts is [.., ReasoningPart { Signature: null, Redacted: null }])
            turn.Parts.RemoveAt(turn.Parts.Count - 1);
        turn.Parts.AddRange(reasoning);
    }

    private static Part? ReadInlineData(JsonElement data, Place place, TranslationNotes notes)
    {
        LoseOthers(data, ["mimeType", "data", "displayName"], place, notes);
        var mediaType = Member(data, "mimeType").RequiredText(place.Member("mimeType"), notes).ToLowerInvariant();
        var base64 = Member(data, "data").RequiredText(place.Member("data"), notes);
        if (mediaType.StartsWith("image/", StringComparison.Ordinal))
            return new ImagePart(null, mediaType, base64);
        if (mediaType.StartsWith("video/", StringComparison.Ordinal))
        {
            notes.Lose("contents[].parts[].inlineData", place.Param);
            return null;
        }
        if (!mediaType.StartsWith("audio/", StringComparison.Ordinal))
            return new FilePart(null, mediaType, base64, null, Member(data, "displayName").Text());
        var format = mediaType["audio/".Length..];
        return new AudioPart(
            format switch
            {
                "mpeg" => "mp3",
                "x-wav" or "wave" => "wav",
                _ => format,
            },
            base64
        );
    }

    /// <summary>Only what anybody can fetch: files in Google's stores are behind the vendor's own key.</summary>
    private static Part? ReadFileData(JsonElement data, Place place, TranslationNotes notes)
    {
        LoseOthers(data, ["mimeType", "fileUri", "displayName"], place, notes);
        var url = Member(data, "fileUri").RequiredText(place.Member("fileUri"), notes);
        var mediaType = Member(data, "mimeType").Text();
        var isOpen =
            url.StartsWith("http", StringComparison.OrdinalIgnoreCase)
            && !url.Contains("generativelanguage.googleapis.com", StringComparison.OrdinalIgnoreCase);
        if (!isOpen || mediaType?.StartsWith("video/", StringComparison.OrdinalIgnoreCase) == true)
        {
            notes.Lose("contents[].parts[].fileData", place.Param);
            return null;
        }
        return mediaType?.StartsWith("image/", StringComparison.OrdinalIgnoreCase) == true
            ? new ImagePart(url, null, null)
            : new FilePart(url, mediaType, null, null, Member(data, "displayName").Text());
    }

    private static ToolCallPart ReadCall(JsonElement call, Place place, Calls calls, TranslationNotes notes)
    {
        LoseOthers(call, ["id", "name", "args"], place, notes);
        var name = call.Get("name").RequiredText(place.Member("name"), notes);
        var arguments = call.Get("args") is { ValueKind: JsonValueKind.Object } given ? given.Raw() : "{}";
        return new ToolCallPart(calls.Add(IdOf(call), name), name, arguments);
    }

    /// <summary><c>{"output": text}</c> and <c>{"error": text}</c> are text by Gemini's convention; of any other form the JSON is the text.</summary>
    private static ToolResultPart ReadResult(JsonElement result, Place place, Calls calls, TranslationNotes notes)
    {
        LoseOthers(result, ["id", "name", "response", "parts"], place, notes);
        var name = result.Get("name").RequiredText(place.Member("name"), notes);
        var response = result.Get("response");
        var members = response.ValueKind == JsonValueKind.Object ? response.EnumerateObject().Count() : 0;
        var output = members == 1 ? response.Get("output").Text() : null;
        var error = members == 1 ? response.Get("error").Text() : null;
        var part = new ToolResultPart(calls.Take(IdOf(result), name), name, IsError: error is not null);
        var text = output ?? error ?? (response.IsNothing() ? "" : response.Raw());
        if (text.Length > 0)
            part.Parts.Add(new TextPart(text));
        var media = result.Get("parts");
        if (media.IsNothing())
            return part;
        foreach (var (inside, at) in media.Items(place.Member("parts"), notes))
        {
            foreach (var (kind, value) in Members(inside))
            {
                var read = kind switch
                {
                    "inlineData" => ReadInlineData(value, at.Member(kind), notes),
                    "fileData" => ReadFileData(value, at.Member(kind), notes),
                    _ => null,
                };
                if (read is not null)
                    part.Parts.Add(read);
                else if (kind is not ("inlineData" or "fileData"))
                    notes.Lose(at.Member(kind));
            }
        }
        return part;
    }

    private static string? IdOf(JsonElement value) => value.Get("id").Text() is { Length: > 0 } id ? id : null;

    private static void ReadTool(Conversation conversation, JsonElement tool, Place place, TranslationNotes notes)
    {
        foreach (var (name, value) in Members(tool))
        {
            if (name != "functionDeclarations")
            {
                notes.Lose(place.Member(name));
                continue;
            }
            foreach (var (function, at) in value.Items(place.Member(name), notes))
                ReadFunction(conversation, function, at, notes);
        }
    }

    private static void ReadFunction(Conversation conversation, JsonElement function, Place place, TranslationNotes notes)
    {
        LoseOthers(function, ["name", "description", "parameters", "parametersJsonSchema"], place, notes);
        JsonElement? schema =
            Member(function, "parametersJsonSchema").OrNull()
            ?? (function.Get("parameters") is { ValueKind: JsonValueKind.Object } own ? GeminiSchema.ToJsonSchema(own) : null);
        conversation.Tools.Add(
            new ToolDefinition(function.Get("name").RequiredText(place.Member("name"), notes), function.Get("description").Text(), schema)
        );
    }

    private static void ReadToolConfig(Conversation conversation, JsonElement config, Place place, TranslationNotes notes)
    {
        foreach (var (name, value) in Members(config))
        {
            if (name == "functionCallingConfig")
                ReadCalling(conversation, value, place.Member(name), notes);
            else if (!IsEmpty(value))
                notes.Lose(place.Member(name));
        }
    }

    private static void ReadCalling(Conversation conversation, JsonElement calling, Place place, TranslationNotes notes)
    {
        LoseOthers(calling, ["mode", "allowedFunctionNames"], place, notes);
        conversation.ToolChoice = calling.Get("mode").Text() switch
        {
            "ANY" or "any" => new(ToolChoiceKind.Required),
            "NONE" or "none" => new(ToolChoiceKind.None),
            "AUTO" or "auto" or "VALIDATED" or "validated" => new(ToolChoiceKind.Auto),
            _ => null,
        };
        var names = Member(calling, "allowedFunctionNames");
        if (names.IsNothing() || IsEmpty(names))
            return;
        HashSet<string> allowed = [];
        foreach (var (allowedName, at) in names.Items(place.Member("allowedFunctionNames"), notes))
            allowed.Add(allowedName.RequiredText(at, notes));
        if (allowed.Count == 1 && conversation.ToolChoice?.Kind == ToolChoiceKind.Required)
            conversation.ToolChoice = new(ToolChoiceKind.Named, allowed.Single());
        else
            conversation.Tools.RemoveAll(tool => !allowed.Contains(tool.Name)); // to the model it is the same
    }

    private static void ReadSetting(Conversation conversation, string name, JsonElement value, Place place, TranslationNotes notes)
    {
        switch (name)
        {
            case "maxOutputTokens":
                conversation.OutputLimit = value.Count();
                break;
            case "temperature":
                conversation.Temperature = value.Number(place, notes);
                break;
            case "topP":
                conversation.TopP = value.Number(place, notes);
                break;
            case "topK":
                conversation.TopK = value.Number(place, notes);
                break;
            case "seed":
                conversation.Seed = value.Number(place, notes);
                break;
            case "presencePenalty" when !value.IsZero():
                conversation.PresencePenalty = value.Number(place, notes);
                break;
            case "frequencyPenalty" when !value.IsZero():
                conversation.FrequencyPenalty = value.Number(place, notes);
                break;
            case "stopSequences":
                foreach (var (text, at) in value.Items(place, notes))
                    conversation.Stop.Add(text.RequiredText(at, notes));
                break;
            case "responseMimeType" when value.Text() == "application/json":
                conversation.Format ??= new(null, null);
                break;
            case "responseSchema":
                conversation.Format = new(null, GeminiSchema.ToJsonSchema(value));
                break;
            case "responseJsonSchema" or "ResponseJsonSchema": // the latter was _responseJsonSchema
                conversation.Format = new(null, value);
                break;
            case "thinkingConfig":
                ReadThinking(conversation, value, place, notes);
                break;
            default:
                if (!IsOff(name, value))
                    notes.Lose(place);
                break;
        }
    }

    private static bool IsOff(string name, JsonElement value) =>
        name switch
        {
            "responseMimeType" => value.Text() == "text/plain",
            "candidateCount" => value.Count() == 1,
            "presencePenalty" or "frequencyPenalty" or "logprobs" => value.IsZero(),
            "responseLogprobs" or "audioTimestamp" or "enableEnhancedCivicAnswers" => value.Flag() == false,
            "responseModalities" => value.ValueKind == JsonValueKind.Array
                && value.EnumerateArray().All(word => string.Equals(word.Text(), "TEXT", StringComparison.OrdinalIgnoreCase)),
            _ => false,
        };

    private static void ReadThinking(Conversation conversation, JsonElement thinking, Place place, TranslationNotes notes)
    {
        var wish = new ReasoningWish(null, null);
        foreach (var (name, value) in Members(thinking))
        {
            switch (name)
            {
                case "includeThoughts":
                    wish = wish with { Shows = value.Flag() };
                    break;
                case "thinkingBudget":
                    wish = value.Count() switch
                    {
                        0 => wish with { IsOff = true },
                        < 0 => wish with { IsAdaptive = true },
                        var budget => wish with { BudgetTokens = budget },
                    };
                    break;
                case "thinkingLevel":
                    var level = value.RequiredText(place.Member(name), notes).ToLowerInvariant();
                    if (level != "thinking_level_unspecified")
                        wish = wish with { Effort = level };
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
        foreach (var (name, member) in Members(value))
        {
            if (!read.Contains(name) && !IsEmpty(member))
                notes.Lose(place.Member(name));
        }
    }

    private static bool IsEmpty(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.False => true,
            JsonValueKind.Array => value.GetArrayLength() == 0,
            JsonValueKind.Object => !value.EnumerateObject().Any(),
            _ => false,
        };

    private static IEnumerable<(string Name, JsonElement Value)> Members(JsonElement value) =>
        value.Members().Select(member => (Camel(member.Name), member.Value));

    private static JsonElement Member(JsonElement value, string camel)
    {
        foreach (var (name, member) in Members(value))
        {
            if (name == camel)
                return member;
        }
        return default;
    }

    private static string Camel(string name)
    {
        if (!name.Contains('_', StringComparison.Ordinal))
            return name;
        var words = name.Split('_');
        return string.Concat(words.Select((word, i) => i == 0 || word.Length == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..]));
    }
}
