namespace Tokenline.Charging.Accounts;

/// <summary>Idempotency keys of the last 24 hours, the newest 100,000 of an account at the most.</summary>
internal sealed class SeenKeys
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);
    private const int CountMax = 100_000;

    private readonly Dictionary<UInt128, SeenKey> seen = [];
    private readonly Queue<SeenKey> order = new();

    public int Count => seen.Count;

    public bool TryGet(UInt128 key, DateTimeOffset now, out ChargeId first)
    {
        var found = seen.TryGetValue(key, out var entry) && entry.Until > now;
        first = found ? entry!.Charge : default;
        return found;
    }

    public void Add(SeenKey entry, DateTimeOffset now)
    {
        while (order.TryPeek(out var oldest) && (oldest.Until <= now || order.Count >= CountMax))
            Forget(order.Dequeue());
        seen[entry.Key] = entry;
        order.Enqueue(entry);
    }

    /// <summary>The call came to nothing, so its key may be used again.</summary>
    public void Free(UInt128 key, ChargeId charge)
    {
        if (seen.TryGetValue(key, out var entry) && entry.Charge == charge)
            seen.Remove(key);
    }

    public SeenKey[] Image() => [.. seen.Values.OrderBy(entry => entry.Until)];

    private void Forget(SeenKey entry)
    {
        if (seen.TryGetValue(entry.Key, out var current) && ReferenceEquals(current, entry))
            seen.Remove(entry.Key);
    }
}
