using Npgsql;
using Tokenline.Simulators;
using Tokenline.Testing;

namespace Tokenline.Crash.Tests;

/// <summary>One node serves calls; one hosts the accounts, and has the management API and the portal. Then their database goes away and comes back.</summary>
[Collection(nameof(ThreeNodes))]
public sealed class SplitRolesTests : IAsyncLifetime
{
    private static readonly TimeSpan seenWithin = TimeSpan.FromSeconds(20);

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("tokenline-roles");
    private SimulatorServer simulator = null!;
    private string database = "";
    private ServerProcess gateway = null!;
    private ServerProcess office = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        simulator = await SimulatorServer.StartAsync("http://127.0.0.1:0", new SimulatorOptions(), Cancel);
        database = await PostgresServer.NewDatabaseAsync();
        (gateway, office) = (Node("gateway"), Node("charging,portal"));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in new[] { gateway, office })
            await node.DisposeAsync();
        await simulator.DisposeAsync();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Each_does_its_own_and_a_database_that_goes_away_is_said_to_be_away_until_it_is_back()
    {
        await office.StartAsync(demo: true, Cancel);
        await gateway.StartAsync(demo: false, Cancel);
        var (customers, keys) = await Sold.SellAsync(office, simulator.Address, Cancel);

        await StatusAsync(200, () => ThreeNodes.CallAsync(gateway, keys[0]));
        Assert.Equal(404, await ThreeNodes.CallAsync(office, keys[0]));
        Assert.Equal(404, await ManageAsync(gateway));
        Assert.Equal(200, await ManageAsync(office));

        await AllowConnectionsAsync(false);
        await StatusAsync(503, () => ManageAsync(office));
        await StatusAsync(503, () => CallAsync(gateway, keys[0]));
        await StatusAsync(503, () => ReadyAsync(gateway));
        await AllowConnectionsAsync(true);
        await StatusAsync(200, () => ManageAsync(office));
        await StatusAsync(200, () => CallAsync(gateway, keys[0]));
        await StatusAsync(200, () => ReadyAsync(gateway));

        foreach (var node in new[] { gateway, office })
            Assert.Equal(0, await node.EndAsync("TERM", Cancel));
        var (exitCode, lines) = await office.RunAsync("audit", Cancel);
        Assert.True(exitCode == 0, string.Join('\n', lines));
        Assert.NotEmpty(customers);
    }

    private ServerProcess Node(string role) =>
        new(Path.Combine(folder.FullName, role), simulator.Address)
        {
            More = new Dictionary<string, string>
            {
                ["TOKENLINE_DATABASE"] = database,
                ["TOKENLINE_SECRETS"] = Path.Combine(folder.FullName, "secrets"),
                ["TOKENLINE_ROLES"] = role,
                ["TOKENLINE__Gateway__LeaveNoticeSeconds"] = "0",
                ["TOKENLINE__Gateway__SettlePatienceSeconds"] = "1",
            },
        };

    private static async Task StatusAsync(int status, Func<Task<int>> ask)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        enough.CancelAfter(seenWithin);
        int seen;
        while ((seen = await ask()) != status)
        {
            Assert.False(enough.IsCancellationRequested, $"still {seen}, not {status}");
            await Task.Delay(100, Cancel);
        }
    }

    /// <summary>0: the call was running when the database went, cannot be charged, and is cut.</summary>
    private static async Task<int> CallAsync(ServerProcess node, string key)
    {
        try
        {
            return await ThreeNodes.CallAsync(node, key);
        }
        catch (HttpRequestException)
        {
            return 0;
        }
    }

    private static async Task<int> ManageAsync(ServerProcess node)
    {
        using var response = await node.Management.GetAsync("customers?limit=1", Cancel);
        return (int)response.StatusCode;
    }

    private static async Task<int> ReadyAsync(ServerProcess node)
    {
        using var response = await node.Management.GetAsync(new Uri(node.Url, "/readyz"), Cancel);
        return (int)response.StatusCode;
    }

    private async Task AllowConnectionsAsync(bool allowed)
    {
        var outside = new NpgsqlConnectionStringBuilder(database) { Database = "postgres", Pooling = false };
        var name = new NpgsqlConnectionStringBuilder(database).Database;
        await using var connection = new NpgsqlConnection(outside.ConnectionString);
        await connection.OpenAsync(Cancel);
        foreach (
            var sql in new[]
            {
                $"ALTER DATABASE {name} ALLOW_CONNECTIONS {allowed}",
                $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'",
            }
        )
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync(Cancel);
        }
    }
}
