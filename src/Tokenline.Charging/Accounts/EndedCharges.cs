namespace Tokenline.Charging.Accounts;

/// <summary>
/// The newest ends of charges, so that a repeated settle or release is told from a different one. Older ones are looked up in the records.
/// A ring that is searched from its newest on: small, since there is one for each account in memory.
/// </summary>
internal sealed class EndedCharges
{
    private const int Kept = 64;

    private (ChargeId Charge, int Content)[] ring = [];
    private int count;
    private int newest = -1;

    public void Remember(ChargeId charge, int content)
    {
        if (count == ring.Length && count < Kept)
            Array.Resize(ref ring, Math.Max(4, count * 2)); // still in order from 0: it has not gone round yet
        newest = (newest + 1) % ring.Length;
        ring[newest] = (charge, content);
        count = Math.Min(count + 1, ring.Length);
    }

    public bool TryGet(ChargeId charge, out int content)
    {
        for (var back = 0; back < count; back++)
        {
            ref readonly var known = ref ring[(newest - back + ring.Length) % ring.Length];
            if (known.Charge != charge)
                continue;
            content = known.Content;
            return true;
        }
        content = 0;
        return false;
    }
}
