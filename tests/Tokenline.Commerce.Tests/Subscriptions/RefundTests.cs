using Microsoft.Extensions.DependencyInjection;
using Tokenline.Commerce.Payments;
using Tokenline.Commerce.Subscriptions;

namespace Tokenline.Commerce.Tests.Subscriptions;

/// <summary>Where the payment method can give back, what is owed is paid out, once.</summary>
public sealed class RefundTests
{
    [Fact]
    public async Task What_is_owed_is_given_back_by_upkeep_under_one_name_until_it_is_known_to_have_arrived()
    {
        var purse = new Purse();
        await using var world = await World.OpenAsync(
            seeded: true,
            register: services => services.AddSingleton(new PaymentMethods([purse]))
        );
        await Shop.OpenAsync(world);
        var customer = await world.NewCustomerAsync();
        var id = (await world.OrderAsync(customer, "basic")).Product!.Value;
        var store = world.Get<ISubscriptionStore>();
        (await world.Get<Subscribing>().DoAsync(id, new CancelNow(), CancellationToken.None)).Required();
        Assert.Equal(9.9m, Assert.Single(await store.OwedAsync(0, 10, CancellationToken.None)).Refund.Amount.ToDecimal());

        purse.IsSilent = true;
        var report = await world.Get<SubscriptionUpkeep>().RoundAsync(CancellationToken.None);
        Assert.Equal([id], report.Trouble.Keys);
        Assert.Single(await store.OwedAsync(0, 10, CancellationToken.None));
        purse.IsSilent = false;
        await world.Get<SubscriptionUpkeep>().RoundAsync(CancellationToken.None);
        await world.Get<SubscriptionUpkeep>().RoundAsync(CancellationToken.None);

        var refund = (await store.PaymentsAsync(id, CancellationToken.None))[1];
        Assert.Equal((PaymentState.Returned, "back-1", world.Time.GetUtcNow()), (refund.State, refund.Reference, refund.EndedAt));
        Assert.Equal([refund.Correlator, refund.Correlator], purse.Asked); // once silent, once known, and then no more
    }

    private sealed class Purse : IPaymentMethod
    {
        public List<string> Asked { get; } = [];
        public bool IsSilent { get; set; }
        public PaymentMethod Method => PaymentMethod.PhoneBill;

        public Task<Refused?> WhyNotAsync(PartyId payer, Money amount, string? purchaseOrder, CancellationToken cancellation) =>
            Task.FromResult<Refused?>(null);

        public Task<PaymentAnswer> PayAsync(PaymentRequest request, CancellationToken cancellation) =>
            Task.FromResult(new PaymentAnswer(true, "paid", null));

        public Task<PaymentAnswer> GiveBackAsync(PaymentReturn back, CancellationToken cancellation)
        {
            Asked.Add(back.Correlator);
            return IsSilent ? throw new HttpRequestException("no answer") : Task.FromResult(new PaymentAnswer(true, "back-1", null));
        }
    }
}
