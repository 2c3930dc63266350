using Tokenline.Charging.Tariffs;

namespace Tokenline.Gateway.Protocols.OpenAI;

/// <summary>OpenAI's words for service classes, in requests and in answers.</summary>
internal static class ServiceTiers
{
    public static string NameOf(ServiceClass service) =>
        service switch
        {
            ServiceClass.Flex => "flex",
            ServiceClass.Priority => "priority",
            ServiceClass.Batch => "batch",
            _ => "default",
        };

    /// <summary>The class that an answer says it was served in, as its JSON token; null where it says nothing that has a price here.</summary>
    public static ServiceClass? Of(ReadOnlySpan<byte> token) =>
        token.SequenceEqual("\"default\""u8) || token.SequenceEqual("\"standard\""u8) || token.SequenceEqual("\"on_demand\""u8)
            ? ServiceClass.Standard
        : token.SequenceEqual("\"flex\""u8) ? ServiceClass.Flex
        : token.SequenceEqual("\"priority\""u8) ? ServiceClass.Priority
        : null;
}
