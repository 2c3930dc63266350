using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Tokenline.Storage.Journal.Postgres;
using Tokenline.Storage.Postgres;
using Tokenline.Testing;

namespace Tokenline.Charging.Tests.Journal;

/// <summary>A database that cannot be used is refused with its cause and the remedy.</summary>
public sealed class PostgresDatabaseTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nodes_that_start_at_once_bring_it_up_once()
    {
        var connection = await PostgresServer.NewDatabaseAsync();

        var opened = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => OpenAsync(connection)));

        foreach (var database in opened)
            await database.DisposeAsync();
        await using var again = await OpenAsync(connection);
        await using var command = again.Source.CreateCommand("SELECT count(*) FROM installation.schema_version");
        Assert.Equal(2L, await command.ExecuteScalarAsync(Cancel));
    }

    [Fact]
    public async Task Of_another_cluster_it_is_refused()
    {
        var connection = await PostgresServer.NewDatabaseAsync();
        await using (await OpenAsync(connection, cluster: "production")) { }

        await RefusedAsync("belongs to the cluster 'production'", () => OpenAsync(connection, cluster: "staging"));
    }

    [Fact]
    public async Task Of_a_newer_version_it_is_refused()
    {
        var connection = await PostgresServer.NewDatabaseAsync();
        await using (var database = await OpenAsync(connection))
        {
            await using var command = database.Source.CreateCommand(
                "UPDATE installation.schema_version SET version = 99 WHERE area = 'charging'"
            );
            await command.ExecuteNonQueryAsync(Cancel);
        }

        await RefusedAsync("Start the newer version", () => OpenAsync(connection));
    }

    [Fact]
    public async Task A_clock_that_is_far_off_is_refused()
    {
        var connection = await PostgresServer.NewDatabaseAsync();
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(9));

        await RefusedAsync("Synchronise both", () => OpenAsync(connection, time: clock));
    }

    [Fact]
    public async Task One_that_is_not_there_is_named()
    {
        var connection = await PostgresServer.NewDatabaseAsync();
        var away = new NpgsqlConnectionStringBuilder(connection) { Port = 1 }.ConnectionString;
        var none = new NpgsqlConnectionStringBuilder(connection) { Database = "nowhere" }.ConnectionString;

        await RefusedAsync("cannot be reached", () => OpenAsync(away));
        await RefusedAsync("Create it (CREATE DATABASE nowhere)", () => OpenAsync(none));
        await RefusedAsync("is not a connection string", () => OpenAsync("Hots=127.0.0.1"));
    }

    [Fact]
    public async Task Node_numbers_differ_until_a_thousand_have_been_given()
    {
        await using var database = await OpenAsync(await PostgresServer.NewDatabaseAsync());
        var numbers = new HashSet<int>();
        for (var i = 0; i < 50; i++)
            Assert.True(numbers.Add(await MembershipSchema.TakeNodeNumberAsync(database.Source, Cancel)));
        Assert.All(numbers, number => Assert.InRange(number, 1, 1023));
    }

    private static Task<PostgresDatabase> OpenAsync(string connection, string cluster = "test", TimeProvider? time = null) =>
        PostgresDatabase.OpenAsync(
            connection,
            cluster,
            [MembershipSchema.Area, PostgresJournalSchema.Area],
            time ?? TimeProvider.System,
            Cancel
        );

    private static async Task RefusedAsync(string words, Func<Task> open) =>
        Assert.Contains(words, (await Assert.ThrowsAsync<DatabaseException>(open)).Message, StringComparison.Ordinal);
}
