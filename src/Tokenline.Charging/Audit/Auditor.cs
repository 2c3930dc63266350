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
        var liveById = live.ToDictionary(view => view.Account);
        using var journal = history.OpenSnapshot();
        var differences = new List<AuditDifference>();
        var (accounts, entries, records, open) = (0, 0L, 0L, 0L);
        foreach (var account in journal.Accounts())
        {
            cancellation.ThrowIfCancellationRequested();
            var ledger = Audit(journal, account, liveById.GetValueOrDefault(account), Report, out var recordCount);
            accounts++;
            entries += ledger.Sequence;
            records += recordCount;
            open += ledger.OpenCount;
        }
        if (journal.RecordsWithoutAccount() is var strays and > 0)
            Report(new AuditDifference(default, "", $"{strays} usage records belong to no account"));
        return new AuditReport(journal.Position, accounts, live.Count, entries, records, open, differences);

        void Report(AuditDifference difference)
        {
            if (differences.Count < DifferencesMax)
                differences.Add(difference);
        }
    }

    private AuditLedger Audit(IJournalSnapshot journal, AccountId account, AccountView? live, Action<AuditDifference> report, out long records)
    {
        var ledger = new AuditLedger(account, report);
        var image = journal.Image(account);
        var entries = new List<StoredEntry>();
        foreach (var stored in journal.Entries(account))
        {
            entries.Add(stored);
            ledger.Post(stored);
            if (stored.Sequence == image?.Sequence)
                ledger.Compare("the saved image", image.Buckets, image.Open.Length);
            if (stored.Sequence == live?.Sequence)
                ledger.Compare("the live account", live.Buckets, live.Open.Count);
        }
        ledger.CheckBuckets();
        if (image?.Sequence > ledger.Sequence)
            report(new AuditDifference(account, "", $"the saved image is at entry {image.Sequence}, the journal ends at {ledger.Sequence}"));
        if (live?.Sequence > ledger.Sequence)
            report(new AuditDifference(account, "", $"the live account is at entry {live.Sequence}, the journal ends at {ledger.Sequence}"));
        var replayed = ChargingAccount.Restore(account, tariffs, null, entries).View();
        ledger.Compare("the replayed engine", replayed.Buckets, replayed.Open.Count);
        records = CompareRecords(journal, account, ledger, report);
        return ledger;
    }

    private long CompareRecords(IJournalSnapshot journal, AccountId account, AuditLedger ledger, Action<AuditDifference> report)
    {
        var count = 0L;
        var unmatched = new HashSet<ChargeId>(ledger.Settles.Keys);
        foreach (var record in journal.Records(account))
        {
            count++;
            if (!ledger.Settles.TryGetValue(record.Charge, out var settled))
                Differs(record, "has a usage record and no settle in the journal");
            else if (!unmatched.Remove(record.Charge))
                Differs(record, "has two usage records");
            else
                Compare(record, settled, finding => Differs(record, finding));
        }
        foreach (var charge in unmatched)
            report(new AuditDifference(account, charge.ToString(), "is settled in the journal and has no usage record"));
        return count;

        void Differs(UsageRecord record, string finding) => report(new AuditDifference(account, record.Charge.ToString(), finding));
    }

    private void Compare(UsageRecord record, Settled settled, Action<string> differs)
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
            differs($"its record says retail {record.RetailNano}, uncollected {record.UncollectedNano}; the journal {settled.RetailNano}, {settled.UncollectedNano}");

        var tariff = tariffs.Current.Get(record.Model, record.TariffVersion);
        if (tariff.Retail(record.Usage) != record.RetailNano)
            differs($"its usage is worth {tariff.Retail(record.Usage)} nano by tariff {record.TariffVersion}, its record says {record.RetailNano}");
        var covered = Covered(record, tariff);
        if (Math.Abs(covered - 1m) > Tolerance(record, tariff))
            differs($"its payments and what is uncollected cover {covered:0.############} of the call instead of the whole");
    }

    /// <summary>The shares of all payers; they are the whole but for the rounding of each.</summary>
    private static decimal Covered(UsageRecord record, ModelTariff tariff)
    {
        var covered = record.RetailNano == 0 ? 0m : (decimal)record.UncollectedNano / record.RetailNano;
        foreach (var payment in record.Payments)
        {
            var whole = payment.IsMoney ? record.RetailNano : tariff.WeightIn(new QuotaUnit(payment.Unit))?.Amount(record.Usage) ?? 0;
            covered += whole == 0 ? 0m : payment.Amount / (decimal)whole;
        }
        return record.Payments.Length == 0 && record.UncollectedNano == 0 ? 1m : covered; // a call that costs nothing
    }

    /// <summary>One unit of rounding for every change of unit on the way; none when a single unit paid all.</summary>
    private static decimal Tolerance(UsageRecord record, ModelTariff tariff)
    {
        var units = record.Payments.Select(payment => payment.Unit).Distinct().ToArray();
        if (units.Length <= 1 && record.UncollectedNano == 0)
            return 0.0000000000001m; // decimal division itself
        var smallest = record.Payments.Min(payment => payment.IsMoney ? record.RetailNano : tariff.WeightIn(new QuotaUnit(payment.Unit))?.Amount(record.Usage) ?? 1);
        return (units.Length + 1) / (decimal)Int128.Max(1, Int128.Min(smallest, Math.Max(1, record.RetailNano)));
    }
}
