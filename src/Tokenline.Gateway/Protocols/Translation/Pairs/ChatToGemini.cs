using System.Text.Json;
using Tokenline.Gateway.Protocols.Translation.Answers;
using Tokenline.Gateway.Protocols.Translation.Requests;

namespace Tokenline.Gateway.Protocols.Translation.Pairs;

/// <summary>A client of chat completions at a vendor of Gemini's <c>generateContent</c>.</summary>
internal sealed class ChatToGemini() : ProtocolPair(Protocol.Chat, Protocol.Gemini)
{
    public override IReadOnlyList<Loss> Losses { get; } =
    [
        // What a client relies on.
        new("n", LossAction.Refuse, "it is asked for one answer a call"),
        new("logprobs", LossAction.Refuse, "log probabilities are not passed on"),
        new("top_logprobs", LossAction.Refuse, "log probabilities are not passed on"),
        new("logit_bias", LossAction.Refuse, "it cannot weigh tokens"),
        new("modalities", LossAction.Refuse, "it answers in text only"),
        new("audio", LossAction.Refuse, "it answers in text only"),
        new("prediction", LossAction.Refuse, "it takes no predicted output"),
        new("web_search_options", LossAction.Refuse, "it has no search in this form"),
        new("functions", LossAction.Refuse, "send 'tools' instead"),
        new("function_call", LossAction.Refuse, "send 'tool_choice' instead"),
        new("messages[].role", LossAction.Refuse, "its roles are system, developer, user, assistant and tool"),
        new("messages[].content[].type", LossAction.Refuse, "it takes texts, images, sound and documents"),
        new("messages[].content[].file.file_id", LossAction.Refuse, "a file in another vendor's store cannot be read"),
        new("messages[].audio", LossAction.Refuse, "an answer in another vendor's store cannot be read"),
        new("messages[].function_call", LossAction.Refuse, "send 'tool_calls' instead"),
        new("tools[].type", LossAction.Refuse, "only functions can be passed on"),
        new("tools[].custom", LossAction.Refuse, "its tools take JSON only", LossWords.CustomTool),
        new("tool_choice.type", LossAction.Refuse, "it chooses among all tools or names one"),
        // Hints, labels and bookkeeping.
        new("parallel_tool_calls", LossAction.Drop, "it may make several calls at once", LossWords.SerialToolCalls),
        new("reasoning_effort", LossAction.Drop, "its highest effort is high, which is asked for", LossWords.EffortAboveHigh),
        new("reasoning.summary", LossAction.Drop, "it has one kind of summary"),
        new("thinking.clear_thinking", LossAction.Drop, "it decides itself what earlier reasoning it reads"),
        new("response_format.json_schema.name", LossAction.Drop, "it takes the schema alone, and keeps to it", LossWords.FormatLabel),
        new("tools[].function.strict", LossAction.Drop, "it keeps to schemas as far as it can", LossWords.ToolStrictness),
        new("cache_control", LossAction.Drop, "its cache works unasked", LossWords.CacheControl),
        new("verbosity", LossAction.Drop, "it has no such hint"),
        new("store", LossAction.Drop, "nothing is stored"),
        new("metadata", LossAction.Drop, "nothing is stored"),
        new("service_tier", LossAction.Drop, "the class that was bought is asked for in its own words"),
        new("prompt_cache_key", LossAction.Drop, "its cache goes by the prompt"),
        new("prompt_cache_retention", LossAction.Drop, "its cache works unasked"),
        new("prompt_cache_options", LossAction.Drop, "its cache works unasked"),
        new("user", LossAction.Drop, "it takes no end user's name", LossWords.EndUser),
        new("messages[].name", LossAction.Drop, "its turns have no author's name", LossWords.TurnName),
        new("messages[].reasoning_content", LossAction.Drop, "it reads back only its own seal", LossWords.Reasoning),
        new("messages[].reasoning_details[]", LossAction.Drop, "the reasoning in it is another vendor's", LossWords.ReasoningSeal),
        new("messages[].tool_calls[].id", LossAction.Drop, "the seal in it is another vendor's", LossWords.ToolCallSeal),
        new("messages[].annotations", LossAction.Drop, "they were told to the reader of the answer"),
        new("messages[].content[].image_url.detail", LossAction.Drop, "it sees images as they are", LossWords.ImageDetail),
        new("messages[].content[].file.filename", LossAction.Drop, "its files have no names", LossWords.FileName),
        new(
            "messages[].role=system",
            LossAction.Drop,
            "a system turn is taken at the start; others are told in the user's turn",
            LossWords.SystemTurn
        ),
    ];

    protected override Conversation Read(JsonElement body, TranslationNotes notes) => ChatRequestReader.Read(body, notes);

    protected override void Write(Conversation conversation, VendorWish wish, Utf8JsonWriter json, TranslationNotes notes) =>
        GeminiRequestWriter.Write(conversation, wish, json, notes);

    public override AnswerReader NewReader() => new GeminiEventsReader(sealsInCallIds: true);

    public override AnswerWriter NewStreamWriter(AnswerContext context) => new ChatStreamWriter(context);

    public override AnswerWriter NewWholeWriter(AnswerContext context) => new ChatWholeWriter(context);
}
