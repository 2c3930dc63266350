using System.Text.Json;
using Tokenline.Gateway.Protocols.Translation.Answers;
using Tokenline.Gateway.Protocols.Translation.Requests;

namespace Tokenline.Gateway.Protocols.Translation.Pairs;

/// <summary>A client of Gemini's <c>generateContent</c>, such as Gemini CLI, at a vendor of Anthropic's messages.</summary>
internal sealed class GeminiToMessages() : ProtocolPair(Protocol.Gemini, Protocol.Messages)
{
    public override IReadOnlyList<Loss> Losses { get; } =
    [
        .. GeminiLosses.All,
        new("generationConfig.seed", LossAction.Refuse, "its answers cannot be repeated", LossWords.Seed),
        new("generationConfig.presencePenalty", LossAction.Refuse, "it has no penalties", LossWords.PresencePenalty),
        new("generationConfig.frequencyPenalty", LossAction.Refuse, "it has no penalties", LossWords.FrequencyPenalty),
        new("contents[].parts[].inlineData.mimeType", LossAction.Refuse, "its documents are PDF and plain text", LossWords.FileType),
        new("contents[].parts[].inlineData.data", LossAction.Refuse, "it does not listen", LossWords.Audio),
        new(
            "generationConfig.responseMimeType=application/json",
            LossAction.Refuse,
            "it knows JSON only by a schema; send 'responseJsonSchema'",
            LossWords.JsonMode
        ),
        new("generationConfig.stopSequences[]", LossAction.Refuse, "it takes no stop sequence of white space", LossWords.StopOfWhiteSpace),
        new(
            "generationConfig.temperature",
            LossAction.Drop,
            "newer models take none, and none takes it while reasoning",
            LossWords.Temperature
        ),
        new(
            "generationConfig.topP",
            LossAction.Drop,
            "newer models take none, and none takes it while reasoning or beside 'temperature'",
            LossWords.TopP
        ),
        new("generationConfig.topK", LossAction.Drop, "newer models take none, and none takes it while reasoning", LossWords.TopK),
        new(
            "generationConfig.thinkingConfig",
            LossAction.Drop,
            "it does not reason when a call is forced or earlier reasoning is missing",
            LossWords.ReasoningWish
        ),
        new("contents[].parts[].thought", LossAction.Drop, "it reads back only reasoning with its seal", LossWords.Reasoning),
        new("contents[].parts[].thoughtSignature", LossAction.Drop, "the reasoning in it is another vendor's"),
        new(
            "contents[].role=system",
            LossAction.Drop,
            "a system turn is taken at the start, and by newer models before an answer; others are told in the user's turn",
            LossWords.SystemTurn
        ),
    ];

    protected override Conversation Read(JsonElement body, TranslationNotes notes) => GeminiRequestReader.Read(body, Vendor, notes);

    protected override void Write(Conversation conversation, VendorWish wish, Utf8JsonWriter json, TranslationNotes notes) =>
        MessagesRequestWriter.Write(conversation, wish, json, notes);

    public override AnswerReader NewReader() => new MessagesEventsReader();

    public override AnswerWriter NewStreamWriter(AnswerContext context) => new GeminiStreamWriter(context, Vendor);

    public override AnswerWriter NewWholeWriter(AnswerContext context) => new GeminiWholeWriter(context, Vendor);
}
