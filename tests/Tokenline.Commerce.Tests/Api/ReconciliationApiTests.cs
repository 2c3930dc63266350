using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Tokenline.Commerce.Tests.Payments;

namespace Tokenline.Commerce.Tests.Api;

/// <summary>The carrier's file over HTTP, against orders that were really placed.</summary>
public sealed class ReconciliationApiTests : ManagementApiHost
{
    [Fact]
    public async Task A_days_file_is_held_against_the_orders_of_that_day()
    {
        var (first, second) = (await BuyAsync("+8613900000101"), await BuyAsync("+8613900000102"));
        var clean = await CompareAsync("2026-09-01", Line(first, "9.900"), Line(second, "9.900"));
        Assert.Equal(("True", "2", "2", "0"), (clean["clean"], clean["lines"], clean["matched"], clean["differences"]));

        var wrong = await CompareAsync("2026-09-01", Line(first, "10.000"), Line(("ord_0000000000000", "pay-9"), "1.000"));
        Assert.Equal(("False", "3"), (wrong["clean"], wrong["differences"]));
        Assert.Equal(
            ("amountDiffers", "2", first.Order, "9.9", "10"),
            (
                wrong["findings.0.difference"],
                wrong["findings.0.line"],
                wrong["findings.0.correlator"],
                wrong["findings.0.ours.amount"],
                wrong["findings.0.theirs.amount"]
            )
        );
        Assert.Equal(("missingHere", "3"), (wrong["findings.1.difference"], wrong["findings.1.line"]));
        Assert.Equal(("missingAtCarrier", second.Order), (wrong["findings.2.difference"], wrong["findings.2.correlator"]));
    }

    [Fact]
    public async Task A_payment_that_was_known_only_the_day_after_is_matched_in_the_file_of_its_day()
    {
        var carrier = app.Services.GetRequiredService<FakePhoneBill>();
        carrier.LosesAnswers = true;
        var (order, _) = await BuyAsync("+8613900000101", 202);
        app.Services.GetRequiredService<FakeTimeProvider>().AdjustTime(World.Start.AddDays(1)); // no timer of the host runs for it
        carrier.LosesAnswers = false;
        await app.Services.GetRequiredService<Tokenline.Commerce.Orders.Ordering>().ResumeAsync(CancellationToken.None);

        Assert.Equal("True", (await CompareAsync("2026-09-01", Line((order, "pay-1"), "9.900")))["clean"]);
        var next = await CompareAsync("2026-09-02");
        Assert.Equal(("missingAtCarrier", "1"), (next["findings.0.difference"], next["differences"]));
        Assert.Contains("earlier day", next["findings.0.note"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_order_that_was_not_paid_here_and_one_that_is_free_are_told_apart()
    {
        var carrier = app.Services.GetRequiredService<FakePhoneBill>();
        carrier.LosesAnswers = true;
        var (order, _) = await BuyAsync("+8613900000101", 202);
        var found = await CompareAsync("2026-09-01", Line((order, "pay-1"), "9.900"));
        Assert.Equal(("missingHere", "here it is in progress"), (found["findings.0.difference"], found["findings.0.note"]));
    }

    [Fact]
    public async Task A_file_or_a_date_that_cannot_be_read_is_refused_with_its_place()
    {
        Assert.Equal("date", (await PostAsync("yesterday", "", 400))["param"]);
        Assert.Equal("date", (await PostAsync("2026-02-30", "", 400))["param"]);
        var refused = await PostAsync("2026-09-01", SettlementReaderTests.Header + "\npayment,p1\n", 400);
        Assert.Equal(("file", "invalid_request_error"), (refused["param"], refused["code"]));
        Assert.StartsWith("Line 2: ", refused["detail"], StringComparison.Ordinal);
    }

    private async Task<(string Order, string Reference)> BuyAsync(string phoneNumber, int status = 201)
    {
        var customer = await SendAsync(HttpMethod.Post, "customers", $$"""{"phoneNumber":"{{phoneNumber}}","name":"Li Lei"}""", 201);
        var order = await SendAsync(HttpMethod.Post, "orders", $$"""{"customer":"{{customer["id"]}}","offering":"plan-light"}""", status);
        return (order["id"]!, order["paymentReference"] ?? "");
    }

    private static string Line((string Order, string Reference) paid, string amount) =>
        $"payment,{paid.Reference},,{paid.Order},{paid.Order},+8613900000101,{amount},CNY,2026-09-01T10:30:00+08:00\n";

    private Task<Answer> CompareAsync(string date, params string[] lines) =>
        PostAsync(date, $"{SettlementReaderTests.Header}\n{string.Concat(lines)}end,{lines.Length},,,,,,,\n", 200);

    private Task<Answer> PostAsync(string date, string file, int status) =>
        SendAsync(HttpMethod.Post, $"reconciliations/carrier?date={date}", file, status);
}
