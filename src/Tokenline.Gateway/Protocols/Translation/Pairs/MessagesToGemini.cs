using System.Text.Json;
using Tokenline.Gateway.Protocols.Translation.Answers;
using Tokenline.Gateway.Protocols.Translation.Requests;

namespace Tokenline.Gateway.Protocols.Translation.Pairs;

/// <summary>A client of Anthropic's messages, such as Claude Code, at a vendor of Gemini's <c>generateContent</c>.</summary>
internal sealed class MessagesToGemini() : ProtocolPair(Protocol.Messages, Protocol.Gemini)
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
        new("messages[].content[].citations.enabled", LossAction.Refuse, "it does not cite"),
        // Hints, labels and bookkeeping.
        new("cache_control", LossAction.Drop, "its cache works unasked", LossWords.CacheControl),
        new("context_management", LossAction.Drop, "the conversation is passed on whole"),
        new("service_tier", LossAction.Drop, "the class that was bought is asked for in its own words"),
        new("inference_geo", LossAction.Drop, "the operator chooses the region"),
        new("speed", LossAction.Drop, "it has one speed"),
        new("diagnostics", LossAction.Drop, "they are Anthropic's own"),
        new("metadata.user_id", LossAction.Drop, "it takes no end user's name", LossWords.EndUser),
        new("output_config.task_budget", LossAction.Drop, "it has no budget for a task"),
        new("output_config.effort", LossAction.Drop, "its highest effort is high, which is asked for", LossWords.EffortAboveHigh),
        new("tool_choice.disable_parallel_tool_use", LossAction.Drop, "it may make several calls at once", LossWords.SerialToolCalls),
        new("messages[].content[].thinking", LossAction.Drop, "it reads back only its own seal", LossWords.Reasoning),
        new("messages[].content[].signature", LossAction.Drop, "the seal is another vendor's", LossWords.ReasoningSeal),
        new("messages[].content[].id", LossAction.Drop, "the seal in it is another vendor's", LossWords.ToolCallSeal),
        new("messages[].content[].caller", LossAction.Drop, "only the model itself calls tools"),
        new("messages[].content[].citations", LossAction.Drop, "it does not cite"),
        new("messages[].content[].content[].citations", LossAction.Drop, "it does not cite"),
        new("system[].citations", LossAction.Drop, "it does not cite"),
        new("messages[].content[].title", LossAction.Drop, "its files have no names", LossWords.FileName),
        new(
            "messages[].content[].content[].tool_reference",
            LossAction.Drop,
            "all tools are there from the start; the result says in words which was found"
        ),
        new("tools[].strict", LossAction.Drop, "it keeps to schemas as far as it can", LossWords.ToolStrictness),
        new("tools[].defer_loading", LossAction.Drop, "all tools are there from the start"),
        new("tools[].eager_input_streaming", LossAction.Drop, "arguments are streamed as they come"),
        new("tools[].input_examples", LossAction.Drop, "it takes the schema and the description"),
        new(
            "messages[].role=system",
            LossAction.Drop,
            "a system turn is taken at the start; others are told in the user's turn",
            LossWords.SystemTurn
        ),
    ];

    protected override Conversation Read(JsonElement body, TranslationNotes notes) => MessagesRequestReader.Read(body, notes);

    protected override void Write(Conversation conversation, VendorWish wish, Utf8JsonWriter json, TranslationNotes notes) =>
        GeminiRequestWriter.Write(conversation, wish, json, notes);

    public override AnswerReader NewReader() => new GeminiEventsReader();

    public override AnswerWriter NewStreamWriter(AnswerContext context) => new MessagesStreamWriter(context);

    public override AnswerWriter NewWholeWriter(AnswerContext context) => new MessagesWholeWriter(context);
}
