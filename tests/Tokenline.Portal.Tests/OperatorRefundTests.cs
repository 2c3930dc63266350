using Tokenline.Billing.Bills;
using Tokenline.Charging;
using Tokenline.Charging.Records;
using Tokenline.Commerce.AuditTrail;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Refunds;
using Tokenline.Commerce.Staff;
using Tokenline.Portal.Texts;

namespace Tokenline.Portal.Tests;

/// <summary>What support does with calls that customers ask to be given back, without a browser.</summary>
[Collection(OnePortal.Name)]
public sealed class OperatorRefundTests(PortalServer server)
{
    [Fact]
    public async Task Those_who_see_customers_see_requests_and_only_those_who_refund_decide()
    {
        var (customer, call, asked) = await AskedAsync("It broke off <in the middle>");
        var address = AddressOf(asked);
        foreach (var role in new[] { StaffRole.Support, StaffRole.Finance, StaffRole.Administrator })
        {
            using var visit = await server.AsAsync(role);
            Assert.Equal(["grant", "reject"], FormOnPage.Of(await visit.GetAsync(address)).Select(form => form.Handler));
        }
        using var auditor = await server.AsAsync(StaffRole.Auditor);
        var page = await auditor.GetAsync(address);
        Assert.Equal(200, page.Status);
        Assert.Empty(FormOnPage.Of(page));
        foreach (
            var shown in new[]
            {
                customer.PhoneNumber,
                "It broke off <in the middle>",
                $"/operator/calls/{call.Charge}",
                new PortalTexts(Language.English).PaidBy(call),
            }
        )
            Assert.Contains(shown, page.Body, StringComparison.Ordinal);
        await auditor.PostAsync(address, "reject", ("step", "confirm"), ("reject-reason", "because"), ("seen", "x"));
        await auditor.PostAsync(address, "grant", ("step", "confirm"), ("grant-reason", "because"), ("seen", "x"));
        Assert.Equal(RefundRequestState.Open, (await FindAsync(asked)).State);

        foreach (var role in new[] { StaffRole.Operations, StaffRole.Product, StaffRole.VendorAdministrator })
        {
            using var visit = await server.AsAsync(role);
            Assert.Equal(403, (await visit.GetAsync(address)).Status);
        }
        Assert.Equal(404, (await auditor.GetAsync("/operator/refund-requests/rfr_none")).Status);
        Assert.Equal(404, (await auditor.GetAsync("/operator/refund-requests?customer=nobody")).Status);
    }

    [Fact]
    public async Task What_is_granted_is_given_back_once_with_the_answer_as_its_reason_and_an_entry_in_the_name_of_who_did()
    {
        var (customer, call, asked) = await AskedAsync("It was empty");
        var address = AddressOf(asked);
        using var visit = await server.AsAsync(StaffRole.Support);
        var preview = await visit.PostAsync(address, "grant", ("percent", ""), ("step", "preview"));
        var form = FormOnPage.Of(preview).Single(one => one.Handler == "grant");
        Assert.Contains("The customer reads these words", preview.Body, StringComparison.Ordinal);

        // Not without words, and not another part than was seen.
        var wordless = await visit.PostAsync(address, "grant", [.. form.With(("grant-reason", " ")), ("step", "confirm")]);
        Assert.Contains("Tell the customer", wordless.Body, StringComparison.Ordinal);
        await visit.PostAsync(address, "grant", [.. form.With(("grant-reason", "We are sorry"), ("percent", "50")), ("step", "confirm")]);
        Assert.Empty(await RefundsAsync(call));

        // Somebody else had the same preview; whoever is second is told so.
        var fields = form.With(("grant-reason", "We are sorry"));
        Assert.Equal(302, (await visit.PostAsync(address, "grant", [.. fields, ("step", "confirm")])).Status);
        using var other = await server.AsAsync(StaffRole.Finance);
        var late = await other.PostAsync(address, "grant", [.. fields, ("step", "confirm")]);
        Assert.Contains("It was answered before: given back", late.Body, StringComparison.Ordinal);
        late = await other.PostAsync(address, "reject", ("step", "preview"));
        Assert.Contains("It was answered before: given back", late.Body, StringComparison.Ordinal);

        var refund = Assert.Single(await RefundsAsync(call)).Refund;
        Assert.Equal(("We are sorry", 1_000_000), (refund.Reason, refund.Millionths));
        var ended = await FindAsync(asked);
        Assert.Equal((RefundRequestState.Refunded, "We are sorry", "Demo support"), (ended.State, ended.Answer, ended.DecidedBy));
        Assert.Contains("We are sorry", await ReceiptAsync(customer, call), StringComparison.Ordinal);

        var log = await LogAsync(asked);
        Assert.Equal([AuditStage.Made, AuditStage.Begun], log.Select(entry => entry.Draft.Stage));
        Assert.All(log, entry => Assert.Equal(("refund-request.grant", "Demo support"), (entry.Draft.Action, entry.Draft.Who.Name)));
        Assert.Equal(("We are sorry", customer.Id), (log[1].Draft.Why, log[1].Draft.Customer));
    }

    [Fact]
    public async Task A_part_is_granted_and_never_more_than_is_left()
    {
        var (_, call, asked) = await AskedAsync("Half of it was missing");
        (await server.Get<Refunding>().RefundAsync(new RefundRequest(call.Charge, 600_000, "before", null))).Required();
        using var visit = await server.AsAsync(StaffRole.Finance);
        var tooMuch = await visit.PostAsync(AddressOf(asked), "grant", ("percent", "50"), ("step", "preview"));
        Assert.Contains("more than is left", tooMuch.Body, StringComparison.Ordinal);
        Assert.Equal(302, (await visit.ConfirmAsync(AddressOf(asked), "grant", "A quarter more", ("percent", "25"))).Status);
        Assert.Equal([600_000, 250_000], (await RefundsAsync(call)).Select(refund => refund.Refund.Millionths));
        Assert.Equal(250_000, (await FindAsync(asked)).Millionths);
    }

    [Fact]
    public async Task What_is_rejected_gives_nothing_back_and_the_customer_reads_why()
    {
        var (customer, call, asked) = await AskedAsync("I do not like it");
        using var visit = await server.AsAsync(StaffRole.Support);
        Assert.Equal(302, (await visit.ConfirmAsync(AddressOf(asked), "reject", "The answer was whole")).Status);
        Assert.Empty(await RefundsAsync(call));
        Assert.Equal((RefundRequestState.Rejected, "Demo support"), ((await FindAsync(asked)).State, (await FindAsync(asked)).DecidedBy));
        var receipt = await ReceiptAsync(customer, call);
        Assert.Contains("The answer was whole", receipt, StringComparison.Ordinal);
        Assert.DoesNotContain("Demo support", receipt, StringComparison.Ordinal);
        Assert.Empty(FormOnPage.Of(await visit.GetAsync(AddressOf(asked))));

        var log = await LogAsync(asked);
        Assert.Equal([AuditStage.Made, AuditStage.Begun], log.Select(entry => entry.Draft.Stage));
        Assert.Equal(
            ("refund-request.reject", "The answer was whole", "Demo support"),
            (log[1].Draft.Action, log[1].Draft.Why, log[1].Draft.Who.Name)
        );
    }

    [Fact]
    public async Task Open_ones_stand_first_and_are_counted_on_the_dashboard_and_each_state_has_its_list()
    {
        var (customer, _, rejected) = await AskedAsync("the first of them");
        var (_, _, open) = await AskedAsync("the second of them", customer);
        (await server.Get<RefundRequests>().RejectAsync(rejected.Id, "No", "Lin", PortalServer.Cancel)).Required();
        (_, var call, var newest) = await AskedAsync("the third of them", customer);
        (await server.Get<RefundRequests>().WithdrawAsync(customer.Id, newest.Id, PortalServer.Cancel)).Required();
        using var visit = await server.AsAsync(StaffRole.Finance);

        Assert.Equal([open, newest, rejected], await ListedAsync($"?customer={customer.Id}"));
        Assert.Equal([rejected], await ListedAsync($"?customer={customer.Id}&state=rejected"));
        Assert.Equal([newest], await ListedAsync($"?customer={customer.Id}&state=withdrawn"));
        Assert.Equal([open], await ListedAsync($"?customer={customer.Id}&state=open"));
        Assert.Empty(await ListedAsync($"?customer={customer.Id}&state=open&before={open.Id}"));
        Assert.Contains(
            $"/operator/refund-requests?customer={customer.Id}",
            (await visit.GetAsync($"/operator/customers/{customer.Id}")).Body,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain(
            "asks for this call",
            (await visit.GetAsync($"/operator/calls/{call.Charge}")).Body,
            StringComparison.Ordinal
        );
        Assert.Contains(AddressOf(open), (await visit.GetAsync($"/operator/calls/{open.Charge}")).Body, StringComparison.Ordinal);

        var count = await server.Get<IRefundRequestStore>().CountAsync(null, RefundRequestState.Open, PortalServer.Cancel);
        var texts = new PortalTexts(Language.English);
        Assert.Contains(texts.RefundRequestsOpen(count), (await visit.GetAsync("/operator")).Body, StringComparison.Ordinal);
        using var operations = await server.AsAsync(StaffRole.Operations); // sees no customers
        Assert.DoesNotContain("/operator/refund-requests", (await operations.GetAsync("/operator")).Body, StringComparison.Ordinal);

        async Task<AskedRefund[]> ListedAsync(string query)
        {
            var body = (await visit.GetAsync($"/operator/refund-requests{query}")).Body;
            return
            [
                .. new[] { rejected, open, newest }
                    .Select(one => (One: one, At: body.IndexOf($"{AddressOf(one)}\"", StringComparison.Ordinal)))
                    .Where(one => one.At >= 0)
                    .OrderBy(one => one.At)
                    .Select(one => one.One),
            ];
        }
    }

    [Fact]
    public void Every_kind_of_a_bills_lines_and_every_state_of_a_request_has_words_of_its_own_in_both_languages()
    {
        foreach (var language in Enum.GetValues<Language>())
        {
            var texts = new PortalTexts(language);
            AllDiffer(Enum.GetValues<BillLineKind>().Select(texts.BillLineWord));
            AllDiffer(Enum.GetValues<BillLineKind>().Select(texts.OperatorBillLineWord));
            AllDiffer(Enum.GetValues<RefundRequestState>().Select(texts.RefundRequestWord));
            Assert.DoesNotContain(Enum.GetValues<BillLineKind>(), kind => texts.OperatorBillLineWord(kind) == kind.ToString());
            Assert.DoesNotContain(Enum.GetValues<BillLineKind>(), kind => texts.BillLineWord(kind) == texts.BillLineWord(default));
        }

        static void AllDiffer(IEnumerable<string> words) => Assert.Equal(words.Distinct(), words);
    }

    private async Task<(Customer Customer, UsageRecord Call, AskedRefund Asked)> AskedAsync(string reason, Customer? of = null)
    {
        var customer = of ?? await server.CustomerAsync();
        var call = await server.CallAsync((await server.KeyAsync(customer, $"key {Guid.NewGuid():n}"[..20])).Text);
        var asked = await server.Get<RefundRequests>().AskAsync(customer.Id, null, call.Charge, reason, PortalServer.Cancel);
        return (customer, call, asked.Required());
    }

    private static string AddressOf(AskedRefund asked) => $"/operator/refund-requests/{asked.Id}";

    private async Task<AskedRefund> FindAsync(AskedRefund asked) =>
        (await server.Get<IRefundRequestStore>().FindAsync(asked.Id, PortalServer.Cancel))!;

    private async Task<string> ReceiptAsync(Customer customer, UsageRecord call)
    {
        using var visit = await server.SignedInAsync(customer);
        return (await visit.GetAsync($"/usage/calls/{call.Charge}")).Body;
    }

    private async Task<IReadOnlyList<AuditEntry>> LogAsync(AskedRefund asked) =>
        await server.Get<AuditLog>().ListAsync(new AuditQuery { Id = asked.Id.ToString() }, null, 10, PortalServer.Cancel);

    private async Task<IReadOnlyList<Tokenline.Charging.Journal.Adjustment>> RefundsAsync(UsageRecord call) =>
        await server.Get<IChargeHistory>().AdjustmentsAsync(call.Charge);
}
