using Tokenline.Charging;
using Tokenline.Charging.Records;
using Tokenline.Commerce.AuditTrail;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Staff;

namespace Tokenline.Portal.Tests;

/// <summary>What support and finance do with a customer, without a browser.</summary>
[Collection(OnePortal.Name)]
public sealed class OperatorTests(PortalServer server)
{
    [Fact]
    public async Task A_customer_is_found_by_whatever_is_at_hand()
    {
        var customer = await server.CustomerAsync();
        var key = await server.KeyAsync(customer);
        var call = await server.CallAsync(key.Text);
        var own = $"/operator/customers/{customer.Id}";
        using var visit = await server.AsAsync(StaffRole.Support);

        foreach (
            var text in new[]
            {
                customer.PhoneNumber,
                $" {customer.PhoneNumber[..7]} {customer.PhoneNumber[7..]} ",
                customer.PhoneNumber[^8..],
                customer.Id.ToString(),
                customer.Account.ToString(),
                key.Key.Id.ToString(),
                key.Text,
                $"tl-…{key.Key.Last4}",
            }
        )
            Assert.Equal(own, (await visit.PostAsync("/operator/customers", "find", ("q", text))).PathOf());
        Assert.Equal(
            $"/operator/calls/{call.Charge}",
            (await visit.PostAsync("/operator/customers", "find", ("q", call.Charge.ToString()))).PathOf()
        );

        // The text of a key is in no address, also when nobody has it.
        var unknown = await visit.PostAsync("/operator/customers", "find", ("q", Keyring.NewKey()));
        Assert.Equal((200, null), (unknown.Status, unknown.Location));
        Assert.Equal(
            "/operator/customers?q=nobody-at-all",
            (await visit.PostAsync("/operator/customers", "find", ("q", "nobody-at-all"))).PathOf()
        );
        Assert.Contains("Nobody was found", (await visit.GetAsync("/operator/customers?q=nobody-at-all")).Body, StringComparison.Ordinal);
        Assert.Contains(customer.PhoneNumber, (await visit.GetAsync("/operator/customers?q=TEST%20SUBSCR")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_is_explained_and_given_back_once_with_a_preview_a_reason_and_an_entry()
    {
        var customer = await server.CustomerAsync();
        var call = await server.CallAsync((await server.KeyAsync(customer)).Text);
        var address = $"/operator/calls/{call.Charge}";
        using var visit = await server.AsAsync(StaffRole.Support);
        var page = await visit.GetAsync(address);
        Assert.Contains(call.Deployment, page.Body, StringComparison.Ordinal);

        var preview = await visit.PostAsync(address, "refund", ("percent", ""), ("step", "preview"));
        Assert.Contains(customer.PhoneNumber, preview.Body, StringComparison.Ordinal);
        var form = FormOnPage.Of(preview).Single(one => one.Handler == "refund");
        Assert.Empty(await RefundsAsync(call));

        // Nothing happens without a reason, or if what is confirmed is not what was seen.
        await visit.PostAsync(address, "refund", [.. form.With(("refund-reason", " ")), ("step", "confirm")]);
        await visit.PostAsync(
            address,
            "refund",
            [.. form.With(("refund-reason", "slow answer"), ("seen", "another")), ("step", "confirm")]
        );
        await visit.PostAsync(address, "refund", [.. form.With(("refund-reason", "slow answer"), ("percent", "50")), ("step", "confirm")]);
        await visit.PostAsync(address, "refund", ("refund-reason", "slow answer"), ("step", "confirm"));
        Assert.Empty(await RefundsAsync(call));

        var fields = form.With(("refund-reason", "slow answer"));
        var done = await visit.PostAsync(address, "refund", [.. fields, ("step", "confirm")]);
        Assert.Equal(302, done.Status);
        await visit.PostAsync(address, "refund", [.. fields, ("step", "confirm")]);
        Assert.Equal("slow answer", Assert.Single(await RefundsAsync(call)).Refund.Reason);
        Assert.Contains("given back whole", (await visit.GetAsync(address)).Body, StringComparison.Ordinal);

        var log = await server.Get<AuditLog>().ListAsync(new AuditQuery { Id = call.Charge.ToString() }, null, 10, PortalServer.Cancel);
        Assert.Equal([AuditStage.Made, AuditStage.Begun], log.Select(entry => entry.Draft.Stage));
        Assert.Equal(("slow answer", customer.Id, "Demo support"), (log[1].Draft.Why, log[1].Draft.Customer, log[1].Draft.Who.Name));
        Assert.Contains("\"millionths\":1000000", log[0].Draft.After, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_part_is_given_back_and_then_the_rest_and_never_more()
    {
        var customer = await server.CustomerAsync();
        var call = await server.CallAsync((await server.KeyAsync(customer)).Text);
        var address = $"/operator/calls/{call.Charge}";
        using var visit = await server.AsAsync(StaffRole.Finance);
        Assert.Equal(302, (await visit.ConfirmAsync(address, "refund", "half of it", ("percent", "75"))).Status);
        var tooMuch = await visit.PostAsync(address, "refund", ("percent", "50"), ("step", "preview"));
        Assert.Contains("more than is left", tooMuch.Body, StringComparison.Ordinal);
        Assert.Equal(302, (await visit.ConfirmAsync(address, "refund", "the rest")).Status);
        Assert.Equal([750_000, 250_000], (await RefundsAsync(call)).Select(refund => refund.Refund.Millionths));
    }

    [Fact]
    public async Task A_suspended_customer_may_not_call_until_resumed()
    {
        var customer = await server.CustomerAsync();
        var key = await server.KeyAsync(customer);
        var address = $"/operator/customers/{customer.Id}";
        using var visit = await server.AsAsync(StaffRole.Support);
        await visit.ConfirmAsync(address, "standing", "stolen phone");
        Assert.True((await server.Get<IChargingAccounts>().ViewAsync(customer.Account)).Suspended);
        await visit.ConfirmAsync(address, "standing", "phone is back");
        await server.CallAsync(key.Text);
        var page = await visit.GetAsync(address);
        Assert.Contains("stolen phone", page.Body, StringComparison.Ordinal);
        Assert.Contains("customer.resume", page.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_given_is_there_once_and_what_is_left_of_it_is_taken_back()
    {
        var customer = await server.CustomerAsync(0);
        var address = $"/operator/customers/{customer.Id}";
        using var visit = await server.AsAsync(StaffRole.Finance);
        foreach (var wrong in new[] { ("amount", "-5"), ("amount", "many"), ("days", "0"), ("unit", "gold") })
        {
            var page = await visit.PostAsync(
                address,
                "give",
                [.. Given().Where(one => one.Item1 != wrong.Item1), wrong, ("step", "preview")]
            );
            Assert.Contains("role=\"alert\"", page.Body, StringComparison.Ordinal);
        }
        var preview = FormOnPage
            .Of(await visit.PostAsync(address, "give", [.. Given(), ("step", "preview")]))
            .Single(form => form.Handler == "give");
        var fields = preview.With(("give-reason", "goodwill"));
        Assert.Equal(302, (await visit.PostAsync(address, "give", [.. fields, ("step", "confirm")])).Status);
        await visit.PostAsync(address, "give", [.. fields, ("step", "confirm")]);
        var bucket = Assert.Single((await server.Get<IChargingAccounts>().ViewAsync(customer.Account)).Buckets);
        Assert.Equal(2_500_000 * QuotaUnit.Micro, bucket.Remaining);

        // Money is given as money.
        Assert.Equal(
            302,
            (await visit.ConfirmAsync(address, "give", "goodwill", ("amount", "9.90"), ("unit", "CNY"), ("days", "30"))).Status
        );
        var buckets = (await server.Get<IChargingAccounts>().ViewAsync(customer.Account)).Buckets;
        Assert.Equal(9_900_000_000, buckets.Single(one => one.Grant.Currency is not null).Remaining);
        Assert.Equal(302, (await visit.ConfirmAsync(address, "void", "by mistake", ("bucket", bucket.Grant.Bucket.ToString()))).Status);
        buckets = (await server.Get<IChargingAccounts>().ViewAsync(customer.Account)).Buckets;
        Assert.Equal(9_900_000_000, buckets.Sum(one => one.Remaining));

        static (string, string)[] Given() => [("amount", "2,500,000"), ("unit", "general-token"), ("days", "30")];
    }

    [Fact]
    public async Task The_dashboard_counts_calls_tokens_and_worth_of_this_month()
    {
        var customer = await server.CustomerAsync();
        await server.CallAsync((await server.KeyAsync(customer)).Text, "glm-5");
        using var visit = await server.AsAsync(StaffRole.Operations);
        var year = TimeProvider.System.GetUtcNow().Year;
        var page = await visit.GetAsync($"/operator?period={year}");
        Assert.Equal(200, page.Status);
        Assert.Contains("glm-5", page.Body, StringComparison.Ordinal);
        Assert.Contains("zhipu", page.Body, StringComparison.Ordinal);
        Assert.Contains("kWh", page.Body, StringComparison.Ordinal);
        foreach (var period in new[] { "", "?period=1999-13", "?period=x", "?period=2026-01" })
            Assert.Equal(200, (await visit.GetAsync($"/operator{period}")).Status);
    }

    private async Task<IReadOnlyList<Tokenline.Charging.Journal.Adjustment>> RefundsAsync(UsageRecord call) =>
        await server.Get<IChargeHistory>().AdjustmentsAsync(call.Charge);
}
