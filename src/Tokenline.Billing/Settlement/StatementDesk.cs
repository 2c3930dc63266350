using Tokenline.Billing.Ledger;
using Tokenline.Billing.Vendors;
using Tokenline.Commerce;

namespace Tokenline.Billing.Settlement;

/// <summary>What vendor or channel and operator do with a statement. Lines stay as they are: what is agreed on after a dispute is an adjustment beside them.</summary>
public sealed class StatementDesk(IBillingStore store, BillingCalendar calendar)
{
    private const int TextLengthMax = 500;

    public async Task<Outcome<Statement>> FindAsync(string id, CancellationToken cancellation) =>
        await store.FindAsync(DocumentKind.Statement, id, cancellation) is { } stored
            ? BillingJson.Read<Statement>(stored.Body)
            : Refused.NotFound("statement", id);

    public Task<Outcome<Statement>> ConfirmAsync(string id, CancellationToken cancellation) =>
        ChangeAsync(
            id,
            statement =>
                statement.State == StatementState.Issued
                    ? statement with
                    {
                        State = StatementState.Confirmed,
                    }
                    : Wrong(statement, "confirmed"),
            _ => [],
            cancellation
        );

    public Task<Outcome<Statement>> DisputeAsync(string id, string reason, CancellationToken cancellation) =>
        ChangeAsync(
            id,
            statement =>
                reason.Length is 0 or > TextLengthMax
                    ? Refused.Invalid("reason", $"What is wrong with it? 1 to {TextLengthMax} characters.")
                : statement.State == StatementState.Issued ? statement with { State = StatementState.Disputed, Dispute = reason }
                : Wrong(statement, "disputed"),
            _ => [],
            cancellation
        );

    /// <summary>Answers a dispute, with an adjustment or without one; then it is to be confirmed.</summary>
    /// <param name="amount">More than nothing is the payee's; 0: the statement stands.</param>
    public Task<Outcome<Statement>> ResolveAsync(string id, Money amount, string reason, DateTimeOffset now, CancellationToken cancellation)
    {
        StatementAdjustment? added = null;
        return ChangeAsync(
            id,
            statement =>
            {
                if (statement.State != StatementState.Disputed)
                    return Wrong(statement, "resolved");
                if (amount.Nano != 0 && amount.Currency != statement.Currency)
                    return Refused.Invalid("amount.currency", $"The statement is in {statement.Currency}.");
                if (amount.Nano % MinorUnit.Nano(statement.Currency) != 0)
                    return Refused.Invalid("amount", "Whole minor units.");
                if (reason.Length is 0 or > TextLengthMax)
                    return Refused.Invalid("reason", $"1 to {TextLengthMax} characters.");
                added = amount.Nano == 0 ? null : new($"{statement.Adjustments.Count + 1}", amount.Nano, reason, now);
                return statement with
                {
                    State = StatementState.Issued,
                    Dispute = null,
                    Adjustments = added is null ? statement.Adjustments : [.. statement.Adjustments, added],
                };
            },
            statement =>
                added is null
                    ? []
                    :
                    [
                        new TransferBuilder()
                            .Debit(LedgerAccountKind.OperatorIncome, statement.Currency, added.Nano)
                            .Credit(PayableOf(statement), statement.Currency, added.Nano)
                            .Build($"adjustment/{id}/{added.Id}", now, calendar.PeriodOf(now), $"adjustment of the statement {id}")!,
                    ],
            cancellation
        );
    }

    /// <summary>
    /// Pays a confirmed statement out, a vendor's to the account that two people have said yes to. One that is not above nothing is closed, and what is missing is
    /// carried to the next.
    /// </summary>
    public async Task<Outcome<Statement>> PayOutAsync(string id, DateTimeOffset now, CancellationToken cancellation)
    {
        var account = (await FindAsync(id, cancellation)).Value is { Kind: PayeeKind.Vendor } of
            ? await store.FindAsync(DocumentKind.PayoutAccount, of.Payee, cancellation)
            : null;
        var paidTo = account is null ? null : PayoutAccounts.MaskedOf(account.Body);
        return await ChangeAsync(
            id,
            statement =>
                statement.State != StatementState.Confirmed ? Wrong(statement, "paid out")
                : statement is { Kind: PayeeKind.Vendor, BalanceNano: > 0 } && paidTo is null
                    ? new Refused(
                        Problems.WrongState,
                        account is null
                            ? $"{statement.Payee} has no account to be paid at."
                            : $"The account of {statement.Payee} waits for a second person's yes: nothing is paid to it before."
                    )
                : statement with
                {
                    State = StatementState.Paid,
                    PaidNano = Math.Max(0, statement.BalanceNano),
                    PaidTo = statement.BalanceNano > 0 ? paidTo : null,
                },
            statement =>
                statement.PaidNano == 0
                    ? []
                    :
                    [
                        new TransferBuilder()
                            .Debit(PayableOf(statement), statement.Currency, statement.PaidNano)
                            .Credit(LedgerAccountKind.Bank, statement.Currency, statement.PaidNano)
                            .Build($"payout/{id}", now, calendar.PeriodOf(now), $"statement {id} paid out")!,
                    ],
            cancellation
        );
    }

    private static LedgerAccount PayableOf(Statement statement) =>
        statement.Kind switch
        {
            PayeeKind.Vendor => LedgerAccount.Vendor(statement.Payee),
            PayeeKind.Channel => LedgerAccount.Channel(statement.Payee),
            _ => LedgerAccountKind.OperatorIncome,
        };

    private static Refused Wrong(Statement statement, string wanted) =>
        new(Problems.WrongState, $"A statement that is {BillingJson.Write(statement.State).Trim('"')} is not {wanted}.");

    private async Task<Outcome<Statement>> ChangeAsync(
        string id,
        Func<Statement, Outcome<Statement>> change,
        Func<Statement, IReadOnlyList<Transfer>> transfers,
        CancellationToken cancellation
    )
    {
        if (await store.FindAsync(DocumentKind.Statement, id, cancellation) is not { } stored)
            return Refused.NotFound("statement", id);
        var known = BillingJson.Read<Statement>(stored.Body);
        // What is below nothing went into the next one, and would be counted twice.
        if (known.BalanceNano < 0 && await store.MarkAsync(SettlementRun.MarkOf(known.Period.Next), cancellation) != 0)
            return new Refused(
                Problems.WrongState,
                $"Its balance was carried into {known.Period.Next}: that statement is the one to talk about."
            );
        if (known.Kind == PayeeKind.Operator)
            return new Refused(Problems.WrongState, "What no vendor served is the operator's own: there is nobody to agree with.");
        var changed = change(known);
        if (changed.Value is not { } next)
            return changed;
        await store.CommitAsync(
            new BillingChange
            {
                Transfers = transfers(next),
                Documents = [new(DocumentKind.Statement, stored.Id, stored.Group, stored.Period, stored.Version, BillingJson.Write(next))],
            },
            cancellation
        );
        return next;
    }
}
