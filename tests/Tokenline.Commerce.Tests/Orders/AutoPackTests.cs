using Tokenline.Charging.Accounts;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Entitlement;
using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Payments;
using Tokenline.Commerce.Wallets;

namespace Tokenline.Commerce.Tests.Orders;

/// <summary>Packs that buy themselves: as many a month as was allowed, each paid for and delivered, whatever crashes.</summary>
public sealed class AutoPackTests
{
    private static readonly CancellationToken none = CancellationToken.None;

    [Fact]
    public async Task Twenty_calls_that_are_refused_at_once_buy_one_pack_and_all_go_on_with_it()
    {
        await using var world = await World.SeededAsync();
        var customer = await AllowedAsync(world, 3);

        var arrived = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => BuyAsync(world, customer))));

        Assert.All(arrived, Assert.True);
        Assert.Single(await world.BucketsAsync(customer));
        Assert.Single(world.Carrier.Asked, ask => ask.PhoneNumber == customer.PhoneNumber);
        Assert.Equal(1, (await world.Accounts.ViewAsync(customer.Account)).AutoPacksBought);
    }

    [Fact]
    public async Task No_more_are_bought_in_a_month_than_was_allowed_and_the_next_month_begins_anew()
    {
        await using var world = await World.SeededAsync();
        var customer = await AllowedAsync(world, 3);
        var arrived = new List<bool>();
        for (var round = 0; round < 5; round++)
        {
            arrived.Add(
                (await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => BuyAsync(world, customer))))).Any(yes => yes)
            );
            world.Time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal([true, true, true, false, false], arrived);
        Assert.Equal(3, (await world.BucketsAsync(customer)).Count);
        Assert.Equal(3, world.Carrier.Asked.Count(ask => ask.PhoneNumber == customer.PhoneNumber));
        world.Time.Advance(TimeSpan.FromDays(31));
        Assert.True(await BuyAsync(world, customer));
    }

    [Fact]
    public async Task A_crash_between_claim_and_order_neither_loses_the_pack_nor_buys_two()
    {
        await using var world = await World.SeededAsync();
        var customer = await AllowedAsync(world, 2);
        var begun = new AutoPackPurchase(world.Get<IdSource>().Next<CommandKind>(), customer.Account, "token-pack", World.Start);
        await world.Get<IAutoPackStore>().BeginOrFindAsync(begun);
        Assert.Null(await world.Accounts.ExecuteAsync(customer.Account, new ClaimAutoPack(begun.Id)));

        await world.Get<CommerceStart>().ResumeAsync(none);
        await world.Get<CommerceStart>().ResumeAsync(none);

        Assert.Single(await world.BucketsAsync(customer));
        Assert.Equal(1, (await world.Accounts.ViewAsync(customer.Account)).AutoPacksBought);
        Assert.Empty(await world.Get<IAutoPackStore>().UnfinishedAsync(10, none));
        Assert.Equal(begun.ExternalId, Assert.Single(await world.Get<IOrderStore>().ListAsync(customer.Id, null, 10, none)).ExternalId);
    }

    [Fact]
    public async Task A_call_after_the_crash_goes_on_with_the_purchase_that_was_begun()
    {
        await using var world = await World.SeededAsync();
        var customer = await AllowedAsync(world, 2);
        var begun = new AutoPackPurchase(world.Get<IdSource>().Next<CommandKind>(), customer.Account, "token-pack", World.Start);
        await world.Get<IAutoPackStore>().BeginOrFindAsync(begun);

        Assert.True(await BuyAsync(world, customer));

        Assert.Equal(1, (await world.Accounts.ViewAsync(customer.Account)).AutoPacksBought);
        Assert.Equal(begun.Id, (await world.Get<IAutoPackStore>().NewestAsync(customer.Account))!.Id);
    }

    [Fact]
    public async Task A_carrier_that_does_not_answer_leaves_one_purchase_for_later_however_many_ask()
    {
        await using var world = await World.SeededAsync();
        var customer = await AllowedAsync(world, 5);
        world.Carrier.IsDown = true;

        for (var i = 0; i < 3; i++)
            Assert.False(await BuyAsync(world, customer));
        world.Carrier.IsDown = false;
        await world.Get<CommerceStart>().ResumeAsync(none);

        Assert.Single(await world.BucketsAsync(customer));
        Assert.Equal(1, (await world.Accounts.ViewAsync(customer.Account)).AutoPacksBought);
        Assert.Empty(await world.Get<IAutoPackStore>().UnfinishedAsync(10, none));
    }

    [Fact]
    public async Task A_carrier_that_takes_long_is_waited_for_ten_seconds_and_the_pack_arrives_all_the_same()
    {
        await using var world = await World.SeededAsync();
        var customer = await AllowedAsync(world, 1);
        var answers = new TaskCompletionSource();
        world.Carrier.Meanwhile = () => answers.Task;

        var buying = Task.Run(() => BuyAsync(world, customer));
        while (!buying.IsCompleted)
        {
            world.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
        Assert.False(await buying);
        answers.SetResult();
        Assert.True(await BuyAsync(world, customer)); // joins the purchase, or finds what it brought

        Assert.Single(await world.BucketsAsync(customer));
    }

    [Fact]
    public async Task What_the_carrier_refuses_is_used_up_so_that_it_is_not_asked_at_every_call()
    {
        await using var world = await World.SeededAsync();
        var customer = await AllowedAsync(world, 2);
        world.Carrier.Refusal = "barred";

        for (var i = 0; i < 5; i++)
            Assert.False(await BuyAsync(world, customer));

        Assert.Equal(2, world.Carrier.Asked.Count(ask => ask.PhoneNumber == customer.PhoneNumber));
        Assert.Empty(await world.BucketsAsync(customer));
    }

    [Fact]
    public async Task A_call_that_was_refused_before_the_pack_came_tries_it_first()
    {
        await using var world = await World.SeededAsync();
        var customer = await AllowedAsync(world, 5);
        await BuyAsync(world, customer);

        world.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(await BuyAsync(world, customer));
        Assert.Single(await world.BucketsAsync(customer));

        world.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(await BuyAsync(world, customer));
        Assert.Equal(2, (await world.BucketsAsync(customer)).Count);
    }

    [Fact]
    public async Task Nothing_is_bought_for_whom_has_not_allowed_it_or_not_this_or_is_suspended()
    {
        await using var world = await World.SeededAsync();
        var never = await world.NewCustomerAsync("+8613900000002");
        var customer = await AllowedAsync(world, 2);

        Assert.False(await BuyAsync(world, never));
        Assert.False(await world.Get<AutoPacks>().BuyAsync(customer.Account, "points-pack", none));
        await world.Customers.SetStandingAsync(customer.Id, suspended: true, null, none);
        Assert.False(await BuyAsync(world, customer));

        Assert.Equal(0, (await world.Accounts.ViewAsync(customer.Account)).AutoPacksBought);
        Assert.DoesNotContain(world.Carrier.Asked, ask => ask.PhoneNumber == customer.PhoneNumber || ask.PhoneNumber == never.PhoneNumber);
    }

    [Fact]
    public async Task A_pack_is_paid_by_the_method_that_was_chosen_and_one_that_is_not_paid_is_used_up()
    {
        await using var world = await World.SeededAsync();
        var customer = await world.NewCustomerAsync();
        var price = (await world.Get<ICatalogStore>().FindOfferingAsync("token-pack", none))!.Price;
        (await world.Get<WalletDesk>().RecordAsync(customer.Id, price, "cash-1", none)).Required();
        Assert.Equal("paymentMethod", (await AllowAsync((PaymentMethod)9)).Refused!.Param);
        (await AllowAsync(PaymentMethod.Wallet)).Required();

        Assert.True(await BuyAsync(world, customer));
        Assert.Equal(0, (await world.Get<IWalletStore>().FindAsync(customer.Id, none))!.Balance.Nano);
        world.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.False(await BuyAsync(world, customer)); // the wallet is empty
        Assert.DoesNotContain(world.Carrier.Asked, ask => ask.PhoneNumber == customer.PhoneNumber);
        Assert.Equal(2, (await world.Accounts.ViewAsync(customer.Account)).AutoPacksBought);

        Task<Outcome<AccountChange>> AllowAsync(PaymentMethod method) =>
            world.Get<AutoPackTerms>().AllowAsync(customer, "token-pack", 2, new ChangeRequest($"{method}"), none, method);
    }

    private static Task<bool> BuyAsync(World world, Customer customer) =>
        world.Get<AutoPacks>().BuyAsync(customer.Account, "token-pack", none);

    private static async Task<Customer> AllowedAsync(World world, int maxPerMonth)
    {
        var customer = await world.NewCustomerAsync();
        var set = new SetAutoPack(world.Get<IdSource>().Next<CommandKind>(), new AutoPack("token-pack", maxPerMonth, "Asia/Shanghai"));
        Assert.Null(await world.Accounts.ExecuteAsync(customer.Account, set));
        return customer;
    }
}
