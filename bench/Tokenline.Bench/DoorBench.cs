using System.Diagnostics;
using System.Globalization;
using Tokenline.Gateway;
using Tokenline.Gateway.Overload;

namespace Tokenline.Bench;

/// <summary>What letting a call in and out costs, for one thread and for as many as there are processors, and what refusing one does: in nanoseconds and in bytes allocated.</summary>
internal static class DoorBench
{
    private const int Round = 1000;
    private static readonly TimeSpan warmUp = TimeSpan.FromSeconds(1);

    public static void Run(int seconds)
    {
        Console.WriteLine($"{"the door", -16} {"threads", 12} {"ns a call", 12} {"bytes", 8}");
        var processors = Environment.ProcessorCount;
        foreach (var threads in processors > 1 ? (int[])[1, processors] : [1])
        {
            Measure("let in", 0, threads, seconds);
            Measure("half refused", 0.5, threads, seconds);
        }
    }

    private static void Measure(string title, double share, int threads, int seconds)
    {
        var options = new GatewayOptions { CallsNeverShed = 0 };
        var admission = new Admission(options, new BodyMemory(options)) { Share = share };
        _ = Spend(admission, threads, warmUp);
        var (nanoseconds, bytes) = Spend(admission, threads, TimeSpan.FromSeconds(seconds));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{title, -16} {threads, 12} {nanoseconds, 12:0} {bytes, 8:0.##}"));
    }

    /// <returns>Nanoseconds of a thread's time, and bytes, of a call.</returns>
    private static (double Nanoseconds, double Bytes) Spend(Admission admission, int threads, TimeSpan time)
    {
        var (calls, bytes, spent) = (0L, 0L, 0L);
        var all = Enumerable
            .Range(0, threads)
            .Select(_ => new Thread(() =>
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                var watch = Stopwatch.StartNew();
                var mine = 0L;
                while (watch.Elapsed < time)
                {
                    for (var i = 0; i < Round; i++, mine++)
                    {
                        if (admission.Enter() is null)
                            admission.Leave();
                    }
                }
                Interlocked.Add(ref spent, watch.ElapsedTicks);
                Interlocked.Add(ref bytes, GC.GetAllocatedBytesForCurrentThread() - before);
                Interlocked.Add(ref calls, mine);
            }))
            .ToList();
        foreach (var thread in all)
            thread.Start();
        foreach (var thread in all)
            thread.Join();
        return (spent * (1e9 / Stopwatch.Frequency) / calls, (double)bytes / calls);
    }
}
