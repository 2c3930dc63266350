using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Tokenline.Host;

/// <summary>
/// What every answer tells a browser: not to guess its type, not to come without TLS again once it came with it, and, where it is no call of a customer's program, to run and
/// frame nothing. Pages of the portal then say more exactly what they need.
/// </summary>
internal static partial class HardenedHeaders
{
    private const string Nothing = "default-src 'none'; frame-ancestors 'none'";
    private const string Year = "max-age=31536000";
    private const string Reader = "/docs";

    public static IApplicationBuilder UseHardenedHeaders(this IApplicationBuilder app) =>
        app.Use(next =>
            context =>
            {
                var headers = context.Response.Headers;
                headers.XContentTypeOptions = "nosniff";
                if (context.Request.IsHttps)
                    headers.StrictTransportSecurity = Year;
                if (IsCall(context.Request.Path))
                    return next(context);
                headers.ContentSecurityPolicy = Nothing;
                headers["Referrer-Policy"] = "same-origin";
                return context.Request.Path.StartsWithSegments(Reader) ? ReadAsync(context, next) : next(context);
            }
        );

    /// <summary>Of the usual spelling first: that is what programs send.</summary>
    private static bool IsCall(PathString path) =>
        path.Value?.StartsWith("/v1/", StringComparison.Ordinal) == true
        || path.StartsWithSegments("/v1")
        || path.StartsWithSegments("/v1beta");

    /// <summary>The reader of the API's description is a page of a library, with scripts within it: exactly these may run. Its styles are made by its script as it runs.</summary>
    private static async Task ReadAsync(HttpContext context, RequestDelegate next)
    {
        var body = context.Response.Body;
        using var kept = new MemoryStream();
        context.Response.Body = kept;
        try
        {
            await next(context);
        }
        finally
        {
            context.Response.Body = body;
        }
        if (context.Response.ContentType?.StartsWith("text/html", StringComparison.OrdinalIgnoreCase) == true)
        {
            var page = Encoding.UTF8.GetString(kept.GetBuffer(), 0, (int)kept.Length);
            var scripts = Inline().Matches(page).Select(script => $"'sha256-{Hash(script.Groups["text"].Value)}'");
            context.Response.Headers.ContentSecurityPolicy =
                $"default-src 'none'; script-src 'self' {string.Join(' ', scripts)}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        }
        await body.WriteAsync(kept.GetBuffer().AsMemory(0, (int)kept.Length), context.RequestAborted);
    }

    private static string Hash(string script) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(script)));

    [GeneratedRegex(
        "<script(?![^>]*\\ssrc=)[^>]*>(?<text>.*?)</script>",
        RegexOptions.Singleline | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Inline();
}
