using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Tokenline.Commerce.Parties;
using Tokenline.Storage.Management;
using Tokenline.Testing;

namespace Tokenline.Commerce.Tests.Storage;

/// <summary>Customers of before there were members own themselves.</summary>
public sealed class PeopleMigrationTests
{
    private const string Before = "Subscriptions";

    [Fact]
    public async Task On_SQLite_a_customer_of_before_is_a_person_and_its_owner()
    {
        var folder = Directory.CreateTempSubdirectory("tokenline-").FullName;
        var options = new DbContextOptionsBuilder<ManagementDb>().UseSqlite($"Data Source={Path.Combine(folder, "management.db")}").Options;
        await using (var db = new ManagementDb(options))
            await CheckAsync(db, "party");
        SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task On_PostgreSQL_a_customer_of_before_is_a_person_and_its_owner()
    {
        var connection = await PostgresServer.NewDatabaseAsync();
        var options = PostgresManagement.Options(new DbContextOptionsBuilder<PostgresManagementDb>(), connection).Options;
        await using var db = new PostgresManagementDb(options);
        await CheckAsync(db, "management.party");
    }

    private static async Task CheckAsync(ManagementDb db, string table)
    {
        var migrator = db.GetService<IMigrator>();
        await migrator.MigrateAsync(Before);
        var insert =
            $"""INSERT INTO {table} ("Id", "PhoneNumber", "Name", "CreatedAt") VALUES (7, '+8613800000007', 'Li', '2026-09-01T02:30:00.0000000Z')""";
        await db.Database.ExecuteSqlRawAsync(insert);

        await migrator.MigrateAsync();

        var person = await db.Individuals.SingleAsync();
        var role = await db.PartyRoles.SingleAsync();
        Assert.Equal(("+8613800000007", "Li"), (person.PhoneNumber, person.Name));
        Assert.Equal((MemberRole.Owner, new PartyId(7), person.Id, World.Start), (role.Role, role.PartyId, role.IndividualId, role.From));
        Assert.Equal(CustomerType.Individual, await db.Parties.Select(row => row.Type).SingleAsync());
    }
}
