namespace Tokenline.Gateway.Overload;

/// <summary>
/// What was sent somewhere and comes back in its order: how long it takes. What has not come back yet counts by its age, so that a place that answers nobody is known before it
/// answers. One thread sends and reads, another hears.
/// </summary>
internal sealed class Lag(TimeProvider time)
{
    /// <summary>More are not sent while none comes back: the oldest tells enough.</summary>
    private const int OnTheWayMax = 64;

    private readonly long[] sentAt = new long[OnTheWayMax];
    private int sent;
    private int heard;
    private long worst; // since it was read last, in ticks of the clock

    /// <summary>False: enough is on the way.</summary>
    public bool TrySend()
    {
        if (sent - Volatile.Read(ref heard) >= OnTheWayMax)
            return false;
        sentAt[sent % OnTheWayMax] = time.GetTimestamp();
        Volatile.Write(ref sent, sent + 1);
        return true;
    }

    /// <param name="count">So many of the oldest have come back.</param>
    public void Hear(int count)
    {
        var oldest = time.GetTimestamp() - sentAt[heard % OnTheWayMax];
        if (oldest > Volatile.Read(ref worst))
            Volatile.Write(ref worst, oldest);
        Volatile.Write(ref heard, heard + count);
    }

    /// <summary>The longest since it was asked last.</summary>
    public TimeSpan Read()
    {
        var longest = Interlocked.Exchange(ref worst, 0);
        var before = Volatile.Read(ref heard);
        if (before < sent)
            longest = Math.Max(longest, time.GetTimestamp() - sentAt[before % OnTheWayMax]);
        return time.GetElapsedTime(0, longest);
    }
}
