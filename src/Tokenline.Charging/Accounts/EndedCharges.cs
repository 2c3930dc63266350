namespace Tokenline.Charging.Accounts;

/// <summary>The newest ends of charges, so that a repeated settle or release is told from a different one. Older ones are looked up in the records.</summary>
internal sealed class EndedCharges
{
    private const int Kept = 256;

    private readonly Dictionary<ChargeId, int> contents = [];
    private readonly Queue<ChargeId> order = new();

    public void Remember(ChargeId charge, int content)
    {
        if (order.Count == Kept)
            contents.Remove(order.Dequeue());
        contents[charge] = content;
        order.Enqueue(charge);
    }

    public bool TryGet(ChargeId charge, out int content) => contents.TryGetValue(charge, out content);
}
