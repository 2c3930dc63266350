namespace Tokenline.Storage.Journal;

/// <summary>The charges that were dispatched and have not ended, and the position before which there is none.</summary>
internal sealed class OpenCharges
{
    private readonly Dictionary<ChargeId, AccountId> open = [];
    private readonly Queue<(long Position, ChargeId Charge)> byPosition = new();

    public IEnumerable<AccountId> Accounts => open.Values.Distinct();

    public void Opened(ChargeId charge, AccountId account, long position)
    {
        open[charge] = account;
        byPosition.Enqueue((position, charge));
    }

    public void Ended(ChargeId charge) => open.Remove(charge);

    /// <param name="next">The position of the next entry, which is the answer when nothing is open.</param>
    public long LowWater(long next)
    {
        while (byPosition.TryPeek(out var oldest))
        {
            if (open.ContainsKey(oldest.Charge))
                return oldest.Position;
            byPosition.Dequeue();
        }
        return next;
    }
}
