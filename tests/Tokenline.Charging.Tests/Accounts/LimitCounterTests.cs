using Tokenline.Charging.Accounts;
using Tokenline.Charging.Limits;
using Tokenline.Charging.Records;

namespace Tokenline.Charging.Tests.Accounts;

/// <summary>What limits count, in cases that the oracle has found.</summary>
public sealed class LimitCounterTests
{
    private static readonly DateTimeOffset now = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);
    private readonly TestTariffs tariffs = new();

    [Fact]
    public void Money_that_a_call_takes_beyond_its_hold_counts_in_a_rolling_limit_also_after_a_restart_from_an_image()
    {
        var account = new ChargingAccount(new AccountId(1), tariffs);
        var spend = new Limit("spend", LimitWindow.Rolling, Measure.Spend, Money.NanoPerUnit, Seconds: 3600, Currency: Currency.Cny);
        var root = new Allotment(Allotment.Root, Allotment.Root, "account", AllotmentType.Account, [spend]);
        Assert.Null(account.Execute(new PutAllotment(new CommandId(1), root), now));
        Grant(account, 1, BucketType.Plan, TestTariffs.General, null, 300 * QuotaUnit.Micro);
        Grant(account, 2, BucketType.Wallet, null, Currency.Cny, Money.NanoPerUnit);
        Assert.Equal(HoldVerdict.Granted, account.Hold(Hold(input: 100, output: 100), now).Verdict); // the plan holds all of it

        var restored = ChargingAccount.Restore(account.Id, tariffs, account.Image(), []);
        var end = restored.Settle(
            new SettleRequest
            {
                Charge = new ChargeId(1),
                Usage = Usage.Of(100, 200),
                Basis = UsageBasis.Vendor,
                Ending = CallEnding.Completed,
            },
            now
        );

        var paid = end.Record!.Payments.Single(payment => payment.IsMoney).Amount;
        Assert.Equal(paid, restored.View(now).Allotments[0].Limits[0].Used);
        Assert.True(paid > 0);
    }

    private static void Grant(ChargingAccount account, long id, BucketType type, QuotaUnit? unit, Currency? currency, long amount) =>
        Assert.Null(
            account.Execute(
                new GrantBucket(
                    new BucketGrant(new BucketId(id), type.ToString(), type, unit, currency, amount, (int)id, now, null, null, null)
                ),
                now
            )
        );

    private HoldRequest Hold(long input, long output) => tariffs.Call(new ChargeId(1), input, output);
}
