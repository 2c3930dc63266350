using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Journal;
using Tokenline.Charging.Records;
using Tokenline.Charging.Tests.Journal;
using Tokenline.Cluster;

namespace Tokenline.Charging.Tests.Cluster;

/// <summary>Cases that <see cref="ParallelHistoryProperties"/> and <see cref="HistoryUnderFaultsProperties"/> have found.</summary>
public sealed class RefundWhileSettlingTests
{
    private static readonly DateTimeOffset now = new(2026, 1, 10, 0, 0, 0, TimeSpan.Zero);
    private static readonly AccountId id = new(7);
    private static readonly ChargeId charge = new(100);

    private readonly TestTariffs tariffs = new();
    private readonly SlowJournal journal = new();
    private readonly List<long> givenUp = [];

    [Fact]
    public async Task A_refund_waits_for_a_settle_that_is_decided_and_not_yet_durable()
    {
        var account = await OwnerAsync();
        Assert.Null(await account.ExecuteAsync(new GrantBucket(Plan())));
        account.Hold(Call());

        journal.Stop();
        var settling = account.SettleAsync(End()).AsTask();
        var refunding = account.ExecuteAsync(Whole());
        Assert.False(settling.IsCompleted || refunding.IsCompleted);
        journal.Go();

        Assert.Equal(EndVerdict.Done, (await settling).Verdict);
        Assert.Null(await refunding);
        Assert.Equal(1000 * QuotaUnit.Micro, (await account.ViewAsync()).Buckets.Single().Remaining);
    }

    [Fact]
    public async Task Who_is_asked_to_give_back_what_a_newer_owner_has_charged_finds_that_it_owns_the_account_no_more()
    {
        var first = await OwnerAsync();
        Assert.Null(await first.ExecuteAsync(new GrantBucket(Plan())));
        var second = await OwnerAsync();
        second.Hold(Call());
        Assert.Equal(EndVerdict.Done, (await second.SettleAsync(End())).Verdict);

        await Assert.ThrowsAsync<AccountUnavailableException>(() => first.ExecuteAsync(Whole()));

        Assert.Equal([1L], givenUp);
        Assert.Throws<AccountUnavailableException>(() => first.Hold(Call()));
        Assert.Null(await second.ExecuteAsync(Whole()));
        Assert.Equal(1000 * QuotaUnit.Micro, (await second.ViewAsync()).Buckets.Single().Remaining);
    }

    [Fact]
    public async Task So_does_who_is_asked_to_give_back_to_a_bucket_that_a_newer_owner_has_granted()
    {
        var first = await OwnerAsync();
        var second = await OwnerAsync();
        Assert.Null(await second.ExecuteAsync(new GrantBucket(Plan())));
        second.Hold(Call());
        Assert.Equal(EndVerdict.Done, (await second.SettleAsync(End())).Verdict);

        await Assert.ThrowsAsync<AccountUnavailableException>(() => first.ExecuteAsync(Whole()));

        Assert.Equal([1L], givenUp);
        Assert.Null(await second.ExecuteAsync(Whole()));
    }

    [Fact]
    public async Task A_settle_that_its_owner_knows_nothing_of_is_answered_by_the_record_of_a_newer_one()
    {
        var first = await OwnerAsync();
        Assert.Null(await first.ExecuteAsync(new GrantBucket(Plan())));
        var second = await OwnerAsync();
        second.Hold(Call());
        var record = (await second.SettleAsync(End())).Record!;

        var same = await first.SettleAsync(End());
        var other = await first.SettleAsync(End() with { Usage = Usage.Of(100, 99) });

        Assert.Equal((EndVerdict.Replayed, record.Usage), (same.Verdict, same.Record!.Usage));
        Assert.Equal(EndVerdict.Conflict, other.Verdict);
        Assert.Equal(700 * QuotaUnit.Micro, (await second.ViewAsync()).Buckets.Single().Remaining);
    }

    private async Task<HostedAccount> OwnerAsync()
    {
        var claimed = await journal.ClaimAsync(id);
        var engine = ChargingAccount.Restore(id, tariffs, claimed.Image, claimed.Tail);
        return new(
            engine,
            claimed.Epoch,
            journal,
            journal.Inner,
            new FakeTimeProvider(now),
            NullLogger.Instance,
            () => givenUp.Add(claimed.Epoch)
        );
    }

    private static BucketGrant Plan() =>
        new(new BucketId(1), "plan", BucketType.Plan, TestTariffs.General, null, 1000 * QuotaUnit.Micro, 1, now, null, null, null);

    private HoldRequest Call() => tariffs.Call(charge, input: 100, output: 100);

    private static SettleRequest End() =>
        new()
        {
            Charge = charge,
            Usage = Usage.Of(100, 100),
            Basis = UsageBasis.Vendor,
            Ending = CallEnding.Completed,
        };

    private static Refund Whole() => new(new CommandId(200), charge, 1_000_000, "test");

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
