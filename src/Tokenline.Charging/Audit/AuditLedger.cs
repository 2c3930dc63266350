using Tokenline.Charging.Accounts;
using Tokenline.Charging.Journal;

namespace Tokenline.Charging.Audit;

/// <summary>
/// The books of one account, kept a second time from its journal by plain sums. It shares no code with the engine, on purpose:
/// an error of the engine would otherwise agree with itself.
/// </summary>
internal sealed class AuditLedger(AccountId account, Action<AuditDifference> report)
{
    private readonly Dictionary<BucketId, Sums> buckets = [];
    private readonly Dictionary<ChargeId, Dictionary<BucketId, Int128>> open = [];
    private readonly HashSet<ChargeId> ended = [];
    private readonly Dictionary<ChargeId, int> refunds = [];

    public long Sequence { get; private set; }
    public int OpenCount => open.Count;

    public void Post(StoredEntry stored)
    {
        if (stored.Sequence != Sequence + 1)
            Report("", $"entry {stored.Sequence} follows entry {Sequence}");
        Sequence = stored.Sequence;
        switch (stored.Entry)
        {
            case BucketGranted granted:
                Grant(granted.Grant);
                break;
            case Transferred moved:
                Transfer(moved.From, moved.To, moved.Amount);
                break;
            case Refilled refilled:
                if (refilled.Grant is not null)
                    Grant(refilled.Grant);
                if (refilled.Before is { } before)
                {
                    if (refilled.Grant is not null)
                        Transfer(before, refilled.Grant.Bucket, refilled.Rolled);
                    Move(before, s => s.Expired += refilled.Expired, -refilled.Expired);
                }
                break;
            case Refunded refund:
                if (!ended.Contains(refund.Charge))
                    Report(refund.Charge, "was refunded but never settled");
                var sum = refunds[refund.Charge] = refunds.GetValueOrDefault(refund.Charge) + refund.Millionths;
                if (refund.Millionths < 1 || sum > 1_000_000)
                    Report(refund.Charge, $"was refunded {sum} millionths in all");
                foreach (var part in refund.Parts)
                    Return(part, refund.At);
                break;
            case Lent lent:
                foreach (var part in lent.Parts)
                    Move(part.Bucket, s => s.Leased += part.Amount, -part.Amount);
                break;
            case LeaseAccounted accounted:
                foreach (var part in accounted.Parts)
                    Account(part, accounted.At);
                break;
            case LeaseGranted granted:
                foreach (var part in granted.Parts)
                {
                    if (part.Opened is not null)
                        Grant(part.Opened, isLeased: true);
                    Move(part.Mirror, s => s.Granted += part.Amount, part.Amount);
                }
                break;
            case LeaseReturned returned:
                Move(returned.Mirror, s => s.Transferred += returned.Amount, -returned.Amount);
                break;
            case BucketVoided voided:
                Move(voided.Bucket, s => s.Voided += voided.Amount, -voided.Amount);
                break;
            case BucketExpired expired:
                Move(expired.Bucket, s => s.Expired += expired.Amount, -expired.Amount);
                break;
            case Dispatched dispatched:
                if (!open.TryAdd(dispatched.Charge, []) || ended.Contains(dispatched.Charge))
                    Report(dispatched.Charge, "was dispatched twice");
                Hold(dispatched.Charge, dispatched.Held, dispatched.At);
                break;
            case Extended extended:
                if (!open.ContainsKey(extended.Charge))
                    Report(extended.Charge, "was extended but is not open");
                else
                    Hold(extended.Charge, extended.Held, extended.At);
                break;
            case Settled settled:
                if (!End(settled.Charge, "settled", out var held))
                    break;
                foreach (var part in settled.Parts)
                {
                    var was = held.GetValueOrDefault(part.Bucket);
                    if (was != part.Held)
                        Report(settled.Charge, $"settled {part.Held} as held in {part.Bucket}, but {was} was held there");
                    held.Remove(part.Bucket);
                    Release(part.Bucket, part.Held, part.Used, settled.At);
                }
                foreach (var (bucket, left) in held.Where(h => h.Value != 0))
                    Report(settled.Charge, $"left {left} held in {bucket}");
                break;
            case Released released:
                if (!End(released.Charge, "released", out var freed))
                    break;
                foreach (var (bucket, amount) in freed)
                    Release(bucket, amount, 0, released.At);
                break;
        }
    }

    /// <summary>Every bucket adds up and none is below zero.</summary>
    public void CheckBuckets()
    {
        foreach (var (id, s) in buckets)
        {
            if (s.Remaining < 0 || s.Reserved < 0 || s.Consumed < 0 || s.Expired < 0 || s.Voided < 0 || s.Transferred < 0 || s.Leased < 0)
                Report(id, $"is below zero: {s}");
            if (s.Granted != s.Remaining + s.Reserved + s.Consumed + s.Expired + s.Voided + s.Transferred + s.Leased)
                Report(id, $"does not add up: {s}");
            var held = open.Values.Aggregate((Int128)0, (sum, charge) => sum + charge.GetValueOrDefault(id));
            if (held != s.Reserved)
                Report(id, $"has {s.Reserved} reserved, and its open charges hold {held}");
        }
    }

    /// <summary>Compares a state from elsewhere, taken at this very sequence.</summary>
    public void Compare(string whose, IReadOnlyCollection<BucketFigures> figures, int openCount)
    {
        if (openCount != open.Count)
            Report("", $"{whose} has {openCount} open charges at entry {Sequence}, the journal {open.Count}");
        foreach (var theirs in figures)
        {
            if (!buckets.TryGetValue(theirs.Bucket, out var s))
                Report(theirs.Bucket, $"is in {whose} and not in the journal");
            else if (s.Figures(theirs.Bucket) != theirs)
                Report(theirs.Bucket, $"{whose} has {theirs} at entry {Sequence}; the journal {s.Figures(theirs.Bucket)}");
        }
        foreach (var id in buckets.Keys.Except(figures.Select(theirs => theirs.Bucket)))
            Report(id, $"is in the journal and not in {whose}");
    }

    /// <param name="isLeased">It is given back at its end: nothing of it expires.</param>
    private void Grant(BucketGrant grant, bool isLeased = false)
    {
        var sums = new Sums
        {
            Granted = grant.Amount,
            Remaining = grant.Amount,
            End = isLeased ? null : grant.ExpiresAt,
            IsPostpaid = grant.Type == BucketType.Postpaid,
        };
        if (!buckets.TryAdd(grant.Bucket, sums))
            Report(grant.Bucket, "was granted twice");
    }

    private void Transfer(BucketId from, BucketId to, long amount)
    {
        Move(from, s => s.Transferred += amount, -amount);
        Move(to, s => s.Granted += amount, amount);
    }

    private void Account(AccountedAmount part, DateTimeOffset at)
    {
        var isOver = buckets.TryGetValue(part.Bucket, out var s) && s.End <= at;
        var back = part.Unused + part.Refunded;
        Move(part.Bucket, s => (s.Consumed, s.Leased) = (s.Consumed + part.Consumed, s.Leased - part.Consumed - back), 0);
        if (isOver)
            Move(part.Bucket, s => s.Expired += part.Unused, 0);
        else
            Move(part.Bucket, _ => { }, part.Unused);
        if (part.Revived is { } revived)
        {
            Move(part.Bucket, s => s.Transferred += part.Refunded, 0);
            Grant(revived);
            if (revived.Amount != part.Refunded)
                Report(revived.Bucket, $"revives {revived.Amount}, but {part.Refunded} was given back");
        }
        else
        {
            Move(part.Bucket, _ => { }, part.Refunded);
            if (isOver && part.Refunded > 0)
                Report(part.Bucket, $"had ended, and {part.Refunded} that was given back was not revived");
        }
    }

    private void Return(RefundedPart part, DateTimeOffset at)
    {
        if (part.Revived is { } revived)
        {
            Move(part.Bucket, s => (s.Consumed, s.Transferred) = (s.Consumed - part.Amount, s.Transferred + part.Amount), 0);
            Grant(revived);
            if (revived.Amount != part.Amount)
                Report(revived.Bucket, $"revives {revived.Amount}, but {part.Amount} was given back");
        }
        else if (buckets.TryGetValue(part.Bucket, out var s) && s.End <= at)
        {
            Move(part.Bucket, s => (s.Consumed, s.Expired) = (s.Consumed - part.Amount, s.Expired + part.Amount), 0);
            if (!s.IsPostpaid && part.Amount > 0)
                Report(part.Bucket, $"had ended, and {part.Amount} that was given back was not revived");
        }
        else
        {
            Move(part.Bucket, s => s.Consumed -= part.Amount, part.Amount);
        }
    }

    private void Hold(ChargeId charge, HeldPart[] parts, DateTimeOffset at)
    {
        var held = open[charge];
        foreach (var part in parts)
        {
            var more = part.Amount - held.GetValueOrDefault(part.Bucket);
            held[part.Bucket] = part.Amount;
            if (more >= 0)
                Move(part.Bucket, s => s.Reserved += more, -more);
            else
                Release(part.Bucket, -more, 0, at);
        }
    }

    private void Release(BucketId bucket, Int128 held, Int128 used, DateTimeOffset at)
    {
        if (!buckets.TryGetValue(bucket, out var s))
        {
            Report(bucket, "paid, but was never granted");
            return;
        }
        s.Reserved -= held;
        s.Consumed += used;
        if (used < held && s.End <= at)
            s.Expired += held - used;
        else
            s.Remaining += held - used;
    }

    private void Move(BucketId bucket, Action<Sums> to, Int128 remaining)
    {
        if (!buckets.TryGetValue(bucket, out var s))
        {
            Report(bucket, "moved, but was never granted");
            return;
        }
        to(s);
        s.Remaining += remaining;
        if (s.Remaining < 0)
            Report(bucket, $"went below zero at entry {Sequence}: {s}");
    }

    private bool End(ChargeId charge, string how, out Dictionary<BucketId, Int128> held)
    {
        if (!open.Remove(charge, out held!))
        {
            Report(charge, ended.Contains(charge) ? $"ended a second time: {how} at entry {Sequence}" : $"was {how} but never dispatched");
            return false;
        }
        ended.Add(charge);
        return true;
    }

    private void Report<T>(Id<T> subject, string finding)
        where T : IIdKind => Report(subject.ToString(), finding);

    private void Report(string subject, string finding) => report(new AuditDifference(account, subject, finding));

    private sealed class Sums
    {
        public Int128 Granted { get; set; }
        public Int128 Remaining { get; set; }
        public Int128 Reserved { get; set; }
        public Int128 Consumed { get; set; }
        public Int128 Expired { get; set; }
        public Int128 Voided { get; set; }
        public Int128 Transferred { get; set; }
        public Int128 Leased { get; set; }
        public DateTimeOffset? End { get; init; }
        public bool IsPostpaid { get; init; }

        public BucketFigures Figures(BucketId id) => new(id, Granted, Remaining, Reserved, Consumed, Expired, Voided, Transferred, Leased);

        public override string ToString() => Figures(default).ToString();
    }
}

/// <summary>A bucket in figures, from whichever side.</summary>
internal sealed record BucketFigures(
    BucketId Bucket,
    Int128 Granted,
    Int128 Remaining,
    Int128 Reserved,
    Int128 Consumed,
    Int128 Expired,
    Int128 Voided,
    Int128 Transferred,
    Int128 Leased
)
{
    public static BucketFigures[] Of(AccountView view) =>
        [
            .. view.Buckets.Select(b => new BucketFigures(
                b.Grant.Bucket,
                b.Granted,
                b.Remaining,
                b.Reserved,
                b.Consumed,
                b.Expired,
                b.Voided,
                b.Transferred,
                b.Leased
            )),
        ];

    public static BucketFigures[] Of(AccountImage image) =>
        [
            .. image.Buckets.Select(b => new BucketFigures(
                b.Grant.Bucket,
                b.Granted,
                b.Remaining,
                b.Reserved,
                b.Consumed,
                b.Expired,
                b.Voided,
                b.Transferred,
                b.Leased
            )),
        ];

    public override string ToString() =>
        $"granted {Granted}, remaining {Remaining}, reserved {Reserved}, consumed {Consumed}, expired {Expired}, voided {Voided}, transferred {Transferred}, leased {Leased}";
}
