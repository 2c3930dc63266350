namespace Tokenline.Commerce.Notifications;

public interface IMailSender
{
    /// <param name="id">The same for every try of one mail.</param>
    /// <param name="address">As <see cref="MailAddresses.IsValid"/> lets through.</param>
    Task<DeliveryOutcome> SendAsync(string id, string address, string subject, string text, CancellationToken cancellation);
}

/// <summary>To the address in the customer's settings.</summary>
public sealed class MailChannel(IMailSender sender, CommerceOptions options) : INotificationChannel
{
    public string Name => Channels.Mail;

    public async Task<DeliveryOutcome> DeliverAsync(Notice notice, Delivery delivery, CancellationToken cancellation) =>
        notice.Settings.Mail is { } address
            ? await sender.SendAsync(
                notice.Id,
                address,
                NoticeTexts.SubjectOf(notice),
                NoticeTexts.TextOf(notice, options.TimeZone),
                cancellation
            )
            : DeliveryOutcome.Refused("the customer has no mail address any more");
}

public static class MailAddresses
{
    private const int LengthMax = 254; // RFC 5321

    /// <summary>ASCII, one @, a domain with a dot, and nothing that ends a header or begins another.</summary>
    public static bool IsValid(string? text)
    {
        if (
            text is not { Length: > 0 and <= LengthMax }
            || text.Any(c => c is <= ' ' or > '~' or '<' or '>' or ',' or ';' or ':' or '"' or '\\')
        )
            return false;
        var at = text.IndexOf('@');
        return at is > 0 and <= 64
            && at == text.LastIndexOf('@')
            && text.IndexOf('.', at) > at + 1
            && text[^1] != '.'
            && !text.Contains("..", StringComparison.Ordinal);
    }
}
