using System.Text;
using System.Text.Json;

namespace Tokenline.Gateway.Protocols.OpenAI;

/// <summary>What is done about a field that changes the price.</summary>
internal enum PricedFieldAction
{
    /// <summary>Refused, unless it is null, false, 0, "" or [], which every vendor reads as "off".</summary>
    Refuse,

    /// <summary>Refused unless it is off, or one of the listed words (an array: only these words).</summary>
    AllowWords,

    /// <summary>Passed on; its bytes are added to the bound on output.</summary>
    CountAsOutput,

    /// <summary>At the top level read as the service class, which the model's tariff sells or does not; inside <c>extra_body</c> only the listed words.</summary>
    ServiceClass,
}

/// <summary>A row of the table: the field, the vendors that read it, and why it cannot simply be passed on.</summary>
internal sealed class PriceChangingField(string name, string vendors, string why, PricedFieldAction action, params string[] words)
{
    private readonly byte[][] words = Array.ConvertAll(words, Encoding.UTF8.GetBytes);

    public string Name => name;

    public string Vendors => vendors;

    public string Why => why;

    public PricedFieldAction Action => action;

    /// <summary>Whether the value at the reader costs nothing beyond the tokens. Does not move the reader.</summary>
    public bool Allows(Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Null or JsonTokenType.False:
                return true;
            case JsonTokenType.String:
                return reader.ValueSpan.IsEmpty || IsListed(ref reader);
            case JsonTokenType.Number:
                return reader.ValueSpan.SequenceEqual("0"u8) || IsListed(ref reader);
            case JsonTokenType.StartArray:
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    if (reader.TokenType != JsonTokenType.String || !IsListed(ref reader))
                        return false;
                }
                return true;
            default:
                return false;
        }
    }

    private bool IsListed(ref Utf8JsonReader reader)
    {
        foreach (var word in words)
        {
            if (JsonText.Is(ref reader, word))
                return true;
        }
        return false;
    }
}

/// <summary>
/// The one table of what changes the price, or grows input, beyond the tokens of the request itself. What is refused here is not sold yet: a row
/// changes its action on the day its vendor's published maximum can be held for.
/// </summary>
internal static class PriceChangingFields
{
    /// <summary>The end of each refusal's sentence; the start names the field.</summary>
    public const string Reason = "is priced outside tokens by the vendor and is not sold here yet";

    /// <summary>Top-level members, and members at any depth of <c>extra_body</c>.</summary>
    public static readonly PriceChangingField[] Members =
    [
        // Another price for the same tokens.
        new(
            "service_tier",
            "OpenAI, Groq, Doubao",
            "priority costs up to 2 ×; flex has another price list",
            PricedFieldAction.ServiceClass,
            "auto",
            "default",
            "standard",
            "standard_only",
            "on_demand"
        ),
        new("speed", "Anthropic", "fast mode costs a multiple", PricedFieldAction.AllowWords, "standard", "normal"),
        new("fast_mode", "several", "fast mode costs a multiple", PricedFieldAction.Refuse),
        new("inference_geo", "Anthropic", "a region costs 1.1 ×", PricedFieldAction.AllowWords, "global"),
        // Another model may answer, at its own price.
        new("models", "OpenRouter", "fallback models at their own prices", PricedFieldAction.Refuse),
        new("route", "OpenRouter", "fallback models at their own prices", PricedFieldAction.Refuse),
        new("provider", "OpenRouter", "chooses among sellers of different prices", PricedFieldAction.Refuse),
        new("fallbacks", "several gateways", "fallback models at their own prices", PricedFieldAction.Refuse),
        // Searches and tools at the vendor: a fee a call, and results that come back as input.
        new("web_search_options", "OpenAI, Perplexity", "a fee per search", PricedFieldAction.Refuse),
        new("search_parameters", "xAI", "a fee per source", PricedFieldAction.Refuse),
        new("num_search_results", "Perplexity", "a fee per request by size", PricedFieldAction.Refuse),
        new("enable_search", "Qwen", "a fee per search", PricedFieldAction.Refuse),
        new("web_search", "Baidu, several", "a fee per search", PricedFieldAction.Refuse),
        new("search_settings", "Groq", "a fee per search", PricedFieldAction.Refuse),
        new("plugins", "OpenRouter, MiniMax", "search and file plugins with fees", PricedFieldAction.Refuse),
        new("transforms", "OpenRouter", "rewrites the prompt at the vendor", PricedFieldAction.Refuse),
        new("connectors", "Cohere", "searches that grow the input", PricedFieldAction.Refuse),
        new("mcp_servers", "Anthropic, Groq", "tools that run at the vendor and grow the input", PricedFieldAction.Refuse),
        new("container", "Anthropic, OpenAI", "code execution by the hour", PricedFieldAction.Refuse),
        // Input that is stored at the vendor, so that its size is not seen here.
        new("previous_response_id", "OpenAI", "the stored conversation is input again", PricedFieldAction.Refuse),
        new("conversation", "OpenAI", "the stored conversation is input again", PricedFieldAction.Refuse),
        new("cached_content", "Gemini", "stored content is input, and storage costs by the hour", PricedFieldAction.Refuse),
        // Output that is not seen here, or is more than what is delivered.
        new("background", "OpenAI", "the answer is fetched later, past the meter", PricedFieldAction.Refuse),
        new("deferred", "xAI", "the answer is fetched later, past the meter", PricedFieldAction.Refuse),
        new("best_of", "vLLM", "answers that are made and not delivered", PricedFieldAction.AllowWords, "1"),
        new("use_beam_search", "vLLM", "answers that are made and not delivered", PricedFieldAction.Refuse),
        new("modalities", "OpenAI, OpenRouter", "audio and images have prices of their own", PricedFieldAction.AllowWords, "text"),
        new("prediction", "OpenAI", "rejected prediction tokens are charged as output", PricedFieldAction.CountAsOutput),
    ];

    /// <summary>The only tool types that run at the customer; all others run at the vendor, for a fee or for more input.</summary>
    public static bool ToolTypeIsSold(ref Utf8JsonReader reader) =>
        JsonText.Is(ref reader, "function"u8) || JsonText.Is(ref reader, "custom"u8);

    /// <summary>Videos, and files by address or in other protocols' words. OpenAI's <c>file</c> is sold: it is held as large as the model accepts.</summary>
    public static bool PartTypeIsSold(ref Utf8JsonReader reader)
    {
        foreach (var type in refusedParts)
        {
            if (JsonText.Is(ref reader, type))
                return false;
        }
        return true;
    }

    private static readonly byte[][] refusedParts = Array.ConvertAll(
        [
            "input_file",
            "file_url",
            "video",
            "video_url",
            "input_video",
            "video_file",
            "audio_url",
            "document",
            "document_url",
            "image_file",
        ],
        Encoding.UTF8.GetBytes
    );
}
