using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tokenline.Commerce.Access;
using Tokenline.Portal.Layout;

namespace Tokenline.Portal.Access;

/// <summary>Signing out, and how pages look.</summary>
internal static class AccessEndpoints
{
    public static void Map(IEndpointRouteBuilder routes, PortalEdge edge)
    {
        routes.MapPost("/sign-out", edge.Around(SignOutAsync)).ExcludeFromDescription();
        routes.MapPost("/act-for", edge.Around(ActForAsync)).WithMetadata(new NeedsAttribute()).ExcludeFromDescription();
        routes.MapPost("/appearance", edge.Around(AppearanceAsync)).ExcludeFromDescription();
    }

    private static async Task SignOutAsync(HttpContext context)
    {
        if (context.Features.Get<Visitor>() is { } visitor)
        {
            var sessions = context.RequestServices.GetRequiredService<Sessions>();
            await sessions.EndAsync(visitor.Session.PhoneNumber, visitor.Session.Id, CancellationToken.None);
        }
        SessionCookie.Remove(context);
        context.Response.Redirect("/sign-in?out=1");
    }

    /// <summary>Shows the console of another customer that the person belongs to; of any other nothing happens.</summary>
    private static async Task ActForAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var sessions = context.RequestServices.GetRequiredService<Sessions>();
        if (PartyId.TryParse(form["customer"], out var customer))
            await sessions.ShowAsync(context.Features.Get<Visitor>()!.Session, customer, context.RequestAborted);
        context.Response.Redirect(ReturnAddress.Home);
    }

    private static async Task AppearanceAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        Looks.Keep(context, form["language"], form["theme"]);
        var asked = form["return"].ToString();
        context.Response.Redirect(asked.StartsWith("/sign-in", StringComparison.Ordinal) ? OneLine(asked) : ReturnAddress.Of(asked));
    }

    // The sign-in pages may be looked at in another language too, although nobody is led back to them after signing in.
    private static string OneLine(string path) => path.Any(char.IsControl) ? "/sign-in" : path;
}
