namespace Tokenline.Gateway.Overload;

/// <summary>
/// How long one thing takes that is sent somewhere and comes back, again and again. One at a time: a second would be taken along by the first, and would seem to have waited
/// less. What the last one took holds until the next is back, or has been on its way for longer. One thread sends and reads, another hears.
/// </summary>
internal sealed class Lag(TimeProvider time)
{
    private long sentAt; // 0: nothing is on the way
    private long last; // in ticks of the clock
    private bool isCut;

    /// <summary>False: the one before is on its way still, or none comes back any more.</summary>
    public bool TrySend()
    {
        if (Volatile.Read(ref isCut) || Volatile.Read(ref sentAt) != 0)
            return false;
        Volatile.Write(ref sentAt, time.GetTimestamp());
        return true;
    }

    /// <summary>It is back.</summary>
    public void Hear()
    {
        Volatile.Write(ref last, time.GetTimestamp() - sentAt);
        Volatile.Write(ref sentAt, 0);
    }

    /// <summary>None comes back any more: what is on its way would seem to wait for ever.</summary>
    public void Cut() => Volatile.Write(ref isCut, true);

    public TimeSpan Read()
    {
        if (Volatile.Read(ref isCut))
            return TimeSpan.Zero;
        var sent = Volatile.Read(ref sentAt);
        var took = Volatile.Read(ref last);
        return time.GetElapsedTime(0, sent == 0 ? took : Math.Max(took, time.GetTimestamp() - sent));
    }
}
