using Microsoft.Extensions.Time.Testing;
using Tokenline.Billing.Bills;
using Tokenline.Billing.Collecting;
using Tokenline.Commerce;
using Tokenline.Commerce.Configuration;
using Tokenline.Commerce.Notifications;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Payments;

namespace Tokenline.Billing.Tests.Collecting;

/// <summary>Bob owes 12.35 for November; the bill is sent on the second of December.</summary>
public sealed class BillCollectingTests
{
    private static readonly AccountId bob = MonthStory.Account("bob");
    private static readonly string bill = Bill.IdOf(bob, BillingPeriod.Of(2026, 11));
    private readonly FakeTimeProvider time = new(MonthStory.At("12-02"));
    private readonly Till till = new();
    private readonly Payers payers = new();
    private MonthStory story = null!;

    [Fact]
    public async Task A_bill_is_taken_once_by_the_method_that_its_customer_chose()
    {
        var collecting = await StartAsync(PaymentMethod.PhoneBill);
        var collected = (await collecting.CollectAsync(bill, null, default)).Required();
        Assert.Equal((CollectionState.Collected, "ref-1"), (collected.State, collected.Last.Reference));
        Assert.Equal(collected.Last, (await collecting.CollectAsync(bill, null, default)).Required().Last);
        Assert.Equal(0, (await collecting.RoundAsync(default)).Ended);

        Assert.Equal([$"bill-2026-11-{bob}-1"], till.Asked);
        Assert.Equal(BillState.Settled, (await BillAsync()).State);
        Assert.Equal("carrier_clearing 12.35 CNY\nrevenue -12.35 CNY", await BooksAsync());
    }

    [Fact]
    public async Task Without_an_answer_it_is_asked_for_again_under_the_same_correlator()
    {
        var collecting = await StartAsync(PaymentMethod.Wallet);
        till.Answers.Enqueue(null);
        Assert.Equal(CollectionState.Asked, (await collecting.CollectAsync(bill, null, default)).Required().State);
        Assert.Equal(BillState.Sent, (await BillAsync()).State);
        // Whoever pays it meanwhile has paid it twice: the rest is a credit.
        (await story.Bills.PayAsync(bill, "bank-1", new Money(2_350_000_000, Currency.Cny), time.GetUtcNow(), default)).Required();

        Assert.Equal(1, (await collecting.RoundAsync(default)).Ended);
        Assert.Single(till.Asked.Distinct());
        Assert.Equal((BillState.Settled, -2_350_000_000), ((await BillAsync()).State, (await BillAsync()).OpenNano));
        Assert.StartsWith("bank 2.35 CNY\nreceivable:bob -2.35 CNY\n", await BooksAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refused_again_and_again_the_account_is_suspended_until_it_is_paid()
    {
        var collecting = await StartAsync(PaymentMethod.PhoneBill);
        foreach (var _ in new int[4])
            till.Answers.Enqueue(false);
        Assert.Equal(CollectionState.Refused, (await collecting.CollectAsync(bill, null, default)).Required().State);
        var asked = new List<int>();
        var stages = new Dictionary<DunningStage, string>();
        for (var day = 1; day <= 43; day++)
        {
            time.Advance(TimeSpan.FromDays(1));
            await collecting.RoundAsync(default);
            asked.Add(till.Asked.Count);
            stages.TryAdd(
                (await collecting.FindCollectionAsync(bill, default))!.Stage,
                $"{MonthStory.Calendar.DayOf(time.GetUtcNow()):MM-dd}"
            );
        }
        Assert.Equal([2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 4, 4], asked.Take(12));
        Assert.Equal(4, asked[^1]);
        // Of the day that is on the bill: told, three days of grace, ten and twenty-eight days as plans.
        Assert.Equal(
            "12-16 12-19 12-26 01-13",
            string.Join(' ', stages.Where(stage => stage.Key != DunningStage.None).Select(stage => stage.Value))
        );
        Assert.Equal(
            [
                "told None, 12.35 CNY, until 12-19",
                $"Restricted: bill {bill} is not paid",
                "told Restricted, 12.35 CNY, until 12-26",
                $"Suspended: bill {bill} is not paid",
                $"Terminated: bill {bill} is not paid",
                "plan stopped",
                "told Terminated, 12.35 CNY, until -",
            ],
            payers.Told
        );
        Assert.True((await collecting.FindCollectionAsync(bill, default))!.HasSuspended);

        payers.Told.Clear();
        (await story.Bills.PayAsync(bill, "bank-1", new Money(12_350_000_000, Currency.Cny), time.GetUtcNow(), default)).Required();
        await collecting.RoundAsync(default);
        Assert.Equal([$"None: bill {bill} is paid", "plan renewed"], payers.Told);
        var ended = (await collecting.FindCollectionAsync(bill, default))!;
        Assert.Equal((CollectionState.Ended, DunningStage.None), (ended.State, ended.Stage));
    }

    [Theory]
    [InlineData(16, DunningStage.Reminded)]
    [InlineData(19, DunningStage.Restricted)]
    [InlineData(26, DunningStage.Suspended)]
    public async Task Each_step_is_taken_back_when_the_bill_is_paid(int day, DunningStage reached)
    {
        // Nobody has chosen a method: it waits for its payment, and its day comes all the same.
        var collecting = await StartAsync(null);
        Assert.Equal(CollectionState.Waiting, (await collecting.FindCollectionAsync(bill, default))!.State);
        time.Advance(MonthStory.At($"12-{day}") - time.GetUtcNow() - TimeSpan.FromTicks(1));
        await collecting.RoundAsync(default);
        Assert.Equal(reached - 1, (await collecting.FindCollectionAsync(bill, default))!.Stage);
        time.Advance(TimeSpan.FromTicks(1));
        await collecting.RoundAsync(default);
        Assert.Equal(reached, (await collecting.FindCollectionAsync(bill, default))!.Stage);

        (await story.Bills.WriteOffAsync(bill, time.GetUtcNow(), default)).Required();
        await collecting.RoundAsync(default);
        Assert.Equal($"None: bill {bill} is paid", payers.Told[^1]);
        Assert.Equal(DunningStage.None, (await collecting.FindCollectionAsync(bill, default))!.Stage);
        Assert.Empty(till.Asked);
    }

    [Fact]
    public async Task While_another_bill_is_unpaid_a_payment_takes_back_what_that_one_has_not_come_to()
    {
        var collecting = await StartAsync(null);
        await story.GoOnAsync(
            """
            12-05 grant payg2 100 CNY to 2027-01-01 as Postpaid by bob
            12-06 call c9 glm-5 zhipu 3 payg2 by bob
            close 2026-12
            """
        );
        var second = Bill.IdOf(bob, BillingPeriod.Of(2026, 12));
        time.Advance(MonthStory.At("2027-01-02") - time.GetUtcNow());
        await collecting.RoundAsync(default);
        (await collecting.SendAsync(second, default)).Required();
        time.Advance(MonthStory.At("2027-01-20") - time.GetUtcNow());
        await collecting.RoundAsync(default);
        Assert.Equal(DunningStage.Terminated, (await collecting.FindCollectionAsync(bill, default))!.Stage);
        Assert.Equal(DunningStage.Restricted, (await collecting.FindCollectionAsync(second, default))!.Stage);
        payers.Told.Clear();
        (await story.Bills.PayAsync(bill, "bank-1", new Money(12_350_000_000, Currency.Cny), time.GetUtcNow(), default)).Required();
        await collecting.RoundAsync(default);
        Assert.Equal([$"Restricted: bill {bill} is paid", "plan renewed"], payers.Told);
    }

    [Fact]
    public async Task An_invoice_that_is_not_paid_by_its_own_day_goes_the_same_way()
    {
        var collecting = await StartAsync(PaymentMethod.Invoice);
        payers.Open = 12_350_000_000;
        await collecting.CollectAsync(bill, null, default);
        time.Advance(MonthStory.At("12-23") - time.GetUtcNow());
        await collecting.RoundAsync(default);
        Assert.Equal(DunningStage.Restricted, (await collecting.FindCollectionAsync(bill, default))!.Stage);
        payers.Open = 0;
        time.Advance(TimeSpan.FromDays(1));
        await collecting.RoundAsync(default);
        Assert.Equal($"None: bill {bill} is paid", payers.Told[^1]);
        Assert.Equal(CollectionState.Collected, (await collecting.FindCollectionAsync(bill, default))!.State);
    }

    [Fact]
    public async Task The_carriers_file_is_held_against_bills_that_it_was_asked_for()
    {
        var collecting = await StartAsync(PaymentMethod.PhoneBill);
        till.Answers.Enqueue(false);
        var refused = (await collecting.CollectAsync(bill, null, default)).Required().Last;
        time.Advance(TimeSpan.FromDays(1));
        await collecting.RoundAsync(default);
        var paid = (await collecting.FindCollectionAsync(bill, default))!.Last;
        var books = new BookedBillPayments(story.Store, MonthStory.Calendar);
        var found = await books.FindAsync(
            SettlementKind.Payment,
            [refused.Correlator, paid.Correlator, "ord_7", "bill-2026-11-acc_none-1"],
            default
        );
        Assert.Equal(
            [(refused.Correlator, "refused", false), (paid.Correlator, "paid", true)],
            found.Select(one => (one.Correlator, one.State, one.HasMoved))
        );
        Assert.Empty(await books.FindAsync(SettlementKind.Refund, [paid.Correlator], default));

        var reconciling = new CarrierReconciling([books], story.Commerce);
        var line = $"payment,{paid.Reference},,{paid.Correlator},,{Payers.Number},12.35,CNY";
        Assert.True((await ReconcileAsync(reconciling, "2026-12-03", line)).IsClean);
        var missing = Assert.Single((await ReconcileAsync(reconciling, "2026-12-03")).Findings);
        Assert.Equal(
            (CarrierDifference.MissingAtCarrier, paid.Correlator, 12.35m),
            (missing.Difference, missing.Correlator, missing.Ours!.Value.ToDecimal())
        );
        var other = Assert.Single(
            (await ReconcileAsync(reconciling, "2026-12-03", line.Replace("12.35", "12.34", StringComparison.Ordinal))).Findings
        );
        Assert.Equal(CarrierDifference.AmountDiffers, other.Difference);
        Assert.True((await ReconcileAsync(reconciling, "2026-12-04")).IsClean);
    }

    [Fact]
    public async Task All_bills_of_a_month_are_sent_once_however_often_it_is_begun()
    {
        var collecting = await StartAsync(PaymentMethod.PhoneBill, isSent: false);
        var sending = new BillSending(story.Store, collecting) { PageSize = 1 };
        var november = BillingPeriod.Of(2026, 11);
        var dry = await sending.StepAsync(november, "", isDry: true, () => false, default);
        Assert.Equal((true, 1, 1, 12.35m), (dry.IsDone, dry.Sent, dry.Before, (decimal)dry.DueNano / Money.NanoPerUnit));
        Assert.Empty(till.Asked);
        Assert.Equal(BillState.Validated, (await BillAsync()).State);

        // Slice by slice: each is a page.
        var (after, sent, at) = ("", 0, 0L);
        for (
            var slice = await sending.StepAsync(november, "", false, () => true, default);
            ;
            slice = await sending.StepAsync(november, after, false, () => true, default)
        )
        {
            (after, sent, at) = (slice.After, sent + slice.Collected, at + slice.At);
            Assert.Equal(2, slice.Of);
            if (slice.IsDone)
                break;
        }
        Assert.Equal((1, 2), (sent, at));
        var again = await sending.StepAsync(november, "", false, () => false, default);
        Assert.Equal((0, 2, 0), (again.Sent, again.Before, again.Trouble.Count));
        Assert.Single(till.Asked);
        Assert.Equal(BillState.Settled, (await BillAsync()).State);
    }

    [Fact]
    public async Task Stopped_while_it_is_sent_a_bill_is_sent_and_asked_for_once()
    {
        await StartAsync(PaymentMethod.PhoneBill, isSent: false);
        var prepared = ((MemoryBillingStore)story.Store).Copy();
        var whole = prepared.Copy();
        (await Over(whole).SendAsync(bill, default)).Required();
        var expected = whole.Dump();
        for (var survives = 0; ; survives++)
        {
            var copy = prepared.Copy();
            till.Clear();
            try
            {
                await Over(new DyingStore(copy, survives)).SendAsync(bill, default);
                Assert.True(survives >= 8, $"it was stopped {survives} times");
                break;
            }
            catch (OperationCanceledException)
            {
                // killed: the next process goes on
            }
            var next = Over(copy);
            await next.RoundAsync(default);
            await new BillSending(copy, next).StepAsync(BillingPeriod.Of(2026, 11), "", false, () => false, default);
            Assert.Equal(expected, copy.Dump());
            Assert.Single(till.Asked.Distinct());
        }
    }

    private static async Task<CarrierComparison> ReconcileAsync(CarrierReconciling reconciling, string day, params string[] lines)
    {
        var text = new System.Text.StringBuilder(
            "record,id,payment_id,client_correlator,reference_code,phone_number,amount,currency,booked_at\n"
        );
        foreach (var line in lines)
            text.Append(line).Append(',').Append(day).Append("T00:00:01+08:00\n");
        text.Append("end,").Append(lines.Length).Append(",,,,,,,\n");
        using var file = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text.ToString()));
        return (
            await reconciling.CompareAsync(DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture), file, default)
        ).Required();
    }

    [Fact]
    public async Task A_payment_that_turns_up_after_a_no_counts()
    {
        var collecting = await StartAsync(PaymentMethod.PhoneBill);
        till.Answers.Enqueue(false);
        var refused = (await collecting.CollectAsync(bill, null, default)).Required();
        var asked = (await collecting.FindAsync(refused.Last.Correlator, default))!;
        Assert.Equal((12.35m, Payers.Number), (asked.Amount.ToDecimal(), asked.PhoneNumber));
        Assert.Null(await collecting.FindAsync("bill-2026-11-acc_none-1", default));

        var late = new PhoneBillPayment("late", PhoneBillState.Succeeded, asked.Correlator, asked.PhoneNumber, asked.Amount);
        await collecting.HearAsync(asked, late, default);
        await collecting.HearAsync(asked, late, default);
        Assert.Equal((BillState.Settled, 0), ((await BillAsync()).State, (await BillAsync()).OpenNano));
        Assert.Equal(CollectionState.Collected, (await collecting.FindCollectionAsync(bill, default))!.State);
    }

    [Fact]
    public async Task An_invoice_waits_for_its_payment_which_is_posted_as_every_invoices()
    {
        var collecting = await StartAsync(PaymentMethod.Invoice);
        payers.Open = 12_350_000_000;
        Assert.Equal(CollectionState.Invoiced, (await collecting.CollectAsync(bill, null, default)).Required().State);
        time.Advance(TimeSpan.FromDays(2));
        await collecting.RoundAsync(default);
        Assert.Equal(BillState.Sent, (await BillAsync()).State);
        payers.Open = 0;
        time.Advance(TimeSpan.FromDays(2));
        await collecting.RoundAsync(default);
        Assert.Equal(BillState.Settled, (await BillAsync()).State);
        Assert.StartsWith("receivable:bob 12.35 CNY", await BooksAsync(), StringComparison.Ordinal);
        Assert.Single(till.Asked);
    }

    [Fact]
    public async Task What_is_disputed_is_not_asked_for()
    {
        var collecting = await StartAsync(PaymentMethod.PhoneBill);
        till.Answers.Enqueue(false);
        await collecting.CollectAsync(bill, null, default);
        (await story.Bills.DisputeAsync(bill, "d1", "not mine", time.GetUtcNow(), default)).Required();
        for (var day = 0; day < 20; day++)
        {
            time.Advance(TimeSpan.FromDays(1));
            await collecting.RoundAsync(default);
        }
        Assert.Single(till.Asked);
        Assert.Empty(payers.Told);
    }

    [Fact]
    public async Task Nothing_is_taken_without_the_customers_leave_or_before_the_bill_is_sent()
    {
        var collecting = await StartAsync(null);
        Assert.Equal("method", (await collecting.CollectAsync(bill, null, default)).Refused!.Param);
        Assert.Equal(Problems.NotFound, (await collecting.CollectAsync("2026-11/nobody", null, default)).Refused!.Problem);
        var validated = Bill.IdOf(MonthStory.Account("ann"), BillingPeriod.Of(2026, 11));
        Assert.Equal(Problems.WrongState, (await collecting.CollectAsync(validated, PaymentMethod.Wallet, default)).Refused!.Problem);
        Assert.Equal("purchaseOrder", (await collecting.ChooseAsync(bob, PaymentMethod.Wallet, "PO-1", default)).Refused!.Param);
        Assert.Empty(till.Asked);
    }

    [Fact]
    public async Task Stopped_at_any_write_and_gone_on_with_it_is_paid_once()
    {
        await StartAsync(PaymentMethod.PhoneBill);
        var prepared = ((MemoryBillingStore)story.Store).Copy();
        var whole = prepared.Copy();
        await Over(whole).CollectAsync(bill, null, default);
        var expected = whole.Dump();
        for (var survives = 0; ; survives++)
        {
            var copy = prepared.Copy();
            till.Clear();
            try
            {
                await Over(new DyingStore(copy, survives)).CollectAsync(bill, null, default);
                Assert.True(survives >= 6, $"it was stopped {survives} times");
                break;
            }
            catch (OperationCanceledException)
            {
                // killed: the next process goes on
            }
            var next = Over(copy);
            await next.RoundAsync(default);
            await next.CollectAsync(bill, null, default);
            Assert.Equal(expected, copy.Dump());
            Assert.Single(till.Asked.Distinct());
        }
    }

    private async Task<BillCollecting> StartAsync(PaymentMethod? method, bool isSent = true)
    {
        story = new MonthStory(new MemoryBillingStore());
        await story.GoOnAsync(
            """
            11-05 grant payg 100 CNY to 12-01 as Postpaid by bob
            11-05 grant other 100 CNY to 12-01 as Postpaid by ann
            11-06 call c1 glm-5 zhipu 12.345678 payg by bob
            11-06 call c2 glm-5 zhipu 0.004322 other by ann
            close 2026-11
            """
        );
        var collecting = Over(story.Store);
        if (isSent)
            (await collecting.SendAsync(bill, default)).Required();
        if (method is not null)
            (await collecting.ChooseAsync(bob, method, null, default)).Required();
        return collecting;
    }

    private BillCollecting Over(IBillingStore store) =>
        new(
            store,
            new BillDesk(store, MonthStory.Calendar, new BillingOptions()),
            new PaymentMethods([till.As(PaymentMethod.PhoneBill), till.As(PaymentMethod.Wallet), till.As(PaymentMethod.Invoice)]),
            payers,
            new ProcessTurns(),
            MonthStory.Calendar,
            new BillingOptions(),
            time
        );

    private async Task<BillDocument> BillAsync() => (await story.Bills.FindAsync(bill, default)).Required();

    /// <summary>Bob's part of them: Ann owes less than a fen.</summary>
    private async Task<string> BooksAsync() =>
        string.Join('\n', (await story.BalancesAsync()).Split('\n').Where(line => !line.Contains("ann", StringComparison.Ordinal)));

    /// <summary>Pays once per correlator; null in the queue: no answer came, and an empty queue says yes.</summary>
    private sealed class Till
    {
        private readonly Dictionary<string, PaymentAnswer> known = [];

        public Queue<bool?> Answers { get; } = new();
        public List<string> Asked { get; } = [];

        public void Clear()
        {
            known.Clear();
            Asked.Clear();
        }

        public IPaymentMethod As(PaymentMethod method) => new One(this, method);

        private sealed class One(Till till, PaymentMethod method) : IPaymentMethod
        {
            public PaymentMethod Method => method;

            public Task<Refused?> WhyNotAsync(PartyId payer, Money amount, string? purchaseOrder, CancellationToken cancellation) =>
                Task.FromResult<Refused?>(null);

            public Task<PaymentAnswer> PayAsync(PaymentRequest request, CancellationToken cancellation)
            {
                till.Asked.Add(request.Correlator);
                Assert.Equal(12.35m, request.Amount.ToDecimal());
                if (till.known.TryGetValue(request.Correlator, out var before))
                    return Task.FromResult(before);
                if (!till.Answers.TryDequeue(out var said))
                    said = true;
                if (said is not { } answer)
                    throw new HttpRequestException("nobody answered");
                var made = new PaymentAnswer(answer, answer ? $"ref-{till.known.Count + 1}" : null, answer ? null : "no");
                till.known.Add(request.Correlator, made);
                return Task.FromResult(made);
            }

            public Task<PaymentAnswer> GiveBackAsync(PaymentReturn back, CancellationToken cancellation) =>
                throw new InvalidOperationException("nothing is given back");
        }
    }

    private sealed class Payers : IBillPayers
    {
        public const string Number = "+8613900000002";

        public List<string> Told { get; } = [];
        public long Open { get; set; }

        public Task<Customer?> FindAsync(PartyId payer, CancellationToken cancellation) => OfAsync(bob, cancellation);

        public Task<Customer?> OfAsync(AccountId account, CancellationToken cancellation) =>
            Task.FromResult<Customer?>(new(new PartyId(7), account, Number, "Bob", DateTimeOffset.MinValue, null, false));

        public Task SetArrearsAsync(PartyId payer, Arrears arrears, string reason, CancellationToken cancellation)
        {
            Told.Add($"{arrears}: {reason}");
            return Task.CompletedTask;
        }

        public Task TellAsync(PartyId payer, BillNotice notice, CancellationToken cancellation)
        {
            Assert.StartsWith(notice.Month, notice.Bill, StringComparison.Ordinal);
            var until = notice.Until is { } at ? $"{MonthStory.Calendar.DayOf(at):MM-dd}" : "-";
            Told.Add($"told {notice.Step}, {notice.Open}, until {until}");
            return Task.CompletedTask;
        }

        public Task<IReadOnlyList<ProductId>> RenewedPlansAsync(PartyId payer, CancellationToken cancellation) =>
            Task.FromResult<IReadOnlyList<ProductId>>([new ProductId(9)]);

        public Task RenewPlanAsync(ProductId plan, bool isRenewed, CancellationToken cancellation)
        {
            Assert.Equal(new ProductId(9), plan);
            Told.Add(isRenewed ? "plan renewed" : "plan stopped");
            return Task.CompletedTask;
        }

        public Task<(long OpenNano, DateTimeOffset DueAt)?> InvoiceAsync(string reference, CancellationToken cancellation) =>
            Task.FromResult<(long, DateTimeOffset)?>((Open, MonthStory.At("12-20")));
    }
}
