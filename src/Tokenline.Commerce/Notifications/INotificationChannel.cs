namespace Tokenline.Commerce.Notifications;

/// <summary>A way out. Expected failures are outcomes, what it throws counts as one that may pass.</summary>
public interface INotificationChannel
{
    /// <summary>As in deliveries, forever.</summary>
    string Name { get; }

    /// <param name="delivery">Which try of what.</param>
    /// <param name="cancellation">Ends the try when it has taken too long.</param>
    Task<DeliveryOutcome> DeliverAsync(Notice notice, Delivery delivery, CancellationToken cancellation);
}

/// <summary>The names of the channels.</summary>
public static class Channels
{
    public const string Log = "log";
    public const string Sms = "sms";
    public const string Mail = "mail";
    public const string Webhook = "webhook";
}
