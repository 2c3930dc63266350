namespace Tokenline.Host.History;

/// <summary>A clock that stands still until it is moved, and never goes back.</summary>
internal sealed class MovedClock(DateTimeOffset start) : TimeProvider
{
    private long ticks = start.UtcTicks;

    public override DateTimeOffset GetUtcNow() => new(Volatile.Read(ref ticks), TimeSpan.Zero);

    public void MoveTo(DateTimeOffset at) => Volatile.Write(ref ticks, Math.Max(Volatile.Read(ref ticks), at.UtcTicks));
}
