using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Records;
using Tokenline.Cluster.Leases;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Notifications;
using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Outbox;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Payments;
using Tokenline.Commerce.Tests.Notifications;
using Tokenline.Commerce.Tests.Parties;
using Tokenline.Management;
using Tokenline.Storage.Billing;
using Tokenline.Storage.Management;
using Tokenline.Storage.Postgres;

namespace Tokenline.Commerce.Tests;

/// <summary>Commerce on a database of its own, with a scripted carrier, the real engine and a clock that stands still.</summary>
internal sealed class World : IAsyncDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 9, 1, 2, 30, 0, TimeSpan.Zero);
    public static readonly Uri Simulator = new("http://127.0.0.1:8081");

    // Making the tables and the catalogue takes longer than most tests: it is done once, and each world begins with a copy.
    private static readonly Lazy<Task<string>> empty = new(() => MakeTemplateAsync(seeded: false));
    private static readonly Lazy<Task<string>> demo = new(() => MakeTemplateAsync(seeded: true));
    private readonly bool ownsFolder;

    private World(string folder, bool ownsFolder, ServiceProvider services)
    {
        (Folder, this.ownsFolder, Services) = (folder, ownsFolder, services);
    }

    public string Folder { get; }
    public ServiceProvider Services { get; }
    public FakeTimeProvider Time => Get<FakeTimeProvider>();
    public FakePhoneBill Carrier => Get<FakePhoneBill>();
    public InMemoryChargingAccounts Accounts => Get<InMemoryChargingAccounts>();
    public Ordering Ordering => Get<Ordering>();
    public Customers Customers => Get<Customers>();

    /// <param name="folder">A folder that another world has used: the next start of the same installation.</param>
    /// <param name="register">Takes the place of what is registered here.</param>
    /// <param name="database">In place of files: the world is one node over it, and the folder holds its secret.</param>
    public static async Task<World> OpenAsync(
        string? folder = null,
        CommerceOptions? options = null,
        bool seeded = false,
        Action<IServiceCollection>? register = null,
        PostgresDatabase? database = null
    )
    {
        var path = folder ?? Path.Combine(Path.GetTempPath(), $"tokenline-{Guid.NewGuid():n}");
        Directory.CreateDirectory(path);
        if (folder is null && database is null)
            await PrepareAsync(path, seeded);
        var services = Register(new ServiceCollection(), path, options ?? new(), database);
        register?.Invoke(services);
        var world = new World(path, folder is null, services.BuildServiceProvider());
        await world.Services.OpenManagementStorageAsync(CancellationToken.None);
        await world.Get<CommerceStart>().LoadAsync(CancellationToken.None);
        return world;
    }

    /// <summary>Puts an installation that nobody has used into this folder: its tables, or the demo of the day before.</summary>
    public static async Task PrepareAsync(string folder, bool seeded)
    {
        Directory.CreateDirectory(folder);
        foreach (var file in Directory.GetFiles(await (seeded ? demo : empty).Value))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
    }

    private static async Task<string> MakeTemplateAsync(bool seeded)
    {
        var folder = Directory.CreateTempSubdirectory("tokenline-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        await using (var services = Register(new ServiceCollection(), folder, new()).BuildServiceProvider())
        {
            services.GetRequiredService<FakeTimeProvider>().AdjustTime(Start.AddDays(-1)); // so that no id is made twice
            await services.OpenManagementStorageAsync(CancellationToken.None);
            await services.OpenBillingStorageAsync(CancellationToken.None);
            await services.GetRequiredService<CommerceStart>().LoadAsync(CancellationToken.None);
            if (seeded)
                await services.GetRequiredService<DemoSeed>().SeedAsync(Simulator, CancellationToken.None);
        }
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        return folder;
    }

    public static IServiceCollection Register(
        IServiceCollection services,
        string folder,
        CommerceOptions options,
        PostgresDatabase? database = null
    )
    {
        services.AddLogging();
        services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance); // one for all: EF builds its model anew for each
        services.AddSingleton(new FakeTimeProvider(Start));
        services.AddSingleton<TimeProvider>(provider => provider.GetRequiredService<FakeTimeProvider>());
        services.AddSingleton<FakePhoneBill>();
        services.AddSingleton<IPhoneBill>(provider => provider.GetRequiredService<FakePhoneBill>());
        services.AddSingleton<InMemoryChargingAccounts>();
        services.AddSingleton<IChargingAccounts>(provider => provider.GetRequiredService<InMemoryChargingAccounts>());
        services.AddSingleton<LeaseDesk>();
        services.AddSingleton<ILeases, LeaseRounds>();
        services.AddSingleton<IChargeHistory>(provider => provider.GetRequiredService<InMemoryChargingAccounts>());
        services.AddSingleton<FakeOneTimePasswords>();
        services.AddSingleton<IOneTimePasswords>(provider => provider.GetRequiredService<FakeOneTimePasswords>());
        services.AddSingleton<FakeSms>();
        services.AddSingleton<ISmsSender>(provider => provider.GetRequiredService<FakeSms>());
        if (database is null)
            services.AddManagementStorage(folder).AddBillingStorage(folder, Path.Combine(folder, "charges.db"));
        else
            services.AddManagementStorage(database, folder).AddBillingStorage(database);
        services.AddCommerce(options with { MailFolder = Path.Combine(folder, "mail") });
        return services;
    }

    /// <summary>With the shipped catalogue and the demo customer.</summary>
    public static Task<World> SeededAsync() => OpenAsync(seeded: true);

    public Task<DemoSeedResult> SeedAsync() => Get<DemoSeed>().SeedAsync(Simulator, CancellationToken.None);

    public T Get<T>()
        where T : notnull => Services.GetRequiredService<T>();

    public async Task<Customer> NewCustomerAsync(string phoneNumber = "+8613900000001") =>
        (await Customers.CreateAsync(phoneNumber, "Somebody", CancellationToken.None)).Required();

    public async Task<ProductOrder> OrderAsync(Customer customer, string offering, string? externalId = null) =>
        (await Ordering.PlaceAsync(customer.Id, offering, externalId, CancellationToken.None)).Required();

    public async Task<IReadOnlyList<BucketView>> BucketsAsync(Customer customer) => (await Accounts.ViewAsync(customer.Account)).Buckets;

    public Task<IReadOnlyList<OutboxCommand>> PendingAsync() => Get<IOutbox>().PendingAsync(100, CancellationToken.None);

    /// <summary>Puts up for sale, at 1 CNY, the offering <c>made-up</c> with this grant.</summary>
    public Task OfferAsync(OfferedGrant grant, int months) =>
        Get<ICatalogStore>()
            .AddOfferingsAsync(
                [new("made-up", "Made up", "", OfferingKind.Plan, new Money(Money.NanoPerUnit, Currency.Cny), months, [grant])],
                CancellationToken.None
            );

    /// <summary>Adds or changes a node of the customer's tree.</summary>
    public async Task<AllotmentId> PutNodeAsync(
        Customer customer,
        string name,
        AllotmentId? parent = null,
        AllotmentId? id = null,
        bool isClosed = false
    )
    {
        var node = new Allotment(
            id ?? Get<IdSource>().Next<AllotmentKind>(),
            parent ?? Allotment.Root,
            name,
            AllotmentType.Department,
            IsClosed: isClosed
        );
        Assert.Null(await Accounts.ExecuteAsync(customer.Account, new PutAllotment(Get<IdSource>().Next<CommandKind>(), node)));
        return node.Id;
    }

    /// <summary>A call of this customer, from hold to settle.</summary>
    public async Task<UsageRecord> CallAsync(Customer customer, string model, Usage usage)
    {
        var (record, refusal) = await CallAsync(customer, model, usage, null);
        Assert.Null(refusal);
        return record!;
    }

    /// <summary>A call that passes a node and is held for nearly all it will use. Null: it was let through; else why not.</summary>
    public async Task<Refusal?> TryCallAsync(Customer customer, string model, Usage usage, AllotmentId? node) =>
        (await CallAsync(customer, model, usage, node)).Refusal;

    private async Task<(UsageRecord? Record, Refusal? Refusal)> CallAsync(Customer customer, string model, Usage usage, AllotmentId? node)
    {
        var charge = Get<IdSource>().Next<ChargeKind>();
        var held = await Accounts.HoldAsync(
            customer.Account,
            new HoldRequest
            {
                Charge = charge,
                Key = new KeyId(1),
                Tariff = Get<TariffHolder>().Current.Find(model, Time.GetUtcNow())!,
                Vendor = "vendor",
                Deployment = $"{model}@vendor",
                Stream = false,
                InputBound = node is null ? 1 : usage[Meter.Input] - 1000, // one token of output is held beside it
                InputEstimate = 1,
                Allotment = node,
                OutputWanted = 1,
                OutputModest = 1,
                OutputMin = 1,
                Precise = true,
                Node = 1,
            }
        );
        if (held.Verdict != HoldVerdict.Granted)
            return (null, held.Refusal);
        var settled = await Accounts.SettleAsync(
            customer.Account,
            new SettleRequest
            {
                Charge = charge,
                Usage = usage,
                Basis = UsageBasis.Vendor,
                Ending = CallEnding.Completed,
            }
        );
        return (settled.Record, null);
    }

    public async ValueTask DisposeAsync()
    {
        await Services.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        if (ownsFolder)
            Directory.Delete(Folder, recursive: true);
    }
}
