using System.Text;
using System.Text.Json;

namespace Tokenline.Gateway.Protocols.Translation.Requests;

/// <summary>A conversation → a body of Anthropic's messages.</summary>
internal static class MessagesRequestWriter
{
    private const int BudgetMin = 1_024;
    private const int EndUserLengthMax = 256;

    public static void Write(Conversation conversation, VendorWish wish, Utf8JsonWriter json, TranslationNotes notes)
    {
        var model = ClaudeModel.Of(wish.Model);
        var limit = wish.Limit(conversation.OutputLimit);
        var messages = Messages(conversation.Turns, model, out var system, notes);
        if (messages.Count == 0)
            notes.Refuse("messages", "This model's vendor needs at least one message of the user or the assistant.");

        json.WriteStartObject();
        json.WriteString("model", wish.Model);
        json.WriteNumber("max_tokens", limit);
        if (wish.Stream)
            json.WriteBoolean("stream", true);
        if (system.Count > 0)
        {
            json.WriteStartArray("system");
            foreach (var part in system)
                WritePart(part, json, notes);
            json.WriteEndArray();
        }
        json.WriteStartArray("messages");
        foreach (var message in messages)
            WriteMessage(message, json, notes);
        json.WriteEndArray();
        WriteTools(conversation, json, notes);
        var thinks = WriteThinking(conversation, messages, model, limit, json, notes);
        WriteSampling(conversation, model, thinks, json, notes);
        WriteOutputConfig(conversation, model, json, notes);
        WriteEndUser(conversation.EndUser, model, json, notes);
        json.WriteEndObject();
    }

    private static void WriteEndUser(string? user, ClaudeModel model, Utf8JsonWriter json, TranslationNotes notes)
    {
        if (string.IsNullOrEmpty(user))
            return;
        if (user.Length > EndUserLengthMax || !(model.TakesAnyEndUser || ToolCallIds.IsPlain(user)))
        {
            notes.Lose(LossWords.EndUser);
            return;
        }
        json.WriteStartObject("metadata");
        json.WriteString("user_id", user);
        json.WriteEndObject();
    }

    private sealed record Message(string Role)
    {
        public List<Part> Parts { get; } = [];
    }

    /// <summary>
    /// Leading system turns become the system prompt, later ones stay where they are. Turns of one role in a row become one message: the API would
    /// join them too, but wants results in the one message behind their calls.
    /// </summary>
    private static List<Message> Messages(List<Turn> turns, ClaudeModel model, out List<Part> system, TranslationNotes notes)
    {
        system = [];
        List<Message> messages = [];
        foreach (var turn in turns)
        {
            if (!string.IsNullOrEmpty(turn.Name))
                notes.Lose(LossWords.TurnName);
            var parts = turn.Parts.FindAll(part => CanBeSaid(part, notes));
            var role = turn.Role switch
            {
                TurnRole.User => "user",
                TurnRole.Assistant => "assistant",
                _ => "system",
            };
            if (role == "system" && messages.Count == 0)
                system.AddRange(parts);
            else if (parts.Count > 0)
                MessageOf(role, messages).Parts.AddRange(parts);
        }
        return WithSystemTurnsTaken(messages, model, notes);
    }

    /// <summary>
    /// A system turn is taken behind the user's and before an answer, by newer models. Anywhere else it is told in the user's turn, in the tags that
    /// the models know for it.
    /// </summary>
    private static List<Message> WithSystemTurnsTaken(List<Message> messages, ClaudeModel model, TranslationNotes notes)
    {
        List<Message> taken = [];
        for (var i = 0; i < messages.Count; i++)
        {
            var message = messages[i];
            var isTaken =
                message.Role != "system"
                || (
                    model.TakesSystemTurns
                    && taken is [.., { Role: "user" }]
                    && (i == messages.Count - 1 || messages[i + 1].Role == "assistant")
                );
            if (isTaken)
            {
                MessageOf(message.Role, taken).Parts.AddRange(message.Parts);
                continue;
            }
            notes.Lose(LossWords.SystemTurn);
            MessageOf("user", taken).Parts.AddRange(message.Parts.Select(Reminder));
        }
        return taken;
    }

    private static Part Reminder(Part part) =>
        part is TextPart text ? text with { Text = $"<system-reminder>\n{text.Text}\n</system-reminder>" } : part;

    private static Message MessageOf(string role, List<Message> messages)
    {
        if (messages is not [.., { } last] || last.Role != role)
            messages.Add(last = new Message(role));
        return last;
    }

    /// <summary>The vendor refuses texts of nothing, and reasoning without its seal.</summary>
    private static bool CanBeSaid(Part part, TranslationNotes notes)
    {
        if (part is ReasoningPart reasoning && !IsSealed(reasoning))
        {
            notes.Lose(LossWords.Reasoning);
            return false;
        }
        return part is not (TextPart or RefusalPart) || !string.IsNullOrWhiteSpace(TextOf(part));
    }

    private static bool IsSealed(ReasoningPart part) => part.Signature is not null || part.Redacted is not null;

    private static string TextOf(Part part) => part is TextPart text ? text.Text : ((RefusalPart)part).Text;

    private static void WriteMessage(Message message, Utf8JsonWriter json, TranslationNotes notes)
    {
        json.WriteStartObject();
        json.WriteString("role", message.Role);
        json.WriteStartArray("content");
        foreach (var result in message.Parts.OfType<ToolResultPart>()) // results come first in their message
            WriteToolResult(result, json, notes);
        foreach (var part in message.Parts)
        {
            if (part is not ToolResultPart)
                WritePart(part, json, notes);
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WritePart(Part part, Utf8JsonWriter json, TranslationNotes notes)
    {
        switch (part)
        {
            case TextPart or RefusalPart:
                json.WriteStartObject();
                json.WriteString("type", "text");
                json.WriteString("text", TextOf(part));
                EndBlock(part, json);
                break;
            case ImagePart image:
                if (image.Detail is not (null or "auto"))
                    notes.Lose(LossWords.ImageDetail);
                json.WriteStartObject();
                json.WriteString("type", "image");
                WriteSource(image.Url, image.MediaType, image.Base64, json);
                EndBlock(part, json);
                break;
            case FilePart file:
                WriteDocument(file, json, notes);
                break;
            case AudioPart:
                notes.Lose(LossWords.Audio);
                break;
            case ReasoningPart { Redacted: { } data }:
                json.WriteStartObject();
                json.WriteString("type", "redacted_thinking");
                json.WriteString("data", data);
                json.WriteEndObject();
                break;
            case ReasoningPart reasoning:
                json.WriteStartObject();
                json.WriteString("type", "thinking");
                json.WriteString("thinking", reasoning.Text);
                json.WriteString("signature", reasoning.Signature);
                json.WriteEndObject();
                break;
            case ToolCallPart call:
                WriteToolCall(call, json, notes);
                break;
        }
    }

    private static void EndBlock(Part part, Utf8JsonWriter json)
    {
        if (part.CacheControl is { } cache)
            json.WriteAsWritten("cache_control", cache);
        json.WriteEndObject();
    }

    private static void WriteSource(string? url, string? mediaType, string? base64, Utf8JsonWriter json)
    {
        json.WriteStartObject("source");
        json.WriteString("type", url is null ? "base64" : "url");
        if (url is null)
        {
            json.WriteString("media_type", mediaType);
            json.WriteString("data", base64);
        }
        else
        {
            json.WriteString("url", url);
        }
        json.WriteEndObject();
    }

    private static void WriteDocument(FilePart file, Utf8JsonWriter json, TranslationNotes notes)
    {
        var text = file.Text;
        if (file.Base64 is not null && file.MediaType != "application/pdf" && (text = PlainText(file)) is null)
        {
            notes.Lose(LossWords.FileType);
            return;
        }
        json.WriteStartObject();
        json.WriteString("type", "document");
        if (text is null)
        {
            WriteSource(file.Url, file.MediaType, file.Base64, json);
        }
        else
        {
            json.WriteStartObject("source");
            json.WriteString("type", "text");
            json.WriteString("media_type", "text/plain");
            json.WriteString("data", text);
            json.WriteEndObject();
        }
        if (!string.IsNullOrEmpty(file.Name))
            json.WriteString("title", file.Name);
        EndBlock(file, json);
    }

    private static string? PlainText(FilePart file)
    {
        var bytes = new byte[file.Base64!.Length];
        return
            file.MediaType?.StartsWith("text/", StringComparison.Ordinal) == true
            && Convert.TryFromBase64String(file.Base64, bytes, out var length)
            ? Encoding.UTF8.GetString(bytes, 0, length)
            : null;
    }

    private static void WriteToolCall(ToolCallPart call, Utf8JsonWriter json, TranslationNotes notes)
    {
        if (call.IsCustom)
            notes.Lose(LossWords.CustomTool);
        if (call.Signature is not null)
            notes.Lose(LossWords.ToolCallSeal);
        json.WriteStartObject();
        json.WriteString("type", "tool_use");
        json.WriteString("id", ToolCallIds.ForMessages(call.Id));
        json.WriteString("name", call.Name);
        json.WritePropertyName("input");
        if (string.IsNullOrWhiteSpace(call.Arguments))
            json.WriteRawValue("{}"u8);
        else if (IsObject(call.Arguments))
            json.WriteRawValue(call.Arguments, skipInputValidation: true);
        else
            notes.Refuse("messages", $"The arguments of the call '{call.Id}' of the tool '{call.Name}' are not a JSON object.");
        EndBlock(call, json);
    }

    private static bool IsObject(string arguments)
    {
        try
        {
            using var document = JsonDocument.Parse(arguments);
            return document.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static void WriteToolResult(ToolResultPart result, Utf8JsonWriter json, TranslationNotes notes)
    {
        json.WriteStartObject();
        json.WriteString("type", "tool_result");
        json.WriteString("tool_use_id", ToolCallIds.ForMessages(result.CallId));
        if (result.Parts.Exists(part => CanBeSaid(part, notes)))
        {
            json.WriteStartArray("content");
            foreach (var part in result.Parts)
            {
                if (CanBeSaid(part, notes))
                    WritePart(part, json, notes);
            }
            json.WriteEndArray();
        }
        if (result.IsError)
            json.WriteBoolean("is_error", true);
        EndBlock(result, json);
    }

    private static void WriteTools(Conversation conversation, Utf8JsonWriter json, TranslationNotes notes)
    {
        if (conversation.Tools.Count == 0)
            return; // a choice among no tools is refused
        json.WriteStartArray("tools");
        foreach (var tool in conversation.Tools)
            WriteTool(tool, json, notes);
        json.WriteEndArray();
        WriteToolChoice(conversation, json);
    }

    private static void WriteTool(ToolDefinition tool, Utf8JsonWriter json, TranslationNotes notes)
    {
        if (tool.IsCustom)
            notes.Lose(LossWords.CustomTool);
        json.WriteStartObject();
        json.WriteString("name", tool.Name);
        if (tool.Description is not null)
            json.WriteString("description", tool.Description);
        WriteSchema(tool.Schema, json);
        if (tool.Strict == true)
            json.WriteBoolean("strict", true);
        if (tool.CacheControl is { } cache)
            json.WriteAsWritten("cache_control", cache);
        json.WriteEndObject();
    }

    /// <summary>The vendor demands a schema, and one that says it is an object's.</summary>
    private static void WriteSchema(JsonElement? schema, Utf8JsonWriter json)
    {
        if (schema is { } known && !known.Get("type").IsNothing())
        {
            json.WriteAsWritten("input_schema", known);
            return;
        }
        json.WriteStartObject("input_schema");
        json.WriteString("type", "object");
        foreach (var (name, value) in schema?.Members() ?? [])
            json.WriteAsWritten(name, value);
        json.WriteEndObject();
    }

    private static void WriteToolChoice(Conversation conversation, Utf8JsonWriter json)
    {
        var kind = conversation.ToolChoice?.Kind ?? ToolChoiceKind.Auto;
        var isSerial = conversation.ParallelToolCalls == false && kind != ToolChoiceKind.None;
        if (conversation.ToolChoice is null && !isSerial)
            return;
        json.WriteStartObject("tool_choice");
        json.WriteString(
            "type",
            kind switch
            {
                ToolChoiceKind.None => "none",
                ToolChoiceKind.Required => "any",
                ToolChoiceKind.Named => "tool",
                _ => "auto",
            }
        );
        if (kind == ToolChoiceKind.Named)
            json.WriteString("name", conversation.ToolChoice!.Name);
        if (isSerial)
            json.WriteBoolean("disable_parallel_tool_use", true);
        json.WriteEndObject();
    }

    /// <summary>True: the model will think.</summary>
    private static bool WriteThinking(
        Conversation conversation,
        List<Message> messages,
        ClaudeModel model,
        long limit,
        Utf8JsonWriter json,
        TranslationNotes notes
    )
    {
        if (conversation.Reasoning is not { } wish)
            return false;
        if (wish.IsOff)
        {
            WriteQuiet(model, json, notes);
            return !model.CanBeQuiet;
        }
        if (wish is { Effort: null, BudgetTokens: null, IsAdaptive: false })
            return false;
        var isForced = conversation.ToolChoice?.Kind is ToolChoiceKind.Required or ToolChoiceKind.Named && conversation.Tools.Count > 0;
        if (isForced || (!model.ThinksAdaptively && (limit <= BudgetMin || CallsWithoutThinking(messages))))
        {
            // Thinking beside a forced call is refused, and thinking by budget also after calls whose own thinking is not there.
            notes.Lose(LossWords.ReasoningWish);
            return false;
        }
        json.WriteStartObject("thinking");
        json.WriteString("type", model.ThinksAdaptively ? "adaptive" : "enabled");
        if (!model.ThinksAdaptively)
            json.WriteNumber("budget_tokens", Budget(wish, limit));
        if (wish.Shows is { } shows)
            json.WriteString("display", shows ? "summarized" : "omitted");
        json.WriteEndObject();
        return true;
    }

    private static void WriteQuiet(ClaudeModel model, Utf8JsonWriter json, TranslationNotes notes)
    {
        if (!model.CanBeQuiet)
        {
            notes.Lose(LossWords.ReasoningWish);
            return;
        }
        json.WriteStartObject("thinking");
        json.WriteString("type", "disabled");
        json.WriteEndObject();
    }

    private static bool CallsWithoutThinking(List<Message> messages)
    {
        var last = messages.FindLast(message => message.Role == "assistant");
        return last is not null
            && messages[^1].Parts.Exists(part => part is ToolResultPart)
            && last.Parts.Exists(part => part is ToolCallPart)
            && last.Parts[0] is not ReasoningPart;
    }

    /// <summary>The budget must lie below the limit; where it would not, half of the limit is left for the answer.</summary>
    private static long Budget(ReasoningWish wish, long limit)
    {
        var budget = Math.Max(BudgetMin, wish.BudgetTokens ?? Efforts.BudgetOf(wish.Effort ?? ""));
        return budget < limit ? budget : Math.Max(BudgetMin, limit / 2);
    }

    /// <summary>Some models take no sampling at all, none takes it beside thinking, and none temperature and top-p together.</summary>
    private static void WriteSampling(
        Conversation conversation,
        ClaudeModel model,
        bool thinks,
        Utf8JsonWriter json,
        TranslationNotes notes
    )
    {
        if (conversation.Seed is not null)
            notes.Lose(LossWords.Seed);
        if (conversation.PresencePenalty is not null)
            notes.Lose(LossWords.PresencePenalty);
        if (conversation.FrequencyPenalty is not null)
            notes.Lose(LossWords.FrequencyPenalty);
        var isFree = model.TakesSampling && !thinks;
        Write(LossWords.Temperature, conversation.Temperature, isFree);
        Write(LossWords.TopP, conversation.TopP, isFree && conversation.Temperature is null);
        Write(LossWords.TopK, conversation.TopK, isFree);
        if (conversation.Stop.Count == 0)
            return;
        json.WriteStartArray("stop_sequences");
        foreach (var stop in conversation.Stop)
        {
            if (string.IsNullOrWhiteSpace(stop))
                notes.Lose(LossWords.StopOfWhiteSpace);
            else
                json.WriteStringValue(stop);
        }
        json.WriteEndArray();

        void Write(string name, JsonElement? value, bool isTaken)
        {
            if (value is not { } number)
                return;
            if (isTaken)
                json.WriteAsWritten(name, number);
            else
                notes.Lose(name);
        }
    }

    private static void WriteOutputConfig(Conversation conversation, ClaudeModel model, Utf8JsonWriter json, TranslationNotes notes)
    {
        var effort = model.ThinksAdaptively ? Effort(conversation.Reasoning) : null;
        var schema = conversation.Format?.Schema;
        if (conversation.Format is { Schema: null })
            notes.Lose(LossWords.JsonMode);
        if (conversation.Format is { Name: not null } or { Description: not null } or { Strict: false })
            notes.Lose(LossWords.FormatLabel);
        if (effort is null && schema is null)
            return;
        json.WriteStartObject("output_config");
        if (effort is not null)
            json.WriteString("effort", effort);
        if (schema is { } known)
        {
            json.WriteStartObject("format");
            json.WriteString("type", "json_schema");
            json.WriteAsWritten("schema", known);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static string? Effort(ReasoningWish? wish) =>
        wish is null or { IsOff: true } ? null
        : wish.Effort == "minimal" ? "low"
        : wish.Effort ?? (wish.BudgetTokens is { } budget ? Efforts.OfBudget(budget) : null);
}
