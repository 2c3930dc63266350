namespace Tokenline.Gateway.Routing.Sticky;

/// <summary>
/// Which deployment served a conversation last, for as long as its prompt cache is warm. A table of fixed size without locks: a conversation that falls on
/// another's place puts it out, which costs that one its cache and nothing else. An entry is two words of which one checks the other, so that a torn one is no entry.
/// </summary>
internal sealed class Conversations(int places = 1 << 16)
{
    private const int NumberBits = 20;
    private const long NumberMask = (1L << NumberBits) - 1;

    private readonly long[] checks = new long[places];
    private readonly long[] entries = new long[places];

    /// <summary>The number of the deployment; null: not known, or cold by now.</summary>
    public int? Find(ulong conversation, long now)
    {
        var place = (int)(conversation % (ulong)places);
        var entry = Volatile.Read(ref entries[place]);
        if (entry == 0 || (Volatile.Read(ref checks[place]) ^ entry) != (long)conversation || entry >> NumberBits <= now)
            return null;
        return (int)(entry & NumberMask);
    }

    public void Served(ulong conversation, int number, long warmUntil)
    {
        if (conversation == 0)
            return;
        var place = (int)(conversation % (ulong)places);
        var entry = (warmUntil << NumberBits) | (number & NumberMask);
        Volatile.Write(ref entries[place], entry);
        Volatile.Write(ref checks[place], entry ^ (long)conversation);
    }
}
