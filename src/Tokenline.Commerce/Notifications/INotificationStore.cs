namespace Tokenline.Commerce.Notifications;

/// <summary>Keeps the dispatcher's cursor, deliveries, settings and webhooks. Each call is one transaction; webhooks' secrets are sealed at rest.</summary>
public interface INotificationStore
{
    /// <summary>The position of the newest event whose deliveries are written; 0: none yet.</summary>
    Task<long> CursorAsync(CancellationToken cancellation);

    /// <summary>Writes deliveries and moves the cursor. A delivery whose event is on its lane already is left as it is.</summary>
    Task TakeAsync(IReadOnlyCollection<Delivery> deliveries, long cursor, CancellationToken cancellation);

    /// <summary>Of each lane the first that is pending, if its time has come.</summary>
    Task<IReadOnlyList<Delivery>> DueAsync(DateTimeOffset now, int limit, CancellationToken cancellation);

    /// <summary>Writes down state, attempts and times.</summary>
    Task PutAsync(Delivery delivery, CancellationToken cancellation);

    /// <summary>Newest first.</summary>
    Task<IReadOnlyList<Delivery>> DeliveriesAsync(PartyId customer, long? before, int limit, CancellationToken cancellation);

    /// <summary>Null: the customer never said, so the default holds.</summary>
    Task<NotificationSettings?> SettingsAsync(PartyId customer, CancellationToken cancellation);

    Task PutSettingsAsync(PartyId customer, NotificationSettings settings, CancellationToken cancellation);

    Task AddWebhookAsync(Webhook webhook, string secret, CancellationToken cancellation);

    /// <summary>Newest first.</summary>
    Task<IReadOnlyList<Webhook>> WebhooksAsync(PartyId customer, CancellationToken cancellation);

    /// <summary>With its secret; null when it was removed.</summary>
    Task<(Webhook Webhook, string Secret)?> FindWebhookAsync(WebhookId id, CancellationToken cancellation);

    /// <summary>False when there is none.</summary>
    Task<bool> RemoveWebhookAsync(PartyId customer, WebhookId id, CancellationToken cancellation);
}
