using Microsoft.Extensions.DependencyInjection;
using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Payments;

namespace Tokenline.Commerce.Tests.Orders;

/// <summary>Orders that wait for their customer, and lines that have consented.</summary>
public sealed class ConfirmingTests
{
    private readonly FakePasswords passwords = new();

    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task A_code_pays_the_order_and_a_wrong_one_does_not()
    {
        await using var world = await OpenAsync();
        var buyer = await world.NewCustomerAsync();
        var confirming = world.Get<Confirming>();
        var order = (await confirming.PlaceAsync(With(buyer.Id, OrderConfirmation.OneTimePassword), None)).Required();
        Assert.Equal((OrderState.Pending, buyer.PhoneNumber), (order.State, Assert.Single(passwords.Sent).PhoneNumber));
        Assert.Equal(order.Id, (await confirming.PlaceAsync(With(buyer.Id, OrderConfirmation.OneTimePassword), None)).Required().Id);
        Assert.Single(passwords.Sent);

        Assert.Equal("code", (await confirming.ConfirmAsync(order.Id, null, None)).Refused!.Param);
        Assert.Equal(Problems.WrongCode, (await confirming.ConfirmAsync(order.Id, "1111", None)).Refused!.Problem);
        Assert.DoesNotContain(world.Carrier.Asked, ask => ask.PhoneNumber == buyer.PhoneNumber);
        var paid = (await confirming.ConfirmAsync(order.Id, "1234", None)).Required();

        Assert.Equal((OrderState.Completed, 1), (paid.State, (await world.BucketsAsync(buyer)).Count));
        Assert.Equal(Problems.WrongState, (await confirming.ConfirmAsync(order.Id, "1234", None)).Refused!.Problem);
        Assert.Equal(Problems.WrongState, (await confirming.CancelAsync(order.Id, None)).Refused!.Problem);
        Assert.Single(world.Carrier.Asked, ask => ask.PhoneNumber == buyer.PhoneNumber);
    }

    [Fact]
    public async Task Too_many_tries_want_another_code_and_no_more_than_five_are_sent()
    {
        await using var world = await OpenAsync();
        var buyer = await world.NewCustomerAsync();
        var confirming = world.Get<Confirming>();
        var order = (await confirming.PlaceAsync(With(buyer.Id, OrderConfirmation.OneTimePassword), None)).Required();
        for (var i = 0; i < 3; i++)
            await confirming.ConfirmAsync(order.Id, "1111", None);
        Assert.Contains("another", (await confirming.ConfirmAsync(order.Id, "1234", None)).Refused!.Message, StringComparison.Ordinal);

        for (var i = 0; i < 4; i++)
            (await confirming.SendCodeAsync(order.Id, None)).Required();
        Assert.Equal(Problems.RateLimitExceeded, (await confirming.SendCodeAsync(order.Id, None)).Refused!.Problem);
        Assert.Equal(OrderState.Completed, (await confirming.ConfirmAsync(order.Id, "1234", None)).Required().State);
    }

    [Fact]
    public async Task What_is_not_confirmed_in_time_fails_pays_nothing_and_gives_its_place_back()
    {
        await using var world = await OpenAsync();
        var buyer = await world.NewCustomerAsync();
        var confirming = world.Get<Confirming>();
        var order = (await confirming.PlaceAsync(With(buyer.Id, OrderConfirmation.OneTimePassword), None)).Required();
        world.Time.Advance(TimeSpan.FromMinutes(15));

        Assert.Equal(Problems.WrongState, (await confirming.ConfirmAsync(order.Id, "1234", None)).Refused!.Problem);
        await world.Get<CommerceStart>().ResumeAsync(None);

        var ended = (await world.Get<IOrderStore>().FindAsync(order.Id, None))!;
        Assert.Equal((OrderState.Failed, "it was not confirmed in time"), (ended.State, ended.Reason));
        Assert.False(await world.Get<IOrderStore>().HasOrderedAsync(buyer.Id, "plan-light", None));
    }

    [Fact]
    public async Task A_number_that_gets_no_codes_fails_its_order_and_a_silent_carrier_leaves_it_to_be_asked_again()
    {
        await using var world = await OpenAsync();
        var buyer = await world.NewCustomerAsync();
        var confirming = world.Get<Confirming>();
        passwords.Refusal = Refused.Invalid("phoneNumber", "This number cannot get text messages.");
        var failed = (await confirming.PlaceAsync(With(buyer.Id, OrderConfirmation.OneTimePassword, "a"), None)).Required();
        Assert.Equal((OrderState.Failed, "This number cannot get text messages."), (failed.State, failed.Reason));
        (passwords.Refusal, passwords.IsDown) = (null, true);

        var waiting = (await confirming.PlaceAsync(With(buyer.Id, OrderConfirmation.OneTimePassword, "b"), None)).Required();
        Assert.Equal((OrderState.Pending, null), (waiting.State, waiting.Challenge));
        Assert.Equal(Problems.WrongState, (await confirming.ConfirmAsync(waiting.Id, "1234", None)).Refused!.Problem);
        passwords.IsDown = false;
        (await confirming.SendCodeAsync(waiting.Id, None)).Required();
        Assert.Equal(OrderState.Completed, (await confirming.ConfirmAsync(waiting.Id, "1234", None)).Required().State);
    }

    [Theory]
    [InlineData("confirmed", OrderState.Completed, PhoneBillState.Succeeded)]
    [InlineData("cancelled", OrderState.Cancelled, PhoneBillState.Cancelled)]
    [InlineData("late", OrderState.Failed, PhoneBillState.Cancelled)]
    public async Task What_is_set_aside_is_charged_or_let_go_of(string what, OrderState end, PhoneBillState atCarrier)
    {
        await using var world = await OpenAsync();
        var buyer = await world.NewCustomerAsync();
        var confirming = world.Get<Confirming>();
        var order = (await confirming.PlaceAsync(With(buyer.Id, OrderConfirmation.Reservation), None)).Required();
        Assert.Equal(PhoneBillState.Reserved, world.Carrier.Payments[order.Reservation!].State);
        Assert.Empty(await world.BucketsAsync(buyer));

        if (what == "confirmed")
            (await confirming.ConfirmAsync(order.Id, null, None)).Required();
        else if (what == "cancelled")
            (await confirming.CancelAsync(order.Id, None)).Required();
        else
        {
            world.Time.Advance(TimeSpan.FromMinutes(15));
            Assert.Equal(1, (await confirming.ExpireAsync(None)).Ended);
        }

        Assert.Equal(end, (await world.Get<IOrderStore>().FindAsync(order.Id, None))!.State);
        Assert.Equal(atCarrier, world.Carrier.Payments[order.Reservation!].State);
        Assert.Equal(end == OrderState.Completed ? 1 : 0, (await world.BucketsAsync(buyer)).Count);
    }

    [Fact]
    public async Task A_reservation_whose_answers_are_lost_is_asked_for_again_and_let_go_of_once_it_can_be()
    {
        await using var world = await OpenAsync();
        var buyer = await world.NewCustomerAsync();
        var confirming = world.Get<Confirming>();
        world.Carrier.LosesAnswers = true;
        var order = (await confirming.PlaceAsync(With(buyer.Id, OrderConfirmation.Reservation), None)).Required();
        Assert.Equal((OrderState.Pending, null), (order.State, order.Reservation));
        Assert.Equal(Problems.PaymentInProgress, (await confirming.ConfirmAsync(order.Id, null, None)).Refused!.Problem);
        Assert.Equal(Problems.PaymentInProgress, (await confirming.CancelAsync(order.Id, None)).Refused!.Problem);
        world.Time.Advance(TimeSpan.FromMinutes(15));
        Assert.Equal(0, (await confirming.ExpireAsync(None)).Ended);
        world.Carrier.LosesAnswers = false;
        Assert.Equal(1, (await confirming.ExpireAsync(None)).Ended);

        Assert.Equal(
            PhoneBillState.Cancelled,
            Assert.Single(world.Carrier.Payments.Values, made => made.Correlator == order.Id.ToString()).State
        );
        Assert.Equal(OrderState.Failed, (await world.Get<IOrderStore>().FindAsync(order.Id, None))!.State);
    }

    [Fact]
    public async Task A_confirmation_whose_answer_is_lost_is_asked_for_again_and_charged_once()
    {
        await using var world = await OpenAsync();
        var buyer = await world.NewCustomerAsync();
        var confirming = world.Get<Confirming>();
        var order = (await confirming.PlaceAsync(With(buyer.Id, OrderConfirmation.Reservation), None)).Required();
        world.Carrier.LosesAnswers = true;
        Assert.Equal(OrderState.InProgress, (await confirming.ConfirmAsync(order.Id, null, None)).Required().State);
        Assert.Equal(Problems.WrongState, (await confirming.CancelAsync(order.Id, None)).Refused!.Problem);
        world.Carrier.LosesAnswers = false;

        Assert.Equal(1, (await world.Ordering.ResumeAsync(None)).Ended);
        Assert.Equal(OrderState.Completed, (await world.Get<IOrderStore>().FindAsync(order.Id, None))!.State);
        Assert.Single(await world.BucketsAsync(buyer));
    }

    [Fact]
    public async Task A_line_that_has_consented_buys_by_one_click_within_its_limits_until_it_takes_that_back()
    {
        await using var world = await OpenAsync();
        var buyer = await world.NewCustomerAsync();
        var (consents, click) = (world.Get<OneClick>(), With(buyer.Id, OrderConfirmation.OneClick) with { ExternalId = null });
        Assert.Equal(Problems.ConfirmationRequired, (await world.Ordering.PlaceAsync(click, None)).Refused!.Problem);
        (await consents.AskAsync(buyer.Id, Yuan(10), Yuan(20), None)).Required();
        Assert.Equal(Problems.WrongCode, (await consents.GiveAsync(buyer.Id, "1111", None)).Refused!.Problem);
        Assert.Equal(Problems.ConfirmationRequired, (await world.Ordering.PlaceAsync(click, None)).Refused!.Problem);
        Assert.Equal(ConsentState.Active, (await consents.GiveAsync(buyer.Id, "1234", None)).Required().State);

        var dear = click with { Offering = "plan-standard" };
        Assert.Contains("10 CNY for an order", (await world.Ordering.PlaceAsync(dear, None)).Refused!.Message, StringComparison.Ordinal);
        var bought = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => world.Ordering.PlaceAsync(click, None))));
        Assert.Equal(2, bought.Count(one => one.Value?.State == OrderState.Completed)); // 19.80 of 20
        world.Time.SetUtcNow(new(2026, 10, 1, 0, 0, 0, TimeSpan.FromHours(8)));
        Assert.Equal(OrderState.Completed, (await world.Ordering.PlaceAsync(click, None)).Required().State); // another month

        Assert.Null(await consents.RevokeAsync(buyer.Id, None));
        Assert.Null(await consents.RevokeAsync(buyer.Id, None));
        Assert.Equal(Problems.ConfirmationRequired, (await world.Ordering.PlaceAsync(click, None)).Refused!.Problem);
        Assert.Equal(Problems.NotFound, (await consents.FindAsync(buyer.Id, None)).Refused!.Problem);
    }

    [Fact]
    public async Task A_consent_is_asked_for_within_reason_and_a_new_one_takes_the_place_of_the_old_when_its_code_is_given()
    {
        await using var world = await OpenAsync();
        var buyer = await world.NewCustomerAsync();
        var consents = world.Get<OneClick>();
        Assert.Equal("perOrder.amount", (await consents.AskAsync(buyer.Id, Yuan(0), Yuan(20), None)).Refused!.Param);
        Assert.Equal("perMonth.amount", (await consents.AskAsync(buyer.Id, Yuan(30), Yuan(20), None)).Refused!.Param);
        Assert.Equal(Problems.WrongState, (await consents.GiveAsync(buyer.Id, "1234", None)).Refused!.Problem);
        await consents.AskAsync(buyer.Id, Yuan(10), Yuan(20), None);
        await consents.GiveAsync(buyer.Id, "1234", None);

        await consents.AskAsync(buyer.Id, Yuan(50), Yuan(100), None);
        Assert.Equal(Yuan(10), (await consents.FindAsync(buyer.Id, None)).Required().PerOrder);
        world.Time.Advance(TimeSpan.FromMinutes(15));
        Assert.Equal(Problems.WrongState, (await consents.GiveAsync(buyer.Id, "1234", None)).Refused!.Problem);
        await consents.AskAsync(buyer.Id, Yuan(50), Yuan(100), None);
        await consents.GiveAsync(buyer.Id, "1234", None);

        Assert.Equal(Yuan(50), (await consents.FindAsync(buyer.Id, None)).Required().PerOrder);
    }

    private static Money Yuan(decimal amount) => Money.FromDecimal(amount, Currency.Cny);

    private static OrderRequest With(PartyId buyer, OrderConfirmation confirmation, string externalId = "shop-1") =>
        new(buyer, "plan-light", externalId) { Confirmation = confirmation };

    private Task<World> OpenAsync() =>
        World.OpenAsync(seeded: true, register: services => services.AddSingleton<IOneTimePasswords>(passwords));
}
