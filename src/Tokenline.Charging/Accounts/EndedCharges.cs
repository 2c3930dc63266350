namespace Tokenline.Charging.Accounts;

/// <summary>
/// The newest ends of charges, so that a repeated settle or release is told from a different one. Older ones are looked up in the records.
/// A ring that is searched whole, in one sweep: small, since there is one for each account in memory, and each hold looks into it.
/// </summary>
internal sealed class EndedCharges
{
    private const int Kept = 64;

    private long[] charges = []; // grown while it has not gone round; then it is full
    private int[] contents = [];
    private int count;
    private int next;

    public void Remember(ChargeId charge, int content)
    {
        if (count == charges.Length && count < Kept)
        {
            Array.Resize(ref charges, Math.Max(4, count * 2));
            Array.Resize(ref contents, charges.Length);
        }
        (charges[next], contents[next]) = (charge.Value, content);
        count = Math.Max(count, next + 1);
        next = (next + 1) % Kept;
    }

    public bool TryGet(ChargeId charge, out int content)
    {
        var at = charges.AsSpan(0, count).IndexOf(charge.Value);
        content = at < 0 ? 0 : contents[at];
        return at >= 0;
    }
}
