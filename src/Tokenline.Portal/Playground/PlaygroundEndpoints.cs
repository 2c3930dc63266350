using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tokenline.Charging;
using Tokenline.Commerce.Access;
using Tokenline.Commerce.Parties;
using Tokenline.Portal.Access;

namespace Tokenline.Portal.Playground;

/// <summary>
/// What the playground's script needs. It calls the gateway as any client does, with a key of its own that lives as long as the page, an hour at the most,
/// is one a session, and is gone when the page is left; so what it shows is what a program would get.
/// </summary>
internal static class PlaygroundEndpoints
{
    public const string KeyName = "Playground";
    private static readonly TimeSpan keyFor = TimeSpan.FromHours(1);

    public static void Map(IEndpointRouteBuilder routes, PortalEdge edge)
    {
        var needs = new NeedsAttribute(Right.Call);
        routes.MapPost("/playground/key", edge.Around(MakeKeyAsync)).WithMetadata(needs).ExcludeFromDescription();
        routes.MapPost("/playground/leave", edge.Around(LeaveAsync)).WithMetadata(needs).ExcludeFromDescription();
        routes.MapGet("/playground/calls/{id}", edge.Around(ShowCallAsync)).WithMetadata(needs).ExcludeFromDescription();
    }

    private static async Task MakeKeyAsync(HttpContext context)
    {
        var (visitor, keys, sessions) = Parts(context);
        var now = context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        await RevokeAsync(visitor, keys);
        // Of a member it passes the member's own node, with its caps, hours and models.
        var terms = new KeyTerms(KeyName, now + keyFor, Allotment: visitor.Confined(Right.Call));
        var made = await keys.CreateAsync(visitor.Customer.Id, terms, context.RequestAborted);
        if (made.Value is not { } key)
        {
            context.Response.StatusCode = made.Refused!.Problem.Status;
            await context.Response.WriteAsJsonAsync(new { error = new { message = made.Refused.Message } }, context.RequestAborted);
            return;
        }
        await sessions.KeepKeyAsync(visitor.Session, key.Key.Id);
        await context.Response.WriteAsJsonAsync(new { key = key.Text }, context.RequestAborted);
    }

    private static async Task LeaveAsync(HttpContext context)
    {
        var (visitor, keys, sessions) = Parts(context);
        await RevokeAsync(visitor, keys);
        await sessions.KeepKeyAsync(visitor.Session, null);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static async Task ShowCallAsync(HttpContext context)
    {
        var visitor = context.Features.Get<Visitor>()!;
        var history = context.RequestServices.GetRequiredService<IChargeHistory>();
        var record = ChargeId.TryParse((string?)context.Request.RouteValues["id"], out var charge)
            ? await history.FindRecordAsync(charge)
            : null;
        if (record is null || record.Account != visitor.Customer.Account || !await IsSeenAsync(context, visitor, record.Key))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        var result = new RazorComponentResult<CallFigures>(new Dictionary<string, object?> { ["Record"] = record });
        await result.ExecuteAsync(context);
    }

    private static async Task<bool> IsSeenAsync(HttpContext context, Visitor visitor, KeyId key) =>
        (
            await Scope.OfAsync(
                visitor,
                Right.SeeUsage,
                context.RequestServices.GetRequiredService<Keys>(),
                context.RequestServices.GetRequiredService<IChargingAccounts>(),
                context.RequestAborted
            )
        ).Takes(key);

    private static async Task RevokeAsync(Visitor visitor, Keys keys)
    {
        if (visitor.Session.PlaygroundKey is { } old)
            await keys.RevokeAsync(visitor.Customer.Id, old, CancellationToken.None);
    }

    private static (Visitor Visitor, Keys Keys, Sessions Sessions) Parts(HttpContext context) =>
        (
            context.Features.Get<Visitor>()!,
            context.RequestServices.GetRequiredService<Keys>(),
            context.RequestServices.GetRequiredService<Sessions>()
        );
}
