using Microsoft.Data.Sqlite;
using Tokenline.Gateway;
using Tokenline.Simulators.Vendors;

namespace Tokenline.Host.Tests;

/// <summary>A journal that takes no records: answers that cannot be charged are not given, and who got nothing is told so and pays nothing, then or later.</summary>
public class UndeliveredTests(UndeliveredTests.ImpatientServer server) : IClassFixture<UndeliveredTests.ImpatientServer>
{
    public sealed class ImpatientServer : RunningServer
    {
        private protected override GatewayOptions Options => new() { Routing = NoHealth, SettlePatienceSeconds = 1 };
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_answer_that_was_cut_before_its_first_byte_is_not_charged_when_the_journal_is_back()
    {
        var subscriber = await server.SubscriberAsync();
        await RunAsync("CREATE TRIGGER no_room BEFORE INSERT ON usage_records BEGIN SELECT RAISE(ABORT, 'no room'); END");
        try
        {
            var answer = await subscriber.AskAsync(Wire.Simulated("tokens=60"));
            Assert.Equal((503, "overloaded"), (answer.Status, (string?)answer.Json["error"]!["code"]));
        }
        finally
        {
            await RunAsync("DROP TRIGGER no_room");
        }

        await Eventually.WhenAsync(async () => await subscriber.ViewAsync(), seen => seen.Open.Count == 0);
        Assert.Empty(await subscriber.RecordsAsync());
        Assert.Equal(RunningServer.RichTokens * QuotaUnit.Micro, await subscriber.BalanceAsync());
        // And the next call is as any other.
        Assert.Equal(200, (await subscriber.AskAsync(Wire.Simulated("tokens=60"))).Status);
        Assert.Single(await subscriber.RecordsAsync());
    }

    private async Task RunAsync(string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={server.JournalFile};Pooling=False");
        await connection.OpenAsync(Cancel);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(Cancel);
    }
}
