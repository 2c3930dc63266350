using System.Data.Common;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tokenline.Charging;
using Tokenline.Commerce.Access;
using Tokenline.Commerce.Configuration;
using Tokenline.Portal.Layout;

namespace Tokenline.Portal.Access;

/// <summary>Around every page and endpoint of the portal: security headers, who is asking and whether they may, and what becomes of a failure.</summary>
internal sealed class PortalEdge(
    Sessions sessions,
    StaffEdge staffEdge,
    ChangeLog changes,
    IChargingAccounts accounts,
    ILogger<PortalEdge> log
)
{
    /// <summary>What portal.js sends when it asks for a page's live parts.</summary>
    private const string RefreshHeader = "X-Refresh";

    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    public RequestDelegate Around(RequestDelegate inner) => context => InvokeAsync(context, inner);

    private async Task InvokeAsync(HttpContext context, RequestDelegate inner)
    {
        WriteHeaders(context);
        if (!SameOrigin.Allows(context.Request))
        {
            await ShowAsync(context, Trouble.FromElsewhere);
            return;
        }
        try
        {
            // A page that refreshes itself is not somebody who is there: left open it does not keep a session alive.
            var isUse = !context.Request.Headers.ContainsKey(RefreshHeader);
            var who = await sessions.LookAsync(SessionCookie.Read(context.Request), context.RequestAborted, isUse);
            if (who is not null)
            {
                context.Features.Set(who.Visitor);
                context.Features.Set(who.Staff);
                context.Response.Headers.CacheControl = "no-store";
            }
            var needs = context.GetEndpoint()?.Metadata.GetMetadata<NeedsAttribute>();
            if (needs is not null && !await MayPassAsync(context, needs, who))
                return;
            if (needs is { ForStaff: true } && HttpMethods.IsPost(context.Request.Method))
                await staffEdge.AroundAsync(context, who!.Staff!, inner);
            else if (needs is { ForStaff: false } && HttpMethods.IsPost(context.Request.Method) && who!.Visitor is { } member)
                await changes.AroundAsync(context, member, inner);
            else
            {
                await MarkAsync(context, who?.Visitor);
                await inner(context);
            }
            // A form that the page does not have any more: it was sent before, or the page has changed meanwhile. The page says how things stand.
            if (
                HttpMethods.IsPost(context.Request.Method)
                && context.Response is { StatusCode: StatusCodes.Status400BadRequest, HasStarted: false }
            )
                context.Response.Redirect($"{context.Request.Path}{context.Request.QueryString}");
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // nobody is there any more
        }
        catch (PageNotFoundException)
        {
            await ShowAsync(context, Trouble.NotFound);
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge && !context.Response.HasStarted)
        {
            await ShowAsync(context, Trouble.TooLarge);
        }
        catch (Exception e) when (e is InvalidDataException or BadHttpRequestException && !context.Response.HasStarted)
        {
            // No browser sends such a form or address. Whoever wrote it learns that it cannot be read.
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            var trouble = e is AccountUnavailableException or TurnTakenException || IsDatabaseAway(e) ? Trouble.Busy : Trouble.Broken;
            log.Log(
                trouble == Trouble.Busy ? LogLevel.Warning : LogLevel.Error,
                e,
                "{Method} {Path} failed",
                context.Request.Method,
                context.Request.Path
            );
            await ShowAsync(context, trouble);
        }
    }

    /// <summary>Before anything of the account is read for the page: what comes later is told to it.</summary>
    private async Task MarkAsync(HttpContext context, Visitor? visitor)
    {
        if (
            visitor is null
            || !HttpMethods.IsGet(context.Request.Method)
            || context.GetEndpoint()?.Metadata.GetMetadata<ComponentTypeMetadata>() is null
        )
            return;
        try
        {
            context.Features.Set(new ShownEntry((await accounts.ViewAsync(visitor.Customer.Account)).Sequence));
        }
        catch (AccountUnavailableException)
        {
            // a page that needs the account says so itself
        }
    }

    /// <summary>False: not so, and it has been answered.</summary>
    private static async Task<bool> MayPassAsync(HttpContext context, NeedsAttribute needs, SignedIn? who)
    {
        if (who is null)
        {
            context.Response.Headers.CacheControl = "no-store";
            context.Response.Redirect(ReturnAddress.SignIn(context.Request));
            return false;
        }
        var may = needs.ForStaff
            ? who.Staff is { } staff && (needs.Staff is not { } task || staff.May(task))
            : who.Visitor is { } visitor && (needs.Right is not { } right || visitor.May(right));
        if (may)
            return true;
        // Staff who are no subscribers, or whose role does not see the first page, are led to what is theirs.
        if (
            who.Staff is { } member
            && IsHome(context.Request, needs, who)
            && StaffLinks.HomeOf(member.Member) is var home
            && home != context.Request.Path
        )
            context.Response.Redirect(home);
        else
            await ShowAsync(context, Trouble.NoPermission);
        return false;
    }

    private static bool IsHome(HttpRequest request, NeedsAttribute needs, SignedIn who) =>
        needs.ForStaff ? request.Path == StaffLinks.Operator || request.Path == StaffLinks.Vendor : who.Visitor is null;

    /// <summary>For whatever no page answers to. Those who did not ask for a page get none.</summary>
    public async Task NotFoundAsync(HttpContext context)
    {
        if (context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase))
            await ShowAsync(context, Trouble.NotFound);
        else
            context.Response.StatusCode = StatusCodes.Status404NotFound;
    }

    /// <summary>In a scope of its own: a page that has failed leaves its renderer and half its headers behind.</summary>
    private static async Task ShowAsync(HttpContext context, Trouble trouble)
    {
        context.Response.Clear();
        WriteHeaders(context);
        context.Response.Headers.CacheControl = "no-store";
        var (services, scope) = (context.RequestServices, context.RequestServices.CreateAsyncScope());
        await using (scope)
        {
            context.RequestServices = scope.ServiceProvider;
            try
            {
                var result = new RazorComponentResult<TroubleDocument>(new Dictionary<string, object?> { ["Trouble"] = trouble })
                {
                    StatusCode = (int)trouble,
                };
                await result.ExecuteAsync(context);
            }
            finally
            {
                context.RequestServices = services;
            }
        }
    }

    private static void WriteHeaders(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.ContentLanguage = Texts.Languages.Of(context.Request) == Texts.Language.Chinese ? "zh-Hans" : "en";
        headers.Vary = "Accept-Language, Cookie";
        headers.CacheControl = "no-cache";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        headers.ContentSecurityPolicy = Policy;
    }

    private static bool IsDatabaseAway(Exception? e) =>
        e is not null && (e is DbException { IsTransient: true } || IsDatabaseAway(e.InnerException));
}
