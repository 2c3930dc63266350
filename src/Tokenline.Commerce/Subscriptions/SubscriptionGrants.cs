using Tokenline.Charging.Accounts;
using Tokenline.Charging.Limits;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Orders;

namespace Tokenline.Commerce.Subscriptions;

/// <summary>What a subscription gives to its account, takes back, and gives again. Ids are made of subscription, period and grant: the same is granted once.</summary>
internal static class SubscriptionGrants
{
    private const int beyondAfter = 50;
    private const int ownBefore = 50; // what is one's own is spent before what is shared
    private static readonly TimeSpan epochMax = TimeSpan.FromDays(365); // what an account takes as the age of a refill

    /// <summary>Everything that a period grants.</summary>
    /// <param name="seats">Of the period, with who has them.</param>
    public static (IReadOnlyList<AccountCommand> Commands, RefillEpoch Refills) Of(
        Subscription subscription,
        ProductOffering offering,
        Period period,
        IReadOnlyList<BucketSeat> seats,
        DateTimeOffset now,
        string timeZone
    )
    {
        var before = subscription.Refills;
        var goesOn =
            before.Number > 0
            && now < period.From
            && offering.Id == subscription.Offering.Id
            && offering.Version == subscription.Offering.Version
            && period.To - before.From <= epochMax;
        var epoch = goesOn ? before : new RefillEpoch(before.Number + 1, period.From);
        var commands = offering.Grants.SelectMany(
            (grant, i) =>
                grant.ToEachSeat ? seats.Select(seat => OfSeat(Name(i), grant, seat))
                : grant.Refill is null ? [Bucket(subscription, offering, grant, Name(i), grant.Amount, period, timeZone)]
                :
                [
                    (AccountCommand)
                        new PutRefill(
                            StableIds.Of<CommandKind>($"{subscription.Id}|{period.Number}|{i}|put|{subscription.Version}"),
                            RefillOf(subscription, offering, grant, epoch, i, period, timeZone)
                        ),
                ]
        );
        return ([.. commands, .. BeyondOf(subscription, offering, period, timeZone)], epoch);

        string Name(int i) => $"{period.Number}|{subscription.Rounds}|{i}";

        AccountCommand OfSeat(string name, OfferedGrant grant, BucketSeat seat) =>
            Own(Bucket(subscription, offering, grant, $"{name}|seat|{seat.Number}", grant.Amount, period, timeZone), seat);
    }

    private static GrantBucket Own(GrantBucket granted, BucketSeat seat) => new(granted.Grant with { Seat = seat });

    /// <summary>What may be used beyond what is prepaid, in the unit of the pool and after it.</summary>
    private static IEnumerable<AccountCommand> BeyondOf(Subscription subscription, ProductOffering offering, Period period, string timeZone)
    {
        if (offering.Commitment is not { BeyondMax: > 0 and var most })
            yield break;
        var pool = offering.Grants[0];
        var beyond = pool with
        {
            Type = BucketType.Pool,
            Priority = (pool.Priority ?? Granting.PriorityOf(pool.Type ?? BucketType.Plan)) + beyondAfter,
        };
        var granted = Bucket(subscription, offering, beyond, BeyondName(period.Number, subscription.Rounds), most, period, timeZone);
        yield return granted with
        {
            Grant = granted.Grant with { IsBeyond = true },
        };
    }

    /// <summary>What was used beyond in a period.</summary>
    public static long UsedBeyond(Subscription subscription, Period period, Held held)
    {
        long used = 0;
        foreach (var bucket in BeyondBuckets(subscription, period, held))
            used = checked(used + bucket.Consumed);
        return used;
    }

    /// <summary>Of a period: as granted, whenever that was, and as given again.</summary>
    public static IEnumerable<BucketView> BeyondBuckets(Subscription subscription, Period period, Held held)
    {
        for (var round = 0; round <= subscription.Rounds; round++)
        {
            var id = StableIds.Of<BucketKind>($"{subscription.Id}|{BeyondName(period.Number, round)}");
            while (held.Buckets.FirstOrDefault(bucket => bucket.Grant.Bucket == id) is { } found)
            {
                yield return found;
                id = Again(id);
            }
        }
    }

    private static string BeyondName(int period, int round) => $"{period}|{round}|beyond";

    private static BucketId Again(BucketId bucket) => StableIds.Of<BucketKind>($"{bucket}|again");

    /// <summary>What an upgrade or more seats add to the period: the difference of each grant for the time that is left.</summary>
    /// <param name="seats">That there were before; each has its difference.</param>
    /// <param name="added">That are new; each has its part of the whole.</param>
    public static IReadOnlyList<AccountCommand> OfMore(
        Subscription subscription,
        ProductOffering less,
        ProductOffering more,
        Asking asking,
        IReadOnlyList<BucketSeat> seats,
        IReadOnlyList<BucketSeat> added,
        string timeZone
    )
    {
        var (part, whole) = subscription.Period.Left(asking.Since);
        var period = subscription.Period with { From = asking.Since, Part = 1, Whole = 1 };
        var commands = new List<AccountCommand>();
        for (var i = 0; i < more.Grants.Count; i++)
        {
            var grant = more.Grants[i];
            var (name, extra) = ($"{asking.Correlator}|{i}", grant.Amount - less.Grants[i].Amount);
            if (!grant.ToEachSeat)
            {
                if (Part(extra, name) is { } one)
                    commands.Add(one);
                continue;
            }
            foreach (var (seat, amount) in seats.Select(seat => (seat, extra)).Concat(added.Select(seat => (seat, grant.Amount))))
            {
                if (Part(amount, $"{name}|seat|{seat.Number}") is { } own)
                    commands.Add(Own(own, seat));
            }

            GrantBucket? Part(long amount, string named) =>
                grant.PartOf(amount, part, whole) is > 0 and var some
                    ? Bucket(subscription, more, grant, named, some, period, timeZone)
                    : null;
        }
        return commands;
    }

    /// <summary>Takes back what is left in buckets, and lets no refill go on.</summary>
    public static (IReadOnlyList<AccountCommand> Commands, IReadOnlyList<BucketId> Buckets) TakeBack(
        Subscription subscription,
        Held held,
        string reason,
        DateTimeOffset now
    )
    {
        var buckets = held
            .Buckets.Where(bucket => bucket.Remaining > 0 && !(bucket.Grant.ExpiresAt <= now))
            .Select(b => b.Grant.Bucket)
            .ToList();
        var stops = held
            .Refills.Where(refill => !refill.IsStopped && refill.EndsAt is not null)
            .Select(refill => (AccountCommand)new StopRefill(Command(subscription, $"stop|{refill.Terms.Id}"), refill.Terms.Id));
        return ([.. stops, .. buckets.Select(bucket => Void(subscription, bucket, reason))], buckets);
    }

    public static AccountCommand Void(Subscription subscription, BucketId bucket, string reason) =>
        new VoidBucket(Command(subscription, $"void|{bucket}"), bucket, reason);

    /// <summary>Gives again what was taken back and could still be spent.</summary>
    public static (IReadOnlyList<AccountCommand> Commands, IReadOnlyList<BucketId> Buckets) GiveAgain(
        Subscription subscription,
        Held held,
        DateTimeOffset now
    )
    {
        var taken = held
            .Buckets.Where(bucket => subscription.TakenBack.Contains(bucket.Grant.Bucket))
            .Where(bucket => bucket.Voided > 0 && !(bucket.Grant.ExpiresAt <= now))
            .Select(bucket => bucket.Grant with { Bucket = Again(bucket.Grant.Bucket), Amount = bucket.Voided })
            .ToList();
        var refills = held
            .Refills.Where(refill => refill.IsStopped && refill.Terms.Until > now)
            .Where(refill => subscription.Refills.From <= refill.Terms.From)
            .Select(refill =>
                refill.EndsAt > now
                    ? refill.Terms
                    : refill.Terms with
                    {
                        Id = StableIds.Of<RefillKind>($"{refill.Terms.Id}|{subscription.Version}"),
                        From = now,
                    }
            )
            .Select(terms => (AccountCommand)new PutRefill(Command(subscription, $"put|{terms.Id}"), terms));
        return ([.. taken.Select(grant => new GrantBucket(grant)), .. refills], [.. taken.Select(grant => grant.Bucket)]);
    }

    /// <summary>Takes back what was granted of a period that has not begun.</summary>
    public static IReadOnlyList<AccountCommand> TakeBackAhead(Subscription subscription, Period period, Held held, string reason)
    {
        var buckets = held
            .Buckets.Where(bucket => bucket.Remaining > 0 && bucket.Grant.ValidFrom >= period.From)
            .Select(bucket => Void(subscription, bucket.Grant.Bucket, reason));
        var refills = held
            .Refills.Where(refill => !refill.IsStopped && refill.Terms.Until > period.From)
            .Select<RefillView, AccountCommand>(refill =>
                refill.Terms.From >= period.From
                    ? new StopRefill(Command(subscription, $"stop|{refill.Terms.Id}"), refill.Terms.Id)
                    : new PutRefill(Command(subscription, $"cut|{refill.Terms.Id}"), refill.Terms with { Until = period.From })
            );
        return [.. refills, .. buckets];
    }

    private static GrantBucket Bucket(
        Subscription subscription,
        ProductOffering offering,
        OfferedGrant grant,
        string name,
        long amount,
        Period period,
        string timeZone
    )
    {
        var type = grant.Type ?? BucketType.Plan;
        return new GrantBucket(
            new BucketGrant(
                StableIds.Of<BucketKind>($"{subscription.Id}|{name}"),
                offering.Name,
                type,
                grant.Unit,
                grant.Currency,
                grant.PartOf(amount, period.Part, period.Whole),
                grant.Priority ?? Granting.PriorityOf(type) - (grant.ToEachSeat ? ownBefore : 0),
                period.From,
                period.To,
                grant.Models,
                subscription.Id
            )
            {
                Meters = grant.Meters,
                Limits = LimitsOf(grant, period.From, timeZone),
                IsBlocker = grant.IsBlocker,
            }
        );
    }

    private static Refill RefillOf(
        Subscription subscription,
        ProductOffering offering,
        OfferedGrant grant,
        RefillEpoch epoch,
        int number,
        Period period,
        string timeZone
    )
    {
        var type = grant.Type ?? BucketType.Plan;
        return new Refill(
            StableIds.Of<RefillKind>($"{subscription.Id}|refill|{epoch.Number}|{number}"),
            offering.Name,
            type,
            grant.Unit,
            grant.Currency,
            grant.Amount,
            grant.Priority ?? Granting.PriorityOf(type),
            grant.Refill!.Period,
            timeZone,
            epoch.From,
            period.To,
            grant.Refill.Rollover,
            grant.Models,
            grant.Meters,
            LimitsOf(grant, epoch.From, timeZone),
            grant.IsBlocker,
            subscription.Id
        );
    }

    private static Limit[]? LimitsOf(OfferedGrant grant, DateTimeOffset anchor, string timeZone) =>
        grant.Limits?.Select(limit => Granting.InZone(limit, timeZone, anchor)).ToArray();

    private static CommandId Command(Subscription subscription, string what) =>
        StableIds.Of<CommandKind>($"{subscription.Id}|{subscription.Version}|{what}");
}
