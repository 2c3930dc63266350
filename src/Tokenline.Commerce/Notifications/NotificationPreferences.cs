using Tokenline.Commerce.Parties;

namespace Tokenline.Commerce.Notifications;

/// <summary>How a customer wants to hear of things.</summary>
public sealed class NotificationPreferences(INotificationStore store, Customers customers)
{
    public async Task<Outcome<NotificationSettings>> FindAsync(PartyId customer, CancellationToken cancellation)
    {
        var found = await customers.FindAsync(customer, cancellation);
        return found.Value is null ? found.Refused! : await store.SettingsAsync(customer, cancellation) ?? NotificationSettings.Default;
    }

    /// <summary>They hold from the next event on; what waits goes the way it was to go.</summary>
    public async Task<Outcome<NotificationSettings>> SetAsync(
        PartyId customer,
        NotificationSettings settings,
        CancellationToken cancellation
    )
    {
        if (settings.Mail is not null && !MailAddresses.IsValid(settings.Mail))
            return Refused.Invalid("mail", "A mail address such as somebody@example.com is expected.");
        var found = await customers.FindAsync(customer, cancellation);
        if (found.Value is null)
            return found.Refused!;
        await store.PutSettingsAsync(customer, settings, CancellationToken.None);
        return settings;
    }
}
