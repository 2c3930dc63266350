using Microsoft.Extensions.Logging;
using Tokenline.Commerce.Notifications;

namespace Tokenline.Management.Notifications;

/// <summary>Every event in the operator's log, by account: no phone number, no words of customers.</summary>
internal sealed partial class LogChannel(ILogger<LogChannel> log) : INotificationChannel
{
    public string Name => Channels.Log;

    public Task<DeliveryOutcome> DeliverAsync(Notice notice, Delivery delivery, CancellationToken cancellation)
    {
        var about = notice.Event.Event;
        LogEvent(notice.Id, about.Type.ToString(), notice.Event.Account, about.Subject, about.Percent);
        return Task.FromResult(DeliveryOutcome.Delivered);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Event} {Type} of {Account}: {Subject} {Percent}")]
    private partial void LogEvent(string @event, string type, AccountId account, string subject, int? percent);
}
