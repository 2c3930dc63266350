using System.Text;
using System.Text.Json;
using CsCheck;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Audit;
using Tokenline.Charging.Journal;
using Tokenline.Charging.Limits;
using Tokenline.Charging.Records;
using Tokenline.Charging.Tests.Journal;
using Tokenline.Cluster;
using Tokenline.Storage.Journal;

namespace Tokenline.Charging.Tests.Cluster;

/// <summary>
/// Parallel histories of one account are linearizable (Herlihy and Wing): there is one order of all commands that respects real time and in which the engine,
/// asked one command after the other, gives the very answers that were given. The journal is the witness: commands that wrote something are in the order of
/// their entries; a command that wrote nothing must fit between two of them.
/// </summary>
public sealed class ParallelHistoryProperties
{
    private static readonly DateTimeOffset now = new(2026, 1, 10, 0, 0, 0, TimeSpan.Zero);
    private static readonly AccountId id = new(7);

    [Fact]
    [Trait("WhatOthersGotWrong", "1")]
    [Trait("WhatOthersGotWrong", "25")]
    public Task Some_sequential_order_gives_the_answers_of_every_parallel_history() =>
        Gen.Int.SampleAsync(
            async seed =>
            {
                var journal = new MemoryChargeJournal();
                await CheckAsync(seed, journal, journal);
            },
            iter: 150,
            threads: 1
        );

    [Fact]
    public Task So_it_does_over_SQLite() =>
        Gen.Int.SampleAsync(
            async seed =>
            {
                var folder = Directory.CreateTempSubdirectory("tokenline-test");
                await using (var journal = new SqliteChargeJournal(Path.Combine(folder.FullName, "charges.db"), "Asia/Shanghai"))
                    await CheckAsync(seed, journal, journal);
                folder.Delete(recursive: true);
            },
            iter: 15,
            threads: 1
        );

    private static async Task CheckAsync(int seed, IChargeJournal journal, IChargeHistory history)
    {
        var tariffs = new TestTariffs();
        var witness = new Witness(journal);
        var claimed = await journal.ClaimAsync(id);
        var account = new HostedAccount(
            new ChargingAccount(id, tariffs),
            claimed.Epoch,
            witness,
            history,
            new FakeTimeProvider(now),
            NullLogger.Instance,
            () => { }
        );
        var scripts = new Script(seed, tariffs).Scripts(threads: 4, commands: 14);

        var done = await RunAsync(account, witness, scripts);

        var writing = witness.Order().Select(number => done[number]).ToList();
        AssertRealTime(writing);
        AssertAnswers(writing, [.. done.Values.Except(writing)], witness);
        var report = await new Auditor(history, tariffs, null).RunAsync(CancellationToken.None);
        Assert.True(report.IsClean, string.Join('\n', report.Differences));
    }

    private static async Task<Dictionary<int, Done>> RunAsync(HostedAccount account, Witness witness, List<List<Command>> scripts)
    {
        var clock = 0;
        var done = new Dictionary<int, Done>();
        using var start = new Barrier(scripts.Count);
        await Task.WhenAll(
            scripts.Select(script =>
                Task.Factory.StartNew(
                        async () =>
                        {
                            start.SignalAndWait();
                            foreach (var command in script)
                            {
                                witness.Number = command.Number;
                                var invoked = Interlocked.Increment(ref clock);
                                var answer = await command.ToAsync(account);
                                var answered = Interlocked.Increment(ref clock);
                                lock (done)
                                    done.Add(command.Number, new(command, invoked, answered, answer));
                            }
                        },
                        TaskCreationOptions.LongRunning
                    )
                    .Unwrap()
            )
        );
        return done;
    }

    /// <summary>A command that was answered before another began stands before it.</summary>
    private static void AssertRealTime(List<Done> writing)
    {
        for (var later = 1; later < writing.Count; later++)
        {
            for (var earlier = 0; earlier < later; earlier++)
                Assert.True(
                    writing[earlier].Invoked < writing[later].Answered,
                    $"{writing[earlier]} is before {writing[later]} in the journal, and began after its answer"
                );
        }
    }

    private static void AssertAnswers(List<Done> writing, List<Done> silent, Witness witness)
    {
        var sequential = new Sequential();
        foreach (var command in writing)
        {
            Assert.Equal(command.Answer, sequential.Answer(command.Command));
            Assert.Equal(witness.EntriesOf(command.Command.Number), sequential.Entries());
        }
        // Each silent command at the first place where it fits, not before the places of those that were answered before it began.
        var places = new List<(int Answered, int Place)>();
        foreach (var command in silent.OrderBy(command => command.Invoked))
        {
            var first = writing.FindLastIndex(other => other.Answered < command.Invoked) + 1;
            foreach (var (answered, place) in places)
                first = answered < command.Invoked ? Math.Max(first, place) : first;
            var last = writing.FindIndex(other => other.Invoked > command.Answered) is var next and >= 0 ? next : writing.Count;
            var fits = Enumerable.Range(first, Math.Max(0, last - first + 1)).FirstOrDefault(place => Fits(command, writing, place), -1);
            Assert.True(fits >= 0, $"{command} fits nowhere from {first} to {last} of\n{string.Join('\n', writing)}");
            places.Add((command.Answered, fits));
        }
    }

    private static bool Fits(Done command, List<Done> writing, int place)
    {
        var sequential = new Sequential();
        foreach (var before in writing.Take(place))
            sequential.Answer(before.Command);
        return sequential.Answer(command.Command) == command.Answer && sequential.Entries() == "";
    }

    private sealed record Done(Command Command, int Invoked, int Answered, string Answer)
    {
        public override string ToString() => $"[{Invoked}, {Answered}] {Command.What} → {Answer}";
    }

    /// <summary>One command, as it is put to the hosted account and to the engine.</summary>
    private sealed record Command(int Number, string What, Func<HostedAccount, Task<string>> ToAsync, Func<Sequential, string> To);

    /// <summary>The journal, which notes which command each entry came from.</summary>
    private sealed class Witness(IChargeJournal journal) : IChargeJournal
    {
        private readonly AsyncLocal<int> number = new();
        private readonly List<(int Number, string Entry)> entries = []; // appended under the account's own lock

        /// <summary>The command that runs here now.</summary>
        public int Number
        {
            set => number.Value = value;
        }

        public bool IsBehind => journal.IsBehind;

        public ValueTask<ClaimedAccount> ClaimAsync(AccountId account) => journal.ClaimAsync(account);

        public async Task Append(AccountId account, long epoch, long sequence, JournalEntry entry, UsageRecord? record, bool urgent)
        {
            entries.Add((number.Value, Text(entry)));
            await journal.Append(account, epoch, sequence, entry, record, urgent);
            await Task.Yield(); // whoever waits goes on elsewhere and later, as after a real disk
        }

        public void Save(AccountId account, long epoch, AccountImage image) => journal.Save(account, epoch, image);

        public string EntriesOf(int command) =>
            string.Join('\n', entries.Where(entry => entry.Number == command).Select(entry => entry.Entry));

        /// <summary>The commands in the order of their entries; those of one command follow each other.</summary>
        public List<int> Order()
        {
            var order = new List<int>();
            foreach (var (command, _) in entries)
            {
                if (order.Count == 0 || order[^1] != command)
                    order.Add(command);
            }
            Assert.Equal(order.Count, order.Distinct().Count());
            return order;
        }

        public static string Text(JournalEntry entry)
        {
            using var buffer = new MemoryStream();
            using (var writer = new Utf8JsonWriter(buffer))
                ChargingJson.WriteEntry(writer, entry);
            return Encoding.UTF8.GetString(buffer.ToArray());
        }
    }

    /// <summary>The engine with its records, one command after the other: what a sequential account answers.</summary>
    private sealed class Sequential
    {
        private readonly Dictionary<ChargeId, UsageRecord> records = [];
        private string entries = "";

        public ChargingAccount Engine { get; } = new(id, new TestTariffs());

        public string Answer(Command command)
        {
            var answer = command.To(this);
            entries = string.Join('\n', Engine.Emitted.ToArray().Select(Witness.Text));
            Engine.ClearEmitted();
            return answer;
        }

        /// <summary>Of the last command.</summary>
        public string Entries() => entries;

        public EndOutcome Settle(SettleRequest request)
        {
            var end = Engine.Settle(request, now);
            if (end.Record is { } record)
                records.Add(request.Charge, record);
            return end;
        }

        public Refusal? Execute(AccountCommand command) =>
            Engine.Execute(command is Refund refund ? refund with { Record = records.GetValueOrDefault(refund.Charge) } : command, now);

        public AccountView View()
        {
            Engine.Refresh(now);
            return Engine.View(now);
        }
    }

    /// <summary>Random commands that meet each other: few charges, few buckets, little money, and names that are used twice.</summary>
    private sealed class Script(int seed, TestTariffs tariffs)
    {
        private const int Charges = 12;
        private readonly Random random = new(seed);
        private int number;

        public List<List<Command>> Scripts(int threads, int commands)
        {
            var opening = new List<Command> { Grant(1, 1500), Limits() };
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

        private Command Next(Queue<int> unheld) =>
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

        private Command Hold(int charge)
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
            return Make(
                $"hold {charge}",
                account => Task.FromResult(Text(account.Hold(request))),
                to => Text(to.Engine.Hold(request, now))
            );
        }

        private Command Extend(int charge)
        {
            var request = new ExtendRequest(new ChargeId(1000 + charge), 0, random.Next(40), 60 + random.Next(300), 40);
            return Make(
                $"extend {charge} to {request.OutputWanted}",
                async account => (await account.ExtendAsync(request)).ToString(),
                to => to.Engine.Extend(request, now).ToString()
            );
        }

        private Command Settle(int charge)
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

        private Command Release(int charge)
        {
            var request = new ReleaseRequest(new ChargeId(1000 + charge), "test", null);
            return Make(
                $"release {charge}",
                async account => Text(await account.ReleaseAsync(request)),
                to => Text(to.Engine.Release(request, now))
            );
        }

        private Command Refund(int charge)
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

        private Command Grant(long bucket, long tokens) =>
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
                        now,
                        null,
                        null,
                        null
                    )
                )
            );

        private Command Limits()
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

        private Command PayAsYouGo() =>
            Execute(
                "pay as you go",
                new SetPayAsYouGo(
                    new CommandId(700 + number),
                    random.Next(3) == 0 ? null : new PayAsYouGo(random.Next(1, 900_000), Currency.Cny, "UTC")
                )
            );

        private Command Void() => Execute("void 1", new VoidBucket(new CommandId(800 + number), new BucketId(1), "test"));

        private Command View() => Make("view", async account => Text(await account.ViewAsync()), to => Text(to.View()));

        private Command Execute(string what, AccountCommand command) =>
            Make(what, async account => Text(await account.ExecuteAsync(command)), to => Text(to.Execute(command)));

        private Command Make(string what, Func<HostedAccount, Task<string>> toAsync, Func<Sequential, string> to) =>
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
}
