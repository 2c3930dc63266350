using System.Net;
using Tokenline.Simulators.Carrier;
using static Tokenline.Simulators.Tests.Carrier.CarrierDesk;

namespace Tokenline.Simulators.Tests.Carrier;

public sealed class CarrierSettlementTests
{
    [Fact]
    public async Task A_days_file_has_what_was_paid_and_given_back_on_that_day_in_china()
    {
        await using var desk = await OpenAsync();
        var first = await desk.MadeAsync(Payments, Payment("c1", 9.9m, reference: "a, \"b\""));
        await desk.MadeAsync(Payments + "/prepare", Payment("c2"));
        desk.Time.Advance(TimeSpan.FromHours(14)); // midnight in China
        var refund = await desk.MadeAsync(Refunds(first), Refund("r1", 2.5m));

        Assert.Equal(
            $""""
            {CarrierSettlement.Header}
            payment,{first["paymentId"]},,c1,"a, ""b""",{Number},9.900,CNY,2026-09-01T10:00:00.000+08:00
            end,1,,,,,,,

            """",
            await FileAsync(desk, "2026-09-01")
        );
        Assert.Equal(
            $""""
            {CarrierSettlement.Header}
            refund,{refund["refundId"]},{first["paymentId"]},r1,r1,{Number},2.500,CNY,2026-09-02T00:00:00.000+08:00
            end,1,,,,,,,

            """",
            await FileAsync(desk, "2026-09-02")
        );
        Assert.Equal($"{CarrierSettlement.Header}\nend,0,,,,,,,\n", await FileAsync(desk, "2026-08-31"));
    }

    [Fact]
    public async Task A_payment_in_two_steps_is_in_the_file_of_the_day_on_which_it_was_confirmed()
    {
        await using var desk = await OpenAsync(new() { ReservationTime = TimeSpan.FromDays(1) });
        var prepared = await desk.MadeAsync(Payments + "/prepare", Payment("c1"));
        desk.Time.Advance(TimeSpan.FromHours(14));
        await desk.PostAsync($"{Payments}/{prepared["paymentId"]}/confirm", new { phoneNumber = Number });
        Assert.Contains("end,0,", await FileAsync(desk, "2026-09-01"), StringComparison.Ordinal);
        Assert.Contains("end,1,", await FileAsync(desk, "2026-09-02"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lines_may_be_missing_twice_there_or_wrong()
    {
        await using var desk = await OpenAsync();
        await desk.MadeAsync(Payments, Payment("c1", 5m, "+8613800009915"));
        await desk.MadeAsync(Payments, Payment("c2", 5m, "+8613800009916"));
        await desk.MadeAsync(Payments, Payment("c3", 5m, "+8613800009917"));
        var lines = (await FileAsync(desk, "2026-09-01")).Split('\n');
        Assert.Equal(["c2", "c2", "c3"], lines[1..4].Select(line => line.Split(',')[3]));
        Assert.Equal(["5.000", "5.000", "6.000"], lines[1..4].Select(line => line.Split(',')[6]));
        Assert.Equal("end,3,,,,,,,", lines[4]);
    }

    [Fact]
    public async Task A_day_that_is_none_is_refused()
    {
        await using var desk = await OpenAsync();
        var (status, error) = await desk.GetAsync("settlement/2026-02-30.csv");
        Assert.Equal((HttpStatusCode.BadRequest, "INVALID_ARGUMENT"), Refusal(status, error));
    }

    private static Task<string> FileAsync(CarrierDesk desk, string day) =>
        desk.Client.GetStringAsync($"settlement/{day}.csv", TestContext.Current.CancellationToken);
}
