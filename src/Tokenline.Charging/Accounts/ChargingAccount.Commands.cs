using Tokenline.Charging.Journal;

namespace Tokenline.Charging.Accounts;

/// <summary>Changes that are not calls: grants, opting in and out, standing.</summary>
public sealed partial class ChargingAccount
{
    /// <summary>Buckets one account may have had; old ones are archived with the account's history.</summary>
    public const int BucketsMax = 10_000;

    /// <summary>Null: done, now or before. Otherwise why not.</summary>
    public Refusal? Execute(AccountCommand command, DateTimeOffset now)
    {
        ExpireEnded(now);
        return
            command switch
            {
                GrantBucket grant => Grant(grant.Grant, now),
                SetPayAsYouGo set => Seen(set.Command, set) ?? Set(set, now),
                SetStanding standing => Seen(standing.Command, standing) ?? Set(standing, now),
                VoidBucket voiding => Seen(voiding.Command, voiding) ?? Void(voiding, now),
                _ => throw new InvalidOperationException($"command {command.GetType().Name} is unknown to the engine"),
            }
                is { } refusal
            && refusal != AlreadyDone
            ? refusal
            : null;
    }

    /// <summary>Brings what depends on the time up to now: ended buckets, a new month.</summary>
    public void Refresh(DateTimeOffset now)
    {
        ExpireEnded(now);
        EnsurePayMonth(now);
    }

    private static readonly Refusal AlreadyDone = new(Problems.Conflict, "done before");

    private Refusal? Seen(CommandId id, AccountCommand command) =>
        commands.Matches(id, ContentOf(command)) switch
        {
            null => null,
            true => AlreadyDone,
            false => new Refusal(Problems.Conflict, $"command {id} was carried out before with other content"),
        };

    private Refusal? Grant(BucketGrant grant, DateTimeOffset now)
    {
        if (buckets.TryGetValue(grant.Bucket, out var existing))
            return Same(existing.Grant, grant)
                ? AlreadyDone
                : new Refusal(Problems.Conflict, $"bucket {grant.Bucket} exists with other content");
        if (grant.Amount <= 0)
            return new Refusal(Problems.InvalidRequest, "a grant is more than nothing");
        if (grant.Unit is null == grant.Currency is null)
            return new Refusal(Problems.InvalidRequest, "a bucket counts either a quota unit or a currency");
        if (grant.ExpiresAt <= grant.ValidFrom || grant.ExpiresAt <= now)
            return new Refusal(Problems.InvalidRequest, "a bucket ends after it begins, and not in the past");
        if (buckets.Count >= BucketsMax)
            return new Refusal(Problems.Conflict, $"an account has at most {BucketsMax} buckets");
        Emit(new BucketGranted(now, grant));
        return null;
    }

    private static bool Same(BucketGrant a, BucketGrant b) =>
        a with { Models = null } == b with { Models = null } && (a.Models ?? []).SequenceEqual(b.Models ?? []);

    private Refusal? Set(SetPayAsYouGo set, DateTimeOffset now)
    {
        if (set.Terms is { } terms)
        {
            if (terms.CapNano <= 0)
                return new Refusal(Problems.InvalidRequest, "the monthly cap is more than nothing");
            if (!PayMonth.IsZone(terms.TimeZone))
                return new Refusal(Problems.InvalidRequest, $"'{terms.TimeZone}' is not in the tz database");
        }
        Emit(new PayAsYouGoSet(now, set.Terms, set.Command));
        // What an older cap left over may not be spent; the next hold opens a bucket under the new terms.
        foreach (var bucket in order)
        {
            if (bucket.Grant.Type == BucketType.Postpaid && bucket.Remaining > 0)
                Emit(new BucketVoided(now, bucket.Id, bucket.Remaining, null, "pay-as-you-go terms changed"));
        }
        return null;
    }

    private Refusal? Set(SetStanding standing, DateTimeOffset now)
    {
        Emit(new StandingSet(now, standing.Suspended, standing.Reason, standing.Command));
        return null;
    }

    private Refusal? Void(VoidBucket voiding, DateTimeOffset now)
    {
        if (!buckets.TryGetValue(voiding.Bucket, out var bucket))
            return new Refusal(Problems.NotFound, $"the account has no bucket {voiding.Bucket}");
        Emit(new BucketVoided(now, bucket.Id, bucket.Remaining, voiding.Command, voiding.Reason));
        return null;
    }

    /// <summary>Opens this month's postpaid bucket if the customer opted in and the cap leaves room.</summary>
    private void EnsurePayMonth(DateTimeOffset now)
    {
        if (payAsYouGo is null)
            return;
        foreach (var bucket in order)
        {
            if (bucket.Grant.Type == BucketType.Postpaid && bucket.Remaining > 0 && bucket.IsOpen(now))
                return;
        }
        var (start, end) = PayMonth.Of(now, payAsYouGo.TimeZone);
        var room = payAsYouGo.CapNano;
        var number = 0;
        foreach (var bucket in order)
        {
            if (bucket.Grant.Type != BucketType.Postpaid || bucket.Grant.ExpiresAt != end)
                continue;
            number++;
            room = checked(room - bucket.Consumed - bucket.Reserved);
        }
        if (room <= 0)
            return;
        Emit(
            new BucketGranted(
                now,
                new BucketGrant(
                    MonthBucket(start, number),
                    $"Pay as you go {start.UtcDateTime.AddDays(15):yyyy-MM}",
                    BucketType.Postpaid,
                    Unit: null,
                    payAsYouGo.Currency,
                    room,
                    Priority: 900,
                    ValidFrom: start,
                    ExpiresAt: end,
                    Models: null,
                    Product: null
                )
            )
        );
    }

    /// <summary>An id that needs no source of ids: the account's own, the month and a counter. Bucket ids are unique within their account.</summary>
    private static BucketId MonthBucket(DateTimeOffset start, int number) => new(start.ToUnixTimeSeconds() * 1000 + number);
}
