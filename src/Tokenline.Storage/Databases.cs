using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql.EntityFrameworkCore.PostgreSQL.Infrastructure;

namespace Tokenline.Storage;

/// <summary>How EF Core is told which database it is to use.</summary>
internal static class Databases
{
    public static void UseFile(this DbContextOptionsBuilder options, string file) =>
        options.UseSqlite($"Data Source={file}").KeptByProcess();

    public static void UseServer(this DbContextOptionsBuilder options, string connection, Action<NpgsqlDbContextOptionsBuilder> more) =>
        options.UseNpgsql(connection, more).KeptByProcess();

    /// <summary>Makes the model of a database, which takes a good part of a start, while something else is done.</summary>
    public static void WarmUp(DbContext db)
    {
        using (db)
            _ = db.Model;
    }

    /// <summary>
    /// The library keeps its model and its compiled queries once for every log it writes to. Without one they are made once in a process, however many servers it starts, and can be
    /// made before there is a server. What goes wrong it throws as well, and whoever catches it says so with more sense.
    /// </summary>
    private static void KeptByProcess(this DbContextOptionsBuilder options) => options.UseLoggerFactory(NullLoggerFactory.Instance);
}
