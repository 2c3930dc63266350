using System.Text;
using Tokenline.Billing;
using Tokenline.Billing.Bills;
using Tokenline.Commerce.AuditTrail;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Staff;

namespace Tokenline.Portal.Tests;

/// <summary>What finance does with bills and files, without a browser. Runs and settlements are in <see cref="OperatorBrowserTests"/>.</summary>
[Collection(OnePortal.Name)]
public sealed class OperatorFinanceTests(PortalServer server)
{
    [Fact]
    public async Task A_file_of_what_the_readers_take_is_read_and_one_beyond_is_refused_in_words()
    {
        using var visit = await server.AsAsync(StaffRole.Finance);
        (string, string)[] fields = [("of", "zhipu"), ("period", "2026-10"), ("tolerance", "0")];

        // Beyond what a server takes unless told; what is wrong with it is said by who reads it.
        var large = await visit.UploadAsync("/operator/reconciliation", "vendor", Of(31 << 20), fields);
        Assert.Equal(200, large.Status);
        Assert.Contains("role=\"alert\"", large.Body, StringComparison.Ordinal);

        var tooLarge = await visit.UploadAsync("/operator/reconciliation", "vendor", Of(258 << 20), fields);
        Assert.Equal(413, tooLarge.Status);
        Assert.Contains("This file is too large", tooLarge.Body, StringComparison.Ordinal);

        static ByteArrayContent Of(int bytes) => new(GC.AllocateUninitializedArray<byte>(bytes));
    }

    [Fact]
    public async Task A_bill_is_sent_credited_disputed_answered_and_given_up_each_with_a_reason()
    {
        var customer = await server.CustomerAsync(0);
        var bill = await BillAsync(customer, 100);
        var address = $"/operator/bill?id={Uri.EscapeDataString(bill.Id)}";
        using var visit = await server.AsAsync(StaffRole.Finance);
        var desk = server.Get<BillDesk>();

        Assert.Equal(302, (await visit.ConfirmAsync(address, "send", "month is closed")).Status);
        Assert.Equal(BillState.Sent, (await StandingAsync()).State);
        foreach (var wrong in new[] { "-1", "0", "a lot" })
            Assert.Contains(
                "role=\"alert\"",
                (await visit.PostAsync(address, "credit-note", ("amount", wrong), ("step", "preview"))).Body,
                StringComparison.Ordinal
            );
        var tooMuch = await visit.ConfirmAsync(address, "credit-note", "all and more", ("amount", "100.01"));
        Assert.Contains("role=\"alert\"", tooMuch.Body, StringComparison.Ordinal);
        Assert.Equal(302, (await visit.ConfirmAsync(address, "credit-note", "outage of the 3rd", ("amount", "30"))).Status);
        Assert.Equal(70_000_000_000, (await StandingAsync()).OpenNano);

        Assert.Null((await desk.DisputeAsync(bill.Id, "d1", "not my calls", TimeProvider.System.GetUtcNow(), PortalServer.Cancel)).Refused);
        Assert.Contains("not my calls", (await visit.GetAsync(address)).Body, StringComparison.Ordinal);
        Assert.Contains("disputed", (await visit.GetAsync($"/operator/bills?period={bill.Period}")).Body, StringComparison.Ordinal);
        Assert.Equal(302, (await visit.ConfirmAsync(address, "answer", "half of them were not", ("credit", "20"))).Status);
        Assert.Equal((BillState.Sent, 50_000_000_000), ((await StandingAsync()).State, (await StandingAsync()).OpenNano));
        Assert.Equal(302, (await visit.ConfirmAsync(address, "write-off", "bankrupt")).Status);
        Assert.Equal((BillState.Settled, 0), ((await StandingAsync()).State, (await StandingAsync()).OpenNano));

        var log = await server.Get<AuditLog>().ListAsync(new AuditQuery { Id = bill.Id }, null, 20, PortalServer.Cancel);
        Assert.Equal(
            ["bill.send", "bill.credit", "bill.credit", "bill.answer", "bill.write-off"],
            log.Where(entry => entry.Draft.Stage == AuditStage.Begun).Reverse().Select(entry => entry.Draft.Action)
        );
        Assert.Equal(AuditStage.Refused, log.Single(entry => entry.Draft.Stage is AuditStage.Refused).Draft.Stage);

        // The auditor sees the same, and has no button.
        using var auditor = await server.AsAsync(StaffRole.Auditor);
        var seen = await auditor.GetAsync(address);
        Assert.Equal(200, seen.Status);
        Assert.Empty(FormOnPage.Of(seen));
        Assert.Equal(404, (await auditor.GetAsync("/operator/bill?id=2020-01/acc_0000000000001")).Status);
        Assert.Equal(404, (await auditor.GetAsync("/operator/statement?id=nothing")).Status);

        async Task<BillDocument> StandingAsync() => (await desk.FindAsync(bill.Id, PortalServer.Cancel)).Required();
    }

    [Fact]
    public async Task Files_of_carrier_and_vendor_are_compared_and_one_that_cannot_be_read_says_where()
    {
        using var visit = await server.AsAsync(StaffRole.Finance);
        var empty = await visit.UploadAsync("/operator/reconciliation", "carrier", "", ("date", "2026-09-01"));
        Assert.Contains("Choose a file", empty.Body, StringComparison.Ordinal);
        var unread = await visit.UploadAsync("/operator/reconciliation", "carrier", "what,is\nthis,file\n", ("date", "2026-09-01"));
        Assert.Contains("Line 1", unread.Body, StringComparison.Ordinal);
        var noDay = await visit.UploadAsync("/operator/reconciliation", "carrier", "x", ("date", "soon"));
        Assert.Contains("which day", noDay.Body, StringComparison.Ordinal);
        var vendor = await visit.UploadAsync(
            "/operator/reconciliation",
            "vendor",
            "what,is\nthis,file\n",
            ("of", "zhipu"),
            ("period", "2026-09"),
            ("tolerance", "0.5")
        );
        Assert.Contains("line 1", vendor.Body, StringComparison.Ordinal);
    }

    /// <summary>A bill of a month long ago, as a run would have left it.</summary>
    private async Task<Bill> BillAsync(Customer customer, int due)
    {
        var period = BillingPeriod.Of(2025, 3);
        var calendar = server.Get<BillingCalendar>();
        var nano = due * Money.NanoPerUnit;
        var bill = new Bill(
            Bill.IdOf(customer.Account, period),
            period,
            customer.Account,
            customer.Id,
            Currency.Cny,
            calendar.To(period),
            calendar.To(period).AddDays(15),
            [new(BillLineKind.Usage, "calls", "glm-5", Calls: 10, ExactNano: nano, AmountNano: nano)],
            nano,
            0,
            0,
            0
        );
        await server
            .Get<IBillingStore>()
            .CommitAsync(
                new BillingChange
                {
                    Documents =
                    [
                        new(DocumentKind.Bill, bill.Id, bill.Account.ToString(), period, 0, BillingJson.Write(BillDocument.Of(bill))),
                    ],
                },
                PortalServer.Cancel
            );
        return bill;
    }
}

internal static class Uploads
{
    public static Task<Page> UploadAsync(
        this Visit visit,
        string address,
        string form,
        string file,
        params (string Name, string Value)[] fields
    ) => visit.UploadAsync(address, form, new ByteArrayContent(Encoding.UTF8.GetBytes(file)), fields);

    public static Task<Page> UploadAsync(
        this Visit visit,
        string address,
        string form,
        ByteArrayContent file,
        params (string Name, string Value)[] fields
    )
    {
        var content = new MultipartFormDataContent { { new StringContent(form), "_handler" } };
        foreach (var (name, value) in fields)
            content.Add(new StringContent(value), name);
        content.Add(file, "file", "file.csv");
        return visit.SendAsync(address, content);
    }
}
