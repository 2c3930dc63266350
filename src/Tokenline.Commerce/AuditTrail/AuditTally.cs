namespace Tokenline.Commerce.AuditTrail;

/// <summary>How many entries were written by whatever runs below <see cref="Begin"/>.</summary>
public sealed class AuditTally
{
    private static readonly AsyncLocal<AuditTally?> current = new();
    private int count;

    public int Count => Volatile.Read(ref count);

    /// <summary>Counts from here on, in this flow and what it calls.</summary>
    public static AuditTally Begin() => current.Value = new AuditTally();

    /// <summary>Stores say so for each entry.</summary>
    public static void Note()
    {
        if (current.Value is { } tally)
            Interlocked.Increment(ref tally.count);
    }
}
