using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tokenline.Charging.Accounts;
using Tokenline.Commerce;
using Tokenline.Commerce.Notifications;
using Tokenline.Commerce.Parties;
using Tokenline.Management.Api;
using Tokenline.Management.Parties;

namespace Tokenline.Management.Notifications;

/// <param name="Url">An https address on the public internet, at most 500 characters.</param>
/// <param name="Types">The only types of event it wants; left out: all.</param>
public sealed record NewWebhookBody(string? Url, AccountEventType[]? Types = null);

/// <param name="Types">Absent: all.</param>
/// <param name="Secret"><c>whsec_…</c>, to verify signatures with: only in the answer that made it.</param>
public sealed record WebhookBody(
    WebhookId Id,
    Uri Url,
    IReadOnlyList<AccountEventType>? Types,
    DateTimeOffset CreatedAt,
    string? Secret = null
)
{
    internal static WebhookBody Of(Webhook webhook, string? secret = null) =>
        new(webhook.Id, webhook.Url, webhook.Types, webhook.CreatedAt, secret);

    public override string ToString() => $"{Id} {Url}";
}

internal static class WebhookEndpoints
{
    private const string Tag = "Alerts";

    public static void Map(RouteGroupBuilder api)
    {
        api.MapPost("/customers/{id}/webhooks", AddAsync)
            .Takes<NewWebhookBody>()
            .Produces<WebhookBody>(201)
            .Documented(
                Tag,
                "Add a webhook",
                "Hears of the customer's events from now on: `{\"type\", \"timestamp\", \"data\"}`, signed as Standard Webhooks says. The secret is in this answer and never again.",
                Problems.InvalidRequest,
                Problems.NotFound,
                Problems.Conflict
            );
        api.MapGet("/customers/{id}/webhooks", ListAsync)
            .Produces<Listing<WebhookBody>>()
            .Documented(Tag, "List a customer's webhooks", "Without their secrets, newest first.", Problems.NotFound);
        api.MapDelete("/customers/{id}/webhooks/{webhook}", RemoveAsync)
            .Produces(204)
            .Documented(Tag, "Remove a webhook", "What waits for it is parked.", Problems.NotFound);
    }

    private static async Task<IResult> AddAsync(string id, HttpContext http, Webhooks webhooks)
    {
        var body = await Body.ReadAsync<NewWebhookBody>(http);
        if (body.Refused is { } refused)
            return ApiResult.Problem(refused);
        if (!PartyId.TryParse(id, out var customer))
            return ApiResult.Problem(Refused.NotFound("customer", id));
        var (url, types) = body.Required();
        var added = await webhooks.AddAsync(customer, url, types, http.RequestAborted);
        return ApiResult.Created(
            added,
            made => $"{ManagementApi.Root}/customers/{id}/webhooks/{made.Webhook.Id}",
            made => WebhookBody.Of(made.Webhook, made.Secret)
        );
    }

    private static async Task<IResult> ListAsync(string id, Customers customers, Webhooks webhooks, CancellationToken cancellation)
    {
        var found = await CustomerEndpoints.CustomerAsync(id, customers, cancellation);
        if (found.Value is not { } customer)
            return ApiResult.Problem(found.Refused!);
        var list = await webhooks.ListAsync(customer.Id, cancellation);
        return TypedResults.Ok(new Listing<WebhookBody>([.. list.Select(webhook => WebhookBody.Of(webhook))]));
    }

    private static async Task<IResult> RemoveAsync(
        string id,
        string webhook,
        Customers customers,
        Webhooks webhooks,
        CancellationToken cancellation
    )
    {
        var found = await CustomerEndpoints.CustomerAsync(id, customers, cancellation);
        if (found.Value is not { } customer)
            return ApiResult.Problem(found.Refused!);
        return await webhooks.RemoveAsync(customer.Id, webhook, cancellation) is { } refused
            ? ApiResult.Problem(refused)
            : TypedResults.NoContent();
    }
}
