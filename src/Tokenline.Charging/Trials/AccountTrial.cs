using Tokenline.Charging.Accounts;
using Tokenline.Charging.Journal;
using Tokenline.Charging.Records;
using Tokenline.Charging.Tariffs;

namespace Tokenline.Charging.Trials;

/// <summary>
/// Lets an account live its life again: what was before the period as it was journalled, and from then on by the charging engine itself, command by command and call by call, under other
/// terms. Under the terms that were in force everything comes out as it was.
/// </summary>
public sealed class AccountTrial(AccountId id, TrialTerms terms, IReadOnlySet<ChargeId> refunded)
{
    private readonly ChargingAccount account = new(id, terms);
    private readonly Dictionary<ChargeId, Running> running = [];
    private readonly Dictionary<ChargeId, UsageRecord> kept = []; // of charges that are refunded
    private readonly Dictionary<BucketId, (MadeKey, int)> made = []; // by the account itself, as it was
    private readonly Dictionary<(MadeKey, int), BucketId> madeAgain = [];
    private readonly Dictionary<MadeKey, int> counts = [];
    private readonly Dictionary<MadeKey, int> countsAgain = [];
    private ChargeId lastSettled;
    private bool hasBegun;

    /// <summary>It lends to others, or lives on what another lends to it: what became of its calls is not its own doing, and is not tried.</summary>
    public bool IsLeased { get; private set; }

    /// <summary>Changes that could not be made again, because less was left than there had been.</summary>
    public int NotDone { get; private set; }

    /// <summary>The first of them, and why not.</summary>
    public string? FirstNotDone { get; private set; }

    /// <summary>Nothing that is counted can follow.</summary>
    public bool IsOver(JournalEntry next) => next.At >= terms.To && !running.Values.Any(call => call.Dispatched.At < terms.To);

    /// <summary>The account's next entry. Null: it is no fact of the period.</summary>
    public TrialFact? Add(LivedEntry lived)
    {
        var entry = lived.Entry;
        IsLeased |= entry.Kind() >= EntryKind.SubtreeLeased;
        if (IsLeased)
            return null;
        hasBegun |= entry.At >= terms.From;
        if (!hasBegun)
        {
            account.Replay(new StoredEntry(lived.Sequence, entry));
            return null;
        }
        Remember(entry, lived.Sequence, again: false);
        var fact = Again(entry, lived);
        RememberEmitted();
        return fact;
    }

    private void RememberEmitted()
    {
        var sequence = account.Sequence - account.Emitted.Length;
        foreach (var emitted in account.Emitted)
            Remember(emitted, ++sequence, again: true);
        account.ClearEmitted();
    }

    private TrialFact? Again(JournalEntry entry, LivedEntry lived)
    {
        switch (entry)
        {
            case Dispatched dispatched:
                running[dispatched.Charge] = Hold(dispatched);
                return null;
            case Extended extended:
                Extend(extended);
                return null;
            case Settled settled:
                lastSettled = settled.Charge;
                return Settle(settled, RecordOf(lived, settled.Charge));
            case Released released:
                running.Remove(released.Charge);
                account.Release(new ReleaseRequest(released.Charge, released.Reason, null), released.At);
                return null;
            case Refunded refund:
                return Refund(refund, RecordOf(lived, refund.Charge));
            case BucketGranted granted when IsOwn(granted.Grant.Bucket, lived.Sequence):
                account.Refresh(granted.At); // a call that was refused left no entry but this, and opened the month
                return null;
            case BucketExpired or Refilled or Raised:
            case BucketVoided { Command: null }:
                return null; // the account does these by itself
            case StandingSet standing when standing.Suspended && standing.Command.Value == lastSettled.Value:
                return null;
            case BucketGranted or RefillPut { IsStopped: false }:
                foreach (var command in terms.Grants?.Instead(entry) ?? [AsItWas(entry)])
                    Do(command, entry.At);
                return null;
            case BucketVoided or Transferred:
                // What it names may be due to be made at this very instant, and then is found the second time.
                if (account.Execute(AsItWas(entry), entry.At) is not null)
                {
                    RememberEmitted();
                    Do(AsItWas(entry), entry.At);
                }
                return null;
            default:
                Do(AsItWas(entry), entry.At);
                return null;
        }
    }

    private Running Hold(Dispatched was)
    {
        var isCounted = was.At < terms.To;
        var tariff = isCounted && terms.Models.TryGetValue(was.Model, out var draft) ? draft : terms.Book.Get(was.Model, was.TariffVersion);
        if (!tariff.Offers((was.Traits ?? CallTraits.Plain).Service))
            return new(was, was.OutputHeld) { IsRefused = true };
        var held = account.Hold(
            new HoldRequest
            {
                Charge = was.Charge,
                Key = was.Key,
                Tariff = tariff,
                Vendor = was.Vendor,
                Deployment = was.Deployment,
                Stream = was.Stream,
                InputBound = was.InputBound,
                InputEstimate = was.InputEstimate,
                TokensEstimate = was.Counted?.TokensEstimate ?? 0,
                Other = was.Other ?? default,
                Traits = was.Traits,
                Allotment = was.Allotment,
                Run = was.Run,
                OutputWanted = was.OutputHeld,
                OutputModest = was.OutputHeld,
                OutputMin = Math.Min(was.OutputHeld, 1),
                Precise = true,
                Node = was.Node,
                IdempotencyKey = was.IdempotencyKey,
            },
            was.At
        );
        return new(was, was.OutputHeld) { Held = held.OutputGranted, IsRefused = held.Verdict != HoldVerdict.Granted };
    }

    private void Extend(Extended was)
    {
        if (running.TryGetValue(was.Charge, out var call))
        {
            call.WasHeld = was.OutputHeld;
            if (call.IsRefused)
                return;
        }
        var extended = account.Extend(new ExtendRequest(was.Charge, was.DeliveredInput, was.DeliveredOutput, was.OutputHeld, 0), was.At);
        if (call is not null)
            call.Held = extended.OutputGranted;
    }

    private TrialCall? Settle(Settled was, UsageRecord record)
    {
        running.Remove(was.Charge, out var call); // null: it ran already when the period began
        var isCounted = record.StartedAt >= terms.From && record.StartedAt < terms.To;
        if (call?.IsRefused == true)
            return isCounted ? new TrialCall(record, null, false) : null;
        var usage = record.Usage;
        var isCut = call is not null && call.Held < call.WasHeld && usage.WholeOutput > call.Held;
        if (isCut)
            usage = Cut(usage, call!.Held);
        var settled = account.Settle(CallsAgain.Settle(record, usage, call?.Dispatched.Traits ?? record.Traits), was.At).Record;
        if (settled is not null && refunded.Contains(was.Charge))
            kept[was.Charge] = settled;
        return isCounted ? new TrialCall(record, settled, isCut) : null;
    }

    /// <summary>Its output ends where what could be held for it ended.</summary>
    private static Usage Cut(Usage usage, long most)
    {
        var whole = usage.WholeOutput;
        foreach (var meter in (ReadOnlySpan<Meter>)[Meter.Output, Meter.Reasoning, Meter.AudioOutput])
            usage[meter] = (long)((Int128)usage[meter] * most / whole);
        return usage;
    }

    private TrialRefund? Refund(Refunded was, UsageRecord of)
    {
        // Of a call before the period the buckets are those that were.
        var again = of.StartedAt < terms.From ? kept.GetValueOrDefault(was.Charge, of) : kept.GetValueOrDefault(was.Charge);
        Refunded? now = null;
        if (again is not null)
        {
            Do(new Refund(was.Command, was.Charge, was.Millionths, was.Reason) { Record = again }, was.At);
            foreach (var emitted in account.Emitted)
                now = emitted as Refunded ?? now;
        }
        return was.At < terms.To ? new TrialRefund(was, of, now, again) : null;
    }

    private void Do(AccountCommand command, DateTimeOffset at)
    {
        if (account.Execute(command, at) is not { } refusal)
            return;
        NotDone++;
        FirstNotDone ??= $"{command.GetType().Name} at {at:O}: {refusal.Message}";
        if (command is not TransferQuota moved)
            return;
        // Less is left than was moved: that goes.
        var from = account.View(at).Buckets.FirstOrDefault(bucket => bucket.Grant.Bucket == moved.From);
        if (from is { Remaining: > 0 and var left } && left < moved.Amount)
            account.Execute(moved with { Amount = left }, at);
    }

    /// <summary>The command that the entry came from.</summary>
    private AccountCommand AsItWas(JournalEntry entry) =>
        entry switch
        {
            BucketGranted granted => new GrantBucket(granted.Grant),
            RefillPut { IsStopped: false } put => new PutRefill(put.Command, put.Terms),
            RefillPut stopped => new StopRefill(stopped.Command, stopped.Terms.Id),
            BucketVoided voided => new VoidBucket(voided.Command!.Value, Resolve(voided.Bucket), voided.Reason),
            Transferred moved => new TransferQuota(moved.Command, Resolve(moved.From), Resolve(moved.To), moved.Amount, moved.Reason),
            PayAsYouGoSet set => new SetPayAsYouGo(set.Command, set.Terms),
            StandingSet standing => new SetStanding(standing.Command, standing.Suspended, standing.Reason),
            AllotmentPut put => new PutAllotment(put.Command, put.Terms),
            SeatPassed passed => new PassSeat(passed.Command, passed.Product, passed.Number, passed.Holder),
            AlertsSet set => new SetAlerts(set.Command, set.Terms),
            AutoPackSet set => new SetAutoPack(set.Command, set.Terms),
            AutoPackClaimed claimed => new ClaimAutoPack(claimed.Command),
            _ => throw new InvalidOperationException($"entry {entry.Kind()} is unknown to a trial"),
        };

    private static UsageRecord RecordOf(LivedEntry lived, ChargeId charge) =>
        lived.Record ?? throw new MissingRecordException($"the usage record of {charge} is not kept any more");

    /// <summary>The account gave the bucket its id itself, by the number of the entry.</summary>
    private static bool IsOwn(BucketId bucket, long sequence) => bucket.Value >> 8 == ((1L << 62) | (sequence << 8)) >> 8;

    /// <summary>Buckets that the account makes itself may have another id this time: they are told by what they are, and of those that are alike by their order.</summary>
    private BucketId Resolve(BucketId bucket) => made.TryGetValue(bucket, out var key) ? madeAgain.GetValueOrDefault(key, bucket) : bucket;

    private void Remember(JournalEntry entry, long sequence, bool again)
    {
        if (entry is BucketGranted granted && !IsOwn(granted.Grant.Bucket, sequence))
            return;
        foreach (var grant in Made(entry))
        {
            var key = NumberedKey(grant, again ? countsAgain : counts);
            if (again)
                madeAgain[key] = grant.Bucket;
            else
                made[grant.Bucket] = key;
        }
    }

    private static IEnumerable<BucketGrant> Made(JournalEntry entry) =>
        entry switch
        {
            BucketGranted granted => [granted.Grant],
            Refilled { Grant: { } refill } => [refill],
            Refunded refund => refund.Parts.Select(part => part.Revived).OfType<BucketGrant>(),
            _ => [],
        };

    private static (MadeKey, int) NumberedKey(BucketGrant grant, Dictionary<MadeKey, int> counts)
    {
        var key = MadeKey.Of(grant);
        return (key, counts[key] = counts.GetValueOrDefault(key) + 1);
    }

    private sealed class Running(Dispatched dispatched, long wasHeld)
    {
        public Dispatched Dispatched { get; } = dispatched;

        /// <summary>Output that was paid for.</summary>
        public long WasHeld { get; set; } = wasHeld;

        /// <summary>Output that would have been.</summary>
        public long Held { get; set; }

        public bool IsRefused { get; init; }
    }

    private readonly record struct MadeKey(
        string Name,
        BucketType Type,
        QuotaUnit? Unit,
        Currency? Currency,
        DateTimeOffset From,
        DateTimeOffset? To,
        ProductId? Product
    )
    {
        public static MadeKey Of(BucketGrant grant) =>
            new(grant.Name, grant.Type, grant.Unit, grant.Currency, grant.ValidFrom, grant.ExpiresAt, grant.Product);
    }
}

/// <summary>Records are kept for a time, and the period is older than that.</summary>
public sealed class MissingRecordException(string message) : InvalidOperationException(message);
