using Tokenline.Charging.Accounts;
using Tokenline.Charging.Limits;
using Tokenline.Commerce.Entitlement;
using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Tests.Parties;
using Tokenline.Commerce.Tests.Subscriptions;

namespace Tokenline.Commerce.Tests.Entitlement;

/// <summary>A node is put as a whole, by several who each change a part of it.</summary>
public sealed class TreeTests
{
    private static readonly CancellationToken none = CancellationToken.None;

    [Fact]
    public async Task A_share_that_was_moved_is_not_moved_back_by_who_changes_the_nodes_limits_with_what_was_read_before()
    {
        await using var world = await World.OpenAsync();
        var (company, pool, node) = await PoolAsync(world);
        var shares = world.Get<PoolShares>();
        (await shares.PutAsync(pool, node, 4_000_000 * QuotaUnit.Micro, 0, null, new ChangeRequest("share"), none)).Required();
        var read = (await world.Get<Allotments>().FindAsync(company, node)).Required().View.Terms.Limits!;
        (await shares.PutAsync(pool, node, 3_000_000 * QuotaUnit.Micro, 0, null, new ChangeRequest("less"), none)).Required();

        foreach (var wanted in new Limit[]?[] { [.. read, Daily], [Daily] })
        {
            var changed = (await ChangeAsync(world, company, node, wanted)).Required();
            Assert.Equal(
                [("daily", 7L), (PoolShare.LimitId, 3_000_000 * QuotaUnit.Micro)],
                changed.View.Terms.Limits!.Select(limit => (limit.Id, limit.Max)).OrderBy(limit => limit.Id, StringComparer.Ordinal)
            );
        }
        // And it goes only where the shares are changed.
        (await shares.PutAsync(pool, node, null, 0, null, new ChangeRequest("none"), none)).Required();
        Assert.Equal("daily", Assert.Single((await world.Get<Allotments>().FindAsync(company, node)).Required().View.Terms.Limits!).Id);
    }

    [Fact]
    public async Task Limits_shares_and_names_that_are_changed_at_once_are_all_there()
    {
        await using var world = await World.OpenAsync();
        var (company, pool, node) = await PoolAsync(world);
        var shares = world.Get<PoolShares>();
        for (var round = 1; round <= 10; round++)
        {
            var most = round * 1_000 * QuotaUnit.Micro;
            await Task.WhenAll(
                Task.Run(() => ChangeAsync(world, company, node, [Daily with { Max = round }])),
                Task.Run(() => shares.PutAsync(pool, node, most, 0, null, new ChangeRequest($"share {round}"), none))
            );
            var limits = (await world.Get<Allotments>().FindAsync(company, node)).Required().View.Terms.Limits!;
            Assert.Equal([round, most], limits.OrderBy(limit => limit.Id, StringComparer.Ordinal).Select(limit => limit.Max));
        }
    }

    private static Limit Daily => new("daily", LimitWindow.Day, Measure.Requests, 7, TimeZone: "Asia/Shanghai");

    private static Task<Outcome<ServedNode>> ChangeAsync(World world, Customer company, AllotmentId node, Limit[]? limits) =>
        world
            .Get<Allotments>()
            .ChangeAsync(company, node, new(null, null, limits, null, null, null, null), new ChangeRequest($"{Guid.NewGuid()}"), none);

    private static async Task<(Customer Company, ProductId Pool, AllotmentId Node)> PoolAsync(World world)
    {
        await world.Get<Commerce.Catalog.ICatalogStore>().AddOfferingsAsync([Shop.Pool("our-pool", 12)], none);
        var company = (
            await world.Customers.CreateAsync("+8613900000031", "Company", null, null, none, CustomerType.Organization)
        ).Required();
        var order = (await world.Ordering.PlaceAsync(new OrderRequest(company.Id, "our-pool"), none)).Required();
        return (company, order.Product!.Value, await world.PutNodeAsync(company, "research"));
    }
}
