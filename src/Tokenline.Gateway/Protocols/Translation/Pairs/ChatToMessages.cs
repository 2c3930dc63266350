using System.Text.Json;
using Tokenline.Gateway.Protocols.Translation.Answers;
using Tokenline.Gateway.Protocols.Translation.Requests;

namespace Tokenline.Gateway.Protocols.Translation.Pairs;

/// <summary>A client of chat completions at a vendor of Anthropic's messages.</summary>
internal sealed class ChatToMessages() : ProtocolPair(Protocol.Chat, Protocol.Messages)
{
    public override IReadOnlyList<Loss> Losses { get; } =
    [
        // What a client relies on.
        new("n", LossAction.Refuse, "it gives one answer a call"),
        new("logprobs", LossAction.Refuse, "it has no log probabilities"),
        new("top_logprobs", LossAction.Refuse, "it has no log probabilities"),
        new("logit_bias", LossAction.Refuse, "it cannot weigh tokens"),
        new("frequency_penalty", LossAction.Refuse, "it has no penalties"),
        new("presence_penalty", LossAction.Refuse, "it has no penalties"),
        new("seed", LossAction.Refuse, "its answers cannot be repeated"),
        new("modalities", LossAction.Refuse, "it answers in text only"),
        new("audio", LossAction.Refuse, "it answers in text only"),
        new("prediction", LossAction.Refuse, "it takes no predicted output"),
        new("web_search_options", LossAction.Refuse, "it has no search in this form"),
        new("functions", LossAction.Refuse, "send 'tools' instead"),
        new("function_call", LossAction.Refuse, "send 'tool_choice' instead"),
        new("response_format.json_object", LossAction.Refuse, "it knows JSON only by a schema; send 'json_schema'", LossWords.JsonMode),
        new("stop[]", LossAction.Refuse, "it takes no stop sequence of white space", LossWords.StopOfWhiteSpace),
        new("messages[].role", LossAction.Refuse, "its roles are system, developer, user, assistant and tool"),
        new("messages[].content[].type", LossAction.Refuse, "it takes texts, images and documents"),
        new("messages[].content[].input_audio", LossAction.Refuse, "it does not listen", LossWords.Audio),
        new("messages[].content[].file.file_id", LossAction.Refuse, "a file in another vendor's store cannot be read"),
        new("messages[].content[].file", LossAction.Refuse, "its documents are PDF and plain text", LossWords.FileType),
        new("messages[].audio", LossAction.Refuse, "an answer in another vendor's store cannot be read"),
        new("messages[].function_call", LossAction.Refuse, "send 'tool_calls' instead"),
        new("tools[].type", LossAction.Refuse, "only functions can be passed on"),
        new("tools[].custom", LossAction.Refuse, "its tools take JSON only", LossWords.CustomTool),
        new("tool_choice.type", LossAction.Refuse, "it chooses among all tools or names one"),
        // Hints, labels and bookkeeping.
        new("temperature", LossAction.Drop, "newer models take none, and none takes it while reasoning", LossWords.Temperature),
        new("top_p", LossAction.Drop, "newer models take none, and none takes it while reasoning or beside 'temperature'", LossWords.TopP),
        new("top_k", LossAction.Drop, "newer models take none, and none takes it while reasoning", LossWords.TopK),
        new(
            "reasoning_effort",
            LossAction.Drop,
            "it does not reason when a call is forced or earlier reasoning is missing",
            LossWords.ReasoningWish
        ),
        new("response_format.json_schema.name", LossAction.Drop, "it takes the schema alone, and keeps to it", LossWords.FormatLabel),
        new("reasoning.summary", LossAction.Drop, "it has one kind of summary"),
        new("thinking.clear_thinking", LossAction.Drop, "it decides itself what earlier reasoning it reads"),
        new("verbosity", LossAction.Drop, "it has no such hint"),
        new("store", LossAction.Drop, "nothing is stored"),
        new("metadata", LossAction.Drop, "nothing is stored"),
        new("service_tier", LossAction.Drop, "the class that was bought is asked for in its own words"),
        new("prompt_cache_key", LossAction.Drop, "its cache goes by the prompt"),
        new("prompt_cache_retention", LossAction.Drop, "its cache goes by 'cache_control'"),
        new("prompt_cache_options", LossAction.Drop, "its cache goes by 'cache_control'"),
        new(
            "messages[].role=system",
            LossAction.Drop,
            "a system turn is taken at the start, and by newer models before an answer; others are told in the user's turn",
            LossWords.SystemTurn
        ),
        new("user", LossAction.Drop, "it takes no more than 256 characters", LossWords.EndUser),
        new("messages[].cache_control", LossAction.Drop, "it takes the mark on a content part"),
        new("messages[].name", LossAction.Drop, "its turns have no author's name", LossWords.TurnName),
        new("messages[].reasoning_content", LossAction.Drop, "it reads back only reasoning with its seal", LossWords.Reasoning),
        new("messages[].annotations", LossAction.Drop, "they were told to the reader of the answer"),
        new("messages[].content[].image_url.detail", LossAction.Drop, "it sees images as they are", LossWords.ImageDetail),
    ];

    protected override Conversation Read(JsonElement body, TranslationNotes notes) => ChatRequestReader.Read(body, notes);

    protected override void Write(Conversation conversation, VendorWish wish, Utf8JsonWriter json, TranslationNotes notes) =>
        MessagesRequestWriter.Write(conversation, wish, json, notes);

    public override AnswerReader NewReader() => new MessagesEventsReader();

    public override AnswerWriter NewStreamWriter(AnswerContext context) => new ChatStreamWriter(context);

    public override AnswerWriter NewWholeWriter(AnswerContext context) => new ChatWholeWriter(context);
}
