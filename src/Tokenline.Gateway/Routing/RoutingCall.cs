using Tokenline.Gateway.Protocols;

namespace Tokenline.Gateway.Routing;

/// <summary>What choosing a deployment depends on: of the call, and the instant.</summary>
/// <param name="Now">Milliseconds of <see cref="RoutingClock"/>.</param>
/// <param name="At">The same instant by the calendar, for prices.</param>
/// <param name="InputTokens">As estimated.</param>
/// <param name="OutputTokens">As estimated: what the client allows, or a modest answer.</param>
/// <param name="Conversation">Calls of one conversation have the same; 0: it belongs to none.</param>
internal readonly record struct RoutingCall(
    ClientProtocol Client,
    long Now,
    DateTimeOffset At,
    long InputTokens,
    long OutputTokens,
    bool Stream,
    ulong Conversation
);

/// <summary>Time that only goes forward, in milliseconds: health and figures do not jump with the calendar.</summary>
internal sealed class RoutingClock(TimeProvider time)
{
    private const long Beginning = 3_600_000; // so that "an hour ago" is a number too

    private readonly double perMillisecond = time.TimestampFrequency / 1000.0;
    private readonly long start = time.GetTimestamp();

    public long Now => Beginning + (long)((time.GetTimestamp() - start) / perMillisecond);

    public DateTimeOffset At => time.GetUtcNow();

    /// <summary>The calendar's instant of one of this clock's.</summary>
    public DateTimeOffset Of(long milliseconds) => At + TimeSpan.FromMilliseconds(milliseconds - Now);
}
