using System.Diagnostics.Metrics;

namespace Tokenline.Gateway.Overload;

/// <summary>
/// Whether one call more is let in: not when so many run already, when their bodies take all the memory that they may, or when calls wait too long before they are
/// looked at. Who is refused is told to come back, and nothing was read, held or charged. On the way of a call it costs three additions and a comparison.
/// </summary>
public sealed class Admission(GatewayOptions options, BodyMemory bodies)
{
    private const int Shares = 1 << 20;

    // Clients that were refused together should not come back together.
    private static readonly Rejection[] tooMany = Rejections("This server has as many calls as it can take. Try again in a moment.");
    private static readonly Rejection[] tooLate = Rejections("This server has more to do than it can. Try again in a moment.");

    private int running;
    private int refused; // of Shares
    private long refusals;
    private long asked;

    /// <summary>Calls that are in.</summary>
    internal int Running => Volatile.Read(ref running);

    /// <summary>The share of calls that is refused now, of 1.</summary>
    internal double Share
    {
        get => Volatile.Read(ref refused) / (double)Shares;
        set => Volatile.Write(ref refused, (int)(value * Shares));
    }

    /// <summary>Calls that have come, refused ones too.</summary>
    internal long Asked => Volatile.Read(ref asked);

    internal long Refusals => Volatile.Read(ref refusals);

    /// <summary>Null: in, and <see cref="Leave"/> must follow.</summary>
    internal Rejection? Enter()
    {
        Interlocked.Increment(ref asked);
        var share = Volatile.Read(ref refused);
        if (share > 0 && Running >= options.CallsNeverShed && Random.Shared.Next(Shares) < share)
            return Refuse(tooLate);
        if (bodies.IsOverdrawn)
            return Refuse(tooMany);
        if (Interlocked.Increment(ref running) <= options.CallsMax)
            return null;
        Leave();
        return Refuse(tooMany);
    }

    /// <summary>Without a question: a line of a batch, of which few run at once.</summary>
    internal void EnterFreely() => Interlocked.Increment(ref running);

    internal void Leave() => Interlocked.Decrement(ref running);

    /// <summary>For <c>/metrics</c>.</summary>
    internal void Show(System.Diagnostics.Metrics.Meter meter)
    {
        meter.CreateObservableCounter(
            "tokenline_calls_shed",
            () => Refusals,
            description: "Calls that were refused at the door, with 503 and Retry-After, because this process has enough to do."
        );
        meter.CreateObservableGauge(
            "tokenline_shed_share",
            () => Share,
            description: "The share of calls that is refused for what waits, of 1."
        );
        meter.CreateObservableGauge(
            "tokenline_bodies_bytes",
            () => bodies.Taken,
            description: "Memory that large bodies of calls that run have taken."
        );
    }

    private Rejection Refuse(Rejection[] ways)
    {
        Interlocked.Increment(ref refusals);
        return ways[Random.Shared.Next(ways.Length)];
    }

    private static Rejection[] Rejections(string message) =>
        [.. Enumerable.Range(1, 4).Select(seconds => new Rejection(Problems.Overloaded, message, RetryAfterSeconds: seconds))];
}
