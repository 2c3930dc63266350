using Tokenline.Charging.Journal;

namespace Tokenline.Charging.Accounts;

/// <summary>Buckets that belong to a seat pay for whoever has it.</summary>
public sealed partial class ChargingAccount
{
    private Refusal? Pass(PassSeat pass, DateTimeOffset now)
    {
        Emit(new SeatPassed(now, pass.Product, pass.Number, pass.Holder, pass.Command, ContentOf(pass)));
        return null;
    }

    private void ApplySeat(SeatPassed passed)
    {
        foreach (var bucket in order)
        {
            if (bucket.Grant.Seat is { } seat && seat.Number == passed.Number && bucket.Grant.Product == passed.Product)
                bucket.Pass(passed.Holder);
        }
    }

    /// <summary>Whether a bucket may pay for the model and the node of this call at all.</summary>
    private static bool Covers(Bucket bucket, in Call call) =>
        bucket.Covers(call.Model) && (bucket.Grant.Seat is not { } seat || IsHeldBy(call.Node, seat));

    private static bool IsHeldBy(AllotmentNode from, BucketSeat seat)
    {
        if (seat.Holder is not { } holder)
            return false;
        if (holder == Allotment.Root)
            return from.Depth == 0 || (from.Depth == 1 && from.Terms.Type == AllotmentType.Key);
        for (var node = from; node is not null; node = node.Parent)
        {
            if (node.Terms.Id == holder)
                return true;
        }
        return false;
    }
}
