using System.Text.RegularExpressions;
using Tokenline.Billing;
using Tokenline.Billing.Bills;
using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Portal.Bills;
using Tokenline.Portal.Texts;

namespace Tokenline.Portal.Tests;

[Collection(Lane.Forms)]
public sealed class BillPageTests(PortalServer server)
{
    [Fact]
    public async Task A_months_bill_is_listed_read_by_product_model_and_member_and_downloaded()
    {
        var (customer, period) = await server.BilledAsync();
        using var visit = await server.SignedInAsync(customer);
        Assert.Contains($"href=\"/bills/{period}\"", (await visit.GetAsync("/bills")).Body, StringComparison.Ordinal);

        var page = await visit.GetAsync($"/bills/{period}");
        var bill = (await server.Get<BillReading>().FindAsync(customer.Account, $"{period}", PortalServer.Cancel))!.Bill;
        Assert.True(bill.DueNano > 0, BillingJson.Write(bill));
        Assert.Contains(
            new PortalTexts(Language.English).Money(new Money(bill.DueNano, bill.Currency)),
            page.Body,
            StringComparison.Ordinal
        );
        Assert.Contains(bill.Hash(), page.Body, StringComparison.Ordinal);
        Assert.Contains("glm-5", (await visit.GetAsync($"/bills/{period}?by=model")).Body, StringComparison.Ordinal);
        Assert.Contains("billed-key", (await visit.GetAsync($"/bills/{period}?by=member")).Body, StringComparison.Ordinal);
        Assert.Equal(200, (await visit.GetAsync($"/bills/{period}?by=product")).Status);

        Assert.StartsWith("%PDF-1.7", (await visit.GetAsync($"/bills/{period}/pdf")).Body, StringComparison.Ordinal);
        Assert.StartsWith("bill,kind,name,model", (await visit.GetAsync($"/bills/{period}/csv")).Body, StringComparison.Ordinal);
        var json = (await visit.GetAsync($"/bills/{period}/json")).Body;
        Assert.Equal(
            bill.Hash(),
            Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(json)))
        );
    }

    [Fact]
    public async Task A_line_is_disputed_once_and_the_answer_is_there_to_read()
    {
        var (customer, period) = await server.BilledAsync();
        using var visit = await server.SignedInAsync(customer);
        var page = await visit.GetAsync($"/bills/{period}");
        var name = Regex.Match(page.Body, "name=\"dispute\" value=\"(web-[0-9a-f]+)\"").Groups[1].Value;

        var empty = await visit.PostAsync($"/bills/{period}", "dispute", ("dispute", name), ("line", "0"), ("reason", " "));
        Assert.Contains("A few words are needed", empty.Body, StringComparison.Ordinal);
        for (var times = 0; times < 2; times++) // a double click
            Assert.Equal(
                302,
                (await visit.PostAsync($"/bills/{period}", "dispute", ("dispute", name), ("line", "0"), ("reason", "Not mine"))).Status
            );

        var held = await visit.GetAsync($"/bills/{period}");
        Assert.Contains("Nothing is due while your question is open", held.Body, StringComparison.Ordinal);
        Assert.Single(Regex.Matches(held.Body, "Not mine"));
        Assert.DoesNotContain("value=\"dispute\"", held.Body, StringComparison.Ordinal); // one at a time

        var credit = new Money(Money.NanoPerUnit / 100, Currency.Cny);
        var now = TimeProvider.System.GetUtcNow();
        (
            await server
                .Get<BillDesk>()
                .AnswerAsync(Bill.IdOf(customer.Account, period), name, credit, "You are right.", now, PortalServer.Cancel)
        ).Required();
        var answered = await visit.GetAsync($"/bills/{period}");
        Assert.Contains("You are right.", answered.Body, StringComparison.Ordinal);
        Assert.Contains("accepted", answered.Body, StringComparison.Ordinal);
        Assert.Contains("−¥0.01", answered.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_customers_bill_is_none_and_a_month_without_one_is_none()
    {
        var (_, period) = await server.BilledAsync();
        var stranger = await server.CustomerAsync(0);
        using var visit = await server.SignedInAsync(stranger);
        foreach (
            var address in new[] { $"/bills/{period}", $"/bills/{period}/pdf", $"/bills/{period}/csv", $"/bills/{period}/json", "/bills/x" }
        )
            Assert.Equal(404, (await visit.GetAsync(address)).Status);
        Assert.Contains("There is no bill yet", (await visit.GetAsync("/bills")).Body, StringComparison.Ordinal);
    }
}
