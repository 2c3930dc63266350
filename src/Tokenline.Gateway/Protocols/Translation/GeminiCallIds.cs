using System.Buffers.Text;
using System.Text;

namespace Tokenline.Gateway.Protocols.Translation;

/// <summary>
/// Ids of tool calls between Gemini and protocols that cannot do without them. An id that we made says so, and is not shown to Gemini. For a client
/// whose protocol has no place for the seal on a call (chat completions), the id also carries the seal: <c>…__seal__</c> and the seal in base64url.
/// </summary>
internal static class GeminiCallIds
{
    private const string MadePrefix = "call_tl";
    private const string SealMark = "__seal__";

    public static ReadOnlySpan<byte> MadePrefixUtf8 => "call_tl"u8;

    public static ReadOnlySpan<byte> SealMarkUtf8 => "__seal__"u8;

    public static bool IsMade(string id) => id.StartsWith(MadePrefix, StringComparison.Ordinal);

    /// <summary>The id without its seal.</summary>
    public static string Plain(string id)
    {
        var mark = id.LastIndexOf(SealMark, StringComparison.Ordinal);
        return mark < 0 ? id : id[..mark];
    }

    /// <summary>The seal in an id, or null.</summary>
    public static string? Seal(string id)
    {
        var mark = id.LastIndexOf(SealMark, StringComparison.Ordinal);
        if (mark < 0)
            return null;
        var sealedText = id.AsSpan(mark + SealMark.Length);
        return Base64Url.IsValid(sealedText) ? Encoding.UTF8.GetString(Base64Url.DecodeFromChars(sealedText)) : null;
    }
}

/// <summary>
/// Gemini's <c>thoughtSignature</c> as other protocols carry it: marked, so that a seal of another vendor, in a conversation that has moved, is known
/// and left out instead of being refused by Gemini.
/// </summary>
internal static class GeminiSeal
{
    private const string Mark = "gemini.";

    public static ReadOnlySpan<byte> MarkUtf8 => "gemini."u8;

    /// <summary>The seal as Gemini gave it; null if it is not Gemini's.</summary>
    public static string? Open(string? carried) =>
        carried is not null && carried.StartsWith(Mark, StringComparison.Ordinal) ? carried[Mark.Length..] : null;
}
