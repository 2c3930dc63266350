using System.Globalization;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Journal;
using Tokenline.Charging.Limits;
using Tokenline.Charging.Records;
using Tokenline.Charging.Trials;

namespace Tokenline.Charging.Tests.Trials;

/// <summary>An account that lived some weeks: plans that refill, packs, money, limits, calls one over the other, refunds, moves and ends of quota, by a seed.</summary>
internal sealed class LivedAccount
{
    public static readonly AccountId Id = new(1);
    public static readonly DateTimeOffset Born = new(2026, 9, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly string[] models = ["m", "tiered", "peak", "night", "bulk", "cheap"];

    private readonly TestTariffs tariffs = new();
    private readonly ChargingAccount account;
    private readonly Random random;
    private readonly Dictionary<ChargeId, UsageRecord> records = [];
    private readonly List<(ChargeId Charge, long Held, bool Stream)> open = [];
    private readonly List<BucketId> granted = [];
    private DateTimeOffset now = Born;
    private long next = 1;

    public LivedAccount(int seed, int steps = 120)
    {
        random = new Random(seed);
        account = new ChargingAccount(Id, tariffs);
        Do(
            new SetPayAsYouGo(
                new(next++),
                random.Next(3) == 0 ? null : new PayAsYouGo(random.Next(1, 40) * 10_000_000L, Currency.Cny, "Asia/Shanghai")
            )
        );
        Plan();
        for (var i = 0; i < steps; i++)
            Step();
        while (open.Count > 0)
            End(open[0]);
    }

    public List<LivedEntry> Life { get; } = [];

    public TestTariffs Tariffs => tariffs;

    public DateTimeOffset Died => now.AddSeconds(1);

    public IReadOnlySet<ChargeId> Refunded =>
        Life.Select(lived => lived.Entry).OfType<Refunded>().Select(refund => refund.Charge).ToHashSet();

    private void Step()
    {
        now = now.AddSeconds(random.Next(6) == 0 ? random.Next(200_000) : random.Next(3_000));
        switch (random.Next(20))
        {
            case 0:
                Pack();
                break;
            case 1:
                if (granted.Count > 0)
                    Do(new VoidBucket(new(next++), granted[random.Next(granted.Count)], "taken back"));
                break;
            case 2:
                Move();
                break;
            case 3:
                if (records.Count > 0)
                    Give(records.Values.ElementAt(random.Next(records.Count)));
                break;
            case 4:
                Do(
                    new PutAllotment(
                        new(next++),
                        new Allotment(Allotment.Root, Allotment.Root, "account", AllotmentType.Account)
                        {
                            Limits =
                                random.Next(2) == 0
                                    ? []
                                    :
                                    [
                                        new Limit(
                                            "a-day",
                                            LimitWindow.Day,
                                            Measure.Requests,
                                            random.Next(3, 30),
                                            TimeZone: "Asia/Shanghai"
                                        ),
                                    ],
                        }
                    )
                );
                break;
            case 5:
                if (account.View(now).Suspended)
                    Do(new SetStanding(new(next++), false, "looked at"));
                break;
            case 6:
                Do(new SetPayAsYouGo(new(next++), new PayAsYouGo(random.Next(1, 60) * 10_000_000L, Currency.Cny, "Asia/Shanghai")));
                break;
            case < 9 when open.Count > 0:
                End(open[random.Next(open.Count)]);
                break;
            case 9 when open.Count > 0:
                Extend();
                break;
            default:
                Call();
                break;
        }
    }

    private void Plan()
    {
        Do(
            new PutRefill(
                new(next++),
                new Refill(
                    new(next++),
                    "Plan",
                    BucketType.Plan,
                    TestTariffs.General,
                    null,
                    random.Next(2_000, 40_000) * 1_000_000L,
                    200,
                    LimitWindow.Day,
                    "Asia/Shanghai",
                    Born
                )
                {
                    Rollover = random.Next(2) == 0 ? null : new Rollover(0, 5_000_000_000),
                    Product = new ProductId(7),
                }
            )
        );
        Do(
            new GrantBucket(
                new BucketGrant(
                    new(next++),
                    "Month",
                    BucketType.Plan,
                    TestTariffs.Point,
                    null,
                    random.Next(2_000, 90_000) * 1_000_000L,
                    200,
                    Born,
                    Born.AddMonths(1),
                    null,
                    new ProductId(7)
                )
                {
                    Limits =
                    [
                        new Limit(
                            "window",
                            LimitWindow.FromFirstUse,
                            Measure.Quota,
                            20_000_000_000,
                            Seconds: 18_000,
                            Unit: TestTariffs.Point
                        ),
                    ],
                }
            )
        );
    }

    private void Pack()
    {
        var bucket = new BucketId(next++);
        granted.Add(bucket);
        Do(
            new GrantBucket(
                new BucketGrant(
                    bucket,
                    $"Pack {next}",
                    BucketType.Pack,
                    TestTariffs.General,
                    null,
                    random.Next(500, 30_000) * 1_000_000L,
                    300,
                    now,
                    now.AddDays(random.Next(1, 20)),
                    null,
                    null
                )
            )
        );
    }

    private void Move()
    {
        var full = account.View(now).Buckets.Where(bucket => bucket.Remaining > 1 && bucket.Grant.Unit == TestTariffs.General).ToList();
        if (full.Count > 1)
            Do(new TransferQuota(new(next++), full[0].Grant.Bucket, full[^1].Grant.Bucket, Math.Max(1, full[0].Remaining / 7), "moved"));
    }

    private void Give(UsageRecord record) =>
        Do(new Refund(new(next++), record.Charge, random.Next(1, 300_000), "bad answer") { Record = record });

    private void Call()
    {
        var (model, charge) = (models[random.Next(models.Length)], new ChargeId(next++));
        var (input, output) = (random.Next(1, 2_500), random.Next(1, 1_500));
        var stream = random.Next(2) == 0;
        var held = account.Hold(
            new HoldRequest
            {
                Charge = charge,
                Key = new KeyId(3),
                Tariff = tariffs.Current.Find(model, now)!,
                Vendor = "v",
                Deployment = $"{model}@v",
                Stream = stream,
                InputBound = input,
                InputEstimate = input,
                TokensEstimate = input,
                OutputWanted = output,
                OutputModest = output,
                OutputMin = 1,
                Precise = true,
                Node = 1,
            },
            now
        );
        Write(null);
        if (held.Verdict == HoldVerdict.Granted)
            open.Add((charge, held.OutputGranted, stream));
    }

    private void Extend()
    {
        var at = random.Next(open.Count);
        var (charge, held, _) = open[at];
        var extended = account.Extend(new ExtendRequest(charge, 1, held, held + random.Next(1, 800), held + 1), now);
        Write(null);
        open[at] = open[at] with { Held = Math.Max(held, extended.OutputGranted) };
    }

    private void End((ChargeId Charge, long Held, bool Stream) call)
    {
        open.Remove(call);
        now = now.AddSeconds(random.Next(60));
        if (random.Next(6) == 0)
        {
            account.Release(new ReleaseRequest(call.Charge, "vendor failed", null), now);
            Write(null);
            return;
        }
        var usage = Usage.Of(random.Next(1, 2_500), random.Next(12) == 0 ? call.Held + 50 : random.Next((int)call.Held + 1), 0);
        var record = account
            .Settle(
                new SettleRequest
                {
                    Charge = call.Charge,
                    Usage = usage,
                    Basis = UsageBasis.Vendor,
                    Ending = CallEnding.Completed,
                },
                now
            )
            .Record!;
        records[call.Charge] = record;
        Write(record);
    }

    private void Do(AccountCommand command)
    {
        account.Execute(command, now);
        Write(null);
    }

    private void Write(UsageRecord? record)
    {
        var sequence = account.Sequence - account.Emitted.Length;
        foreach (var entry in account.Emitted)
            Life.Add(
                new(
                    ++sequence,
                    entry,
                    entry is Settled ? record
                        : entry is Refunded refund ? records[refund.Charge]
                        : null
                )
            );
        account.ClearEmitted();
    }

    /// <summary>What a call was charged, in words, so that a difference can be read.</summary>
    public static string Paid(UsageRecord record) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{record.Charge.Value}: {record.Usage.WholeInput}+{record.Usage.WholeOutput} {record.RetailNano}/{record.UncollectedNano}/{record.FreeNano} "
        ) + string.Join(", ", record.Payments.Select(payment => $"{payment.Name} {payment.Amount} {payment.Unit} ({payment.WorthNano})"));
}
