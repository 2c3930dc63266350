using Tokenline.Billing;
using Tokenline.Billing.Ledger;

namespace Tokenline.Storage.Billing;

/// <summary>A transfer as it is kept: accounts by their names, amounts as whole nano.</summary>
internal sealed record TransferBody(DateTimeOffset At, string Text, TransferBody.Line[] Postings)
{
    internal sealed record Line(string Account, Currency Currency, long Nano);

    public static string Write(Transfer transfer) =>
        BillingJson.Write(
            new TransferBody(
                transfer.At.ToUniversalTime(),
                transfer.Text,
                [.. transfer.Postings.Select(posting => new Line(posting.Account.ToString(), posting.Currency, posting.Nano))]
            )
        );

    public static Transfer Read(TransferRow row)
    {
        var body = BillingJson.Read<TransferBody>(row.Body);
        return new Transfer(
            row.Id,
            body.At,
            new BillingPeriod(row.Period),
            body.Text,
            [.. body.Postings.Select(line => new Posting(LedgerAccount.Parse(line.Account), line.Currency, line.Nano))]
        );
    }
}
