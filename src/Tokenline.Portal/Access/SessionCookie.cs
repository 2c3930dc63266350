using Microsoft.AspNetCore.Http;
using Tokenline.Commerce.Access;

namespace Tokenline.Portal.Access;

/// <summary>The secret of a session, in the browser: out of the reach of scripts, and not sent with what other sites post.</summary>
internal static class SessionCookie
{
    public const string Name = "tokenline-session";

    public static string? Read(HttpRequest request) => request.Cookies[Name];

    public static void Write(HttpContext context, NewSession made) => context.Response.Cookies.Append(Name, made.Secret, Options(context));

    public static void Remove(HttpContext context) => context.Response.Cookies.Delete(Name, Options(context));

    private static CookieOptions Options(HttpContext context) =>
        new()
        {
            Path = "/",
            MaxAge = Sessions.OldestMax,
            HttpOnly = true,
            SameSite = SameSiteMode.Lax,
            Secure = context.Request.IsHttps,
            IsEssential = true,
        };
}
