using System.Text.Json;
using Tokenline.Gateway.Protocols.Translation.Answers;
using Tokenline.Gateway.Protocols.Translation.Requests;

namespace Tokenline.Gateway.Protocols.Translation.Pairs;

/// <summary>A client of Gemini's <c>generateContent</c>, such as Gemini CLI, at a vendor of chat completions.</summary>
internal sealed class GeminiToChat() : ProtocolPair(Protocol.Gemini, Protocol.Chat)
{
    public override IReadOnlyList<Loss> Losses { get; } =
    [
        .. GeminiLosses.All,
        new("generationConfig.topK", LossAction.Drop, "it has no such setting", LossWords.TopK),
        new(
            "generationConfig.thinkingConfig.includeThoughts",
            LossAction.Drop,
            "the vendor decides what reasoning it shows",
            LossWords.ReasoningShown
        ),
        new("contents[].parts[].thought", LossAction.Drop, "it reads no earlier reasoning", LossWords.Reasoning),
        new(
            "contents[].parts[].thoughtSignature",
            LossAction.Drop,
            "the reasoning in it is another vendor's, or only for the reader",
            LossWords.ReasoningSeal
        ),
        new("contents[].parts[].functionResponse.response.error", LossAction.Drop, "the result's text says it", LossWords.ToolResultError),
        new(
            "contents[].parts[].functionResponse.parts",
            LossAction.Drop,
            "images and files in a result go into a message behind it, with a line that names the call",
            LossWords.ToolResultMedia
        ),
        new("contents[].parts[].fileData.fileUri", LossAction.Refuse, "it takes documents in the call, not by address", LossWords.FileUrl),
    ];

    protected override Conversation Read(JsonElement body, TranslationNotes notes) => GeminiRequestReader.Read(body, Vendor, notes);

    protected override void Write(Conversation conversation, VendorWish wish, Utf8JsonWriter json, TranslationNotes notes) =>
        ChatRequestWriter.Write(conversation, wish, json, notes);

    public override AnswerReader NewReader() => new ChatEventsReader();

    public override AnswerWriter NewStreamWriter(AnswerContext context) => new GeminiStreamWriter(context, Vendor);

    public override AnswerWriter NewWholeWriter(AnswerContext context) => new GeminiWholeWriter(context, Vendor);
}
