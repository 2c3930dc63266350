using System.Text.Json;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Journal;
using Tokenline.Charging.Limits;
using Tokenline.Charging.Records;
using Tokenline.Cluster;

namespace Tokenline.Charging.Tests.Cluster;

/// <summary>One command, as it is put to the hosted account and to the engine.</summary>
internal sealed record HistoryCommand(
    int Number,
    string What,
    Func<HostedAccount, Task<string>> ToAsync,
    Func<SequentialAccount, string> To
);

/// <summary>Random commands that meet each other: few charges, few buckets, little money, and names that are used twice.</summary>
internal sealed class HistoryScript(int seed, TestTariffs tariffs)
{
    /// <summary>The one moment of all of it.</summary>
    public static readonly DateTimeOffset Now = new(2026, 1, 10, 0, 0, 0, TimeSpan.Zero);
    public static readonly AccountId Account = new(7);

    private const int Charges = 12;
    private readonly Random random = new(seed);
    private int number;

    public List<List<HistoryCommand>> Scripts(int threads, int commands)
    {
        var opening = new List<HistoryCommand> { Grant(1, 1500), Limits() };
        return
        [
            .. Enumerable
                .Range(0, threads)
                .Select(thread =>
                {
                    // Charge ids are made once each, so each is held by one thread; who settles it is anybody.
                    var unheld = new Queue<int>(Enumerable.Range(0, Charges).Where(charge => charge % threads == thread));
                    return (thread == 0 ? opening : []).Concat(Enumerable.Range(0, commands).Select(_ => Next(unheld))).ToList();
                }),
        ];
    }

    private HistoryCommand Next(Queue<int> unheld) =>
        random.Next(12) switch
        {
            < 4 when unheld.Count > 0 => Hold(unheld.Dequeue()),
            < 6 => Settle(random.Next(Charges)),
            6 => Extend(random.Next(Charges)),
            7 => Release(random.Next(Charges)),
            8 => Refund(random.Next(Charges)),
            9 => Grant(100 + random.Next(6), 300 + random.Next(2) * 100),
            10 => random.Next(2) == 0 ? PayAsYouGo() : Void(),
            _ => View(),
        };

    private HistoryCommand Hold(int charge)
    {
        var request = new HoldRequest
        {
            Charge = new ChargeId(1000 + charge),
            Key = new KeyId(1),
            Tariff = tariffs["m"],
            Vendor = "v",
            Deployment = "d",
            Stream = random.Next(2) == 0,
            InputBound = 100,
            InputEstimate = 50,
            TokensEstimate = 200,
            OutputWanted = 50 + random.Next(200),
            OutputModest = 100,
            OutputMin = 20,
            Precise = random.Next(4) > 0,
            Node = 1,
            IdempotencyKey = random.Next(3) == 0 ? (UInt128)random.Next(3) : null,
        };
        return Make($"hold {charge}", account => Task.FromResult(Text(account.Hold(request))), to => Text(to.Engine.Hold(request, Now)));
    }

    private HistoryCommand Extend(int charge)
    {
        var request = new ExtendRequest(new ChargeId(1000 + charge), 0, random.Next(40), 60 + random.Next(300), 40);
        return Make(
            $"extend {charge} to {request.OutputWanted}",
            async account => (await account.ExtendAsync(request)).ToString(),
            to => to.Engine.Extend(request, Now).ToString()
        );
    }

    private HistoryCommand Settle(int charge)
    {
        var request = new SettleRequest
        {
            Charge = new ChargeId(1000 + charge),
            Usage = Usage.Of(60, random.Next(3) * (random.Next(5) == 0 ? 400 : 40), 30),
            Basis = UsageBasis.Vendor,
            Ending = CallEnding.Completed,
        };
        return Make(
            $"settle {charge} {request.Usage}",
            async account => Text(await account.SettleAsync(request)),
            to => Text(to.Settle(request))
        );
    }

    private HistoryCommand Release(int charge)
    {
        var request = new ReleaseRequest(new ChargeId(1000 + charge), "test", null);
        return Make(
            $"release {charge}",
            async account => Text(await account.ReleaseAsync(request)),
            to => Text(to.Engine.Release(request, Now))
        );
    }

    private HistoryCommand Refund(int charge)
    {
        // Some have one name: of these the second is the same command, or a conflict.
        var command = new Refund(
            new CommandId(random.Next(2) == 0 ? 500 + charge : 600 + number),
            new ChargeId(1000 + charge),
            400_000,
            "test"
        );
        return Execute($"refund {charge}", command);
    }

    private HistoryCommand Grant(long bucket, long tokens) =>
        Execute(
            $"grant {bucket} {tokens}",
            new GrantBucket(
                new BucketGrant(
                    new BucketId(bucket),
                    "b",
                    BucketType.Pack,
                    TestTariffs.General,
                    null,
                    tokens * QuotaUnit.Micro,
                    100,
                    Now,
                    null,
                    null,
                    null
                )
            )
        );

    private HistoryCommand Limits()
    {
        Limit[] limits =
        [
            new("running", LimitWindow.Running, Measure.Requests, 5),
            new("day", LimitWindow.Day, Measure.Tokens, 2500),
            new("rpm", LimitWindow.Rolling, Measure.Requests, 14, 60),
        ];
        return Execute(
            "limits",
            new PutAllotment(new CommandId(2), new Allotment(Allotment.Root, Allotment.Root, "account", AllotmentType.Account, limits))
        );
    }

    private HistoryCommand PayAsYouGo() =>
        Execute(
            "pay as you go",
            new SetPayAsYouGo(
                new CommandId(700 + number),
                random.Next(3) == 0 ? null : new PayAsYouGo(random.Next(1, 900_000), Currency.Cny, "UTC")
            )
        );

    private HistoryCommand Void() => Execute("void 1", new VoidBucket(new CommandId(800 + number), new BucketId(1), "test"));

    private HistoryCommand View() => Make("view", async account => Text(await account.ViewAsync()), to => Text(to.View()));

    private HistoryCommand Execute(string what, AccountCommand command) =>
        Make(what, async account => Text(await account.ExecuteAsync(command)), to => Text(to.Execute(command)));

    private HistoryCommand Make(string what, Func<HostedAccount, Task<string>> toAsync, Func<SequentialAccount, string> to) =>
        new(number++, what, toAsync, to);

    private static string Text(HoldOutcome outcome) => outcome.ToString();

    private static string Text(Refusal? refusal) => refusal?.ToString() ?? "done";

    // A replay that memory has forgotten comes with its record; the verdict is the answer.
    private static string Text(EndOutcome end) =>
        end.Verdict == EndVerdict.Done && end.Record is { } record
            ? $"{end.Verdict} {end.QuotaLeft} {JsonSerializer.Serialize(record, ChargingJson.Default.UsageRecord)}"
            : end.Verdict.ToString();

    private static string Text(AccountView view) =>
        $"{view.Sequence} {view.Suspended} {view.PayAsYouGo} {string.Join("; ", view.Buckets)} {string.Join("; ", view.Open)} {string.Join("; ", view.Allotments.SelectMany(node => node.Limits))}";
}
