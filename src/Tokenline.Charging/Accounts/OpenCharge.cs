using Tokenline.Charging.Journal;
using Tokenline.Charging.Tariffs;

namespace Tokenline.Charging.Accounts;

/// <summary>A call that was dispatched and has not ended.</summary>
/// <param name="sequence">Of its dispatch: limits that were set later do not count it.</param>
internal sealed class OpenCharge(long sequence, Dispatched dispatch, ModelTariff tariff, AllotmentNode node)
{
    public long Sequence { get; } = sequence;
    public Dispatched Dispatch { get; } = dispatch;
    public ModelTariff Tariff { get; } = tariff;
    public AllotmentNode Node { get; } = node;
    public Extended? Last { get; private set; }

    public ChargeId Id => Dispatch.Charge;
    public HeldPart[] Held => Last?.Held ?? Dispatch.Held;
    public long OutputHeld => Last?.OutputHeld ?? Dispatch.OutputHeld;
    public Counted? Counted => Last is null ? Dispatch.Counted : Last.Counted;
    public CallTraits Traits => Dispatch.Traits ?? CallTraits.Plain;

    public void Extend(Extended entry) => Last = entry;

    public long HeldIn(BucketId bucket)
    {
        foreach (var part in Held)
        {
            if (part.Bucket == bucket)
                return part.Amount;
        }
        return 0;
    }

    public bool Holds(BucketId bucket)
    {
        foreach (var part in Held)
        {
            if (part.Bucket == bucket)
                return true;
        }
        return false;
    }
}
