using Tokenline.Charging.Accounts;
using Tokenline.Charging.Journal;
using Tokenline.Charging.Records;

namespace Tokenline.Charging.Tests.Journal;

/// <summary>What every charge journal does. One class of tests, run by each implementation.</summary>
public abstract class ChargeJournalContract : IAsyncLifetime
{
    private static readonly DateTimeOffset now = new(2026, 1, 10, 0, 0, 0, TimeSpan.Zero);
    private static readonly AccountId account = new(42);

    protected abstract IChargeJournal Journal { get; }

    protected abstract IChargeHistory History { get; }

    [Fact]
    public async Task What_was_appended_is_there_after_the_next_claim()
    {
        var claimed = await Journal.ClaimAsync(account);
        await Journal.Append(account, claimed.Epoch, 1, Granted(1), null, urgent: true);
        await Journal.Append(account, claimed.Epoch, 2, Granted(2), null, urgent: false);

        var again = await Journal.ClaimAsync(account);

        Assert.Equal(claimed.Epoch + 1, again.Epoch);
        Assert.Equal([1L, 2L], again.Tail.Select(stored => stored.Sequence));
        Assert.Equivalent(Granted(2), again.Tail[1].Entry, strict: true);
    }

    [Fact]
    public async Task A_stale_epoch_is_refused_and_others_go_on()
    {
        var stale = await Journal.ClaimAsync(account);
        var newer = await Journal.ClaimAsync(account);
        var other = await Journal.ClaimAsync(new AccountId(43));

        var refused = Journal.Append(account, stale.Epoch, 1, Granted(1), null, urgent: true);
        var unharmed = Journal.Append(new AccountId(43), other.Epoch, 1, Granted(2), null, urgent: true);

        await Assert.ThrowsAsync<AccountUnavailableException>(() => refused);
        await unharmed;
        Assert.Empty((await Journal.ClaimAsync(account)).Tail);
        Assert.True(newer.Epoch > stale.Epoch);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_sequence_that_is_not_the_next_is_refused(long sequence)
    {
        var claimed = await Journal.ClaimAsync(account);
        await Journal.Append(account, claimed.Epoch, 1, Granted(1), null, urgent: true);

        await Assert.ThrowsAsync<AccountUnavailableException>(() =>
            Journal.Append(account, claimed.Epoch, sequence, Granted(2), null, urgent: true)
        );

        Assert.Single((await Journal.ClaimAsync(account)).Tail);
    }

    [Fact]
    public async Task A_second_record_of_a_charge_is_refused_with_its_entry()
    {
        var claimed = await Journal.ClaimAsync(account);
        await Journal.Append(account, claimed.Epoch, 1, Settled(5), Record(5), urgent: true);

        await Assert.ThrowsAsync<AccountUnavailableException>(() =>
            Journal.Append(account, claimed.Epoch, 2, Settled(5), Record(5), urgent: true)
        );

        Assert.Single((await Journal.ClaimAsync(account)).Tail);
        Assert.Single(await History.RecordsAsync(account, null, 10));
    }

    [Fact]
    public async Task An_image_shortens_the_tail()
    {
        var claimed = await Journal.ClaimAsync(account);
        await Journal.Append(account, claimed.Epoch, 1, Granted(1), null, urgent: true);
        await Journal.Append(account, claimed.Epoch, 2, Granted(2), null, urgent: true);
        Journal.Save(account, claimed.Epoch, new ChargingAccount(account, new TestTariffs()).Image() with { Sequence = 1 });

        var again = await Journal.ClaimAsync(account);

        Assert.Equal(1, again.Image?.Sequence);
        Assert.Equal([2L], again.Tail.Select(stored => stored.Sequence));
    }

    [Fact]
    public async Task Records_are_found_by_charge_and_by_account_newest_first()
    {
        var claimed = await Journal.ClaimAsync(account);
        for (var charge = 1; charge <= 5; charge++)
            await Journal.Append(account, claimed.Epoch, charge, Settled(charge), Record(charge), urgent: true);

        Assert.Equivalent(Record(3), await History.FindRecordAsync(new ChargeId(3)), strict: true);
        Assert.Null(await History.FindRecordAsync(new ChargeId(9)));
        Assert.Equal([5L, 4L], (await History.RecordsAsync(account, null, 2)).Select(r => r.Charge.Value));
        Assert.Equal([3L, 2L], (await History.RecordsAsync(account, new ChargeId(4), 2)).Select(r => r.Charge.Value));
    }

    [Fact]
    public async Task A_snapshot_does_not_see_what_comes_after_it()
    {
        var claimed = await Journal.ClaimAsync(account);
        await Journal.Append(account, claimed.Epoch, 1, Granted(1), null, urgent: true);
        using var snapshot = History.OpenSnapshot();
        await Journal.Append(account, claimed.Epoch, 2, Granted(2), null, urgent: true);

        Assert.Single(snapshot.Entries());
        Assert.Equal([(account, 1L)], snapshot.Heads());
        Assert.Equal(snapshot.Position + 1, await History.PositionAsync());
    }

    [Fact]
    public async Task Entries_from_many_threads_keep_their_order_per_account()
    {
        await Parallel.ForEachAsync(
            Enumerable.Range(100, 40),
            async (number, _) =>
            {
                var mine = new AccountId(number);
                var claimed = await Journal.ClaimAsync(mine);
                var appended = Enumerable
                    .Range(1, 50)
                    .Select(i => Journal.Append(mine, claimed.Epoch, i, Granted(i), null, urgent: i % 3 == 0))
                    .ToList();
                await Task.WhenAll(appended);
            }
        );

        using var snapshot = History.OpenSnapshot();
        foreach (var entries in snapshot.Entries().GroupBy(e => e.Account))
            Assert.Equal(Enumerable.Range(1, 50).Select(i => (long)i), entries.Select(e => e.Entry.Sequence));
    }

    public abstract ValueTask InitializeAsync();

    public abstract ValueTask DisposeAsync();

    /// <summary>Every hour a charge of this account, and of another in between; a third is settled, a third released, the rest run.</summary>
    [Fact]
    public async Task A_charge_without_a_record_is_found_among_many_with_what_became_of_it()
    {
        const int count = 60;
        static long Hour(int i) => (i * 3_600_000L << 22) + 1;
        var other = new AccountId(account.Value + 1);
        var (mine, theirs) = ((await Journal.ClaimAsync(account)).Epoch, (await Journal.ClaimAsync(other)).Epoch);
        var (sequence, otherSequence) = (0L, 0L);
        for (var i = 1; i <= count; i++)
        {
            await Journal.Append(account, mine, ++sequence, Dispatched(Hour(i)), null, urgent: true);
            await Journal.Append(other, theirs, ++otherSequence, Dispatched(Hour(i) + 1), null, urgent: true);
            if (i <= 3) // they end much later than they began
                continue;
            await EndAsync(i);
        }
        for (var i = 1; i <= 3; i++)
            await EndAsync(i);

        for (var i = 1; i <= count; i++)
        {
            var found = await History.FindUnbilledAsync(new ChargeId(Hour(i)));
            Assert.Equal(i % 3 == 0 ? null : account, found?.Account);
            Assert.Equal(i % 3 == 1 ? $"failed {i}" : null, found?.Released?.Reason);
            Assert.Equal(other, (await History.FindUnbilledAsync(new ChargeId(Hour(i) + 1)))?.Account);
            Assert.Null(await History.FindUnbilledAsync(new ChargeId(Hour(i) + 2)));
        }
        Assert.Null(await History.FindUnbilledAsync(new ChargeId(1)));
        Assert.Null(await History.FindUnbilledAsync(new ChargeId(long.MaxValue)));

        async Task EndAsync(int i)
        {
            var charge = new ChargeId(Hour(i));
            if (i % 3 == 0)
                await Journal.Append(account, mine, ++sequence, Settled(Hour(i)), Record(Hour(i)), urgent: true);
            else if (i % 3 == 1)
                await Journal.Append(account, mine, ++sequence, new Released(now, charge, $"failed {i}", null), null, urgent: true);
        }
    }

    protected static BucketGranted Granted(long bucket) =>
        new(
            now,
            new BucketGrant(
                new BucketId(bucket),
                "套餐 \"Light\"",
                BucketType.Plan,
                TestTariffs.General,
                null,
                10,
                1,
                now,
                null,
                ["m"],
                null
            )
        );

    protected static Dispatched Dispatched(long charge) =>
        new(
            now,
            new ChargeId(charge),
            new KeyId(1),
            "m",
            1,
            "v",
            "d",
            true,
            10,
            5,
            10,
            [new HeldPart(new BucketId(1), 30)],
            1,
            UInt128.MaxValue
        );

    protected static Settled Settled(long charge) =>
        new(now, new ChargeId(charge), [new SettledPart(new BucketId(1), 5, 3)], 30, 0, UsageBasis.Vendor);

    protected static UsageRecord Record(long charge) =>
        new()
        {
            Charge = new ChargeId(charge),
            Account = account,
            Key = new KeyId(1),
            Model = "m",
            Vendor = "v",
            Deployment = "d",
            TariffVersion = 1,
            StartedAt = now,
            EndedAt = now.AddSeconds(1),
            Usage = Usage.Of(1, 2, 3, 1),
            Basis = UsageBasis.Estimated,
            Ending = CallEnding.ClientGone,
            Payments = [new Payment(new BucketId(1), "Light", "general-token", false, 3)],
            RetailNano = 30,
            UncollectedNano = 0,
            Currency = Currency.Cny,
            VendorUsage = "{\"prompt_tokens\":4}",
        };
}
