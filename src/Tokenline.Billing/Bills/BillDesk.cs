using Tokenline.Billing.Ledger;
using Tokenline.Commerce;
using Tokenline.Commerce.Catalog;

namespace Tokenline.Billing.Bills;

/// <summary>Money that came in for a bill.</summary>
/// <param name="Id">The payer's own: given again it is the same payment.</param>
public sealed record BillPayment(string Bill, string Id, long Nano, DateTimeOffset At);

/// <summary>What is taken off a bill that was made.</summary>
/// <param name="Dispute">The one that it answers; null: none.</param>
public sealed record CreditNote(string Bill, string Id, long Nano, long TaxNano, string Reason, string? Dispute, DateTimeOffset At);

public enum DisputeState
{
    Open = 1,
    Upheld = 2,
    Rejected = 3,
}

/// <summary>A question about a bill. While it is open the bill is on hold.</summary>
public sealed record BillDispute(
    string Bill,
    string Id,
    string Reason,
    DateTimeOffset At,
    DisputeState State = DisputeState.Open,
    string? Answer = null
);

/// <summary>What becomes of a bill when it was made. The bill itself stays as it is; each of these is a document and a transfer of its own.</summary>
public sealed class BillDesk(IBillingStore store, BillingCalendar calendar, BillingOptions options)
{
    private const int TextLengthMax = 500;

    public async Task<Outcome<BillDocument>> FindAsync(string id, CancellationToken cancellation) =>
        await store.FindAsync(DocumentKind.Bill, id, cancellation) is { } stored
            ? BillingJson.Read<BillDocument>(stored.Body)
            : Refused.NotFound("bill", id);

    public Task<Outcome<BillDocument>> SendAsync(string id, CancellationToken cancellation) => SendAsync(id, null, cancellation);

    /// <param name="beside">Written in the same transaction.</param>
    internal Task<Outcome<BillDocument>> SendAsync(string id, DocumentChange? beside, CancellationToken cancellation) =>
        ChangeAsync(
            id,
            bill => bill.State == BillState.Validated ? bill with { State = BillState.Sent } : Wrong(bill, "sent"),
            _ => new BillingChange { Documents = beside is null ? [] : [beside] },
            cancellation
        );

    public async Task<Outcome<BillDocument>> PayAsync(
        string id,
        string payment,
        Money amount,
        DateTimeOffset now,
        CancellationToken cancellation
    )
    {
        if (amount.Nano <= 0 || amount.Nano % MinorUnit.Nano(amount.Currency) != 0)
            return Refused.Invalid("amount", "More than nothing, in whole minor units.");
        var paid = new BillPayment(id, payment, amount.Nano, now);
        return await OnceAsync(
            DocumentKind.BillPayment,
            id,
            payment,
            paid,
            known => known.Nano == paid.Nano,
            bill =>
                amount.Currency != bill.Bill.Currency ? Refused.Invalid("amount.currency", $"The bill is in {bill.Bill.Currency}.")
                : bill.State is not (BillState.Sent or BillState.PartiallyPaid or BillState.Validated or BillState.OnHold)
                    ? Wrong(bill, "paid")
                : amount.Nano > bill.OpenNano ? Refused.Invalid("amount", $"{Money(bill, bill.OpenNano)} is open on this bill.")
                : Standing(bill with { PaidNano = bill.PaidNano + amount.Nano }),
            bill =>
                new TransferBuilder()
                    .Debit(LedgerAccountKind.Bank, amount.Currency, amount.Nano)
                    .Credit(LedgerAccount.Receivable(bill.Bill.Account), amount.Currency, amount.Nano)
                    .Build($"payment/{id}/{payment}", now, calendar.PeriodOf(now), $"payment of bill {id}"),
            cancellation
        );
    }

    /// <summary>What was taken by the customer's payment method. It counts whatever has become of the bill meanwhile: what is more than was open is the customer's credit.</summary>
    /// <param name="payment">The correlator that it was taken under: given again it is the same payment.</param>
    /// <param name="from">Where the money is; null: it is posted elsewhere.</param>
    /// <param name="beside">Written in the same transaction.</param>
    internal Task<Outcome<BillDocument>> CollectedAsync(
        string id,
        string payment,
        long nano,
        LedgerAccount? from,
        DocumentChange? beside,
        DateTimeOffset now,
        CancellationToken cancellation
    ) =>
        OnceAsync(
            DocumentKind.BillPayment,
            id,
            payment,
            new BillPayment(id, payment, nano, now),
            known => known.Nano == nano,
            bill => Standing(bill with { PaidNano = bill.PaidNano + nano }),
            bill =>
                from is { } account
                    ? new TransferBuilder()
                        .Debit(account, bill.Bill.Currency, nano)
                        .Credit(LedgerAccount.Receivable(bill.Bill.Account), bill.Bill.Currency, nano)
                        .Build($"payment/{id}/{payment}", now, calendar.PeriodOf(now), $"payment of bill {id}")
                    : null,
            cancellation,
            beside
        );

    public async Task<Outcome<BillDocument>> CreditAsync(
        string id,
        string note,
        Money amount,
        string reason,
        string? dispute,
        DateTimeOffset now,
        CancellationToken cancellation
    )
    {
        if (amount.Nano <= 0 || amount.Nano % MinorUnit.Nano(amount.Currency) != 0)
            return Refused.Invalid("amount", "More than nothing, in whole minor units.");
        if (reason.Length is 0 or > TextLengthMax)
            return Refused.Invalid("reason", $"Why? 1 to {TextLengthMax} characters.");
        var tax = TaxIncluded.Of(amount, options.TaxPercent).Nano;
        var credit = new CreditNote(id, note, amount.Nano, tax, reason, dispute, now);
        return await OnceAsync(
            DocumentKind.CreditNote,
            id,
            note,
            credit,
            known => known.Nano == credit.Nano && known.Reason == credit.Reason,
            bill =>
                amount.Currency != bill.Bill.Currency ? Refused.Invalid("amount.currency", $"The bill is in {bill.Bill.Currency}.")
                : amount.Nano > bill.Bill.DueNano - bill.CreditedNano - bill.WrittenOffNano
                    ? Refused.Invalid(
                        "amount",
                        $"At most {Money(bill, bill.Bill.DueNano - bill.CreditedNano - bill.WrittenOffNano)} can be taken off this bill."
                    )
                : Standing(bill with { CreditedNano = bill.CreditedNano + amount.Nano }),
            bill =>
                new TransferBuilder()
                    .Debit(LedgerAccountKind.Discount, amount.Currency, amount.Nano - tax)
                    .Debit(LedgerAccountKind.Tax, amount.Currency, tax)
                    .Credit(LedgerAccount.Receivable(bill.Bill.Account), amount.Currency, amount.Nano)
                    .Build($"credit/{id}/{note}", now, calendar.PeriodOf(now), $"credit note on bill {id}"),
            cancellation
        );
    }

    /// <summary>Gives up what is open.</summary>
    public Task<Outcome<BillDocument>> WriteOffAsync(string id, DateTimeOffset now, CancellationToken cancellation)
    {
        var given = 0L;
        return ChangeAsync(
            id,
            bill =>
            {
                given = bill.OpenNano;
                return given <= 0 || bill.State == BillState.OnHold
                    ? Wrong(bill, "given up")
                    : Standing(bill with { WrittenOffNano = bill.WrittenOffNano + given });
            },
            bill => new BillingChange
            {
                Transfers =
                [
                    new TransferBuilder()
                        .Debit(LedgerAccountKind.WriteOff, bill.Bill.Currency, given)
                        .Credit(LedgerAccount.Receivable(bill.Bill.Account), bill.Bill.Currency, given)
                        .Build($"writeoff/{id}/{bill.WrittenOffNano}", now, calendar.PeriodOf(now), $"bill {id} given up")!,
                ],
            },
            cancellation
        );
    }

    public async Task<Outcome<BillDocument>> DisputeAsync(
        string id,
        string dispute,
        string reason,
        DateTimeOffset now,
        CancellationToken cancellation
    )
    {
        if (reason.Length is 0 or > TextLengthMax)
            return Refused.Invalid("reason", $"What is wrong with it? 1 to {TextLengthMax} characters.");
        var opened = new BillDispute(id, dispute, reason, now);
        return await OnceAsync(
            DocumentKind.Dispute,
            id,
            dispute,
            opened,
            known => known.Reason == opened.Reason,
            bill =>
                bill.State is BillState.OnHold or BillState.Settled or BillState.New
                    ? Wrong(bill, "disputed")
                    : bill with
                    {
                        State = BillState.OnHold,
                        HeldFrom = bill.State,
                    },
            _ => null,
            cancellation
        );
    }

    /// <param name="credit">What is taken off; null: the bill stands.</param>
    public async Task<Outcome<BillDocument>> AnswerAsync(
        string id,
        string dispute,
        Money? credit,
        string answer,
        DateTimeOffset now,
        CancellationToken cancellation
    )
    {
        if (answer.Length is 0 or > TextLengthMax)
            return Refused.Invalid("answer", $"1 to {TextLengthMax} characters.");
        if (await store.FindAsync(DocumentKind.Dispute, $"{id}/{dispute}", cancellation) is not { } stored)
            return Refused.NotFound("dispute", dispute);
        var known = BillingJson.Read<BillDispute>(stored.Body);
        if (known.State != DisputeState.Open)
            return new Refused(Problems.WrongState, $"The dispute {dispute} was answered.");
        if (credit is { } amount)
        {
            // The note first: answered again after a crash, it is the same note.
            var noted = await CreditAsync(id, $"dispute-{dispute}", amount, answer, dispute, now, cancellation);
            if (noted.Refused is not null)
                return noted;
        }
        var answered = known with { State = credit is null ? DisputeState.Rejected : DisputeState.Upheld, Answer = answer };
        return await ChangeAsync(
            id,
            bill => Standing(bill with { State = bill.HeldFrom ?? bill.State, HeldFrom = null }),
            _ => new BillingChange
            {
                Documents = [new(DocumentKind.Dispute, stored.Id, stored.Group, null, stored.Version, BillingJson.Write(answered))],
            },
            cancellation
        );
    }

    private static BillDocument Standing(BillDocument bill) =>
        bill.State == BillState.OnHold ? bill
        : bill.OpenNano <= 0 ? bill with { State = BillState.Settled }
        : bill.PaidNano > 0 ? bill with { State = BillState.PartiallyPaid }
        : bill;

    private static Refused Wrong(BillDocument bill, string wanted) =>
        new(Problems.WrongState, $"A bill that is {Word(bill.State)} is not {wanted}.");

    private static string Word(BillState state) => BillingJson.Write(state).Trim('"');

    private static Money Money(BillDocument bill, long nano) => new(nano, bill.Bill.Currency);

    /// <summary>Adds a document of its own to a bill, and what it moves; the same again is the bill as it stands, another of that id is refused.</summary>
    private async Task<Outcome<BillDocument>> OnceAsync<T>(
        DocumentKind kind,
        string bill,
        string id,
        T added,
        Func<T, bool> isSame,
        Func<BillDocument, Outcome<BillDocument>> change,
        Func<BillDocument, Transfer?> transfer,
        CancellationToken cancellation,
        DocumentChange? beside = null
    )
    {
        if (id.Length is 0 or > 64 || id.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.')))
            return Refused.Invalid("id", "1 to 64 letters, digits, hyphens, underscores and dots.");
        var name = $"{bill}/{id}";
        if (await store.FindAsync(kind, name, cancellation) is { } known)
            return isSame(BillingJson.Read<T>(known.Body))
                ? await FindAsync(bill, cancellation)
                : new Refused(Problems.IdempotencyConflict, $"{name} is there, with other content.", "id");
        return await ChangeAsync(
            bill,
            change,
            next => new BillingChange
            {
                Documents = [new(kind, name, bill, null, 0, BillingJson.Write(added)), .. beside is null ? [] : (DocumentChange[])[beside]],
                Transfers = transfer(next) is { } posted ? [posted] : [],
            },
            cancellation
        );
    }

    private async Task<Outcome<BillDocument>> ChangeAsync(
        string id,
        Func<BillDocument, Outcome<BillDocument>> change,
        Func<BillDocument, BillingChange> with,
        CancellationToken cancellation
    )
    {
        if (await store.FindAsync(DocumentKind.Bill, id, cancellation) is not { } stored)
            return Refused.NotFound("bill", id);
        var changed = change(BillingJson.Read<BillDocument>(stored.Body));
        if (changed.Value is not { } next)
            return changed;
        var more = with(next);
        await store.CommitAsync(
            more with
            {
                Documents =
                [
                    .. more.Documents,
                    new(DocumentKind.Bill, stored.Id, stored.Group, stored.Period, stored.Version, BillingJson.Write(next)),
                ],
            },
            cancellation
        );
        return next;
    }
}
