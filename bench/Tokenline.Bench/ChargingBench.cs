using System.Collections.Frozen;
using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Records;
using Tokenline.Charging.Tariffs;
using Tokenline.Cluster;
using Tokenline.Storage.Journal;
using Tokenline.Storage.Journal.Postgres;
using Tokenline.Storage.Postgres;
using Tokenline.Units;

namespace Tokenline.Bench;

/// <summary>
/// Dispatch + settle, durable, through the same accounts, grains, engine and journal as the server's, on SQLite or on PostgreSQL; each settle leaves an indexed usage record.
/// A pair counts when its settle is durable.
/// </summary>
internal static class ChargingBench
{
    /// <param name="only">The name of one rule set; null is all.</param>
    public static async Task RunAsync(int seconds, string? only)
    {
        Report.Machine();
        Report.Line($"{"case", -28} {"rules", -10} {"workers", 8} {"pairs/s", 10} {"CPU µs/pair", 12} {"bytes/pair", 11}");
        foreach (var rules in new[] { RuleSets.Plain, RuleSets.Full }.Where(rules => only is null || rules.Name == only))
        {
            await CaseAsync("10,000 accounts", rules, accounts: 10_000, workers: 1024, seconds);
            await CaseAsync("10,000 accounts", rules, accounts: 10_000, workers: 64, seconds);
            await CaseAsync("one hot account", rules, accounts: 1, workers: 1024, seconds);
            await CaseAsync("one hot account", rules, accounts: 1, workers: 64, seconds);
        }
    }

    private static async Task CaseAsync(string name, RuleSet rules, int accounts, int workers, int seconds)
    {
        var folder = Directory.CreateTempSubdirectory("tokenline-bench");
        try
        {
            using var host = await StartAsync(Path.Combine(folder.FullName, "charges.db"), rules.Tariff);
            var charging = host.Services.GetRequiredService<IChargingAccounts>();
            var ids = new IdSource(TimeProvider.System);
            await SetUpAsync(charging, ids, rules, accounts);

            var pairs = await LoadAsync(charging, rules, ids, accounts, workers, TimeSpan.FromSeconds(6));
            var cpu = Process.GetCurrentProcess().TotalProcessorTime;
            var allocated = GC.GetTotalAllocatedBytes();
            var watch = Stopwatch.StartNew();
            pairs = await LoadAsync(charging, rules, ids, accounts, workers, TimeSpan.FromSeconds(seconds));
            var elapsed = watch.Elapsed.TotalSeconds;
            var spent = (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalMicroseconds;
            var bytes = GC.GetTotalAllocatedBytes() - allocated;
            Report.Line($"{name, -28} {rules.Name, -10} {workers, 8} {pairs / elapsed, 10:0} {spent / pairs, 12:0.0} {bytes / pairs, 11}");
            await host.StopAsync();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<IHost> StartAsync(string path, ModelTariff tariff)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<ITariffs>(new FixedTariffs(tariff));
        if (Environment.GetEnvironmentVariable("BENCH_DATABASE") is { Length: > 0 } server)
        {
            var database = await NewDatabaseAsync(server);
            builder.Services.AddSingleton(services => new PostgresChargeJournal(
                database.Source,
                run: 1,
                "Asia/Shanghai",
                TimeProvider.System,
                services.GetRequiredService<ILogger<PostgresChargeJournal>>()
            ));
            builder.Services.AddSingleton<IChargeJournal>(services => services.GetRequiredService<PostgresChargeJournal>());
            builder.Services.AddSingleton<IChargeHistory>(services => services.GetRequiredService<PostgresChargeJournal>());
        }
        else
        {
            builder.Services.AddSingleton(_ => new SqliteChargeJournal(path, "Asia/Shanghai"));
            builder.Services.AddSingleton<IChargeJournal>(services => services.GetRequiredService<SqliteChargeJournal>());
            builder.Services.AddSingleton<IChargeHistory>(services => services.GetRequiredService<SqliteChargeJournal>());
        }
        builder.AddCluster();
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    /// <summary>A database of its own for each case, on a server that is at hand.</summary>
    private static async Task<PostgresDatabase> NewDatabaseAsync(string server)
    {
        var name = $"bench{Stopwatch.GetTimestamp()}";
        await using (var connection = new NpgsqlConnection(server))
        {
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand($"CREATE DATABASE {name}", connection);
            await command.ExecuteNonQueryAsync();
        }
        var database = await PostgresDatabase.OpenAsync(
            new NpgsqlConnectionStringBuilder(server) { Database = name }.ConnectionString,
            "bench",
            [PostgresJournalSchema.Area],
            TimeProvider.System,
            CancellationToken.None
        );
        await RecordPartitions.MakeAsync(database.Source, TimeProvider.System.GetUtcNow(), CancellationToken.None);
        return database;
    }

    private static async Task SetUpAsync(IChargingAccounts charging, IdSource ids, RuleSet rules, int accounts)
    {
        await Parallel.ForAsync(
            1,
            accounts + 1,
            new ParallelOptions { MaxDegreeOfParallelism = 1024 },
            async (account, _) =>
            {
                foreach (var command in rules.Account(ids))
                {
                    if (await charging.ExecuteAsync(new AccountId(account), command) is { } refused)
                        throw new InvalidOperationException(refused.Message);
                }
            }
        );
    }

    private static async Task<long> LoadAsync(
        IChargingAccounts charging,
        RuleSet rules,
        IdSource ids,
        int accounts,
        int workers,
        TimeSpan time
    )
    {
        var total = 0L;
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(
            Enumerable
                .Range(0, workers)
                .Select(worker =>
                    Task.Run(async () =>
                    {
                        var random = new Random(worker);
                        var pairs = 0L;
                        while (Stopwatch.GetElapsedTime(started) < time)
                        {
                            await PairAsync(charging, rules, ids, new AccountId(random.Next(accounts) + 1));
                            pairs++;
                        }
                        Interlocked.Add(ref total, pairs);
                    })
                )
        );
        return total;
    }

    private static async ValueTask PairAsync(IChargingAccounts charging, RuleSet rules, IdSource ids, AccountId account)
    {
        var charge = ids.Next<ChargeKind>();
        var hold = await charging.HoldAsync(
            account,
            new HoldRequest
            {
                Charge = charge,
                Key = new KeyId(1),
                Tariff = rules.Tariff,
                Allotment = rules.Allotment,
                Traits = rules.Traits,
                TokensEstimate = 1300,
                Vendor = "vendor",
                Deployment = "vendor/bench",
                Stream = false,
                InputBound = 1200,
                InputEstimate = 300,
                OutputWanted = 1000,
                OutputModest = 1000,
                OutputMin = 16,
                Precise = false,
                Node = 1,
            }
        );
        if (hold.Verdict != HoldVerdict.Granted)
            throw new InvalidOperationException($"the hold was {hold.Verdict}: {hold.Refusal?.Message}");
        var end = await charging.SettleAsync(
            account,
            new SettleRequest
            {
                Charge = charge,
                Usage = Usage.Of(input: 250, output: 300, cachedInput: 100),
                Basis = UsageBasis.Vendor,
                Ending = CallEnding.Completed,
                VendorUsage =
                    """{"prompt_tokens":350,"completion_tokens":300,"total_tokens":650,"prompt_tokens_details":{"cached_tokens":100}}""",
            }
        );
        if (end.Verdict != EndVerdict.Done)
            throw new InvalidOperationException($"the settle was {end.Verdict}");
    }

    private sealed class FixedTariffs(ModelTariff tariff) : ITariffs
    {
        public TariffBook Current { get; } =
            new([
                new Tariff(
                    1,
                    DateTimeOffset.MinValue,
                    new Dictionary<string, ModelTariff> { [tariff.Model] = tariff }.ToFrozenDictionary()
                ),
            ]);
    }
}
