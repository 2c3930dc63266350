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

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Records_are_searched_by_model_key_and_period_page_by_page_and_in_other_orders(bool byStart)
    {
        var other = new AccountId(43);
        var (mine, others) = (await Journal.ClaimAsync(account), await Journal.ClaimAsync(other));
        var day = IdSource.Lowest<ChargeKind>(now).Value;
        for (var i = 1; i <= 6; i++)
        {
            var at = day + i; // three of the first day, three of the next
            if (i > 3)
                at = IdSource.Lowest<ChargeKind>(now.AddDays(1)).Value + i;
            var record = Record(at) with
            {
                Model = i % 2 == 0 ? "even" : "odd",
                Key = new KeyId(i),
                RetailNano = i == 2 ? 1000 : i,
                EndedAt = i > 3 ? now.AddDays(1) : now,
            };
            await Journal.Append(account, mine.Epoch, i, Settled(at), record, urgent: true);
            await Journal.Append(other, others.Epoch, i, Settled(at + 100), Record(at + 100) with { Account = other }, urgent: true);
        }
        var all = new RecordSearch(ByStart: byStart);

        Assert.Equal([6, 5, 4, 3, 2, 1], await FindAsync(all, null, 10));
        Assert.Equal([6, 4], await FindAsync(all with { Model = "even" }, null, 2));
        Assert.Equal(
            [3, 2],
            await FindAsync(
                all with
                {
                    Keys = new HashSet<KeyId> { new(2), new(3), new(9) },
                },
                null,
                10
            )
        );
        Assert.Equal([3, 2, 1], await FindAsync(all with { To = now.AddDays(1) }, null, 10));
        Assert.Equal([6, 5, 4], await FindAsync(all with { From = now.AddDays(1) }, null, 10));
        Assert.Equal([2, 6], await FindAsync(all with { Order = RecordOrder.Dearest }, null, 2));
        Assert.Equal([6, 5, 4, 3, 2, 1], await FindAsync(all with { Order = RecordOrder.Largest }, null, 10));

        var first = await History.SearchAsync(account, all with { Model = "odd" }, null, 2, 100);
        Assert.Equal([5, 3], first.Records.Select(record => record.Key.Value));
        Assert.Equal([1], await FindAsync(all with { Model = "odd" }, first.Next, 2));
        var cut = await History.SearchAsync(account, all with { Model = "odd" }, null, 2, 3); // 6, 5, 4
        Assert.Equal([5L], cut.Records.Select(record => record.Key.Value));
        Assert.Equal(3, cut.Looked);
        Assert.Equal([3, 1], await FindAsync(all with { Model = "odd" }, cut.Next, 2));
        Assert.Null((await History.SearchAsync(account, all, null, 6, 6)).Next);
        Assert.Empty((await History.SearchAsync(new AccountId(44), all, null, 6, 6)).Records);

        async Task<IEnumerable<long>> FindAsync(RecordSearch search, ChargeId? before, int limit) =>
            (await History.SearchAsync(account, search, before, limit, 100)).Records.Select(record => record.Key.Value);
    }

    [Fact]
    public async Task The_life_of_an_account_is_all_its_entries_in_order_with_the_records_of_what_was_settled()
    {
        var (mine, theirs) = (await Journal.ClaimAsync(account), await Journal.ClaimAsync(new AccountId(43)));
        await Journal.Append(account, mine.Epoch, 1, Granted(1), null, urgent: true);
        var written = new List<Task>();
        for (var charge = 1; charge <= 2_100; charge++)
        {
            written.Add(Journal.Append(new AccountId(43), theirs.Epoch, charge, Granted(charge), null, urgent: charge == 2_100));
            written.Add(Journal.Append(account, mine.Epoch, charge + 1, Settled(charge), Record(charge), urgent: charge == 2_100));
        }
        await Task.WhenAll(written);

        var life = new List<Tokenline.Charging.Trials.LivedEntry>();
        await foreach (var lived in History.LifeAsync(account, CancellationToken.None))
            life.Add(lived);

        Assert.Equal(Enumerable.Range(1, 2_101).Select(sequence => (long)sequence), life.Select(lived => lived.Sequence));
        Assert.Null(life[0].Record);
        Assert.All(life.Skip(1), lived => Assert.Equal(((Settled)lived.Entry).Charge, lived.Record?.Charge));
        await foreach (var _ in History.LifeAsync(new AccountId(44), CancellationToken.None))
            Assert.Fail("nobody has lived there");
    }

    [Fact]
    public async Task Events_are_read_over_all_accounts_in_the_order_they_became_durable()
    {
        var other = new AccountId(43);
        var mine = await Journal.ClaimAsync(account);
        var theirs = await Journal.ClaimAsync(other);
        await Journal.Append(account, mine.Epoch, 1, Granted(1), null, urgent: true);
        await Journal.Append(account, mine.Epoch, 2, Raised(50), null, urgent: true);
        await Journal.Append(other, theirs.Epoch, 1, Raised(60), null, urgent: true);
        await Journal.Append(account, mine.Epoch, 3, Raised(80), null, urgent: true);

        var all = await History.EventsAsync(0, 10);

        Assert.Equal([(account, 50), (other, 60), (account, 80)], all.Select(e => (e.Account, e.Event.Percent!.Value)));
        Assert.Equal(all.Select(e => e.Position).Order().Distinct(), all.Select(e => e.Position));
        Assert.Equivalent(Raised(60).Event, all[1].Event, strict: true);
        Assert.Equal(now, all[1].At);
        Assert.Equal([60], Percents(await History.EventsAsync(all[0].Position, 1)));
        Assert.Equal([80, 50], Percents(await History.EventsAsync(account, null, 10)));
        Assert.Equal([50], Percents(await History.EventsAsync(account, all[2].Position, 10)));
        Assert.Empty(await History.EventsAsync(await History.PositionAsync(), 10));
    }

    [Fact]
    public async Task An_event_is_listed_only_when_its_entry_is_durable()
    {
        var claimed = await Journal.ClaimAsync(account);
        await Journal.ClaimAsync(account);

        await Assert.ThrowsAsync<AccountUnavailableException>(() =>
            Journal.Append(account, claimed.Epoch, 1, Raised(50), null, urgent: true)
        );

        Assert.Empty(await History.EventsAsync(0, 10));
    }

    [Fact]
    public async Task Refunds_are_found_by_charge_and_by_account()
    {
        var other = new AccountId(43);
        var mine = await Journal.ClaimAsync(account);
        var theirs = await Journal.ClaimAsync(other);
        await Journal.Append(account, mine.Epoch, 1, Refunded(5, command: 1), null, urgent: true);
        await Journal.Append(account, mine.Epoch, 2, Refunded(6, command: 2), null, urgent: true);
        await Journal.Append(other, theirs.Epoch, 1, Refunded(7, command: 1), null, urgent: true); // commands are an account's own
        await Journal.Append(account, mine.Epoch, 3, Refunded(5, command: 3), null, urgent: true);

        var ofCharge = await History.AdjustmentsAsync(new ChargeId(5));
        var ofAccount = await History.AdjustmentsAsync(account, null, 2);

        Assert.Equal([1L, 3L], Commands(ofCharge));
        Assert.Equivalent(Refunded(5, command: 3), ofCharge[1].Refund, strict: true);
        Assert.All(ofCharge, adjustment => Assert.Equal(account, adjustment.Account));
        Assert.Equal([3L, 2L], Commands(ofAccount));
        Assert.Equal([1L], Commands(await History.AdjustmentsAsync(account, ofAccount[1].Position, 2)));
        Assert.Empty(await History.AdjustmentsAsync(new ChargeId(8)));
    }

    [Fact]
    public async Task A_refund_that_was_made_before_is_refused_even_when_its_account_has_forgotten_it()
    {
        var claimed = await Journal.ClaimAsync(account);
        await Journal.Append(account, claimed.Epoch, 1, Refunded(5, command: 1), null, urgent: true);

        await Assert.ThrowsAsync<AccountUnavailableException>(() =>
            Journal.Append(account, claimed.Epoch, 2, Refunded(5, command: 1), null, urgent: true)
        );

        Assert.Single((await Journal.ClaimAsync(account)).Tail);
        Assert.Single(await History.AdjustmentsAsync(new ChargeId(5)));
    }

    [Fact]
    public async Task The_totals_of_a_run_are_those_of_its_records_and_refunds()
    {
        var claimed = await Journal.ClaimAsync(account);
        await Journal.Append(account, claimed.Epoch, 1, Settled(1), Record(1) with { Run = "a" }, urgent: true);
        await Journal.Append(account, claimed.Epoch, 2, Settled(2), Record(2) with { Run = "b" }, urgent: true);
        await Journal.Append(account, claimed.Epoch, 3, Settled(3), Record(3), urgent: true);
        var late = Record(4) with { Run = "a", StartedAt = now.AddHours(1), EndedAt = now.AddHours(2), UncollectedNano = 4 };
        await Journal.Append(account, claimed.Epoch, 4, Settled(4), late, urgent: true);
        await Journal.Append(account, claimed.Epoch, 5, Refunded(4, command: 1) with { Run = "a" }, null, urgent: true);

        var run = await History.RunAsync(account, "a");

        Assert.NotNull(run);
        Assert.Equal(("a", 2L, Usage.Of(2, 4, 6, 2)), (run.Run, run.Calls, run.Usage));
        Assert.Equal([new Money(60, Currency.Cny)], run.Retail);
        Assert.Equal([new Money(4, Currency.Cny)], run.Uncollected);
        Assert.Equal([new Money(15, Currency.Cny)], run.GivenBack);
        Assert.Equal([new PaidTotal("general-token", false, 6, 2)], run.Payments);
        Assert.Equal((now, now.AddHours(2)), (run.FirstAt, run.LastAt));
        Assert.Null(await History.RunAsync(account, "c"));
        Assert.Null(await History.RunAsync(new AccountId(43), "a"));
    }

    [Fact]
    public async Task The_records_of_a_run_and_the_runs_of_an_account_come_in_pages_newest_first()
    {
        var claimed = await Journal.ClaimAsync(account);
        string?[] runs = ["b", "a", null, "b", "c", "a"];
        for (var charge = 1; charge <= runs.Length; charge++)
            await Journal.Append(
                account,
                claimed.Epoch,
                charge,
                Settled(charge),
                Record(charge) with
                {
                    Run = runs[charge - 1],
                },
                urgent: true
            );

        Assert.Equal([6L, 2L], (await History.RunRecordsAsync(account, "a", null, 10)).Select(r => r.Charge.Value));
        Assert.Equal([2L], (await History.RunRecordsAsync(account, "a", new ChargeId(6), 10)).Select(r => r.Charge.Value));
        Assert.Equal([6L], (await History.RunRecordsAsync(account, "a", null, 1)).Select(r => r.Charge.Value));
        var page = await History.RunsAsync(account, null, 2);
        Assert.Equal(["a", "c"], page.Select(run => run.Run));
        Assert.Equal((2L, 6L, now.AddSeconds(1)), (page[0].Calls, page[0].LastCharge.Value, page[0].LastAt));
        Assert.Equal([new Money(60, Currency.Cny)], page[0].Retail);
        Assert.Equal(["b"], (await History.RunsAsync(account, page[1].LastCharge, 2)).Select(run => run.Run));
        Assert.Empty(await History.RunsAsync(new AccountId(43), null, 2));
    }

    [Fact]
    public async Task Calls_of_all_accounts_are_listed_in_pages_by_their_starts()
    {
        var other = new AccountId(43);
        var (mine, others) = (await Journal.ClaimAsync(account), await Journal.ClaimAsync(other));
        await Journal.Append(account, mine.Epoch, 1, Settled(2), Record(2), urgent: true);
        await Journal.Append(other, others.Epoch, 1, Settled(3), Record(3) with { Account = other, Model = "n" }, urgent: true);
        await Journal.Append(account, mine.Epoch, 2, Settled(5), Record(5), urgent: true);
        await Journal.Append(account, mine.Epoch, 3, Settled(1), Record(1), urgent: true);

        var page = await History.CallsAsync(new ChargeId(1), new ChargeId(4), 10);

        Assert.Equal([new CallLine(new(2), account, Record(2).Model), new CallLine(new(3), other, "n")], page);
        Assert.Equal([1L, 2L], (await History.CallsAsync(new ChargeId(0), new ChargeId(9), 2)).Select(call => call.Charge.Value));
        Assert.Empty(await History.CallsAsync(new ChargeId(5), new ChargeId(9), 10));
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

    [Fact]
    public async Task The_sums_of_days_are_those_of_the_records_by_model_key_and_what_was_paid_in()
    {
        var midnight = new DateTimeOffset(2026, 11, 1, 16, 0, 0, TimeSpan.Zero); // in Shanghai
        var (eve, next) = (IdSource.Lowest<ChargeKind>(midnight.AddMilliseconds(-1)).Value, IdSource.Lowest<ChargeKind>(midnight).Value);
        UsageRecord[] records =
        [
            Record(eve) with
            {
                Payments = [Paid("general-token", 3, worth: 10), Paid("CNY", 20, worth: 20)],
            },
            Record(next),
            Record(next + 1),
            Record(next + 2) with
            {
                Key = new KeyId(2),
                Payments = [],
                UncollectedNano = 30,
            },
        ];
        var claimed = await Journal.ClaimAsync(account);
        var written = new List<Task>();
        for (var (i, sequence) = (0, 0L); i < records.Length; i++)
        {
            var charge = records[i].Charge.Value;
            written.Add(Journal.Append(account, claimed.Epoch, ++sequence, Dispatched(charge), null, urgent: false));
            written.Add(Journal.Append(account, claimed.Epoch, ++sequence, Settled(charge), records[i], urgent: true));
        }
        await Task.WhenAll(written);

        var (first, second) = (new DateOnly(2026, 11, 1), new DateOnly(2026, 11, 2));
        UsageDay Line(DateOnly day, long key, string unit, UsageSums sums) =>
            new(new(account, day, "m", new KeyId(key), Currency.Cny, unit), sums);
        Assert.Equal(
            [
                Line(first, 1, "CNY", new(1, 4, 2, 30, 0, 20)),
                Line(first, 1, "general-token", new(0, 0, 0, 0, 0, 3)),
                Line(second, 1, "general-token", new(2, 8, 4, 60, 0, 6)),
                Line(second, 2, "", new(1, 4, 2, 30, 30, 0)),
            ],
            (await History.DaysAsync(account, first, second)).OrderBy(line => (line.Of.Day, line.Of.Key.Value, line.Of.Unit))
        );
        Assert.Equal(2, (await History.DaysAsync(account, first, first)).Count);
        Assert.Empty(await History.DaysAsync(new AccountId(43), first, second));
        using var snapshot = History.OpenSnapshot();
        Assert.Empty(snapshot.UnlikeLists());
    }

    private static Payment Paid(string unit, long amount, long worth) => new(new BucketId(1), "x", unit, unit == "CNY", amount, worth);

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

    protected static Raised Raised(int percent) =>
        new(
            now,
            new AccountEvent(
                AccountEventType.ThresholdReached,
                "bkt_0000000000001",
                "套餐",
                percent,
                5,
                10,
                "general-token",
                now.AddDays(3)
            )
        );

    protected static Refunded Refunded(long charge, long command) =>
        new(
            now,
            new ChargeId(charge),
            now,
            "m",
            null,
            null,
            500_000,
            [new RefundedPart(new BucketId(1), 2, false, null)],
            15,
            null,
            null,
            new CommandId(command),
            99,
            "slow \"answer\""
        );

    private static IEnumerable<int> Percents(IEnumerable<StoredEvent> events) => events.Select(e => e.Event.Percent!.Value);

    private static IEnumerable<long> Commands(IEnumerable<Adjustment> adjustments) => adjustments.Select(a => a.Refund.Command.Value);

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
