using System.Text.Json;
using Tokenline.Gateway.Protocols.OpenAI;

namespace Tokenline.Gateway.Protocols.Translation.Requests;

/// <summary>
/// A conversation → a body of chat completions, in the part of it that all its many vendors read: a message of several texts is one string, developer
/// turns are system messages.
/// </summary>
internal static class ChatRequestWriter
{
    private const int EndUserLengthMax = 64;

    public static void Write(Conversation conversation, VendorWish wish, Utf8JsonWriter json, TranslationNotes notes)
    {
        json.WriteStartObject();
        json.WriteString("model", wish.Model);
        json.WriteStartArray("messages");
        foreach (var turn in conversation.Turns)
            WriteTurn(turn, wish, json, notes);
        json.WriteEndArray();
        if (wish.Stream)
            json.WriteBoolean("stream", true);
        if (wish.Stream && !wish.Quirks.SendsUsageUnasked)
        {
            json.WriteStartObject("stream_options");
            json.WriteBoolean("include_usage", true);
            json.WriteEndObject();
        }
        if ((wish.OutputLimit ?? conversation.OutputLimit) is { } limit)
            json.WriteNumber(wish.OutputLimitField, limit);
        WriteSampling(conversation, json, notes);
        WriteTools(conversation, json, notes);
        WriteFormat(conversation.Format, json);
        WriteReasoning(conversation.Reasoning, wish.Quirks, json, notes);
        WriteEndUser(conversation.EndUser, json, notes);
        json.WriteEndObject();
    }

    private static void WriteTurn(Turn turn, VendorWish wish, Utf8JsonWriter json, TranslationNotes notes)
    {
        foreach (var part in turn.Parts)
        {
            if (part.CacheControl is not null)
                notes.Lose(LossWords.CacheControl);
        }
        switch (turn.Role)
        {
            case TurnRole.System or TurnRole.Developer:
                WriteMessage("system", turn.Parts, turn.Name, json, notes);
                break;
            case TurnRole.Assistant:
                WriteAssistant(turn, wish, json, notes);
                break;
            default:
                WriteUser(turn, json, notes);
                break;
        }
    }

    /// <summary>Results first, as messages of their own right behind the calls; then the rest, headed by what the results held beside text.</summary>
    private static void WriteUser(Turn turn, Utf8JsonWriter json, TranslationNotes notes)
    {
        List<Part> rest = [];
        foreach (var result in turn.Parts.OfType<ToolResultPart>())
        {
            WriteToolResult(result, json, notes);
            var media = result.Parts.Where(part => part is not (TextPart or FilePart { Text: not null })).ToList();
            if (media.Count == 0)
                continue;
            notes.Lose(LossWords.ToolResultMedia);
            rest.Add(new TextPart($"From the result of call {result.CallId}:"));
            rest.AddRange(media);
        }
        rest.AddRange(turn.Parts.Where(part => part is not ToolResultPart));
        WriteMessage("user", rest, turn.Name, json, notes);
    }

    private static void WriteToolResult(ToolResultPart result, Utf8JsonWriter json, TranslationNotes notes)
    {
        if (result.IsError)
            notes.Lose(LossWords.ToolResultError);
        var texts = Texts(result.Parts, notes);
        var hasMore = result.Parts.Exists(part => part is not (TextPart or FilePart { Text: not null }));
        json.WriteStartObject();
        json.WriteString("role", "tool");
        json.WriteString("tool_call_id", result.CallId);
        json.WriteString("content", texts.Length == 0 && hasMore ? "The result is in the next message." : texts);
        json.WriteEndObject();
    }

    private static void WriteAssistant(Turn turn, VendorWish wish, Utf8JsonWriter json, TranslationNotes notes)
    {
        var reasoning = Reasoning(turn, wish, notes);
        var calls = turn.Parts.OfType<ToolCallPart>().ToList();
        var refusal = string.Concat(turn.Parts.OfType<RefusalPart>().Select(part => part.Text));
        var hasText = turn.Parts.Exists(part => part is TextPart { Text.Length: > 0 });
        if (!hasText && calls.Count == 0 && refusal.Length == 0)
            return;
        json.WriteStartObject();
        json.WriteString("role", "assistant");
        WriteName(turn.Name, json);
        if (reasoning.Length > 0)
            json.WriteString("reasoning_content", reasoning);
        if (hasText)
            json.WriteString("content", Texts(turn.Parts, notes));
        else
            json.WriteNull("content");
        if (refusal.Length > 0)
            json.WriteString("refusal", refusal);
        if (calls.Count > 0)
        {
            json.WriteStartArray("tool_calls");
            foreach (var call in calls)
                WriteToolCall(call, json, notes);
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    /// <summary>The reasoning that this vendor wants back, or nothing.</summary>
    private static string Reasoning(Turn turn, VendorWish wish, TranslationNotes notes)
    {
        List<string> texts = [];
        foreach (var part in turn.Parts.OfType<ReasoningPart>())
        {
            if (part.Signature is not null || part.Redacted is not null)
                notes.Lose(LossWords.ReasoningSeal);
            if (part.Text.Length == 0)
                continue;
            if (wish.Quirks.ReturnsReasoning)
                texts.Add(part.Text);
            else
                notes.Lose(LossWords.Reasoning);
        }
        return string.Join("\n\n", texts);
    }

    private static void WriteToolCall(ToolCallPart call, Utf8JsonWriter json, TranslationNotes notes)
    {
        if (call.Signature is not null)
            notes.Lose(LossWords.ToolCallSeal);
        json.WriteStartObject();
        json.WriteString("id", call.Id);
        json.WriteString("type", call.IsCustom ? "custom" : "function");
        json.WriteStartObject(call.IsCustom ? "custom" : "function");
        json.WriteString("name", call.Name);
        if (call.IsCustom)
            json.WriteString("input", call.Arguments);
        else
            json.WriteString("arguments", string.IsNullOrWhiteSpace(call.Arguments) ? "{}" : call.Arguments);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>A message of system or user. One of nothing is left out.</summary>
    private static void WriteMessage(string role, List<Part> parts, string? name, Utf8JsonWriter json, TranslationNotes notes)
    {
        var isPlain = parts.TrueForAll(part => part is TextPart or FilePart { Text: not null });
        var text = isPlain ? Texts(parts, notes) : "";
        if (isPlain && text.Length == 0)
            return;
        json.WriteStartObject();
        json.WriteString("role", role);
        WriteName(name, json);
        if (isPlain)
        {
            json.WriteString("content", text);
        }
        else
        {
            json.WriteStartArray("content");
            foreach (var part in parts)
                WritePart(part, json, notes);
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    private static void WriteName(string? name, Utf8JsonWriter json)
    {
        if (!string.IsNullOrEmpty(name))
            json.WriteString("name", name);
    }

    private static void WritePart(Part part, Utf8JsonWriter json, TranslationNotes notes)
    {
        switch (part)
        {
            case TextPart { Text.Length: > 0 } text:
                WriteText(text.Text, json);
                break;
            case ImagePart image:
                json.WriteStartObject();
                json.WriteString("type", "image_url");
                json.WriteStartObject("image_url");
                json.WriteString("url", image.Url ?? DataUrl.Of(image.MediaType, image.Base64!));
                if (image.Detail is not null)
                    json.WriteString("detail", image.Detail);
                json.WriteEndObject();
                json.WriteEndObject();
                break;
            case AudioPart audio:
                json.WriteStartObject();
                json.WriteString("type", "input_audio");
                json.WriteStartObject("input_audio");
                json.WriteString("data", audio.Base64);
                json.WriteString("format", audio.Format);
                json.WriteEndObject();
                json.WriteEndObject();
                break;
            case FilePart { Text: { } text } file:
                LoseTitle(file, notes);
                WriteText(text, json);
                break;
            case FilePart { Base64: { } base64 } file:
                json.WriteStartObject();
                json.WriteString("type", "file");
                json.WriteStartObject("file");
                json.WriteString("filename", file.Name ?? "document.pdf"); // OpenAI demands one
                json.WriteString("file_data", DataUrl.Of(file.MediaType, base64));
                json.WriteEndObject();
                json.WriteEndObject();
                break;
            case FilePart:
                notes.Lose(LossWords.FileUrl);
                break;
        }
    }

    private static void WriteText(string text, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("type", "text");
        json.WriteString("text", text);
        json.WriteEndObject();
    }

    /// <summary>Several texts become one, with an empty line between: some vendors read only a string here.</summary>
    private static string Texts(List<Part> parts, TranslationNotes notes)
    {
        List<string> texts = [];
        foreach (var part in parts)
        {
            if (part is TextPart { Text.Length: > 0 } text)
                texts.Add(text.Text);
            if (part is not FilePart { Text: { } plain } file)
                continue;
            LoseTitle(file, notes);
            texts.Add(plain);
        }
        return string.Join("\n\n", texts);
    }

    private static void LoseTitle(FilePart file, TranslationNotes notes)
    {
        if (file.Name is not null)
            notes.Lose(LossWords.FileName);
    }

    private static void WriteSampling(Conversation conversation, Utf8JsonWriter json, TranslationNotes notes)
    {
        if (conversation.Temperature is { } temperature)
            json.WriteAsWritten("temperature", temperature);
        if (conversation.TopP is { } topP)
            json.WriteAsWritten("top_p", topP);
        if (conversation.Seed is { } seed)
            json.WriteAsWritten("seed", seed);
        if (conversation.PresencePenalty is { } presence)
            json.WriteAsWritten("presence_penalty", presence);
        if (conversation.FrequencyPenalty is { } frequency)
            json.WriteAsWritten("frequency_penalty", frequency);
        if (conversation.TopK is not null)
            notes.Lose(LossWords.TopK);
        if (conversation.Stop.Count == 0)
            return;
        json.WriteStartArray("stop");
        foreach (var stop in conversation.Stop)
            json.WriteStringValue(stop);
        json.WriteEndArray();
    }

    private static void WriteTools(Conversation conversation, Utf8JsonWriter json, TranslationNotes notes)
    {
        if (conversation.Tools.Count == 0)
            return; // OpenAI refuses a choice among no tools
        json.WriteStartArray("tools");
        foreach (var tool in conversation.Tools)
            WriteTool(tool, json, notes);
        json.WriteEndArray();
        if (conversation.ToolChoice is { } choice)
            WriteToolChoice(choice, conversation, json);
        if (conversation.ParallelToolCalls is { } parallel)
            json.WriteBoolean("parallel_tool_calls", parallel);
    }

    private static void WriteTool(ToolDefinition tool, Utf8JsonWriter json, TranslationNotes notes)
    {
        if (tool.CacheControl is not null)
            notes.Lose(LossWords.CacheControl);
        json.WriteStartObject();
        json.WriteString("type", tool.IsCustom ? "custom" : "function");
        json.WriteStartObject(tool.IsCustom ? "custom" : "function");
        json.WriteString("name", tool.Name);
        if (tool.Description is not null)
            json.WriteString("description", tool.Description);
        if (tool.Schema is { } schema)
            json.WriteAsWritten("parameters", schema);
        if (tool.Strict is { } strict)
            json.WriteBoolean("strict", strict);
        if (tool.Grammar is { } grammar)
            json.WriteAsWritten("format", grammar);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteToolChoice(ToolChoice choice, Conversation conversation, Utf8JsonWriter json)
    {
        switch (choice.Kind)
        {
            case ToolChoiceKind.Auto:
                json.WriteString("tool_choice", "auto");
                break;
            case ToolChoiceKind.None:
                json.WriteString("tool_choice", "none");
                break;
            case ToolChoiceKind.Required:
                json.WriteString("tool_choice", "required");
                break;
            case ToolChoiceKind.Named:
                var type = conversation.Tools.Exists(tool => tool.IsCustom && tool.Name == choice.Name) ? "custom" : "function";
                json.WriteStartObject("tool_choice");
                json.WriteString("type", type);
                json.WriteStartObject(type);
                json.WriteString("name", choice.Name);
                json.WriteEndObject();
                json.WriteEndObject();
                break;
        }
    }

    private static void WriteFormat(OutputFormat? format, Utf8JsonWriter json)
    {
        if (format is null)
            return;
        json.WriteStartObject("response_format");
        json.WriteString("type", format.Schema is null ? "json_object" : "json_schema");
        if (format.Schema is { } schema)
        {
            json.WriteStartObject("json_schema");
            json.WriteString("name", format.Name ?? "answer"); // a name is demanded
            if (format.Description is not null)
                json.WriteString("description", format.Description);
            json.WriteAsWritten("schema", schema);
            if (format.Strict is { } strict)
                json.WriteBoolean("strict", strict);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    /// <summary>Chat completions have only words; a model that decides for itself is what they do unasked.</summary>
    private static void WriteReasoning(ReasoningWish? wish, VendorQuirks quirks, Utf8JsonWriter json, TranslationNotes notes)
    {
        if (wish is null)
            return;
        if (wish.Shows is not null)
            notes.Lose(LossWords.ReasoningShown);
        if (wish.IsOff && quirks.ReasoningOff is { } off)
        {
            WriteMember(off, json);
            return;
        }
        if (quirks.EffortsEndAtHigh && wish.Effort is ("xhigh" or "max"))
        {
            notes.Lose(LossWords.EffortAboveHigh);
            wish = wish with { Effort = "high" };
        }
        var effort =
            wish.IsOff ? "none"
            : wish.Effort == "max" ? "xhigh"
            : wish.Effort ?? (wish.BudgetTokens is { } budget ? Efforts.OfBudget(budget) : null);
        if (effort is not null)
            json.WriteString("reasoning_effort", effort);
    }

    /// <summary>A member as it is written in a table: <c>"name":value</c>.</summary>
    private static void WriteMember(string member, Utf8JsonWriter json)
    {
        var colon = member.IndexOf(':', StringComparison.Ordinal);
        json.WritePropertyName(member[1..(colon - 1)]);
        json.WriteRawValue(member[(colon + 1)..]);
    }

    /// <summary>OpenAI takes 64 characters, DeepSeek only these letters: a longer name, such as Claude Code's, would cost the whole call.</summary>
    private static void WriteEndUser(string? user, Utf8JsonWriter json, TranslationNotes notes)
    {
        if (string.IsNullOrEmpty(user))
            return;
        if (user.Length <= EndUserLengthMax && ToolCallIds.IsPlain(user))
            json.WriteString("user", user);
        else
            notes.Lose(LossWords.EndUser);
    }
}
