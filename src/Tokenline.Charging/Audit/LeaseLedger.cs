using Tokenline.Charging.Journal;

namespace Tokenline.Charging.Audit;

/// <summary>
/// Leases over both accounts, by plain sums: a lessee has got no more than its lessor gave away, a lessor has got back no more than its lessee let go, and
/// what the lessor books as consumed is what the lessee's calls have paid. What lies between is on its way, and counted as such.
/// </summary>
internal sealed class LeaseLedger(Action<AuditDifference> report)
{
    private readonly Dictionary<AccountId, Line> lines = []; // by lessee

    public void Post(AccountId account, StoredEntry stored)
    {
        switch (stored.Entry)
        {
            case SubtreeLeased leased:
                if (lines.ContainsKey(leased.Terms.Lessee))
                    report(new(account, leased.Terms.Lessee.ToString(), "was made a lessee twice"));
                lines[leased.Terms.Lessee] = new Line(account);
                break;
            case Lent lent:
                foreach (var part in lent.Parts)
                    Of(account, lent.Lessee, part.Mirror).Lent += part.Amount;
                break;
            case LeaseAccounted accounted:
                foreach (var part in accounted.Parts)
                {
                    var sums = Of(account, accounted.Lessee, part.Mirror);
                    sums.Consumed += part.Consumed;
                    sums.Back += part.Unused + part.Refunded;
                    sums.Refunded += part.Refunded;
                }
                lines[accounted.Lessee].ReportedAt = accounted.LesseeSequence;
                break;
            case SubtreeReturned returned:
                if (lines.TryGetValue(returned.Lessee, out var ended))
                    ended.HasEnded = true;
                break;
            default:
                if (lines.TryGetValue(account, out var line))
                    PostOfLessee(line, stored);
                break;
        }
    }

    private static void PostOfLessee(Line line, StoredEntry stored)
    {
        switch (stored.Entry)
        {
            case LeaseGranted granted:
                foreach (var part in granted.Parts)
                    line.Of(part.Mirror).Granted += part.Amount;
                break;
            case LeaseReturned returned:
                line.Of(returned.Mirror).Returned += returned.Amount;
                line.Of(returned.Mirror).GivenBack += returned.Refunded;
                break;
            case Settled settled:
                foreach (var part in settled.Parts)
                    line.Of(part.Bucket).Paid += part.Used;
                break;
            case Refunded refunded:
                foreach (var part in refunded.Parts)
                    line.Of(part.Bucket).Paid -= part.Amount;
                break;
        }
        line.Sequence = stored.Sequence;
    }

    public void Close()
    {
        foreach (var (lessee, line) in lines)
        {
            foreach (var (mirror, s) in line.Parts)
            {
                if (s.Granted > s.Lent)
                    Report(lessee, mirror, $"has got {s.Granted}, and {s.Lent} was lent");
                if (s.Back > s.Returned || s.Refunded > s.GivenBack)
                    Report(
                        lessee,
                        mirror,
                        $"let {s.Returned} go ({s.GivenBack} of it refunded), and its lessor has got back {s.Back} ({s.Refunded})"
                    );
                if (s.Paid + s.Returned > s.Granted)
                    Report(lessee, mirror, $"paid {s.Paid} and let {s.Returned} go of {s.Granted} that it has got");
                if (line.ReportedAt > line.Sequence)
                    Report(lessee, mirror, $"accounted for itself at entry {line.ReportedAt}, and its journal ends at {line.Sequence}");
                if (line.ReportedAt == line.Sequence && (s.Consumed, s.Back) != (s.Paid, s.Returned))
                    Report(lessee, mirror, $"paid {s.Paid} and returned {s.Returned}; its lessor books {s.Consumed} and {s.Back}");
                if (line.HasEnded && s.Lent != s.Paid + s.Returned)
                    Report(lessee, mirror, $"has ended with {s.Lent} lent, {s.Paid} paid and {s.Returned} returned");
            }
        }
    }

    private Sums Of(AccountId lessor, AccountId lessee, BucketId mirror)
    {
        if (!lines.TryGetValue(lessee, out var line) || line.Lessor != lessor)
        {
            report(new(lessor, lessee.ToString(), "was lent to, and is no lessee of this account"));
            lines[lessee] = line = new Line(lessor);
        }
        return line.Of(mirror);
    }

    private void Report(AccountId lessee, BucketId mirror, string finding) => report(new(lessee, mirror.ToString(), finding));

    private sealed class Line(AccountId lessor)
    {
        public AccountId Lessor { get; } = lessor;
        public long ReportedAt { get; set; }
        public long Sequence { get; set; }
        public bool HasEnded { get; set; }
        public Dictionary<BucketId, Sums> Parts { get; } = [];

        public Sums Of(BucketId mirror)
        {
            if (!Parts.TryGetValue(mirror, out var sums))
                Parts.Add(mirror, sums = new Sums());
            return sums;
        }
    }

    private sealed class Sums
    {
        // In the lessor's journal.
        public Int128 Lent { get; set; }
        public Int128 Consumed { get; set; }
        public Int128 Back { get; set; }
        public Int128 Refunded { get; set; }

        // In the lessee's.
        public Int128 Granted { get; set; }
        public Int128 Paid { get; set; }
        public Int128 Returned { get; set; }
        public Int128 GivenBack { get; set; }
    }
}
