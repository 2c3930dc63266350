using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Tokenline.Commerce.Notifications;

/// <summary>A signed POST to an address of the customer's own (Standard Webhooks 1.0).</summary>
/// <param name="http">Made by <see cref="PublicAddresses.NewHttpClient"/>.</param>
public sealed class WebhookChannel(INotificationStore store, HttpClient http, TimeProvider time) : INotificationChannel, IDisposable
{
    public string Name => Channels.Webhook;

    public async Task<DeliveryOutcome> DeliverAsync(Notice notice, Delivery delivery, CancellationToken cancellation)
    {
        if (delivery.Webhook is not { } id || await store.FindWebhookAsync(id, cancellation) is not var (webhook, secret))
            return DeliveryOutcome.Refused("the webhook was removed");
        var body = JsonSerializer.SerializeToUtf8Bytes(PayloadOf(notice), CommerceJson.Options);
        var at = time.GetUtcNow().ToUnixTimeSeconds();
        using var request = new HttpRequestMessage(HttpMethod.Post, webhook.Url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("Tokenline", null));
        request.Headers.Add("webhook-id", notice.Id);
        request.Headers.Add("webhook-timestamp", at.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("webhook-signature", WebhookSignature.Of(secret, notice.Id, at, body));
        // Nobody reads what it says beyond the status.
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        if (response.IsSuccessStatusCode)
            return DeliveryOutcome.Delivered;
        var words = string.Create(CultureInfo.InvariantCulture, $"the endpoint answered {(int)response.StatusCode}");
        return response.StatusCode == HttpStatusCode.Gone ? DeliveryOutcome.Refused(words) : DeliveryOutcome.Failed(words);
    }

    public void Dispose() => http.Dispose();

    private static object PayloadOf(Notice notice)
    {
        var about = notice.Event.Event;
        return new
        {
            type = about.Type,
            timestamp = notice.Event.At,
            data = new
            {
                id = notice.Id,
                customer = notice.Customer.Id,
                account = notice.Event.Account,
                subject = about.Subject,
                name = about.Name,
                percent = about.Percent,
                amount = about.InUnits(about.Amount),
                limit = about.InUnits(about.Limit),
                unit = about.Unit,
                from = about.From,
                until = about.Until,
                reason = about.Reason,
            },
        };
    }
}
