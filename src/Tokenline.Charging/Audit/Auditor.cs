using Tokenline.Charging.Accounts;
using Tokenline.Charging.Journal;
using Tokenline.Charging.Records;
using Tokenline.Charging.Tariffs;

namespace Tokenline.Charging.Audit;

/// <summary>The accounts that are in memory somewhere, so that an audit can hold them against the journal.</summary>
public interface ILiveAccounts
{
    /// <summary>The state of each account that is in memory, once what led to it is durable.</summary>
    Task<IReadOnlyList<AccountView>> ViewsAsync(CancellationToken cancellation);
}

/// <summary>
/// Rebuilds every balance from the journal and compares it with the live state, the saved images and the usage records, all at one position of the journal.
/// Runs beside a working server: live states are taken first, then a view of the journal that later commits do not change.
/// </summary>
public sealed class Auditor(IChargeHistory history, ITariffs tariffs, ILiveAccounts? liveAccounts)
{
    /// <summary>Differences beyond this are counted, not listed.</summary>
    public const int DifferencesMax = 1000;

    public async Task<AuditReport> RunAsync(CancellationToken cancellation)
    {
        var live = liveAccounts is null ? [] : await liveAccounts.ViewsAsync(cancellation);
        // Of its own thread: reading the whole journal takes as long as it takes, and may wait for a database.
        return await Task.Factory.StartNew(
            () =>
            {
                using var journal = history.OpenSnapshot();
                return Run(journal, tariffs, live, cancellation);
            },
            cancellation,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );
    }

    /// <summary>The same over a view of the journal that is at hand, such as that of a folder which nobody serves.</summary>
    public static AuditReport Run(
        IJournalSnapshot journal,
        ITariffs tariffs,
        IReadOnlyList<AccountView> live,
        CancellationToken cancellation
    )
    {
        var differences = new List<AuditDifference>();
        var books = new Dictionary<AccountId, Book>();
        var leases = new LeaseLedger(Report);
        foreach (var view in live)
            BookOf(view.Account).Live = view;

        var (entries, settles) = (0L, 0L);
        foreach (var (account, stored) in journal.Entries())
        {
            cancellation.ThrowIfCancellationRequested();
            entries++;
            BookOf(account).Post(stored);
            leases.Post(account, stored);
            if (stored.Entry is not Settled settled || settled.Charge.Value < journal.RecordsFrom.Value)
                continue;
            settles++;
            var found = journal.Record(settled.Charge, out var unlike);
            if (unlike is not null)
                Report(new(account, settled.Charge.ToString(), unlike));
            if (found is not { } record)
                Report(new(account, settled.Charge.ToString(), "is settled in the journal and has no usage record"));
            else if (record.Account != account)
                Report(new(account, settled.Charge.ToString(), $"its usage record is of {record.Account}"));
            else
                Compare(record, settled, tariffs, finding => Report(new(account, settled.Charge.ToString(), finding)));
        }
        foreach (var book in books.Values)
            book.Close();
        leases.Close();
        foreach (var (account, sequence) in journal.Heads())
        {
            if (books.GetValueOrDefault(account)?.Sequence is var last && (last ?? 0) != sequence)
                Report(new(account, "", $"its newest entry should be {sequence}, the journal ends at {last ?? 0}"));
        }
        var records = journal.RecordCount();
        if (records != settles)
        {
            foreach (var (account, charge) in journal.RecordsWithoutSettle())
                Report(new(account, charge.ToString(), "has a usage record and no settle in the journal"));
        }
        foreach (var (account, finding) in journal.UnlikeLists())
            Report(new(account, "", finding));
        return new AuditReport(
            journal.Position,
            books.Count,
            live.Count,
            entries,
            records,
            books.Values.Sum(book => (long)book.OpenCount),
            differences
        );

        Book BookOf(AccountId account)
        {
            if (!books.TryGetValue(account, out var book))
                books.Add(account, book = new Book(account, tariffs, journal.Image(account), Report));
            return book;
        }

        void Report(AuditDifference difference)
        {
            if (differences.Count < DifferencesMax)
                differences.Add(difference);
        }
    }

    /// <summary>One account under audit: the plain sums and the engine, side by side, and what they are held against on the way.</summary>
    private sealed class Book(AccountId account, ITariffs tariffs, AccountImage? image, Action<AuditDifference> report)
    {
        private readonly AuditLedger ledger = new(account, report);
        private ChargingAccount? engine = new(account, tariffs);
        private DateTimeOffset lastAt; // of an entry: windows of the calendar have no place before all time

        public AccountView? Live { get; set; }
        public long Sequence => ledger.Sequence;
        public int OpenCount => ledger.OpenCount;

        public void Post(StoredEntry stored)
        {
            ledger.Post(stored);
            lastAt = stored.Entry.At;
            Replay(stored);
            if (stored.Sequence == image?.Sequence)
                ledger.Compare("the saved image", BucketFigures.Of(image), image.Open.Length);
            if (stored.Sequence == Live?.Sequence)
                ledger.Compare("the live account", BucketFigures.Of(Live), Live.Open.Count);
        }

        public void Close()
        {
            ledger.CheckBuckets();
            if (image?.Sequence > Sequence)
                report(new(account, "", $"the saved image is at entry {image.Sequence}, the journal ends at {Sequence}"));
            if (Live?.Sequence > Sequence)
                report(new(account, "", $"the live account is at entry {Live.Sequence}, the journal ends at {Sequence}"));
            if (engine?.View(lastAt) is { } view)
                ledger.Compare("the replayed engine", BucketFigures.Of(view), view.Open.Count);
        }

        private void Replay(StoredEntry stored)
        {
            try
            {
                engine?.Replay(stored);
            }
            catch (Exception e) when (e is InvalidOperationException or KeyNotFoundException or ArgumentException)
            {
                report(new(account, "", $"the engine cannot replay entry {stored.Sequence}: {e.Message}"));
                engine = null;
            }
        }
    }

    private static void Compare(UsageRecord record, Settled settled, ITariffs tariffs, Action<string> differs)
    {
        var used = settled.Parts.Where(part => part.Used > 0).ToDictionary(part => part.Bucket, part => part.Used);
        foreach (var payment in record.Payments)
        {
            if (!used.Remove(payment.Bucket, out var amount) || amount != payment.Amount)
                differs($"its record says {payment.Bucket} paid {payment.Amount}, the journal {amount}");
        }
        foreach (var (bucket, amount) in used)
            differs($"{bucket} paid {amount} in the journal and nothing in its record");
        if (record.RetailNano != settled.RetailNano || record.UncollectedNano != settled.UncollectedNano)
            differs(
                $"its record says retail {record.RetailNano}, uncollected {record.UncollectedNano}; the journal {settled.RetailNano}, {settled.UncollectedNano}"
            );

        var tariff = tariffs.Current.Get(record.Model, record.TariffVersion);
        var context = tariff.Context(record.StartedAt, record.Traits ?? CallTraits.Plain, record.VolumeBefore);
        var retail = tariff.Retail(record.Usage, context);
        if (retail != record.RetailNano)
            differs($"its usage is worth {retail} nano by tariff {record.TariffVersion}, its record says {record.RetailNano}");
        var explained = record.Payments.Aggregate(
            (Int128)record.FreeNano + record.UncollectedNano,
            (sum, payment) => sum + payment.WorthNano
        );
        if (explained != record.RetailNano)
            differs($"its payments, what was free and what is uncollected make {explained} nano instead of {record.RetailNano}");
        // Where a bucket for some meters took its part, the others paid for what it left: then only a bound is known of each.
        var isDivided = record.FreeNano > 0 || record.Payments.Any(payment => payment.Meters is not null);
        foreach (var payment in record.Payments)
        {
            if (Paid(payment, record, tariff, context, isDivided) is { } wrong)
                differs(wrong);
        }
        if (record.Wholesale is { } owed && Owed(record, owed, tariffs.Current) is { } other)
            differs(other);
    }

    /// <summary>What the vendor is owed is what its contract makes of the usage.</summary>
    private static string? Owed(UsageRecord record, WholesaleCost owed, TariffBook book)
    {
        if (book.FindContract(record.Vendor, record.Model, owed.ContractVersion) is not { } contract)
            return $"its wholesale cost is by contract {owed.ContractVersion}, which {record.Vendor} has not for {record.Model}";
        var traits = record.Traits ?? CallTraits.Plain;
        var context = contract.Context(record.StartedAt, traits with { Service = owed.Service ?? traits.Service }, 0);
        var cost = contract.Retail(record.Usage, context);
        return cost == owed.Nano && contract.Currency == owed.Currency
            ? null
            : $"its vendor is owed {cost} nano {contract.Currency} by contract {owed.ContractVersion}, its record says {owed.Nano} {owed.Currency}";
    }

    /// <summary>A payment covers as large a part of the call in its own unit as in retail value, but for one rounding in each unit.</summary>
    private static string? Paid(Payment payment, UsageRecord record, ModelTariff tariff, in RatingContext context, bool isDivided)
    {
        var card = payment.IsMoney ? tariff.CardIn(new Currency(payment.Unit)) : tariff.CardIn(new QuotaUnit(payment.Unit));
        if (card is null)
            return $"{payment.Bucket} paid in {payment.Unit}, which cannot pay for {record.Model} in tariff {record.TariffVersion}";
        if (isDivided)
        {
            var most = card.Amount(record.Usage, context, payment.Meters ?? MeterSet.All).RoundedUp() + record.Payments.Length;
            return payment.Amount <= most
                ? null
                : $"{payment.Bucket} paid {payment.Amount} {payment.Unit}; all that it may pay for costs {most - record.Payments.Length}";
        }
        var whole = card.Amount(record.Usage, context, MeterSet.All).Rounded();
        if (whole == 0 || record.RetailNano == 0)
            return payment.Amount == 0 || whole != 0
                ? null
                : $"{payment.Bucket} paid {payment.Amount} for a call that costs nothing in {payment.Unit}";
        // |amount ÷ whole − worth ÷ retail| ≤ (parts + 1) × (1 ÷ whole + 1 ÷ retail), without dividing.
        var difference = Int128.Abs(((Int128)payment.Amount * record.RetailNano) - ((Int128)payment.WorthNano * whole));
        var allowed = (record.Payments.Length + 1) * ((Int128)record.RetailNano + whole);
        return difference <= allowed
            ? null
            : $"{payment.Bucket} paid {payment.Amount} of {whole} {payment.Unit} for {payment.WorthNano} of {record.RetailNano} nano of retail value";
    }
}
