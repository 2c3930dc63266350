using Tokenline.Commerce.Catalog;
using Tokenline.Gateway.Protocols;
using Tokenline.Gateway.Protocols.Anthropic;
using Tokenline.Gateway.Protocols.Gemini;
using Tokenline.Gateway.Protocols.OpenAI;
using Tokenline.Gateway.Protocols.Translation;
using Tokenline.Gateway.Upstreams;

namespace Tokenline.Gateway.Pipeline;

/// <summary>Which exchange an attempt needs.</summary>
internal static class Exchanges
{
    public static Exchange Of(Call call, VendorApi api)
    {
        var spoken = UpstreamTarget.ProtocolOf(api);
        if (spoken == call.Client.Kind)
            return new BytePassage(call, UpstreamTarget.Of(call.Deployment).ModelToken);
        var pair =
            ProtocolPairs.Find(call.Client.Kind, spoken) ?? throw new InvalidOperationException($"no pair {call.Client.Kind}, {spoken}");
        return new TranslatedPassage(call, pair, MeterOf(spoken));
    }

    /// <summary>A translated answer is one choice.</summary>
    private static AnswerMeter MeterOf(Protocol spoken) =>
        spoken switch
        {
            Protocol.Messages => new MessagesMeter(),
            Protocol.Gemini => new GeminiMeter(),
            Protocol.Responses => new ResponsesMeter(),
            _ => new ChatMeter(),
        };
}
