using Tokenline.Charging.Journal;
using Tokenline.Charging.Limits;

namespace Tokenline.Charging.Accounts;

/// <summary>What the customer is told: thresholds, ends of buckets, abnormal spend, a change of standing. Each once per period; the journal remembers what was told.</summary>
public sealed partial class ChargingAccount
{
    /// <summary>After a settle: what it made reach a percent, and whether the day is still usual.</summary>
    private void Tell(OpenCharge charge, SettledPart[] settled, DateTimeOffset now)
    {
        foreach (var part in settled)
        {
            var bucket = buckets[part.Bucket];
            if (part.Used > 0)
                TellPercents(bucket, now);
        }
        for (var node = charge.Node; node is not null; node = node.Parent)
        {
            foreach (var counter in node.Counters)
                TellPercents(node, counter, charge, now);
        }
        if (days.Abnormal(now, alerts.AbnormalTimes, alerts.AbnormalFloorNano) is var (today, usual))
            Emit(
                new Raised(
                    now,
                    new AccountEvent(
                        AccountEventType.AbnormalSpend,
                        Id.ToString(),
                        "today",
                        Amount: today,
                        Limit: usual,
                        Unit: charge.Tariff.Currency.Code
                    )
                )
            );
    }

    /// <summary>What an account is lent says nothing to the customer: it is the lessor's that comes to an end.</summary>
    private void TellPercents(Bucket bucket, DateTimeOffset now)
    {
        if (
            bucket.Grant.Type is BucketType.Throughput or BucketType.Capacity
            || bucket.LeasedUntil is not null
            || NextPercent(bucket.Consumed, bucket.Granted, bucket.ToldPercent) == 0
        )
            return;
        TellPercents(
            bucket.Consumed,
            bucket.Granted,
            bucket.ToldPercent,
            bucket.Id.ToString(),
            bucket.Grant.Name,
            bucket.UnitName,
            bucket.Grant.ExpiresAt,
            now
        );
    }

    private void TellPercents(AllotmentNode node, LimitCounter counter, OpenCharge charge, DateTimeOffset now)
    {
        var limit = counter.Limit;
        if (limit.IsRate || limit.Window is LimitWindow.Running or LimitWindow.Run || limit.Max == 0 || !IsCountedBy(counter, charge))
            return;
        var used = counter.Used(now, null);
        if (NextPercent(used, limit.Max, counter.ToldPercent) == 0)
            return;
        TellPercents(
            used,
            limit.Max,
            counter.ToldPercent,
            $"{node.Terms.Id}/{limit.Id}",
            $"{node.Terms.Name}: {limit.Id}",
            UnitOf(limit),
            counter.ResetsAt(now),
            now
        );
    }

    private void TellPercents(
        long used,
        long of,
        int told,
        string subject,
        string name,
        string unit,
        DateTimeOffset? until,
        DateTimeOffset now
    )
    {
        while (NextPercent(used, of, told) is > 0 and var percent)
        {
            told = percent;
            Emit(new Raised(now, new AccountEvent(AccountEventType.ThresholdReached, subject, name, percent, used, of, unit, until)));
        }
    }

    /// <summary>The lowest threshold that is reached and was not told; 0: none.</summary>
    private int NextPercent(long used, long of, int told)
    {
        foreach (var percent in alerts.Percents)
        {
            if (percent > told)
                return (Int128)used * 100 >= (Int128)of * percent ? percent : 0;
        }
        return 0;
    }

    private void TellOfEnd(Bucket bucket, DateTimeOffset now) =>
        Emit(
            new Raised(
                now,
                new AccountEvent(
                    AccountEventType.BucketExpiring,
                    bucket.Id.ToString(),
                    bucket.Grant.Name,
                    Amount: bucket.Remaining,
                    Limit: bucket.Granted,
                    Unit: bucket.UnitName,
                    Until: bucket.Grant.ExpiresAt
                )
            )
        );

    private void ApplyRaised(Raised raised)
    {
        var what = raised.Event;
        switch (what.Type)
        {
            case AccountEventType.ThresholdReached when BucketId.TryParse(what.Subject, out var bucket):
                buckets[bucket].ToldPercent = what.Percent!.Value;
                break;
            case AccountEventType.ThresholdReached:
                var slash = what.Subject.IndexOf('/');
                var node = nodes[AllotmentId.Parse(what.Subject[..slash])];
                if (Array.Find(node.Counters, counter => counter.Limit.Id == what.Subject[(slash + 1)..]) is { } told)
                    told.ToldPercent = what.Percent!.Value;
                break;
            case AccountEventType.BucketExpiring:
                buckets[BucketId.Parse(what.Subject)].IsEndTold = true;
                break;
            case AccountEventType.AbnormalSpend:
                days.Told(raised.At);
                break;
            case var announced when announced.IsAnnounced():
                break; // nothing that the account counts; its command is remembered
        }
    }

    private void Suspend(string reason, CommandId command, DateTimeOffset now) => SetStanding(true, reason, command, now);

    private void SetStanding(bool isSuspended, string reason, CommandId command, DateTimeOffset now)
    {
        var was = suspended;
        Emit(new StandingSet(now, isSuspended, reason, command));
        if (was != isSuspended)
            Emit(
                new Raised(
                    now,
                    new AccountEvent(
                        isSuspended ? AccountEventType.AccountSuspended : AccountEventType.AccountResumed,
                        Id.ToString(),
                        "account",
                        Reason: reason
                    )
                )
            );
    }

    private static string UnitOf(Limit limit) =>
        limit.Measure switch
        {
            Measure.Requests => "requests",
            Measure.Tokens => "tokens",
            Measure.Quota => limit.Unit!.Value.Name,
            _ => limit.Currency!.Value.Code,
        };
}
