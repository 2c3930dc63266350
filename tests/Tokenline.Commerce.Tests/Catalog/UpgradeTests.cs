using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Tokenline.Commerce.Catalog;
using Tokenline.Storage.Management;

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
}
