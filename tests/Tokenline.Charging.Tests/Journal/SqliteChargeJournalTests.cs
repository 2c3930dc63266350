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
        journal = new SqliteChargeJournal(File);

        Assert.Equal([account], await History.AccountsWithOpenChargesAsync());
        Assert.Equal(2, (await Journal.ClaimAsync(account)).Tail.Count);
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
        journal = new SqliteChargeJournal(File);

        Assert.Empty(await History.AccountsWithOpenChargesAsync());
    }

    [Fact]
    public async Task An_append_without_a_claim_in_this_run_is_refused()
    {
        var account = new AccountId(1);
        var claimed = await Journal.ClaimAsync(account);
        await journal.DisposeAsync();
        journal = new SqliteChargeJournal(File);

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

        var refused = Assert.Throws<IOException>(() => new SqliteChargeJournal(File));
        Assert.Contains("newer version", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_of_the_first_version_is_read_from_its_entries_its_images_have_another_form()
    {
        var account = new AccountId(7);
        var claimed = await Journal.ClaimAsync(account);
        await Journal.Append(account, claimed.Epoch, 1, Granted(1), null, urgent: true);
        await journal.DisposeAsync();
        await using (var connection = new SqliteConnection($"Data Source={File};Pooling=False"))
        {
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using var command = connection.CreateCommand();
            command.CommandText =
                """PRAGMA user_version = 1; INSERT INTO images VALUES (7, 1, '{"sequence":1,"suspended":false,"buckets":[]}')""";
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        journal = new SqliteChargeJournal(File);
        var again = await Journal.ClaimAsync(account);

        Assert.Null(again.Image);
        Assert.Single(again.Tail);
    }

    public override ValueTask InitializeAsync()
    {
        journal = new SqliteChargeJournal(File);
        return ValueTask.CompletedTask;
    }

    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await journal.DisposeAsync();
        SqliteConnection.ClearAllPools();
        folder.Delete(recursive: true);
    }
}
