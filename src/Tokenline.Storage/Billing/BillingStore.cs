using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Tokenline.Billing;
using Tokenline.Billing.Bills;
using Tokenline.Billing.Facts;
using Tokenline.Billing.Ledger;

namespace Tokenline.Storage.Billing;

internal sealed class BillingStore(IDbContextFactory<BillingDb> factory) : IBillingStore
{
    private const string ClosedMark = "closed";
    private const int ManyRows = 10_000;

    public async Task CommitAsync(BillingChange change, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        // The sums of a month are more than a file's usual cache of two megabytes holds: every row would be looked for on the disk.
        if (db is not PostgresBillingDb && change.Usage.Count > ManyRows)
            await db.Database.ExecuteSqlRawAsync("PRAGMA cache_size = -65536", cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var prefix = db is PostgresBillingDb ? $"{PostgresBillingDb.Schema}." : "";
        var writer = new BillingWriter(db.Database.GetDbConnection(), transaction.GetDbTransaction(), prefix, cancellation);
        await writer.WriteAsync(change);
        await transaction.CommitAsync(cancellation);
    }

    public async Task<long> MarkAsync(string name, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        return await db.Marks.AsNoTracking().Where(row => row.Name == name).Select(row => row.Value).FirstOrDefaultAsync(cancellation);
    }

    public async Task<BillingPeriod?> ClosedAsync(CancellationToken cancellation) =>
        await MarkAsync(ClosedMark, cancellation) is var number and not 0 ? new BillingPeriod((int)number) : null;

    public async Task<BillingPeriod?> FirstAsync(CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var firsts = new[]
        {
            await db.Sales.MinAsync(row => (int?)row.Period, cancellation),
            await db.Buckets.MinAsync(row => (int?)row.Period, cancellation),
            await db.Usage.MinAsync(row => (int?)row.Period, cancellation),
        };
        return firsts.Min() is { } first ? new BillingPeriod(first) : null;
    }

    public async Task<IReadOnlyList<StoredTransfer>> TransfersAsync(long after, int limit, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = await db
            .Transfers.AsNoTracking()
            .Where(row => row.Number > after)
            .OrderBy(row => row.Number)
            .Take(limit)
            .ToListAsync(cancellation);
        return [.. rows.Select(row => new StoredTransfer(row.Number, TransferBody.Read(row)))];
    }

    public async Task<IReadOnlyList<Balance>> BalancesAsync(CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = await db.Balances.AsNoTracking().OrderBy(row => row.Account).ThenBy(row => row.Currency).ToListAsync(cancellation);
        return
        [
            .. rows.Select(row => new Balance(
                LedgerAccount.Parse(row.Account),
                new Currency(row.Currency),
                ((Int128)row.Units * Money.NanoPerUnit) + row.Nano
            )),
        ];
    }

    public async Task<IReadOnlyList<LeasedAccount>> LeasesAsync(CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        return await db.Leases.AsNoTracking().Select(row => new LeasedAccount(row.Lessee, row.Lessor)).ToListAsync(cancellation);
    }

    public async Task<IReadOnlyList<string>> KnownSalesAsync(IReadOnlyCollection<string> ids, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        return await db.Sales.AsNoTracking().Where(row => ids.Contains(row.Id)).Select(row => row.Id).ToListAsync(cancellation);
    }

    public async Task<Sale?> FindSaleAsync(string id, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var body = await db.Sales.AsNoTracking().Where(row => row.Id == id).Select(row => row.Body).FirstOrDefaultAsync(cancellation);
        return body is null ? null : BillingJson.Read<Sale>(body);
    }

    public async Task<IReadOnlyList<AccountId>> AccountsAsync(AccountId after, int limit, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        return await db
            .Accounts.AsNoTracking()
            .Where(row => (long)(object)row.Id > after.Value)
            .OrderBy(row => row.Id)
            .Take(limit)
            .Select(row => row.Id)
            .ToListAsync(cancellation);
    }

    public async Task<long> CountAccountsAsync(CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        return await db.Accounts.LongCountAsync(cancellation);
    }

    public async Task<IReadOnlyList<AccountBooks>> BooksAsync(
        BillingPeriod period,
        IReadOnlyCollection<AccountId> accounts,
        CancellationToken cancellation
    )
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var number = period.Number;
        var sales = await db
            .Sales.AsNoTracking()
            .Where(row => accounts.Contains(row.Account) && row.Period <= number)
            .OrderBy(row => row.Id)
            .ToListAsync(cancellation);
        var buckets = await db
            .Buckets.AsNoTracking()
            .Where(row => accounts.Contains(row.Payer) && row.Period <= number)
            .OrderBy(row => row.Payer)
            .ThenBy(row => row.Id)
            .ToListAsync(cancellation);
        var moves = await db
            .Moves.AsNoTracking()
            .Where(row => accounts.Contains(row.Payer) && row.Period <= number)
            .OrderBy(row => row.Bucket)
            .ThenBy(row => row.Period)
            .ToListAsync(cancellation);
        // In the order of the primary key: what is divided by the largest remainder is divided the same way on every database.
        var sums = await db
            .Usage.AsNoTracking()
            .Where(row => accounts.Contains(row.Payer) && row.Period == number)
            .OrderBy(row => row.Bucket)
            .ThenBy(row => row.Model)
            .ThenBy(row => row.Vendor)
            .ThenBy(row => row.Deployment)
            .ThenBy(row => row.Key)
            .ThenBy(row => row.Allotment)
            .ThenBy(row => row.Currency)
            .ToListAsync(cancellation);
        var earned = await db
            .Earned.AsNoTracking()
            .Where(row => accounts.Contains(row.Account))
            .OrderBy(row => row.Sale)
            .ThenBy(row => row.Unit)
            .ToListAsync(cancellation);
        var volumes = await VolumesAsync(db, number, accounts, cancellation);
        var groups = accounts.Select(account => account.ToString()).ToList();
        var agreements = await db
            .Documents.AsNoTracking()
            .Where(row => row.Kind == DocumentKind.Agreement && groups.Contains(row.Group))
            .OrderBy(row => row.Id)
            .ToListAsync(cancellation);

        var ofSales = sales.ToLookup(row => row.Account, row => BillingJson.Read<Sale>(row.Body));
        var ofBuckets = buckets.ToLookup(row => row.Payer, row => BillingJson.Read<BilledBucket>(row.Body));
        var ofMoves = moves.ToLookup(
            row => row.Payer,
            row => new BucketMove(new(new(row.Payer, new BucketId(row.Bucket)), new BillingPeriod(row.Period)), row.Added, row.Taken)
        );
        var ofSums = sums.ToLookup(row => row.Payer, Read);
        var ofEarned = earned.ToLookup(
            row => row.Account,
            row => new EarnedPart(row.Sale, row.Unit, row.Account, row.Used, row.EarnedNano, row.BrokenNano)
        );
        var ofVolumes = volumes.ToLookup(sum => sum.Of.Payer);
        var ofBefore = (await BeforeAsync(db, period, ofSales, ofBuckets, accounts, cancellation)).ToLookup(sum => sum.Of.Payer);
        var ofAgreements = agreements.ToLookup(row => row.Group, row => row.Body);
        return
        [
            .. accounts.Select(account => new AccountBooks(
                account,
                [.. ofSales[account]],
                [.. ofBuckets[account]],
                [.. ofMoves[account]],
                [.. ofSums[account]],
                [.. ofEarned[account]],
                [.. ofVolumes[account]],
                [.. ofBefore[account]],
                ofAgreements[account.ToString()].LastOrDefault(body => BillingJson.Read<Agreement>(body).Covers(period))
            )),
        ];
    }

    /// <summary>Few have any: which months they are of is asked first.</summary>
    private static async Task<IReadOnlyList<VolumeSum>> VolumesAsync(
        BillingDb db,
        int period,
        IReadOnlyCollection<AccountId> accounts,
        CancellationToken cancellation
    )
    {
        var touched = await db
            .Volumes.AsNoTracking()
            .Where(row => accounts.Contains(row.Payer) && row.Period == period)
            .Select(row => new { row.Payer, row.Month })
            .Distinct()
            .ToListAsync(cancellation);
        if (touched.Count == 0)
            return [];
        var payers = touched.Select(row => row.Payer).Distinct().ToList();
        var months = touched.Select(row => row.Month).Distinct().ToList();
        var rows = await db
            .Volumes.AsNoTracking()
            .Where(row => payers.Contains(row.Payer) && months.Contains(row.Month) && row.Period <= period)
            .OrderBy(row => row.Month)
            .ThenBy(row => row.Period)
            .ThenBy(row => row.Group)
            .ThenBy(row => row.Bucket)
            .ThenBy(row => row.Model)
            .ThenBy(row => row.Vendor)
            .ThenBy(row => row.TariffVersion)
            .ThenBy(row => row.UpTo)
            .ToListAsync(cancellation);
        var known = touched.Select(row => (row.Payer, row.Month)).ToHashSet();
        return
        [
            .. rows.Where(row => known.Contains((row.Payer, row.Month)))
                .Select(row => new VolumeSum(
                    new(
                        new BillingPeriod(row.Period),
                        row.Payer,
                        new BillingPeriod(row.Month),
                        row.Group,
                        new BucketId(row.Bucket),
                        row.Model,
                        row.Vendor,
                        row.TariffVersion,
                        row.UpTo
                    ),
                    row.Count,
                    row.ChargedNano,
                    row.DueNano
                )),
        ];
    }

    /// <summary>What the buckets of accrued lines paid before the period.</summary>
    private static async Task<IReadOnlyList<UsageSum>> BeforeAsync(
        BillingDb db,
        BillingPeriod period,
        ILookup<AccountId, Sale> sales,
        ILookup<AccountId, BilledBucket> buckets,
        IReadOnlyCollection<AccountId> accounts,
        CancellationToken cancellation
    )
    {
        var payers = new List<AccountId>();
        var wanted = new HashSet<(AccountId Payer, long Bucket)>();
        foreach (var account in accounts)
        {
            var accrued = sales[account].Where(sale => sale.IsAccrued && sale.Period == period).ToList();
            if (accrued.Count == 0)
                continue;
            payers.Add(account);
            // What was revived of such a bucket is used like it, and is one of its price.
            wanted.UnionWith(buckets[account].Where(bucket => bucket.IsBeyond).Select(bucket => (account, bucket.Id.Value)));
        }
        if (wanted.Count == 0)
            return [];
        var ids = wanted.Select(one => one.Bucket).Distinct().ToList();
        var rows = await db
            .Usage.AsNoTracking()
            .Where(row => payers.Contains(row.Payer) && row.Period < period.Number && ids.Contains(row.Bucket))
            .OrderBy(row => row.Period)
            .ThenBy(row => row.Bucket)
            .ThenBy(row => row.Model)
            .ThenBy(row => row.Vendor)
            .ThenBy(row => row.Deployment)
            .ThenBy(row => row.Key)
            .ThenBy(row => row.Allotment)
            .ThenBy(row => row.Currency)
            .ToListAsync(cancellation);
        return [.. rows.Where(row => wanted.Contains((row.Payer, row.Bucket))).Select(Read)];
    }

    public async Task<IReadOnlyList<BaseLine>> BaseAsync(BillingPeriod period, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = await db
            .Base.AsNoTracking()
            .Where(row => row.Period == period.Number)
            .OrderBy(row => row.Vendor)
            .ThenBy(row => row.Model)
            .ThenBy(row => row.Channel)
            .ThenBy(row => row.Currency)
            .ToListAsync(cancellation);
        return [.. rows.Select(row => new BaseLine(new(period, row.Vendor, row.Model, row.Channel, new Currency(row.Currency)), row.Nano))];
    }

    public async Task<IReadOnlyList<VendorCost>> CostsAsync(BillingPeriod period, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = await db
            .VendorCosts.AsNoTracking()
            .Where(row => row.Period == period.Number)
            .OrderBy(row => row.Vendor)
            .ThenBy(row => row.Day)
            .ThenBy(row => row.Model)
            .ThenBy(row => row.ContractVersion)
            .ThenBy(row => row.Currency)
            .ToListAsync(cancellation);
        return
        [
            .. rows.Select(row => new VendorCost(
                new(period, row.Vendor, DateOnly.FromDayNumber(row.Day), row.Model, row.ContractVersion, new Currency(row.Currency)),
                row.Calls,
                row.Nano
            )),
        ];
    }

    public async Task<IReadOnlyList<VendorUsage>> VendorUsageAsync(
        string? vendor,
        DateOnly from,
        DateOnly to,
        CancellationToken cancellation
    )
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var (first, last) = (from.DayNumber, to.DayNumber);
        var rows = await db
            .VendorUsage.AsNoTracking()
            .Where(row => (vendor == null || row.Vendor == vendor) && row.Day >= first && row.Day <= last)
            .OrderBy(row => row.Vendor)
            .ThenBy(row => row.Day)
            .ThenBy(row => row.Model)
            .ThenBy(row => row.Deployment)
            .ThenBy(row => row.Meter)
            .ThenBy(row => row.IsAttempt)
            .ToListAsync(cancellation);
        return
        [
            .. rows.Select(row => new VendorUsage(
                new(row.Vendor, DateOnly.FromDayNumber(row.Day), row.Model, row.Deployment, row.Meter, row.IsAttempt),
                row.Quantity
            )),
        ];
    }

    public async Task<IReadOnlyList<UnansweredRequest>> AttemptsAsync(
        string vendor,
        DateOnly day,
        string model,
        ChargeId after,
        int limit,
        CancellationToken cancellation
    )
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = await db
            .VendorAttempts.AsNoTracking()
            .Where(row => row.Vendor == vendor && row.Day == day.DayNumber && row.Model == model && row.Charge > after.Value)
            .OrderBy(row => row.Charge)
            .ThenBy(row => row.Number)
            .Take(limit)
            .Select(row => row.Body)
            .ToListAsync(cancellation);
        return [.. rows.Select(BillingJson.Read<UnansweredRequest>)];
    }

    public async Task<StoredDocument?> FindAsync(DocumentKind kind, string id, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var row = await db.Documents.AsNoTracking().FirstOrDefaultAsync(known => known.Kind == kind && known.Id == id, cancellation);
        return row is null ? null : Read(row);
    }

    public async Task<long> CountAsync(DocumentKind kind, BillingPeriod period, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        return await db.Documents.LongCountAsync(row => row.Kind == kind && row.Period == period.Number, cancellation);
    }

    public async Task<IReadOnlyList<StoredDocument>> ListAsync(
        DocumentKind kind,
        string? group,
        BillingPeriod? period,
        string after,
        int limit,
        CancellationToken cancellation
    )
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = db.Documents.AsNoTracking().Where(row => row.Kind == kind && string.Compare(row.Id, after) > 0);
        if (group is not null)
            rows = rows.Where(row => row.Group == group);
        if (period is { } of)
            rows = rows.Where(row => row.Period == of.Number);
        return [.. (await rows.OrderBy(row => row.Id).Take(limit).ToListAsync(cancellation)).Select(Read)];
    }

    private static StoredDocument Read(DocumentRow row) =>
        new(row.Kind, row.Id, row.Group, row.Period is { } period ? new BillingPeriod(period) : null, row.Version, row.Body);

    private static UsageSum Read(UsageSumRow row) =>
        new(
            new(
                new BillingPeriod(row.Period),
                row.Payer,
                new BucketId(row.Bucket),
                row.Model,
                row.Vendor,
                row.Deployment,
                row.Key,
                row.Allotment,
                new Currency(row.Currency)
            ),
            new(row.Calls, row.Input, row.Output, row.Amount, row.WorthNano, row.UncollectedNano, row.FreeNano)
        );
}
