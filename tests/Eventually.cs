namespace Tokenline.Testing;

/// <summary>Waits, in bounded time, for what happens behind the answer: only where no event tells of it.</summary>
internal static class Eventually
{
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan pause = TimeSpan.FromMilliseconds(10);

    /// <summary>Asks until the answer satisfies the condition. In the end it returns the last answer, for the test to judge.</summary>
    public static async Task<T> WhenAsync<T>(Func<Task<T>> ask, Func<T, bool> condition)
    {
        var time = TimeProvider.System;
        var start = time.GetTimestamp();
        while (true)
        {
            var answer = await ask();
            if (condition(answer) || time.GetElapsedTime(start) > patience)
                return answer;
            await Task.Delay(pause, time, CancellationToken.None);
        }
    }
}
