using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Orders;
using Tokenline.Storage.Management;
using Tokenline.Storage.Postgres;

namespace Tokenline.Commerce.Tests.Catalog;

public sealed class UpgradeTests
{
    [Fact]
    public async Task What_was_for_sale_in_the_first_version_is_for_sale_after_the_upgrade()
    {
        var folder = Directory.CreateTempSubdirectory("tokenline-upgrade-");
        await using (var services = World.Register(new ServiceCollection(), folder.FullName, new()).BuildServiceProvider())
        {
            var factory = services.GetRequiredService<IDbContextFactory<ManagementDb>>();
            await using (var db = await factory.CreateDbContextAsync(TestContext.Current.CancellationToken))
            {
                await db.Database.MigrateAsync("Initial", TestContext.Current.CancellationToken);
                await db.Database.ExecuteSqlRawAsync(
                    """
                    INSERT INTO product_offering VALUES (1, 'plan-light', 'Light', 'For persons', 0, 9900000000, 'CNY', 1), (2, 'payg', 'Pay as you go', '', 2, 0, 'CNY', NULL);
                    INSERT INTO offered_grant ("OfferingNumber", "Unit", "AmountMicro", "Models")
                    VALUES (1, 'general-token', 10000000000000, NULL), (1, 'point', 5000000, '["glm-5","kimi-k2.6"]');
                    """,
                    TestContext.Current.CancellationToken
                );
            }

            await services.OpenManagementStorageAsync(TestContext.Current.CancellationToken);

            var offerings = await services.GetRequiredService<ICatalogStore>().OfferingsAsync(TestContext.Current.CancellationToken);
            Assert.Equal(["plan-light", "payg"], offerings.Select(offering => offering.Id));
            Assert.Equal((9.9m, 1, OfferingKind.Plan), (offerings[0].Price.ToDecimal(), offerings[0].Months, offerings[0].Kind));
            Assert.Equal(
                [("general-token", 10_000_000_000_000, null), ("point", 5_000_000, "glm-5 kimi-k2.6")],
                offerings[0]
                    .Grants.Select(grant =>
                        (grant.Unit!.Value.Name, grant.Amount, grant.Models is { } only ? string.Join(' ', only) : null)
                    )
            );
            Assert.Empty(offerings[1].Grants);
        }
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task What_a_newer_version_has_written_is_refused_in_words()
    {
        var folder = Directory.CreateTempSubdirectory("tokenline-upgrade-");
        await using (var services = World.Register(new ServiceCollection(), folder.FullName, new()).BuildServiceProvider())
        {
            await services.OpenManagementStorageAsync(TestContext.Current.CancellationToken);
            await services.OpenManagementStorageAsync(TestContext.Current.CancellationToken); // nothing to do is no trouble
            var factory = services.GetRequiredService<IDbContextFactory<ManagementDb>>();
            await using (var db = await factory.CreateDbContextAsync(TestContext.Current.CancellationToken))
                await db.Database.ExecuteSqlRawAsync(
                    """INSERT INTO "__EFMigrationsHistory" VALUES ('29991231000000_Later', '99.0.0')""",
                    TestContext.Current.CancellationToken
                );

            var refused = await Assert.ThrowsAsync<DatabaseException>(() =>
                services.OpenManagementStorageAsync(TestContext.Current.CancellationToken)
            );

            Assert.Contains("29991231000000_Later is not known here", refused.Message);
        }
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Orders_of_before_say_what_they_were_for_what_they_cost_and_count_as_sold()
    {
        var folder = Directory.CreateTempSubdirectory("tokenline-upgrade-");
        await using (var services = World.Register(new ServiceCollection(), folder.FullName, new()).BuildServiceProvider())
        {
            var factory = services.GetRequiredService<IDbContextFactory<ManagementDb>>();
            await using (var db = await factory.CreateDbContextAsync(TestContext.Current.CancellationToken))
            {
                await db.Database.MigrateAsync("ConfigurationVersions", TestContext.Current.CancellationToken);
                const string Json =
                    """{{"id":"plan-light","name":"Light","description":"","kind":"plan","priceNano":9900000000,"currency":"CNY","months":1,"grants":[]}}""";
                await db.Database.ExecuteSqlRawAsync(
                    $"""
                    INSERT INTO product_offering ("Number", "Id", "Name", "Description", "Kind", "PriceNano", "Currency", "Months", "Grants")
                    VALUES (1, 'plan-light', 'Light', '', 0, 8800000000, 'CNY', 1, '[]');
                    INSERT INTO party ("Id", "PhoneNumber", "Name", "CreatedAt") VALUES (7, '+8613900000001', 'Ann', '2026-09-01T00:00:00.0000000Z');
                    INSERT INTO billing_account ("Id", "PartyId", "Suspended") VALUES (8, 7, 0);
                    INSERT INTO product_order ("Id", "PartyId", "Offering", "State", "CreatedAt")
                    VALUES (1, 7, '{Json}', 3, '2026-09-01T00:00:00.0000000Z'), (2, 7, '{Json}', 4, '2026-09-01T00:00:00.0000000Z');
                    """,
                    TestContext.Current.CancellationToken
                );
            }

            await services.OpenManagementStorageAsync(TestContext.Current.CancellationToken);

            var orders = services.GetRequiredService<IOrderStore>();
            var order = (await orders.FindAsync(new OrderId(1), TestContext.Current.CancellationToken))!;
            Assert.Equal((9.9m, 9.9m, 1), (order.Price.ToDecimal(), order.Offering.Price.ToDecimal(), order.Offering.Version));
            Assert.True(await orders.HasOrderedAsync(new PartyId(7), "plan-light", TestContext.Current.CancellationToken));
            var listing = await services
                .GetRequiredService<ICatalogStore>()
                .FindOfferingListingAsync("plan-light", TestContext.Current.CancellationToken);
            Assert.Equal((1, OfferingState.Published, 1), (listing!.Sold, listing.Current.State, listing.Current.Version));
        }
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        folder.Delete(recursive: true);
    }
}
