using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Tokenline.Storage.Management;
using Tokenline.Storage.Postgres;
using Tokenline.Testing;

namespace Tokenline.Commerce.Tests.Storage;

/// <summary>What a store contract runs on: a world over files, or a node over a PostgreSQL of its own.</summary>
public abstract class Databases : IAsyncLifetime
{
    // As for files: the tables and the catalogue are made once, and each test begins with a copy.
    private static readonly Lazy<Task<string>> tables = new(MakeTablesAsync);
    private static readonly Lazy<Task<(string Connection, string Folder)>> demo = new(MakeDemoAsync);
    private PostgresDatabase? database;
    private protected World world = null!;

    private protected abstract bool IsShared { get; }

    public async ValueTask InitializeAsync()
    {
        if (IsShared)
            database = await OpenAsync(await NewAsync());
        world = await World.OpenAsync(database: database);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await world.DisposeAsync();
        if (database is not null)
            await database.DisposeAsync();
    }

    /// <summary>How to reach a database that has the tables of this version, and nothing in them.</summary>
    internal static async Task<string> NewAsync() => await PostgresServer.NewDatabaseAsync(await tables.Value);

    /// <summary>How to reach one with the demo of the day before, whose secret is put into this folder.</summary>
    internal static async Task<string> NewDemoAsync(string folder)
    {
        var made = await demo.Value;
        foreach (var file in Directory.GetFiles(made.Folder))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        return await PostgresServer.NewDatabaseAsync(made.Connection);
    }

    private static async Task<string> MakeTablesAsync()
    {
        var connection = await PostgresServer.NewDatabaseAsync();
        var options = PostgresManagement
            .Options(new DbContextOptionsBuilder<PostgresManagementDb>(), $"{connection};Pooling=false")
            .Options;
        await using var db = new PostgresManagementDb(options);
        await db.Database.MigrateAsync(CancellationToken.None);
        return connection;
    }

    private static async Task<(string Connection, string Folder)> MakeDemoAsync()
    {
        var folder = Directory.CreateTempSubdirectory("tokenline-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        var connection = await NewAsync();
        await using (var database = await OpenAsync($"{connection};Pooling=false"))
        await using (var world = await World.OpenAsync(folder, database: database))
        {
            world.Time.AdjustTime(World.Start.AddDays(-1)); // so that no id is made twice
            await world.SeedAsync();
        }
        return (connection, folder);
    }

    internal static Task<PostgresDatabase> OpenAsync(string connection) =>
        PostgresDatabase.OpenAsync(connection, "test", [], TimeProvider.System, CancellationToken.None);

    private protected T Get<T>()
        where T : notnull => world.Services.GetRequiredService<T>();
}
