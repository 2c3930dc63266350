namespace Tokenline.Gateway.Protocols.Translation.Requests;

/// <summary>Media types by the end of an address, which Gemini wants to know and other protocols do not tell.</summary>
internal static class MediaTypes
{
    public static string OfImage(string? url) =>
        Extension(url) switch
        {
            ".png" => "image/png",
            ".webp" => "image/webp",
            ".gif" => "image/gif",
            ".heic" => "image/heic",
            _ => "image/jpeg",
        };

    public static string OfFile(string? url) =>
        Extension(url) switch
        {
            ".txt" or ".md" => "text/plain",
            ".html" or ".htm" => "text/html",
            ".csv" => "text/csv",
            ".json" => "application/json",
            _ => "application/pdf",
        };

    private static string Extension(string? url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var address) ? Path.GetExtension(address.AbsolutePath).ToLowerInvariant() : "";
}
