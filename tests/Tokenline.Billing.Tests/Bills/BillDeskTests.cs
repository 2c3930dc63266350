using Tokenline.Billing.Bills;
using Tokenline.Commerce;

namespace Tokenline.Billing.Tests.Bills;

/// <summary>What becomes of a bill of 10 CNY, tax of 6 percent within.</summary>
public sealed class BillDeskTests
{
    private static readonly DateTimeOffset later = MonthStory.At("12-05");
    private readonly MonthStory story = new(options: new BillingOptions { TaxPercent = 6m });
    private string id = "";

    [Fact]
    public async Task A_bill_is_sent_and_paid_in_parts_and_a_payment_that_comes_twice_counts_once()
    {
        await BillAsync();
        Assert.Equal(BillState.Sent, (await story.Bills.SendAsync(id, default)).Required().State);
        Assert.Equal(BillState.PartiallyPaid, (await PayAsync("a", 4m)).Required().State);
        Assert.Equal(6_000_000_000, (await PayAsync("a", 4m)).Required().OpenNano);
        Assert.Equal(Problems.IdempotencyConflict, (await PayAsync("a", 5m)).Refused!.Problem);
        Assert.Equal("amount", (await PayAsync("b", 6.01m)).Refused!.Param);
        Assert.Equal("amount", (await PayAsync("b", 0.001m)).Refused!.Param);
        Assert.Equal("amount", (await PayAsync("b", -1m)).Refused!.Param);
        Assert.Equal("id", (await PayAsync("a b", 1m)).Refused!.Param);
        Assert.Equal(
            "amount.currency",
            (await story.Bills.PayAsync(id, "b", new Money(1_000_000_000, new Currency("USD")), later, default)).Refused!.Param
        );
        Assert.Equal(BillState.Settled, (await PayAsync("b", 6m)).Required().State);
        Assert.Equal(Problems.WrongState, (await PayAsync("c", 1m)).Refused!.Problem);
        Assert.Equal(Problems.WrongState, (await story.Bills.SendAsync(id, default)).Refused!.Problem);
        await story.GoOnAsync(
            """
            books
              = bank 10 CNY
              = revenue -9.43 CNY
              = tax -0.57 CNY
            """
        );
    }

    [Fact]
    public async Task A_credit_note_takes_something_off_and_leaves_the_bill_as_it_was()
    {
        var made = await BillAsync();
        var credited = (await CreditAsync("n1", 3m)).Required();
        Assert.Equal((made.Hash, made.Bill.Hash(), 7_000_000_000), (credited.Hash, credited.Bill.Hash(), credited.OpenNano));
        Assert.Equal(7_000_000_000, (await CreditAsync("n1", 3m)).Required().OpenNano);
        Assert.Equal(Problems.IdempotencyConflict, (await CreditAsync("n1", 2m)).Refused!.Problem);
        Assert.Equal("amount", (await CreditAsync("n2", 7.01m)).Refused!.Param);
        Assert.Equal(BillState.Settled, (await CreditAsync("n2", 7m)).Required().State);
        await story.GoOnAsync(
            """
            books
              = discount 9.43 CNY
              = revenue -9.43 CNY
            """
        );
    }

    [Fact]
    public async Task A_dispute_holds_a_bill_until_it_is_answered_once()
    {
        await BillAsync();
        await story.Bills.SendAsync(id, default);
        Assert.Equal(BillState.OnHold, (await story.Bills.DisputeAsync(id, "d", "I did not call", later, default)).Required().State);
        Assert.Equal(BillState.OnHold, (await story.Bills.DisputeAsync(id, "d", "I did not call", later, default)).Required().State);
        Assert.Equal(Problems.WrongState, (await story.Bills.DisputeAsync(id, "e", "nor then", later, default)).Refused!.Problem);
        Assert.Equal(Problems.WrongState, (await story.Bills.WriteOffAsync(id, later, default)).Refused!.Problem);
        // Money that comes meanwhile is not turned away.
        Assert.Equal(BillState.OnHold, (await PayAsync("a", 1m)).Required().State);
        Assert.Equal("amount", (await story.Bills.AnswerAsync(id, "d", Cny(11m), "all of it", later, default)).Refused!.Param);
        var answered = (await story.Bills.AnswerAsync(id, "d", Cny(4m), "half of it", later, default)).Required();
        Assert.Equal((BillState.PartiallyPaid, 5_000_000_000), (answered.State, answered.OpenNano));
        Assert.Equal(Problems.WrongState, (await story.Bills.AnswerAsync(id, "d", null, "no", later, default)).Refused!.Problem);
        Assert.Equal(Problems.NotFound, (await story.Bills.AnswerAsync(id, "x", null, "no", later, default)).Refused!.Problem);

        await story.Bills.DisputeAsync(id, "f", "still", later, default);
        Assert.Equal(BillState.PartiallyPaid, (await story.Bills.AnswerAsync(id, "f", null, "it stands", later, default)).Required().State);
    }

    [Fact]
    public async Task What_is_given_up_is_written_off_and_settles_the_bill()
    {
        await BillAsync();
        await PayAsync("a", 4m);
        Assert.Equal(BillState.Settled, (await story.Bills.WriteOffAsync(id, later, default)).Required().State);
        Assert.Equal(Problems.WrongState, (await story.Bills.WriteOffAsync(id, later, default)).Refused!.Problem);
        Assert.Equal(Problems.NotFound, (await story.Bills.WriteOffAsync("2026-11/nobody", later, default)).Refused!.Problem);
        await story.GoOnAsync(
            """
            books
              = bank 4 CNY
              = revenue -9.43 CNY
              = tax -0.57 CNY
              = write_off 6 CNY
            """
        );
    }

    [Theory]
    [InlineData("minimum", 12, -1)]
    [InlineData("until", 10, 5)]
    public async Task An_agreement_that_cannot_be_is_refused(string param, int until, int minimum)
    {
        var wrong = new Agreement(
            new AccountId(1),
            0,
            BillingPeriod.Of(2026, 11),
            BillingPeriod.Of(2026, until),
            Currency.Cny,
            minimum,
            TierReach.Whole,
            []
        );
        Assert.Equal(param, (await new Agreements(story.Store).PutAsync(wrong, default)).Refused!.Param);
    }

    [Fact]
    public async Task Agreements_follow_each_other_and_reach_no_bill_that_is_made()
    {
        await BillAsync();
        var agreements = new Agreements(story.Store);
        var next = new Agreement(new AccountId(1), 0, BillingPeriod.Of(2026, 12), null, Currency.Cny, 5m, TierReach.Whole, []);
        Assert.Equal(1, (await agreements.PutAsync(next, default)).Required().Number);
        Assert.Equal(2, (await agreements.PutAsync(next with { Minimum = 6m }, default)).Required().Number);
        Assert.Equal("from", (await agreements.PutAsync(next with { From = BillingPeriod.Of(2026, 11) }, default)).Refused!.Param);
        Assert.Equal("tiers.1.from", (await agreements.PutAsync(next with { Tiers = [new(5, 1), new(5, 2)] }, default)).Refused!.Param);
        Assert.Equal("tiers.0.discountPercent", (await agreements.PutAsync(next with { Tiers = [new(5, 101)] }, default)).Refused!.Param);
        Assert.Equal("minimum", (await agreements.PutAsync(next with { Minimum = null }, default)).Refused!.Param);
        await story.CloseAsync(BillingPeriod.Of(2026, 12), MonthStory.At("2027-01-01"));
        // The last one that covers the month is in force; nothing was called, and the minimum is due.
        await story.GoOnAsync(
            """
            bill ann 2026-12
              = minimum agreement 2 6
            """
        );
    }

    private async Task<BillDocument> BillAsync()
    {
        await story.GoOnAsync(
            """
            11-01 grant payg 100 CNY to 12-01 as Postpaid
            11-12 call c1 glm-5 zhipu 10 payg
            close 2026-11
            """
        );
        id = Bill.IdOf(MonthStory.Account("ann"), BillingPeriod.Of(2026, 11));
        return (await story.Bills.FindAsync(id, default)).Required();
    }

    private Task<Outcome<BillDocument>> PayAsync(string name, decimal amount) =>
        story.Bills.PayAsync(id, name, Cny(amount), later, default);

    private Task<Outcome<BillDocument>> CreditAsync(string name, decimal amount) =>
        story.Bills.CreditAsync(id, name, Cny(amount), "a present", null, later, default);

    private static Money Cny(decimal amount) => Money.FromDecimal(amount, Currency.Cny);
}
