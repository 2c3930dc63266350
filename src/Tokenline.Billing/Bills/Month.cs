using Tokenline.Billing.Facts;
using Tokenline.Billing.Ledger;
using Tokenline.Charging.Accounts;
using Tokenline.Commerce.Catalog;

namespace Tokenline.Billing.Bills;

/// <summary>The buckets of one unit that a sale paid for, and what they paid this month.</summary>
internal sealed record SalePart(string Unit, IReadOnlyList<BilledBucket> Buckets, IReadOnlyList<UsageSum> Sums);

/// <summary>An account's books while its month is closed: which bucket has its price from which sale, and what is being posted.</summary>
internal sealed class Month
{
    private readonly AccountBooks books;
    private readonly BillingPeriod period;
    private readonly DateTimeOffset ends;
    private readonly Dictionary<BucketId, BilledBucket> buckets;
    private readonly Dictionary<BucketId, (long Added, long Taken)> moves = [];
    private readonly Dictionary<BucketId, Sale> saleOf = [];
    private readonly ILookup<BucketId, UsageSum> sums;
    private readonly Dictionary<string, long> refunded = [];
    private readonly Dictionary<BaseKey, long> @base = [];
    private readonly Dictionary<UsageKey, long> earnedOf = [];

    public Month(AccountBooks books, BillingPeriod period, DateTimeOffset ends)
    {
        (this.books, this.period, this.ends) = (books, period, ends);
        buckets = books.Buckets.ToDictionary(bucket => bucket.Id);
        foreach (var move in books.Moves)
        {
            var bucket = move.Of.Bucket.Bucket;
            var (added, taken) = moves.GetValueOrDefault(bucket);
            moves[bucket] = (added + move.Added, taken + move.Taken);
        }
        sums = books.Sums.ToLookup(sum => sum.Of.Bucket);
        Sales = [.. books.Sales.Where(sale => sale.IsPaid).OrderBy(sale => sale.From).ThenBy(sale => sale.Id, StringComparer.Ordinal)];
        foreach (var bucket in books.Buckets)
        {
            if (SaleOf(bucket) is { } sale)
                saleOf[bucket.Id] = sale;
        }
        TakeRefundsOff();
        Agreement = books.Agreement is { } body ? BillingJson.Read<Agreement>(body) : null;
    }

    public AccountId Account => books.Account;
    public IReadOnlyList<Sale> Sales { get; }
    public Agreement? Agreement { get; }
    public List<Transfer> Transfers { get; } = [];
    public List<EarnedPart> Earned { get; } = [];

    /// <summary>What buckets of credit paid, and were given back.</summary>
    public IReadOnlyList<UsageSum> OnCredit => [.. books.Sums.Where(sum => IsOnCredit(sum.Of.Bucket))];

    public IReadOnlyList<UsageSum> Prepaid => [.. books.Sums.Where(sum => !IsOnCredit(sum.Of.Bucket))];

    public IEnumerable<Sale> AccruedIn() =>
        books.AccruedIn(period).OrderBy(sale => sale.From).ThenBy(sale => sale.Id, StringComparer.Ordinal);

    /// <summary>What was accrued beyond was used by these calls, in this period or before.</summary>
    public IReadOnlyList<UsageSum> UsedBeyond(Sale accrued) =>
        [
            .. books
                .Sums.Concat(books.Before)
                .Where(sum => FindBucket(sum.Of.Bucket) is { } bucket && AccountBooks.IsBeyond(accrued, OriginOf(bucket))),
        ];

    /// <summary>
    /// What calls on credit cost in the tier that their month has come to, less what they were charged; and less the same as it was at the end of the period before, which is on an earlier bill.
    /// By group and model, with the vendors that served.
    /// </summary>
    public IEnumerable<KeyValuePair<(string Group, string Model), List<(string Vendor, long Nano)>>> VolumeTrueUps()
    {
        var corrections = new SortedDictionary<(string Group, string Model), SortedDictionary<string, long>>();
        foreach (var month in books.Volumes.GroupBy(sum => (sum.Of.Group, sum.Of.Month)))
        {
            Correct([.. month], 1);
            Correct([.. month.Where(sum => sum.Of.Period < period)], -1);
        }
        return corrections.Select(one => KeyValuePair.Create(one.Key, one.Value.Select(part => (part.Key, part.Value)).ToList()));

        void Correct(List<VolumeSum> sums, int sign)
        {
            var volume = Math.Max(0, sums.Sum(sum => sum.Count));
            var paid = sums.Where(sum => sum.Of.Bucket != default && IsOnCredit(sum.Of.Bucket));
            foreach (var tiers in paid.GroupBy(sum => (sum.Of.Bucket, sum.Of.Model, sum.Of.Vendor, sum.Of.TariffVersion)))
            {
                var reached = tiers.GroupBy(sum => sum.Of.UpTo).OrderBy(tier => tier.Key).First(tier => tier.Key >= volume);
                var key = (reached.First().Of.Group, tiers.Key.Model);
                if (!corrections.TryGetValue(key, out var ofVendors))
                    corrections.Add(key, ofVendors = new(StringComparer.Ordinal));
                ofVendors[tiers.Key.Vendor] =
                    ofVendors.GetValueOrDefault(tiers.Key.Vendor) + (sign * reached.Sum(sum => checked(sum.DueNano - sum.ChargedNano)));
            }
        }
    }

    private bool IsOnCredit(BucketId id) => FindBucket(id) is { IsMoney: true, Type: BucketType.Postpaid or BucketType.Credit };

    public BilledBucket? FindBucket(BucketId id) => buckets.GetValueOrDefault(id);

    public BilledBucket Bucket(BucketId id) => buckets[id];

    /// <summary>Net of tax and of what was given back.</summary>
    public long NetOf(Sale sale) =>
        sale.Gross.Nano - TaxIncluded.Of(sale.Gross, sale.TaxPercent).Nano - refunded.GetValueOrDefault(sale.Id);

    /// <summary>In the order of the units' names.</summary>
    public IReadOnlyList<SalePart> PartsOf(Sale sale) =>
        [
            .. saleOf
                .Where(pair => pair.Value.Id == sale.Id)
                .Select(pair => buckets[pair.Key])
                .GroupBy(bucket => bucket.Unit)
                .OrderBy(unit => unit.Key, StringComparer.Ordinal)
                .Select(unit => new SalePart(
                    unit.Key,
                    [.. unit.OrderBy(bucket => bucket.Id.Value)],
                    [.. unit.OrderBy(bucket => bucket.Id.Value).SelectMany(bucket => sums[bucket.Id])]
                )),
        ];

    public EarnedPart EarnedBefore(string sale, string unit) =>
        books.Earned.FirstOrDefault(part => part.Sale == sale && part.Unit == unit) ?? new EarnedPart(sale, unit, Account, 0, 0, 0);

    /// <summary>What can be used of it at all, by the end of the period.</summary>
    public long GrantedOf(BilledBucket bucket)
    {
        var (added, taken) = moves.GetValueOrDefault(bucket.Id);
        return checked(bucket.Granted + added - taken);
    }

    /// <summary>Of the grant, not taken away: 0 where all of it was voided.</summary>
    public long Left(BilledBucket bucket) => GrantedOf(bucket);

    public void Post(string id, string text, Action<TransferBuilder> fill)
    {
        var transfer = new TransferBuilder();
        fill(transfer);
        Post(id, text, transfer);
    }

    public void Post(string id, string text, TransferBuilder transfer)
    {
        // The last instant of the period, so that a program that knows days books it in the month.
        if (transfer.Build(id, ends.AddTicks(-1), period, text) is { } posted)
            Transfers.Add(posted);
    }

    /// <summary>Divides what was earned among those who served, by what the calls took; where no call did, it is nobody's.</summary>
    /// <param name="isOwed">On this bill: it uses up no price that was paid before.</param>
    public void AddToBase(IReadOnlyList<UsageSum> served, string? channel, Currency currency, long nano, bool isOwed = false)
    {
        if (nano == 0)
            return;
        Int128 all = 0;
        foreach (var sum in served)
            all += sum.Totals.Amount;
        if (all == 0)
        {
            Add(new(period, "", "", channel ?? "", currency), nano);
            return;
        }
        var shares = Split.Proportionally(nano, [.. served.Select(sum => (Int128)sum.Totals.Amount)]);
        for (var i = 0; i < shares.Length; i++)
        {
            if (!isOwed)
                earnedOf[served[i].Of] = earnedOf.GetValueOrDefault(served[i].Of) + shares[i];
            Add(new(period, served[i].Of.Vendor, served[i].Of.Model, channel ?? "", currency), shares[i]);
        }
    }

    /// <summary>Divides what calls of one model were charged otherwise among the vendors whose calls it was, in proportion to that.</summary>
    public void AddToBase(string model, IReadOnlyList<(string Vendor, long Nano)> parts, Currency currency, long nano)
    {
        var shares = Split.Proportionally(nano, [.. parts.Select(part => (Int128)part.Nano)]);
        for (var i = 0; i < shares.Length; i++)
            Add(new(period, parts[i].Vendor, model, "", currency), shares[i]);
    }

    /// <summary>What these calls have earned of prices.</summary>
    public long EarnedOf(in UsageKey served) => earnedOf.GetValueOrDefault(served);

    public IReadOnlyList<BaseLine> Base() => [.. @base.Where(line => line.Value != 0).Select(line => new BaseLine(line.Key, line.Value))];

    private void Add(BaseKey key, long nano) => @base[key] = checked(@base.GetValueOrDefault(key) + nano);

    /// <summary>The payment whose time the bucket begins in: of several the one that began last. A revived or lent bucket has that of its origin; what is used beyond has none.</summary>
    private Sale? SaleOf(BilledBucket bucket)
    {
        bucket = OriginOf(bucket);
        return bucket.Product is not { } product || bucket.IsBeyond
            ? null
            : Sales.LastOrDefault(sale =>
                (sale.Product == product || sale.Parts?.Contains(product) == true)
                && sale.From <= bucket.ValidFrom
                && !(sale.To <= bucket.ValidFrom)
            );
    }

    private BilledBucket OriginOf(BilledBucket bucket)
    {
        for (var depth = 0; bucket.Origin is { } origin && depth < 100 && buckets.TryGetValue(origin, out var older); depth++)
            bucket = older;
        return bucket;
    }

    /// <summary>From the newest payment of the product back: the way that the money goes.</summary>
    private void TakeRefundsOff()
    {
        foreach (var refund in books.Sales.Where(sale => sale.Kind == SaleKind.Refund).OrderBy(sale => sale.At))
        {
            var left = refund.Gross.Nano - TaxIncluded.Of(refund.Gross, refund.TaxPercent).Nano;
            foreach (var sale in Sales.Reverse().Where(sale => sale.Product == refund.Product && sale.At <= refund.At))
            {
                var part = Math.Min(left, NetOf(sale));
                if (part <= 0)
                    continue;
                refunded[sale.Id] = refunded.GetValueOrDefault(sale.Id) + part;
                left -= part;
            }
        }
    }
}
