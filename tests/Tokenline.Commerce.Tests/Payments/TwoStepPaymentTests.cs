using Tokenline.Commerce.Payments;

namespace Tokenline.Commerce.Tests.Payments;

public sealed class TwoStepPaymentTests
{
    [Fact]
    public async Task What_was_reserved_is_charged_once_however_often_it_is_confirmed()
    {
        await using var desk = await CarrierBench.OpenAsync();
        var asked = Asked("ord_1");
        var reserved = await desk.Bill.ReserveAsync(asked, CancellationToken.None);
        Assert.True(reserved.Accepted);
        Assert.Null(reserved.Validation);
        Assert.Equal(reserved, await desk.Bill.ReserveAsync(asked, CancellationToken.None));

        var paid = await desk.Bill.ConfirmAsync(reserved.Reference!, asked, CancellationToken.None);
        Assert.Equal(paid, await desk.Bill.ConfirmAsync(reserved.Reference!, asked, CancellationToken.None));
        Assert.True(paid.Accepted);
        Assert.Equal(asked.Amount, Assert.Single(desk.Carrier.Entries).Amount);
        var cancelled = await desk.Bill.CancelAsync(reserved.Reference!, asked, CancellationToken.None);
        Assert.Equal((false, "the payment was confirmed"), (cancelled.Accepted, cancelled.Reason));
    }

    [Fact]
    public async Task What_was_cancelled_or_has_run_out_is_not_charged()
    {
        await using var desk = await CarrierBench.OpenAsync();
        var (first, second) = (Asked("ord_1"), Asked("ord_2"));
        var reserved = (await desk.Bill.ReserveAsync(first, CancellationToken.None)).Reference!;
        Assert.True((await desk.Bill.CancelAsync(reserved, first, CancellationToken.None)).Accepted);
        Assert.True((await desk.Bill.CancelAsync(reserved, first, CancellationToken.None)).Accepted);
        Assert.False((await desk.Bill.ConfirmAsync(reserved, first, CancellationToken.None)).Accepted);

        var forgotten = (await desk.Bill.ReserveAsync(second, CancellationToken.None)).Reference!;
        desk.Time.Advance(TimeSpan.FromMinutes(15));
        Assert.False((await desk.Bill.ConfirmAsync(forgotten, second, CancellationToken.None)).Accepted);
        Assert.False((await desk.Bill.ConfirmAsync("pay-unknown", second, CancellationToken.None)).Accepted);
    }

    [Fact]
    public async Task Accepted_is_not_charged_the_payment_says_what_is()
    {
        await using var desk = await CarrierBench.OpenAsync();
        var denied = Asked("ord_1", "+8613800009911");
        var reserved = (await desk.Bill.ReserveAsync(denied, CancellationToken.None)).Reference!;
        Assert.False((await desk.Bill.ConfirmAsync(reserved, denied, CancellationToken.None)).Accepted);

        var later = Asked("ord_2", "+8613800009903");
        await Assert.ThrowsAsync<HttpRequestException>(() => desk.Bill.ReserveAsync(later, CancellationToken.None));
        desk.Time.Advance(TimeSpan.FromSeconds(2));
        reserved = (await desk.Bill.ReserveAsync(later, CancellationToken.None)).Reference!;
        await Assert.ThrowsAsync<HttpRequestException>(() => desk.Bill.ConfirmAsync(reserved, later, CancellationToken.None));
        desk.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.True((await desk.Bill.ConfirmAsync(reserved, later, CancellationToken.None)).Accepted);
    }

    [Fact]
    public async Task A_reservation_that_needs_a_code_waits_for_it()
    {
        await using var desk = await CarrierBench.OpenAsync();
        var asked = Asked("ord_1", "+8613800009910");
        var reserved = await desk.Bill.ReserveAsync(asked, CancellationToken.None);
        var authorization = reserved.Validation!.AuthorizationId!;
        var code = Assert.Single(desk.Carrier.Messages.All).Text[..6];
        Assert.Equal(PasswordCheck.Wrong, await Validate(authorization, code == "000000" ? "1" : "000000"));
        Assert.Equal(PasswordCheck.Unknown, await Validate("other", code));
        await Assert.ThrowsAsync<HttpRequestException>(() => desk.Bill.ConfirmAsync(reserved.Reference!, asked, CancellationToken.None));
        Assert.Equal(PasswordCheck.Right, await Validate(authorization, code));
        Assert.Equal(PasswordCheck.Right, await Validate(authorization, code));
        Assert.True((await desk.Bill.ConfirmAsync(reserved.Reference!, asked, CancellationToken.None)).Accepted);

        Task<PasswordCheck> Validate(string id, string text) =>
            desk.Bill.ValidateAsync(reserved.Reference!, id, text, CancellationToken.None);
    }

    [Fact]
    public async Task A_reference_of_another_payment_is_not_confirmed_as_ours()
    {
        await using var desk = await CarrierBench.OpenAsync();
        var (ours, other) = (Asked("ord_1"), Asked("ord_2"));
        await desk.Bill.ReserveAsync(ours, CancellationToken.None);
        var theirs = (await desk.Bill.ReserveAsync(other, CancellationToken.None)).Reference!;
        await Assert.ThrowsAsync<HttpRequestException>(() => desk.Bill.ConfirmAsync(theirs, ours, CancellationToken.None));
        Assert.Equal("ord_1", Assert.Single(desk.Alarms.Raised).Correlator);
    }

    private static PhoneBillRequest Asked(string correlator, string number = "+8613800001111") =>
        new(correlator, number, Money.FromDecimal(9.9m, Currency.Cny), "Light");
}
