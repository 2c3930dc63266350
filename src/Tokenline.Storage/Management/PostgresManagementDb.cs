using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Tokenline.Storage.Management;

/// <summary>
/// The same model on PostgreSQL, with migrations of its own. Instants stay text of fixed width: <c>timestamptz</c> keeps microseconds, and an instant that comes back
/// 900 ns earlier than it was would put a call on the other side of a tariff's start. Text compares by its bytes, as on SQLite, whatever the database's locale.
/// </summary>
internal sealed class PostgresManagementDb(DbContextOptions<PostgresManagementDb> options) : ManagementDb(options)
{
    public const string Schema = "management";
    public const string MigrationsTable = "migration";
    private const string ByBytes = "C";

    protected override void ConfigureConventions(ModelConfigurationBuilder configuration)
    {
        base.ConfigureConventions(configuration);
        configuration.Properties<DateTimeOffset>().UseCollation(ByBytes);
        configuration.Properties<string>().UseCollation(ByBytes).HaveConversion<TextConverter>();
    }

    protected override void OnModelCreating(ModelBuilder model)
    {
        model.HasDefaultSchema(Schema);
        base.OnModelCreating(model);
    }
}

/// <summary>PostgreSQL's text holds no zero character, which JSON can bring into a name.</summary>
internal sealed class TextConverter() : ValueConverter<string, string>(text => text.Replace('\0', '\uFFFD'), text => text);

/// <summary>For <c>dotnet ef</c>, and for warming up: it opens nothing.</summary>
internal sealed class PostgresManagementDbDesign : IDesignTimeDbContextFactory<PostgresManagementDb>
{
    public PostgresManagementDb CreateDbContext(string[] args) =>
        new(PostgresManagement.Options(new DbContextOptionsBuilder<PostgresManagementDb>(), "Host=design").Options);
}
