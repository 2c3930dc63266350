using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;

namespace Tokenline.Bench;

/// <summary>A call of a load: when it was due, in seconds from the load's beginning, and what it took from then on.</summary>
internal readonly record struct LoadedCall(double Due, double Milliseconds, RawAnswer Answer);

/// <summary>Calls over many connections: as fast as they are answered, or at fixed times whether the ones before are answered or not.</summary>
internal sealed class OpenLoad(IPEndPoint server, byte[][] requests, int connectionsMax) : IDisposable
{
    private readonly ConcurrentStack<RawClient> idle = new();
    private readonly ConcurrentBag<RawClient> all = [];
    private int made;
    private int unsent;

    /// <summary>Calls for which every connection was waiting for an answer still.</summary>
    public int Unsent => unsent;

    /// <summary>So many callers, each of whom calls again once answered.</summary>
    public async Task<List<LoadedCall>> ClosedAsync(int callers, double seconds)
    {
        var begun = Stopwatch.GetTimestamp();
        var calls = new List<LoadedCall>[callers];
        await Task.WhenAll(
            Enumerable
                .Range(0, callers)
                .Select(i =>
                    Task.Run(async () =>
                    {
                        calls[i] = [];
                        var client = Take()!;
                        while (Stopwatch.GetElapsedTime(begun).TotalSeconds is var due && due < seconds)
                            calls[i].Add(await CallAsync(client, begun, due));
                        idle.Push(client);
                    })
                )
        );
        return [.. calls.SelectMany(of => of)];
    }

    /// <summary>So many calls a second.</summary>
    public async Task<LoadedCall[]> OpenAsync(double callsPerSecond, double seconds)
    {
        unsent = 0;
        var running = new List<Task<LoadedCall>>((int)(callsPerSecond * seconds));
        var begun = Stopwatch.GetTimestamp();
        await OnTime.BeginAsync(
            begun,
            callsPerSecond,
            running.Capacity,
            (number, _) =>
            {
                if (Take() is { } client)
                    running.Add(OneAsync(client, begun, number / callsPerSecond));
                else
                    unsent++;
            }
        );
        return await Task.WhenAll(running);
    }

    private async Task<LoadedCall> OneAsync(RawClient client, long begun, double due)
    {
        var call = await CallAsync(client, begun, due);
        idle.Push(client);
        return call;
    }

    private static async Task<LoadedCall> CallAsync(RawClient client, long begun, double due)
    {
        var answer = await client.CallAsync();
        return new(due, (Stopwatch.GetElapsedTime(begun).TotalSeconds - due) * 1000, answer);
    }

    private RawClient? Take()
    {
        if (idle.TryPop(out var client))
            return client;
        if (made >= connectionsMax)
            return null;
        var number = Interlocked.Increment(ref made);
        client = new RawClient(server, requests[number % requests.Length]);
        all.Add(client);
        return client;
    }

    public void Dispose()
    {
        foreach (var client in all)
            client.Dispose();
    }
}
