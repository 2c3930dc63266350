using Microsoft.Extensions.DependencyInjection;
using Tokenline.Storage.Postgres;
using Tokenline.Testing;

namespace Tokenline.Commerce.Tests.Storage;

/// <summary>What a store contract runs on: a world over files, or a node over a PostgreSQL of its own.</summary>
public abstract class Databases : IAsyncLifetime
{
    private PostgresDatabase? database;
    private protected World world = null!;

    private protected abstract bool IsShared { get; }

    public async ValueTask InitializeAsync()
    {
        if (IsShared)
            database = await OpenAsync(await PostgresServer.NewDatabaseAsync());
        world = await World.OpenAsync(database: database);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await world.DisposeAsync();
        if (database is not null)
            await database.DisposeAsync();
    }

    internal static Task<PostgresDatabase> OpenAsync(string connection) =>
        PostgresDatabase.OpenAsync(connection, "test", [], TimeProvider.System, CancellationToken.None);

    private protected T Get<T>()
        where T : notnull => world.Services.GetRequiredService<T>();
}
