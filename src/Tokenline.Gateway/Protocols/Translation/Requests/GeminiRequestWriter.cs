using System.Text;
using System.Text.Json;

namespace Tokenline.Gateway.Protocols.Translation.Requests;

/// <summary>
/// A conversation → a body of Gemini's <c>generateContent</c>; model and streaming are in the path. Schemas go as JSON schemas, so that they pass as
/// they are. A system turn between others has no place of its own and stays where it was as a marked text of the user.
/// </summary>
internal static class GeminiRequestWriter
{
    /// <summary>By Google's own word for calls that another model made; Gemini 3 and later refuse a call without any seal.</summary>
    private const string NoSeal = "skip_thought_signature_validator";

    private const int BudgetMax = 24_576; // the least of the models that take budgets

    public static void Write(Conversation conversation, VendorWish wish, Utf8JsonWriter json, TranslationNotes notes)
    {
        var contents = Contents(conversation.Turns, out var system, notes);
        if (contents.Count == 0)
            notes.Refuse(null, "This model's vendor needs at least one turn of the user or the assistant.");
        json.WriteStartObject();
        if (system.Count > 0)
        {
            json.WriteStartObject("systemInstruction");
            WriteParts(system, json, notes);
            json.WriteEndObject();
        }
        json.WriteStartArray("contents");
        var names = Names(contents);
        var takesNoSeal = IsOld(wish.Model);
        for (var i = 0; i < contents.Count; i++)
        {
            json.WriteStartObject();
            json.WriteString("role", contents[i].IsModel ? "model" : "user");
            if (contents[i].IsModel)
                WriteModel(contents[i], takesNoSeal, json, notes);
            else
                WriteUser(contents[i], i > 0 ? contents[i - 1] : null, names, json, notes);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        WriteTools(conversation, json, notes);
        WriteSettings(conversation, wish, json, notes);
        if (!string.IsNullOrEmpty(conversation.EndUser))
            notes.Lose(LossWords.EndUser);
        json.WriteEndObject();
    }

    /// <summary>Models before Gemini 3 take budgets instead of levels, and calls without a seal.</summary>
    private static bool IsOld(string model) =>
        model.Contains("gemini-1", StringComparison.OrdinalIgnoreCase) || model.Contains("gemini-2", StringComparison.OrdinalIgnoreCase);

    private sealed record Content(bool IsModel)
    {
        public List<Part> Parts { get; } = [];
    }

    /// <summary>Turns of one role in a row become one content: results must be in the one behind their calls.</summary>
    private static List<Content> Contents(List<Turn> turns, out List<Part> system, TranslationNotes notes)
    {
        system = [];
        List<Content> contents = [];
        foreach (var turn in turns)
        {
            if (!string.IsNullOrEmpty(turn.Name))
                notes.Lose(LossWords.TurnName);
            var parts = turn.Parts.FindAll(part => CanBeSaid(part, notes));
            if (parts.Count == 0)
                continue; // Gemini refuses contents of nothing
            var isSystem = turn.Role is TurnRole.System or TurnRole.Developer;
            if (isSystem && contents.Count == 0)
            {
                system.AddRange(parts);
                continue;
            }
            var isModel = turn.Role == TurnRole.Assistant;
            if (contents is not [.., { } content] || content.IsModel != isModel)
                contents.Add(content = new Content(isModel));
            if (!isSystem)
            {
                content.Parts.AddRange(parts);
                continue;
            }
            notes.Lose(LossWords.SystemTurn);
            content.Parts.AddRange(parts.Select(Reminder));
        }
        return contents;
    }

    /// <summary>Texts of nothing are refused, and of reasoning only Gemini's own seal counts.</summary>
    private static bool CanBeSaid(Part part, TranslationNotes notes)
    {
        switch (part)
        {
            case TextPart { Text.Length: 0 } or RefusalPart { Text.Length: 0 } or FilePart { Text.Length: 0 }:
                return false;
            case ReasoningPart reasoning when GeminiSeal.Open(reasoning.Signature) is null:
                notes.Lose(reasoning.Signature is null && reasoning.Redacted is null ? LossWords.Reasoning : LossWords.ReasoningSeal);
                return false;
            default:
                return true;
        }
    }

    private static Part Reminder(Part part) =>
        part is TextPart text
            ? new TextPart($"<system-reminder>\n{text.Text}\n</system-reminder>") { CacheControl = part.CacheControl }
            : part;

    /// <summary>Results must name their tool, and only the call knows it.</summary>
    private static Dictionary<string, string> Names(List<Content> contents)
    {
        Dictionary<string, string> names = [];
        foreach (var call in contents.SelectMany(content => content.Parts).OfType<ToolCallPart>())
            names[call.Id] = call.Name;
        return names;
    }

    /// <summary>
    /// A seal belongs to the next part that is no thought; at the end, to an empty text. Thoughts themselves are not sent: to Gemini only the seal
    /// counts.
    /// </summary>
    private static void WriteModel(Content content, bool takesNoSeal, Utf8JsonWriter json, TranslationNotes notes)
    {
        json.WriteStartArray("parts");
        string? seal = null;
        var needsSeal = !takesNoSeal; // of the calls that stand together, the first has it
        foreach (var part in content.Parts)
        {
            if (part is ReasoningPart reasoning)
            {
                if (seal is not null)
                    WriteText("", seal, json);
                seal = GeminiSeal.Open(reasoning.Signature);
                continue;
            }
            if (part is ToolCallPart call)
            {
                var own = SealOf(call, notes);
                if (own is not null && seal is not null)
                    WriteText("", seal, json);
                WriteCall(call, own ?? seal ?? (needsSeal ? NoSeal : null), json);
                needsSeal = false;
            }
            else
            {
                WritePart(part, seal, json, notes);
            }
            seal = null;
        }
        if (seal is not null)
            WriteText("", seal, json);
        json.WriteEndArray();
    }

    private static string? SealOf(ToolCallPart call, TranslationNotes notes)
    {
        var carried = call.Signature ?? GeminiCallIds.Seal(call.Id);
        var own = GeminiSeal.Open(carried);
        if (carried is not null && own is null)
            notes.Lose(LossWords.ToolCallSeal);
        return own;
    }

    /// <summary>Results in the order of their calls, by which Gemini matches those that have no id.</summary>
    private static void WriteUser(
        Content content,
        Content? before,
        Dictionary<string, string> names,
        Utf8JsonWriter json,
        TranslationNotes notes
    )
    {
        var calls = before?.Parts.OfType<ToolCallPart>().Select(call => call.Id).ToList() ?? [];
        json.WriteStartArray("parts");
        var results = content
            .Parts.OfType<ToolResultPart>()
            .OrderBy(result => calls.IndexOf(result.CallId) is >= 0 and var at ? at : int.MaxValue);
        foreach (var result in results)
            WriteResult(result, names, json, notes);
        foreach (var part in content.Parts)
        {
            if (part is not ToolResultPart)
                WritePart(part, null, json, notes);
        }
        json.WriteEndArray();
    }

    private static void WriteResult(ToolResultPart result, Dictionary<string, string> names, Utf8JsonWriter json, TranslationNotes notes)
    {
        LoseCacheControl(result, notes);
        var name = names.GetValueOrDefault(result.CallId) ?? result.Name;
        if (name is null)
        {
            notes.Refuse(null, $"There is no call '{result.CallId}' for this tool result.");
            return;
        }
        json.WriteStartObject();
        json.WriteStartObject("functionResponse");
        WriteId(result.CallId, json);
        json.WriteString("name", name);
        json.WriteStartObject("response");
        json.WriteString(result.IsError ? "error" : "output", Texts(result.Parts));
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
        foreach (var part in result.Parts)
        {
            if (part is not (TextPart or FilePart { Text: not null }))
                WritePart(part, null, json, notes); // beside the result, where every model sees it
            else
                LoseCacheControl(part, notes);
        }
    }

    private static string Texts(List<Part> parts) =>
        string.Join(
            "\n\n",
            parts.Select(part => (part as TextPart)?.Text ?? (part as FilePart)?.Text).Where(text => !string.IsNullOrEmpty(text))
        );

    private static void WriteParts(List<Part> parts, Utf8JsonWriter json, TranslationNotes notes)
    {
        json.WriteStartArray("parts");
        foreach (var part in parts)
            WritePart(part, null, json, notes);
        json.WriteEndArray();
    }

    private static void WritePart(Part part, string? seal, Utf8JsonWriter json, TranslationNotes notes)
    {
        LoseCacheControl(part, notes);
        switch (part)
        {
            case TextPart text:
                WriteText(text.Text, seal, json);
                break;
            case RefusalPart refusal:
                WriteText(refusal.Text, seal, json);
                break;
            case ImagePart image:
                if (image.Detail is not (null or "auto"))
                    notes.Lose(LossWords.ImageDetail);
                WriteMedia(image.Url, image.MediaType ?? MediaTypes.OfImage(image.Url), image.Base64, json);
                break;
            case AudioPart audio:
                WriteMedia(null, $"audio/{audio.Format}", audio.Base64, json);
                break;
            case FilePart file:
                if (file.Name is not null)
                    notes.Lose(LossWords.FileName);
                if (file.Text is { } plain)
                    WriteText(plain, seal, json);
                else
                    WriteMedia(file.Url, file.MediaType ?? MediaTypes.OfFile(file.Url), file.Base64, json);
                break;
        }
    }

    private static void LoseCacheControl(Part part, TranslationNotes notes)
    {
        if (part.CacheControl is not null)
            notes.Lose(LossWords.CacheControl);
    }

    private static void WriteText(string text, string? seal, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("text", text);
        WriteSeal(seal, json);
        json.WriteEndObject();
    }

    private static void WriteMedia(string? url, string mediaType, string? base64, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartObject(url is null ? "inlineData" : "fileData");
        json.WriteString("mimeType", mediaType);
        json.WriteString(url is null ? "data" : "fileUri", url ?? base64);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteCall(ToolCallPart call, string? seal, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartObject("functionCall");
        WriteId(call.Id, json);
        json.WriteString("name", call.Name);
        json.WritePropertyName("args");
        WriteArguments(call, json);
        json.WriteEndObject();
        WriteSeal(seal, json);
        json.WriteEndObject();
    }

    /// <summary>Arguments that are no object, of a custom tool or a model's slip, have to be inside one.</summary>
    private static void WriteArguments(ToolCallPart call, Utf8JsonWriter json)
    {
        if (string.IsNullOrWhiteSpace(call.Arguments))
        {
            json.WriteStartObject();
            json.WriteEndObject();
            return;
        }
        if (!call.IsCustom && IsObject(call.Arguments))
        {
            json.WriteRawValue(call.Arguments, skipInputValidation: true);
            return;
        }
        json.WriteStartObject();
        json.WriteString(ClientToolNames.CustomInput, call.Arguments);
        json.WriteEndObject();
    }

    private static bool IsObject(string arguments)
    {
        try
        {
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(arguments), new JsonReaderOptions { MaxDepth = 256 });
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
                return false;
            reader.Skip();
            return !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static void WriteId(string id, Utf8JsonWriter json)
    {
        if (id.Length > 0 && !GeminiCallIds.IsMade(id))
            json.WriteString("id", GeminiCallIds.Plain(id));
    }

    private static void WriteSeal(string? seal, Utf8JsonWriter json)
    {
        if (seal is not null)
            json.WriteString("thoughtSignature", seal);
    }

    private static void WriteTools(Conversation conversation, Utf8JsonWriter json, TranslationNotes notes)
    {
        if (conversation.Tools.Count == 0)
            return;
        json.WriteStartArray("tools");
        json.WriteStartObject();
        json.WriteStartArray("functionDeclarations");
        foreach (var tool in conversation.Tools)
            WriteTool(tool, json, notes);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        if (conversation.ParallelToolCalls == false)
            notes.Lose(LossWords.SerialToolCalls);
        if (conversation.ToolChoice is { } choice)
            WriteToolChoice(choice, json);
    }

    private static void WriteTool(ToolDefinition tool, Utf8JsonWriter json, TranslationNotes notes)
    {
        if (tool.IsCustom)
            notes.Lose(LossWords.CustomTool);
        if (tool.Strict == true)
            notes.Lose(LossWords.ToolStrictness);
        if (tool.CacheControl is not null)
            notes.Lose(LossWords.CacheControl);
        json.WriteStartObject();
        json.WriteString("name", tool.Name);
        if (!string.IsNullOrEmpty(tool.Description))
            json.WriteString("description", tool.Description);
        if (tool.Schema is { } schema)
            json.WriteAsWritten("parametersJsonSchema", schema);
        json.WriteEndObject();
    }

    private static void WriteToolChoice(ToolChoice choice, Utf8JsonWriter json)
    {
        json.WriteStartObject("toolConfig");
        json.WriteStartObject("functionCallingConfig");
        json.WriteString(
            "mode",
            choice.Kind switch
            {
                ToolChoiceKind.None => "NONE",
                ToolChoiceKind.Auto => "AUTO",
                _ => "ANY",
            }
        );
        if (choice.Kind == ToolChoiceKind.Named)
        {
            json.WriteStartArray("allowedFunctionNames");
            json.WriteStringValue(choice.Name);
            json.WriteEndArray();
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteSettings(Conversation conversation, VendorWish wish, Utf8JsonWriter json, TranslationNotes notes)
    {
        json.WriteStartObject("generationConfig");
        if ((wish.OutputLimit ?? conversation.OutputLimit) is { } limit)
            json.WriteNumber("maxOutputTokens", limit);
        if (conversation.Temperature is { } temperature)
            json.WriteAsWritten("temperature", temperature);
        if (conversation.TopP is { } topP)
            json.WriteAsWritten("topP", topP);
        if (conversation.TopK is { } topK)
            json.WriteAsWritten("topK", topK);
        if (conversation.Seed is { } seed)
            json.WriteAsWritten("seed", seed);
        if (conversation.PresencePenalty is { } presence)
            json.WriteAsWritten("presencePenalty", presence);
        if (conversation.FrequencyPenalty is { } frequency)
            json.WriteAsWritten("frequencyPenalty", frequency);
        if (conversation.Stop.Count > 0)
        {
            json.WriteStartArray("stopSequences");
            foreach (var stop in conversation.Stop)
                json.WriteStringValue(stop);
            json.WriteEndArray();
        }
        WriteFormat(conversation.Format, json, notes);
        WriteThinking(conversation.Reasoning, IsOld(wish.Model), json, notes);
        json.WriteEndObject();
    }

    private static void WriteFormat(OutputFormat? format, Utf8JsonWriter json, TranslationNotes notes)
    {
        if (format is null)
            return;
        if (!string.IsNullOrEmpty(format.Name) || !string.IsNullOrEmpty(format.Description))
            notes.Lose(LossWords.FormatLabel);
        json.WriteString("responseMimeType", "application/json");
        if (format.Schema is { } schema)
            json.WriteAsWritten("responseJsonSchema", schema);
    }

    private static void WriteThinking(ReasoningWish? wish, bool takesBudget, Utf8JsonWriter json, TranslationNotes notes)
    {
        if (wish is null)
            return;
        json.WriteStartObject("thinkingConfig");
        if (!wish.IsOff && wish.Shows != false)
            json.WriteBoolean("includeThoughts", true);
        if (wish.IsOff)
            json.WriteNumber("thinkingBudget", 0);
        else if (wish.Effort is { } effort && !takesBudget)
            json.WriteString("thinkingLevel", Level(effort, notes));
        else if (wish.BudgetTokens is { } budget)
            json.WriteNumber("thinkingBudget", budget);
        else if (wish.Effort is { } word)
            json.WriteNumber("thinkingBudget", Math.Min(Efforts.BudgetOf(word), BudgetMax));
        else if (wish.IsAdaptive)
            json.WriteNumber("thinkingBudget", -1);
        json.WriteEndObject();
    }

    private static string Level(string effort, TranslationNotes notes)
    {
        if (effort is not ("xhigh" or "max"))
            return effort;
        notes.Lose(LossWords.EffortAboveHigh);
        return "high";
    }
}
