namespace Tokenline.Gateway.Protocols.Translation.Requests;

/// <summary><c>data:image/png;base64,…</c> (RFC 2397), the form in which OpenAI's protocols carry media.</summary>
internal static class DataUrl
{
    private const string Scheme = "data:";

    /// <summary>False: an address, or data that is not base64.</summary>
    public static bool TryParse(string url, out string mediaType, out string base64)
    {
        mediaType = base64 = "";
        if (!url.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return false;
        var comma = url.IndexOf(',', StringComparison.Ordinal);
        if (comma < 0)
            return false;
        var head = url.AsSpan(Scheme.Length, comma - Scheme.Length);
        if (!head.EndsWith(";base64", StringComparison.OrdinalIgnoreCase))
            return false;
        var end = head.IndexOf(';');
        mediaType = head[..end].ToString().ToLowerInvariant();
        base64 = url[(comma + 1)..];
        return true;
    }

    public static string Of(string? mediaType, string base64) => $"{Scheme}{mediaType};base64,{base64}";
}
