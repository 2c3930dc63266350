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

/// <summary>How a customer hears of things. A change replaces the whole.</summary>
/// <param name="Sms">To the phone number that pays; true unless told.</param>
/// <param name="Mail">An address; left out: no mail.</param>
/// <param name="Language"><c>zh-CN</c> (unless told) or <c>en</c>.</param>
public sealed record NotificationSettingsBody(bool Sms = true, string? Mail = null, NoticeLanguage Language = NoticeLanguage.Chinese)
{
    internal static NotificationSettingsBody Of(NotificationSettings settings) => new(settings.Sms, settings.Mail, settings.Language);
}

/// <summary>An event on its way to a customer through one channel.</summary>
/// <param name="Channel"><c>log</c>, <c>sms</c>, <c>mail</c> or <c>webhook</c>.</param>
/// <param name="State"><c>pending</c>, <c>delivered</c>, or <c>parked</c>: given up.</param>
/// <param name="NextAt">When it is tried next, while it is pending.</param>
/// <param name="LastFailure">What the last try met.</param>
public sealed record DeliveryBody(
    Id<DeliveryKind> Id,
    Id<EventKind> Event,
    AccountEventType Type,
    string Channel,
    WebhookId? Webhook,
    DeliveryState State,
    int Attempts,
    DateTimeOffset CreatedAt,
    DateTimeOffset? NextAt,
    DateTimeOffset? EndedAt,
    string? LastFailure
)
{
    internal static DeliveryBody Of(Delivery delivery) =>
        new(
            new(delivery.Number),
            new(delivery.Position),
            delivery.Type,
            delivery.Channel,
            delivery.Webhook,
            delivery.State,
            delivery.Attempts,
            delivery.CreatedAt,
            delivery.State == DeliveryState.Pending ? delivery.NextAt : null,
            delivery.EndedAt,
            delivery.LastFailure
        );
}

internal static class NotificationEndpoints
{
    private const string Tag = "Alerts";

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/customers/{id}/notifications", ShowAsync)
            .Produces<NotificationSettingsBody>()
            .Documented(Tag, "Show how a customer hears of things", "Webhooks are beside these.", Problems.NotFound);
        api.MapPut("/customers/{id}/notifications", SetAsync)
            .Takes<NotificationSettingsBody>()
            .Produces<NotificationSettingsBody>()
            .Documented(
                Tag,
                "Change how a customer hears of things",
                "SMS to the phone number, mail to an address, and the language of both; from the next event on.",
                Problems.InvalidRequest,
                Problems.NotFound
            );
        api.MapGet("/customers/{id}/deliveries", ListAsync)
            .Produces<Page<DeliveryBody>>()
            .Documented(
                Tag,
                "List what was sent to a customer",
                "Each event on each channel: delivered, waiting for its next try, or parked with its last failure. Newest first.",
                Problems.InvalidRequest,
                Problems.NotFound
            );
    }

    private static async Task<IResult> ShowAsync(string id, NotificationPreferences preferences, CancellationToken cancellation) =>
        PartyId.TryParse(id, out var customer)
            ? ApiResult.Of(await preferences.FindAsync(customer, cancellation), NotificationSettingsBody.Of)
            : ApiResult.Problem(Refused.NotFound("customer", id));

    private static async Task<IResult> SetAsync(string id, HttpContext http, NotificationPreferences preferences)
    {
        var body = await Body.ReadAsync<NotificationSettingsBody>(http);
        if (body.Refused is { } refused)
            return ApiResult.Problem(refused);
        if (!PartyId.TryParse(id, out var customer))
            return ApiResult.Problem(Refused.NotFound("customer", id));
        var (sms, mail, language) = body.Required();
        if (!Enum.IsDefined(language))
            return ApiResult.Problem(Refused.Invalid("language", "The languages are zh-CN and en."));
        var settings = new NotificationSettings(sms, mail, language);
        return ApiResult.Of(await preferences.SetAsync(customer, settings, http.RequestAborted), NotificationSettingsBody.Of);
    }

    private static async Task<IResult> ListAsync(
        string id,
        string? before,
        string? limit,
        Customers customers,
        INotificationStore store,
        CancellationToken cancellation
    )
    {
        var query = PageQuery<DeliveryKind>.Read(before, limit);
        if (query.Value is not { } page)
            return ApiResult.Problem(query.Refused!);
        var found = await CustomerEndpoints.CustomerAsync(id, customers, cancellation);
        if (found.Value is not { } customer)
            return ApiResult.Problem(found.Refused!);
        var list = await store.DeliveriesAsync(customer.Id, page.Before?.Value, page.Limit + 1, cancellation);
        return TypedResults.Ok(page.Of(list, DeliveryBody.Of, delivery => new(delivery.Number)));
    }
}
