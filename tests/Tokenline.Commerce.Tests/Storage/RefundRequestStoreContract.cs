using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Refunds;

namespace Tokenline.Commerce.Tests.Storage;

public sealed class SqliteRefundRequestStoreTests : RefundRequestStoreContract
{
    private protected override bool IsShared => false;
}

public sealed class PostgresRefundRequestStoreTests : RefundRequestStoreContract
{
    private protected override bool IsShared => true;
}

/// <summary>What is kept of refunds that customers ask for, on whichever database.</summary>
public abstract class RefundRequestStoreContract : Databases
{
    private static CancellationToken None => CancellationToken.None;

    private IRefundRequestStore Store => Get<IRefundRequestStore>();

    [Fact]
    public async Task Of_a_charge_one_is_alive_at_a_time_and_a_change_is_from_a_state()
    {
        var customer = await world.NewCustomerAsync();
        var first = Asked(customer, 1, 7);
        Assert.True(await Store.AddAsync(first, None));
        Assert.False(await Store.AddAsync(Asked(customer, 2, 7), None));

        var granted = first with { State = RefundRequestState.Granted, Millionths = 5, Answer = "Yes", DecidedBy = "Lin" };
        Assert.True(await Store.ChangeAsync(granted, RefundRequestState.Open));
        Assert.False(await Store.ChangeAsync(granted, RefundRequestState.Open));
        Assert.Equal(granted, await Store.FindAsync(first.Id, None));
        Assert.False(await Store.AddAsync(Asked(customer, 2, 7), None));

        var ended = granted with { State = RefundRequestState.Refunded, EndedAt = World.Start };
        Assert.True(await Store.ChangeAsync(ended, RefundRequestState.Granted));
        Assert.True(await Store.AddAsync(Asked(customer, 3, 7), None));
        Assert.Equal([3, 1], (await Store.OfAsync(new ChargeId(7), None)).Select(one => one.Id.Value));
    }

    [Fact]
    public async Task They_are_listed_by_state_and_customer_newest_first_page_by_page()
    {
        var (one, other) = (await world.NewCustomerAsync(), await world.NewCustomerAsync("+8613900000002"));
        for (var i = 1; i <= 5; i++)
            Assert.True(await Store.AddAsync(Asked(i % 2 == 0 ? other : one, i, 100 + i), None));
        await Store.ChangeAsync(Asked(one, 3, 103) with { State = RefundRequestState.Rejected }, RefundRequestState.Open);

        Assert.Equal("5 4 2 1", await IdsAsync(RefundRequestState.Open, null, null, 10));
        Assert.Equal("5 3 1", await IdsAsync(null, one.Id, null, 10));
        Assert.Equal("3", await IdsAsync(null, one.Id, new RefundRequestId(5), 1));
        Assert.Equal(2, await Store.CountAsync(one.Id, RefundRequestState.Open, None));
        Assert.Equal(4, await Store.CountAsync(null, RefundRequestState.Open, None));

        async Task<string> IdsAsync(RefundRequestState? state, PartyId? customer, RefundRequestId? before, int limit) =>
            string.Join(' ', (await Store.ListAsync(state, customer, before, limit, None)).Select(asked => asked.Id.Value));
    }

    private static AskedRefund Asked(Customer customer, long id, long charge) =>
        new(new(id), customer.Id, customer.Account, new(charge), null, "Wrong", World.Start);
}
