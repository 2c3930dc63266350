using System.Text.RegularExpressions;
using Tokenline.Charging;
using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Payments;
using Tokenline.Commerce.Receivables;
using Tokenline.Commerce.Referrals;
using Tokenline.Commerce.Refunds;
using Tokenline.Commerce.Subscriptions;
using Tokenline.Commerce.Vouchers;
using Tokenline.Commerce.Wallets;

namespace Tokenline.Portal.Tests;

[Collection(Lane.Forms)]
public sealed partial class MoneyPageTests(PortalServer server)
{
    [Fact]
    public async Task Money_is_put_in_once_however_often_the_form_is_sent_and_pays_a_plan()
    {
        var customer = await server.CustomerAsync(0);
        using var visit = await server.SignedInAsync(customer);
        var name = HiddenName().Match((await visit.GetAsync("/wallet")).Body).Groups[1].Value;
        for (var times = 0; times < 2; times++)
            Assert.Equal(302, (await visit.PostAsync("/wallet", "top-up", ("name", name), ("amount", "30"))).Status);
        Assert.Contains("¥30.00 is in your wallet", (await visit.GetAsync($"/wallet?made={name}")).Body, StringComparison.Ordinal);
        Assert.Contains(
            "An amount",
            (await visit.PostAsync("/wallet", "top-up", ("name", "web-another-one"), ("amount", "x"))).Body,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "at most two decimals",
            (await visit.PostAsync("/wallet", "top-up", ("name", "web-another-one"), ("amount", "0"))).Body,
            StringComparison.Ordinal
        );

        var order = await OrderPageAsync(visit, "plan-standard");
        Assert.Contains("Wallet, ¥30.00 in it", order.Page.Body, StringComparison.Ordinal);
        var paid = await visit.PostAsync(order.Address, "order", ("expected", order.Expected), ("options.Method", "wallet"), ("do", "pay"));
        Assert.Equal(302, paid.Status);
        Assert.Contains("paid out of your wallet", (await visit.GetAsync(order.Address)).Body, StringComparison.Ordinal);
        var plan = Assert.Single(await server.Get<ISubscriptionStore>().ListAsync(customer.Id, PortalServer.Cancel));
        Assert.Equal(PaymentMethod.Wallet, plan.Method);

        var statement = (await visit.GetAsync("/wallet")).Body;
        Assert.Contains("−¥29.90", statement, StringComparison.Ordinal);
        Assert.Equal(2, Regex.Count((await visit.GetAsync("/wallet.csv")).Body, "mov_")); // in, and out
        // And from the next renewal on by phone bill again.
        Assert.Equal(302, (await visit.PostAsync($"/plans/{plan.Id}", "paying", ("method", "phone"))).Status);
        Assert.Equal(PaymentMethod.PhoneBill, (await server.Get<ISubscriptionStore>().FindAsync(plan.Id, PortalServer.Cancel))!.Method);
    }

    [Fact]
    public async Task A_voucher_is_shown_to_work_before_it_is_paid_with_and_nobody_pays_more_than_was_shown()
    {
        var code = (await server.Get<VoucherDesk>().MakeAsync(new VoucherSheet(VoucherType.Percent, Percent: 50), PortalServer.Cancel))
            .Required()
            .Vouchers[0]
            .Code;
        var customer = await server.CustomerAsync(0);
        using var visit = await server.SignedInAsync(customer);
        var order = await OrderPageAsync(visit, "plan-light");
        Assert.Contains(
            "There is no voucher",
            (
                await visit.PostAsync(order.Address, "order", ("expected", order.Expected), ("options.Voucher", "NO-SUCH"), ("do", "pay"))
            ).Body,
            StringComparison.Ordinal
        );

        var total = await visit.PostAsync(
            order.Address,
            "order",
            ("expected", order.Expected),
            ("options.Voucher", code.ToLowerInvariant()),
            ("do", "total")
        );
        Assert.Contains("¥4.95 less", total.Body, StringComparison.Ordinal);
        var reduced = Expected().Match(total.Body).Groups[1].Value;
        // The voucher taken out again costs more than was shown.
        var more = await visit.PostAsync(order.Address, "order", ("expected", reduced), ("do", "pay"));
        Assert.Contains("it costs ¥9.90", more.Body, StringComparison.Ordinal);
        Assert.Null(await server.Get<IOrderStore>().FindByExternalIdAsync(customer.Id, order.Name, PortalServer.Cancel));

        Assert.Equal(
            302,
            (await visit.PostAsync(order.Address, "order", ("expected", reduced), ("options.Voucher", code), ("do", "pay"))).Status
        );
        var made = await server.Get<IOrderStore>().FindByExternalIdAsync(customer.Id, order.Name, PortalServer.Cancel);
        Assert.Equal((OrderState.Completed, 4_950_000_000L, code), (made!.State, made.Price.Nano, made.Voucher));
    }

    [Fact]
    public async Task A_team_buys_seats_by_invoice_and_more_of_them_at_the_price_that_was_shown()
    {
        var family = await server.FamilyAsync();
        var team = family.Household;
        (
            await server
                .Get<ReceivableDesk>()
                .AgreeAsync(team.Id, 30, new Money(100_000 * Money.NanoPerUnit, Currency.Cny), null, true, PortalServer.Cancel)
        ).Required();
        using var visit = await server.SignedInAsync(family.Owner, team);
        var saved = await visit.PostAsync(
            "/invoices",
            "recipient",
            ("form.Company", "Team Ltd"),
            ("form.TaxNumber", "91310000ma1fl0000x"),
            ("form.PurchaseOrder", "PO-7")
        );
        Assert.Equal(302, saved.Status);
        Assert.Contains("91310000MA1FL0000X", (await visit.GetAsync("/invoices?saved=1")).Body, StringComparison.Ordinal);
        Assert.Contains(
            "5 to 24 letters",
            (await visit.PostAsync("/invoices", "recipient", ("form.Company", "Team Ltd"), ("form.TaxNumber", "?"))).Body,
            StringComparison.Ordinal
        );

        var order = await OrderPageAsync(visit, "team-standard");
        Assert.Contains("value=\"PO-7\"", order.Page.Body, StringComparison.Ordinal);
        (string, string)[] chosen = [("options.Seats", "3"), ("options.Method", "invoice"), ("options.PurchaseOrder", "PO-7")];
        var total = await visit.PostAsync(order.Address, "order", [("expected", order.Expected), ("do", "total"), .. chosen]);
        var expected = Expected().Match(total.Body).Groups[1].Value;
        Assert.Equal(long.Parse(order.Expected) / 2 * 3, long.Parse(expected)); // two at the least
        Assert.Equal(302, (await visit.PostAsync(order.Address, "order", [("expected", expected), ("do", "pay"), .. chosen])).Status);
        var plan = (await server.Get<ISubscriptionStore>().ListAsync(team.Id, PortalServer.Cancel)).Single(one =>
            one.Offering.Id == "team-standard"
        );
        Assert.Equal((3, PaymentMethod.Invoice), (plan.Seats, plan.Method));
        Assert.Contains("PO-7", (await visit.GetAsync("/invoices")).Body, StringComparison.Ordinal);

        var quote = await visit.PostAsync($"/plans/{plan.Id}", "seats", ("count", "5"));
        Assert.Contains("5 seats: ", quote.Body, StringComparison.Ordinal);
        var shown = Regex.Match(quote.Body, "name=\"shown\" value=\"(\\d+)\"").Groups[1].Value;
        var changed = await visit.PostAsync($"/plans/{plan.Id}", "seats", ("count", "5"), ("quoted", "5"), ("shown", shown));
        Assert.True(changed.Status == 302 || changed.Body.Contains("price", StringComparison.OrdinalIgnoreCase), changed.Body);
        if (changed.Status == 302)
            Assert.Equal(5, (await server.Get<ISubscriptionStore>().FindAsync(plan.Id, PortalServer.Cancel))!.Seats);
    }

    [Fact]
    public async Task A_referral_code_is_in_the_link_and_in_the_order_that_came_by_it()
    {
        var terms = new ReferralTerms(
            new BonusGrant(new QuotaUnit("general-token"), 1_000_000L * QuotaUnit.Micro, 30),
            new Money(Money.NanoPerUnit, Currency.Cny),
            5,
            50
        );
        (await server.Get<ReferralDesk>().PutTermsAsync(terms, PortalServer.Cancel)).Required();
        var (old, fresh) = (await server.CustomerAsync(0), await server.CustomerAsync(0));
        (await server.Get<Ordering>().PlaceAsync(old.Id, "plan-light", "first", PortalServer.Cancel)).Required();
        using var theirs = await server.SignedInAsync(old);
        var code = Regex.Match((await theirs.GetAsync("/referrals")).Body, "/shop\\?referral=([A-Z0-9]+)").Groups[1].Value;

        using var visit = await server.SignedInAsync(fresh);
        var link = Regex
            .Match((await visit.GetAsync($"/shop?referral={code}")).Body, "href=\"(/shop/order\\?offering=plan-light&[^\"]+)\"")
            .Groups[1]
            .Value;
        Assert.EndsWith($"&referral={code}", link, StringComparison.Ordinal);
        var page = await visit.GetAsync(link);
        Assert.Contains($"value=\"{code}\"", page.Body, StringComparison.Ordinal);
        Assert.Equal(
            302,
            (
                await visit.PostAsync(
                    link,
                    "order",
                    ("expected", Expected().Match(page.Body).Groups[1].Value),
                    ("options.Referral", code),
                    ("do", "pay")
                )
            ).Status
        );
        Assert.Contains("waiting", (await theirs.GetAsync("/referrals")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_is_asked_back_on_its_receipt_and_the_answer_is_read_there()
    {
        var customer = await server.CustomerAsync();
        var call = await server.CallAsync((await server.KeyAsync(customer)).Text);
        using var visit = await server.SignedInAsync(customer);
        var address = $"/usage/calls/{call.Charge}";
        Assert.Contains("1 to 500 characters", (await visit.PostAsync(address, "back", ("reason", " "))).Body, StringComparison.Ordinal);
        for (var times = 0; times < 2; times++)
            await visit.PostAsync(address, "back", ("reason", "It broke off"));
        var page = await visit.GetAsync(address);
        Assert.Contains("not answered yet", page.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("name=\"reason\"", page.Body, StringComparison.Ordinal);

        var asked = Assert.Single(await server.Get<IRefundRequestStore>().OfAsync(call.Charge, PortalServer.Cancel));
        (await server.Get<RefundRequests>().GrantAsync(asked.Id, null, "Sorry for that.", "Lin", PortalServer.Cancel)).Required();
        page = await visit.GetAsync(address);
        Assert.Contains("Sorry for that.", page.Body, StringComparison.Ordinal);
        Assert.Contains("given back", page.Body, StringComparison.Ordinal);
        Assert.DoesNotContain(
            "Lin",
            page.Body.Replace("Link", "", StringComparison.Ordinal).Replace("Line", "", StringComparison.Ordinal),
            StringComparison.Ordinal
        );
    }

    private static async Task<(string Address, string Name, string Expected, Page Page)> OrderPageAsync(Visit visit, string offering)
    {
        var name = $"web-{Guid.NewGuid():n}";
        var address = $"/shop/order?offering={offering}&order={name}";
        var page = await visit.GetAsync(address);
        return (address, name, Expected().Match(page.Body).Groups[1].Value, page);
    }

    [GeneratedRegex("name=\"expected\" value=\"(\\d+)\"")]
    private static partial Regex Expected();

    [GeneratedRegex("name=\"name\" value=\"(web-[0-9a-f]+)\"")]
    private static partial Regex HiddenName();
}
