using Tokenline.Commerce.Catalog;
using Tokenline.Gateway.Routing;
using Tokenline.Gateway.Upstreams;

namespace Tokenline.Gateway.Pipeline;

/// <summary>One deployment that is asked for one call: what was sent, and the answer to come.</summary>
internal sealed class Attempt : IDisposable
{
    private readonly Call call;
    private readonly Seat seat;
    private readonly TakenLoad? load;
    private readonly VendorClock clock;
    private readonly DateTimeOffset at;
    private readonly TimeProvider time;
    private readonly RoutingClock routing;
    private readonly long askedAt;
    private bool isLeft;

    public Attempt(Call call, Seat seat, TakenLoad? load, VendorClock clock, TimeProvider time, RoutingClock routing)
    {
        (this.call, this.seat, this.load, this.clock, this.time, this.routing) = (call, seat, load, clock, time, routing);
        (at, askedAt) = (time.GetUtcNow(), time.GetTimestamp());
        seat.Live.Started(routing.Now, call.Request.Stream);
    }

    public Seat Seat => seat;

    public Deployment Deployment => seat.Deployment;

    public VendorClock Clock => clock;

    public DateTimeOffset At => at;

    public long AskedAt => askedAt;

    public PooledBuffer Body { get; } = new();

    public Exchange Exchange { get; set; } = null!;

    public string? VendorKey { get; set; }

    /// <summary>Completes with the answer's first byte.</summary>
    public Task<VendorAnswer> Answer { get; set; } = null!;

    /// <summary>The stream to the client was open when it began.</summary>
    public bool KnowsOpening { get; set; }

    /// <summary>When the answer began, as a timestamp; 0: it has not.</summary>
    private long BeganAt { get; set; }

    /// <summary>As they are at this moment.</summary>
    public AttemptTimes Times =>
        new(
            call.Request.Stream,
            BeganAt == 0 ? null : (long)time.GetElapsedTime(askedAt, BeganAt).TotalMilliseconds,
            (long)time.GetElapsedTime(askedAt).TotalMilliseconds
        );

    /// <summary>Its first byte has come: of a plain answer its head, of a stream the first event that is worth sending.</summary>
    public void Began()
    {
        if (BeganAt != 0)
            return;
        BeganAt = time.GetTimestamp();
        seat.Live.Heard(routing.Now, call.Request.Stream);
    }

    /// <summary>From here on it is the one that the call is with.</summary>
    public void Take()
    {
        call.Attempt = this;
        call.Deployment = seat.Deployment;
        call.VendorKey = VendorKey;
        call.Exchange = Exchange;
        call.Clock = clock;
    }

    /// <summary>It is over at its deployment.</summary>
    /// <param name="tokens">That it came to; 0: it was not served.</param>
    public void Leave(long tokens)
    {
        if (isLeft)
            return;
        isLeft = true;
        if (BeganAt == 0)
            seat.Live.Ceased(call.Request.Stream);
        seat.Live.Stopped();
        load?.End(tokens);
    }

    public void Dispose()
    {
        Leave(0);
        clock.Dispose();
        Body.Dispose();
    }
}
