using Microsoft.Extensions.Logging;
using Tokenline.Commerce.Payments;

namespace Tokenline.Management.Payments;

/// <summary>In the operator's log, as an error.</summary>
internal sealed partial class LoggedPaymentAlarms(ILogger<LoggedPaymentAlarms> log) : IPaymentAlarms
{
    public void Raise(string correlator, string words) => LogAlarm(correlator, words);

    [LoggerMessage(Level = LogLevel.Error, Message = "The carrier contradicts what it was asked for {Correlator}: {Words}")]
    private partial void LogAlarm(string correlator, string words);
}
