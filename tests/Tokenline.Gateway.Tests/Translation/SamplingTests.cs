using System.Text.Json.Nodes;
using Tokenline.Gateway.Protocols;

namespace Tokenline.Gateway.Tests.Translation;

/// <summary>Seed and penalties are numbers that chat completions and Gemini both have a word for.</summary>
public sealed class SamplingTests
{
    [Fact]
    public void A_seed_and_penalties_pass_from_chat_completions_to_gemini_as_they_are_written()
    {
        var body = Translated
            .Pair(Protocol.Chat, Protocol.Gemini)
            .Exactly(
                """{"model":"m","messages":[{"role":"user","content":"Hi"}],"seed":7,"presence_penalty":0.50,"frequency_penalty":-1}"""
            );

        var settings = JsonNode.Parse(body)!["generationConfig"]!;
        Assert.Equal("""{"seed":7,"presencePenalty":0.50,"frequencyPenalty":-1}""", settings.ToJsonString());
    }

    [Fact]
    public void They_pass_from_gemini_to_chat_completions_likewise()
    {
        var body = Translated
            .Pair(Protocol.Gemini, Protocol.Chat)
            .Exactly(
                """{"contents":[{"role":"user","parts":[{"text":"Hi"}]}],"generationConfig":{"seed":7,"presencePenalty":0.50,"frequencyPenalty":-1}}"""
            );

        Assert.Contains("\"seed\":7,\"presence_penalty\":0.50,\"frequency_penalty\":-1", body);
    }

    [Fact]
    public void A_penalty_of_zero_is_none_also_where_there_are_no_penalties()
    {
        var (_, notes) = Translated
            .Pair(Protocol.Gemini, Protocol.Messages)
            .Request(
                """{"contents":[{"role":"user","parts":[{"text":"Hi"}]}],"generationConfig":{"presencePenalty":0,"frequencyPenalty":0.0}}"""
            );

        Assert.Null(notes.Refusal);
        Assert.Empty(notes.Dropped);
    }
}
