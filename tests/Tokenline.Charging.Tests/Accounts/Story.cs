using System.Globalization;
using NodaTime;
using NodaTime.Extensions;
using NodaTime.TimeZones;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Audit;
using Tokenline.Charging.Journal;
using Tokenline.Charging.Limits;
using Tokenline.Charging.Records;
using Tokenline.Charging.Tests.Journal;

namespace Tokenline.Charging.Tests.Accounts;

/// <summary>
/// Plays a money story: a text table that a product manager can read. Each line is a step, an arrow, what comes of it, and then, divided by semicolons, what is so after it:
/// <list type="bullet">
/// <item><c>name remaining/reserved/consumed</c> (and <c>/expired</c> where it matters): a bucket, in whole tokens, points or requests, or in fen of money.
/// Of buckets with one name the second is <c>name#2</c>; pay-as-you-go's are <c>payg</c>.</item>
/// <item><c>limit node/id used/held</c>, in the same units, and <c>until</c> when its window ends.</item>
/// <item><c>raised node/id amount</c>: how far capacity raises a limit.</item>
/// <item><c>told subject 80%</c>: an event since the step before. <c>untold</c>: none.</item>
/// </list>
/// A refusal may name who is in the way (<c>by</c>) and when it is out of the way (<c>until</c>, exactly), and which pack may be bought then (<c>buy</c>). Times are of the story's zone.
/// At the end the account is replayed from its journal, and audited.
/// </summary>
internal sealed class Story
{
    private const long FenNano = 10_000_000;
    private static readonly ProductId seated = new(7); // what has seats

    private readonly TestTariffs tariffs = new();
    private readonly ChargingAccount account;
    private readonly Dictionary<string, ChargeId> charges = [];
    private readonly Dictionary<string, CommandId> commands = [];
    private readonly Dictionary<string, Allotment> nodes = new()
    {
        ["account"] = new(Allotment.Root, Allotment.Root, "account", AllotmentType.Account),
    };
    private readonly Dictionary<string, Refill> refills = [];
    private readonly Dictionary<ChargeId, UsageRecord> records = [];
    private readonly StoryTime clock;
    private DateTimeOffset now = new(2026, 1, 10, 4, 0, 0, TimeSpan.Zero);
    private int heard; // events before this entry belong to earlier steps
    private long next = 1;

    private Story(string zone)
    {
        account = new ChargingAccount(new AccountId(1), tariffs);
        clock = new StoryTime(zone);
    }

    public static void Play(string table, string zone = "UTC")
    {
        var story = new Story(zone);
        foreach (var line in table.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var parts = line.Split("->", StringSplitOptions.TrimEntries);
            var expected = parts[1].Split(';', StringSplitOptions.TrimEntries);
            story.heard = story.account.Emitted.Length;
            var actual = story.Do(new Words(parts[0], story.clock));
            Assert.True(story.IsAsSaid(expected[0], actual), $"{line}\n  came out as: {actual}\n  {story.Buckets()}");
            foreach (var claim in expected.Skip(1))
                Assert.True(
                    story.IsTrue(claim),
                    $"{line}\n  '{claim}' is not so:\n  {story.Buckets()}\n  {story.Limits()}\n  {story.Told()}"
                );
        }
        story.ReplayGivesTheSame();
        story.AuditIsClean();
    }

    private string Do(Words words)
    {
        switch (words[0])
        {
            case "time":
                now = clock.Of(words[1]);
                account.Refresh(now);
                return "ok";
            case "tariff":
                tariffs.Current = new([.. tariffs.Current.Versions, TestTariffs.Version(2, now, int.Parse(words[2]))]);
                return "ok";
            case "grant":
                return Said(new GrantBucket(Grant(words)));
            case "refill":
                refills[words[1]] = Refill(words);
                return Said(new PutRefill(Command(), refills[words[1]]));
            case "stop":
                return Said(new StopRefill(Command(), refills[words[1]].Id));
            case "void":
                return Said(new VoidBucket(Command(), Bucket(words[1]).Grant.Bucket, "test"));
            case "transfer":
                var from = Bucket(words[1]).Grant;
                var moved = long.Parse(words[2]) * UnitOf(from);
                return Said(
                    new TransferQuota(Command(words.After("as")), from.Bucket, Bucket(words.After("to")!).Grant.Bucket, moved, "test")
                );
            case "node":
                return Said(new PutAllotment(Command(), nodes[words[1]] = Node(words)));
            case "limit":
                var owner = nodes[words[1]];
                var limit = words.Limit(2) with { Models = words.After("models")?.Split(',') };
                nodes[words[1]] = owner with { Limits = [.. (owner.Limits ?? []).Where(known => known.Id != limit.Id), limit] };
                return Said(new PutAllotment(Command(), nodes[words[1]]));
            case "limit-each":
                nodes[words[1]] = nodes[words[1]] with { ChildLimits = [words.Limit(2)] };
                return Said(new PutAllotment(Command(), nodes[words[1]]));
            case "pass":
                var holder = words.After("to") is { } to && to != "nobody" ? nodes[to].Id : (AllotmentId?)null;
                return Said(new PassSeat(Command(), seated, int.Parse(words[1]), holder));
            case "payg":
                var terms = words[1] == "off" ? null : new PayAsYouGo(long.Parse(words[1]) * FenNano, Currency.Cny, "Asia/Shanghai");
                return Said(new SetPayAsYouGo(Command(), terms));
            case "autopack":
                return Said(
                    new SetAutoPack(Command(), words[1] == "off" ? null : new(words[1], (int)words.Number("max"), "Asia/Shanghai"))
                );
            case "claim":
                return Said(new ClaimAutoPack(Command(words[1])));
            case "alerts":
                return Said(new SetAlerts(Command(), AlertTerms.Default with { Percents = [.. words[1].Split(',').Select(int.Parse)] }));
            case "suspend" or "resume":
                return Said(new SetStanding(Command(), words[0] == "suspend", "test"));
            case "hold":
                return Hold(words);
            case "extend":
                var extended = account.Extend(
                    new ExtendRequest(charges[words[1]], 0, words.Number("delivered"), words.Number("wanted"), words.Number("least")),
                    now
                );
                return extended.Granted ? $"granted {extended.OutputGranted}" : "refused";
            case "settle":
                return Settle(words);
            case "release":
                return account.Release(new ReleaseRequest(charges[words[1]], "test", null), now).Verdict.ToString().ToLowerInvariant();
            case "recover":
                var recovered = account.Recover(charges[words[1]], now);
                return Keep(recovered) is { } record ? $"recovered {record.Usage}" : "released";
            case "refund":
                var millionths = words[2] == "whole" ? 1_000_000 : int.Parse(words[2].TrimEnd('%')) * 10_000;
                var record2 = records.GetValueOrDefault(charges[words[1]]);
                return Said(new Refund(Command(words.After("as")), charges[words[1]], millionths, "test") { Record = record2 });
            default:
                throw new ArgumentException($"'{words[0]}' is no step");
        }
    }

    private string Hold(Words words)
    {
        var id = charges[words[1]] = new ChargeId(next++);
        var wanted = words.Number("out");
        var outcome = account.Hold(
            new HoldRequest
            {
                Charge = id,
                Key = new KeyId(1),
                Tariff = tariffs.Current.Find(words.After("model") ?? "m", now)!,
                Vendor = "v",
                Deployment = "d",
                Stream = words.Has("stream"),
                InputBound = words.Number("in"),
                InputEstimate = words.Number("in") / 2,
                TokensEstimate = words.After("estimate") is { } estimate ? long.Parse(estimate) : words.Number("in") + wanted,
                OutputWanted = wanted,
                OutputModest = words.After("modest") is { } modest ? long.Parse(modest) : wanted,
                OutputMin = Math.Max(1, words.Number("least")),
                Precise = !words.Has("quick"),
                Node = 1,
                Allotment = words.After("by") is { } node ? nodes[node].Id : null,
                Run = words.After("run"),
                IdempotencyKey = words.After("key") is { } key ? (UInt128)key.GetHashCode(StringComparison.Ordinal) : null,
            },
            now
        );
        return outcome.Verdict switch
        {
            HoldVerdict.Granted => $"granted {outcome.OutputGranted}",
            HoldVerdict.Tight => "tight",
            _ => Refused(outcome.Refusal!),
        };
    }

    private string Settle(Words words)
    {
        var usage = Usage.Of(words.Number("in"), words.Number("out"), words.Number("cached"));
        var request = new SettleRequest
        {
            Charge = charges[words[1]],
            Usage = usage,
            Basis = UsageBasis.Vendor,
            Ending = CallEnding.Completed,
        };
        var end = account.Settle(request, now);
        return Keep(end) is { UncollectedNano: > 0 } loss
            ? $"uncollected {loss.UncollectedNano}"
            : end.Verdict.ToString().ToLowerInvariant();
    }

    private UsageRecord? Keep(EndOutcome end)
    {
        if (end.Record is { } record)
            records.Add(record.Charge, record);
        return end.Record;
    }

    private BucketGrant Grant(Words words)
    {
        var isMoney = words.Has("fen");
        var unit = words.After("unit") is { } name ? new QuotaUnit(name) : TestTariffs.General;
        var limits = words.Limits("window").Select(at => words.Limit(at)).ToArray();
        return new(
            new BucketId(next++),
            words[1],
            words.After("type") is { } type ? Enum.Parse<BucketType>(type, ignoreCase: true)
                : isMoney ? BucketType.Wallet
                : BucketType.Plan,
            isMoney ? null : unit,
            isMoney ? Currency.Cny : null,
            long.Parse(words[2]) * (isMoney ? FenNano : QuotaUnit.Micro),
            words.After("priority") is { } p ? int.Parse(p) : 100,
            words.After("from") is { } from ? clock.Of(from) : now,
            words.After("until") is { } until ? clock.Of(until) : null,
            words.After("models")?.Split(','),
            words.Has("seat") ? seated : null
        )
        {
            Seat = words.Has("seat")
                ? new BucketSeat((int)words.Number("seat"), words.After("of") is { } owner ? nodes[owner].Id : null)
                : null,
            Meters = Meters(words),
            Limits = limits.Length == 0 ? null : limits,
            IsBlocker = words.Has("blocker"),
        };
    }

    private static MeterSet? Meters(Words words)
    {
        if (words.After("meters") is not { } names)
            return null;
        return MeterSet.Of([
            .. names.Split(',').Select(name => MeterNames.TryParse(name, out var meter) ? meter : throw new FormatException(name)),
        ]);
    }

    /// <summary><c>refill name amount every period [zone] from time [until time] [rollover min..max]</c>.</summary>
    private Refill Refill(Words words)
    {
        var rollover = words.After("rollover")?.Split("..").Select(long.Parse).ToArray();
        return new(
            refills.TryGetValue(words[1], out var known) ? known.Id : new RefillId(next++),
            words[1],
            BucketType.Plan,
            TestTariffs.General,
            null,
            long.Parse(words[2]) * QuotaUnit.Micro,
            100,
            Enum.Parse<LimitWindow>(words.After("every")!, ignoreCase: true),
            words.After("every", 2) is { } zone && zone != "from" ? zone : null,
            words.After("from") is { } from ? clock.Of(from) : now,
            words.After("until") is { } until ? clock.Of(until) : null,
            rollover is null ? null : new Rollover(rollover[0] * QuotaUnit.Micro, rollover[1] * QuotaUnit.Micro)
        );
    }

    /// <summary><c>node name under parent [models a,b] [hours from-until zone] [closed]</c>; its limits stay as they are.</summary>
    private Allotment Node(Words words)
    {
        var known = nodes.GetValueOrDefault(words[1]);
        var parent = words.After("under") is { } name ? nodes[name].Id : known?.Parent ?? Allotment.Root;
        var hours = words.After("hours")?.Split('-').Select(time => TimeOnly.Parse(time, CultureInfo.InvariantCulture)).ToArray();
        return new(
            known?.Id ?? new AllotmentId(next++),
            parent,
            words[1],
            AllotmentType.Member,
            known?.Limits,
            known?.ChildLimits,
            words.After("models")?.Split(','),
            hours is null ? null : [new AllowedHours(hours[0], hours[1], words.After("hours", 2)!)],
            words.Has("closed")
        );
    }

    /// <summary>The same name is the same command.</summary>
    private CommandId Command(string? name = null)
    {
        if (name is null)
            return new CommandId(next++);
        if (!commands.TryGetValue(name, out var id))
            commands.Add(name, id = new CommandId(next++));
        return id;
    }

    private string Said(AccountCommand command) => account.Execute(command, now) is { } refusal ? Refused(refusal) : "ok";

    private string Refused(Refusal refusal)
    {
        var by = refusal.By is { } who ? $" by {who}" : "";
        var until = refusal.ResetsAt is { } at ? $" until {clock.Written(at)}" : "";
        var pack = refusal.MayBuyPack is { } offering ? $" buy {offering}" : "";
        return $"refused {refusal.Problem}{by}{until}{pack}";
    }

    /// <summary>What is not said of a refusal is not claimed; what is said is exact.</summary>
    private bool IsAsSaid(string expected, string actual)
    {
        if (!expected.StartsWith("refused ", StringComparison.Ordinal))
            return expected == actual;
        var (said, is_) = (new Words(expected, clock), new Words(actual, clock));
        return said[1] == is_[1]
            && is_[0] == "refused"
            && (said.After("by") ?? is_.After("by")) == is_.After("by")
            && (said.After("buy") ?? is_.After("buy")) == is_.After("buy")
            && (
                said.After("until") is not { } until
                || (until == "never" ? is_.After("until") is null : is_.After("until") is { } at && clock.Of(until) == clock.Of(at))
            );
    }

    private bool IsTrue(string claim)
    {
        var words = claim.Split(' ');
        switch (words[0])
        {
            case "limit":
                var (node, id) = (words[1].Split('/')[0], words[1].Split('/')[1]);
                var view = account
                    .View(now)
                    .Allotments.Single(known => known.Terms.Name == node)
                    .Limits.Single(limit => limit.Limit.Id == id);
                return words[2] == Counts(view) && (words.Length == 3 || clock.Of(words[4]) == view.ResetsAt);
            case "raised":
                var (whose, which) = (words[1].Split('/')[0], words[1].Split('/')[1]);
                var raised = account
                    .View(now)
                    .Allotments.Single(known => known.Terms.Name == whose)
                    .Limits.Single(limit => limit.Limit.Id == which);
                return raised.Raised == long.Parse(words[2], CultureInfo.InvariantCulture);
            case "told":
                return Events().Contains(string.Join(' ', words.Skip(1)));
            case "untold":
                return !Events().Any();
            default:
                var bucket = Named().SingleOrDefault(known => known.Name == words[0]).Bucket;
                return bucket is not null && (Amounts(bucket, 3) == words[1] || Amounts(bucket, 4) == words[1]);
        }
    }

    private IEnumerable<string> Events() =>
        account
            .Emitted[heard..]
            .ToArray()
            .OfType<Raised>()
            .Select(raised => raised.Event)
            .Select(told =>
                told.Percent is { } percent
                    ? $"{told.Name.Replace(": ", "/", StringComparison.Ordinal)} {percent}%"
                    : $"{told.Name} {told.Type}"
            );

    private string Buckets() => string.Join("; ", Named().Select(known => $"{known.Name} {Amounts(known.Bucket, 4)}"));

    private string Limits() =>
        string.Join(
            "; ",
            account
                .View(now)
                .Allotments.SelectMany(node =>
                    node.Limits.Select(limit =>
                        $"limit {node.Terms.Name}/{limit.Limit.Id} {Counts(limit)}{(limit.ResetsAt is { } at ? $" until {clock.Written(at)}" : "")}"
                    )
                )
        );

    private string Told() => string.Join("; ", Events().Select(told => $"told {told}"));

    private BucketView Bucket(string name) => Named().Single(known => known.Name == name).Bucket;

    /// <summary>In the order in which they were made; names that come again are numbered.</summary>
    private IEnumerable<(string Name, BucketView Bucket)> Named() =>
        account
            .View(now)
            .Buckets.OrderBy(bucket => bucket.Grant.Bucket.Value)
            .GroupBy(Name)
            .SelectMany(group => group.Select((bucket, i) => (i == 0 ? group.Key : $"{group.Key}#{i + 1}", bucket)));

    private static string Name(BucketView bucket) =>
        bucket.Grant.Type == BucketType.Postpaid ? "payg" : bucket.Grant.Name.Replace(" ", "", StringComparison.Ordinal);

    private static long UnitOf(BucketGrant grant) => grant.Unit is null ? FenNano : QuotaUnit.Micro;

    private static string Amounts(BucketView bucket, int count)
    {
        long[] amounts = [bucket.Remaining, bucket.Reserved, bucket.Consumed, bucket.Expired];
        return string.Join('/', amounts.Take(count).Select(amount => Figure(amount, UnitOf(bucket.Grant))));
    }

    private static string Counts(LimitView view)
    {
        var unit =
            view.Limit.Measure is Measure.Requests or Measure.Tokens ? 1
            : view.Limit.Currency is null ? QuotaUnit.Micro
            : FenNano;
        return $"{Figure(view.Used, unit)}/{Figure(view.Held, unit)}";
    }

    private static string Figure(long amount, long unit) => ((decimal)amount / unit).ToString("0.######", CultureInfo.InvariantCulture);

    private void ReplayGivesTheSame()
    {
        var entries = account.Emitted.ToArray().Select((entry, i) => new StoredEntry(i + 1, entry));
        var replayed = ChargingAccount.Restore(account.Id, tariffs, null, entries);
        Assert.Equivalent(account.View(now), replayed.View(now), strict: true);
    }

    private void AuditIsClean()
    {
        var journal = new MemoryChargeJournal();
        var epoch = journal.ClaimAsync(account.Id).AsTask().Result.Epoch;
        var sequence = 0L;
        foreach (var entry in account.Emitted)
        {
            var written = journal.Append(
                account.Id,
                epoch,
                ++sequence,
                entry,
                entry is Settled settled ? records[settled.Charge] : null,
                urgent: true
            );
            Assert.True(written.IsCompletedSuccessfully);
        }
        using var snapshot = journal.OpenSnapshot();
        Assert.Empty(Auditor.Run(snapshot, tariffs, [account.View(now)], CancellationToken.None).Differences);
    }

    /// <summary>The words of a step: values follow their names.</summary>
    private sealed class Words(string text, StoryTime clock)
    {
        private readonly string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

        public string this[int index] => words[index];

        public bool Has(string name) => Array.IndexOf(words, name) > 0;

        public string? After(string name, int distance = 1) =>
            Array.IndexOf(words, name) is var i and > 0 && i + distance < words.Length ? words[i + distance] : null;

        public long Number(string name) => After(name) is { } text ? long.Parse(text) : 0;

        /// <summary>Where limits stand that are introduced by this word.</summary>
        public IEnumerable<int> Limits(string name) => words.Select((word, i) => (word, i)).Where(w => w.word == name).Select(w => w.i + 1);

        /// <summary><c>id max measure window [length or zone or anchor] [zone]</c>, from this word on.</summary>
        public Limit Limit(int at)
        {
            var max = long.Parse(words[at + 1]);
            var (measure, unit, currency, scale) = words[at + 2] switch
            {
                "requests" => (Measure.Requests, (QuotaUnit?)null, (Currency?)null, 1L),
                "tokens" => (Measure.Tokens, null, null, 1),
                "quota" => (Measure.Quota, TestTariffs.General, null, QuotaUnit.Micro),
                "points" => (Measure.Quota, TestTariffs.Point, null, QuotaUnit.Micro),
                "fen-spent" => (Measure.Spend, null, Currency.Cny, FenNano),
                "fen-worth" => (Measure.Value, null, Currency.Cny, FenNano),
                var other => throw new FormatException($"'{other}' is no measure"),
            };
            var window = Enum.Parse<LimitWindow>(words[at + 3], ignoreCase: true);
            var argument = at + 4 < words.Length ? words[at + 4] : null;
            var zone = window == LimitWindow.PlanMonth ? (at + 5 < words.Length ? words[at + 5] : null) : argument;
            return new(
                words[at],
                window,
                measure,
                max * scale,
                window is LimitWindow.Rolling or LimitWindow.FromFirstUse ? StoryTime.Seconds(argument!) : null,
                unit,
                currency,
                window is LimitWindow.Day or LimitWindow.Week or LimitWindow.Month or LimitWindow.PlanMonth && zone?.Contains('/') == true
                    ? zone
                    : null,
                window == LimitWindow.PlanMonth ? clock.Of(argument!) : null
            );
        }
    }

    /// <summary>Times of a zone, as they are written in a story; one with an offset is what it says.</summary>
    private sealed class StoryTime(string zone)
    {
        private readonly DateTimeZone zone = DateTimeZoneProviders.Tzdb[zone];

        public DateTimeOffset Of(string text)
        {
            if (text.EndsWith('Z') || (text.Length > 16 && text[^6] is '+' or '-' && text[^3] == ':'))
                return DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
            var local = LocalDateTime.FromDateTime(DateTime.Parse(text, CultureInfo.InvariantCulture));
            return zone.ResolveLocal(local, Resolvers.StrictResolver).ToDateTimeOffset();
        }

        public string Written(DateTimeOffset at) =>
            at.ToInstant().InZone(zone).ToDateTimeOffset().ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFFzzz", CultureInfo.InvariantCulture);

        public static int Seconds(string length)
        {
            var unit = length[^1] switch
            {
                's' => 1,
                'm' => 60,
                'h' => 3600,
                'd' => 86_400,
                _ => throw new FormatException($"'{length}' is no length of time"),
            };
            return int.Parse(length[..^1]) * unit;
        }
    }
}
