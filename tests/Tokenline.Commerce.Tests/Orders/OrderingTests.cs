using Microsoft.Extensions.DependencyInjection;
using Tokenline.Charging.Accounts;
using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Outbox;
using Tokenline.Commerce.Payments;

namespace Tokenline.Commerce.Tests.Orders;

public sealed class OrderingTests
{
    [Fact]
    public async Task A_plan_is_charged_once_and_can_be_spent_at_once()
    {
        await using var world = await World.SeededAsync();
        var customer = await world.NewCustomerAsync();

        var order = await world.OrderAsync(customer, "plan-light");

        Assert.Equal(OrderState.Completed, order.State);
        Assert.StartsWith("pay-", order.PaymentReference);
        var asked = Assert.Single(world.Carrier.Asked, ask => ask.PhoneNumber == customer.PhoneNumber);
        Assert.Equal((order.Id.ToString(), "9.9 CNY"), (asked.Correlator, asked.Amount.ToString()));
        var bucket = Assert.Single(await world.BucketsAsync(customer));
        Assert.Equal(10_000_000L * QuotaUnit.Micro, bucket.Remaining);
        Assert.Equal(("general-token", BucketType.Plan, 200), (bucket.Grant.Unit!.Value.Name, bucket.Grant.Type, bucket.Grant.Priority));
        Assert.Equal(World.Start.AddMonths(1), bucket.Grant.ExpiresAt);
        Assert.Equal(order.Product, bucket.Grant.Product);
        Assert.Empty(await world.PendingAsync());
    }

    [Fact]
    public async Task What_the_carrier_refuses_fails_with_its_reason_and_grants_nothing()
    {
        await using var world = await World.SeededAsync();
        var customer = await world.NewCustomerAsync();
        world.Carrier.Refusal = "the number is barred";

        var order = await world.OrderAsync(customer, "plan-light");

        Assert.Equal((OrderState.Failed, "the number is barred"), (order.State, order.Reason));
        Assert.Empty(await world.BucketsAsync(customer));
        Assert.Empty(await world.Get<IOrderStore>().ProductsAsync(customer.Id, CancellationToken.None));
        Assert.Equal(order, await world.Get<IOrderStore>().FindAsync(order.Id, CancellationToken.None), new OrderFacts());
    }

    [Fact]
    [Trait("WhatOthersGotWrong", "44")]
    public async Task An_order_whose_answer_was_lost_is_asked_for_again_and_charged_once()
    {
        await using var world = await World.SeededAsync();
        var customer = await world.NewCustomerAsync();
        var bookedBefore = world.Carrier.Booked;
        world.Carrier.LosesAnswers = true;

        var waiting = await world.OrderAsync(customer, "plan-light");
        Assert.Equal(OrderState.InProgress, waiting.State);
        Assert.Empty(await world.BucketsAsync(customer));
        world.Carrier.LosesAnswers = false;
        Assert.Equal(1, (await world.Ordering.ResumeAsync(CancellationToken.None)).Ended);

        var order = await world.Get<IOrderStore>().FindAsync(waiting.Id, CancellationToken.None);
        Assert.Equal(OrderState.Completed, order!.State);
        Assert.Equal(bookedBefore + 1, world.Carrier.Booked);
        Assert.Single(await world.BucketsAsync(customer));
        Assert.Equal(0, (await world.Ordering.ResumeAsync(CancellationToken.None)).Ended);
        Assert.Single(await world.BucketsAsync(customer));
    }

    [Fact]
    public async Task An_order_that_a_crash_interrupted_is_taken_up_by_the_next_start_under_the_terms_it_was_placed_on()
    {
        await using var first = await World.SeededAsync();
        var customer = await first.NewCustomerAsync();
        first.Carrier.IsDown = true;
        var waiting = await first.OrderAsync(customer, "plan-standard");

        await using var second = await World.OpenAsync(first.Folder);
        await second.Get<CommerceStart>().ResumeAsync(CancellationToken.None);

        var order = await second.Get<IOrderStore>().FindAsync(waiting.Id, CancellationToken.None);
        Assert.Equal(OrderState.Completed, order!.State);
        var asked = Assert.Single(second.Carrier.Asked);
        Assert.Equal((waiting.Id.ToString(), "29.9 CNY"), (asked.Correlator, asked.Amount.ToString()));
        Assert.Equal(40_000_000L * QuotaUnit.Micro, Assert.Single(await second.BucketsAsync(customer)).Remaining);
    }

    [Fact]
    public async Task An_order_in_trouble_holds_up_none_of_those_after_it()
    {
        var method = new TroubledMethod();
        await using var world = await World.OpenAsync(
            seeded: true,
            register: services => services.AddSingleton(new PaymentMethods([method]))
        );
        var customer = await world.NewCustomerAsync();
        method.IsSilent = true;
        var waiting = new List<ProductOrder>();
        for (var i = 0; i < 3; i++)
            waiting.Add(await world.OrderAsync(customer, "token-pack"));
        (method.IsSilent, method.Breaks) = (false, waiting[0].Id.ToString());

        var report = await world.Ordering.ResumeAsync(CancellationToken.None);

        Assert.Equal((2, waiting[0].Id.ToString()), (report.Ended, Assert.Single(report.Trouble).Key));
        var told = new List<string>();
        world.Get<CommerceStart>().Trouble = (id, _) => told.Add(id);
        await world.Get<CommerceStart>().ResumeAsync(CancellationToken.None);
        Assert.Equal([waiting[0].Id.ToString()], told);
    }

    private sealed class TroubledMethod : IPaymentMethod
    {
        public bool IsSilent { get; set; }
        public string? Breaks { get; set; }
        public PaymentMethod Method => PaymentMethod.PhoneBill;

        public Task<Refused?> WhyNotAsync(PartyId payer, Money amount, string? purchaseOrder, CancellationToken cancellation) =>
            Task.FromResult<Refused?>(null);

        public Task<PaymentAnswer> PayAsync(PaymentRequest request, CancellationToken cancellation) =>
            IsSilent ? throw new HttpRequestException("no answer")
            : request.Correlator == Breaks ? throw new InvalidOperationException("this one cannot be read")
            : Task.FromResult(new PaymentAnswer(true, "paid", null));

        public Task<PaymentAnswer> GiveBackAsync(PaymentReturn back, CancellationToken cancellation) =>
            Task.FromResult(new PaymentAnswer(true, "back", null));
    }

    [Fact]
    public async Task Of_two_that_finish_an_order_at_once_one_wins()
    {
        await using var world = await World.SeededAsync();
        var customer = await world.NewCustomerAsync();
        world.Carrier.Meanwhile = () => world.Ordering.ResumeAsync(CancellationToken.None);

        var order = await world.OrderAsync(customer, "token-pack");

        Assert.Equal(OrderState.Completed, order.State);
        Assert.Single(await world.BucketsAsync(customer));
        Assert.Single(await world.Get<IOrderStore>().ProductsAsync(customer.Id, CancellationToken.None));
    }

    [Fact]
    public async Task The_same_external_id_is_the_same_order_and_with_other_content_a_conflict()
    {
        await using var world = await World.SeededAsync();
        var customer = await world.NewCustomerAsync();

        var first = await world.OrderAsync(customer, "token-pack", "shop-1");
        var again = await world.OrderAsync(customer, "token-pack", "shop-1");
        var other = await world.Ordering.PlaceAsync(customer.Id, "points-pack", "shop-1", CancellationToken.None);
        var unnamed = await world.OrderAsync(customer, "token-pack");

        Assert.Equal(first.Id, again.Id);
        Assert.Equal(Problems.IdempotencyConflict, other.Refused!.Problem);
        Assert.NotEqual(first.Id, unnamed.Id);
        Assert.Equal(2, (await world.BucketsAsync(customer)).Count);
    }

    [Fact]
    public async Task Another_customer_may_use_the_same_external_id()
    {
        await using var world = await World.SeededAsync();
        var one = await world.NewCustomerAsync("+8613900000001");
        var two = await world.NewCustomerAsync("+8613900000002");

        Assert.NotEqual((await world.OrderAsync(one, "token-pack", "1")).Id, (await world.OrderAsync(two, "token-pack", "1")).Id);
    }

    [Theory]
    [InlineData("no-such-plan", "offering")]
    [InlineData("pay-as-you-go", "offering")]
    public async Task What_is_not_sold_is_refused_before_the_carrier_is_asked(string offering, string param)
    {
        await using var world = await World.SeededAsync();
        var customer = await world.NewCustomerAsync();
        var asked = world.Carrier.Asked.Count;

        var outcome = await world.Ordering.PlaceAsync(customer.Id, offering, null, CancellationToken.None);

        Assert.Equal(param, outcome.Refused!.Param);
        Assert.Equal(asked, world.Carrier.Asked.Count);
    }

    [Fact]
    public async Task A_suspended_customer_buys_nothing()
    {
        await using var world = await World.SeededAsync();
        var customer = await world.NewCustomerAsync();
        await world.Customers.SetStandingAsync(customer.Id, suspended: true, "unpaid bills", CancellationToken.None);

        var outcome = await world.Ordering.PlaceAsync(customer.Id, "token-pack", null, CancellationToken.None);

        Assert.Equal(Problems.AccountSuspended, outcome.Refused!.Problem);
        Assert.True((await world.Accounts.ViewAsync(customer.Account)).Suspended);
    }

    [Fact]
    [Trait("WhatOthersGotWrong", "41")]
    public async Task Buying_the_plan_again_adds_a_second_bucket_with_its_own_month()
    {
        await using var world = await World.SeededAsync();
        var customer = await world.NewCustomerAsync();
        await world.OrderAsync(customer, "plan-light");
        world.Time.Advance(TimeSpan.FromDays(3));

        await world.OrderAsync(customer, "plan-light");

        Assert.Equal(
            [World.Start.AddMonths(1), World.Start.AddMonths(1).AddDays(3)],
            (await world.BucketsAsync(customer)).Select(b => b.Grant.ExpiresAt!.Value)
        );
    }

    [Fact]
    public async Task What_was_bought_while_the_account_was_unreachable_arrives_with_the_next_round_in_order()
    {
        await using var world = await World.SeededAsync();
        var customer = await world.NewCustomerAsync();
        var other = await world.NewCustomerAsync("+8613900000002");
        world.Accounts.Unavailable = customer.Account;

        Assert.Equal(OrderState.Completed, (await world.OrderAsync(customer, "plan-light")).State);
        await world.Customers.AllowPayAsYouGoAsync(customer.Id, new Money(50 * Money.NanoPerUnit, Currency.Cny), CancellationToken.None);
        await world.OrderAsync(other, "token-pack");
        Assert.Equal(2, (await world.PendingAsync()).Count);
        Assert.Single(await world.BucketsAsync(other));

        world.Accounts.Unavailable = null;
        var report = await world.Get<CommerceStart>().ResumeAsync(CancellationToken.None);

        Assert.Equal((2, 0, 0), (report.Done, report.Refused.Count, report.Unavailable.Count));
        Assert.Equal(
            [typeof(GrantBucket), typeof(SetPayAsYouGo)],
            world.Accounts.Executed.Where(done => done.Account == customer.Account).Select(done => done.Command.GetType())
        );
        Assert.Empty(await world.PendingAsync());
    }

    [Fact]
    public async Task A_command_that_was_carried_out_but_not_marked_changes_nothing_when_it_comes_again()
    {
        await using var world = await World.SeededAsync();
        var customer = await world.NewCustomerAsync();
        await world.OrderAsync(customer, "token-pack");

        var (account, command) = world.Accounts.Executed.Last();
        Assert.Null(await world.Accounts.ExecuteAsync(account, command));

        Assert.Single(await world.BucketsAsync(customer));
    }

    [Fact]
    public async Task What_an_account_refuses_is_told_and_kept_and_holds_nothing_up()
    {
        await using var world = await World.SeededAsync();
        var customer = await world.NewCustomerAsync();
        var told = new List<string>();
        world.Get<OutboxDispatcher>().Trouble = report => told.AddRange(report.Refused);
        world.Accounts.Unavailable = customer.Account;
        await world.OrderAsync(customer, "plan-light");
        world.Time.Advance(TimeSpan.FromDays(40)); // the plan's month is over before it could be granted
        await world.OrderAsync(customer, "token-pack");

        world.Accounts.Unavailable = null;
        await world.Get<CommerceStart>().ResumeAsync(CancellationToken.None);

        Assert.Contains("GrantBucket", Assert.Single(told));
        Assert.Equal("Token pack", Assert.Single(await world.BucketsAsync(customer)).Grant.Name);
        Assert.Empty(await world.PendingAsync());
    }

    [Fact]
    public async Task Commands_survive_the_outbox_exactly()
    {
        await using var world = await World.SeededAsync();
        var customer = await world.NewCustomerAsync();
        world.Accounts.Unavailable = customer.Account;
        await world.OrderAsync(customer, "plan-light");
        await world.Customers.AllowPayAsYouGoAsync(customer.Id, new Money(1_234_567_891, Currency.Cny), CancellationToken.None);
        await world.Customers.EndPayAsYouGoAsync(customer.Id, CancellationToken.None);

        var pending = await world.PendingAsync();

        var grant = Assert.IsType<GrantBucket>(pending[0].Command).Grant;
        Assert.Equal((World.Start, World.Start.AddMonths(1)), (grant.ValidFrom, grant.ExpiresAt!.Value));
        Assert.Equal(new PayAsYouGo(1_234_567_891, Currency.Cny, "Asia/Shanghai"), Assert.IsType<SetPayAsYouGo>(pending[1].Command).Terms);
        Assert.Null(Assert.IsType<SetPayAsYouGo>(pending[2].Command).Terms);
    }

    /// <summary>Orders are compared by what they say; the grants within are lists.</summary>
    private sealed class OrderFacts : IEqualityComparer<ProductOrder?>
    {
        public bool Equals(ProductOrder? x, ProductOrder? y) =>
            x! with { Offering = y!.Offering } == y && x.Offering.Grants.SequenceEqual(y.Offering.Grants);

        public int GetHashCode(ProductOrder? obj) => obj!.Id.GetHashCode();
    }
}
