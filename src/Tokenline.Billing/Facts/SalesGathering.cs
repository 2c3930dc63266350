using Tokenline.Billing.Ledger;
using Tokenline.Commerce.Catalog;

namespace Tokenline.Billing.Facts;

/// <summary>Takes over what was paid and given back, and posts it. What is known already is left as it is.</summary>
public sealed class SalesGathering(ISalesFeed feed, IBillingStore store)
{
    private const int AtOnce = 500;

    public async Task<int> GatherAsync(DateTimeOffset from, DateTimeOffset until, BillingCalendar calendar, CancellationToken cancellation)
    {
        var closed = await store.ClosedAsync(cancellation);
        var (page, count) = (new List<Sale>(AtOnce), 0);
        await foreach (var sale in feed.ReadAsync(from, until, cancellation))
        {
            var period = calendar.PeriodOf(sale.At);
            page.Add(sale with { Period = closed is { } last && period <= last ? last.Next : period });
            count++;
            if (page.Count == AtOnce)
                await WriteAsync(page, cancellation);
        }
        await WriteAsync(page, cancellation);
        return count;
    }

    private async Task WriteAsync(List<Sale> page, CancellationToken cancellation)
    {
        if (page.Count == 0)
            return;
        var known = (await store.KnownSalesAsync([.. page.Select(sale => sale.Id)], cancellation)).ToHashSet();
        var added = page.Where(sale => known.Add(sale.Id)).ToList();
        if (added.Count > 0)
            await store.CommitAsync(
                new BillingChange { Sales = added, Transfers = [.. added.Select(TransferOf).OfType<Transfer>()] },
                cancellation
            );
        page.Clear();
    }

    private static LedgerAccount WayOf(Sale sale) =>
        sale.Way switch
        {
            MoneyWay.Wallet => LedgerAccountKind.Wallet,
            MoneyWay.Invoice => LedgerAccount.Receivable(sale.Account),
            MoneyWay.Bank => LedgerAccountKind.Bank,
            _ => LedgerAccountKind.CarrierClearing,
        };

    public static LedgerAccount LiabilityOf(Sale sale) => sale.IsMoney ? LedgerAccountKind.Wallet : LedgerAccountKind.DeferredRevenue;

    internal static Transfer? TransferOf(Sale sale)
    {
        var (gross, currency) = (sale.Gross.Nano, sale.Gross.Currency);
        var tax = TaxIncluded.Of(sale.Gross, sale.TaxPercent).Nano;
        var transfer = new TransferBuilder();
        switch (sale.Kind)
        {
            case SaleKind.Beyond or SaleKind.TrueUp:
                return null;
            case SaleKind.Refund:
                transfer
                    .Debit(LiabilityOf(sale), currency, gross - tax)
                    .Debit(LedgerAccountKind.Tax, currency, tax)
                    .Credit(LedgerAccountKind.RefundsPayable, currency, gross);
                break;
            case SaleKind.Returned:
                transfer.Debit(LedgerAccountKind.RefundsPayable, currency, gross).Credit(WayOf(sale), currency, gross);
                break;
            case SaleKind.TopUp:
                transfer.Debit(WayOf(sale), currency, gross).Credit(LedgerAccountKind.Wallet, currency, gross);
                break;
            case SaleKind.PayOut:
                transfer.Debit(LedgerAccountKind.Wallet, currency, gross).Credit(WayOf(sale), currency, gross);
                break;
            case SaleKind.InvoicePaid:
                transfer.Debit(WayOf(sale), currency, gross).Credit(LedgerAccount.Receivable(sale.Account), currency, gross);
                break;
            default:
                transfer
                    .Debit(WayOf(sale), currency, gross)
                    .Credit(LiabilityOf(sale), currency, gross - tax)
                    .Credit(LedgerAccountKind.Tax, currency, tax);
                break;
        }
        return transfer.Build($"sale/{sale.Id}", sale.At, sale.Period, sale.Name);
    }
}
