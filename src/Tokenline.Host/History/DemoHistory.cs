using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tokenline.Billing;
using Tokenline.Charging;
using Tokenline.Cluster;
using Tokenline.Commerce;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Notifications;
using Tokenline.Commerce.Payments;
using Tokenline.Commerce.Subscriptions;
using Tokenline.Management;
using Tokenline.Management.Billing;
using Tokenline.Simulators.Carrier;
using Tokenline.Storage.Billing;
using Tokenline.Storage.Journal;
using Tokenline.Storage.Journal.Postgres;
using Tokenline.Storage.Management;
using Tokenline.Storage.Postgres;

namespace Tokenline.Host.History;

/// <summary>Gives a data folder that nothing was ever kept in a past. It is made in a folder beside, and moved into place when it is whole.</summary>
internal static class DemoHistory
{
    private const string Unfinished = "history.new";

    /// <summary>Something was kept there before: its books cannot be given a past any more.</summary>
    public static bool HasBooks(string folder) =>
        File.Exists(Path.Combine(folder, "charges.db")) || File.Exists(Path.Combine(folder, "management.db"));

    /// <summary>The name under which a database remembers that it was given a past.</summary>
    private const string Remembered = "history";

    /// <summary>
    /// Gives a database that nothing was ever kept in a past; the carrier's book goes into the folder. It is made in place: a database in which it was broken off is
    /// made anew by the operator, for its books cannot be given a past any more.
    /// </summary>
    /// <param name="folder">Of the data of this process, locked by the caller.</param>
    /// <param name="secrets">The folder that all nodes share.</param>
    /// <exception cref="SettingException">Something is kept there already.</exception>
    public static async Task<HistoryReport> MakeAsync(
        PostgresDatabase database,
        string secrets,
        string folder,
        HistoryOptions options,
        CommerceOptions commerce,
        BillingOptions billing,
        Uri simulator,
        DateTimeOffset now,
        Action<DateOnly, double>? progress,
        CancellationToken cancellation
    )
    {
        for (var month = now.AddDays(-options.Days - 31); month <= now; month = month.AddMonths(1))
            await RecordPartitions.MakeAsync(database.Source, month, cancellation);
        var carrier = Begin(folder);
        HistoryReport report;
        await using (var services = Services(carrier, commerce, billing, now, options, (database, secrets)))
        {
            await services.OpenManagementStorageAsync(cancellation);
            await services.OpenBillingStorageAsync(cancellation);
            await services.GetRequiredService<CommerceStart>().LoadAsync(cancellation);
            var catalogue = services.GetRequiredService<ICatalogStore>();
            if (await catalogue.SettingAsync(Remembered, cancellation) is { } known)
                throw new SettingException(
                    known == "made"
                        ? "This database has its history already."
                        : "The making of this database's history was broken off. Make the database anew: its books cannot be given a past any more."
                );
            if ((await catalogue.LoadAsync(cancellation)).Vendors.Count > 0)
                throw new SettingException(
                    "There are books in this database already, and they cannot be given a past. Name another database."
                );
            await catalogue.SetAsync(Remembered, "begun", cancellation);
            report = await new YearOfCalls(services, options, simulator).PlayAsync(now, progress, cancellation);
            await catalogue.SetAsync(Remembered, "made", cancellation);
        }
        foreach (var entry in Directory.EnumerateFileSystemEntries(carrier))
            Directory.Move(entry, Path.Combine(folder, Path.GetFileName(entry)));
        Directory.Delete(carrier);
        return report;
    }

    /// <param name="folder">Locked by the caller.</param>
    /// <param name="simulator">Where the simulated vendors will be.</param>
    public static async Task<HistoryReport> MakeAsync(
        string folder,
        HistoryOptions options,
        CommerceOptions commerce,
        BillingOptions billing,
        Uri simulator,
        DateTimeOffset now,
        Action<DateOnly, double>? progress,
        CancellationToken cancellation
    )
    {
        var beside = Begin(folder);
        HistoryReport report;
        await using (var services = Services(beside, commerce, billing, now, options))
        {
            await services.OpenManagementStorageAsync(cancellation);
            await services.OpenBillingStorageAsync(cancellation);
            await services.GetRequiredService<CommerceStart>().LoadAsync(cancellation);
            report = await new YearOfCalls(services, options, simulator).PlayAsync(now, progress, cancellation);
        }
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        // The journal last: with it there are books.
        foreach (
            var entry in Directory
                .EnumerateFileSystemEntries(beside)
                .OrderBy(entry => entry.Contains("charges.db", StringComparison.Ordinal))
        )
            Directory.Move(entry, Path.Combine(folder, Path.GetFileName(entry)));
        Directory.Delete(beside);
        return report;
    }

    /// <summary>Where it is made, beside what is there: emptied of what a start that was broken off has left.</summary>
    private static string Begin(string folder)
    {
        var beside = Path.Combine(folder, Unfinished);
        if (Directory.Exists(beside))
            Directory.Delete(beside, recursive: true);
        Directory.CreateDirectory(beside);
        return beside;
    }

    /// <summary>What a server is made of, without the doors, the timers and the network.</summary>
    internal static ServiceProvider Services(
        string folder,
        CommerceOptions commerce,
        BillingOptions billing,
        DateTimeOffset now,
        HistoryOptions options,
        (PostgresDatabase Database, string Secrets)? shared = null
    )
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.Replace(ServiceDescriptor.Singleton<ILoggerFactory>(NullLoggerFactory.Instance));
        services.AddSingleton(new MovedClock(now.AddDays(-options.Days - 1)));
        services.AddSingleton<TimeProvider>(provider => provider.GetRequiredService<MovedClock>());
        services.AddSingleton(provider => new IdSource(provider.GetRequiredService<TimeProvider>()));
        if (shared is { } of)
        {
            // Of the database's own clock: the moved one is behind it.
            services.AddSingleton(provider => new PostgresChargeJournal(
                of.Database.Source,
                provider.GetRequiredService<IdSource>().Next<CommandKind>().Value,
                commerce.TimeZone,
                TimeProvider.System,
                NullLogger<PostgresChargeJournal>.Instance
            ));
            services.AddSingleton<IChargeJournal>(provider => provider.GetRequiredService<PostgresChargeJournal>());
            services.AddSingleton<IChargeHistory>(provider => provider.GetRequiredService<PostgresChargeJournal>());
            services.AddManagementStorage(of.Database, of.Secrets).AddBillingStorage(of.Database);
        }
        else
        {
            services.AddSingleton(_ => new SqliteChargeJournal(Path.Combine(folder, "charges.db"), commerce.TimeZone));
            services.AddSingleton<IChargeJournal>(provider => provider.GetRequiredService<SqliteChargeJournal>());
            services.AddSingleton<IChargeHistory>(provider => provider.GetRequiredService<SqliteChargeJournal>());
            services.AddManagementStorage(folder).AddBillingStorage(folder, Path.Combine(folder, "charges.db"));
        }
        services.AddSingleton<LocalAccounts>();
        services.AddSingleton<IChargingAccounts>(provider => provider.GetRequiredService<LocalAccounts>());
        services.AddSingleton<ILeases, NoLeases>();
        services.AddSingleton(provider => new CarrierSimulator(
            new CarrierSimulatorOptions
            {
                Folder = Path.Combine(folder, "carrier-simulator"),
                Time = provider.GetRequiredService<TimeProvider>(),
            }
        ));
        services.AddSingleton(provider => new CarrierCounter(provider.GetRequiredService<CarrierSimulator>()));
        services.AddSingleton<CarrierOfThePast>();
        services.AddSingleton<IPhoneBill>(provider => provider.GetRequiredService<CarrierOfThePast>());
        services.AddSingleton<ISmsSender>(provider => provider.GetRequiredService<CarrierOfThePast>());
        services.AddSingleton<IOneTimePasswords>(provider => provider.GetRequiredService<CarrierOfThePast>());
        services.AddCommerce(commerce with { MailFolder = Path.Combine(folder, "mail") });
        services.AddSingleton(provider => new SubscriptionUpkeep(
            provider.GetRequiredService<ISubscriptionStore>(),
            provider.GetRequiredService<Subscribing>(),
            provider.GetRequiredService<PaymentMethods>(),
            provider.GetRequiredService<TimeProvider>()
        )
        {
            AtOnce = 1, // several writers of one file wait for each other; and the same history is made in the same order
        });
        services.AddBilling(billing);
        return services.BuildServiceProvider();
    }

    /// <summary>Nothing is lent in it.</summary>
    private sealed class NoLeases : ILeases
    {
        public void Watch(AccountId lessor) { }

        public Task<Charging.Leases.LeaseBook> RoundAsync(AccountId lessor) => throw new NotSupportedException();
    }
}
