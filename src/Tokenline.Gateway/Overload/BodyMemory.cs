namespace Tokenline.Gateway.Overload;

/// <summary>
/// The memory that bodies of requests and answers may take together, beyond the little that every call has. A body that no longer fits is refused;
/// an answer, for which a vendor has worked, is let in, and the door is closed to calls until there is room again.
/// </summary>
public sealed class BodyMemory(GatewayOptions options)
{
    /// <summary>What a call has without asking: almost all bodies are smaller.</summary>
    internal const int FreeBytes = 64 * 1024;

    private long taken;

    public long Taken => Volatile.Read(ref taken);

    /// <summary>Answers have taken more than there is.</summary>
    internal bool IsOverdrawn => Taken > options.BodiesBytesMax;

    /// <summary>False: they have all that they may have, and nothing was taken.</summary>
    internal bool TryTake(long bytes)
    {
        while (true)
        {
            var before = Taken;
            if (before + bytes > options.BodiesBytesMax)
                return false;
            if (Interlocked.CompareExchange(ref taken, before + bytes, before) == before)
                return true;
        }
    }

    internal void Take(long bytes) => Interlocked.Add(ref taken, bytes);

    internal void Give(long bytes) => Interlocked.Add(ref taken, -bytes);
}

/// <summary>What one call has of it, as its bodies grow. Not thread-safe; given back when the call ends.</summary>
internal struct BodyShare(BodyMemory? memory)
{
    private const int StepBytes = 256 * 1024;
    private static readonly Rejection full = new(
        Problems.Overloaded,
        "This server has as many large bodies as it can take. Try again in a moment.",
        RetryAfterSeconds: 2
    );

    private long taken;

    /// <summary>Null: a body may grow to so many bytes.</summary>
    public Rejection? GrowTo(long bytes) =>
        Missing(bytes) is not (> 0 and var more) ? null
        : memory!.TryTake(more) ? Have(more)
        : full;

    /// <summary>It has grown, and is kept in any case.</summary>
    public void HasGrownTo(long bytes)
    {
        if (Missing(bytes) is not (> 0 and var more))
            return;
        memory!.Take(more);
        Have(more);
    }

    public void GiveBack()
    {
        if (taken > 0)
            memory!.Give(taken);
        taken = 0;
    }

    /// <summary>In steps: a body grows by a few kilobytes at a time.</summary>
    private readonly long Missing(long bytes) =>
        memory is null || bytes <= BodyMemory.FreeBytes || bytes <= taken ? 0 : ((bytes / StepBytes) + 1) * StepBytes - taken;

    private Rejection? Have(long more)
    {
        taken += more;
        return null;
    }
}
