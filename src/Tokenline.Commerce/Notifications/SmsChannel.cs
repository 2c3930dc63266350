namespace Tokenline.Commerce.Notifications;

/// <summary>Sends text messages. With the correlator of a message before, the carrier sends nothing new.</summary>
public interface ISmsSender
{
    /// <param name="phoneNumber">E.164.</param>
    Task<DeliveryOutcome> SendAsync(string correlator, string phoneNumber, string text, CancellationToken cancellation);
}

/// <summary>To the phone number that pays.</summary>
public sealed class SmsChannel(ISmsSender sender, CommerceOptions options) : INotificationChannel
{
    public string Name => Channels.Sms;

    public Task<DeliveryOutcome> DeliverAsync(Notice notice, Delivery delivery, CancellationToken cancellation) =>
        sender.SendAsync(notice.Id, notice.Customer.PhoneNumber, NoticeTexts.TextOf(notice, options.TimeZone), cancellation);
}
