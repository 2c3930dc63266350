using System.Collections.Immutable;

namespace Tokenline.Commerce.Catalog;

/// <summary>An API that a vendor serves generations by.</summary>
public enum VendorApi
{
    /// <summary>OpenAI chat completions, or one that is compatible with them.</summary>
    OpenAIChat,

    /// <summary>OpenAI responses.</summary>
    OpenAIResponses,

    /// <summary>Anthropic messages.</summary>
    AnthropicMessages,

    /// <summary>Gemini's <c>generateContent</c>.</summary>
    Gemini,

    /// <summary>OpenAI chat completions under Azure's addresses and keys.</summary>
    AzureOpenAI,
}

/// <summary>The APIs by the names they are entered and shown by.</summary>
public static class VendorApis
{
    private static readonly string[] names = ["openai-chat", "openai-responses", "anthropic-messages", "gemini", "azure-openai"];

    public static readonly ImmutableArray<VendorApi> Default = [VendorApi.OpenAIChat];

    public static IReadOnlyList<string> Names => names;

    public static string NameOf(VendorApi api) => names[(int)api];

    public static VendorApi? Find(string name) => Array.IndexOf(names, name) is >= 0 and var index ? (VendorApi)index : null;

    /// <summary>As it is stored: names with commas between.</summary>
    public static string Join(ImmutableArray<VendorApi> apis) => string.Join(',', apis.Select(NameOf));

    public static ImmutableArray<VendorApi> Split(string text) =>
        [.. text.Split(',').Select(name => Find(name) ?? throw new FormatException($"'{name}' is no API of a vendor"))];
}
