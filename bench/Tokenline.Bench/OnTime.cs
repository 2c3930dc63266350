using System.Diagnostics;
using Tokenline.Storage.Journal;

namespace Tokenline.Bench;

/// <summary>
/// What is due at a moment begins then, but for some 60 µs. The runtime's own timers go by the system's coarse clock, which on most Linux moves every 4 ms:
/// of a thousand calls a second they begin four at once, 250 times a second.
/// </summary>
internal static class OnTime
{
    private static readonly TimeSpan napMax = TimeSpan.FromMilliseconds(500);

    /// <summary>The timestamp of the moment after so long.</summary>
    public static long In(TimeSpan time) => Stopwatch.GetTimestamp() + Ticks(time.TotalSeconds);

    public static void Wait(long due)
    {
        while (Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due) is { Ticks: > 0 } rest)
            ShortNap.Take(rest < napMax ? rest : napMax);
    }

    /// <summary>So many beginnings, evenly, on a thread of its own; each is told its number and the timestamp of when it was due.</summary>
    public static Task BeginAsync(long begun, double perSecond, int count, Action<int, long> begin) =>
        Task.Factory.StartNew(
            () =>
            {
                for (var number = 0; number < count; number++)
                {
                    var due = begun + Ticks(number / perSecond);
                    Wait(due);
                    begin(number, due);
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );

    private static long Ticks(double seconds) => (long)(seconds * Stopwatch.Frequency);
}
