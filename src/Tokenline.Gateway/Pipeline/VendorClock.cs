namespace Tokenline.Gateway.Pipeline;

/// <summary>
/// How long the vendor may still take: a token that is cancelled when it is silent for too long. When the client goes away the call is not cancelled at once;
/// the vendor gets a last few seconds (its drain time) to send its usage.
/// </summary>
internal sealed class VendorClock : IDisposable
{
    private readonly CancellationTokenSource source;
    private readonly CancellationTokenRegistration registration;
    private readonly CancellationToken clientGone;
    private readonly TimeSpan drain;
    private bool draining;

    public VendorClock(TimeProvider time, TimeSpan drain, CancellationToken clientGone)
    {
        source = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        this.drain = drain;
        this.clientGone = clientGone;
        registration = clientGone.UnsafeRegister(static state => ((VendorClock)state!).Drain(), this);
    }

    public CancellationToken Token => source.Token;

    /// <summary>How long its answer may take to begin.</summary>
    public TimeSpan FirstBytePatience { get; set; } = Timeout.InfiniteTimeSpan;

    public bool IsClientGone => clientGone.IsCancellationRequested;

    /// <summary>The vendor has until then for its next sign of life.</summary>
    public void Allow(TimeSpan silence)
    {
        if (!Volatile.Read(ref draining))
            source.CancelAfter(silence);
    }

    /// <summary>The vendor is not to blame for the time from now on: a slow client is being waited for.</summary>
    public void Pause() => Allow(Timeout.InfiniteTimeSpan);

    /// <summary>Nothing more is wanted of the vendor.</summary>
    public void Cancel()
    {
        Volatile.Write(ref draining, true);
        try
        {
            source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The vendor is done with already.
        }
    }

    /// <summary>Starts the last few seconds.</summary>
    private void Drain()
    {
        if (Interlocked.Exchange(ref draining, true))
            return;
        if (drain > TimeSpan.Zero)
            source.CancelAfter(drain);
        else
            source.Cancel();
    }

    public void Dispose()
    {
        registration.Dispose();
        source.Dispose();
    }
}
