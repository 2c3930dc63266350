using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Tokenline.Storage.Management;

internal static class UniqueViolations
{
    private const int SqliteConstraintUnique = 2067;
    private const int SqliteConstraintPrimaryKey = 1555;

    public static bool IsUniqueViolation(this DbUpdateException e) =>
        e.InnerException
            is SqliteException { SqliteExtendedErrorCode: SqliteConstraintUnique or SqliteConstraintPrimaryKey }
                or PostgresException { SqlState: PostgresErrorCodes.UniqueViolation };

    /// <summary>Puts what may be there or not: if another was faster to add it, the second time finds it.</summary>
    public static async Task PutAsync(Func<Task> put)
    {
        try
        {
            await put();
        }
        catch (DbUpdateException e) when (e.IsUniqueViolation())
        {
            await put();
        }
    }
}
