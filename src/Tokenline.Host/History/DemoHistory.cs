using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tokenline.Billing;
using Tokenline.Charging;
using Tokenline.Cluster;
using Tokenline.Commerce;
using Tokenline.Commerce.Notifications;
using Tokenline.Commerce.Payments;
using Tokenline.Commerce.Subscriptions;
using Tokenline.Management;
using Tokenline.Management.Billing;
using Tokenline.Simulators.Carrier;
using Tokenline.Storage.Billing;
using Tokenline.Storage.Journal;
using Tokenline.Storage.Management;

namespace Tokenline.Host.History;

/// <summary>Gives a data folder that nothing was ever kept in a past. It is made in a folder beside, and moved into place when it is whole.</summary>
internal static class DemoHistory
{
    private const string Unfinished = "history.new";

    /// <summary>Something was kept there before: its books cannot be given a past any more.</summary>
    public static bool HasBooks(string folder) =>
        File.Exists(Path.Combine(folder, "charges.db")) || File.Exists(Path.Combine(folder, "management.db"));

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
        var beside = Path.Combine(folder, Unfinished);
        if (Directory.Exists(beside))
            Directory.Delete(beside, recursive: true); // of a start that was broken off
        Directory.CreateDirectory(beside);
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

    /// <summary>What a server is made of, without the doors, the timers and the network.</summary>
    internal static ServiceProvider Services(
        string folder,
        CommerceOptions commerce,
        BillingOptions billing,
        DateTimeOffset now,
        HistoryOptions options
    )
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.Replace(ServiceDescriptor.Singleton<ILoggerFactory>(NullLoggerFactory.Instance));
        services.AddSingleton(new MovedClock(now.AddDays(-options.Days - 1)));
        services.AddSingleton<TimeProvider>(provider => provider.GetRequiredService<MovedClock>());
        services.AddSingleton(provider => new IdSource(provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(_ => new SqliteChargeJournal(Path.Combine(folder, "charges.db"), commerce.TimeZone));
        services.AddSingleton<IChargeJournal>(provider => provider.GetRequiredService<SqliteChargeJournal>());
        services.AddSingleton<IChargeHistory>(provider => provider.GetRequiredService<SqliteChargeJournal>());
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
        services.AddManagementStorage(folder).AddBillingStorage(folder, Path.Combine(folder, "charges.db"));
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
