using Tokenline.Charging.Journal;
using Tokenline.Commerce.Parties;

namespace Tokenline.Commerce.Notifications;

/// <summary>What is to be told, to whom.</summary>
public sealed record Notice(StoredEvent Event, Customer Customer, NotificationSettings Settings)
{
    /// <summary>The same on every channel and at every try, so that who gets it twice can tell.</summary>
    public string Id => new Id<EventKind>(Event.Position).ToString();
}
