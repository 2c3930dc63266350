using System.Text.Json;
using Tokenline.Gateway.Protocols.Translation.Answers;
using Tokenline.Gateway.Protocols.Translation.Requests;

namespace Tokenline.Gateway.Protocols.Translation.Pairs;

/// <summary>A client of Anthropic's messages, such as Claude Code, at a vendor of chat completions.</summary>
internal sealed class MessagesToChat() : ProtocolPair(Protocol.Messages, Protocol.Chat)
{
    public override IReadOnlyList<Loss> Losses { get; } =
    [
        // What a client relies on.
        new("mcp_servers", LossAction.Refuse, "it has no tools of its own"),
        new("container", LossAction.Refuse, "it runs no code"),
        new("fallbacks", LossAction.Refuse, "the operator chooses the vendors"),
        new("tools[].type", LossAction.Refuse, "only tools with a schema of their own can be passed on"),
        new("tools[].allowed_callers", LossAction.Refuse, "only the model itself calls tools"),
        new("tool_choice.type", LossAction.Refuse, "its choices are auto, any, tool and none"),
        new("output_config.format.type", LossAction.Refuse, "its formats are schemas"),
        new("output_format.type", LossAction.Refuse, "its formats are schemas"),
        new("messages[].content[].type", LossAction.Refuse, "blocks that only Anthropic makes cannot be passed on"),
        new("messages[].content[].content[].type", LossAction.Refuse, "blocks that only Anthropic makes cannot be passed on"),
        new("system[].type", LossAction.Refuse, "a system prompt is text"),
        new("messages[].content[].source.type", LossAction.Refuse, "files in another vendor's store cannot be read"),
        new("messages[].content[].content[].source.type", LossAction.Refuse, "files in another vendor's store cannot be read"),
        new("messages[].content[].source.url", LossAction.Refuse, "it takes documents in the call, not by address", LossWords.FileUrl),
        new("messages[].content[].citations.enabled", LossAction.Refuse, "it does not cite"),
        // Hints, labels and bookkeeping.
        new("top_k", LossAction.Drop, "it has no such setting", LossWords.TopK),
        new("cache_control", LossAction.Drop, "its cache works unasked", LossWords.CacheControl),
        new("context_management", LossAction.Drop, "the conversation is passed on whole"),
        new("service_tier", LossAction.Drop, "the class that was bought is asked for in its own words"),
        new("inference_geo", LossAction.Drop, "the operator chooses the region"),
        new("speed", LossAction.Drop, "it has one speed"),
        new("diagnostics", LossAction.Drop, "they are Anthropic's own"),
        new("metadata.user_id", LossAction.Drop, "it takes no more than 64 letters, digits, dashes and underscores", LossWords.EndUser),
        new("output_config.task_budget", LossAction.Drop, "it has no budget for a task"),
        new("output_config.effort", LossAction.Drop, "the vendor's efforts end at high, which is asked for", LossWords.EffortAboveHigh),
        new("thinking.display", LossAction.Drop, "the vendor decides what reasoning it shows", LossWords.ReasoningShown),
        new("messages[].content[].thinking", LossAction.Drop, "it reads no earlier reasoning", LossWords.Reasoning),
        new("messages[].content[].signature", LossAction.Drop, "the seal is another vendor's", LossWords.ReasoningSeal),
        new("messages[].content[].caller", LossAction.Drop, "only the model itself calls tools"),
        new("messages[].content[].citations", LossAction.Drop, "it does not cite"),
        new("messages[].content[].content[].citations", LossAction.Drop, "it does not cite"),
        new("system[].citations", LossAction.Drop, "it does not cite"),
        new("messages[].content[].title", LossAction.Drop, "a text has no title", LossWords.FileName),
        new("messages[].content[].is_error", LossAction.Drop, "the result's text says it", LossWords.ToolResultError),
        new(
            "messages[].content[].content[].source",
            LossAction.Drop,
            "images and documents in a result go into a message behind it, with a line that names the call",
            LossWords.ToolResultMedia
        ),
        new(
            "messages[].content[].content[].tool_reference",
            LossAction.Drop,
            "all tools are there from the start; the result says in words which was found"
        ),
        new("tools[].defer_loading", LossAction.Drop, "all tools are there from the start"),
        new("tools[].eager_input_streaming", LossAction.Drop, "arguments are streamed as they come"),
        new("tools[].input_examples", LossAction.Drop, "it takes the schema and the description"),
    ];

    protected override Conversation Read(JsonElement body, TranslationNotes notes) => MessagesRequestReader.Read(body, notes);

    protected override void Write(Conversation conversation, VendorWish wish, Utf8JsonWriter json, TranslationNotes notes) =>
        ChatRequestWriter.Write(conversation, wish, json, notes);

    public override AnswerReader NewReader() => new ChatEventsReader();

    public override AnswerWriter NewStreamWriter(AnswerContext context) => new MessagesStreamWriter(context);

    public override AnswerWriter NewWholeWriter(AnswerContext context) => new MessagesWholeWriter(context);
}
