using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Journal;
using Tokenline.Charging.Records;
using Tokenline.Charging.Tests.Journal;
using Tokenline.Cluster;

namespace Tokenline.Charging.Tests.Cluster;

/// <summary>A case that <see cref="ParallelHistoryProperties"/> has found.</summary>
public sealed class RefundWhileSettlingTests
{
    private static readonly DateTimeOffset now = new(2026, 1, 10, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_refund_waits_for_a_settle_that_is_decided_and_not_yet_durable()
    {
        var tariffs = new TestTariffs();
        var journal = new SlowJournal();
        var engine = new ChargingAccount(new AccountId(7), tariffs);
        var claimed = await journal.ClaimAsync(engine.Id);
        var account = new HostedAccount(
            engine,
            claimed.Epoch,
            journal,
            journal.Inner,
            new FakeTimeProvider(now),
            NullLogger.Instance,
            () => { }
        );
        var grant = new BucketGrant(
            new BucketId(1),
            "plan",
            BucketType.Plan,
            TestTariffs.General,
            null,
            1000 * QuotaUnit.Micro,
            1,
            now,
            null,
            null,
            null
        );
        Assert.Null(await account.ExecuteAsync(new GrantBucket(grant)));
        var charge = new ChargeId(100);
        account.Hold(
            new HoldRequest
            {
                Charge = charge,
                Key = new KeyId(1),
                Tariff = tariffs["m"],
                Vendor = "v",
                Deployment = "d",
                Stream = false,
                InputBound = 100,
                InputEstimate = 100,
                OutputWanted = 100,
                OutputModest = 100,
                OutputMin = 1,
                Precise = true,
                Node = 1,
            }
        );

        journal.Stop();
        var settling = account
            .SettleAsync(
                new SettleRequest
                {
                    Charge = charge,
                    Usage = Usage.Of(100, 100),
                    Basis = UsageBasis.Vendor,
                    Ending = CallEnding.Completed,
                }
            )
            .AsTask();
        var refunding = account.ExecuteAsync(new Refund(new CommandId(200), charge, 1_000_000, "test"));
        Assert.False(settling.IsCompleted || refunding.IsCompleted);
        journal.Go();

        Assert.Equal(EndVerdict.Done, (await settling).Verdict);
        Assert.Null(await refunding);
        Assert.Equal(1000 * QuotaUnit.Micro, (await account.ViewAsync()).Buckets.Single().Remaining);
    }

    /// <summary>Entries wait where they are while it is stopped.</summary>
    private sealed class SlowJournal : IChargeJournal
    {
        private TaskCompletionSource going = Gone();

        public MemoryChargeJournal Inner { get; } = new();

        public bool IsBehind => false;

        public void Stop() => going = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Go() => going.SetResult();

        public ValueTask<ClaimedAccount> ClaimAsync(AccountId account) => Inner.ClaimAsync(account);

        public async Task Append(AccountId account, long epoch, long sequence, JournalEntry entry, UsageRecord? record, bool urgent)
        {
            await going.Task;
            await Inner.Append(account, epoch, sequence, entry, record, urgent);
        }

        public void Save(AccountId account, long epoch, AccountImage image) { }

        private static TaskCompletionSource Gone()
        {
            var gone = new TaskCompletionSource();
            gone.SetResult();
            return gone;
        }
    }
}
