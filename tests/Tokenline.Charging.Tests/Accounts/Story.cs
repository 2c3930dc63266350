using System.Globalization;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Records;

namespace Tokenline.Charging.Tests.Accounts;

/// <summary>
/// Plays a money story: a text table that an accountant can read. Each line is a step, an arrow, what comes of it, and the buckets after it as
/// <c>name remaining/reserved/consumed</c> (and <c>/expired</c> where it matters), in whole tokens or in fen of money.
/// Steps: grant, payg, hold, extend, settle, release, suspend, resume, time.
/// </summary>
internal sealed class Story
{
    private const long FenNano = 10_000_000;

    private readonly TestTariffs tariffs = new();
    private readonly ChargingAccount account;
    private readonly Dictionary<string, ChargeId> charges = [];
    private DateTimeOffset now = new(2026, 1, 10, 4, 0, 0, TimeSpan.Zero);
    private long next = 1;

    private Story() => account = new ChargingAccount(new AccountId(1), tariffs);

    public static void Play(string table)
    {
        var story = new Story();
        foreach (var line in table.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var parts = line.Split("->", StringSplitOptions.TrimEntries);
            var expected = parts[1].Split(';', StringSplitOptions.TrimEntries);
            var actual = story.Do(parts[0].Split(' ', StringSplitOptions.RemoveEmptyEntries));
            Assert.True(expected[0] == actual, $"{line}\n  came out as: {actual}\n  {story.Buckets()}");
            foreach (var bucket in expected.Skip(1))
                Assert.True(story.Has(bucket), $"{line}\n  the buckets are: {story.Buckets()}");
        }
        story.ReplayGivesTheSame();
    }

    private string Do(string[] words)
    {
        switch (words[0])
        {
            case "time":
                now = DateTimeOffset.Parse(words[1], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
                account.Refresh(now);
                return "ok";
            case "tariff":
                tariffs.Current = new([.. tariffs.Current.Versions, TestTariffs.Version(2, now, int.Parse(words[2]))]);
                return "ok";
            case "grant":
                return Said(account.Execute(new GrantBucket(Grant(words)), now));
            case "payg":
                var terms = words[1] == "off" ? null : new PayAsYouGo(long.Parse(words[1]) * FenNano, Currency.Cny, "Asia/Shanghai");
                return Said(account.Execute(new SetPayAsYouGo(new CommandId(next++), terms), now));
            case "suspend" or "resume":
                return Said(account.Execute(new SetStanding(new CommandId(next++), words[0] == "suspend", "test"), now));
            case "hold":
                return Hold(words);
            case "extend":
                var extended = account.Extend(
                    new ExtendRequest(charges[words[1]], 0, Number(words, "delivered"), Number(words, "wanted"), Number(words, "least")),
                    now
                );
                return extended.Granted ? $"granted {extended.OutputGranted}" : "refused";
            case "settle":
                var usage = Usage.Of(Number(words, "in"), Number(words, "out"), Number(words, "cached"));
                var request = new SettleRequest
                {
                    Charge = charges[words[1]],
                    Usage = usage,
                    Basis = UsageBasis.Vendor,
                    Ending = CallEnding.Completed,
                };
                var end = account.Settle(request, now);
                return end.Record is { UncollectedNano: > 0 } loss
                    ? $"uncollected {loss.UncollectedNano}"
                    : end.Verdict.ToString().ToLowerInvariant();
            case "release":
                return account.Release(new ReleaseRequest(charges[words[1]], "test", null), now).Verdict.ToString().ToLowerInvariant();
            case "recover":
                var recovered = account.Recover(charges[words[1]], now);
                return recovered.Record is { } record ? $"recovered {record.Usage}" : "released";
            default:
                throw new ArgumentException($"'{words[0]}' is no step");
        }
    }

    private string Hold(string[] words)
    {
        var model = Word(words, "model") ?? "m";
        var id = charges[words[1]] = new ChargeId(next++);
        var wanted = Number(words, "out");
        var outcome = account.Hold(
            new HoldRequest
            {
                Charge = id,
                Key = new KeyId(1),
                Tariff = tariffs.Current.Find(model, now)!,
                Vendor = "v",
                Deployment = "d",
                Stream = words.Contains("stream"),
                InputBound = Number(words, "in"),
                InputEstimate = Number(words, "in") / 2,
                OutputWanted = wanted,
                OutputModest = Word(words, "modest") is { } modest ? long.Parse(modest) : wanted,
                OutputMin = Math.Max(1, Number(words, "least")),
                Precise = !words.Contains("quick"),
                Node = 1,
                IdempotencyKey = Word(words, "key") is { } key ? (UInt128)key.GetHashCode(StringComparison.Ordinal) : null,
            },
            now
        );
        return outcome.Verdict switch
        {
            HoldVerdict.Granted => $"granted {outcome.OutputGranted}",
            HoldVerdict.Tight => "tight",
            _ => $"refused {outcome.Refusal!.Problem}",
        };
    }

    private BucketGrant Grant(string[] words)
    {
        var unit = Word(words, "unit") is { } name ? new QuotaUnit(name) : TestTariffs.General;
        var priority = Word(words, "priority") is { } p ? int.Parse(p) : 100;
        DateTimeOffset? end = Word(words, "until") is { } until
            ? DateTimeOffset.Parse(until, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)
            : null;
        var models = Word(words, "models")?.Split(',');
        return new(
            new BucketId(next++),
            words[1],
            BucketType.Plan,
            unit,
            null,
            long.Parse(words[2]) * QuotaUnit.Micro,
            priority,
            now,
            end,
            models,
            null
        );
    }

    private bool Has(string expected)
    {
        var words = expected.Split(' ');
        return account
            .View(now)
            .Buckets.Any(bucket => Name(bucket) == words[0] && (Amounts(bucket, 3) == words[1] || Amounts(bucket, 4) == words[1]));
    }

    private string Buckets() => string.Join("; ", account.View(now).Buckets.Select(bucket => $"{Name(bucket)} {Amounts(bucket, 4)}"));

    private static string Name(BucketView bucket) => bucket.Grant.Type == BucketType.Postpaid ? "payg" : bucket.Grant.Name;

    private static string Amounts(BucketView bucket, int count)
    {
        var unit = bucket.Grant.Unit is null ? FenNano : QuotaUnit.Micro;
        long[] amounts = [bucket.Remaining, bucket.Reserved, bucket.Consumed, bucket.Expired];
        return string.Join(
            '/',
            amounts.Take(count).Select(amount => ((decimal)amount / unit).ToString("0.######", CultureInfo.InvariantCulture))
        );
    }

    private void ReplayGivesTheSame()
    {
        var entries = account.Emitted.ToArray().Select((entry, i) => new StoredEntry(i + 1, entry));
        var replayed = ChargingAccount.Restore(account.Id, tariffs, null, entries);
        Assert.Equivalent(account.View(now), replayed.View(now), strict: true);
    }

    private static string Said(Refusal? refusal) => refusal is null ? "ok" : $"refused {refusal.Problem}";

    private static string? Word(string[] words, string name) => Array.IndexOf(words, name) is var i and > 0 ? words[i + 1] : null;

    private static long Number(string[] words, string name) => Word(words, name) is { } text ? long.Parse(text) : 0;
}
