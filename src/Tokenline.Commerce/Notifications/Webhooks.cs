using System.Net;
using Tokenline.Charging.Accounts;
using Tokenline.Commerce.Parties;

namespace Tokenline.Commerce.Notifications;

/// <summary>Adding and removing a customer's webhooks.</summary>
public sealed class Webhooks(INotificationStore store, Customers customers, IdSource ids, CommerceOptions options, TimeProvider time)
{
    public const int CountMax = 10; // of one customer
    private const int UrlLengthMax = 500;

    public async Task<Outcome<NewWebhook>> AddAsync(
        PartyId customer,
        string? url,
        IReadOnlyList<AccountEventType>? types,
        CancellationToken cancellation
    )
    {
        if (WhatIsWrong(url, out var target) is { } wrong)
            return wrong;
        if (types is { Count: 0 } || types?.Any(type => !Enum.IsDefined(type)) == true)
            return Refused.Invalid("types", "Name at least one type of event, or leave types out for all.");
        var found = await customers.FindAsync(customer, cancellation);
        if (found.Value is null)
            return found.Refused!;
        if ((await store.WebhooksAsync(customer, cancellation)).Count >= CountMax)
            return new Refused(Problems.Conflict, $"A customer has at most {CountMax} webhooks. Remove one.");
        var webhook = new Webhook(ids.Next<WebhookKind>(), customer, target!, types?.Distinct().ToArray(), time.GetUtcNow());
        var secret = WebhookSignature.NewSecret();
        await store.AddWebhookAsync(webhook, secret, CancellationToken.None);
        return new NewWebhook(webhook, secret);
    }

    /// <summary>Newest first.</summary>
    public Task<IReadOnlyList<Webhook>> ListAsync(PartyId customer, CancellationToken cancellation) =>
        store.WebhooksAsync(customer, cancellation);

    /// <summary>What waits for it is parked at its next try.</summary>
    public async Task<Refused?> RemoveAsync(PartyId customer, string id, CancellationToken cancellation) =>
        WebhookId.TryParse(id, out var webhook) && await store.RemoveWebhookAsync(customer, webhook, cancellation)
            ? null
            : Refused.NotFound("webhook", id);

    private Refused? WhatIsWrong(string? url, out Uri? target)
    {
        if (url is not { Length: > 0 and <= UrlLengthMax } || !Uri.TryCreate(url, UriKind.Absolute, out target))
        {
            target = null;
            return Refused.Invalid(
                "url",
                $"An address such as https://example.com/hook is expected, of at most {UrlLengthMax} characters."
            );
        }
        var isSecure = target.Scheme == Uri.UriSchemeHttps;
        if (!isSecure && !(options.AllowPrivateWebhooks && target.Scheme == Uri.UriSchemeHttp))
            return Refused.Invalid("url", "A webhook's address begins with https://.");
        if (target.UserInfo.Length > 0 || target.Fragment.Length > 0)
            return Refused.Invalid("url", "A webhook's address has no user, password or fragment; the signature tells who calls.");
        var isPrivate =
            target.IsLoopback || (IPAddress.TryParse(target.DnsSafeHost, out var address) && !PublicAddresses.IsPublic(address));
        return isPrivate && !options.AllowPrivateWebhooks ? Refused.Invalid("url", "A webhook's address is on the public internet.") : null;
    }
}
