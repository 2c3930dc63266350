using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Tokenline.Billing;
using Tokenline.Billing.Bills;
using Tokenline.Billing.Facts;
using Tokenline.Billing.Settlement;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Journal;
using Tokenline.Charging.Records;
using Tokenline.Commerce;
using Tokenline.Storage.Billing;
using Tokenline.Storage.Journal;
using Settled = Tokenline.Charging.Journal.Settled;

namespace Tokenline.Bench;

/// <summary>A month of many subscribers: the journal is read, each is billed, the vendors are settled. On SQLite; making the journal is not measured.</summary>
internal static class BillingBench
{
    public static readonly string Zone = new CommerceOptions().TimeZone;
    public static readonly BillingPeriod Period = BillingPeriod.Of(2026, 11);
    private static readonly (string Model, string Vendor)[] models =
    [
        ("glm-5", "zhipu"),
        ("qwen3-max", "alibaba"),
        ("deepseek-v4-flash", "deepseek"),
    ];

    public static async Task RunAsync(int subscribers, int records)
    {
        var folder = Directory.CreateTempSubdirectory("tokenline-bench-").FullName;
        try
        {
            var journal = Path.Combine(folder, "charges.db");
            var made = Stopwatch.StartNew();
            await using (new SqliteChargeJournal(journal, Zone)) { }
            Fill(journal, subscribers, records);
            Report.Machine();
            Console.WriteLine($"{subscribers:N0} subscribers, {records:N0} usage records; made in {made.Elapsed.TotalSeconds:0} s");
            await using var services = Open(folder, journal, subscribers);
            await services.OpenBillingStorageAsync(CancellationToken.None);
            await BillAsync(services);
            await SettleAsync(services);
            using var me = Process.GetCurrentProcess();
            Console.WriteLine(
                $"peak memory {me.PeakWorkingSet64 >> 20:N0} MiB; books {new FileInfo(Path.Combine(folder, "billing.db")).Length >> 20:N0} MiB"
            );
        }
        finally
        {
            SqliteConnection.ClearAllPools();
            Directory.Delete(folder, recursive: true);
        }
    }

    public static ServiceProvider Open(string folder, string journal, int subscribers)
    {
        var services = new ServiceCollection().AddLogging();
        services.AddBillingStorage(folder, journal);
        services.AddSingleton(new CommerceOptions());
        services.AddSingleton(new BillingOptions());
        services.AddSingleton(new BillingCalendar(Zone));
        services.AddSingleton<ISalesFeed>(new Sales(subscribers));
        services.AddSingleton<IAccruals>(new Accruals());
        services.AddSingleton<IBillNames>(new Names());
        services.AddSingleton<IStalls>(new Stalls());
        services.AddSingleton<UsageFold>().AddSingleton<SalesGathering>().AddSingleton<BillRun>().AddSingleton<SettlementRun>();
        return services.BuildServiceProvider();
    }

    private static async Task BillAsync(ServiceProvider services)
    {
        var run = services.GetRequiredService<BillRun>();
        var ends = services.GetRequiredService<BillingCalendar>().To(Period);
        var (watch, facts, bills) = (Stopwatch.StartNew(), TimeSpan.Zero, 0L);
        var before = Environment.CpuUsage.TotalTime;
        while (true)
        {
            var began = Stopwatch.StartNew();
            var step = (
                await run.StepAsync(Period, ends, () => began.Elapsed > TimeSpan.FromSeconds(3), CancellationToken.None)
            ).Required();
            bills += step.Bills;
            if (step.Phase == BillRunPhase.Facts || facts == TimeSpan.Zero)
                facts = watch.Elapsed;
            if (step.IsDone)
                break;
        }
        Console.WriteLine(
            $"billed in {watch.Elapsed.TotalSeconds:0.0} s (of that facts {facts.TotalSeconds:0.0} s; {(Environment.CpuUsage.TotalTime - before).TotalSeconds:0.0} s of CPU): {bills:N0} bills; the budget is 300 s"
        );
    }

    private static async Task SettleAsync(ServiceProvider services)
    {
        var watch = Stopwatch.StartNew();
        var report = (
            await services
                .GetRequiredService<SettlementRun>()
                .RunAsync(Period, new Dictionary<Currency, decimal>(), isDry: false, CancellationToken.None)
        ).Required();
        Console.WriteLine(
            $"settled in {watch.Elapsed.TotalSeconds:0.00} s: {report.Statements.Count} statements, it {(report.AddsUp ? "adds" : "DOES NOT add")} up; the budget is 120 s"
        );
        var sum = (await services.GetRequiredService<IBillingStore>().BalancesAsync(CancellationToken.None)).Aggregate(
            Int128.Zero,
            (all, balance) => all + balance.Nano
        );
        if (sum != 0 || !report.AddsUp)
            throw new InvalidOperationException($"the books are out of balance by {sum} nano");
    }

    /// <summary>A plan for each, and calls in turns: the order that many subscribers make.</summary>
    public static void Fill(string journal, int subscribers, int records)
    {
        var from = new BillingCalendar(Zone).From(Period);
        using var connection = new SqliteConnection($"Data Source={journal}");
        connection.Open();
        using (var fast = connection.CreateCommand())
        {
            fast.CommandText = "PRAGMA synchronous = OFF";
            fast.ExecuteNonQuery();
        }
        using var entry = connection.CreateCommand();
        entry.CommandText = "INSERT INTO journal VALUES ($1, $2, $3, $4, 0, $5, $6)";
        using var record = connection.CreateCommand();
        record.CommandText = "INSERT INTO usage_records VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10, NULL)";
        var position = 0L;
        var transaction = connection.BeginTransaction();
        for (var account = 1; account <= subscribers; account++)
        {
            var grant = new BucketGranted(
                from,
                new BucketGrant(
                    new BucketId(account),
                    "Light",
                    BucketType.Plan,
                    new QuotaUnit("general-token"),
                    null,
                    10_000_000L * QuotaUnit.Micro,
                    200,
                    from,
                    from.AddDays(31),
                    null,
                    new ProductId(account)
                )
            );
            Put(entry, ++position, account, 1, (int)EntryKind.BucketGranted, DBNull.Value, Body(grant));
        }
        var every = TimeSpan.FromDays(29.5) / records;
        for (var i = 0; i < records; i++)
        {
            var (account, at) = ((i % subscribers) + 1, from + (every * i));
            var (model, vendor) = models[i % models.Length];
            var charge = IdSource.Lowest<ChargeKind>(at).Value | (uint)(i & 0x3FFFFF);
            var usage = RecordOf(new ChargeId(charge), new AccountId(account), model, vendor, at, i);
            var settled = new Settled(
                at,
                usage.Charge,
                [new SettledPart(new BucketId(account), usage.Payments[0].Amount * 2, usage.Payments[0].Amount)],
                usage.RetailNano,
                0,
                UsageBasis.Vendor
            );
            Put(entry, ++position, account, 2 + (i / subscribers), (int)EntryKind.Settled, charge, Body(settled));
            Put(
                record,
                charge,
                account,
                position,
                at.ToUnixTimeMilliseconds(),
                model,
                vendor,
                usage.Usage.WholeInput,
                usage.Usage[Meter.Output],
                usage.RetailNano,
                JsonSerializer.Serialize(usage, ChargingJson.Default.UsageRecord)
            );
            if (i % 100_000 == 0)
            {
                transaction.Commit();
                transaction.Dispose();
                transaction = connection.BeginTransaction();
            }
        }
        transaction.Commit();
        transaction.Dispose();

        void Put(SqliteCommand command, params object[] values)
        {
            command.Transaction = transaction;
            for (var i = 0; i < values.Length; i++)
            {
                if (command.Parameters.Count == i)
                    command.Parameters.Add(new SqliteParameter($"${i + 1}", values[i]));
                command.Parameters[i].Value = values[i];
            }
            command.ExecuteNonQuery();
        }
    }

    private static UsageRecord RecordOf(ChargeId charge, AccountId account, string model, string vendor, DateTimeOffset at, int number) =>
        new()
        {
            Charge = charge,
            Account = account,
            Key = new KeyId(account.Value),
            Model = model,
            Vendor = vendor,
            Deployment = $"{model}@{vendor}",
            TariffVersion = 1,
            StartedAt = at,
            EndedAt = at.AddSeconds(2),
            Usage = Usage.Of(900 + (number % 200), 100 + (number % 50)),
            Basis = UsageBasis.Vendor,
            Ending = CallEnding.Completed,
            Payments =
            [
                new Payment(
                    new BucketId(account.Value),
                    "Light",
                    "general-token",
                    false,
                    (1_000L + (number % 250)) * QuotaUnit.Micro,
                    1_234_567
                ),
            ],
            RetailNano = 1_234_567,
            UncollectedNano = 0,
            Currency = Currency.Cny,
            Wholesale = new WholesaleCost(1, Currency.Cny, 654_321 + (number % 1_000)),
        };

    private static string Body(JournalEntry entry)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes))
            ChargingJson.WriteEntry(writer, entry);
        return System.Text.Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }

    /// <summary>Each has bought the plan.</summary>
    private sealed class Sales(int subscribers) : ISalesFeed
    {
        public async IAsyncEnumerable<Sale> ReadAsync(
            DateTimeOffset from,
            DateTimeOffset until,
            [EnumeratorCancellation] CancellationToken cancellation
        )
        {
            await Task.CompletedTask;
            var at = new BillingCalendar(Zone).From(Period);
            for (var account = 1; account <= subscribers; account++)
                yield return new Sale(
                    $"ord-{account}",
                    SaleKind.Order,
                    new PartyId(account),
                    new AccountId(account),
                    new ProductId(account),
                    "plan-light",
                    "Light",
                    new Money(9_900_000_000, Currency.Cny),
                    6m,
                    account % 10 == 0 ? "branch-7" : null,
                    at,
                    at,
                    at.AddDays(31),
                    false
                );
        }
    }

    /// <summary>Nobody has committed to anything.</summary>
    private sealed class Accruals : IAccruals
    {
        public Task<IReadOnlyList<(long Number, string Id)>> OpenAsync(long after, int limit, CancellationToken cancellation) =>
            Task.FromResult<IReadOnlyList<(long, string)>>([]);

        public Task BilledAsync(string id, string bill, DateTimeOffset at, CancellationToken cancellation) =>
            throw new InvalidOperationException("nothing was accrued");
    }

    /// <summary>As many as there are accounts, made up.</summary>
    private sealed class Names : IBillNames
    {
        public Task<IReadOnlyDictionary<AccountId, BillNames>> OfAsync(IReadOnlyList<AccountBooks> books, CancellationToken cancellation) =>
            Task.FromResult<IReadOnlyDictionary<AccountId, BillNames>>(
                books.ToDictionary(
                    book => book.Account,
                    book =>
                        BillNames.None with
                        {
                            To = new BilledTo($"Customer {book.Account.Value}"),
                            Keys = new Dictionary<KeyId, string> { [new KeyId(book.Account.Value)] = $"key {book.Account.Value}" },
                        }
                )
            );
    }

    private sealed class Stalls : IStalls
    {
        public Task<IReadOnlyList<Stall>> AllAsync(CancellationToken cancellation) =>
            Task.FromResult<IReadOnlyList<Stall>>([
                .. models.Select(model => new Stall(model.Vendor, [new ListedModel(model.Model, model.Model)])),
            ]);
    }
}
