using System.Runtime.CompilerServices;
using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Journal;
using Tokenline.Charging.Records;
using Tokenline.Charging.Tariffs;
using Tokenline.Charging.Trials;

namespace Tokenline.Commerce.Tests;

/// <summary>The real engine for every account, without a journal or a cluster; and the records, events and refunds it left, as the history.</summary>
internal sealed class InMemoryChargingAccounts(ITariffs tariffs, TimeProvider time) : IChargingAccounts, IChargeHistory
{
    private readonly Lock gate = new();
    private readonly Dictionary<AccountId, ChargingAccount> accounts = [];
    private readonly List<UsageRecord> records = [];
    private readonly List<StoredEvent> events = [];
    private readonly List<Adjustment> adjustments = [];
    private readonly List<(AccountId Account, LivedEntry Entry)> lives = [];
    private long position;

    /// <summary>Fails every command of this account, as if its owner were gone.</summary>
    public AccountId? Unavailable { get; set; }

    public List<(AccountId Account, AccountCommand Command)> Executed { get; } = [];

    public ValueTask<HoldOutcome> HoldAsync(AccountId account, HoldRequest request) => new(In(account, a => a.Hold(request, Now)));

    public ValueTask DispatchedAsync(AccountId account, ChargeId charge) => default;

    public ValueTask<ExtendOutcome> ExtendAsync(AccountId account, ExtendRequest request) => new(In(account, a => a.Extend(request, Now)));

    public ValueTask<EndOutcome> SettleAsync(AccountId account, SettleRequest request)
    {
        var outcome = In(account, a => a.Settle(request, Now));
        lock (gate)
        {
            if (outcome.Record is { } record)
                records.Add(record);
        }
        return new(outcome);
    }

    public ValueTask<EndOutcome> ReleaseAsync(AccountId account, ReleaseRequest request) => new(In(account, a => a.Release(request, Now)));

    public ValueTask<int> RecoverAsync(AccountId account, LiveRuns runs) => new(0);

    public ValueTask<Refusal?> ExecuteAsync(AccountId account, AccountCommand command)
    {
        if (account == Unavailable)
            throw new AccountUnavailableException("its owner is gone");
        lock (gate)
            Executed.Add((account, command));
        if (command is Refund refund)
            command = refund with { Record = records.Find(record => record.Charge == refund.Charge) };
        return new(In(account, a => a.Execute(command, Now)));
    }

    /// <summary>Every look at an account, as it was asked for.</summary>
    public List<AccountId> Viewed { get; } = [];

    public ValueTask<AccountView> ViewAsync(AccountId account)
    {
        lock (gate)
            Viewed.Add(account);
        return new(
            In(
                account,
                a =>
                {
                    a.Refresh(Now);
                    return a.View(Now);
                }
            )
        );
    }

    public ValueTask<UsageRecord?> FindRecordAsync(ChargeId charge) => new(records.Find(record => record.Charge == charge));

    public ValueTask<UnbilledCharge?> FindUnbilledAsync(ChargeId charge) => default;

    public ValueTask<IReadOnlyList<UsageRecord>> RecordsAsync(AccountId account, ChargeId? before, int limit) =>
        new([
            .. records
                .Where(record => record.Account == account && (before is null || record.Charge.Value < before.Value.Value))
                .OrderByDescending(record => record.Charge.Value)
                .Take(limit),
        ]);

    /// <summary>No use case of commerce searches; pages of the console do, over a real journal.</summary>
    public ValueTask<FoundRecords> SearchAsync(AccountId account, RecordSearch search, ChargeId? before, int limit, int looksMax) =>
        throw new NotSupportedException();

    public ValueTask<IReadOnlyList<StoredEvent>> EventsAsync(long after, int limit) =>
        new([.. events.Where(e => e.Position > after).Take(limit)]);

    public ValueTask<IReadOnlyList<StoredEvent>> EventsAsync(AccountId account, long? before, int limit) =>
        new([.. events.Where(e => e.Account == account && !(e.Position >= before)).Reverse().Take(limit)]);

    public ValueTask<IReadOnlyList<Adjustment>> AdjustmentsAsync(ChargeId charge) =>
        new([.. adjustments.Where(a => a.Refund.Charge == charge)]);

    public ValueTask<IReadOnlyList<Adjustment>> AdjustmentsAsync(AccountId account, long? before, int limit) =>
        new([.. adjustments.Where(a => a.Account == account && !(a.Position >= before)).Reverse().Take(limit)]);

    public ValueTask<RunTotals?> RunAsync(AccountId account, string run) =>
        new(
            RunTotals.Of(
                run,
                records.Where(record => record.Account == account && record.Run == run),
                adjustments.ToLookup(a => a.Refund.Charge, a => a.Refund)
            )
        );

    public ValueTask<IReadOnlyList<UsageRecord>> RunRecordsAsync(AccountId account, string run, ChargeId? before, int limit) =>
        new([
            .. records
                .Where(record => record.Account == account && record.Run == run)
                .Where(record => before is null || record.Charge.Value < before.Value.Value)
                .OrderByDescending(record => record.Charge.Value)
                .Take(limit),
        ]);

    public ValueTask<IReadOnlyList<RunLine>> RunsAsync(AccountId account, ChargeId? before, int limit) =>
        new([
            .. records
                .Where(record => record.Account == account && record.Run is not null)
                .GroupBy(record => record.Run!)
                .Select(run => new RunLine(
                    run.Key,
                    run.Count(),
                    [new Money(run.Sum(record => record.RetailNano), run.First().Currency)],
                    run.MaxBy(record => record.Charge.Value)!.Charge,
                    run.Max(record => record.EndedAt)
                ))
                .Where(line => before is null || line.LastCharge.Value < before.Value.Value)
                .OrderByDescending(line => line.LastCharge.Value)
                .Take(limit),
        ]);

    public ValueTask<long> PositionAsync() => new(position);

    public ValueTask<IReadOnlyList<UsageDay>> DaysAsync(AccountId account, DateOnly from, DateOnly to)
    {
        var sums = new DaySums("Asia/Shanghai");
        foreach (var record in records.Where(record => record.Account == account))
            sums.Add(record);
        return new([
            .. sums.All.Where(line => line.Key.Day >= from && line.Key.Day <= to).Select(line => new UsageDay(line.Key, line.Value)),
        ]);
    }

    public ValueTask<IReadOnlyList<CallLine>> CallsAsync(ChargeId after, ChargeId until, int limit) =>
        new([
            .. records
                .Where(record => record.Charge.Value > after.Value && record.Charge.Value <= until.Value)
                .OrderBy(record => record.Charge.Value)
                .Take(limit)
                .Select(record => new CallLine(record.Charge, record.Account, record.Model)),
        ]);

    public async IAsyncEnumerable<LivedEntry> LifeAsync(AccountId account, [EnumeratorCancellation] CancellationToken cancellation)
    {
        List<LivedEntry> life;
        lock (gate)
            life = [.. lives.Where(lived => lived.Account == account).Select(lived => lived.Entry)];
        foreach (var lived in life)
        {
            var charge = lived.Entry switch
            {
                Settled settled => settled.Charge,
                Refunded refund => refund.Charge,
                _ => default,
            };
            yield return charge == default ? lived : lived with { Record = await FindRecordAsync(charge) };
        }
    }

    public ValueTask<IReadOnlyList<AccountId>> AccountsWithOpenChargesAsync() => new([]);

    public IJournalSnapshot OpenSnapshot() => throw new NotSupportedException("there is no journal here");

    private DateTimeOffset Now => time.GetUtcNow();

    private T In<T>(AccountId id, Func<ChargingAccount, T> act)
    {
        lock (gate)
        {
            if (!accounts.TryGetValue(id, out var account))
                accounts.Add(id, account = new ChargingAccount(id, tariffs));
            var outcome = act(account);
            var sequence = account.Sequence - account.Emitted.Length;
            foreach (var entry in account.Emitted)
            {
                position++;
                lives.Add((id, new(++sequence, entry, null)));
                if (entry is Raised raised)
                    events.Add(new(position, id, raised.At, raised.Event));
                else if (entry is Refunded refund)
                    adjustments.Add(new(position, id, refund));
            }
            account.ClearEmitted();
            return outcome;
        }
    }
}
