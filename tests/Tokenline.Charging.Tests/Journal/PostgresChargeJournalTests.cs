using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Journal;
using Tokenline.Storage.Journal;
using Tokenline.Storage.Journal.Postgres;
using Tokenline.Storage.Postgres;
using Tokenline.Testing;

namespace Tokenline.Charging.Tests.Journal;

public sealed class PostgresChargeJournalTests : ChargeJournalContract
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private PostgresDatabase database = null!;
    private PostgresChargeJournal journal = null!;
    private readonly ConcurrentQueue<string> said = new();

    protected override IChargeJournal Journal => journal;

    protected override IChargeHistory History => journal;

    public override async ValueTask InitializeAsync()
    {
        database = await PostgresDatabase.OpenAsync(
            await PostgresServer.NewDatabaseAsync(),
            "test",
            [PostgresJournalSchema.Area],
            TimeProvider.System,
            TestContext.Current.CancellationToken
        );
        journal = Open(run: 1);
    }

    public override async ValueTask DisposeAsync()
    {
        await journal.DisposeAsync();
        await database.DisposeAsync();
    }

    private PostgresChargeJournal Open(long run) => new(database.Source, run, "Asia/Shanghai", TimeProvider.System, new Listener(said));

    [Fact]
    public async Task An_account_that_another_node_claims_refuses_what_its_former_owner_still_writes()
    {
        await using var other = Open(run: 2);
        var account = new AccountId(7);
        var first = await journal.ClaimAsync(account);
        await journal.Append(account, first.Epoch, 1, Granted(1), null, urgent: true);

        var second = await other.ClaimAsync(account);

        Assert.Single(second.Tail);
        await Assert.ThrowsAsync<AccountUnavailableException>(() =>
            journal.Append(account, first.Epoch, 2, Granted(2), null, urgent: true)
        );
        await other.Append(account, second.Epoch, 2, Granted(3), null, urgent: true);
        Assert.Equal(2, (await journal.ClaimAsync(account)).Tail.Count);
    }

    [Fact]
    public async Task Charges_that_a_node_left_open_are_found_by_any_other()
    {
        var account = new AccountId(42);
        var claimed = await journal.ClaimAsync(account);
        await journal.Append(account, claimed.Epoch, 1, Dispatched(8), null, urgent: true);
        await journal.Append(account, claimed.Epoch, 2, Dispatched(9), null, urgent: true);
        await journal.Append(account, claimed.Epoch, 3, Settled(8), Record(8), urgent: true);
        await using var other = Open(run: 2);
        Assert.Equal([account], await other.AccountsWithOpenChargesAsync());

        var taken = await other.ClaimAsync(account);
        await other.Append(account, taken.Epoch, 4, Settled(9), Record(9), urgent: true);

        Assert.Empty(await journal.AccountsWithOpenChargesAsync());
        using var snapshot = History.OpenSnapshot();
        Assert.Empty(snapshot.UnlikeLists());
    }

    /// <summary>Two nodes take two hundred accounts from each other while both write: what is told to be durable is there once, in order, whoever wrote it.</summary>
    [Fact]
    public async Task Accounts_that_go_to_and_fro_between_two_nodes_lose_nothing_and_keep_their_order()
    {
        await using var other = Open(run: 2);
        PostgresChargeJournal[] nodes = [journal, other];
        var written = new System.Collections.Concurrent.ConcurrentDictionary<long, List<long>>();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 400),
            new ParallelOptions { MaxDegreeOfParallelism = 16 },
            async (number, _) =>
            {
                var account = new AccountId(1000 + (number % 200));
                var node = nodes[number / 200 % 2];
                try
                {
                    var claimed = await node.ClaimAsync(account);
                    var sequence = (claimed.Image?.Sequence ?? 0) + claimed.Tail.Count;
                    for (var i = 0; i < 10; i++)
                    {
                        var bucket = (number * 100) + i + 1;
                        await node.Append(account, claimed.Epoch, ++sequence, Granted(bucket), null, urgent: i % 2 == 0);
                        var list = written.GetOrAdd(account.Value, _ => []);
                        lock (list)
                            list.Add(bucket);
                    }
                }
                catch (AccountUnavailableException)
                {
                    // The other node has taken it.
                }
            }
        );

        using var snapshot = History.OpenSnapshot();
        var entries = snapshot.Entries().ToLookup(entry => entry.Account.Value, entry => entry.Entry);
        Assert.Equal(200, written.Count);
        foreach (var (account, buckets) in written)
        {
            var stored = entries[account].ToList();
            Assert.Equal(Enumerable.Range(1, stored.Count).Select(i => (long)i), stored.Select(entry => entry.Sequence));
            var granted = stored.Select(entry => ((BucketGranted)entry.Entry).Grant.Bucket.Value).ToList();
            Assert.Equal(granted.Distinct().Count(), granted.Count);
            Assert.Empty(buckets.Except(granted));
        }
    }

    /// <summary>Connections are cut in the middle of batches: every entry that was told to be durable is there once; of the others the claim says which are.</summary>
    [Fact]
    public async Task A_connection_that_is_lost_in_a_batch_loses_nothing_that_was_told_to_be_durable()
    {
        const int accounts = 8;
        const int entries = 60;
        const int cutEvery = 40;
        var durable = 0;
        await Parallel.ForEachAsync(
            Enumerable.Range(1, accounts),
            Cancel,
            async (number, _) =>
            {
                var account = new AccountId(number);
                var (epoch, sequence) = (0L, 0L);
                for (var done = 0; done < entries; )
                {
                    try
                    {
                        if (epoch == 0)
                        {
                            var claimed = await journal.ClaimAsync(account);
                            var known = (claimed.Image?.Sequence ?? 0) + claimed.Tail.Count;
                            Assert.InRange(known, sequence, sequence + 1); // the last one asked for may be durable although its answer was lost
                            (epoch, sequence) = (claimed.Epoch, known);
                        }
                        await journal.Append(account, epoch, sequence + 1, Granted((number * 1000) + sequence + 1), null, urgent: true);
                        sequence++;
                        done++;
                        if (Interlocked.Increment(ref durable) % cutEvery == 0)
                            await CutAsync();
                    }
                    catch (AccountUnavailableException)
                    {
                        epoch = 0;
                        await Task.Delay(20, Cancel); // it looks twice a second whether the database is back
                    }
                }
            }
        );
        database.Source.Clear(); // connections that were cut while nobody used them

        Assert.Equal(accounts * entries, durable);
        using var snapshot = History.OpenSnapshot();
        foreach (var account in snapshot.Entries().GroupBy(entry => entry.Account))
            Assert.Equal(Enumerable.Range(1, account.Count()).Select(i => (long)i), account.Select(entry => entry.Entry.Sequence));
    }

    /// <summary>While the database is away no call is let in, so nobody but the journal itself can find out that it is back.</summary>
    [Fact]
    public async Task A_database_that_was_away_is_found_back_without_anybody_asking()
    {
        var account = new AccountId(3);
        var claimed = await journal.ClaimAsync(account);
        await AllowConnectionsAsync(false);
        await CutAsync();

        await Assert.ThrowsAsync<AccountUnavailableException>(() =>
            journal.Append(account, claimed.Epoch, 1, Granted(1), null, urgent: true)
        );
        Assert.True(journal.IsBehind);

        await AllowConnectionsAsync(true);
        await EventuallyAsync(() => Task.FromResult(!journal.IsBehind));
        var again = await journal.ClaimAsync(account);
        await journal.Append(account, again.Epoch, 1, Granted(1), null, urgent: true);
    }

    [Fact]
    public async Task A_database_that_became_read_only_is_away_until_it_can_be_written_again()
    {
        var account = new AccountId(3);
        await FromOutsideAsync($"ALTER DATABASE {Name} SET default_transaction_read_only = on");
        await CutAsync();

        // A claim is a write. The first finds its connection cut, a later one is told why.
        await EventuallyAsync(async () =>
        {
            await Assert.ThrowsAsync<AccountUnavailableException>(async () => await journal.ClaimAsync(account));
            return said.Any(line => line.Contains("it is read-only: connect to the primary", StringComparison.Ordinal));
        });
        Assert.True(journal.IsBehind);

        await FromOutsideAsync($"ALTER DATABASE {Name} SET default_transaction_read_only = off");
        await CutAsync();
        await EventuallyAsync(() => Task.FromResult(!journal.IsBehind));
        var claimed = await journal.ClaimAsync(account);
        await journal.Append(account, claimed.Epoch, 1, Granted(1), null, urgent: true);
    }

    [Fact]
    public async Task A_full_disk_fails_what_was_to_be_written_and_is_named()
    {
        var account = new AccountId(3);
        var claimed = await journal.ClaimAsync(account);
        await DoAsync(
            """
            CREATE FUNCTION charging.full_disk() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$;
            CREATE TRIGGER full_disk BEFORE INSERT ON charging.journal FOR EACH STATEMENT EXECUTE FUNCTION charging.full_disk();
            """
        );

        await Assert.ThrowsAsync<AccountUnavailableException>(() =>
            journal.Append(account, claimed.Epoch, 1, Granted(1), null, urgent: true)
        );

        Assert.Contains(said, line => line.Contains("its disk is full; make room", StringComparison.Ordinal));
        await DoAsync("DROP TRIGGER full_disk ON charging.journal");
        await EventuallyAsync(() => Task.FromResult(!journal.IsBehind));
        var again = await journal.ClaimAsync(account);
        Assert.Empty(again.Tail);
        await journal.Append(account, again.Epoch, 1, Granted(1), null, urgent: true);
    }

    [Fact]
    public async Task It_may_be_disposed_more_than_once()
    {
        var other = Open(run: 9);

        await other.DisposeAsync();
        await other.DisposeAsync();
    }

    [Fact]
    public async Task A_clock_that_runs_away_lets_nothing_in_until_it_is_right_again()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var node = new PostgresChargeJournal(database.Source, 3, "Asia/Shanghai", time, new Listener(said));
        await Look(() => said.IsEmpty);
        Assert.False(node.IsBehind);

        // Its two seconds after each other become eight and more on this node: the database does not go along.
        time.AdjustTime(time.GetUtcNow() + TimeSpan.FromSeconds(8));
        await EventuallyAsync(() => Look(() => node.IsBehind));
        Assert.Contains(said, line => line.Contains("Synchronise both", StringComparison.Ordinal));

        await EventuallyAsync(() => Look(() => !node.IsBehind, TimeProvider.System.GetUtcNow()));

        async Task<bool> Look(Func<bool> isSo, DateTimeOffset? now = null)
        {
            if (now is { } right)
                time.AdjustTime(right);
            time.Advance(ClockWatch.Every);
            await Task.Delay(20, Cancel); // it asks the database
            return isSo();
        }
    }

    /// <summary>The journal looks by itself, twice a second: there is no event to wait for.</summary>
    private static async Task EventuallyAsync(Func<Task<bool>> isSo)
    {
        for (var patience = 500; !await isSo(); patience--)
        {
            Assert.True(patience > 0);
            await Task.Delay(20, Cancel);
        }
    }

    private async Task DoAsync(string sql)
    {
        await using var command = database.Source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Cancel);
    }

    /// <summary>A text that the database cannot hold is the fault of its entry: others in the batch are written.</summary>
    [Fact]
    public async Task An_entry_that_the_database_cannot_hold_fails_alone()
    {
        var (bad, good) = (new AccountId(1), new AccountId(2));
        var (first, second) = (await journal.ClaimAsync(bad), await journal.ClaimAsync(good));
        await journal.Append(bad, first.Epoch, 1, Dispatched(8), null, urgent: true);
        var refused = journal.Append(bad, first.Epoch, 2, Settled(8), Record(8) with { Run = "a\0b" }, urgent: false);
        var written = journal.Append(good, second.Epoch, 1, Granted(1), null, urgent: true);

        await Assert.ThrowsAsync<AccountUnavailableException>(() => refused);
        await written;
        Assert.False(journal.IsBehind);
        Assert.Equal([bad], await History.AccountsWithOpenChargesAsync());
        Assert.Single((await journal.ClaimAsync(bad)).Tail);
    }

    [Fact]
    public async Task Events_of_two_nodes_are_read_without_a_gap_while_they_are_written()
    {
        await using var other = Open(run: 2);
        var seen = new List<long>();
        using var ended = new CancellationTokenSource();
        var reading = Task.Run(
            async () =>
            {
                for (var last = false; ; last = ended.IsCancellationRequested)
                {
                    var after = seen.Count == 0 ? 0 : seen[^1];
                    seen.AddRange((await journal.EventsAsync(after, 1000)).Select(raised => raised.Position));
                    if (last)
                        return;
                }
            },
            TestContext.Current.CancellationToken
        );
        await Parallel.ForEachAsync(
            Enumerable.Range(1, 20),
            async (number, _) =>
            {
                var node = number % 2 == 0 ? journal : other;
                var account = new AccountId(number);
                var claimed = await node.ClaimAsync(account);
                for (var i = 1; i <= 20; i++)
                    await node.Append(account, claimed.Epoch, i, i % 2 == 0 ? Raised(50) : Granted((number * 100) + i), null, urgent: true);
            }
        );
        await ended.CancelAsync();
        await reading;

        Assert.Equal(200, seen.Count);
    }

    [Fact]
    public async Task What_a_claim_found_open_is_heard_while_the_database_is_away()
    {
        using var writer = new PostgresJournalWriter(database.Source, 1, "Asia/Shanghai", TimeProvider.System, new Listener(said));
        var account = new AccountId(71);
        var claim = new ClaimItem(account);
        writer.Write([claim]);
        await CutAsync();
        writer.Write([new ClaimItem(new AccountId(72))]);
        Assert.True(writer.IsAway);

        writer.Write([new OpenItem(account, claim.Epoch, [new ChargeId(5)])]);
        await Eventually.WhenAsync(() => Task.FromResult(writer.IsAway), isAway => !isAway);
        writer.Write([Entry(claim, 1, new Released(DateTimeOffset.UnixEpoch, new ChargeId(5), "failed", null))]);
        writer.Write([Entry(claim, 2, Dispatched(6)), Entry(claim, 3, Dispatched(7))]);

        // One of before that is not there, and two that are: the row began at none.
        Assert.Equal(1, await OpenOfRowAsync(account));
    }

    [Fact]
    public async Task Nothing_is_appended_before_it_is_known_what_the_claim_found_open()
    {
        using var writer = new PostgresJournalWriter(database.Source, 1, "Asia/Shanghai", TimeProvider.System, new Listener(said));
        var claim = new ClaimItem(new AccountId(73));
        writer.Write([claim]);
        var early = Entry(claim, 1, Dispatched(6));

        writer.Write([early]);

        Assert.True(early.HasFailed);
        Assert.Equal(0, await OpenOfRowAsync(claim.Account));
    }

    private static EntryItem Entry(ClaimItem claim, long sequence, JournalEntry entry)
    {
        var item = new EntryItem(claim.Account, claim.Epoch, sequence, urgent: true);
        item.Write(entry, null);
        return item;
    }

    private async Task<int> OpenOfRowAsync(AccountId account)
    {
        await using var command = database.Source.CreateCommand("SELECT open FROM charging.account WHERE account = $1");
        command.Parameters.Add(new() { Value = account.Value });
        return (int)(await command.ExecuteScalarAsync(Cancel))!;
    }

    [Fact]
    public async Task A_month_has_a_partition_of_its_own_and_is_made_once()
    {
        var now = new DateTimeOffset(2026, 11, 26, 0, 0, 0, TimeSpan.Zero);
        await RecordPartitions.MakeAsync(database.Source, now, Cancel);
        await RecordPartitions.MakeAsync(database.Source, now, Cancel);
        var account = new AccountId(5);
        var claimed = await journal.ClaimAsync(account);
        var charge = IdSource.Lowest<ChargeKind>(now).Value + 1;
        await journal.Append(account, claimed.Epoch, 1, Dispatched(charge), null, urgent: true);
        await journal.Append(account, claimed.Epoch, 2, Settled(charge), Record(charge), urgent: true);

        await using var command = database.Source.CreateCommand("SELECT count(*) FROM charging.usage_record_2026_11");
        Assert.Equal(1L, await command.ExecuteScalarAsync(Cancel));
    }

    [Fact]
    public async Task Months_that_were_kept_for_long_enough_are_dropped_and_their_days_and_the_audit_stay()
    {
        var start = new DateTimeOffset(2026, 8, 15, 0, 0, 0, TimeSpan.Zero);
        await RecordPartitions.MakeAsync(database.Source, start, Cancel);
        await RecordPartitions.MakeAsync(database.Source, start.AddMonths(3), Cancel);
        var account = new AccountId(42);
        var claimed = await journal.ClaimAsync(account);
        var charges = Enumerable.Range(0, 4).Select(i => IdSource.Lowest<ChargeKind>(start.AddMonths(i)).Value).ToList();
        for (var (i, sequence) = (0, 0L); i < charges.Count; i++)
        {
            await journal.Append(account, claimed.Epoch, ++sequence, Dispatched(charges[i]), null, urgent: true);
            await journal.Append(account, claimed.Epoch, ++sequence, Settled(charges[i]), Record(charges[i]), urgent: true);
        }

        var dropped = await RecordPartitions.DropAsync(database.Source, start.AddMonths(4), 2, "Asia/Shanghai", Cancel);

        Assert.Equal(["usage_record_2026_08", "usage_record_2026_09"], dropped);
        Assert.Empty(await RecordPartitions.DropAsync(database.Source, start.AddMonths(4), 2, "Asia/Shanghai", Cancel));
        Assert.Equal(charges.Skip(2).Reverse(), (await History.RecordsAsync(account, null, 10)).Select(record => record.Charge.Value));
        Assert.Equal(4, (await History.DaysAsync(account, DateOnly.MinValue, DateOnly.MaxValue)).Sum(day => day.Sums.Calls));
        Assert.Null(await History.FindUnbilledAsync(new ChargeId(charges[0])));
        using (var kept = History.OpenSnapshot())
        {
            Assert.Equal(IdSource.Lowest<ChargeKind>(new(2026, 10, 1, 0, 0, 0, TimeSpan.Zero)), kept.RecordsFrom);
            Assert.Empty(kept.UnlikeLists());
        }
        await using var command = database.Source.CreateCommand(
            "UPDATE charging.usage_day SET retail_nano = retail_nano + 1 WHERE day = (SELECT max(day) FROM charging.usage_day)"
        );
        await command.ExecuteNonQueryAsync(Cancel);
        using var changed = History.OpenSnapshot();
        var (of, finding) = Assert.Single(changed.UnlikeLists());
        Assert.Equal(account, of);
        Assert.Contains("61 nano; its records to 2 calls", finding, StringComparison.Ordinal);
    }

    /// <summary>Every connection to the database.</summary>
    private Task CutAsync() => FromOutsideAsync($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{Name}'");

    private Task AllowConnectionsAsync(bool allowed) => FromOutsideAsync($"ALTER DATABASE {Name} ALLOW_CONNECTIONS {allowed}");

    private string Name => new NpgsqlConnectionStringBuilder(database.ConnectionString).Database!;

    private async Task FromOutsideAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(database.ConnectionString) { Database = "postgres" }.ConnectionString
        );
        await connection.OpenAsync(Cancel);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Cancel);
    }

    private sealed class Listener(ConcurrentQueue<string> said) : ILogger<PostgresChargeJournal>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => said.Enqueue(formatter(state, exception));
    }
}
