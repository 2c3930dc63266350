using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Numerics;
using CsCheck;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Journal;
using Tokenline.Charging.Limits;
using Tokenline.Charging.Records;
using Tokenline.Charging.Tariffs;
using Tokenline.Testing;

namespace Tokenline.Charging.Tests.Oracle;

/// <summary>Random tariffs with every kind of rule, buckets, limits and calls: the engine agrees with <see cref="NaiveAccount"/> to the last nano, and its replay with itself.</summary>
public sealed class OracleProperties
{
    [Fact]
    public void The_engine_agrees_with_a_naive_account_to_the_last_nano() =>
        Gen
            .Int.Select(Gen.Int)
            .Sample(
                seed => new Trial(new Random(HashCode.Combine(seed.Item1, seed.Item2))).Run(steps: 40),
                iter: TestLength.Of(1000, 20_000)
            );

    /// <summary>One random world, in which both accounts live.</summary>
    private sealed class Trial(Random random)
    {
        private static readonly string[] units = ["general-token", "point", "CNY"];
        private readonly Dictionary<string, NaiveModel> models = [];
        private readonly List<NaiveCall> open = [];
        private readonly Dictionary<ChargeId, UsageRecord> records = [];
        private readonly List<StoredEntry> journal = [];
        private readonly List<string> story = [];
        private DateTimeOffset now = new(2026, 2, 27, 22, 0, 0, TimeSpan.Zero);
        private long next = 1;
        private NaiveAccount naive = null!;
        private ChargingAccount engine = null!;
        private FixedTariffs tariffs = null!;

        public void Run(int steps)
        {
            MakeTariffs();
            naive = new NaiveAccount(models);
            engine = new ChargingAccount(new AccountId(1), tariffs);
            MakeNodes();
            foreach (var (id, model) in models)
                story.Add($"model {id}: {Said(model)}");
            foreach (var node in naive.Nodes)
                story.Add($"node {node.Id.Value}: {string.Join("; ", node.Limits.Select(limit => limit with { Models = null }))}");
            for (var i = random.Next(1, 6); i > 0; i--)
                MakeBucket();
            for (var i = 0; i < steps; i++)
            {
                Step();
                Note();
                Compare();
            }
            Replay();
        }

        private void Step()
        {
            switch (random.Next(12))
            {
                case < 5:
                    Hold();
                    break;
                case < 8 when open.Count > 0:
                    Settle();
                    break;
                case 8 when open.Count > 0:
                    Extend();
                    break;
                case 9 when open.Count > 0:
                    Release();
                    break;
                case 10 when records.Count > 0:
                    Refund();
                    break;
                default:
                    now = now.AddSeconds(Pick(1, 20, 65, 400, 3_700, 40_000));
                    engine.Refresh(now);
                    naive.Tidy(now);
                    story.Add($"time {now:O}");
                    break;
            }
        }

        private void Hold()
        {
            var model = models.Keys.ElementAt(random.Next(models.Count));
            var node = naive.Nodes[random.Next(naive.Nodes.Count)];
            var (input, wanted) = (random.Next(1, 80), random.Next(1, 60));
            var call = new NaiveCall(
                new ChargeId(next++),
                model,
                node,
                random.Next(3) == 0 ? $"run{random.Next(2)}" : null,
                input,
                random.Next(1, input + wanted + 1),
                now
            )
            {
                Traits = random.Next(3) == 0 ? new CallTraits(ServiceClass.Batch) : null,
                Other = new Usage { [Meter.Request] = 1, [Meter.Search] = random.Next(4) },
            };
            var least = random.Next(1, wanted + 1);
            var theirs = engine.Hold(
                new HoldRequest
                {
                    Charge = call.Id,
                    Key = new KeyId(1),
                    Tariff = tariffs.Current.Find(model, now)!,
                    Vendor = "v",
                    Deployment = "d",
                    Stream = true,
                    InputBound = input,
                    InputEstimate = input,
                    TokensEstimate = call.Estimate,
                    OutputWanted = wanted,
                    OutputModest = wanted,
                    OutputMin = least,
                    Precise = true,
                    Node = 1,
                    Allotment = node.Id == Allotment.Root ? null : node.Id,
                    Run = call.Run,
                    Traits = call.Traits,
                    Other = call.Other,
                },
                now
            );
            var isCrowded = naive.Crowded(call, now).Count > 0;
            var (output, inTheWay) = naive.Hold(call, wanted, least, now);
            story.Add(
                $"hold {call.Id.Value} {model} {call.Traits?.Service} at {node.Id.Value} run {call.Run} {call.Other} in {input} est {call.Estimate} out {wanted} least {least} -> {output}; the engine {theirs.OutputGranted} {theirs.Refusal}"
            );
            Same(output, theirs.OutputGranted);
            if (theirs.Refusal is { } refusal)
                CheckRefusal(call, least, isCrowded, inTheWay!, refusal);
            if (output > 0)
                open.Add(call);
        }

        /// <summary>It names one of those in the way, and the first instant at which none of them is any more.</summary>
        private void CheckRefusal(NaiveCall call, long least, bool isCrowded, List<Limit> inTheWay, Refusal refusal)
        {
            if (inTheWay.Count == 0)
            {
                // A window of a bucket, or a limit of spend: when it is over, the same call passes.
                if (refusal.Problem != Problems.InsufficientQuota && refusal.ResetsAt is { } opens)
                    Claim(naive.WouldPass(call, least, opens), $"the call does not pass at {opens:O}");
                return;
            }
            Claim(
                inTheWay.Exists(limit => refusal.By!.EndsWith($"/{limit.Id}") && NaiveAccount.Problem(limit) == refusal.Problem.Code),
                $"in the way: {string.Join(", ", inTheWay.Select(limit => limit.Id))}"
            );
            if (refusal.ResetsAt is { } at)
            {
                Claim(!naive.IsInTheWay(call, least, isCrowded, at), $"something is still in the way at {at:O}");
                Claim(naive.IsInTheWay(call, least, isCrowded, at.AddTicks(-1)), $"nothing is in the way a tick before {at:O}");
            }
            else if (refusal.Problem != Problems.ConcurrencyLimitReached)
                Claim(naive.IsInTheWay(call, least, isCrowded, now.AddYears(2)), "it is not in the way for ever");
        }

        private void Extend()
        {
            var call = open[random.Next(open.Count)];
            var wanted = call.Output + random.Next(0, 40);
            var least = random.Next(0, (int)wanted + 1);
            var theirs = engine.Extend(new ExtendRequest(call.Id, 0, 0, wanted, least), now);
            var ours = naive.Extend(call, wanted, least, now);
            story.Add($"extend {call.Id.Value} to {wanted} least {least} -> {ours}");
            Same(ours, theirs.OutputGranted);
        }

        private void Settle()
        {
            var call = open[random.Next(open.Count)];
            open.Remove(call);
            // Now and then a vendor uses more than was held.
            var input = random.Next(0, (int)call.Input + (random.Next(6) == 0 ? 40 : 1));
            var output = random.Next(0, (int)call.Output + (random.Next(6) == 0 ? 40 : 1));
            var cached = random.Next(0, input + 1);
            var usage = new Usage
            {
                [Meter.Input] = input - cached,
                [Meter.CachedInput] = cached,
                [Meter.Output] = output,
                [Meter.Reasoning] = random.Next(0, output + 1),
                [Meter.Search] = random.Next(0, (int)call.Other[Meter.Search] + (random.Next(8) == 0 ? 3 : 1)),
                [Meter.Request] = 1,
            };
            var theirs = engine.Settle(
                new SettleRequest
                {
                    Charge = call.Id,
                    Usage = usage,
                    Basis = UsageBasis.Vendor,
                    Ending = CallEnding.Completed,
                },
                now
            );
            var (retail, uncollected) = naive.Settle(call, usage, now);
            story.Add($"settle {call.Id.Value} {usage} -> {retail} of which nobody pays {uncollected}");
            var record = theirs.Record!;
            records.Add(call.Id, record);
            Same(retail, record.RetailNano);
            Same(uncollected, record.UncollectedNano);
            Same(
                retail,
                record.Payments.Aggregate((BigInteger)record.FreeNano + record.UncollectedNano, (sum, payment) => sum + payment.WorthNano)
            );
            foreach (var payment in record.Payments)
                Same(call.Used.Single(pair => pair.Key.Grant.Bucket == payment.Bucket).Value, payment.Amount);
            if (engine.View(now).Suspended)
                engine.Execute(new SetStanding(new CommandId(next++), false, "go on"), now);
        }

        private void Release()
        {
            var call = open[random.Next(open.Count)];
            open.Remove(call);
            engine.Release(new ReleaseRequest(call.Id, "test", null), now);
            naive.Release(call, now);
            story.Add($"release {call.Id.Value}");
        }

        private void Refund()
        {
            var record = records.Values.ElementAt(random.Next(records.Count));
            var call = naive.Calls.Single(c => c.Id == record.Charge);
            var left = 1_000_000 - call.Refunded;
            if (left == 0)
                return;
            var millionths = random.Next(2) == 0 ? left : random.Next(1, left + 1);
            var known = engine.View(now).Buckets.Select(bucket => bucket.Grant.Bucket).ToHashSet();
            Assert.Null(engine.Execute(new Refund(new CommandId(next++), record.Charge, millionths, "test") { Record = record }, now));
            var revived = naive.Refund(call, millionths, now);
            story.Add($"refund {call.Id.Value} {millionths} -> revives {revived.Count}");
            var made = engine
                .View(now)
                .Buckets.Where(bucket => !known.Contains(bucket.Grant.Bucket))
                .Select(bucket => bucket.Grant)
                .ToList();
            foreach (var (from, amount) in revived)
            {
                var grant = made.First(grant =>
                    grant.Amount == amount && grant.Priority == from.Grant.Priority && grant.Unit == from.Grant.Unit
                );
                made.Remove(grant);
                Same(now.AddDays(30), grant.ExpiresAt!.Value);
                naive.Buckets.Add(new NaiveBucket(grant));
            }
            Assert.Empty(made);
        }

        private void Compare()
        {
            var view = engine.View(now);
            Same(naive.Buckets.Count, view.Buckets.Count);
            foreach (var theirs in view.Buckets)
            {
                var ours = naive.Buckets.Single(bucket => bucket.Grant.Bucket == theirs.Grant.Bucket);
                Same(
                    (ours.Remaining, ours.Reserved, ours.Consumed, ours.Expired, ours.Transferred),
                    (
                        (BigInteger)theirs.Remaining,
                        (BigInteger)theirs.Reserved,
                        (BigInteger)theirs.Consumed,
                        (BigInteger)theirs.Expired,
                        (BigInteger)theirs.Transferred
                    )
                );
                Assert.True(theirs.Remaining >= 0 && theirs.Reserved >= 0 && theirs.Consumed >= 0);
            }
            foreach (var node in view.Allotments)
            {
                var ours = naive.Nodes.Single(known => known.Id == node.Terms.Id);
                foreach (var theirs in node.Limits.Where(limit => limit.Limit.Window != LimitWindow.Run))
                {
                    var count = naive.Count(ours, ours.Limits.Single(limit => limit.Id == theirs.Limit.Id), now, null);
                    Same((theirs.Limit.Id, count.Used, count.Held), (theirs.Limit.Id, (BigInteger)theirs.Used, (BigInteger)theirs.Held));
                }
            }
        }

        private void Note()
        {
            foreach (var entry in engine.Emitted)
                journal.Add(new StoredEntry(journal.Count + 1, entry));
            engine.ClearEmitted();
            if (random.Next(15) > 0)
                return;
            // As after a crash: from an image, or from the first entry on.
            engine =
                random.Next(2) == 0
                    ? ChargingAccount.Restore(engine.Id, tariffs, engine.Image(), [])
                    : ChargingAccount.Restore(engine.Id, tariffs, null, journal);
            story.Add("restart");
        }

        private void Replay()
        {
            var replayed = ChargingAccount.Restore(engine.Id, tariffs, null, journal);
            Assert.Equivalent(engine.View(now), replayed.View(now), strict: true);
        }

        private void MakeTariffs()
        {
            var charges = new Dictionary<string, ModelTariff>();
            var group = new VolumeGroup("g", MeterSet.Of(Meter.Input, Meter.CachedInput, Meter.Output), "Asia/Shanghai");
            foreach (var model in (string[])["small", "large"])
            {
                var counts = random.Next(2) == 0;
                var cards = units
                    .Where(unit => unit == "CNY" || random.Next(4) > 0)
                    .ToDictionary(unit => unit, unit => Card(unit, counts ? group : null));
                if (cards.ContainsKey("point") && random.Next(3) == 0)
                    cards["point"] = Credits.Of(cards["CNY"], random.NextInt64(1_000, 100_000));
                var from = random.Next(0, 1400);
                var naiveModel = new NaiveModel(
                    cards,
                    random.Next(2) == 0 ? (from, random.Next(from + 1, 1441), Factor()) : null,
                    random.Next(2) == 0 ? Factor() : null,
                    counts,
                    group.Meters
                );
                models.Add(model, naiveModel);
                charges.Add(
                    model,
                    new ModelTariff(
                        model,
                        1,
                        Currency.Cny,
                        cards["CNY"],
                        [.. cards.Where(card => card.Key != "CNY").Select(card => new UnitCard(new QuotaUnit(card.Key), card.Value))]
                    )
                    {
                        Volume = counts ? group : null,
                        Multipliers = new()
                        {
                            Classes = new(naiveModel.Batch is { } batch ? [new(ServiceClass.Batch, batch)] : []),
                            Hours = naiveModel.Hours is var (begins, ends, factor)
                                ? new("Asia/Shanghai", [new("w", Weekdays.All, begins, ends, factor)], [])
                                : null,
                        },
                    }
                );
            }
            tariffs = new FixedTariffs(new TariffBook([new Tariff(1, DateTimeOffset.MinValue, charges.ToFrozenDictionary())]));
        }

        private RateCard Card(string unit, VolumeGroup? group) =>
            new(Table(unit), unit == "CNY" ? RateCard.PerMillion : RateCard.PerUnit)
            {
                Volume = group is null || random.Next(3) == 0 ? null : Volume(unit, group),
                Minimum =
                    random.Next(4) > 0 ? 0
                    : unit == "CNY" ? random.NextInt64(1, 1_000_000)
                    : random.NextInt64(1, 40_000_000),
                Multipliers = random.Next(4) > 0 ? Multipliers.None : new() { Classes = new([new(ServiceClass.Batch, Factor())]) },
            };

        private RateTable Table(string unit)
        {
            var tiers = ImmutableArray.CreateBuilder<RateTier>();
            foreach (var upTo in random.Next(2) == 0 ? [(long?)null] : new long?[] { random.Next(5, 60), null })
            {
                if (random.Next(3) == 0)
                    tiers.Add(new RateTier(upTo, Rates(unit)) { UpToOutput = random.Next(5, 40) });
                tiers.Add(new RateTier(upTo, Rates(unit)));
            }
            return new(tiers.ToImmutable())
            {
                ReasoningApart = random.Next(3) == 0,
                Packages =
                    random.Next(3) > 0
                        ? Packages.None
                        : new([
                            new(random.Next(2) == 0 ? Meter.CachedInput : Meter.Output, random.Next(2, 17)),
                            new(Meter.Search, random.Next(2, 6)),
                        ]),
            };
        }

        private VolumeTiers Volume(string unit, VolumeGroup group)
        {
            long first = random.Next(20, 400);
            VolumeTier Tier(long? upTo) => new(upTo, Factor(), random.Next(3) == 0 ? Table(unit) : null);
            return new(
                random.Next(2) == 0 ? VolumeKind.Marginal : VolumeKind.Retroactive,
                group,
                random.Next(2) == 0 ? [Tier(first), Tier(null)] : [Tier(first), Tier(first + random.Next(1, 400)), Tier(null)]
            );
        }

        private ImmutableArray<long> Rates(string unit)
        {
            var rates = new long[Usage.MeterCount];
            foreach (var meter in (Meter[])[Meter.Input, Meter.CachedInput, Meter.Output, Meter.Reasoning, Meter.Search, Meter.Request])
                rates[(int)meter] =
                    random.Next(6) == 0 ? 0
                    : unit == "CNY" ? random.NextInt64(1, 40_000_000_000)
                    : random.NextInt64(1, 9_000_000);
            return [.. rates];
        }

        private Ratio Factor() => new(random.Next(1, 12), random.Next(1, 9));

        private static string Said(NaiveModel model) =>
            $"hours {model.Hours}, batch {model.Batch}, counts {model.Counts}: "
            + string.Join(
                "; ",
                model.Cards.Select(card =>
                    $"{card.Key} {Said(card.Value.Table)}, minimum {card.Value.Minimum}, own {string.Join(", ", card.Value.Multipliers.Classes.Factors)}, worth {card.Value.Worth}, "
                    + $"volume {card.Value.Volume?.Kind} {string.Join(", ", (card.Value.Volume?.Tiers ?? []).Select(tier => $"to {tier.UpTo} × {tier.Factor} {(tier.Rates is null ? "" : Said(tier.Rates))}"))}"
                )
            );

        private static string Said(RateTable table) =>
            $"[{string.Join(" | ", table.Tiers.Select(tier => $"to {tier.UpToInput}/{tier.UpToOutput}: {string.Join(' ', tier.Rates)}"))}{(table.ReasoningApart ? " apart" : "")} {string.Join(", ", table.Packages.All)}]";

        private void MakeNodes()
        {
            NaiveNode? parent = null;
            for (var depth = 0; depth < random.Next(1, 5); depth++)
            {
                var limits = Enumerable.Range(0, random.Next(0, 4)).Select(i => MakeLimit($"l{i}")).ToArray();
                var node = new NaiveNode(depth == 0 ? Allotment.Root : new AllotmentId(depth), parent, limits);
                var type = depth == 0 ? AllotmentType.Account : AllotmentType.Project;
                var terms = new Allotment(node.Id, parent?.Id ?? Allotment.Root, $"node{depth}", type, limits);
                Assert.Null(engine.Execute(new PutAllotment(new CommandId(next++), terms), now));
                naive.Nodes.Add(node);
                parent = node;
            }
        }

        private Limit MakeLimit(string id)
        {
            var (window, seconds) = random.Next(7) switch
            {
                0 => (LimitWindow.Rolling, 60),
                1 => (LimitWindow.Rolling, 3600),
                2 => (LimitWindow.FromFirstUse, 600),
                3 => (LimitWindow.Day, (int?)null),
                4 => (LimitWindow.Run, null),
                5 => (LimitWindow.Running, null),
                _ => (LimitWindow.Total, null),
            };
            var measure = window == LimitWindow.Running ? Measure.Requests : (Measure)random.Next(5);
            var max = measure switch
            {
                Measure.Requests => random.Next(1, 8),
                Measure.Tokens => random.Next(40, 500),
                Measure.Quota => random.NextInt64(40_000_000, 2_000_000_000),
                _ => random.NextInt64(1_000_000, 40_000_000),
            };
            return new Limit(
                id,
                window,
                measure,
                max,
                seconds,
                measure == Measure.Quota ? new QuotaUnit(units[random.Next(2)]) : null,
                measure is Measure.Spend or Measure.Value ? Currency.Cny : null,
                Models: random.Next(4) == 0 ? ["small"] : null
            );
        }

        private void MakeBucket()
        {
            var unit = units[random.Next(units.Length)];
            var isMoney = unit == "CNY";
            var grant = new BucketGrant(
                new BucketId(next++),
                unit,
                isMoney ? BucketType.Wallet : BucketType.Plan,
                isMoney ? null : new QuotaUnit(unit),
                isMoney ? Currency.Cny : null,
                isMoney ? random.NextInt64(100_000, 30_000_000) : random.NextInt64(1_000_000, 2_000_000_000),
                random.Next(1, 4) * 100,
                now,
                random.Next(2) == 0 ? now.AddSeconds(Pick(300, 5_000, 90_000)) : null,
                random.Next(4) == 0 ? ["large"] : null,
                null
            )
            {
                Meters = random.Next(5) switch
                {
                    0 => MeterSet.Of(Meter.Input, Meter.CachedInput),
                    1 => random.Next(2) == 0 ? MeterSet.Of(Meter.Output, Meter.Reasoning) : MeterSet.Of(Meter.Search, Meter.Request),
                    _ => null,
                },
                IsBlocker = random.Next(8) == 0,
                Limits = random.Next(3) > 0 ? null : [BucketLimit(isMoney, unit)],
            };
            Assert.Null(engine.Execute(new GrantBucket(grant), now));
            naive.Buckets.Add(new NaiveBucket(grant));
            story.Add($"bucket {grant}");
        }

        private Limit BucketLimit(bool isMoney, string unit)
        {
            var isRequests = random.Next(2) == 0;
            var measure =
                isRequests ? Measure.Requests
                : isMoney ? Measure.Spend
                : Measure.Quota;
            return new Limit(
                "w",
                random.Next(2) == 0 ? LimitWindow.Rolling : LimitWindow.FromFirstUse,
                measure,
                isRequests ? random.Next(1, 5)
                    : isMoney ? random.NextInt64(100_000, 3_000_000)
                    : random.NextInt64(10_000_000, 200_000_000),
                Pick(60, 1800),
                measure == Measure.Quota ? new QuotaUnit(unit) : null,
                measure == Measure.Spend ? Currency.Cny : null
            );
        }

        private int Pick(params ReadOnlySpan<int> choices) => choices[random.Next(choices.Length)];

        private void Same<T>(T ours, T theirs)
        {
            if (!EqualityComparer<T>.Default.Equals(ours, theirs))
                Claim(false, $"naive {ours}, engine {theirs}");
        }

        private void Claim(bool isTrue, string otherwise) =>
            Assert.True(isTrue, isTrue ? "" : $"{otherwise}; step {story.Count}\n{string.Join("\n", story)}");
    }

    private sealed class FixedTariffs(TariffBook book) : ITariffs
    {
        public TariffBook Current { get; } = book;
    }
}
