using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Journal;
using Tokenline.Charging.Leases;
using Tokenline.Charging.Records;

namespace Tokenline.Cluster;

/// <summary>
/// The engine of one activation. Commands change memory and queue their entries under one short lock, so that the journal's order is the order of decisions;
/// what must be durable is awaited outside it. Closed or poisoned, it refuses with <see cref="AccountUnavailableException"/>.
/// </summary>
internal sealed partial class HostedAccount(
    ChargingAccount engine,
    long epoch,
    IChargeJournal journal,
    IChargeHistory history,
    TimeProvider time,
    ILogger log,
    Action giveUp,
    Action<AccountId>? leaseIsLow = null,
    AccountMetrics? metrics = null
)
{
    /// <summary>An image is saved after so many entries, or as many as it holds things, whichever is more.</summary>
    private const int ImageEvery = 512;

    private readonly Lock gate = new();
    private readonly Dictionary<ChargeId, Task> dispatches = []; // of streams, until they are known to be durable
    private Task newest = Task.CompletedTask; // of the newest entry: if it is durable, so are all before it
    private long imageAt = engine.Sequence;
    private bool closed;
    private int rounds; // since it was last asked anything

    public AccountId Id => engine.Id;

    public HoldOutcome Hold(HoldRequest request)
    {
        lock (gate)
        {
            Enter();
            if (journal.IsBehind)
                return new(HoldVerdict.Refused, Refusal: new Refusal(Problems.Overloaded, "The platform is busy. Try again in a moment."));
            var now = time.GetUtcNow();
            var outcome = engine.Hold(request, now);
            // Nobody waits for the dispatch of a call without a stream: its settle comes after it in the same queue.
            var written = Write(null, urgent: request.Stream);
            if (request.Stream && outcome.Verdict == HoldVerdict.Granted)
                dispatches[request.Charge] = written;
            if (engine.IsLeaseLow(now))
                leaseIsLow?.Invoke(Id);
            return outcome;
        }
    }

    /// <summary>Once the hold of a stream is durable. False: it never will be, for it was lost with an earlier activation.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> DispatchedAsync(ChargeId charge)
    {
        Task? written;
        lock (gate)
        {
            Enter();
            if (!dispatches.Remove(charge, out written))
            {
                if (!engine.IsOpen(charge))
                    return false;
                written = newest.IsCompleted ? newest : ElsewhereAsync(newest);
            }
        }
        await written;
        return true;
    }

    /// <summary>Another entry may be told of on the thread that wrote it, which is not to serve a stream.</summary>
    private static async Task ElsewhereAsync(Task written)
    {
        await written;
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
    }

    public async ValueTask<ExtendOutcome> ExtendAsync(ExtendRequest request)
    {
        ExtendOutcome outcome;
        Task written;
        lock (gate)
        {
            Enter();
            outcome = engine.Extend(request, time.GetUtcNow());
            written = Write(null, urgent: true);
        }
        await written;
        return outcome;
    }

    public async ValueTask<EndOutcome> SettleAsync(SettleRequest request)
    {
        await Settle(request, out var outcome);
        return await SettledAsync(request, outcome);
    }

    /// <summary>Decides, and completes once that is durable; <see cref="SettledAsync"/> follows.</summary>
    public Task Settle(SettleRequest request, out EndOutcome outcome)
    {
        lock (gate)
        {
            Enter();
            outcome = engine.Settle(request, time.GetUtcNow());
            dispatches.Remove(request.Charge);
            return Write(outcome.Record, urgent: true);
        }
    }

    /// <summary>What is told of a settle that is durable.</summary>
    public async ValueTask<EndOutcome> SettledAsync(SettleRequest request, EndOutcome outcome)
    {
        if (outcome.Verdict == EndVerdict.Unknown && await history.FindRecordAsync(request.Charge) is { } record)
            return new(record.Account == Id && SameUsage(record, request) ? EndVerdict.Replayed : EndVerdict.Conflict, record);
        if (outcome.Record is { UncollectedNano: > 0 } loss)
        {
            LogUncollected(loss.Charge, loss.UncollectedNano, loss.Currency);
            metrics?.Lost(loss);
        }
        return outcome;
    }

    /// <summary>A record may say of itself that it was one request; what was asked for need not.</summary>
    internal static bool SameUsage(UsageRecord record, SettleRequest request)
    {
        var (known, asked) = (record.Usage, request.Usage);
        if (asked[Meter.Request] == 0)
            known[Meter.Request] = 0;
        return known == asked;
    }

    public async ValueTask<EndOutcome> ReleaseAsync(ReleaseRequest request)
    {
        EndOutcome outcome;
        Task written;
        lock (gate)
        {
            Enter();
            outcome = engine.Release(request, time.GetUtcNow());
            written = Write(null, urgent: true);
            dispatches.Remove(request.Charge);
        }
        await written;
        return outcome;
    }

    public async Task<int> RecoverAsync(LiveRuns runs)
    {
        Task written;
        ChargeId[] orphans;
        lock (gate)
        {
            Enter();
            orphans = engine.Orphans(runs);
            foreach (var orphan in orphans)
            {
                var outcome = engine.Recover(orphan, time.GetUtcNow());
                Write(outcome.Record, urgent: true);
            }
            written = newest;
        }
        await written;
        metrics?.Recovered(orphans.Length);
        return orphans.Length;
    }

    public async Task<Refusal?> ExecuteAsync(AccountCommand command)
    {
        // The engine keeps no ended charges: a refund comes with the record of the one it gives back.
        if (command is Refund refund)
            command = refund with { Record = await RecordAsync(refund.Charge) };
        Refusal? refusal;
        Task written;
        lock (gate)
        {
            Enter();
            refusal = Execute(command);
            written = Write(null, urgent: true);
            if (command is Refund && engine.IsLeased)
                leaseIsLow?.Invoke(Id); // what came back may be the lessor's
        }
        await written;
        return refusal;
    }

    /// <summary>A record may be of a newer owner, of whom this one has not heard, for it has written nothing since: it hears of it now, and is none any more.</summary>
    private Refusal? Execute(AccountCommand command)
    {
        try
        {
            return engine.Execute(command, time.GetUtcNow());
        }
        catch (AccountUnavailableException)
        {
            closed = true;
            giveUp();
            throw;
        }
    }

    /// <summary>Of a charge that was settled before this was asked: a settle that is decided and not yet durable is waited for.</summary>
    private async ValueTask<UsageRecord?> RecordAsync(ChargeId charge)
    {
        if (await history.FindRecordAsync(charge) is { } record)
            return record;
        Task written;
        lock (gate)
        {
            Enter();
            written = newest;
        }
        await written;
        return await history.FindRecordAsync(charge);
    }

    public Task<AccountView> ViewAsync() => LookAsync(static (engine, now) => engine.View(now));

    public Task<LeaseBook> LeasesAsync() => LookAsync(static (engine, now) => engine.Leases(now));

    private async Task<T> LookAsync<T>(Func<ChargingAccount, DateTimeOffset, T> look)
    {
        T seen;
        Task written;
        lock (gate)
        {
            Enter();
            var now = time.GetUtcNow();
            engine.Refresh(now);
            written = Write(null, urgent: true);
            seen = look(engine, now);
        }
        await written;
        return seen;
    }

    /// <summary>One more round of those who look for idle accounts. Given up when it was asked nothing for so many: it costs nothing then but its rows on disk.</summary>
    public void Rest(int longest)
    {
        lock (gate)
        {
            if (closed || rounds++ < longest)
                return;
        }
        giveUp();
    }

    /// <summary>Ends the activation: no command after this one, and what was queued becomes durable.</summary>
    public async Task CloseAsync()
    {
        Task written;
        lock (gate)
        {
            closed = true;
            written = newest;
            if (!written.IsFaulted && engine.Sequence > imageAt)
                journal.Save(Id, epoch, engine.Image());
        }
        await written.ContinueWith(static _ => { }, TaskScheduler.Default); // a failure was told to whoever waited for the entry
    }

    private void Enter()
    {
        rounds = 0;
        if (newest.IsFaulted && !closed)
        {
            closed = true;
            giveUp();
        }
        if (closed)
            throw new AccountUnavailableException($"{Id} is not hosted here any more");
    }

    /// <summary>Queues the entries of the last command. The record belongs to its settle entry.</summary>
    private Task Write(UsageRecord? record, bool urgent)
    {
        var entries = engine.Emitted;
        var sequence = engine.Sequence - entries.Length;
        foreach (var entry in entries)
            newest = journal.Append(Id, epoch, ++sequence, entry, entry is Settled ? record : null, urgent);
        engine.ClearEmitted();
        if (sequence - imageAt >= Math.Max(ImageEvery, engine.ImageSize))
        {
            imageAt = sequence;
            journal.Save(Id, epoch, engine.Image());
        }
        return newest;
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "charge {Charge} used more than the account could pay: {Nano} nano-{Currency} are uncollected"
    )]
    private partial void LogUncollected(ChargeId charge, long nano, Currency currency);
}
