using Microsoft.EntityFrameworkCore;
using Tokenline.Storage.Postgres;

namespace Tokenline.Storage;

/// <summary>Tables that EF Core keeps, brought to this version. In a cluster under the lock of upgrades: <see cref="PostgresDatabase.UpgradingAsync"/>.</summary>
internal static class BringingUp
{
    /// <param name="what">What is in them, as the beginning of a sentence about it: "books were".</param>
    /// <exception cref="DatabaseException">They were written by a newer version, which this one would not understand.</exception>
    public static async Task BringUpAsync(this DbContext db, string what, CancellationToken cancellation)
    {
        var known = db.Database.GetMigrations().ToHashSet();
        var applied = (await db.Database.GetAppliedMigrationsAsync(cancellation)).ToHashSet();
        if (applied.FirstOrDefault(migration => !known.Contains(migration)) is { } newer)
            throw new DatabaseException(
                $"The {what} written by a newer version of Tokenline ({newer} is not known here). Start the newer version."
            );
        // Not asked where there is nothing to do: it makes the whole model a second time to compare, which is a tenth of a start.
        if (!known.IsSubsetOf(applied))
            await db.Database.MigrateAsync(cancellation);
    }
}
