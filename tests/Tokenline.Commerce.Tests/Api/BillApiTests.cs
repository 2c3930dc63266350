using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Tokenline.Billing;
using Tokenline.Billing.Bills;
using Tokenline.Billing.Collecting;
using Tokenline.Billing.Facts;
using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Journal;
using Tokenline.Commerce.Notifications;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Receivables;
using Tokenline.Commerce.Subscriptions;
using Tokenline.Commerce.Tests.Payments;

namespace Tokenline.Commerce.Tests.Api;

/// <summary>Bills of August on the first of September: sent, collected, and what comes of those that are not paid, on the books of commerce.</summary>
public sealed class BillApiTests : ManagementApiHost
{
    private static readonly BillingPeriod august = BillingPeriod.Of(2026, 8);

    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task Bills_of_a_month_are_sent_at_once_and_taken_by_the_method_that_each_customer_chose()
    {
        var (phone, wallet, none) = (await CustomerAsync("01"), await CustomerAsync("02"), await CustomerAsync("03"));
        await SendAsync(HttpMethod.Put, $"customers/{phone.Id}/bill-payment", """{"method":"phoneBill"}""");
        await SendAsync(HttpMethod.Put, $"customers/{wallet.Id}/bill-payment", """{"method":"wallet"}""");
        foreach (var customer in new[] { phone, wallet, none })
            await BilledAsync(customer, 20);

        var dry = await SendAllAsync(isDry: true);
        Assert.Equal(("True", "3", "3", "60"), (dry["done"], dry["of"], dry["sent"], dry["due.amount"]));
        Assert.Equal("validated", (await SendAsync(HttpMethod.Get, $"bills/{IdOf(phone)}"))["state"]);
        var sent = await SendAllAsync(isDry: false);
        Assert.Equal(("3", "1", "1", "1"), (sent["sent"], sent["collected"], sent["unpaid"], sent["waiting"]));
        var again = await SendAllAsync(isDry: false);
        Assert.Equal(("0", "3", "0"), (again["sent"], again["before"], again["due.amount"]));
        Assert.Single(app.Services.GetRequiredService<FakePhoneBill>().Asked);

        var paid = await CollectionAsync(phone);
        Assert.Equal(("collected", $"bill-2026-08-{phone.Account}-1"), (paid["state"], paid["attempts.0.correlator"]));
        Assert.Equal(
            ("refused", "True"),
            ((await CollectionAsync(wallet))["state"], (await CollectionAsync(wallet))["attempts.0.refused"])
        );
        Assert.Equal(("waiting", "none"), ((await CollectionAsync(none))["state"], (await CollectionAsync(none))["stage"]));
        // Put money into the wallet and ask again: the same bill, another attempt.
        var topUp = """{"amount":{"amount":"20","currency":"CNY"},"source":"recorded","reference":"t1"}""";
        await SendAsync(HttpMethod.Post, $"customers/{wallet.Id}/wallet/top-ups", topUp, 201);
        Assert.Equal("collected", (await SendAsync(HttpMethod.Post, $"bills/{IdOf(wallet)}/collection"))["state"]);
        Assert.Equal("settled", (await SendAsync(HttpMethod.Get, $"bills/{IdOf(wallet)}"))["state"]);

        // The carrier's file of the day has it, or it is missed there.
        var line =
            $"payment,{paid["attempts.0.reference"]},,{paid["attempts.0.correlator"]},,{phone.PhoneNumber},20.00,CNY,2026-09-01T10:30:00+08:00\n";
        Assert.Equal(("True", "1"), ((await ReconcileAsync(line))["clean"], (await ReconcileAsync(line))["matched"]));
        var missed = await ReconcileAsync();
        Assert.Equal(
            ("missingAtCarrier", paid["attempts.0.correlator"]),
            (missed["findings.0.difference"], missed["findings.0.correlator"])
        );
    }

    [Fact]
    public async Task What_cannot_be_chosen_collected_or_sent_is_refused_and_changes_nothing()
    {
        var customer = await CustomerAsync("01");
        await BilledAsync(customer, 20);
        Assert.Equal(
            "invalid_request_error",
            (await SendAsync(HttpMethod.Put, $"customers/{customer.Id}/bill-payment", """{"method":"cheque"}""", 400))["code"]
        );
        Assert.Equal(
            "purchaseOrder",
            (
                await SendAsync(
                    HttpMethod.Put,
                    $"customers/{customer.Id}/bill-payment",
                    """{"method":"wallet","purchaseOrder":"PO-1"}""",
                    400
                )
            )["param"]
        );
        await SendAsync(HttpMethod.Get, "customers/pty_0000000000001/bill-payment", status: 404);
        Assert.Null((await SendAsync(HttpMethod.Get, $"customers/{customer.Id}/bill-payment"))["method"]);
        Assert.Equal(
            "wrong_state",
            (await SendAsync(HttpMethod.Post, $"bills/{IdOf(customer)}/collection", """{"method":"phoneBill"}""", 409))["code"]
        );
        await SendAsync(HttpMethod.Get, $"bills/{IdOf(customer)}/collection", status: 404);
        await SendAsync(HttpMethod.Post, "bills/2026-08/acc_0000000000001/collection", status: 404);
        Assert.Equal("period", (await SendAsync(HttpMethod.Post, "bills/send", """{"period":"August"}""", 400))["param"]);

        Assert.Equal("sent", (await SendAsync(HttpMethod.Post, $"bills/{IdOf(customer)}/send"))["state"]);
        Assert.Equal("wrong_state", (await SendAsync(HttpMethod.Post, $"bills/{IdOf(customer)}/send", status: 409))["code"]);
        Assert.Equal("method", (await SendAsync(HttpMethod.Post, $"bills/{IdOf(customer)}/collection", status: 409))["param"]);
        Assert.Equal(
            ("waiting", null),
            ((await CollectionAsync(customer))["state"], (await CollectionAsync(customer))["attempts.0.correlator"])
        );
        Assert.Empty(app.Services.GetRequiredService<FakePhoneBill>().Asked);
    }

    [Fact]
    public async Task A_bill_that_is_not_paid_stops_credit_then_the_account_and_paid_both_are_back()
    {
        var customer = await CustomerAsync("01");
        var cap = """{"cap":{"amount":"50","currency":"CNY"}}""";
        await SendAsync(HttpMethod.Put, $"customers/{customer.Id}/pay-as-you-go", cap);
        await BilledAsync(customer, 20);
        await SendAsync(HttpMethod.Post, $"bills/{IdOf(customer)}/send");

        await RoundAtAsync("2026-09-16"); // its day is over
        Assert.Equal(("reminded", null), ((await CollectionAsync(customer))["stage"], (await ShowAsync(customer))["arrears"]));
        Assert.NotNull((await ViewAsync(customer)).PayAsYouGo);
        await RoundAtAsync("2026-09-19");
        Assert.Equal(
            ("restricted", "False", "50"),
            (
                (await ShowAsync(customer))["arrears"],
                (await ShowAsync(customer))["suspended"],
                (await ShowAsync(customer))["payAsYouGoCap.amount"]
            )
        );
        Assert.Null((await ViewAsync(customer)).PayAsYouGo);
        Assert.Equal("wrong_state", (await SendAsync(HttpMethod.Put, $"customers/{customer.Id}/pay-as-you-go", cap, 409))["code"]);
        await RoundAtAsync("2026-09-26");
        Assert.Equal(("suspended", "True"), ((await ShowAsync(customer))["arrears"], (await ShowAsync(customer))["suspended"]));
        Assert.True((await ViewAsync(customer)).Suspended);
        await RoundAtAsync("2026-10-14");
        Assert.Equal("terminated", (await CollectionAsync(customer))["stage"]);

        await SendAsync(
            HttpMethod.Post,
            $"bills/{IdOf(customer)}/payments",
            """{"id":"bank-1","amount":{"amount":"20","currency":"CNY"}}"""
        );
        await RoundAtAsync("2026-10-14");
        Assert.Equal(("ended", "none"), ((await CollectionAsync(customer))["state"], (await CollectionAsync(customer))["stage"]));
        Assert.Equal((null, "False"), ((await ShowAsync(customer))["arrears"], (await ShowAsync(customer))["suspended"]));
        var view = await ViewAsync(customer);
        Assert.False(view.Suspended);
        Assert.Equal(50_000_000_000, view.PayAsYouGo!.CapNano);
        // Each step was told once, in the customer's language; that it was suspended the account says itself.
        var told = (await app.Services.GetRequiredService<IChargeHistory>().EventsAsync(0, 1000))
            .Where(one => one.Account == customer.Account && one.Event.Type == AccountEventType.BillOverdue)
            .ToList();
        Assert.Equal([null, "restricted", "terminated"], told.Select(one => one.Event.Reason));
        Assert.Equal(
            "Tokenline: your bill of 2026-08 is overdue, 20 CNY are open. Pay it before 2026-09-19 00:00: from then on calls on credit are refused.",
            TextOf(customer, told[0], NoticeLanguage.English)
        );
        Assert.Contains(
            "From 2026-09-26 00:00 on all calls are refused",
            TextOf(customer, told[1], NoticeLanguage.English),
            StringComparison.Ordinal
        );
        Assert.Equal(
            "【Tokenline】您2026-08的账单已逾期，待付20 CNY。付清之前所有调用将被拒绝，套餐不再续订。",
            TextOf(customer, told[2], NoticeLanguage.Chinese)
        );
        var events = view.Sequence; // nothing more comes of it
        await RoundAtAsync("2026-10-15");
        Assert.Equal(events, (await ViewAsync(customer)).Sequence);
    }

    [Fact]
    public async Task A_suspension_of_the_operators_own_outlives_the_bill_and_one_that_the_operator_ends_is_ended()
    {
        var payers = app.Services.GetRequiredService<IBillPayers>();
        var customers = app.Services.GetRequiredService<Customers>();
        var customer = await CustomerAsync("01");
        await customers.SetStandingAsync(customer.Id, true, "fraud", None);
        await payers.SetArrearsAsync(customer.Id, Arrears.Suspended, "bill", None);
        await payers.SetArrearsAsync(customer.Id, Arrears.None, "paid", None);
        Assert.True((await ViewAsync(customer)).Suspended);

        await customers.SetStandingAsync(customer.Id, false, null, None);
        await payers.SetArrearsAsync(customer.Id, Arrears.Suspended, "bill", None);
        await payers.SetArrearsAsync(customer.Id, Arrears.Suspended, "bill", None);
        Assert.True((await ViewAsync(customer)).Suspended);
        var resumed = (await customers.SetStandingAsync(customer.Id, false, "a promise", None)).Required();
        Assert.Equal((false, Arrears.Restricted), (resumed.Suspended, resumed.Arrears));
        // What the operator does while a bill has it suspended is the operator's own too.
        await payers.SetArrearsAsync(customer.Id, Arrears.Terminated, "bill", None);
        await customers.SetStandingAsync(customer.Id, true, "fraud", None);
        await payers.SetArrearsAsync(customer.Id, Arrears.None, "paid", None);
        Assert.True((await ViewAsync(customer)).Suspended);
    }

    [Fact]
    public async Task Payers_are_those_of_commerce_their_invoices_and_the_plans_that_are_renewed()
    {
        var payers = app.Services.GetRequiredService<IBillPayers>();
        var customer = await CustomerAsync("01");
        Assert.Equal(customer.Id, (await payers.OfAsync(customer.Account, None))!.Id);
        Assert.Equal(customer.PhoneNumber, (await payers.FindAsync(customer.Id, None))!.PhoneNumber);
        Assert.Null(await payers.OfAsync(new AccountId(1), None));
        Assert.Null(await payers.InvoiceAsync("no invoice", None));
        Assert.Empty(await payers.RenewedPlansAsync(customer.Id, None));

        await SendAsync(
            HttpMethod.Put,
            $"customers/{customer.Id}/invoice-terms",
            """{"creditLimit":{"amount":"20","currency":"CNY"},"netDays":14}"""
        );
        var order = $$"""{"customer":"{{customer.Id}}","offering":"plan-light","paymentMethod":"invoice"}""";
        var invoice = (await SendAsync(HttpMethod.Post, "orders", order, 201))["paymentReference"]!;
        var (open, due) = (await payers.InvoiceAsync(invoice, None))!.Value;
        Assert.Equal((9_900_000_000, new DateTimeOffset(2026, 9, 15, 16, 0, 0, TimeSpan.Zero)), (open, due));

        var plan = Assert.Single(await payers.RenewedPlansAsync(customer.Id, None));
        await payers.RenewPlanAsync(plan, isRenewed: false, None);
        await payers.RenewPlanAsync(plan, isRenewed: false, None);
        Assert.Empty(await payers.RenewedPlansAsync(customer.Id, None));
        Assert.Equal(SubscriptionState.PendingTerminate, (await PlanAsync(plan)).State);
        await payers.RenewPlanAsync(plan, isRenewed: true, None);
        await payers.RenewPlanAsync(plan, isRenewed: true, None);
        Assert.Equal((SubscriptionState.Active, false), ((await PlanAsync(plan)).State, (await PlanAsync(plan)).Stops));
    }

    [Fact]
    public async Task A_bill_is_made_out_to_its_customer_and_calls_keys_and_departments_by_their_names()
    {
        var customer = await CustomerAsync("01");
        var accounts = app.Services.GetRequiredService<IChargingAccounts>();
        var ids = app.Services.GetRequiredService<IdSource>();
        var (research, ann) = (ids.Next<AllotmentKind>(), ids.Next<AllotmentKind>());
        await PutAsync(new Allotment(research, Allotment.Root, "Research", AllotmentType.Department));
        await PutAsync(new Allotment(ann, research, "Ann", AllotmentType.Member));
        var key = (await SendAsync(HttpMethod.Post, $"customers/{customer.Id}/keys", """{"name":"laptop"}""", 201))["id"]!;
        Assert.True(KeyId.TryParse(key, out var known));
        var said = new InvoiceRecipient("Li Lei Ltd", "91310000MA1FL0000X", PurchaseOrder: "PO-7");
        (await app.Services.GetRequiredService<InvoiceRecipients>().PutAsync(customer.Id, said, None)).Required();

        var other = await CustomerAsync("02");
        var names = await app
            .Services.GetRequiredService<IBillNames>()
            .OfAsync([BooksOf(customer, known, ann), BooksOf(other, new KeyId(5), Allotment.Root)], None);
        var of = names[customer.Account];
        Assert.Equal(new BilledTo("Li Lei", said), of.To);
        Assert.Equal(("laptop", "Research / Ann", "Research"), (of.Keys[known], of.Allotments[ann], of.Allotments[research]));
        Assert.Equal((new BilledTo("Li Lei"), 0), (names[other.Account].To!, names[other.Account].Allotments.Count));
        Assert.False(names[other.Account].Keys.ContainsKey(new KeyId(5)));

        async Task PutAsync(Allotment node) =>
            Assert.Null(await accounts.ExecuteAsync(customer.Account, new PutAllotment(ids.Next<CommandKind>(), node)));
    }

    private static string TextOf(Customer customer, StoredEvent told, NoticeLanguage language) =>
        NoticeTexts.TextOf(new Notice(told, customer, NotificationSettings.Default with { Language = language }), "Asia/Shanghai");

    private static AccountBooks BooksOf(Customer customer, KeyId key, AllotmentId node) =>
        new(
            customer.Account,
            [],
            [],
            [],
            [new(new(august, customer.Account, new BucketId(1), "glm-5", "zhipu", "glm-5@zhipu", key, node, Currency.Cny), default)],
            [],
            [],
            [],
            null
        );

    private async Task<Customer> CustomerAsync(string number)
    {
        var made = await app.Services.GetRequiredService<Customers>().CreateAsync($"+86139000001{number}", "Li Lei", None);
        return made.Required();
    }

    /// <summary>A bill as a run would have left it.</summary>
    private async Task BilledAsync(Customer customer, int due)
    {
        var calendar = app.Services.GetRequiredService<BillingCalendar>();
        var nano = due * Money.NanoPerUnit;
        var bill = new Bill(
            IdOf(customer),
            august,
            customer.Account,
            customer.Id,
            Currency.Cny,
            calendar.To(august),
            calendar.To(august).AddDays(15),
            [new(BillLineKind.Usage, "calls", "glm-5", Calls: 10, ExactNano: nano, AmountNano: nano)],
            nano,
            0,
            0,
            0
        );
        var document = new DocumentChange(
            DocumentKind.Bill,
            bill.Id,
            bill.Account.ToString(),
            august,
            0,
            BillingJson.Write(BillDocument.Of(bill))
        );
        await app.Services.GetRequiredService<IBillingStore>().CommitAsync(new BillingChange { Documents = [document] }, None);
    }

    /// <summary>No timer of the host runs for it.</summary>
    private async Task RoundAtAsync(string day)
    {
        var at = app
            .Services.GetRequiredService<BillingCalendar>()
            .Midnight(DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture));
        app.Services.GetRequiredService<FakeTimeProvider>().AdjustTime(at);
        Assert.Empty((await app.Services.GetRequiredService<BillCollecting>().RoundAsync(None)).Trouble);
    }

    private static string IdOf(Customer customer) => Bill.IdOf(customer.Account, august);

    private Task<Answer> SendAllAsync(bool isDry) =>
        SendAsync(HttpMethod.Post, "bills/send", $$"""{"period":"2026-08","dryRun":{{(isDry ? "true" : "false")}}}""");

    private Task<Answer> CollectionAsync(Customer customer) => SendAsync(HttpMethod.Get, $"bills/{IdOf(customer)}/collection");

    private Task<Answer> ShowAsync(Customer customer) => SendAsync(HttpMethod.Get, $"customers/{customer.Id}");

    private Task<AccountView> ViewAsync(Customer customer) =>
        app.Services.GetRequiredService<IChargingAccounts>().ViewAsync(customer.Account).AsTask();

    private async Task<Subscription> PlanAsync(ProductId plan) =>
        (await app.Services.GetRequiredService<Subscribing>().FindAsync(plan, None)).Required();

    private Task<Answer> ReconcileAsync(params string[] lines) =>
        SendAsync(
            HttpMethod.Post,
            "reconciliations/carrier?date=2026-09-01",
            $"{SettlementReaderTests.Header}\n{string.Concat(lines)}end,{lines.Length},,,,,,,\n"
        );
}
