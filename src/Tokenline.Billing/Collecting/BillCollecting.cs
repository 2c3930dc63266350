using Tokenline.Billing.Bills;
using Tokenline.Billing.Ledger;
using Tokenline.Commerce;
using Tokenline.Commerce.Configuration;
using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Payments;
using Tokenline.Commerce.Subscriptions;

namespace Tokenline.Billing.Collecting;

/// <summary>
/// Takes what is open of an issued bill by the method that its customer chose. Each attempt is written down before it is made, under a correlator of its own: whatever is stopped, it is paid once.
/// A refusal is followed by further attempts, and then by the suspension of the account, as for a period of a plan; a payment undoes it.
/// </summary>
public sealed class BillCollecting(
    IBillingStore store,
    BillDesk desk,
    PaymentMethods methods,
    IBillPayers payers,
    ITurns turns,
    TimeProvider time
) : IAskedPayments, IPaymentNews
{
    /// <summary>Days after the first attempt.</summary>
    private static readonly int[] attemptDays = [0, 1, 3, 7];

    /// <summary>As plans are.</summary>
    public static readonly TimeSpan SuspendAfter = SubscriptionMachine.SuspendAfter;

    private static readonly TimeSpan lookAgain = TimeSpan.FromDays(1);
    private const int PageSize = 200;
    private const int PurchaseOrderLengthMax = 64;
    private const string Open = "open";
    private const string Closed = "closed";
    private const string Prefix = "bill-";

    public async Task<BillPaymentChoice?> ChoiceAsync(AccountId account, CancellationToken cancellation) =>
        await store.FindAsync(DocumentKind.BillPaymentChoice, account.ToString(), cancellation) is { } stored
            ? BillingJson.Read<BillPaymentChoice>(stored.Body)
            : null;

    /// <summary>The customer's own leave, for bills that are issued from now on.</summary>
    /// <param name="method">Null takes it back.</param>
    public async Task<Outcome<BillPaymentChoice>> ChooseAsync(
        AccountId account,
        PaymentMethod? method,
        string? purchaseOrder,
        CancellationToken cancellation
    )
    {
        if (method is { } chosen && !Enum.IsDefined(chosen))
            return Refused.Invalid("method", "phoneBill, wallet or invoice.");
        if (purchaseOrder is { Length: 0 or > PurchaseOrderLengthMax } || purchaseOrder?.Any(char.IsControl) == true)
            return Refused.Invalid("purchaseOrder", $"1 to {PurchaseOrderLengthMax} characters.");
        if (purchaseOrder is not null && method != PaymentMethod.Invoice)
            return Refused.Invalid("purchaseOrder", "Only an invoice has a purchase order number.");
        var stored = await store.FindAsync(DocumentKind.BillPaymentChoice, account.ToString(), cancellation);
        var choice = new BillPaymentChoice(account, method, purchaseOrder, time.GetUtcNow());
        await store.CommitAsync(
            new BillingChange
            {
                Documents =
                [
                    new(
                        DocumentKind.BillPaymentChoice,
                        account.ToString(),
                        account.ToString(),
                        null,
                        stored?.Version ?? 0,
                        BillingJson.Write(choice)
                    ),
                ],
            },
            cancellation
        );
        return choice;
    }

    public async Task<BillCollection?> FindCollectionAsync(string bill, CancellationToken cancellation) =>
        (await KnownAsync(bill, cancellation))?.Of;

    /// <summary>Collects an issued bill now: by this method, or by the one that the customer chose. What is under way is gone on with. Null method and no choice: it waits for its payment.</summary>
    public async Task<Outcome<BillCollection>> CollectAsync(string bill, PaymentMethod? method, CancellationToken cancellation)
    {
        await using var _ = await turns.TakeAsync(TurnOf(bill), cancellation);
        var found = await desk.FindAsync(bill, cancellation);
        if (found.Value is not { } document)
            return found.Refused!;
        if (await KnownAsync(bill, cancellation) is { } known)
        {
            if (known.Of.State is CollectionState.Asked or CollectionState.Invoiced || !known.Of.IsOpen)
                return await GoOnAsync(known, document, cancellation);
            return document.OpenNano <= 0 || document.State == BillState.OnHold
                ? await GoOnAsync(known, document, cancellation)
                : await AskAsync(known, document, method ?? known.Of.Last.Method, cancellation);
        }
        if (document.State is not (BillState.Sent or BillState.PartiallyPaid) || document.OpenNano <= 0)
            return new Refused(Problems.WrongState, "An issued bill of which something is open is collected: send it first.");
        if (await payers.OfAsync(document.Bill.Account, cancellation) is not { } payer)
            return new Refused(Problems.WrongState, $"The account {document.Bill.Account} has no customer who could pay.");
        var choice = await ChoiceAsync(document.Bill.Account, cancellation);
        if ((method ?? choice?.Method) is not { } by)
            return new Refused(Problems.WrongState, "The customer has chosen no method to pay bills by: name one.", "method");
        if (!Enum.IsDefined(by))
            return Refused.Invalid("method", "phoneBill, wallet or invoice.");
        var begun = new BillCollection(
            bill,
            payer.Id,
            document.Bill.Currency,
            CollectionState.Asked,
            [],
            choice?.PurchaseOrder,
            time.GetUtcNow(),
            null
        );
        return await AskAsync((begun, 0), document, by, cancellation);
    }

    /// <summary>What is due: attempts whose end is not known or that follow a refusal, invoices, suspensions. Returns how many moved on.</summary>
    public async Task<ResumeReport> RoundAsync(CancellationToken cancellation)
    {
        var (moved, after) = (0, "");
        var trouble = new Dictionary<string, Exception>();
        while (await store.ListAsync(DocumentKind.Collection, Open, null, after, PageSize, cancellation) is { Count: > 0 } page)
        {
            after = page[^1].Id;
            foreach (var stored in page)
            {
                cancellation.ThrowIfCancellationRequested();
                try
                {
                    if (await MoveAsync(stored.Id, cancellation))
                        moved++;
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    trouble[stored.Id] = e;
                }
            }
        }
        return new(moved, trouble);
    }

    public async Task<PhoneBillRequest?> FindAsync(string correlator, CancellationToken cancellation) =>
        BillOf(correlator) is { } bill
        && await KnownAsync(bill, cancellation) is { } known
        && known.Of.Attempts.FirstOrDefault(attempt => attempt.Correlator == correlator) is { Method: PaymentMethod.PhoneBill } attempt
        && await payers.FindAsync(known.Of.Payer, cancellation) is { } payer
            ? new(correlator, payer.PhoneNumber, new Money(attempt.Nano, known.Of.Currency), WordsOf(bill))
            : null;

    /// <summary>A payment that was made after a written no counts: what is more than was open then is the customer's credit.</summary>
    public async Task HearAsync(PhoneBillRequest asked, PhoneBillPayment payment, CancellationToken cancellation)
    {
        if (!payment.IsDecided || BillOf(asked.Correlator) is not { } bill)
            return;
        await using var _ = await turns.TakeAsync(TurnOf(bill), cancellation);
        if (
            await KnownAsync(bill, cancellation) is not { } known
            || (await desk.FindAsync(bill, cancellation)).Value is not { } document
            || known.Of.Attempts.FirstOrDefault(one => one.Correlator == asked.Correlator) is not { } attempt
        )
            return;
        if (attempt.IsRefused is null)
            await GoOnAsync(known, document, cancellation);
        else if (attempt.IsRefused == true && payment.State == PhoneBillState.Succeeded)
            await PaidAsync(known, attempt, payment.Reference, cancellation);
    }

    private async Task<bool> MoveAsync(string bill, CancellationToken cancellation)
    {
        await using var _ = await turns.TakeAsync(TurnOf(bill), cancellation);
        var now = time.GetUtcNow();
        if (await KnownAsync(bill, cancellation) is not { Of.IsOpen: true } known)
            return false;
        var document = (await desk.FindAsync(bill, cancellation)).Required();
        var mayHaveEnded = known.Of.State != CollectionState.Asked && document.OpenNano <= 0;
        if (!mayHaveEnded && known.Of.NextAt > now)
            return false;
        if (known.Of.State == CollectionState.Refused && document.OpenNano > 0 && document.State != BillState.OnHold)
            await AskAsync(known, document, known.Of.Last.Method, cancellation);
        else
            await GoOnAsync(known, document, cancellation);
        return true;
    }

    /// <summary>What follows where no new attempt is to be made.</summary>
    private async Task<Outcome<BillCollection>> GoOnAsync(
        (BillCollection Of, long Version) known,
        BillDocument document,
        CancellationToken cancellation
    )
    {
        var (now, of) = (time.GetUtcNow(), known.Of);
        switch (of.State)
        {
            case CollectionState.Asked:
                return await PayAsync(known, cancellation);
            case CollectionState.Invoiced when await payers.InvoiceAsync(of.Last.Reference!, cancellation) is { } invoice:
                if (invoice.OpenNano <= 0)
                    return await PaidAsync(known, of.Last, of.Last.Reference, cancellation);
                return await DunAsync(known, invoice.DueAt, cancellation);
            case CollectionState.Refused or CollectionState.Exhausted when document.OpenNano <= 0:
                return await CloseAsync(known, CollectionState.Ended, cancellation);
            // What is disputed is not asked for, and nobody is suspended for it.
            case CollectionState.Refused or CollectionState.Exhausted when document.State == BillState.OnHold:
                return await KeepAsync(known, of with { NextAt = now + lookAgain }, cancellation);
            case CollectionState.Exhausted:
                return await DunAsync(known, of.Since, cancellation);
            default:
                return of;
        }
    }

    /// <summary>Writes an attempt down, and makes it.</summary>
    private async Task<Outcome<BillCollection>> AskAsync(
        (BillCollection Of, long Version) known,
        BillDocument document,
        PaymentMethod method,
        CancellationToken cancellation
    )
    {
        var (of, now) = (known.Of, time.GetUtcNow());
        var correlator = $"{Prefix}{of.Bill.Replace('/', '-')}-{of.Attempts.Count + 1}";
        var asked = of with
        {
            State = CollectionState.Asked,
            Attempts = [.. of.Attempts, new(correlator, method, document.OpenNano, now)],
            NextAt = null,
        };
        await KeepAsync(known, asked, cancellation);
        return await PayAsync((asked, known.Version + 1), CancellationToken.None); // from here on the caller may go
    }

    private async Task<Outcome<BillCollection>> PayAsync((BillCollection Of, long Version) known, CancellationToken cancellation)
    {
        var of = known.Of;
        PaymentAnswer answer;
        try
        {
            answer = await methods[of.Last.Method]
                .PayAsync(
                    new PaymentRequest(
                        of.Payer,
                        of.Last.Correlator,
                        new Money(of.Last.Nano, of.Currency),
                        WordsOf(of.Bill),
                        of.PurchaseOrder
                    ),
                    cancellation
                );
        }
        catch (HttpRequestException)
        {
            return of; // not known: it is asked for again under the same correlator
        }
        if (answer.Accepted && of.Last.Method == PaymentMethod.Invoice)
            return await KeepAsync(
                known,
                With(of, of.Last with { IsRefused = false, Reference = answer.Reference }) with
                {
                    State = CollectionState.Invoiced,
                    NextAt = time.GetUtcNow() + lookAgain,
                },
                cancellation
            );
        if (answer.Accepted)
            return await PaidAsync(known, of.Last, answer.Reference, cancellation);
        var refused = With(of, of.Last with { IsRefused = true, Reason = answer.Reason });
        var made = refused.Attempts.Count;
        return await KeepAsync(
            known,
            refused with
            {
                State = made < attemptDays.Length ? CollectionState.Refused : CollectionState.Exhausted,
                NextAt = made < attemptDays.Length ? of.Since.AddDays(attemptDays[made]) : of.Since + SuspendAfter,
            },
            cancellation
        );
    }

    /// <summary>The payment first: done again after a crash, it is the same payment.</summary>
    private async Task<Outcome<BillCollection>> PaidAsync(
        (BillCollection Of, long Version) known,
        CollectionAttempt attempt,
        string? reference,
        CancellationToken cancellation
    )
    {
        LedgerAccount? from = attempt.Method switch
        {
            PaymentMethod.PhoneBill => LedgerAccountKind.CarrierClearing,
            PaymentMethod.Wallet => LedgerAccountKind.Wallet,
            _ => null, // the payment of the invoice is posted as every invoice's
        };
        var paid = await desk.CollectedAsync(known.Of.Bill, attempt.Correlator, attempt.Nano, from, time.GetUtcNow(), cancellation);
        if (paid.Value is not { } document)
            return paid.Refused!;
        var settled = With(known.Of, attempt with { IsRefused = false, Reference = reference });
        var isDone = document.OpenNano <= 0 || attempt == known.Of.Last;
        return await CloseAsync((settled, known.Version), isDone ? CollectionState.Collected : known.Of.State, cancellation);
    }

    private async Task<Outcome<BillCollection>> CloseAsync(
        (BillCollection Of, long Version) known,
        CollectionState state,
        CancellationToken cancellation
    )
    {
        if (known.Of.HasSuspended && (state is CollectionState.Collected or CollectionState.Ended))
            await ResumeAsync(known.Of, cancellation);
        var closed = known.Of with { State = state };
        return await KeepAsync(known, closed.IsOpen ? closed : closed with { NextAt = null, HasSuspended = false }, cancellation);
    }

    /// <summary>Unless another bill of the customer's keeps the account suspended.</summary>
    private async Task ResumeAsync(BillCollection paid, CancellationToken cancellation)
    {
        var after = "";
        while (await store.ListAsync(DocumentKind.Collection, Open, null, after, PageSize, cancellation) is { Count: > 0 } page)
        {
            after = page[^1].Id;
            if (
                page.Select(stored => BillingJson.Read<BillCollection>(stored.Body))
                    .Any(other => other.Payer == paid.Payer && other.Bill != paid.Bill && other.HasSuspended)
            )
                return;
        }
        await payers.SuspendAsync(paid.Payer, false, $"bill {paid.Bill} is paid", cancellation);
    }

    private async Task<Outcome<BillCollection>> DunAsync(
        (BillCollection Of, long Version) known,
        DateTimeOffset since,
        CancellationToken cancellation
    )
    {
        var now = time.GetUtcNow();
        if (!known.Of.HasSuspended && now >= since + SuspendAfter)
        {
            await payers.SuspendAsync(known.Of.Payer, true, $"bill {known.Of.Bill} is not paid", cancellation);
            return await KeepAsync(known, known.Of with { HasSuspended = true, NextAt = now + lookAgain }, cancellation);
        }
        return await KeepAsync(known, known.Of with { NextAt = now + lookAgain }, cancellation);
    }

    private async Task<Outcome<BillCollection>> KeepAsync(
        (BillCollection Of, long Version) known,
        BillCollection next,
        CancellationToken cancellation
    )
    {
        await store.CommitAsync(
            new BillingChange
            {
                Documents =
                [
                    new(DocumentKind.Collection, next.Bill, next.IsOpen ? Open : Closed, null, known.Version, BillingJson.Write(next)),
                ],
            },
            cancellation
        );
        return next;
    }

    private async Task<(BillCollection Of, long Version)?> KnownAsync(string bill, CancellationToken cancellation) =>
        await store.FindAsync(DocumentKind.Collection, bill, cancellation) is { } stored
            ? (BillingJson.Read<BillCollection>(stored.Body), stored.Version)
            : null;

    private static BillCollection With(BillCollection of, CollectionAttempt changed) =>
        of with
        {
            Attempts = [.. of.Attempts.Select(attempt => attempt.Correlator == changed.Correlator ? changed : attempt)],
        };

    /// <summary>Of a correlator such as <c>bill-2026-11-acc_…-1</c>.</summary>
    private static string? BillOf(string correlator)
    {
        const int PeriodLength = 7;
        var last = correlator.LastIndexOf('-');
        var account = Prefix.Length + PeriodLength + 1;
        return correlator.StartsWith(Prefix, StringComparison.Ordinal) && last > account
            ? $"{correlator[Prefix.Length..(account - 1)]}/{correlator[account..last]}"
            : null;
    }

    private static string WordsOf(string bill) => $"Bill {bill}";

    private static string TurnOf(string bill) => $"collection of {bill}";
}
