using System.Runtime.InteropServices;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Journal;
using Tokenline.Charging.Records;
using Tokenline.Charging.Tariffs;

namespace Tokenline.Billing.Facts;

/// <summary>Facts added up in memory until they are written. A pure function of the facts, of what was leased before and of what is closed.</summary>
/// <param name="closed">The last closed period; null: none is.</param>
/// <param name="lessors">Which account pays for which leased one; facts add to it.</param>
/// <param name="tariffs">Whose volume tiers the calls were charged at; null: nothing has any.</param>
public sealed class FoldedFacts(
    BillingCalendar calendar,
    BillingPeriod? closed,
    Dictionary<AccountId, AccountId> lessors,
    ITariffs? tariffs = null
)
{
    private readonly Dictionary<VolumeSumKey, (long Count, long Charged, long Due)> volumes = [];
    private readonly Dictionary<string, BillingCalendar> calendars = [];
    private readonly Dictionary<string, string> names = [];
    private readonly Dictionary<UsageKey, UsageTotals> usage = [];
    private readonly Dictionary<VendorUsageKey, long> vendors = [];
    private readonly Dictionary<VendorCostKey, (long Calls, long Nano)> costs = [];
    private readonly List<UnansweredRequest> unanswered = [];
    private readonly Dictionary<PayersBucket, BilledBucket> buckets = [];
    private readonly Dictionary<BucketMoveKey, (long Added, long Taken)> moves = [];
    private readonly Dictionary<AccountId, AccountId> leases = [];

    /// <summary>Of everything that is to be written.</summary>
    public int Count => usage.Count + volumes.Count + vendors.Count + costs.Count + unanswered.Count + buckets.Count + moves.Count;

    public void Add(JournalFact fact)
    {
        switch (fact.Entry)
        {
            case null:
                AddRecord(
                    fact.Record
                        ?? throw new InvalidOperationException(
                            $"the usage record of the charge settled at position {fact.Position} is not kept any more: sums must be made before records are dropped"
                        )
                );
                break;
            case BucketGranted granted:
                Open(fact.Account, granted.Grant, granted.At);
                break;
            case Refilled { Grant: { } grant } refilled:
                Open(fact.Account, grant, refilled.At, isRefill: true);
                break;
            case BucketVoided voided:
                Move(fact.Account, voided.Bucket, voided.At, 0, voided.Amount);
                break;
            case Transferred moved:
                Move(fact.Account, moved.From, moved.At, 0, moved.Amount);
                Move(fact.Account, moved.To, moved.At, moved.Amount, 0);
                break;
            case Lent lent:
                foreach (var part in lent.Parts.Where(part => part.Opened is not null))
                    Open(fact.Account, part.Opened!, lent.At, part.Bucket, isMirror: true);
                break;
            case LeaseAccounted accounted:
                foreach (var part in accounted.Parts.Where(part => part.Revived is not null))
                    Revive(fact.Account, part.Bucket, part.Revived!, accounted.At);
                break;
            case SubtreeAdopted adopted:
                leases[fact.Account] = lessors[fact.Account] = adopted.Lessor;
                break;
            case Refunded refunded:
                AddRefund(fact.Account, refunded, fact.Record);
                break;
            case Released { Attempts: { } attempts } released:
                AddAttempts(fact.Account, released.Charge, attempts, fact.Record?.Model ?? "", released.At);
                break;
        }
    }

    public BillingChange ToChange(MarkMove mark) =>
        new()
        {
            Marks = [mark],
            Usage = InOrder(),
            Volumes = [.. volumes.Select(sum => new VolumeSum(sum.Key, sum.Value.Count, sum.Value.Charged, sum.Value.Due))],
            Vendors = [.. vendors.Select(sum => new VendorUsage(sum.Key, sum.Value))],
            Costs = [.. costs.Select(sum => new VendorCost(sum.Key, sum.Value.Calls, sum.Value.Nano))],
            Attempts = [.. unanswered],
            Buckets = [.. buckets.Values],
            Moves = [.. moves.Select(move => new BucketMove(move.Key, move.Value.Added, move.Value.Taken))],
            Leases = [.. leases.Select(lease => new LeasedAccount(lease.Key, lease.Value))],
        };

    /// <summary>In the order of the table's key, so that writing them goes through it once.</summary>
    private UsageSum[] InOrder()
    {
        var sums = new UsageSum[usage.Count];
        var count = 0;
        foreach (var (key, totals) in usage)
            sums[count++] = new(key, totals);
        Array.Sort(
            sums,
            (a, b) =>
                a.Of.Payer.Value != b.Of.Payer.Value ? a.Of.Payer.Value.CompareTo(b.Of.Payer.Value)
                : a.Of.Period != b.Of.Period ? a.Of.Period.CompareTo(b.Of.Period)
                : a.Of.Bucket.Value != b.Of.Bucket.Value ? a.Of.Bucket.Value.CompareTo(b.Of.Bucket.Value)
                : string.CompareOrdinal(a.Of.Model, b.Of.Model)
        );
        return sums;
    }

    public void Clear()
    {
        usage.Clear();
        volumes.Clear();
        vendors.Clear();
        costs.Clear();
        unanswered.Clear();
        buckets.Clear();
        moves.Clear();
        leases.Clear();
    }

    private void AddRecord(UsageRecord record)
    {
        var counts = new UsageTotals(1, record.Usage.WholeInput, record.Usage[Meter.Output], 0, 0, record.UncollectedNano, record.FreeNano);
        var payments = record.Payments;
        var most = 0;
        for (var i = 1; i < payments.Length; i++)
            most = payments[i].WorthNano > payments[most].WorthNano ? i : most;
        var key = KeyOf(record, record.StartedAt);
        if (payments.Length == 0)
            Add(key, counts);
        for (var i = 0; i < payments.Length; i++)
            Add(
                key with
                {
                    Bucket = payments[i].Bucket,
                },
                (i == most ? counts : default) with
                {
                    Amount = payments[i].Amount,
                    WorthNano = payments[i].WorthNano,
                }
            );

        if (TiersOf(record) is { } tiered)
            AddVolume(tiered, record, key.Period);

        var day = calendar.DayOf(record.StartedAt);
        Serve(new(record.Vendor, day, record.Model, record.Deployment, VendorUsageKey.Calls, false), 1);
        Serve(record.Vendor, day, record.Model, record.Deployment, record.Usage, isAttempt: false);
        if (record.Wholesale is { } wholesale)
        {
            ref var cost = ref CollectionsMarshal.GetValueRefOrAddDefault(
                costs,
                new(key.Period, record.Vendor, day, record.Model, wholesale.ContractVersion, wholesale.Currency),
                out _
            );
            cost = (cost.Calls + 1, checked(cost.Nano + wholesale.Nano));
        }
        if (record.Attempts is { } attempts)
            AddAttempts(
                record.Account,
                record.Charge,
                attempts.Where(attempt => attempt.Outcome != "answered"),
                record.Model,
                record.StartedAt
            );
    }

    private void AddRefund(AccountId account, Refunded refund, UsageRecord? record)
    {
        for (var i = 0; i < refund.Parts.Length; i++)
        {
            var part = refund.Parts[i];
            var paid = record?.Payments[i]; // its parts are in the order of the record's payments
            var key = record is not null
                ? KeyOf(record, refund.At)
                : new UsageKey(
                    PeriodOf(refund.At),
                    PayerOf(account),
                    default,
                    refund.Model,
                    "",
                    "",
                    default,
                    refund.Allotment ?? default,
                    default
                );
            Add(
                key with
                {
                    Bucket = part.Bucket,
                },
                new UsageTotals(
                    0,
                    0,
                    0,
                    -part.Amount,
                    paid is { Amount: > 0 } ? -Rounding.MulDiv(paid.WorthNano, part.Amount, paid.Amount) : 0,
                    0,
                    0
                )
            );
            if (part.Revived is { } revived)
                Revive(account, part.Bucket, revived, refund.At);
        }
        if (record is not null && TiersOf(record) is { } tiered)
            TakeVolumeOff(tiered, record, refund);
    }

    /// <summary>The tariff that the call was rated by, where it counts a volume.</summary>
    /// <exception cref="UnknownTariffException">This process has not heard of the version yet. Nothing was counted: it is read again later.</exception>
    private ModelTariff? TiersOf(UsageRecord record) =>
        tariffs?.Current.Get(record.Model, record.TariffVersion) is { Volume: not null } tariff ? tariff : null;

    /// <summary>The volume of the call, and what each of its payments in the price's currency would have been in each tier: as it was rounded, and in the same share of the price.</summary>
    private void AddVolume(ModelTariff tariff, UsageRecord record, BillingPeriod period)
    {
        var key = VolumeKey(tariff, record, period);
        Add(key, tariff.Volume!.CountOf(record.Usage), 0, 0);
        foreach (var payment in record.Payments)
            AddTiers(tariff, record, key, payment, payment.Amount);
    }

    /// <summary>What was given back is taken off the month that the call was in.</summary>
    private void TakeVolumeOff(ModelTariff tariff, UsageRecord record, Refunded refund)
    {
        var key = VolumeKey(tariff, record, PeriodOf(refund.At));
        if (refund.Volume is { } volume)
            Add(key, -volume.Count, 0, 0);
        for (var i = 0; i < refund.Parts.Length; i++)
            AddTiers(tariff, record, key, record.Payments[i], -refund.Parts[i].Amount);
    }

    private void AddTiers(ModelTariff tariff, UsageRecord record, in VolumeSumKey key, Payment payment, long amount)
    {
        if (
            !payment.IsMoney
            || payment.Unit != tariff.Currency.Code
            || tariff.Price.Volume is not { Kind: VolumeKind.Retroactive } tiers
            || record.RetailNano == 0
        )
            return;
        var count = tariff.Volume!.CountOf(record.Usage);
        for (var i = 0; i < tiers.Tiers.Length; i++)
        {
            // As if it had been the last call of a month that ends in this tier.
            var ends = tiers.Tiers[i].UpTo ?? (i == 0 ? 0 : tiers.Tiers[i - 1].UpTo!.Value + 1);
            var before = tiers.Tiers[i].UpTo is null ? ends : Math.Max(0, ends - count);
            var context = tariff.Context(record.StartedAt, record.Traits ?? CallTraits.Plain, before);
            Add(
                key with
                {
                    Bucket = payment.Bucket,
                    Model = record.Model,
                    Vendor = record.Vendor,
                    TariffVersion = record.TariffVersion,
                    UpTo = tiers.Tiers[i].UpTo ?? long.MaxValue,
                },
                0,
                amount,
                Math.Sign(amount) * Rounding.MulDiv(tariff.Retail(record.Usage, context), Math.Abs(amount), record.RetailNano)
            );
        }
    }

    private void Add(in VolumeSumKey key, long count, long charged, long due)
    {
        ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(volumes, key, out _);
        sum = checked((sum.Count + count, sum.Charged + charged, sum.Due + due));
    }

    private VolumeSumKey VolumeKey(ModelTariff tariff, UsageRecord record, BillingPeriod period)
    {
        var zone = tariff.Volume!.TimeZone;
        if (!calendars.TryGetValue(zone, out var months))
            calendars.Add(zone, months = new BillingCalendar(zone));
        return new(period, PayerOf(record.Account), months.PeriodOf(record.StartedAt), tariff.Volume.Name, default, "", "", 0, 0);
    }

    /// <summary>What came back to a bucket that has ended is in a new one, which has its part of the old one's price.</summary>
    private void Revive(AccountId account, BucketId ended, BucketGrant revived, DateTimeOffset at)
    {
        Move(account, ended, at, 0, revived.Amount);
        Open(account, revived, at, ended);
    }

    private void AddAttempts(AccountId account, ChargeId charge, IEnumerable<VendorAttempt> attempts, string model, DateTimeOffset at)
    {
        var number = 0;
        foreach (var attempt in attempts)
        {
            var when = attempt.At == default ? at : attempt.At;
            var day = calendar.DayOf(when);
            var name = model.Length > 0 ? model : ModelOf(attempt.Deployment);
            Serve(new(attempt.Vendor, day, name, attempt.Deployment, VendorUsageKey.Calls, true), 1);
            if (attempt.Usage is { } used)
                Serve(attempt.Vendor, day, name, attempt.Deployment, used, isAttempt: true);
            unanswered.Add(
                new(attempt.Vendor, day, name, charge, ++number, account, attempt.Deployment, when, attempt.Outcome, attempt.Usage)
            );
        }
    }

    private void Serve(string vendor, DateOnly day, string model, string deployment, in Usage used, bool isAttempt)
    {
        for (var meter = 0; meter < Usage.MeterCount; meter++)
        {
            if (used[(Meter)meter] is var quantity and not 0)
                Serve(new(vendor, day, model, deployment, MeterNames.Of((Meter)meter), isAttempt), quantity);
        }
    }

    private void Serve(in VendorUsageKey key, long quantity)
    {
        ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(vendors, key, out _);
        sum = checked(sum + quantity);
    }

    private void Add(in UsageKey key, in UsageTotals more)
    {
        ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(usage, key, out _);
        sum += more;
    }

    private void Open(
        AccountId account,
        BucketGrant grant,
        DateTimeOffset at,
        BucketId? origin = null,
        bool isMirror = false,
        bool isRefill = false
    )
    {
        var payer = PayerOf(account);
        buckets[new(payer, grant.Bucket)] = new(
            grant.Bucket,
            payer,
            PeriodOf(at),
            grant.Name,
            grant.Type,
            grant.Unit?.Name ?? grant.Currency!.Value.Code,
            grant.Unit is null,
            grant.Amount,
            grant.ValidFrom,
            grant.ExpiresAt,
            grant.Product,
            origin,
            isMirror,
            isRefill,
            grant.IsBeyond
        );
    }

    private void Move(AccountId account, BucketId bucket, DateTimeOffset at, long added, long taken)
    {
        var key = new BucketMoveKey(new(PayerOf(account), bucket), PeriodOf(at));
        ref var move = ref CollectionsMarshal.GetValueRefOrAddDefault(moves, key, out _);
        move = checked((move.Added + added, move.Taken + taken));
    }

    private UsageKey KeyOf(UsageRecord record, DateTimeOffset at) =>
        new(
            PeriodOf(at),
            PayerOf(record.Account),
            default,
            Once(record.Model),
            Once(record.Vendor),
            Once(record.Deployment),
            record.Key,
            record.Allotment ?? default,
            record.Currency
        );

    /// <summary>Every record has names of its own; a hundred thousand sums keep one of each.</summary>
    private string Once(string name)
    {
        ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(names, name, out _);
        return known ??= name;
    }

    /// <summary>A call belongs to the period it began in; what is closed gets nothing more.</summary>
    private BillingPeriod PeriodOf(DateTimeOffset at)
    {
        var period = calendar.PeriodOf(at);
        return closed is { } last && period <= last ? last.Next : period;
    }

    private AccountId PayerOf(AccountId account)
    {
        while (lessors.TryGetValue(account, out var lessor))
            account = lessor;
        return account;
    }

    /// <summary>Of a deployment's id, which is the model's with the vendor's behind it.</summary>
    private static string ModelOf(string deployment)
    {
        var at = deployment.LastIndexOf('@');
        return at > 0 ? deployment[..at] : deployment;
    }
}
