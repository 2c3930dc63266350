using System.Collections.Concurrent;
using CsCheck;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Audit;
using Tokenline.Charging.Journal;
using Tokenline.Charging.Records;
using Tokenline.Cluster;
using Tokenline.Testing;

namespace Tokenline.Charging.Tests.Cluster;

/// <summary>
/// Parallel histories of one account are linearizable while its disk fails and its owners are replaced, old ones going on beside the new (as frozen nodes do that wake).
/// A command that was answered has happened, once, between its call and its answer. One that failed has happened or not. Each owner begins with what is durable, and its
/// part of the journal is what the engine does, asked one command after the other.
/// Two answers promise less, by design: a hold is answered before it is durable (its call is lost with it), and who only looks may be told by an owner that does not know
/// yet that it is none how things were at the end of its own time. A settle of a charge that its owner does not know is answered by the charge's record, of whatever owner.
/// </summary>
public sealed class HistoryUnderFaultsProperties
{
    private const int RoundsMax = 8;
    private static readonly ConcurrentDictionary<string, int> seen = new();

    [Fact]
    public async Task Some_sequential_order_gives_every_answer_whatever_fails()
    {
        // Some of what is to be seen is rare: where it was not, more histories are looked at.
        string[] kinds = ["failed and happened", "failed and did not happen", "half of it happened", "an old owner was refused"];
        for (var round = 0; round == 0 || (round < RoundsMax && !kinds.All(seen.ContainsKey)); round++)
            await Gen.Int.SampleAsync(seed => CheckAsync(seed, faultsPercent: 8), iter: TestLength.Of(60, 600), threads: 1);

        // Else it has shown nothing.
        Assert.All(kinds, kind => Assert.True(seen.ContainsKey(kind), $"in no history: {kind}"));
    }

    [Fact]
    public async Task A_journal_that_answers_before_it_has_written_is_found_out()
    {
        var found = 0;
        for (var seed = 0; seed < 20; seed++)
        {
            try
            {
                await CheckAsync(seed, faultsPercent: 30, answersTooEarly: true);
            }
            catch (Xunit.Sdk.XunitException)
            {
                found++;
            }
        }
        Assert.True(found > 10, $"in {found} histories of 20");
    }

    private static async Task CheckAsync(int seed, int faultsPercent, bool answersTooEarly = false)
    {
        var journal = new FaultyJournal(seed, faultsPercent, answersTooEarly);
        var tariffs = new TestTariffs();
        var owners = new Owners(journal, tariffs);
        await owners.ReplaceAsync(null);
        var done = await RunAsync(owners, journal, new HistoryScript(seed, tariffs).Scripts(threads: 4, commands: 14), seed);

        AssertNothingAnsweredIsLost(journal, done);
        AssertRealTime([.. journal.Written.Select(entry => done[entry.Number]).Distinct()]);
        var parts = Enumerable.Range(0, journal.Claims.Count).Select(owner => AssertOwner(journal, done, owner)).ToList();
        for (var owner = 0; owner < parts.Count; owner++)
            AssertSilent(parts[owner], parts[(owner + 1)..], SilentOf(journal, done, journal.Claims[owner].Epoch));
        var report = await new Auditor(journal.Disk, tariffs, null).RunAsync(CancellationToken.None);
        Assert.True(report.IsClean, string.Join('\n', report.Differences));
    }

    private static async Task<Dictionary<int, Done>> RunAsync(
        Owners owners,
        FaultyJournal journal,
        List<List<HistoryCommand>> scripts,
        int seed
    )
    {
        var clock = 0;
        var number = 0;
        var done = new ConcurrentDictionary<int, Done>();
        using var start = new Barrier(scripts.Count);
        await Task.WhenAll(
            scripts.Select(
                (script, thread) =>
                    Task
                        .Factory.StartNew(
                            async () =>
                            {
                                var random = new Random(seed + thread);
                                start.SignalAndWait();
                                foreach (var command in script)
                                {
                                    do
                                    {
                                        if (random.Next(50) == 0)
                                            await owners.ReplaceAsync(null); // whose own commands go on
                                    } while (!await OnceAsync(command) && random.Next(3) > 0); // some ask again
                                }
                            },
                            TaskCreationOptions.LongRunning
                        )
                        .Unwrap()
            )
        );
        return done.ToDictionary();

        async Task<bool> OnceAsync(HistoryCommand command)
        {
            var owner = owners.Newest;
            var one = Interlocked.Increment(ref number);
            journal.Number = one;
            var invoked = Interlocked.Increment(ref clock);
            try
            {
                var answer = await command.ToAsync(owner.Account);
                done[one] = new(command, owner.Epoch, invoked, Interlocked.Increment(ref clock), answer);
                return true;
            }
            catch (AccountUnavailableException)
            {
                done[one] = new(command, owner.Epoch, invoked, int.MaxValue, null);
                await owners.ReplaceAsync(owner);
                return false;
            }
        }
    }

    private static void AssertNothingAnsweredIsLost(FaultyJournal journal, Dictionary<int, Done> done)
    {
        var written = journal.Written.ToHashSet();
        foreach (var entry in journal.Given)
        {
            var command = done[entry.Number];
            if (command.Answer is not null)
                Assert.True(written.Contains(entry) || command.IsHold, $"{command} was answered, and {entry.Text} is not durable");
            else
                Count(written.Contains(entry) ? "failed and happened" : "failed and did not happen");
            if (!written.Contains(entry) && journal.Claims.Any(claim => claim.Epoch > entry.Epoch))
                Count("an old owner was refused");
        }
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

    private static Part AssertOwner(FaultyJournal journal, Dictionary<int, Done> done, int owner)
    {
        var (epoch, from) = journal.Claims[owner];
        var until = owner + 1 < journal.Claims.Count ? journal.Claims[owner + 1].Written : journal.Written.Count;
        var part = journal.Written.Take(until).Skip(from).ToList();
        Assert.All(part, entry => Assert.Equal(epoch, entry.Epoch)); // no older owner has written
        var commands = new List<(Done Command, List<string> Entries)>();
        foreach (var entry in part)
        {
            if (commands.Count == 0 || commands[^1].Command != done[entry.Number])
                commands.Add((done[entry.Number], []));
            commands[^1].Entries.Add(entry.Text);
        }
        var writing = commands.Select(command => command.Command).ToList();
        Assert.Equal(writing.Count, writing.Distinct().Count());

        var account = Begin();
        for (var i = 0; i < commands.Count; i++)
        {
            var (command, entries) = commands[i];
            var answer = account.Answer(command.Command);
            var expected = account.Entries();
            var durable = string.Join('\n', entries);
            if (expected != durable)
            {
                // The end of what this owner has written, and of a command whose caller knows of nothing.
                Assert.StartsWith(durable, expected, StringComparison.Ordinal);
                Assert.True(i == commands.Count - 1 && (command.Answer is null || command.IsHold), $"of {command} only a part is durable");
                Count("half of it happened");
            }
            else if (command.Answer is not null)
            {
                Assert.Equal(command.Answer, answer);
            }
        }
        return new(Begin, writing);

        SequentialAccount Begin() =>
            new(
                journal.Written.Take(from).Select(entry => new StoredEntry(entry.Sequence, entry.Entry)),
                journal.Written.Take(from).Select(entry => entry.Record).OfType<UsageRecord>()
            );
    }

    /// <summary>Answered, and it has written nothing.</summary>
    private static List<Done> SilentOf(FaultyJournal journal, Dictionary<int, Done> done, long epoch)
    {
        var gave = journal.Given.Select(entry => done[entry.Number]).ToHashSet();
        return [.. done.Values.Where(one => one.Epoch == epoch && one.Answer is not null && !one.IsHold && !gave.Contains(one))];
    }

    /// <summary>Each at the first place where it fits, not before the places of those that were answered before it began.</summary>
    private static void AssertSilent(Part part, List<Part> later, List<Done> silent)
    {
        var places = new List<(int Answered, int Place)>();
        foreach (var command in silent.OrderBy(command => command.Invoked))
        {
            var after = places.Where(other => other.Answered < command.Invoked).Select(other => other.Place).Append(0).Max();
            var fits = part.Place(command, after);
            if (fits < 0 && command.IsSettle && later.Any(next => next.Place(command, 0) >= 0))
                continue;
            Assert.True(fits >= 0, $"{command} fits nowhere after place {after} of\n{string.Join('\n', part.Writing)}");
            places.Add((command.Answered, fits));
        }
    }

    private static void Count(string what) => seen.AddOrUpdate(what, 1, static (_, count) => count + 1);

    /// <summary>A class, so that each is itself.</summary>
    private sealed class Done(HistoryCommand command, long epoch, int invoked, int answered, string? answer)
    {
        public HistoryCommand Command => command;

        public long Epoch => epoch;

        public int Invoked => invoked;

        public int Answered => answered;

        /// <summary>Null: it failed.</summary>
        public string? Answer => answer;

        public bool IsHold => command.What.StartsWith("hold", StringComparison.Ordinal);

        public bool IsSettle => command.What.StartsWith("settle", StringComparison.Ordinal);

        public override string ToString() => $"[{invoked}, {answered}] by owner {epoch}: {command.What} → {answer ?? "failed"}";
    }

    /// <summary>What one owner has written, in its order, and how it began.</summary>
    private sealed record Part(Func<SequentialAccount> Begin, List<Done> Writing)
    {
        /// <summary>How many of its commands stand before one that writes nothing: the fewest, but no fewer than asked for. -1: it fits nowhere.</summary>
        public int Place(Done command, int atLeast)
        {
            var first = Math.Max(atLeast, Writing.FindLastIndex(other => other.Answered < command.Invoked) + 1);
            var last = Writing.FindIndex(other => other.Invoked > command.Answered) is var next and >= 0 ? next : Writing.Count;
            return Enumerable.Range(first, Math.Max(0, last - first + 1)).FirstOrDefault(place => Fits(command, place), -1);
        }

        private bool Fits(Done command, int place)
        {
            var account = Begin();
            foreach (var before in Writing.Take(place))
                account.Answer(before.Command);
            return account.Answer(command.Command) == command.Answer && account.Entries() == "";
        }
    }

    private sealed record Owner(long Epoch, HostedAccount Account);

    /// <summary>Whoever hosts the account now.</summary>
    private sealed class Owners(FaultyJournal journal, TestTariffs tariffs)
    {
        private readonly Lock gate = new();
        private volatile Owner newest = null!; // before anything else

        public Owner Newest => newest;

        /// <param name="failed">Only this one; null: whoever it is.</param>
        public async Task ReplaceAsync(Owner? failed)
        {
            await Task.Yield();
            lock (gate)
            {
                if (failed is not null && failed != newest)
                    return;
                var claimed = journal.ClaimAsync(HistoryScript.Account).AsTask().Result; // it is memory: done at once
                var engine = ChargingAccount.Restore(HistoryScript.Account, tariffs, claimed.Image, claimed.Tail);
                newest = new(
                    claimed.Epoch,
                    new HostedAccount(
                        engine,
                        claimed.Epoch,
                        journal,
                        journal.Disk,
                        new FakeTimeProvider(HistoryScript.Now),
                        NullLogger.Instance,
                        () => { }
                    )
                );
            }
        }
    }
}
