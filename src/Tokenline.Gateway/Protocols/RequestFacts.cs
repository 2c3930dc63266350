using System.Text;
using Tokenline.Charging.Tariffs;

namespace Tokenline.Gateway.Protocols;

/// <summary>Why a body cannot be served; goes out as a 400. <paramref name="Param"/> names the field, e.g. <c>messages[2].role</c>.</summary>
internal sealed record RequestRefusal(string Message, string? Param);

internal enum StreamOptionsForm
{
    Absent,
    Null,
    EmptyObject,
    Object,
}

/// <summary>
/// What the gateway needs to know of a request for a generation, in whichever protocol, as values and as byte ranges into its body. The body itself is
/// never materialised. A struct, so that reading a request allocates nothing; pass it by <c>in</c>.
/// </summary>
internal struct RequestFacts
{
    /// <summary>The model's JSON token, quotes included.</summary>
    public ByteRange ModelToken { get; set; }

    public bool ModelIsEscaped { get; set; }

    public bool Stream { get; set; }

    public StreamOptionsForm StreamOptions { get; set; }

    /// <summary>The whole value of <c>stream_options</c>.</summary>
    public ByteRange StreamOptionsValue { get; set; }

    /// <summary>The client asked for the extra usage chunk.</summary>
    public bool IncludeUsage { get; set; }

    /// <summary>The value of <c>stream_options.include_usage</c>, empty if there is none.</summary>
    public ByteRange IncludeUsageValue { get; set; }

    public int? MaxTokens { get; set; }

    /// <summary>The value's bytes, also when it is null.</summary>
    public ByteRange MaxTokensValue { get; set; }

    public int? MaxCompletionTokens { get; set; }

    public ByteRange MaxCompletionTokensValue { get; set; }

    /// <summary><c>n</c>: 1 to 128.</summary>
    public int Choices { get; set; }

    /// <summary>Where the object's closing brace is: members are inserted just before it.</summary>
    public int ClosingBrace { get; set; }

    /// <summary>Raw bytes of everything that may become prompt, tools included, without base64 payloads of images and audio.</summary>
    public long PromptBytes { get; set; }

    /// <summary>The part of <see cref="PromptBytes"/> that is tools, which templates print again in their own layout.</summary>
    public long ToolBytes { get; set; }

    /// <summary>Bytes of <c>prediction</c>: rejected ones are charged as output.</summary>
    public long PredictionBytes { get; set; }

    public int MessageCount { get; set; }

    public int ImageCount { get; set; }

    /// <summary>Base64 characters of audio input.</summary>
    public long AudioPayloadBytes { get; set; }

    public bool HasTools { get; set; }

    public bool HasReasoningEffort { get; set; }

    /// <summary>What <c>service_tier</c> asks for.</summary>
    public ServiceClass Service { get; set; }

    /// <summary>The text of <c>metadata.run_id</c>, without its quotes; empty if there is none.</summary>
    public ByteRange RunId { get; set; }

    /// <summary>Of Gemini's bodies: <c>generationConfig</c> is there, and where its first member would stand.</summary>
    public bool HasSettings { get; set; }

    public int SettingsStart { get; set; }

    public bool SettingsAreEmpty { get; set; }

    /// <summary>A tool that is taken out of the body before it goes to the vendor.</summary>
    public ByteRange LeftOutTool { get; set; }

    /// <summary>Input whose size in tokens only the vendor knows: documents, files and videos. It can be as much as the model accepts.</summary>
    public bool HasUnmeasuredInput { get; set; }

    /// <summary>The smaller of the two output limits, per choice.</summary>
    public readonly int? OutputLimit =>
        MaxTokens is { } a && MaxCompletionTokens is { } b ? Math.Min(a, b) : MaxTokens ?? MaxCompletionTokens;

    /// <summary>The model's name as UTF-8 without allocating: a slice of the body, or unescaped into the scratch (at least 1,536 bytes).</summary>
    public readonly ReadOnlySpan<byte> ModelName(ReadOnlySpan<byte> body, Span<byte> scratch)
    {
        var raw = body.Slice(ModelToken.Start + 1, ModelToken.Length - 2);
        return ModelIsEscaped ? scratch[..JsonText.Unescape(raw, scratch)] : raw;
    }

    public readonly string Model(ReadOnlySpan<byte> body) =>
        Encoding.UTF8.GetString(ModelName(body, ModelIsEscaped ? stackalloc byte[MemberName.BytesMax * 6] : default));
}
