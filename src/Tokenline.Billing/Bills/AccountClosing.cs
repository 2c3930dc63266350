using Tokenline.Billing.Facts;
using Tokenline.Billing.Ledger;
using Tokenline.Charging.Accounts;
using Tokenline.Commerce.Catalog;

namespace Tokenline.Billing.Bills;

/// <summary>What an account's month leaves.</summary>
/// <param name="Bill">Null: nothing happened.</param>
public sealed record ClosedAccount(
    Bill? Bill,
    IReadOnlyList<Transfer> Transfers,
    IReadOnlyList<EarnedPart> Earned,
    IReadOnlyList<BaseLine> Base
);

/// <summary>The month of one account, from its facts to its bill, its postings and its base. A pure function: the same books give the same bytes.</summary>
public sealed class AccountClosing(BillingPeriod period, BillingCalendar calendar, Currency currency, BillingOptions options)
{
    /// <summary>More lines than a person reads: calls are then told apart by department, and not by key.</summary>
    public const int LinesMax = 2_000;

    private readonly DateTimeOffset ends = calendar.To(period);

    /// <param name="names">Null: ids stand alone.</param>
    public ClosedAccount Close(AccountBooks books, BillNames? names = null)
    {
        var month = new Month(books, period, ends);
        EarnSales(month);
        var owed = BillOwed(month);
        var lines = new List<BillLine>();
        lines.AddRange(Purchases(books));
        lines.AddRange(Included(month));
        lines.AddRange(owed);
        if (lines.Count == 0)
            return new(null, month.Transfers, month.Earned, month.Base());
        var due = owed.Sum(line => line.AmountNano);
        var called = names ?? BillNames.None;
        var bill = new Bill(
            Bill.IdOf(books.Account, period),
            period,
            books.Account,
            books.Sales.Count > 0 ? books.Sales[0].Customer : null,
            currency,
            ends,
            ends.AddDays(options.PaymentDays),
            [.. lines.Select(line => Named(line, called))],
            due,
            owed.Sum(line => line.TaxNano),
            lines.Where(line => line.Kind is BillLineKind.Purchase or BillLineKind.Refund).Sum(line => line.AmountNano),
            books.Sums.Sum(sum => sum.Totals.UncollectedNano),
            called.To
        );
        return new(bill, month.Transfers, month.Earned, month.Base());
    }

    private static BillLine Named(BillLine line, BillNames names) =>
        line with
        {
            KeyName = line.Key is { } key ? names.Keys.GetValueOrDefault(key) : null,
            AllotmentName = line.Allotment is { } node ? names.Allotments.GetValueOrDefault(node) : null,
        };

    /// <summary>What the month's use, and the ends of what was granted, earn of the prices that were paid.</summary>
    private void EarnSales(Month month)
    {
        foreach (var sale in month.Sales)
        {
            var net = month.NetOf(sale);
            var units = month.PartsOf(sale);
            var shares = units.Count == 0 ? [net] : Split.Evenly(net, units.Count);
            if (units.Count == 0)
                Earn(month, sale, new("", [], []), net);
            for (var i = 0; i < units.Count; i++)
                Earn(month, sale, units[i], shares[i]);
        }
    }

    private void Earn(Month month, Sale sale, SalePart part, long net)
    {
        var before = month.EarnedBefore(sale.Id, part.Unit);
        var used = checked(before.Used + part.Sums.Sum(sum => sum.Totals.Amount));
        var hasEnded = sale.To <= ends && part.Buckets.All(bucket => bucket.ExpiresAt <= ends || month.Left(bucket) <= 0);
        var earned = EarnedOf(month, sale, part, net, used, hasEnded);
        var after = new EarnedPart(sale.Id, part.Unit, month.Account, used, earned, hasEnded ? net - earned : 0);
        if (after == before)
            return;
        month.Earned.Add(after);
        var (use, broken) = (after.EarnedNano - before.EarnedNano, after.BrokenNano - before.BrokenNano);
        month.Post(
            $"use/{sale.Id}{(part.Unit.Length == 0 ? "" : $"/{part.Unit}")}/{period}",
            sale.Name,
            transfer =>
                transfer
                    .Debit(SalesGathering.LiabilityOf(sale), sale.Gross.Currency, use + broken)
                    .Credit(LedgerAccountKind.Revenue, sale.Gross.Currency, use)
                    .Credit(LedgerAccountKind.Breakage, sale.Gross.Currency, broken)
        );
        month.AddToBase(part.Sums, sale.Channel, sale.Gross.Currency, use);
    }

    private long EarnedOf(Month month, Sale sale, SalePart part, long net, long used, bool hasEnded)
    {
        if (part.Buckets.Any(bucket => bucket.IsRefill))
        {
            if (sale.To is not { } to || hasEnded || to <= sale.From)
                return net;
            var passed = ends < to ? ends - sale.From : to - sale.From;
            return passed <= TimeSpan.Zero ? 0 : Rounding.MulDiv(net, passed.Ticks, (to - sale.From).Ticks);
        }
        Int128 granted = 0;
        foreach (var bucket in part.Buckets.Where(bucket => !bucket.IsMirror))
            granted += month.GrantedOf(bucket);
        return granted <= 0 || used <= 0 ? 0 : Rounding.MulDiv(net, Int128.Min(used, granted), granted);
    }

    /// <summary>Everything that is to be paid with the bill, and its one posting.</summary>
    private List<BillLine> BillOwed(Month month)
    {
        var transfer = new TransferBuilder();
        List<BillLine> lines = [.. BillCredit(month, transfer), .. month.AccruedIn().Select(sale => Accrued(month, sale, transfer))];
        month.Post($"bill/{Bill.IdOf(month.Account, period)}", "calls on credit", transfer);
        return lines;
    }

    /// <summary>What a commitment came to beyond what was prepaid: earned by the calls that used it, or – short of the commitment – by nobody.</summary>
    private BillLine Accrued(Month month, Sale sale, TransferBuilder transfer)
    {
        var amount = MinorUnit.Round(sale.Gross.Nano, currency);
        var tax = TaxIncluded.Of(new Money(amount, currency), sale.TaxPercent).Nano;
        var net = sale.Gross.Nano - tax;
        var isBeyond = sale.Kind == SaleKind.Beyond;
        transfer
            .Debit(LedgerAccount.Receivable(month.Account), currency, amount)
            .Credit(isBeyond ? LedgerAccountKind.Revenue : LedgerAccountKind.Breakage, currency, net)
            .Credit(LedgerAccountKind.Tax, currency, tax)
            .Credit(LedgerAccountKind.Rounding, currency, amount - sale.Gross.Nano);
        if (isBeyond)
            month.AddToBase(month.UsedBeyond(sale), sale.Channel, currency, net, isOwed: true);
        return new BillLine(
            isBeyond ? BillLineKind.Beyond : BillLineKind.TrueUp,
            sale.Name,
            ExactNano: sale.Gross.Nano,
            AmountNano: amount,
            TaxNano: tax,
            Cause: sale.Id
        );
    }

    /// <summary>Calls at retroactive tiers, brought to the tier that their month has come to: what that changes since the period before.</summary>
    private IEnumerable<BillLine> TrueUps(Month month, TransferBuilder transfer)
    {
        foreach (var ((group, model), parts) in month.VolumeTrueUps())
        {
            var exact = parts.Sum(part => part.Nano);
            var amount = MinorUnit.Round(exact, currency);
            if (exact == 0)
                continue;
            var tax = TaxOf(amount);
            transfer
                .Debit(LedgerAccount.Receivable(month.Account), currency, amount)
                .Credit(LedgerAccountKind.Revenue, currency, exact - tax)
                .Credit(LedgerAccountKind.Tax, currency, tax)
                .Credit(LedgerAccountKind.Rounding, currency, amount - exact);
            month.AddToBase(model, parts, currency, exact - tax);
            yield return new BillLine(BillLineKind.VolumeTrueUp, group, model, ExactNano: exact, AmountNano: amount, TaxNano: tax);
        }
    }

    /// <summary>Calls on credit: lines, their rounding, tiers and the minimum.</summary>
    private List<BillLine> BillCredit(Month month, TransferBuilder transfer)
    {
        var sums = month.OnCredit;
        var byKey = sums.Select(sum => (sum.Of.Model, sum.Of.Allotment, sum.Of.Key)).Distinct().Count() <= LinesMax;
        var lines = new List<BillLine>();
        foreach (
            var group in sums.GroupBy(sum =>
                    (
                        Bucket: month.Bucket(sum.Of.Bucket).Name,
                        sum.Of.Model,
                        sum.Of.Allotment,
                        Key: byKey ? sum.Of.Key : default,
                        IsCredit: sum.Totals.Amount < 0
                    )
                )
                .OrderBy(group => group.Key.IsCredit)
                .ThenBy(group => group.Key.Bucket, StringComparer.Ordinal)
                .ThenBy(group => group.Key.Model, StringComparer.Ordinal)
                .ThenBy(group => group.Key.Allotment.Value)
                .ThenBy(group => group.Key.Key.Value)
        )
        {
            var exact = group.Sum(sum => sum.Totals.Amount);
            var amount = MinorUnit.Round(exact, currency);
            var tax = TaxOf(amount);
            lines.Add(
                new BillLine(
                    group.Key.IsCredit ? BillLineKind.Credit : BillLineKind.Usage,
                    group.Key.Bucket,
                    group.Key.Model,
                    group.Key.Key == default ? null : group.Key.Key,
                    group.Key.Allotment == default ? null : group.Key.Allotment,
                    null,
                    0,
                    group.Sum(sum => sum.Totals.Calls),
                    group.Sum(sum => sum.Totals.Input),
                    group.Sum(sum => sum.Totals.Output),
                    group.Sum(sum => sum.Totals.WorthNano),
                    exact,
                    amount,
                    tax
                )
            );
            transfer
                .Debit(LedgerAccount.Receivable(month.Account), currency, amount)
                .Credit(LedgerAccountKind.Revenue, currency, exact - tax)
                .Credit(LedgerAccountKind.Tax, currency, tax)
                .Credit(LedgerAccountKind.Rounding, currency, amount - exact);
            month.AddToBase([.. group], null, currency, exact - tax);
        }
        lines.AddRange(TrueUps(month, transfer));
        lines.AddRange(AgreedLines(month, lines.Sum(line => line.AmountNano), transfer));
        return lines;
    }

    private IEnumerable<BillLine> AgreedLines(Month month, long billed, TransferBuilder transfer)
    {
        if (month.Agreement is not { } agreement || agreement.Currency != currency)
            yield break;
        var discount = agreement.DiscountOn(billed);
        if (discount != 0)
        {
            var tax = -TaxOf(discount);
            transfer
                .Debit(LedgerAccountKind.Discount, currency, discount + tax)
                .Debit(LedgerAccountKind.Tax, currency, -tax)
                .Credit(LedgerAccount.Receivable(month.Account), currency, discount);
            yield return new BillLine(
                BillLineKind.VolumeDiscount,
                $"agreement {agreement.Number}",
                ExactNano: -discount,
                AmountNano: -discount,
                TaxNano: tax
            );
        }
        var missing = (agreement.MinimumNano ?? 0) - (billed - discount);
        if (missing <= 0)
            yield break;
        var within = TaxOf(missing);
        transfer
            .Debit(LedgerAccount.Receivable(month.Account), currency, missing)
            .Credit(LedgerAccountKind.Breakage, currency, missing - within)
            .Credit(LedgerAccountKind.Tax, currency, within);
        yield return new BillLine(
            BillLineKind.Minimum,
            $"agreement {agreement.Number}",
            ExactNano: missing,
            AmountNano: missing,
            TaxNano: within
        );
    }

    private IEnumerable<BillLine> Purchases(AccountBooks books) =>
        books
            .Sales.Where(sale => sale.Period == period && (sale.IsPaid || sale.Kind == SaleKind.Refund))
            .OrderBy(sale => sale.At)
            .ThenBy(sale => sale.Id, StringComparer.Ordinal)
            .Select(sale =>
            {
                var sign = sale.IsPaid ? 1 : -1;
                return new BillLine(
                    sale.IsPaid ? BillLineKind.Purchase : BillLineKind.Refund,
                    sale.Name,
                    ExactNano: sign * sale.Gross.Nano,
                    AmountNano: sign * sale.Gross.Nano,
                    TaxNano: sign * TaxIncluded.Of(sale.Gross, sale.TaxPercent).Nano
                );
            });

    private static IEnumerable<BillLine> Included(Month month)
    {
        var sums = month.Prepaid;
        var byKey = sums.Select(sum => (sum.Of.Model, sum.Of.Allotment, sum.Of.Key)).Distinct().Count() <= LinesMax;
        return sums.GroupBy(sum =>
                (Bucket: month.FindBucket(sum.Of.Bucket), sum.Of.Model, sum.Of.Allotment, Key: byKey ? sum.Of.Key : default)
            )
            .GroupBy(group => (group.Key.Bucket?.Name, group.Key.Bucket?.Unit, group.Key.Model, group.Key.Allotment, group.Key.Key))
            .OrderBy(group => group.Key.Name, StringComparer.Ordinal)
            .ThenBy(group => group.Key.Unit, StringComparer.Ordinal)
            .ThenBy(group => group.Key.Model, StringComparer.Ordinal)
            .ThenBy(group => group.Key.Allotment.Value)
            .ThenBy(group => group.Key.Key.Value)
            .Select(group =>
            {
                var all = group.SelectMany(sums => sums).Aggregate(default(UsageTotals), (total, sum) => total + sum.Totals);
                return new BillLine(
                    BillLineKind.Included,
                    group.Key.Name ?? "",
                    group.Key.Model,
                    group.Key.Key == default ? null : group.Key.Key,
                    group.Key.Allotment == default ? null : group.Key.Allotment,
                    group.Key.Unit,
                    all.Amount,
                    all.Calls,
                    all.Input,
                    all.Output,
                    all.WorthNano,
                    EarnedNano: group.SelectMany(sums => sums).Sum(sum => month.EarnedOf(sum.Of))
                );
            });
    }

    private long TaxOf(long amount)
    {
        var tax = TaxIncluded.Of(new Money(Math.Abs(amount), currency), options.TaxPercent).Nano;
        return amount < 0 ? -tax : tax;
    }
}
