using Microsoft.AspNetCore.Http;

namespace Tokenline.Simulators.Vendors;

/// <summary>A request as it arrived. <paramref name="BodyBytes"/> is its whole length even where <paramref name="Body"/> was cut at the bound.</summary>
public sealed record ReceivedRequest(string Vendor, IReadOnlyDictionary<string, string> Headers, ReadOnlyMemory<byte> Body, long BodyBytes)
{
    /// <summary>With the query.</summary>
    public string Path { get; init; } = "";
}

/// <summary>Received = answered (also with an error, or cut on purpose) + aborted by the caller + still running.</summary>
public readonly record struct RequestCounts(long Received, long Answered, long AbortedByCaller);

/// <summary>Counts the requests and keeps the last ones. No lock: each request takes a slot by its number.</summary>
internal sealed class RequestLog(int requestsKept, int bytesKept)
{
    private readonly ReceivedRequest?[] kept = new ReceivedRequest?[requestsKept];
    private long received;
    private long answered;
    private long aborted;
    private long nextSlot;
    private TaskCompletionSource? changed;

    public RequestCounts Counts => new(Interlocked.Read(ref received), Interlocked.Read(ref answered), Interlocked.Read(ref aborted));

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<ReceivedRequest> Last
    {
        get
        {
            var end = Interlocked.Read(ref nextSlot);
            var requests = new List<ReceivedRequest>(kept.Length);
            for (var i = Math.Max(0, end - kept.Length); i < end; i++)
            {
                if (Volatile.Read(ref kept[i % kept.Length]) is { } request)
                    requests.Add(request);
            }
            return requests;
        }
    }

    /// <summary>The request's number, from 1.</summary>
    public long Received() => Changed(Interlocked.Increment(ref received));

    public void Answered() => Changed(Interlocked.Increment(ref answered));

    public void AbortedByCaller() => Changed(Interlocked.Increment(ref aborted));

    public void Keep(string vendor, HttpRequest http, ReadOnlySpan<byte> body)
    {
        if (kept.Length == 0)
            return;
        var copy = new Dictionary<string, string>(http.Headers.Count, StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in http.Headers)
            copy[name] = value.ToString();
        var request = new ReceivedRequest(vendor, copy, body[..Math.Min(body.Length, bytesKept)].ToArray(), body.Length)
        {
            Path = http.Path + http.QueryString,
        };
        Volatile.Write(ref kept[(Interlocked.Increment(ref nextSlot) - 1) % kept.Length], request);
    }

    public async Task WhenAsync(Func<RequestCounts, bool> condition, CancellationToken cancel)
    {
        while (true)
        {
            // The signal is taken before the counts are read, so that a change in between is not missed.
            var fresh = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var signal = Interlocked.CompareExchange(ref changed, fresh, null) ?? fresh;
            if (condition(Counts))
                return;
            await signal.Task.WaitAsync(cancel);
        }
    }

    private long Changed(long count)
    {
        if (Volatile.Read(ref changed) is not null)
            Interlocked.Exchange(ref changed, null)?.TrySetResult();
        return count;
    }
}
