using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Tokenline.Portal.Access.Company;

/// <summary>Where a customer's identity provider sends people back to.</summary>
internal static class CompanyEndpoints
{
    public const string Done = "/sign-in/company/done";
    private const string Cookie = "tokenline-company";

    public static void Map(IEndpointRouteBuilder routes, PortalEdge edge) =>
        routes.MapGet(Done, edge.Around(FinishAsync)).ExcludeFromDescription();

    /// <summary>The answer is good in the browser that asked.</summary>
    public static void Keep(HttpContext context, string state) => context.Response.Cookies.Append(Cookie, state, Options(context));

    private static async Task FinishAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var (end, refusal) = await context
            .RequestServices.GetRequiredService<CompanySignIn>()
            .FinishAsync(
                query["state"],
                context.Request.Cookies[Cookie],
                query.ContainsKey("error") ? null : query["code"].ToString(),
                Browser.Device(context),
                Browser.Address(context),
                context.RequestAborted
            );
        context.Response.Cookies.Delete(Cookie, Options(context));
        context.Response.Headers.CacheControl = "no-store";
        if (end is null)
        {
            context.Response.Redirect($"/sign-in/company?why={refusal}");
            return;
        }
        SessionCookie.Write(context, end.Session);
        context.Response.Redirect(ReturnAddress.Of(end.Return));
    }

    private static CookieOptions Options(HttpContext context) =>
        new()
        {
            Path = "/sign-in/company",
            MaxAge = TimeSpan.FromMinutes(15),
            HttpOnly = true,
            SameSite = SameSiteMode.Lax, // it comes back from another site, by a link
            Secure = context.Request.IsHttps,
            IsEssential = true,
        };
}
