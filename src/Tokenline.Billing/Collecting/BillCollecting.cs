using Tokenline.Billing.Bills;
using Tokenline.Billing.Ledger;
using Tokenline.Commerce;
using Tokenline.Commerce.Configuration;
using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Payments;

namespace Tokenline.Billing.Collecting;

/// <summary>
/// Sends bills, and takes what is open of them by the method that their customer chose. Each attempt is written down before it is made, under a correlator of its own: whatever is stopped, it is paid once.
/// A refusal is followed by further attempts; what is not paid by its day goes the way of <see cref="BillDunning"/>, and a payment undoes that.
/// </summary>
public sealed class BillCollecting(
    IBillingStore store,
    BillDesk desk,
    PaymentMethods methods,
    IBillPayers payers,
    ITurns turns,
    BillingCalendar calendar,
    BillingOptions options,
    TimeProvider time
) : IAskedPayments, IPaymentNews
{
    /// <summary>Days after the first attempt.</summary>
    private static readonly int[] attemptDays = [0, 1, 3, 7];

    private static readonly TimeSpan lookAgain = TimeSpan.FromDays(1);
    private const int PageSize = 200;
    private const int PurchaseOrderLengthMax = 64;
    private const string Open = "open";
    private const string Closed = "closed";
    private readonly BillDunning dunning = new(store, payers, options);

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

    /// <summary>
    /// Sends a bill: what is open of it is taken at once by the method that its customer chose, or waits for its payment until its day. That it was sent and that it waits is one write.
    /// Refused or not, it is sent: how it is collected is said by the collection.
    /// </summary>
    public async Task<Outcome<BillDocument>> SendAsync(string bill, CancellationToken cancellation)
    {
        await using var _ = await turns.TakeAsync(TurnOf(bill), cancellation);
        var found = await desk.FindAsync(bill, cancellation);
        if (found.Value is not { } document)
            return found;
        var waits = document.OpenNano > 0 ? await BeginAsync(document, cancellation) : null;
        var sent = await desk.SendAsync(bill, waits is null ? null : ChangeOf(waits, 0), cancellation);
        if (sent.Value is null || waits?.Method is not { } method)
            return sent;
        await AskAsync((waits, 1), sent.Value, method, CancellationToken.None); // from here on the caller may go
        return await desk.FindAsync(bill, CancellationToken.None);
    }

    /// <summary>Collects an issued bill now: by this method, or by the one that the customer chose. What is under way is gone on with.</summary>
    public async Task<Outcome<BillCollection>> CollectAsync(string bill, PaymentMethod? method, CancellationToken cancellation)
    {
        await using var _ = await turns.TakeAsync(TurnOf(bill), cancellation);
        var found = await desk.FindAsync(bill, cancellation);
        if (found.Value is not { } document)
            return found.Refused!;
        if (method is { } named && !Enum.IsDefined(named))
            return Refused.Invalid("method", "phoneBill, wallet or invoice.");
        if (await KnownAsync(bill, cancellation) is not { } known)
        {
            if (document.State is not (BillState.Sent or BillState.PartiallyPaid) || document.OpenNano <= 0)
                return new Refused(Problems.WrongState, "An issued bill of which something is open is collected: send it first.");
            if (await BeginAsync(document, cancellation) is not { } begun)
                return new Refused(Problems.WrongState, $"The account {document.Bill.Account} has no customer who could pay.");
            known = (begun, 0);
        }
        if (known.Of.State is CollectionState.Asked or CollectionState.Invoiced || !known.Of.IsOpen || !IsAskedFor(document))
            return await GoOnAsync(known, document, cancellation);
        var by = method ?? known.Of.LastMethod ?? known.Of.Method ?? (await ChoiceAsync(document.Bill.Account, cancellation))?.Method;
        return by is { } way
            ? await AskAsync(known, document, way, cancellation)
            : new Refused(Problems.WrongState, "The customer has chosen no method to pay bills by: name one.", "method");
    }

    /// <summary>What is due: attempts whose end is not known or that follow a refusal, invoices, what follows for whoever does not pay. Returns how many moved on.</summary>
    public async Task<ResumeReport> RoundAsync(CancellationToken cancellation)
    {
        var (moved, after, now) = (0, "", time.GetUtcNow());
        var trouble = new Dictionary<string, Exception>();
        while (await store.ListAsync(DocumentKind.Collection, Open, null, after, PageSize, cancellation) is { Count: > 0 } page)
        {
            after = page[^1].Id;
            foreach (var stored in page)
            {
                cancellation.ThrowIfCancellationRequested();
                // Of a month's bills most wait for their day: they are passed by without being looked up.
                if (BillingJson.Read<BillCollection>(stored.Body) is { State: CollectionState.Waiting, Stage: DunningStage.None } waits)
                    if (waits.NextAt > now)
                        continue;
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
        BillCollection.BillOf(correlator) is { } bill
        && await KnownAsync(bill, cancellation) is { } known
        && known.Of.Attempts.FirstOrDefault(attempt => attempt.Correlator == correlator) is { Method: PaymentMethod.PhoneBill } attempt
        && await payers.FindAsync(known.Of.Payer, cancellation) is { } payer
            ? new(correlator, payer.PhoneNumber, new Money(attempt.Nano, known.Of.Currency), WordsOf(bill))
            : null;

    /// <summary>A payment that was made after a written no counts: what is more than was open then is the customer's credit.</summary>
    public async Task HearAsync(PhoneBillRequest asked, PhoneBillPayment payment, CancellationToken cancellation)
    {
        if (!payment.IsDecided || BillCollection.BillOf(asked.Correlator) is not { } bill)
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

    /// <summary>Null: the account has no customer who could pay.</summary>
    private async Task<BillCollection?> BeginAsync(BillDocument document, CancellationToken cancellation)
    {
        var bill = document.Bill;
        if (await payers.OfAsync(bill.Account, cancellation) is not { } payer)
            return null;
        var (now, choice) = (time.GetUtcNow(), await ChoiceAsync(bill.Account, cancellation));
        return new(
            bill.Id,
            payer.Id,
            bill.Currency,
            CollectionState.Waiting,
            [],
            choice?.PurchaseOrder,
            now,
            TryAt: choice?.Method is null ? null : now,
            NextAt: choice?.Method is null ? DueOf(bill, now) : now,
            Method: choice?.Method
        );
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
        await GoOnAsync(known, document, cancellation);
        return true;
    }

    /// <summary>What time, a payment or a dispute has brought.</summary>
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
                return await PayAsync(known, document, cancellation);
            case CollectionState.Invoiced when await payers.InvoiceAsync(of.Last.Reference!, cancellation) is { } invoice:
                return invoice.OpenNano <= 0
                    ? await PaidAsync(known, of.Last, of.Last.Reference, cancellation)
                    : await DunAsync(known, document, invoice.DueAt, cancellation);
            case CollectionState.Waiting or CollectionState.Refused or CollectionState.Exhausted:
                if (document.OpenNano <= 0)
                    return await CloseAsync(known, CollectionState.Ended, cancellation);
                // What is disputed is not asked for, and nothing more comes of it.
                if (!IsAskedFor(document))
                    return await KeepAsync(known, of with { NextAt = now + lookAgain }, cancellation);
                return of.TryAt <= now
                    ? await AskAsync(known, document, of.LastMethod ?? of.Method!.Value, cancellation)
                    : await DunAsync(known, document, DueOf(document.Bill, of.Since), cancellation);
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
        var asked = of with
        {
            State = CollectionState.Asked,
            Attempts = [.. of.Attempts, new(of.CorrelatorOf(of.Attempts.Count + 1), method, document.OpenNano, now)],
            TryAt = null,
            NextAt = null,
        };
        await KeepAsync(known, asked, cancellation);
        return await PayAsync((asked, known.Version + 1), document, CancellationToken.None); // from here on the caller may go
    }

    private async Task<Outcome<BillCollection>> PayAsync(
        (BillCollection Of, long Version) known,
        BillDocument document,
        CancellationToken cancellation
    )
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
        if (answer.Accepted && of.Last.Method != PaymentMethod.Invoice)
            return await PaidAsync(known, of.Last, answer.Reference, cancellation);
        var now = time.GetUtcNow();
        if (answer.Accepted)
            return await KeepAsync(
                known,
                With(of, of.Last with { IsRefused = false, Reference = answer.Reference }) with
                {
                    State = CollectionState.Invoiced,
                    NextAt = now + lookAgain,
                },
                cancellation
            );
        var made = of.Attempts.Count;
        DateTimeOffset? tryAt = made < attemptDays.Length ? of.Attempts[0].At.AddDays(attemptDays[made]) : null;
        var next = dunning.NextOf(of.Stage, DueOf(document.Bill, of.Since))?.At;
        return await KeepAsync(
            known,
            With(of, of.Last with { IsRefused = true, Reason = answer.Reason }) with
            {
                State = tryAt is null ? CollectionState.Exhausted : CollectionState.Refused,
                TryAt = tryAt,
                NextAt = Earlier(tryAt, next) ?? now + lookAgain,
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
        var now = time.GetUtcNow();
        var booked =
            attempt.Method == PaymentMethod.PhoneBill
                ? BookedBillPayments.ChangeOf(
                    new(attempt.Correlator, reference, attempt.Nano, known.Of.Currency, attempt.At, now),
                    calendar
                )
                : null;
        var paid = await desk.CollectedAsync(known.Of.Bill, attempt.Correlator, attempt.Nano, from, booked, now, cancellation);
        if (paid.Value is not { } document)
            return paid.Refused!;
        var settled = With(known.Of, attempt with { IsRefused = false, Reference = reference });
        var isDone = document.OpenNano <= 0 || attempt == known.Of.Last;
        return isDone
            ? await CloseAsync((settled, known.Version), CollectionState.Collected, cancellation)
            : await KeepAsync(known, settled, cancellation);
    }

    private async Task<Outcome<BillCollection>> CloseAsync(
        (BillCollection Of, long Version) known,
        CollectionState state,
        CancellationToken cancellation
    )
    {
        await dunning.LiftAsync(known.Of, cancellation);
        var closed = known.Of with { State = state, TryAt = null, NextAt = null, Stage = DunningStage.None, Plans = null };
        return await KeepAsync(known, closed, cancellation);
    }

    /// <summary>Every step that is due, each written down when it was taken.</summary>
    private async Task<Outcome<BillCollection>> DunAsync(
        (BillCollection Of, long Version) known,
        BillDocument document,
        DateTimeOffset due,
        CancellationToken cancellation
    )
    {
        var (now, of) = (time.GetUtcNow(), known.Of);
        while (dunning.NextOf(of.Stage, due) is { } step && step.At <= now)
        {
            // Which plans are stopped is written down before they are: paid, these are renewed again and no others.
            if (step.Stage == DunningStage.Terminated && of.Plans is null)
            {
                of = of with { Plans = await payers.RenewedPlansAsync(of.Payer, cancellation) };
                await KeepAsync(known, of, cancellation);
                known = (of, known.Version + 1);
            }
            await dunning.TakeAsync(of, step.Stage, document, due, cancellation);
            of = of with { Stage = step.Stage };
            await KeepAsync(known, of, cancellation);
            known = (of, known.Version + 1);
        }
        var next = Earlier(of.TryAt, dunning.NextOf(of.Stage, due)?.At) ?? now + lookAgain;
        // An invoice is paid elsewhere: it is looked at every day.
        if (of.State == CollectionState.Invoiced && next > now + lookAgain)
            next = now + lookAgain;
        return await KeepAsync(known, of with { NextAt = next }, cancellation);
    }

    private async Task<Outcome<BillCollection>> KeepAsync(
        (BillCollection Of, long Version) known,
        BillCollection next,
        CancellationToken cancellation
    )
    {
        await store.CommitAsync(new BillingChange { Documents = [ChangeOf(next, known.Version)] }, cancellation);
        return next;
    }

    private static DocumentChange ChangeOf(BillCollection next, long version) =>
        new(DocumentKind.Collection, next.Bill, next.IsOpen ? Open : Closed, null, version, BillingJson.Write(next));

    private async Task<(BillCollection Of, long Version)?> KnownAsync(string bill, CancellationToken cancellation) =>
        await store.FindAsync(DocumentKind.Collection, bill, cancellation) is { } stored
            ? (BillingJson.Read<BillCollection>(stored.Body), stored.Version)
            : null;

    private static bool IsAskedFor(BillDocument document) => document.OpenNano > 0 && document.State != BillState.OnHold;

    /// <summary>A bill that was sent after its day is overdue from then on.</summary>
    private static DateTimeOffset DueOf(Bill bill, DateTimeOffset since) => bill.DueAt > since ? bill.DueAt : since;

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) =>
        one is null ? other
        : other is null || one < other ? one
        : other;

    private static BillCollection With(BillCollection of, CollectionAttempt changed) =>
        of with
        {
            Attempts = [.. of.Attempts.Select(attempt => attempt.Correlator == changed.Correlator ? changed : attempt)],
        };

    private static string WordsOf(string bill) => $"Bill {bill}";

    private static string TurnOf(string bill) => $"collection of {bill}";
}
