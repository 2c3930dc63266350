using Tokenline.Charging.Accounts;

namespace Tokenline.Commerce.Notifications;

/// <summary>An address of a customer's own that hears of events.</summary>
/// <param name="Types">The only ones it wants; null is all.</param>
public sealed record Webhook(WebhookId Id, PartyId Customer, Uri Url, AccountEventType[]? Types, DateTimeOffset CreatedAt)
{
    public bool Wants(AccountEventType type) => Types is null || Types.Contains(type);
}

/// <param name="Secret"><c>whsec_…</c>: in the answer that made it, and never again.</param>
public sealed record NewWebhook(Webhook Webhook, string Secret)
{
    /// <summary>Without the secret, so that no log can show it.</summary>
    public override string ToString() => Webhook.ToString();
}
