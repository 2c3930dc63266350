using Tokenline.Charging.Accounts;
using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Referrals;
using Tokenline.Commerce.Subscriptions;
using Tokenline.Commerce.Tests.Subscriptions;
using Tokenline.Commerce.Vouchers;

namespace Tokenline.Commerce.Tests.Referrals;

public sealed class ReferralTests : IAsyncLifetime
{
    private World world = null!;

    private static CancellationToken None => CancellationToken.None;
    private ReferralDesk Desk => world.Get<ReferralDesk>();

    public async ValueTask InitializeAsync()
    {
        world = await World.SeededAsync();
        await Shop.OpenAsync(world);
        var bonus = new BonusGrant(new QuotaUnit("general-token"), 1_000_000 * QuotaUnit.Micro, 30);
        (await Desk.PutTermsAsync(new ReferralTerms(bonus, Yuan(9), PerMonth: 2, InAll: 3), None)).Required();
    }

    public ValueTask DisposeAsync() => world.DisposeAsync();

    [Fact]
    public async Task Both_get_a_bonus_once_the_new_one_has_paid_and_cannot_take_it_back_any_more()
    {
        var (referrer, code) = await ReferrerAsync();
        var referred = await world.NewCustomerAsync("+8613900000502");

        var order = (await PlaceAsync(referred, code.ToLowerInvariant())).Required();
        await Desk.RoundAsync(None);
        Assert.Empty(await BonusesAsync(referrer));
        world.Time.Advance(TimeSpan.FromDays(7));
        var rounds = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(() => Desk.RoundAsync(None))));

        Assert.Equal(1, rounds.Sum(round => round.Ended));
        Assert.Equal(1_000_000 * QuotaUnit.Micro, Assert.Single(await BonusesAsync(referrer)).Remaining);
        Assert.Equal(1_000_000 * QuotaUnit.Micro, Assert.Single(await BonusesAsync(referred)).Remaining);
        var listed = Assert.Single(await world.Get<IReferralStore>().ListAsync(referrer.Id, 10, None));
        Assert.Equal((ReferralState.Rewarded, order.Id), (listed.State, listed.Order));
    }

    [Fact]
    public async Task What_is_taken_back_or_not_paid_brings_nothing_and_may_be_referred_again()
    {
        var (referrer, code) = await ReferrerAsync();
        var referred = await world.NewCustomerAsync("+8613900000502");
        world.Carrier.Refusal = "barred";
        Assert.Equal(OrderState.Failed, (await PlaceAsync(referred, code)).Required().State);
        world.Carrier.Refusal = null;

        var order = (await PlaceAsync(referred, code)).Required();
        (await world.Get<Subscribing>().DoAsync(order.Product!.Value, new CancelNow(), None)).Required();
        world.Time.Advance(TimeSpan.FromDays(7));
        await Desk.RoundAsync(None);

        Assert.Empty(await BonusesAsync(referrer));
        Assert.Equal(
            ["the purchase was taken back", "the order was not paid"],
            (await world.Get<IReferralStore>().ListAsync(referrer.Id, 10, None)).Select(one => one.Reason)
        );
    }

    [Fact]
    public async Task Nobody_refers_himself_twice_without_having_bought_or_more_than_count()
    {
        var (referrer, code) = await ReferrerAsync();
        Assert.Equal("Nobody refers himself.", (await PlaceAsync(referrer, code)).Refused!.Message);
        Assert.Equal(Problems.ReferralRefused, (await PlaceAsync(referrer, "NOBODY00")).Refused!.Problem);
        var stranger = await world.NewCustomerAsync("+8613900000510");
        var strangersCode = (await Desk.CodeAsync(stranger.Id, None)).Required();
        Assert.Contains("has bought", (await PlaceAsync(await NewAsync(1), strangersCode)).Refused!.Message, StringComparison.Ordinal);

        var first = await NewAsync(2);
        (await PlaceAsync(first, code)).Required();
        Assert.Contains("first purchase", (await PlaceAsync(first, code)).Refused!.Message, StringComparison.Ordinal);
        // Of many at once so many count as there is room for.
        var others = new List<Customer>();
        for (var i = 3; i < 8; i++)
            others.Add(await NewAsync(i));
        var placed = await Task.WhenAll(others.Select(other => Task.Run(() => PlaceAsync(other, code))));
        Assert.Single(placed, one => one.Value is not null);
        world.Time.SetUtcNow(new(2026, 10, 1, 0, 0, 0, TimeSpan.FromHours(8))); // another month, and three in all
        Assert.NotNull((await PlaceAsync(await NewAsync(8), code)).Value);
        Assert.NotNull((await PlaceAsync(await NewAsync(9), code)).Refused);
    }

    [Fact]
    public async Task What_is_cheap_or_came_too_late_is_refused_and_an_order_without_a_code_is_not()
    {
        var (_, code) = await ReferrerAsync();
        var referred = await NewAsync(1);
        var cheap = new OrderRequest(referred.Id, "token-pack") { Referral = code };
        Assert.Contains("from 9 CNY on", (await world.Ordering.PlaceAsync(cheap, None)).Refused!.Message, StringComparison.Ordinal);
        Assert.NotNull((await world.Ordering.PlaceAsync(cheap with { Referral = null }, None)).Value);
        var terms = (await Desk.TermsAsync(None)).Required();
        (await Desk.PutTermsAsync(terms with { IsOpen = false }, None)).Required();
        Assert.Equal(Problems.ReferralRefused, (await PlaceAsync(await NewAsync(2), code)).Refused!.Problem);
        Assert.Equal("perMonth", (await Desk.PutTermsAsync(terms with { PerMonth = 0 }, None)).Refused!.Param);
        Assert.Equal("inAll", (await Desk.PutTermsAsync(terms with { InAll = 1 }, None)).Refused!.Param);
    }

    private async Task<(Customer Referrer, string Code)> ReferrerAsync()
    {
        var referrer = await world.NewCustomerAsync("+8613900000501");
        await world.OrderAsync(referrer, "token-pack");
        var code = (await Desk.CodeAsync(referrer.Id, None)).Required();
        Assert.Equal(code, (await Desk.CodeAsync(referrer.Id, None)).Required());
        return (referrer, code);
    }

    private Task<Customer> NewAsync(int number) => world.NewCustomerAsync($"+86139000006{number:00}");

    private Task<Outcome<ProductOrder>> PlaceAsync(Customer buyer, string code) =>
        world.Ordering.PlaceAsync(new OrderRequest(buyer.Id, "basic") { Referral = code }, None);

    private async Task<IEnumerable<BucketView>> BonusesAsync(Customer customer) =>
        (await world.BucketsAsync(customer)).Where(bucket => bucket.Grant.Type == BucketType.Bonus);

    private static Money Yuan(decimal amount) => Money.FromDecimal(amount, Currency.Cny);
}
