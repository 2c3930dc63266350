using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Records;

namespace Tokenline.Gateway.Pipeline;

/// <summary>
/// Ends a charge whose answer was cut before its first byte left, because it could not be made durable in time. Nobody pays for what was not delivered:
/// it is released, and where its settle was durable after all, and only word of that was lost, it is given back.
/// </summary>
internal sealed class UndeliveredAnswer(IChargingAccounts accounts, TimeProvider time)
{
    public const string Reason = "not delivered";

    /// <param name="settle">What it would have cost, with its vendor, who is owed for it: so it stays as a vendor-side line.</param>
    public async ValueTask<EndOutcome> EndAsync(AccountId account, SettleRequest settle)
    {
        var served = new VendorAttempt(settle.Vendor ?? "", settle.Deployment ?? "", time.GetUtcNow(), Reason, settle.Usage);
        var released = await accounts.ReleaseAsync(account, new ReleaseRequest(settle.Charge, Reason, [.. settle.Attempts ?? [], served]));
        if (released.Verdict is EndVerdict.Done or EndVerdict.Replayed)
            return released;
        // One refund of a charge for this reason, whoever asks for it and how often: its id is the charge's.
        var refused = await accounts.ExecuteAsync(
            account,
            new Refund(new CommandId(settle.Charge.Value), settle.Charge, Millionths: 1_000_000, Reason)
        );
        return refused is null ? new EndOutcome(EndVerdict.Done) : released;
    }
}
