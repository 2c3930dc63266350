using Microsoft.EntityFrameworkCore;

namespace Tokenline.Storage.Postgres;

/// <summary>Tables that EF Core keeps, brought to this version. Under the lock of upgrades: <see cref="PostgresDatabase.UpgradingAsync"/>.</summary>
internal static class BringingUp
{
    /// <param name="what">What is in them, as the beginning of a sentence about it: "books were".</param>
    /// <exception cref="DatabaseException">They were written by a newer version, which this one would not understand.</exception>
    public static async Task BringUpAsync(this DbContext db, string what, CancellationToken cancellation)
    {
        var known = db.Database.GetMigrations().ToHashSet();
        var applied = await db.Database.GetAppliedMigrationsAsync(cancellation);
        if (applied.FirstOrDefault(migration => !known.Contains(migration)) is { } newer)
            throw new DatabaseException(
                $"The {what} written by a newer version of Tokenline ({newer} is not known here). Start the newer version."
            );
        await db.Database.MigrateAsync(cancellation);
    }
}
