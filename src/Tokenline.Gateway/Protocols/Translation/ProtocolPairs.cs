using Tokenline.Gateway.Protocols.Translation.Pairs;

namespace Tokenline.Gateway.Protocols.Translation;

/// <summary>Every pair that is translated.</summary>
internal static class ProtocolPairs
{
    public static IReadOnlyList<ProtocolPair> All { get; } =
    [
        new ChatToMessages(),
        new ChatToGemini(),
        new ResponsesToChat(),
        new ResponsesToMessages(),
        new ResponsesToGemini(),
        new MessagesToChat(),
        new MessagesToGemini(),
        new GeminiToChat(),
        new GeminiToMessages(),
    ];

    /// <summary>Null: this client cannot be served by that vendor.</summary>
    public static ProtocolPair? Find(Protocol client, Protocol vendor)
    {
        foreach (var pair in All)
        {
            if (pair.Client == client && pair.Vendor == vendor)
                return pair;
        }
        return null;
    }
}
