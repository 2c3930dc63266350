using Tokenline.Charging.Journal;
using Tokenline.Charging.Tariffs;

namespace Tokenline.Charging.Accounts;

/// <summary>A call that was dispatched and has not ended.</summary>
internal sealed class OpenCharge(Dispatched dispatch, ModelTariff tariff)
{
    public Dispatched Dispatch { get; } = dispatch;
    public ModelTariff Tariff { get; } = tariff;
    public Extended? Last { get; private set; }

    public ChargeId Id => Dispatch.Charge;
    public HeldPart[] Held => Last?.Held ?? Dispatch.Held;
    public long OutputHeld => Last?.OutputHeld ?? Dispatch.OutputHeld;

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
}
