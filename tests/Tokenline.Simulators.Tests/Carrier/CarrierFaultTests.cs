using System.Net;
using System.Text.Json.Nodes;
using Tokenline.Simulators.Carrier;
using static Tokenline.Simulators.Tests.Carrier.CarrierDesk;

namespace Tokenline.Simulators.Tests.Carrier;

public sealed class CarrierFaultTests
{
    [Fact]
    public void The_readme_has_every_fault_with_its_number()
    {
        var rows = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Simulators.README.md"))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal) && line.Split('|').Length == 5)
            .Select(line => line.Split('|').Select(cell => cell.Trim(' ', '`')).ToArray())
            .Where(cells => cells[1].Length == 4 && cells[1].All(char.IsAsciiDigit))
            .ToDictionary(cells => cells[1], cells => cells[2]);
        Assert.Equal(CarrierFaults.ByLastDigits.ToDictionary(pair => pair.Key, pair => CarrierFaults.NameOf(pair.Value)), rows);
        Assert.Equal(
            Enum.GetValues<CarrierFault>().Where(fault => fault != CarrierFault.None).Order(),
            CarrierFaults.ByLastDigits.Values.Order()
        );
    }

    [Fact]
    public async Task A_number_may_be_refused_twice_and_then_pay()
    {
        await using var desk = await OpenAsync();
        var payment = Payment("c1", number: "+8613800009901");
        Assert.Equal((HttpStatusCode.Forbidden, "CARRIER_BILLING.PAYMENT_DENIED"), await desk.RefusedAsync(Payments, payment));
        Assert.Equal((HttpStatusCode.Forbidden, "CARRIER_BILLING.PAYMENT_DENIED"), await desk.RefusedAsync(Payments, payment));
        Assert.Empty(desk.Carrier.Entries);
        await desk.MadeAsync(Payments, payment);
    }

    [Fact]
    public async Task A_number_may_be_booked_at_once_and_answered_late()
    {
        await using var desk = await OpenAsync();
        var answer = desk.MadeAsync(Payments, Payment("c1", number: "+8613800009902"));
        while (desk.Carrier.Entries.Count == 0)
            await Task.Delay(5, TestContext.Current.CancellationToken);
        Assert.False(answer.IsCompleted);
        while (!answer.IsCompleted)
        {
            desk.Time.Advance(TimeSpan.FromSeconds(15));
            await Task.WhenAny(answer, Task.Delay(10, TestContext.Current.CancellationToken));
        }
        Assert.Equal("succeeded", (await answer)["paymentStatus"]!.ToString());
    }

    [Theory]
    [InlineData("+8613800009908", "19.8", "CNY")]
    [InlineData("+8613800009909", "9.9", "USD")]
    public async Task A_number_may_be_charged_something_else(string number, string amount, string currency)
    {
        await using var desk = await OpenAsync();
        var paid = await desk.MadeAsync(Payments, Payment("c1", number: number));
        var charged = paid["amountTransaction"]!["paymentAmount"]!["chargingInformation"]!;
        Assert.Equal((amount, currency), (charged["amount"]!.ToString(), charged["currency"]!.ToString()));
        Assert.Equal(paid.ToJsonString(), (await desk.MadeAsync(Payments, Payment("c1", number: number))).ToJsonString());
    }

    [Fact]
    public async Task A_carrier_may_refuse_every_repeat()
    {
        await using var desk = await OpenAsync();
        var payment = Payment("c1", number: "+8613800009912");
        await desk.MadeAsync(Payments, payment);
        Assert.Equal((HttpStatusCode.Conflict, "ALREADY_EXISTS"), await desk.RefusedAsync(Payments, payment));
        Assert.Single(desk.Carrier.Entries);
    }

    [Fact]
    public async Task Faults_can_be_ordered_for_a_number_and_for_all()
    {
        await using var desk = await OpenAsync();
        Assert.Equal(HttpStatusCode.OK, (await desk.PostAsync("control", new { fault = "barred" })).Status);
        await desk.PostAsync("control", new { fault = "none", phoneNumber = Number });
        await desk.PostAsync("control", new { fault = "unknown-number", phoneNumber = "+8613800005678" });
        await desk.MadeAsync(Payments, Payment("c1"));
        Assert.Equal(
            (HttpStatusCode.NotFound, "IDENTIFIER_NOT_FOUND"),
            await desk.RefusedAsync(Payments, Payment("c2", number: "+8613800005678"))
        );
        Assert.Equal(HttpStatusCode.Forbidden, (await desk.PostAsync(Payments, Payment("c3", number: "+8613800000000"))).Status);
        Assert.Equal(3, (await desk.GetAsync("control")).Body!["faults"]!.AsObject().Count);

        using var cleared = await desk.Client.DeleteAsync("control", TestContext.Current.CancellationToken);
        await desk.MadeAsync(Payments, Payment("c3", number: "+8613800000000"));
        Assert.Equal((HttpStatusCode.BadRequest, "INVALID_ARGUMENT"), await desk.RefusedAsync("control", new { fault = "explodes" }));
    }
}
