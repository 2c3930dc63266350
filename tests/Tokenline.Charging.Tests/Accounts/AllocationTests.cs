using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Journal;
using Tokenline.Charging.Limits;
using Tokenline.Charging.Records;
using Tokenline.Charging.Tariffs;
using static Tokenline.Charging.Tests.Tariffs.Cards;

namespace Tokenline.Charging.Tests.Accounts;

/// <summary>A call that passes costs the memory of what it leaves behind – its entries, its record, and its place among the open calls – and nothing else.</summary>
public sealed class AllocationTests
{
    private const int Calls = 500;
    private static readonly DateTimeOffset start = new(2026, 1, 7, 4, 0, 0, TimeSpan.Zero); // Wednesday, noon in Shanghai
    private static readonly CallTraits traits = new(ServiceClass.Batch, "north", "staff");

    private readonly FullTariffs tariffs = new();
    private readonly ChargingAccount account;
    private long next = 1000;
    private DateTimeOffset now = start;

    public AllocationTests()
    {
        account = new ChargingAccount(new AccountId(1), tariffs);
        MakeTree();
        MakeBuckets();
    }

    /// <summary>An account with a tree, limits and buckets of every kind.</summary>
    internal static ChargingAccount FullAccount() => new AllocationTests().account;

    [Fact]
    public void Hold_and_settle_under_a_full_rule_set_allocate_what_they_write() => AssertAllocatesWhatItWrites(extensions: 0);

    [Fact]
    public void So_does_a_stream_with_its_extensions() => AssertAllocatesWhatItWrites(extensions: 3);

    private void AssertAllocatesWhatItWrites(int extensions)
    {
        Count(extensions); // compiled; tables and lists have their size
        Count(extensions);
        // Of a few rounds the best: what a call allocates is in each of them, what the runtime does beside it is not.
        var (allocated, written) = Enumerable.Range(0, 3).Select(_ => Count(extensions)).MinBy(round => round.Allocated - round.Written);

        Assert.True(allocated <= written, $"{allocated / Calls} bytes a call, and what it writes has {written / Calls}");
    }

    private (long Allocated, long Written) Count(int extensions)
    {
        var (allocated, written) = (0L, 0L);
        for (var i = 0; i < Calls; i++)
        {
            now = now.AddSeconds(1);
            var (hold, settle) = Requests();
            var before = GC.GetAllocatedBytesForCurrentThread();
            var held = account.Hold(hold, now);
            for (var slice = 1; slice <= extensions; slice++)
                account.Extend(new ExtendRequest(hold.Charge, 0, 100 * slice, 200 + (100 * slice), 0), now);
            var end = account.Settle(settle, now);
            allocated += GC.GetAllocatedBytesForCurrentThread() - before;

            Assert.Equal((HoldVerdict.Granted, EndVerdict.Done), (held.Verdict, end.Verdict));
            Assert.Equal(2 + extensions, account.Emitted.Length); // nothing is told of, nothing begins
            Assert.Equal(2, end.Record!.Payments.Length);
            foreach (var entry in account.Emitted)
                written += SizeOf(entry);
            written += SizeOf(end.Record) + SizeOf(openCharge);
            account.ClearEmitted();
        }
        return (allocated, written);
    }

    private (HoldRequest, SettleRequest) Requests()
    {
        var charge = new ChargeId(next++);
        var hold = new HoldRequest
        {
            Charge = charge,
            Key = new KeyId(1),
            Tariff = tariffs.Model,
            Vendor = "v",
            Deployment = "d",
            Stream = true,
            InputBound = 40_000,
            InputEstimate = 20_000,
            TokensEstimate = 20_200,
            OutputWanted = 200,
            OutputModest = 200,
            OutputMin = 16,
            Precise = true,
            Node = 1,
            Traits = traits,
            Allotment = new AllotmentId(3),
            Run = "night",
        };
        var settle = new SettleRequest
        {
            Charge = charge,
            Usage = Usage.Of(20_000, 150, 10_000, 50),
            Basis = UsageBasis.Vendor,
            Ending = CallEnding.Completed,
        };
        return (hold, settle);
    }

    /// <summary>The account, a department, a project and a key, each with limits.</summary>
    private void MakeTree()
    {
        Limit[] limits =
        [
            new("rpm", LimitWindow.Rolling, Measure.Requests, 1_000_000, 60),
            new("tpm", LimitWindow.Rolling, Measure.Tokens, 100_000_000, 60),
            new("day", LimitWindow.Day, Measure.Tokens, 1_000_000_000_000, TimeZone: "Asia/Shanghai"),
            new("worth", LimitWindow.Month, Measure.Value, long.MaxValue / 4, Currency: Currency.Cny),
            new("spend", LimitWindow.Month, Measure.Spend, long.MaxValue / 4, Currency: Currency.Cny),
            new("running", LimitWindow.Running, Measure.Requests, 100),
        ];
        for (var depth = 0; depth < 4; depth++)
        {
            var terms = new Allotment(
                new AllotmentId(depth),
                new AllotmentId(Math.Max(0, depth - 1)),
                $"node{depth}",
                depth == 0 ? AllotmentType.Account : AllotmentType.Project,
                limits,
                Models: depth == 2 ? ["m", "other"] : null,
                Hours: depth == 3 ? [new AllowedHours(new TimeOnly(0, 0), new TimeOnly(23, 59, 59), "UTC")] : null
            );
            Assert.Null(account.Execute(new PutAllotment(new CommandId(next++), terms), start));
        }
    }

    /// <summary>Two quota buckets that share each call, one with three windows; and three that are passed by.</summary>
    private void MakeBuckets()
    {
        Limit[] windows =
        [
            new("5h", LimitWindow.Rolling, Measure.Quota, long.MaxValue / 4, 5 * 3600, TestTariffs.General),
            new("week", LimitWindow.Week, Measure.Quota, long.MaxValue / 4, Unit: TestTariffs.General),
            new("month", LimitWindow.PlanMonth, Measure.Requests, 1_000_000, Anchor: start),
        ];
        Grant(1, BucketType.Bonus, TestTariffs.General, 10, models: ["other"]);
        Grant(2, BucketType.Plan, TestTariffs.General, 20, limits: windows, meters: MeterSet.Of(Meter.Input, Meter.CachedInput));
        Grant(3, BucketType.Pack, TestTariffs.Point, 30);
        Grant(4, BucketType.Wallet, null, 40);
        Grant(5, BucketType.Credit, null, 50);
        account.ClearEmitted();
    }

    private void Grant(
        long id,
        BucketType type,
        QuotaUnit? unit,
        int priority,
        string[]? models = null,
        Limit[]? limits = null,
        MeterSet? meters = null
    )
    {
        var currency = unit is null ? Currency.Cny : (Currency?)null;
        var grant = new BucketGrant(
            new BucketId(id),
            type.ToString(),
            type,
            unit,
            currency,
            long.MaxValue / 4,
            priority,
            start,
            start.AddYears(1),
            models,
            null
        )
        {
            Limits = limits,
            Meters = meters,
        };
        Assert.Null(account.Execute(new GrantBucket(grant), start));
    }

    private static readonly Type openCharge = typeof(ChargingAccount).Assembly.GetType("Tokenline.Charging.Accounts.OpenCharge")!;

    private static long SizeOf(JournalEntry entry) =>
        SizeOf(entry.GetType())
        + entry switch
        {
            Dispatched e => SizeOf(e.Held) + SizeOf(e.Counted),
            Extended e => SizeOf(e.Held) + SizeOf(e.Counted),
            Settled e => SizeOf(e.Parts) + SizeOf(e.Counted) + SizeOf(e.Volume!.GetType()),
            _ => throw new InvalidOperationException($"{entry.Kind()} is no part of a call"),
        };

    private static long SizeOf(UsageRecord record) =>
        SizeOf(record.GetType())
        + SizeOf(record.Payments)
        + (record.Payments.Length * SizeOf(typeof(Payment)))
        + (record.Wholesale is null ? 0 : SizeOf(typeof(WholesaleCost)));

    private static long SizeOf(Counted? counted) => SizeOf(typeof(Counted)) + (counted!.Quotas is { } quotas ? SizeOf(quotas) : 0);

    private static long SizeOf(Array array)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        GC.KeepAlive(array.Clone());
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static readonly Dictionary<Type, long> sizes = [];

    private static long SizeOf(Type type)
    {
        lock (sizes)
        {
            if (!sizes.TryGetValue(type, out var size))
            {
                GC.KeepAlive(RuntimeHelpers.GetUninitializedObject(type)); // the first of its type may need more
                var before = GC.GetAllocatedBytesForCurrentThread();
                GC.KeepAlive(RuntimeHelpers.GetUninitializedObject(type));
                sizes.Add(type, size = GC.GetAllocatedBytesForCurrentThread() - before);
            }
            return size;
        }
    }

    /// <summary>One model with twenty rules: six context tiers of two dimensions, reasoning apart, two packages, images by size, three volume tiers, a minimum, a service class, two hours with a holiday, a region, a customer group, and a weight with a multiplier of its own.</summary>
    internal sealed class FullTariffs : ITariffs
    {
        public FullTariffs()
        {
            var group = new VolumeGroup("g", MeterSet.Of(Meter.Input, Meter.CachedInput, Meter.Output), "Asia/Shanghai");
            var volume = new VolumeTiers(
                VolumeKind.Marginal,
                group,
                [new(1_000_000, Ratio.One), new(10_000_000, new Ratio(9, 10)), new(null, new Ratio(4, 5))]
            );
            var price = new RateCard(Rates(100_000_000), RateCard.PerMillion) { Volume = volume, Minimum = 5 };
            var weight = new RateCard(Rates(100_000), RateCard.PerUnit)
            {
                Volume = volume,
                Multipliers = new() { CustomerGroups = new([new("staff", new Ratio(3, 4))]) },
            };
            Model = new(
                "m",
                1,
                Currency.Cny,
                price,
                [new(TestTariffs.General, weight), new(TestTariffs.Point, Credits.Of(price, 1_000_000))]
            )
            {
                Volume = group,
                Multipliers = new()
                {
                    Classes = new([new(ServiceClass.Batch, new Ratio(1, 2))]),
                    Hours = new(
                        "Asia/Shanghai",
                        [
                            new("peak", Weekdays.All, 540, 1080, new Ratio(2, 1), HolidayRule.Exclude),
                            new("night", Weekdays.All, 1320, 360, new Ratio(1, 2)),
                        ],
                        [new(2026, 1, 1)]
                    ),
                    Regions = new([new("north", new Ratio(9, 8))]),
                    CustomerGroups = new([new("staff", new Ratio(7, 8))]),
                },
            };
            var contract = new Contract("v", DateTimeOffset.MinValue, Model with { Version = 9, Weights = [], Volume = null });
            Current = new([new Tariff(1, DateTimeOffset.MinValue, new[] { Model }.ToFrozenDictionary(model => model.Model))], [contract]);
        }

        public ModelTariff Model { get; }

        public TariffBook Current { get; }

        private static RateTable Rates(long unit)
        {
            RateTier Of(long? upToInput, long? upToOutput, long rate) =>
                Tier(
                    upToInput,
                    upToOutput,
                    (Meter.Input, rate),
                    (Meter.CachedInput, rate / 10),
                    (Meter.Output, 4 * rate),
                    (Meter.Reasoning, 5 * rate),
                    (Meter.Search, 1000 * rate)
                );
            return new([
                Of(32_000, 200, 20 * unit),
                Of(32_000, null, 30 * unit),
                Of(128_000, 200, 40 * unit),
                Of(128_000, null, 50 * unit),
                Of(null, 200, 60 * unit),
                Of(null, null, 70 * unit),
            ])
            {
                ReasoningApart = true,
                Packages = new([new(Meter.CachedInput, 1000), new(Meter.Search, 10)]),
                Images = new([new("1024x1024/high", 1_000_000)]),
            };
        }
    }
}
