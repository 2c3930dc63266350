using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Tokenline.Commerce.Batches;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Entitlement;
using Tokenline.Commerce.Files;
using Tokenline.Commerce.Notifications;
using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Outbox;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Responses;
using Tokenline.Commerce.Routing;

namespace Tokenline.Storage.Management;

/// <summary>Management data in <c>management.db</c> of the data folder, vendors' keys sealed under <c>vendor-keys.secret</c> beside it.</summary>
public static class ManagementStorage
{
    public static IServiceCollection AddManagementStorage(this IServiceCollection services, string dataFolder)
    {
        Directory.CreateDirectory(dataFolder);
        services.AddDbContextFactory<ManagementDb>(options =>
            options.UseSqlite($"Data Source={Path.Combine(dataFolder, "management.db")}")
        );
        services.AddSingleton(_ => SecretSeal.Open(Path.Combine(dataFolder, "vendor-keys.secret")));
        services.AddSingleton<ICustomerStore, CustomerStore>();
        services.AddSingleton<IKeyStore, KeyStore>();
        services.AddSingleton<IOrderStore, OrderStore>();
        services.AddSingleton<IAutoPackStore, AutoPackStore>();
        services.AddSingleton<IAccountChangeStore, AccountChangeStore>();
        services.AddSingleton<ICatalogStore, CatalogStore>();
        services.AddSingleton<IOutbox, OutboxStore>();
        services.AddSingleton<INotificationStore, NotificationStore>();
        services.AddSingleton<IResponseStore, ResponseStore>();
        services.AddSingleton<IFileStore, FileStore>();
        services.AddSingleton<IBatchStore, BatchStore>();
        services.AddSingleton<ISubstitutionStore, SubstitutionStore>();
        services.AddSingleton<IProductWatch, ProductWatch>();
        return services;
    }

    /// <summary>Brings the database to this version. Before anything else reads it.</summary>
    public static async Task OpenManagementStorageAsync(this IServiceProvider services, CancellationToken cancellation)
    {
        await using var db = await services.GetRequiredService<IDbContextFactory<ManagementDb>>().CreateDbContextAsync(cancellation);
        await db.Database.MigrateAsync(cancellation);
        // Readers do not wait for the writer. Each commit is synced (the library's default, FULL).
        await db.Database.ExecuteSqlRawAsync("PRAGMA journal_mode = WAL", cancellation);
    }
}
