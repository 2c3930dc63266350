using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tokenline.Commerce.Access;
using Tokenline.Portal.Credentials;

namespace Tokenline.Portal.Access.Passkeys;

/// <summary>What <c>passkey.js</c> asks: the browser's part is WebAuthn's, in its own JSON.</summary>
internal static class PasskeyEndpoints
{
    private const int BodyBytesMax = 64 * 1024;

    public static void Map(IEndpointRouteBuilder routes, PortalEdge edge)
    {
        routes.MapPost("/passkeys/new", edge.Around(NewAsync)).WithMetadata(new NeedsAttribute()).ExcludeFromDescription();
        routes.MapPost("/passkeys/add", edge.Around(AddAsync)).WithMetadata(new NeedsAttribute()).ExcludeFromDescription();
        routes.MapPost("/sign-in/passkey/options", edge.Around(AskAsync)).ExcludeFromDescription();
        routes.MapPost("/sign-in/passkey", edge.Around(SignInAsync)).ExcludeFromDescription();
    }

    private static async Task NewAsync(HttpContext context) =>
        await WriteAsync(context, await Desk(context).AskNewAsync(SessionOf(context), Origin(context), context.RequestAborted));

    private static async Task AddAsync(HttpContext context)
    {
        if (
            await ReadAsync(context) is { } answer
            && await Desk(context)
                .AddAsync(
                    SessionOf(context),
                    answer.Id,
                    answer.Credential,
                    Browser.NameOf(Browser.Device(context)) ?? "",
                    Origin(context),
                    context.RequestAborted
                )
        )
            ChangeLog.Made(context);
        else
            context.Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
    }

    private static async Task AskAsync(HttpContext context) =>
        await WriteAsync(context, await Desk(context).AskAsync(Origin(context), Browser.Address(context), context.RequestAborted));

    private static async Task SignInAsync(HttpContext context)
    {
        var made = await ReadAsync(context) is { } answer
            ? await Desk(context)
                .SignInAsync(
                    answer.Id,
                    answer.Credential,
                    Origin(context),
                    Browser.Device(context),
                    Browser.Address(context),
                    context.RequestAborted
                )
            : null;
        if (made is null)
            context.Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        else
            SessionCookie.Write(context, made);
    }

    private sealed record Answer(string? Id, JsonElement Credential);

    private static async Task<Answer?> ReadAsync(HttpContext context)
    {
        if (context.Request.ContentLength is not (> 0 and <= BodyBytesMax))
            return null;
        try
        {
            return await context.Request.ReadFromJsonAsync<Answer>(context.RequestAborted);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static async Task WriteAsync(HttpContext context, PasskeyQuestion? question)
    {
        context.Response.Headers.CacheControl = "no-store";
        if (question is null)
        {
            context.Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
            return;
        }
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync($$"""{"id":"{{question.Id}}","options":{{question.Options}}}""", context.RequestAborted);
    }

    private static PasskeyDesk Desk(HttpContext context) => context.RequestServices.GetRequiredService<PasskeyDesk>();

    private static Session SessionOf(HttpContext context) => context.Features.Get<Visitor>()!.Session;

    private static Uri Origin(HttpContext context) =>
        new(ApiAddress.Of(context, context.RequestServices.GetRequiredService<PortalOptions>()));
}
