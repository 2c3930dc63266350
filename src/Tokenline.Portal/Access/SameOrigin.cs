using Microsoft.AspNetCore.Http;

namespace Tokenline.Portal.Access;

/// <summary>
/// Whether what changes something was sent by a page of ours. Browsers say where a request comes from (Fetch Metadata, W3C; Origin, RFC 6454), and no page can make them lie;
/// so forms need no token that goes stale, is lost with a node, or fails after the back button.
/// </summary>
internal static class SameOrigin
{
    public static bool Allows(HttpRequest request)
    {
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method))
            return true;
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site.Length > 0)
            return site is "same-origin" or "none";
        // A browser of before 2023, or no browser at all; the latter has no cookie that somebody else could use.
        var origin = request.Headers.Origin.ToString();
        return origin.Length == 0
            || (
                Uri.TryCreate(origin, UriKind.Absolute, out var from)
                && string.Equals(from.Authority, Authority(request), StringComparison.OrdinalIgnoreCase)
            );
    }

    private static string Authority(HttpRequest request) =>
        Uri.TryCreate($"{request.Scheme}://{request.Host.ToUriComponent()}", UriKind.Absolute, out var own) ? own.Authority : "";
}
