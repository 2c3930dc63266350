using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tokenline.Billing.Vendors;
using Tokenline.Commerce.Access;
using Tokenline.Commerce.AuditTrail;
using Tokenline.Commerce.Batches;
using Tokenline.Commerce.Calling;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Configuration;
using Tokenline.Commerce.Entitlement;
using Tokenline.Commerce.Figures;
using Tokenline.Commerce.Files;
using Tokenline.Commerce.Notifications;
using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Outbox;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Payments;
using Tokenline.Commerce.Quality;
using Tokenline.Commerce.Receivables;
using Tokenline.Commerce.Referrals;
using Tokenline.Commerce.Refunds;
using Tokenline.Commerce.Responses;
using Tokenline.Commerce.Routing;
using Tokenline.Commerce.Secrets;
using Tokenline.Commerce.Staff;
using Tokenline.Commerce.Subscriptions;
using Tokenline.Commerce.Vouchers;
using Tokenline.Commerce.Wallets;
using Tokenline.Commerce.WhatIf;
using Tokenline.Storage.Management.Secrets;
using Tokenline.Storage.Postgres;

namespace Tokenline.Storage.Management;

/// <summary>Management data on SQLite for one process, on PostgreSQL for a cluster: one model, one set of stores, a set of migrations for each.</summary>
public static class ManagementStorage
{
    /// <summary>Management data in <c>management.db</c> of the data folder, vendors' keys sealed under <c>vendor-keys.secret</c> beside it.</summary>
    public static IServiceCollection AddManagementStorage(this IServiceCollection services, string dataFolder)
    {
        Directory.CreateDirectory(dataFolder);
        services.AddDbContextFactory<ManagementDb>(options => options.UseFile(Path.Combine(dataFolder, "management.db")));
        services.AddSingleton(_ => SecretSeal.Open(Path.Combine(dataFolder, KeyFile.Name)));
        services.AddSingleton<ISecretNodes, SoleSecretNode>();
        services.AddSingleton<ITurns>(_ => new ProcessTurns());
        services.AddSingleton<ILeadership, SoleLeadership>();
        return services.AddStores();
    }

    /// <summary>Management data in the database of a cluster, sealed under the secret in a folder of this node. The database stays the caller's.</summary>
    public static IServiceCollection AddManagementStorage(this IServiceCollection services, PostgresDatabase database, string secretsFolder)
    {
        services.AddDbContextFactory<PostgresManagementDb>(options => PostgresManagement.Use(options, database.ConnectionString));
        services.AddSingleton(new ClusterSecret(secretsFolder));
        services.AddSingleton(provider => provider.GetRequiredService<ClusterSecret>().Seal);
        services.AddSingleton(new PostgresSecretNodes(database));
        services.AddSingleton<ISecretNodes>(provider => provider.GetRequiredService<PostgresSecretNodes>());
        services.AddSingleton(provider => new PostgresManagement(
            database,
            provider.GetRequiredService<ClusterSecret>(),
            provider.GetRequiredService<IDbContextFactory<PostgresManagementDb>>()
        ));
        services.AddSingleton<ITurns>(_ => new PostgresTurns(database.Source));
        services.AddSingleton<ILeadership>(provider => new PostgresLeadership(
            database.Source,
            provider.GetRequiredService<TimeProvider>()
        ));
        services.AddSingleton<IDbContextFactory<ManagementDb>>(provider => provider.GetRequiredService<PostgresManagement>());
        return services.AddStores();
    }

    /// <summary>Of a node of a cluster: it follows the others from key to key.</summary>
    /// <param name="node">Its number, which no other live node has.</param>
    public static IServiceCollection AddSecretWatch(this IServiceCollection services, int node, long run) =>
        services
            .AddSingleton(provider => new SecretWatch(
                provider.GetRequiredService<PostgresSecretNodes>(),
                provider.GetRequiredService<SecretSeal>(),
                node,
                run,
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<SecretWatch>>()
            ))
            .AddHostedService(provider => provider.GetRequiredService<SecretWatch>());

    private static IServiceCollection AddStores(this IServiceCollection services)
    {
        services.AddSingleton<ICustomerStore, CustomerStore>();
        services.AddSingleton<ICustomerSearch, CustomerSearch>();
        services.AddSingleton<IBusinessFigures, BusinessFiguresStore>();
        services.AddSingleton<IMemberStore, MemberStore>();
        services.AddSingleton<IPoolShareStore, PoolShareStore>();
        services.AddSingleton<IKeyStore, KeyStore>();
        services.AddSingleton<ICallingTermsStore, CallingTermsStore>();
        services.AddSingleton<IPasskeyStore, PasskeyStore>();
        services.AddSingleton<IIdentityProviderStore, IdentityProviderStore>();
        services.AddSingleton<ISessionStore, SessionStore>();
        services.AddSingleton<IStaffStore, StaffStore>();
        services.AddSingleton<IAuditStore, AuditStore>();
        services.AddSingleton<IOrderStore, OrderStore>();
        services.AddSingleton<IBookedPayments, BookedPaymentStore>();
        services.AddSingleton<IBookedPayments, BookedSubscriptionStore>();
        services.AddSingleton<IBookedPayments, BookedTopUpStore>();
        services.AddSingleton<IDoubtfulPayments, DoubtfulOrderStore>();
        services.AddSingleton<IDoubtfulPayments, DoubtfulRenewalStore>();
        services.AddSingleton<IDoubtfulPayments, DoubtfulTopUpStore>();
        services.AddSingleton<IConsentStore, ConsentStore>();
        services.AddSingleton<IReferralStore, ReferralStore>();
        services.AddSingleton<IVoucherStore, VoucherStore>();
        services.AddSingleton<IWalletStore, WalletStore>();
        services.AddSingleton<IReceivableStore, ReceivableStore>();
        services.AddSingleton<IInvoiceRecipientStore, InvoiceRecipientStore>();
        services.AddSingleton<IRefundRequestStore, RefundRequestStore>();
        services.AddSingleton<IAutoPackStore, AutoPackStore>();
        services.AddSingleton<IAccountChangeStore, AccountChangeStore>();
        services.AddSingleton<ICatalogStore, CatalogStore>();
        services.AddSingleton<ISubscriptionStore, SubscriptionStore>();
        services.AddSingleton<IOutbox, OutboxStore>();
        services.AddSingleton<INotificationStore, NotificationStore>();
        services.AddSingleton<IDeliverySearch, DeliverySearch>();
        services.AddSingleton<IResponseStore, ResponseStore>();
        services.AddSingleton<IFileStore, FileStore>();
        services.AddSingleton<IBatchStore, BatchStore>();
        services.AddSingleton<ISubstitutionStore, SubstitutionStore>();
        services.AddSingleton<IProductWatch, ProductWatch>();
        services.AddSingleton<IQualityStore, QualityStore>();
        services.AddSingleton<IPayoutSeal, PayoutSeal>();
        services.AddSingleton<ISecretRotation, SecretRotation>();
        services.AddSingleton<IConfigurationStore, ConfigurationStore>();
        services.AddSingleton<ISettingStore, SettingStore>();
        services.AddSingleton<IWhatIfStore, WhatIfStore>();
        return services;
    }

    /// <summary>Every node can read what another has protected: cookies, forms. For a cluster; one process keeps its keys in its folder.</summary>
    public static IDataProtectionBuilder AddSharedProtectionKeys(this IDataProtectionBuilder protection)
    {
        protection.SetApplicationName("tokenline");
        protection
            .Services.AddSingleton<ProtectionKeys>()
            .AddOptions<KeyManagementOptions>()
            .Configure<ProtectionKeys>((options, keys) => options.XmlRepository = keys);
        return protection;
    }

    /// <summary>What <see cref="OpenManagementStorageAsync"/> would take a second for; on a thread of its own, as early as can be.</summary>
    public static void WarmUp(bool isCluster) =>
        Databases.WarmUp(isCluster ? new PostgresManagementDbDesign().CreateDbContext([]) : new ManagementDbDesign().CreateDbContext([]));

    /// <summary>Brings the database to this version. Before anything else reads it.</summary>
    public static async Task OpenManagementStorageAsync(this IServiceProvider services, CancellationToken cancellation)
    {
        if (services.GetService<PostgresManagement>() is { } shared)
        {
            await shared.OpenAsync(cancellation);
            return;
        }
        await using var db = await services.GetRequiredService<IDbContextFactory<ManagementDb>>().CreateDbContextAsync(cancellation);
        await db.BringUpAsync("management data was", cancellation);
        await db.GuardAsync(cancellation);
        // Readers do not wait for the writer. Each commit is synced (the library's default, FULL).
        await db.Database.ExecuteSqlRawAsync("PRAGMA journal_mode = WAL", cancellation);
    }
}
