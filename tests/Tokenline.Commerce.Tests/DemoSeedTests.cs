using Microsoft.EntityFrameworkCore;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Parties;
using Tokenline.Storage.Management;

namespace Tokenline.Commerce.Tests;

public sealed class DemoSeedTests
{
    [Fact]
    public async Task The_demo_customer_has_the_light_plan_and_a_key_that_opens_it()
    {
        await using var world = await World.OpenAsync();

        var seeded = await world.SeedAsync();

        Assert.Equal(("+8613800000000", OrderState.Completed), (seeded.Customer.PhoneNumber, seeded.Order!.State));
        Assert.Equal(seeded.Customer.Account, world.Get<Keyring>().Find(seeded.Key, world.Time.GetUtcNow())!.Account);
        Assert.Equal(10_000_000L * QuotaUnit.Micro, Assert.Single(await world.BucketsAsync(seeded.Customer)).Remaining);
        Assert.DoesNotContain(seeded.Key!, seeded.ToString());
        Assert.Equal(22, world.Get<ModelCatalogHolder>().Current.Models.Count());
        var models = world.Get<ModelCatalogHolder>().Current.Models.ToList();
        Assert.All(models.SelectMany(model => model.Deployments), deployment => Assert.True(deployment.Simulated));
        Assert.All(models, model => Assert.Equal(model.OwnedBy, model.Deployments[0].Vendor));
        Assert.Equal(
            ["claude-sonnet-4-6", "gpt-5.1", "kimi-k2.6", "qwen3-max"],
            models.Where(model => model.Deployments.Length > 1).Select(model => model.Id).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task Seeding_again_even_after_a_restart_adds_nothing()
    {
        await using var first = await World.OpenAsync();
        var key = (await first.SeedAsync()).Key;
        var again = await first.SeedAsync();
        await using var second = await World.OpenAsync(first.Folder);
        var afterRestart = await second.SeedAsync();

        Assert.Null(again.Key);
        Assert.Null(afterRestart.Key);
        Assert.Empty(second.Carrier.Asked);
        Assert.NotNull(second.Get<Keyring>().Find(key, second.Time.GetUtcNow()));
        Assert.Single(await second.Get<ICatalogStore>().TariffsAsync(CancellationToken.None));
        Assert.Equal(26, (await second.Get<ICatalogStore>().OfferingsAsync(CancellationToken.None)).Count);
    }

    [Fact]
    public async Task An_installation_of_before_gets_the_plans_that_are_new_and_no_other_change()
    {
        await using var world = await World.SeededAsync();
        var store = world.Get<ICatalogStore>();
        await store.RetireOfferingAsync("team-standard", CancellationToken.None);
        await using (var db = await world.Get<IDbContextFactory<ManagementDb>>().CreateDbContextAsync())
            await db.Offerings.Where(row => row.Id == "plan-family").ExecuteDeleteAsync();

        await world.SeedAsync();

        Assert.Equal(6, (await store.FindOfferingAsync("plan-family", CancellationToken.None))!.MembersMax);
        Assert.Equal(OfferingState.Retired, (await store.FindOfferingAsync("team-standard", CancellationToken.None))!.State);
        Assert.Equal(26, (await store.OfferingsAsync(CancellationToken.None)).Count);
    }

    [Fact]
    public async Task A_carrier_that_is_down_leaves_the_order_for_later_and_does_not_stop_the_start()
    {
        await using var world = await World.OpenAsync();
        world.Carrier.IsDown = true;

        Assert.Equal(OrderState.InProgress, (await world.SeedAsync()).Order!.State);
        world.Carrier.IsDown = false;
        await world.Get<CommerceStart>().ResumeAsync(CancellationToken.None);

        Assert.Equal(OrderState.Completed, (await world.SeedAsync()).Order!.State);
    }

    [Fact]
    public async Task A_suspended_demo_customer_does_not_stop_the_start()
    {
        await using var world = await World.SeededAsync();
        var customer = (await world.SeedAsync()).Customer;
        await world.Customers.SetStandingAsync(customer.Id, suspended: true, null, CancellationToken.None);

        Assert.Null((await world.SeedAsync()).Order);
    }

    [Fact]
    public async Task Books_in_one_currency_are_not_opened_in_another()
    {
        await using var world = await World.SeededAsync();

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            World.OpenAsync(world.Folder, new CommerceOptions { Currency = new("EUR") })
        );

        Assert.Contains("CNY", failure.Message);
    }
}
