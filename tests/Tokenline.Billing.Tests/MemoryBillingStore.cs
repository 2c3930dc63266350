using Tokenline.Billing.Bills;
using Tokenline.Billing.Facts;
using Tokenline.Billing.Ledger;

namespace Tokenline.Billing.Tests;

/// <summary>The contract of <see cref="IBillingStore"/> in dictionaries: what the databases are held against.</summary>
internal sealed class MemoryBillingStore : IBillingStore
{
    private Books books = new();

    public MemoryBillingStore Copy() => new() { books = books.Copy() };

    public Task CommitAsync(BillingChange change, CancellationToken cancellation)
    {
        var next = books.Copy();
        next.Write(change);
        books = next;
        return Task.CompletedTask;
    }

    public Task<long> MarkAsync(string name, CancellationToken cancellation) => Task.FromResult(books.Marks.GetValueOrDefault(name));

    public async Task<BillingPeriod?> ClosedAsync(CancellationToken cancellation) =>
        await MarkAsync("closed", cancellation) is var number and not 0 ? new BillingPeriod((int)number) : null;

    public Task<BillingPeriod?> FirstAsync(CancellationToken cancellation)
    {
        var all = books
            .Sales.Values.Select(sale => sale.Period)
            .Concat(books.Buckets.Values.Select(bucket => bucket.Period))
            .Concat(books.Usage.Keys.Select(key => key.Period))
            .ToList();
        return Task.FromResult(all.Count == 0 ? (BillingPeriod?)null : all.Min());
    }

    public Task<IReadOnlyList<StoredTransfer>> TransfersAsync(long after, int limit, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<StoredTransfer>>([
            .. books.Transfers.Select((transfer, i) => new StoredTransfer(i + 1, transfer)).Where(t => t.Number > after).Take(limit),
        ]);

    public Task<IReadOnlyList<Balance>> BalancesAsync(CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<Balance>>([
            .. books
                .Transfers.SelectMany(transfer => transfer.Postings)
                .GroupBy(posting => (Name: posting.Account.ToString(), posting.Currency))
                .OrderBy(account => account.Key.Name, StringComparer.Ordinal)
                .ThenBy(account => account.Key.Currency.Code, StringComparer.Ordinal)
                .Select(account => new Balance(
                    LedgerAccount.Parse(account.Key.Name),
                    account.Key.Currency,
                    account.Aggregate(Int128.Zero, (sum, posting) => sum + posting.Nano)
                )),
        ]);

    public Task<IReadOnlyList<LeasedAccount>> LeasesAsync(CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<LeasedAccount>>([.. books.Leases.Select(lease => new LeasedAccount(lease.Key, lease.Value))]);

    public Task<IReadOnlyList<string>> KnownSalesAsync(IReadOnlyCollection<string> ids, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<string>>([.. ids.Where(books.Sales.ContainsKey)]);

    public Task<Sale?> FindSaleAsync(string id, CancellationToken cancellation) => Task.FromResult(books.Sales.GetValueOrDefault(id));

    public Task<IReadOnlyList<AccountId>> AccountsAsync(AccountId after, int limit, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<AccountId>>([
            .. books.Accounts.Where(account => account > after.Value).Order().Take(limit).Select(account => new AccountId(account)),
        ]);

    public Task<long> CountAccountsAsync(CancellationToken cancellation) => Task.FromResult((long)books.Accounts.Count);

    public Task<IReadOnlyList<AccountBooks>> BooksAsync(
        BillingPeriod period,
        IReadOnlyCollection<AccountId> accounts,
        CancellationToken cancellation
    ) =>
        Task.FromResult<IReadOnlyList<AccountBooks>>([
            .. accounts.Select(account => new AccountBooks(
                account,
                [
                    .. books
                        .Sales.Values.Where(sale => sale.Account == account && sale.Period <= period)
                        .OrderBy(sale => sale.Id, StringComparer.Ordinal),
                ],
                [
                    .. books
                        .Buckets.Values.Where(bucket => bucket.Payer == account && bucket.Period <= period)
                        .OrderBy(bucket => bucket.Id.Value),
                ],
                [
                    .. books
                        .Moves.Values.Where(move => move.Of.Bucket.Payer == account && move.Of.Period <= period)
                        .OrderBy(move => move.Of.Bucket.Bucket.Value)
                        .ThenBy(move => move.Of.Period),
                ],
                [
                    .. books
                        .Usage.Where(sum => sum.Key.Payer == account && sum.Key.Period == period)
                        .OrderBy(sum => sum.Key.Bucket.Value)
                        .ThenBy(sum => sum.Key.Model, StringComparer.Ordinal)
                        .ThenBy(sum => sum.Key.Vendor, StringComparer.Ordinal)
                        .ThenBy(sum => sum.Key.Deployment, StringComparer.Ordinal)
                        .ThenBy(sum => sum.Key.Key.Value)
                        .ThenBy(sum => sum.Key.Allotment.Value)
                        .Select(sum => new UsageSum(sum.Key, sum.Value)),
                ],
                [
                    .. books
                        .Earned.Values.Where(part => part.Account == account)
                        .OrderBy(part => part.Sale, StringComparer.Ordinal)
                        .ThenBy(part => part.Unit, StringComparer.Ordinal),
                ],
                [.. VolumesOf(account, period)],
                [.. BeforeOf(account, period)],
                books
                    .Documents.Values.Where(document => document.Kind == DocumentKind.Agreement && document.Group == account.ToString())
                    .OrderBy(document => document.Id, StringComparer.Ordinal)
                    .LastOrDefault(document => BillingJson.Read<Agreement>(document.Body).Covers(period))
                    ?.Body
            )),
        ]);

    private IEnumerable<VolumeSum> VolumesOf(AccountId account, BillingPeriod period)
    {
        var mine = books.Volumes.Values.Where(sum => sum.Of.Payer == account).ToList();
        var months = mine.Where(sum => sum.Of.Period == period).Select(sum => sum.Of.Month).ToHashSet();
        return mine.Where(sum => sum.Of.Period <= period && months.Contains(sum.Of.Month))
            .OrderBy(sum => sum.Of.Month)
            .ThenBy(sum => sum.Of.Period)
            .ThenBy(sum => sum.Of.Group, StringComparer.Ordinal)
            .ThenBy(sum => sum.Of.Bucket.Value)
            .ThenBy(sum => sum.Of.Model, StringComparer.Ordinal)
            .ThenBy(sum => sum.Of.Vendor, StringComparer.Ordinal)
            .ThenBy(sum => sum.Of.TariffVersion)
            .ThenBy(sum => sum.Of.UpTo);
    }

    private IEnumerable<UsageSum> BeforeOf(AccountId account, BillingPeriod period) =>
        books.Sales.Values.Any(sale => sale.Account == account && sale.IsAccrued && sale.Period == period)
            ? books
                .Usage.Where(sum => sum.Key.Payer == account && sum.Key.Period < period)
                .Where(sum => books.Buckets.GetValueOrDefault(new(sum.Key.Payer, sum.Key.Bucket)) is { IsBeyond: true })
                .OrderBy(sum => sum.Key.Period)
                .ThenBy(sum => sum.Key.Bucket.Value)
                .ThenBy(sum => sum.Key.Model, StringComparer.Ordinal)
                .ThenBy(sum => sum.Key.Vendor, StringComparer.Ordinal)
                .ThenBy(sum => sum.Key.Deployment, StringComparer.Ordinal)
                .ThenBy(sum => sum.Key.Key.Value)
                .ThenBy(sum => sum.Key.Allotment.Value)
                .Select(sum => new UsageSum(sum.Key, sum.Value))
            : [];

    public Task<IReadOnlyList<BaseLine>> BaseAsync(BillingPeriod period, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<BaseLine>>([
            .. books
                .Base.Where(line => line.Key.Period == period)
                .OrderBy(line => line.Key.Vendor, StringComparer.Ordinal)
                .ThenBy(line => line.Key.Model, StringComparer.Ordinal)
                .ThenBy(line => line.Key.Channel, StringComparer.Ordinal)
                .Select(line => new BaseLine(line.Key, line.Value)),
        ]);

    public Task<IReadOnlyList<VendorCost>> CostsAsync(BillingPeriod period, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<VendorCost>>([
            .. books
                .Costs.Values.Where(cost => cost.Of.Period == period)
                .OrderBy(cost => cost.Of.Vendor, StringComparer.Ordinal)
                .ThenBy(cost => cost.Of.Day)
                .ThenBy(cost => cost.Of.Model, StringComparer.Ordinal)
                .ThenBy(cost => cost.Of.ContractVersion),
        ]);

    public Task<IReadOnlyList<VendorUsage>> VendorUsageAsync(string? vendor, DateOnly from, DateOnly to, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<VendorUsage>>([
            .. books
                .Vendors.Where(sum => (vendor is null || sum.Key.Vendor == vendor) && sum.Key.Day >= from && sum.Key.Day <= to)
                .OrderBy(sum => sum.Key.Vendor, StringComparer.Ordinal)
                .ThenBy(sum => sum.Key.Day)
                .ThenBy(sum => sum.Key.Model, StringComparer.Ordinal)
                .ThenBy(sum => sum.Key.Deployment, StringComparer.Ordinal)
                .ThenBy(sum => sum.Key.Meter, StringComparer.Ordinal)
                .ThenBy(sum => sum.Key.IsAttempt)
                .Select(sum => new VendorUsage(sum.Key, sum.Value)),
        ]);

    public Task<IReadOnlyList<UnansweredRequest>> AttemptsAsync(
        string vendor,
        DateOnly day,
        string model,
        ChargeId after,
        int limit,
        CancellationToken cancellation
    ) =>
        Task.FromResult<IReadOnlyList<UnansweredRequest>>([
            .. books
                .Attempts.Values.Where(one => one.Vendor == vendor && one.Day == day && one.Model == model)
                .Where(one => one.Charge.Value > after.Value)
                .OrderBy(one => one.Charge.Value)
                .ThenBy(one => one.Number)
                .Take(limit),
        ]);

    public Task<StoredDocument?> FindAsync(DocumentKind kind, string id, CancellationToken cancellation) =>
        Task.FromResult(books.Documents.GetValueOrDefault((kind, id)));

    public Task<long> CountAsync(DocumentKind kind, BillingPeriod period, CancellationToken cancellation) =>
        Task.FromResult((long)books.Documents.Values.Count(document => document.Kind == kind && document.Period == period));

    public Task<IReadOnlyList<StoredDocument>> ListAsync(
        DocumentKind kind,
        string? group,
        BillingPeriod? period,
        string after,
        int limit,
        CancellationToken cancellation
    ) =>
        Task.FromResult<IReadOnlyList<StoredDocument>>([
            .. books
                .Documents.Values.Where(document =>
                    document.Kind == kind
                    && (group is null || document.Group == group)
                    && (period is null || document.Period == period)
                    && string.CompareOrdinal(document.Id, after) > 0
                )
                .OrderBy(document => document.Id, StringComparer.Ordinal)
                .Take(limit),
        ]);

    /// <summary>Everything that is kept, as text: two stores that say the same are the same.</summary>
    public string Dump()
    {
        var lines = new List<string>();
        lines.AddRange(books.Marks.Select(mark => $"mark {mark.Key} {mark.Value}"));
        lines.AddRange(
            books.Transfers.Select(transfer => $"transfer {transfer.Id} {BillingJson.Write(transfer.Postings)} {transfer.At:O}")
        );
        lines.AddRange(books.Usage.Select(sum => $"usage {sum.Key} {sum.Value}"));
        lines.AddRange(books.Volumes.Values.Select(sum => $"volume {sum}"));
        lines.AddRange(books.Vendors.Select(sum => $"vendor {sum.Key} {sum.Value}"));
        lines.AddRange(books.Attempts.Values.Select(attempt => $"attempt {attempt}"));
        lines.AddRange(books.Costs.Values.Select(cost => $"cost {cost}"));
        lines.AddRange(books.Base.Select(line => $"base {line}"));
        lines.AddRange(books.Buckets.Values.Select(bucket => $"bucket {bucket}"));
        lines.AddRange(books.Moves.Values.Select(move => $"move {move}"));
        lines.AddRange(books.Earned.Values.Select(part => $"earned {part}"));
        lines.AddRange(books.Sales.Values.Select(sale => $"sale {sale}"));
        lines.AddRange(books.Documents.Values.Select(document => $"document {document}"));
        lines.Sort(StringComparer.Ordinal);
        return string.Join('\n', lines);
    }

    private sealed class Books
    {
        public Dictionary<string, long> Marks { get; private init; } = [];
        public List<Transfer> Transfers { get; private init; } = [];
        public Dictionary<UsageKey, UsageTotals> Usage { get; private init; } = [];
        public Dictionary<VolumeSumKey, VolumeSum> Volumes { get; private init; } = [];
        public Dictionary<VendorUsageKey, long> Vendors { get; private init; } = [];
        public Dictionary<VendorCostKey, VendorCost> Costs { get; private init; } = [];
        public Dictionary<(string, DateOnly, string, ChargeId, int), UnansweredRequest> Attempts { get; private init; } = [];
        public Dictionary<BaseKey, long> Base { get; private init; } = [];
        public Dictionary<PayersBucket, BilledBucket> Buckets { get; private init; } = [];
        public Dictionary<BucketMoveKey, BucketMove> Moves { get; private init; } = [];
        public Dictionary<AccountId, AccountId> Leases { get; private init; } = [];
        public Dictionary<string, Sale> Sales { get; private init; } = [];
        public Dictionary<(string, string), EarnedPart> Earned { get; private init; } = [];
        public Dictionary<(DocumentKind, string), StoredDocument> Documents { get; private init; } = [];
        public HashSet<long> Accounts { get; private init; } = [];

        public Books Copy() =>
            new()
            {
                Marks = new(Marks),
                Transfers = [.. Transfers],
                Usage = new(Usage),
                Volumes = new(Volumes),
                Vendors = new(Vendors),
                Costs = new(Costs),
                Attempts = new(Attempts),
                Base = new(Base),
                Buckets = new(Buckets),
                Moves = new(Moves),
                Leases = new(Leases),
                Sales = new(Sales),
                Earned = new(Earned),
                Documents = new(Documents),
                Accounts = [.. Accounts],
            };

        public void Write(BillingChange change)
        {
            foreach (var mark in change.Marks)
                Move(mark.Name, mark.From, mark.To);
            if (change.Closes is { } period)
                Move("closed", Marks.ContainsKey("closed") ? period.Previous.Number : 0, period.Number);
            foreach (var document in change.Documents)
            {
                var key = (document.Kind, document.Id);
                if ((Documents.GetValueOrDefault(key)?.Version ?? 0) != document.Known)
                    throw new BillingConflictException($"{document.Kind} {document.Id} has changed meanwhile.");
                Documents[key] = new(document.Kind, document.Id, document.Group, document.Period, document.Known + 1, document.Body);
            }
            foreach (var transfer in change.Transfers)
            {
                if (Transfers.FirstOrDefault(known => known.Id == transfer.Id) is not { } known)
                    Transfers.Add(transfer);
                else if (known.Content() != transfer.Content())
                    throw new BillingConflictException($"Transfer {transfer.Id} is posted, with other content.");
            }
            foreach (var sum in change.Usage)
                Usage[sum.Of] = Usage.GetValueOrDefault(sum.Of) + sum.Totals;
            foreach (var sum in change.Volumes)
                Volumes[sum.Of] = Volumes.TryGetValue(sum.Of, out var old)
                    ? sum with
                    {
                        Count = old.Count + sum.Count,
                        ChargedNano = old.ChargedNano + sum.ChargedNano,
                        DueNano = old.DueNano + sum.DueNano,
                    }
                    : sum;
            foreach (var sum in change.Vendors)
                Vendors[sum.Of] = Vendors.GetValueOrDefault(sum.Of) + sum.Quantity;
            foreach (var cost in change.Costs)
                Costs[cost.Of] = Costs.TryGetValue(cost.Of, out var old)
                    ? cost with
                    {
                        Calls = old.Calls + cost.Calls,
                        Nano = old.Nano + cost.Nano,
                    }
                    : cost;
            foreach (var one in change.Attempts)
                Attempts.TryAdd((one.Vendor, one.Day, one.Model, one.Charge, one.Number), one);
            foreach (var line in change.Base)
                Base[line.Of] = Base.GetValueOrDefault(line.Of) + line.Nano;
            foreach (var bucket in change.Buckets)
                Buckets.TryAdd(new(bucket.Payer, bucket.Id), bucket);
            foreach (var move in change.Moves)
                Moves[move.Of] = Moves.TryGetValue(move.Of, out var old)
                    ? move with
                    {
                        Added = old.Added + move.Added,
                        Taken = old.Taken + move.Taken,
                    }
                    : move;
            foreach (var lease in change.Leases)
                Leases.TryAdd(lease.Lessee, lease.Lessor);
            foreach (var sale in change.Sales)
                Sales.TryAdd(sale.Id, sale);
            foreach (var part in change.Earned)
                Earned[(part.Sale, part.Unit)] = part;
            Accounts.UnionWith(change.Usage.Select(sum => sum.Of.Payer.Value));
            Accounts.UnionWith(change.Buckets.Select(bucket => bucket.Payer.Value));
            Accounts.UnionWith(change.Sales.Select(sale => sale.Account.Value));
        }

        private void Move(string name, long from, long to)
        {
            if (Marks.GetValueOrDefault(name) != from)
                throw new BillingConflictException($"'{name}' is not at {from} any more.");
            Marks[name] = to;
        }
    }
}
