using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Tokenline.Billing.Ledger;

/// <summary>The ledger in the plain text that hledger and ledger read, transfer by transfer: no other program needs to be believed that it balances.</summary>
public sealed class LedgerExport(IBillingStore store, BillingCalendar calendar)
{
    private const int AtOnce = 1000;

    /// <param name="period">Only what is booked in it; null: everything.</param>
    public async IAsyncEnumerable<string> WriteAsync(BillingPeriod? period, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var after = 0L;
        while (true)
        {
            var page = await store.TransfersAsync(after, AtOnce, cancellation);
            if (page.Count == 0)
                yield break;
            var text = new StringBuilder();
            foreach (var stored in page.Where(stored => period is null || stored.Transfer.Period == period))
                Append(text, stored.Transfer);
            after = page[^1].Number;
            if (text.Length > 0)
                yield return text.ToString();
        }
    }

    private void Append(StringBuilder text, Transfer transfer)
    {
        text.Append(calendar.DayOf(transfer.At).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))
            .Append(" * (")
            .Append(transfer.Id)
            .Append(") ")
            .Append(OneLine(transfer.Text))
            .Append("  ; period:")
            .Append(transfer.Period)
            .Append('\n');
        foreach (var posting in transfer.Postings)
            text.Append("    ")
                .Append(Class(posting.Account.Kind))
                .Append(':')
                .Append(OneLine(posting.Account.ToString()))
                .Append("  ")
                .Append(new Money(posting.Nano, posting.Currency).ToDecimal().ToString("0.#########", CultureInfo.InvariantCulture))
                .Append(' ')
                .Append(posting.Currency)
                .Append('\n');
        text.Append('\n');
    }

    /// <summary>The top of the tree of accounts, by which those programs make a balance sheet and an income statement.</summary>
    public static string Class(LedgerAccountKind kind) =>
        kind switch
        {
            LedgerAccountKind.CarrierClearing or LedgerAccountKind.Bank or LedgerAccountKind.Receivable => "assets",
            LedgerAccountKind.Wallet
            or LedgerAccountKind.DeferredRevenue
            or LedgerAccountKind.RefundsPayable
            or LedgerAccountKind.VendorPayable
            or LedgerAccountKind.ChannelPayable
            or LedgerAccountKind.Tax => "liabilities",
            LedgerAccountKind.Exchange => "equity",
            LedgerAccountKind.Discount or LedgerAccountKind.WriteOff => "expenses",
            _ => "revenues",
        };

    /// <summary>Two blanks end an account's name, a semicolon begins a comment, a bracket ends a code: none of them comes from us.</summary>
    private static string OneLine(string text)
    {
        var line = new StringBuilder(text.Length);
        foreach (var c in text)
            line.Append(char.IsControl(c) || c is ';' or '|' or '(' or ')' ? ' ' : c);
        while (line.ToString().Contains("  ", StringComparison.Ordinal))
            line.Replace("  ", " ");
        return line.ToString();
    }
}
