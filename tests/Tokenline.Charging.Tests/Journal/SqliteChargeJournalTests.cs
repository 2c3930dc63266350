using System.Globalization;
using Microsoft.Data.Sqlite;
using Tokenline.Charging.Journal;
using Tokenline.Storage.Journal;

namespace Tokenline.Charging.Tests.Journal;

public sealed class SqliteChargeJournalTests : ChargeJournalContract
{
    private static readonly DateTimeOffset now = new(2026, 1, 10, 0, 0, 0, TimeSpan.Zero);

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("tokenline-test");
    private SqliteChargeJournal journal = null!;

    protected override IChargeJournal Journal => journal;

    protected override IChargeHistory History => journal;

    private string File => Path.Combine(folder.FullName, "charges.db");

    [Fact]
    public async Task Everything_is_there_after_the_file_was_closed_and_opened()
    {
        var account = new AccountId(1);
        var claimed = await Journal.ClaimAsync(account);
        await Journal.Append(account, claimed.Epoch, 1, Granted(1), null, urgent: true);
        await Journal.Append(account, claimed.Epoch, 2, Dispatched(8), null, urgent: true);

        await journal.DisposeAsync();
        journal = new SqliteChargeJournal(File, "Asia/Shanghai");

        Assert.Equal([account], await History.AccountsWithOpenChargesAsync());
        Assert.Equal(2, (await Journal.ClaimAsync(account)).Tail.Count);
    }

    [Fact]
    public async Task A_commit_is_one_write_to_the_log()
    {
        await journal.DisposeAsync();
        using (var writer = new JournalWriter(File, "Asia/Shanghai"))
        {
            var claim = new ClaimItem(new AccountId(42));
            writer.Write([claim]); // begins the log, with a header and a sync of its own
            var batch = new List<JournalItem>();
            for (var charge = 1; charge <= 20; charge++)
            {
                var item = new EntryItem(claim.Account, claim.Epoch, charge, urgent: true);
                item.Write(Settled(charge), Record(charge));
                batch.Add(item);
            }
            var before = WritesOfThisThread();
            writer.Write(batch);
            var written = WritesOfThisThread() - before;

            Assert.Equal(1, written);
            Assert.DoesNotContain(batch, item => item.HasFailed);
        }
        journal = new SqliteChargeJournal(File, "Asia/Shanghai");
    }

    /// <summary>As the system counts them.</summary>
    private static long WritesOfThisThread()
    {
        const string Name = "syscw: ";
        var line = System.IO.File.ReadLines("/proc/thread-self/io").First(line => line.StartsWith(Name, StringComparison.Ordinal));
        return long.Parse(line.AsSpan(Name.Length), CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task A_charge_that_has_ended_is_not_open_at_the_next_start()
    {
        var account = new AccountId(42);
        var claimed = await Journal.ClaimAsync(account);
        await Journal.Append(account, claimed.Epoch, 1, Dispatched(8), null, urgent: true);
        await Journal.Append(account, claimed.Epoch, 2, Dispatched(9), null, urgent: true);
        await Journal.Append(account, claimed.Epoch, 3, Settled(8), Record(8), urgent: true);
        await Journal.Append(account, claimed.Epoch, 4, new Released(now, new ChargeId(9), "x", null), null, urgent: true);

        await journal.DisposeAsync();
        journal = new SqliteChargeJournal(File, "Asia/Shanghai");

        Assert.Empty(await History.AccountsWithOpenChargesAsync());
    }

    [Fact]
    public async Task An_append_without_a_claim_in_this_run_is_refused()
    {
        var account = new AccountId(1);
        var claimed = await Journal.ClaimAsync(account);
        await journal.DisposeAsync();
        journal = new SqliteChargeJournal(File, "Asia/Shanghai");

        await Assert.ThrowsAsync<AccountUnavailableException>(() =>
            Journal.Append(account, claimed.Epoch, 1, Granted(1), null, urgent: true)
        );
    }

    [Fact]
    public async Task A_file_of_a_newer_version_is_not_opened()
    {
        await journal.DisposeAsync();
        await using (var connection = new SqliteConnection($"Data Source={File}"))
        {
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA user_version = 99";
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        var refused = Assert.Throws<IOException>(() => new SqliteChargeJournal(File, "Asia/Shanghai"));
        Assert.Contains("newer version", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_of_version_1_gets_the_tables_of_today_filled_with_what_it_holds()
    {
        await journal.DisposeAsync();
        SqliteConnection.ClearAllPools();
        System.IO.File.Delete(File);
        await RunAsync(await System.IO.File.ReadAllTextAsync("Journal/version1.sql", TestContext.Current.CancellationToken));

        journal = new SqliteChargeJournal(File, "Asia/Shanghai");

        var account = new AccountId(42);
        var told = Assert.Single(await History.EventsAsync(0, 10));
        Assert.Equal((5L, account, 50), (told.Position, told.Account, told.Event.Percent));
        var adjustment = Assert.Single(await History.AdjustmentsAsync(new ChargeId(100)));
        Assert.Equal((6L, new CommandId(7), 15L), (adjustment.Position, adjustment.Refund.Command, adjustment.Refund.RetailNano));
        var run = await History.RunAsync(account, "night shift");
        Assert.Equal((2L, 15L), (run!.Calls, run.GivenBack[0].Nano));
        Assert.Equal([102L, 101L, 100L], (await History.RecordsAsync(account, null, 10)).Select(r => r.Charge.Value));
        Assert.Equal(3, (await History.DaysAsync(account, DateOnly.MinValue, DateOnly.MaxValue)).Sum(day => day.Sums.Calls));

        var claimed = await Journal.ClaimAsync(account);
        Assert.Null(claimed.Image); // those of version 1 have another form
        Assert.Equal(6, claimed.Tail.Count);
        await Journal.Append(account, claimed.Epoch, 7, Settled(103), Record(103) with { Run = "night shift" }, urgent: true);
        Assert.Equal(3, (await History.RunAsync(account, "night shift"))!.Calls);
    }

    [Fact]
    public async Task A_file_of_version_1_is_audited_as_it_lies_there()
    {
        await journal.DisposeAsync();
        SqliteConnection.ClearAllPools();
        System.IO.File.Delete(File);
        await RunAsync(await System.IO.File.ReadAllTextAsync("Journal/version1.sql", TestContext.Current.CancellationToken));

        using (var snapshot = SqliteChargeJournal.OpenFile(File))
        {
            Assert.Equal(6, snapshot.Entries().Count());
            Assert.NotNull(snapshot.Record(new ChargeId(100), out var unlike));
            Assert.Null(unlike);
            Assert.Empty(snapshot.UnlikeLists());
        }

        journal = new SqliteChargeJournal(File, "Asia/Shanghai");
        using var today = History.OpenSnapshot();
        Assert.NotNull(today.Record(new ChargeId(100), out var stillUnlike));
        Assert.Null(stillUnlike);
        Assert.Empty(today.UnlikeLists());
    }

    [Theory]
    [InlineData("DELETE FROM events", "the Raised entry at 1 is not in events")]
    [InlineData("DELETE FROM adjustments", "the Refunded entry at 2 is not in adjustments")]
    [InlineData("UPDATE events SET body = json_set(body, '$.event.percent', 80)", "events at 1: its body says otherwise than the entry")]
    [InlineData("UPDATE events SET at = at + 5000", "events at 1: its column at says otherwise than the entry")]
    [InlineData("UPDATE events SET account = 43", "events at 1: its column account says otherwise than the entry")]
    [InlineData("UPDATE events SET position = 7", "events at 7: no Raised entry in the journal is at that position")]
    [InlineData("UPDATE adjustments SET retail_nano = 16", "adjustments at 2: its column retail_nano says otherwise than the entry")]
    [InlineData("UPDATE adjustments SET charge = 9", "adjustments at 2: its column charge says otherwise than the entry")]
    [InlineData("UPDATE adjustments SET id = 9", "adjustments at 2: its column id says otherwise than the entry")]
    public async Task A_list_that_was_tampered_with_is_unlike_the_journal(string tampering, string finding)
    {
        var account = new AccountId(42);
        var claimed = await Journal.ClaimAsync(account);
        await Journal.Append(account, claimed.Epoch, 1, Raised(50), null, urgent: true);
        await Journal.Append(account, claimed.Epoch, 2, Refunded(100, command: 7), null, urgent: true);
        using (var before = History.OpenSnapshot())
            Assert.Empty(before.UnlikeLists());

        await RunAsync(tampering);

        using var after = History.OpenSnapshot();
        Assert.Contains(finding, after.UnlikeLists().Select(found => found.Finding));
    }

    [Fact]
    public async Task Events_refunds_and_runs_are_found_along_their_indexes()
    {
        var account = new AccountId(42);
        var claimed = await Journal.ClaimAsync(account);
        await Journal.Append(account, claimed.Epoch, 1, Settled(1), Record(1) with { Run = "a" }, urgent: true);

        Assert.Contains(
            "events_of_account",
            await PlanAsync("SELECT body FROM events WHERE account = 1 AND position < 9 ORDER BY position DESC")
        );
        Assert.Contains("adjustments_of_charge", await PlanAsync("SELECT body FROM adjustments WHERE charge = 1 ORDER BY position"));
        Assert.Contains(
            "usage_records_of_run (account=? AND run=?",
            await PlanAsync("SELECT body FROM usage_records WHERE account = 1 AND run = 'a' AND charge < 9 ORDER BY charge DESC")
        );
        Assert.Contains(
            "usage_records_of_run (account=? AND run>?",
            await PlanAsync("SELECT min(run) FROM usage_records WHERE account = 1 AND run > 'a'")
        );
    }

    public override ValueTask InitializeAsync()
    {
        journal = new SqliteChargeJournal(File, "Asia/Shanghai");
        return ValueTask.CompletedTask;
    }

    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await journal.DisposeAsync();
        SqliteConnection.ClearAllPools();
        folder.Delete(recursive: true);
    }

    private async Task RunAsync(string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    private async Task<string> PlanAsync(string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = $"EXPLAIN QUERY PLAN {sql}";
        await using var rows = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var plan = new List<string>();
        while (await rows.ReadAsync(TestContext.Current.CancellationToken))
            plan.Add(rows.GetString(3));
        return string.Join('\n', plan);
    }
}
