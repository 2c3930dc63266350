using System.Text.Json;
using Tokenline.Gateway.Protocols.Translation.Answers;
using Tokenline.Gateway.Protocols.Translation.Requests;

namespace Tokenline.Gateway.Protocols.Translation.Pairs;

/// <summary>A client of OpenAI's responses, such as Codex, at a vendor of Anthropic's messages.</summary>
internal sealed class ResponsesToMessages() : ProtocolPair(Protocol.Responses, Protocol.Messages)
{
    public override IReadOnlyList<Loss> Losses { get; } =
    [
        .. ResponsesLosses.All,
        new("input[].content[].input_audio", LossAction.Refuse, "it does not listen", LossWords.Audio),
        new("input[].content[].file_data", LossAction.Refuse, "its documents are PDF and plain text", LossWords.FileType),
        new("text.format.json_object", LossAction.Refuse, "it knows JSON only by a schema; send 'json_schema'", LossWords.JsonMode),
        new("temperature", LossAction.Drop, "newer models take none, and none takes it while reasoning", LossWords.Temperature),
        new("top_p", LossAction.Drop, "newer models take none, and none takes it while reasoning or beside 'temperature'", LossWords.TopP),
        new(
            "reasoning.effort",
            LossAction.Drop,
            "it does not reason when a call is forced or earlier reasoning is missing",
            LossWords.ReasoningWish
        ),
        new("reasoning.summary", LossAction.Drop, "it has one kind of summary"),
        new("text.format.name", LossAction.Drop, "it takes the schema alone, and keeps to it", LossWords.FormatLabel),
        new("input[].summary", LossAction.Drop, "it reads back only reasoning with its seal", LossWords.Reasoning),
        new("input[].encrypted_content", LossAction.Drop, "the reasoning in it is another vendor's"),
        new("input[].content[].detail", LossAction.Drop, "it sees images as they are", LossWords.ImageDetail),
        new(
            "input[].role=system",
            LossAction.Drop,
            "a system turn is taken at the start, and by newer models before an answer; others are told in the user's turn",
            LossWords.SystemTurn
        ),
        new("safety_identifier", LossAction.Drop, "it takes no more than 256 characters", LossWords.EndUser),
    ];

    protected override Conversation Read(JsonElement body, TranslationNotes notes) => ResponsesRequestReader.Read(body, Vendor, notes);

    protected override void Write(Conversation conversation, VendorWish wish, Utf8JsonWriter json, TranslationNotes notes) =>
        MessagesRequestWriter.Write(conversation, wish, json, notes);

    public override AnswerReader NewReader() => new MessagesEventsReader();

    public override AnswerWriter NewStreamWriter(AnswerContext context) => new ResponsesStreamWriter(context, Vendor);

    public override AnswerWriter NewWholeWriter(AnswerContext context) => new ResponsesWholeWriter(context, Vendor);
}
