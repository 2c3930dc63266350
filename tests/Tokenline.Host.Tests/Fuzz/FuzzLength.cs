using System.Collections.Concurrent;
using System.Globalization;

namespace Tokenline.Host.Tests.Fuzz;

/// <summary>So many tries in <c>./test.sh</c>; for so long with <c>./bench.sh fuzz</c> (<c>FUZZ_MINUTES</c>). The seed says which (<c>FUZZ_SEED</c>).</summary>
internal static class FuzzLength
{
    public static int Seed { get; } = (int)Setting("FUZZ_SEED", 1);

    /// <summary>Calls it with numbers from 0 on, several at once, until it is enough; it fails with the first few of all failures. How often.</summary>
    public static async Task<int> RunAsync(int tries, Func<int, Task> oneAsync)
    {
        var failures = new ConcurrentQueue<string>();
        var least = TimeSpan.FromMinutes(Setting("FUZZ_MINUTES", 0));
        var since = TimeProvider.System.GetTimestamp();
        var next = -1;
        await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(async _ =>
                {
                    int number;
                    while ((number = Interlocked.Increment(ref next)) < tries || TimeProvider.System.GetElapsedTime(since) < least)
                    {
                        try
                        {
                            await oneAsync(number);
                        }
                        catch (Exception e) when (e is not OperationCanceledException)
                        {
                            failures.Enqueue(e.Message);
                        }
                    }
                })
        );
        Assert.True(failures.IsEmpty, $"{failures.Count} failures, such as\n{string.Join("\n\n", failures.Take(12))}");
        return next;
    }

    private static double Setting(string name, double unless) =>
        double.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : unless;
}
