using System.Text.Json;
using Tokenline.Gateway.Protocols.Translation.Answers;
using Tokenline.Gateway.Protocols.Translation.Requests;

namespace Tokenline.Gateway.Protocols.Translation.Pairs;

/// <summary>A client of OpenAI's responses, such as Codex, at a vendor of Gemini's <c>generateContent</c>.</summary>
internal sealed class ResponsesToGemini() : ProtocolPair(Protocol.Responses, Protocol.Gemini)
{
    public override IReadOnlyList<Loss> Losses { get; } =
    [
        .. ResponsesLosses.All,
        new("parallel_tool_calls", LossAction.Drop, "it may make several calls at once", LossWords.SerialToolCalls),
        new("reasoning.effort", LossAction.Drop, "its highest effort is high, which is asked for", LossWords.EffortAboveHigh),
        new("reasoning.summary", LossAction.Drop, "it has one kind of summary"),
        new("text.format.name", LossAction.Drop, "it takes the schema alone, and keeps to it", LossWords.FormatLabel),
        new("tools[].strict", LossAction.Drop, "it keeps to schemas as far as it can", LossWords.ToolStrictness),
        new("input[].summary", LossAction.Drop, "it reads back only its own seal", LossWords.Reasoning),
        new("input[].encrypted_content", LossAction.Drop, "the reasoning in it is another vendor's", LossWords.ReasoningSeal),
        new("input[].content[].detail", LossAction.Drop, "it sees images as they are", LossWords.ImageDetail),
        new("input[].content[].filename", LossAction.Drop, "its files have no names", LossWords.FileName),
        new("safety_identifier", LossAction.Drop, "it takes no end user's name", LossWords.EndUser),
        new(
            "input[].role=system",
            LossAction.Drop,
            "a system turn is taken at the start; others are told in the user's turn",
            LossWords.SystemTurn
        ),
    ];

    protected override Conversation Read(JsonElement body, TranslationNotes notes) => ResponsesRequestReader.Read(body, Vendor, notes);

    protected override void Write(Conversation conversation, VendorWish wish, Utf8JsonWriter json, TranslationNotes notes) =>
        GeminiRequestWriter.Write(conversation, wish, json, notes);

    public override AnswerReader NewReader() => new GeminiEventsReader();

    public override AnswerWriter NewStreamWriter(AnswerContext context) => new ResponsesStreamWriter(context, Vendor);

    public override AnswerWriter NewWholeWriter(AnswerContext context) => new ResponsesWholeWriter(context, Vendor);
}
