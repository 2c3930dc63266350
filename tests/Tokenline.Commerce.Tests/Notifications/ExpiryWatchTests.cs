using Tokenline.Charging.Accounts;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Notifications;

namespace Tokenline.Commerce.Tests.Notifications;

/// <summary>An idle account hears of the end of its plan, though nobody calls.</summary>
public sealed class ExpiryWatchTests
{
    [Fact]
    public async Task An_idle_customer_is_warned_three_days_before_the_plan_ends_and_once()
    {
        await using var world = await World.SeededAsync();
        var customer = await world.NewCustomerAsync();
        await world.OrderAsync(customer, "plan-light"); // until 1 October, 2:30
        await WatchAsync(world);
        world.Time.Advance(TimeSpan.FromDays(27) - TimeSpan.FromMinutes(1));
        await WatchAsync(world);
        Assert.Empty(await EventsAsync(world, customer.Account));

        world.Time.Advance(TimeSpan.FromMinutes(1));
        await WatchAsync(world);
        world.Time.Advance(TimeSpan.FromMinutes(1));
        await WatchAsync(world);

        var warned = Assert.Single(await EventsAsync(world, customer.Account));
        Assert.Equal((AccountEventType.BucketExpiring, "Light"), (warned.Type, warned.Name));
    }

    [Fact]
    public async Task An_account_is_looked_at_when_a_product_comes_near_its_end_when_it_ends_and_on_the_hourly_walk_only()
    {
        await using var world = await World.SeededAsync();
        var customer = await world.NewCustomerAsync();
        await world.OrderAsync(customer, "plan-light");
        await WatchAsync(world); // the walk
        Assert.Equal(1, Looks(world, customer.Account));
        for (var minute = 0; minute < 59; minute++)
        {
            world.Time.Advance(TimeSpan.FromMinutes(1));
            await WatchAsync(world);
        }
        Assert.Equal(1, Looks(world, customer.Account));

        world.Time.Advance(TimeSpan.FromMinutes(1));
        await WatchAsync(world);
        Assert.Equal(2, Looks(world, customer.Account));

        world.Time.Advance(TimeSpan.FromDays(40)); // the process did not run: it is past the warning and the end
        await WatchAsync(world);
        Assert.Equal(4, Looks(world, customer.Account)); // and holds nothing any more, so the walk goes by
        Assert.Equal(0, (await world.BucketsAsync(customer)).Single().Remaining);
    }

    [Fact]
    public async Task A_round_looks_at_a_bounded_number_of_accounts_and_the_next_goes_on()
    {
        var watch = new ScriptedWatch(ExpiryWatch.AccountsMax + 50);
        await using var world = await World.OpenAsync();
        var expiry = new ExpiryWatch(watch, world.Accounts, world.Get<ICatalogStore>(), world.Time);

        Assert.Equal(ExpiryWatch.AccountsMax, await expiry.RoundAsync(CancellationToken.None));
        Assert.Equal(50, await expiry.RoundAsync(CancellationToken.None));
        Assert.Equal(0, await expiry.RoundAsync(CancellationToken.None));

        Assert.Equal(ExpiryWatch.AccountsMax + 50, world.Accounts.Viewed.Distinct().Count());
    }

    private static Task WatchAsync(World world) => world.Get<ExpiryWatch>().RoundAsync(CancellationToken.None);

    private static int Looks(World world, AccountId account) => world.Accounts.Viewed.Count(viewed => viewed == account);

    private static async Task<IReadOnlyList<AccountEvent>> EventsAsync(World world, AccountId account) =>
        [.. (await world.Accounts.EventsAsync(account, null, 10)).Select(stored => stored.Event)];

    /// <summary>So many products that all end in the same instant, tomorrow.</summary>
    private sealed class ScriptedWatch(int count) : IProductWatch
    {
        private static readonly DateTimeOffset end = World.Start.AddDays(1);

        public Task<IReadOnlyList<EndingProduct>> EndingAsync(
            DateTimeOffset after,
            ProductId afterProduct,
            DateTimeOffset until,
            int limit,
            CancellationToken cancellation
        )
        {
            IReadOnlyList<EndingProduct> found =
            [
                .. Enumerable
                    .Range(1, count)
                    .Select(i => new EndingProduct(new ProductId(i), new AccountId(i), end))
                    .Where(p =>
                        p.ExpiresAt <= until && (p.ExpiresAt > after || (p.ExpiresAt == after && p.Product.Value > afterProduct.Value))
                    )
                    .Take(limit),
            ];
            return Task.FromResult(found);
        }

        public Task<IReadOnlyList<AccountId>> HoldersAsync(
            AccountId after,
            DateTimeOffset now,
            int limit,
            CancellationToken cancellation
        ) => Task.FromResult<IReadOnlyList<AccountId>>([]);
    }
}
