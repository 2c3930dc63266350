using System.Text.Json;
using Tokenline.Gateway.Protocols.Translation.Answers;
using Tokenline.Gateway.Protocols.Translation.Requests;

namespace Tokenline.Gateway.Protocols.Translation.Pairs;

/// <summary>A client of OpenAI's responses, such as Codex, at a vendor of chat completions.</summary>
internal sealed class ResponsesToChat() : ProtocolPair(Protocol.Responses, Protocol.Chat)
{
    public override IReadOnlyList<Loss> Losses { get; } =
    [
        .. ResponsesLosses.All,
        new("input[].content[].file_url", LossAction.Refuse, "it takes documents in the call, not by address", LossWords.FileUrl),
        new("reasoning.effort", LossAction.Drop, "the vendor's efforts end at high, which is asked for", LossWords.EffortAboveHigh),
        new("reasoning.summary", LossAction.Drop, "the vendor decides what reasoning it shows, and how long", LossWords.ReasoningShown),
        new("input[].summary", LossAction.Drop, "it reads no earlier reasoning", LossWords.Reasoning),
        new(
            "input[].encrypted_content",
            LossAction.Drop,
            "the reasoning in it is another vendor's, or only for the reader",
            LossWords.ReasoningSeal
        ),
        new(
            "input[].output[]",
            LossAction.Drop,
            "images and files in an output go into a message behind it, with a line that names the call",
            LossWords.ToolResultMedia
        ),
        new("safety_identifier", LossAction.Drop, "it takes no more than 64 letters, digits, dashes and underscores", LossWords.EndUser),
    ];

    protected override Conversation Read(JsonElement body, TranslationNotes notes) => ResponsesRequestReader.Read(body, Vendor, notes);

    protected override void Write(Conversation conversation, VendorWish wish, Utf8JsonWriter json, TranslationNotes notes) =>
        ChatRequestWriter.Write(conversation, wish, json, notes);

    public override AnswerReader NewReader() => new ChatEventsReader();

    public override AnswerWriter NewStreamWriter(AnswerContext context) => new ResponsesStreamWriter(context, Vendor);

    public override AnswerWriter NewWholeWriter(AnswerContext context) => new ResponsesWholeWriter(context, Vendor);
}
