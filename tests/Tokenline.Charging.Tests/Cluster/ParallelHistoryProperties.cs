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
using Tokenline.Testing;

namespace Tokenline.Charging.Tests.Cluster;

/// <summary>
/// Parallel histories of one account are linearizable (Herlihy and Wing): there is one order of all commands that respects real time and in which the engine,
/// asked one command after the other, gives the very answers that were given. The journal is the witness: commands that wrote something are in the order of
/// their entries; a command that wrote nothing must fit between two of them.
/// </summary>
public sealed class ParallelHistoryProperties
{
    private static readonly DateTimeOffset now = HistoryScript.Now;
    private static readonly AccountId id = HistoryScript.Account;

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
            iter: TestLength.Of(80, 1500),
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
        var scripts = new HistoryScript(seed, tariffs).Scripts(threads: 4, commands: 14);

        var done = await RunAsync(account, witness, scripts);

        var writing = witness.Order().Select(number => done[number]).ToList();
        AssertRealTime(writing);
        AssertAnswers(writing, [.. done.Values.Except(writing)], witness);
        var report = await new Auditor(history, tariffs, null).RunAsync(CancellationToken.None);
        Assert.True(report.IsClean, string.Join('\n', report.Differences));
    }

    private static async Task<Dictionary<int, Done>> RunAsync(HostedAccount account, Witness witness, List<List<HistoryCommand>> scripts)
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
        var sequential = new SequentialAccount();
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
        var sequential = new SequentialAccount();
        foreach (var before in writing.Take(place))
            sequential.Answer(before.Command);
        return sequential.Answer(command.Command) == command.Answer && sequential.Entries() == "";
    }

    private sealed record Done(HistoryCommand Command, int Invoked, int Answered, string Answer)
    {
        public override string ToString() => $"[{Invoked}, {Answered}] {Command.What} → {Answer}";
    }

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
            entries.Add((number.Value, SequentialAccount.Text(entry)));
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
    }
}
