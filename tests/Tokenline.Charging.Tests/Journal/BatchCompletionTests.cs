using Microsoft.Data.Sqlite;
using Tokenline.Charging.Journal;
using Tokenline.Charging.Records;
using Tokenline.Storage.Journal;

namespace Tokenline.Charging.Tests.Journal;

/// <summary>Where those go on who wait for a batch: a few calls on the thread that has written it, everybody else on the pool.</summary>
public sealed class BatchCompletionTests
{
    private static readonly DateTimeOffset now = new(2026, 1, 10, 0, 0, 0, TimeSpan.Zero);
    private static readonly AccountId account = new(42);

    [Fact]
    public async Task A_few_calls_go_on_on_the_writers_thread_and_who_has_more_to_do_does_not()
    {
        var calls = Items(24, urgent: true, Settled).ToList();
        var streams = Items(2, urgent: true, Opened).ToList();

        var (callsHere, streamsHere) = await CompleteAsync(calls, streams, goesOn: true);

        Assert.All(callsHere, Assert.True);
        Assert.All(streamsHere, Assert.False);
    }

    [Fact]
    public async Task Of_many_calls_none_goes_on_on_the_writers_thread()
    {
        var (callsHere, _) = await CompleteAsync(Items(25, urgent: true, Settled).ToList(), [], goesOn: true);

        Assert.All(callsHere, Assert.False);
    }

    [Fact]
    public async Task A_call_that_hears_of_a_failure_does_not_go_on_on_the_writers_thread()
    {
        var calls = Items(2, urgent: true, Settled).ToList();
        calls[0].Fail(new AccountUnavailableException("the disk is full"));

        var (callsHere, _) = await CompleteAsync(calls, [], goesOn: true);

        Assert.Equal([false, true], callsHere);
    }

    [Fact]
    public async Task Where_calls_may_wait_for_the_journal_none_goes_on_on_its_thread()
    {
        var (callsHere, _) = await CompleteAsync(Items(1, urgent: true, Settled).ToList(), [], goesOn: false);

        Assert.All(callsHere, Assert.False);
    }

    [Fact]
    public async Task What_nobody_waits_for_does_not_count_as_a_call()
    {
        var calls = Items(1, urgent: true, Settled).ToList();

        var (callsHere, _) = await CompleteAsync([.. calls, .. Items(100, urgent: false, Opened)], [], goesOn: true);

        Assert.All(callsHere, Assert.True);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_journal_says_whether_the_caller_is_on_its_thread(bool callsGoOn)
    {
        var folder = Directory.CreateTempSubdirectory("tokenline-test");
        var file = Path.Combine(folder.FullName, "charges.db");
        await using (var journal = new SqliteChargeJournal(file, "Asia/Shanghai", callsGoOn))
        {
            var claimed = await journal.ClaimAsync(account);
            // Nothing is written before somebody waits for it: it would go on on the thread that begins to wait.
            await using var other = new SqliteConnection($"Data Source={file};Pooling=False");
            await other.OpenAsync(TestContext.Current.CancellationToken);
            await using var writing = other.BeginTransaction(deferred: false);
            var isHere = HereAsync(
                journal.Append(account, claimed.Epoch, 1, Settled(), record: null, urgent: true),
                () => SqliteChargeJournal.IsHere
            );
            await writing.RollbackAsync(TestContext.Current.CancellationToken);

            Assert.Equal(callsGoOn, await isHere);
            await Task.Yield();
            Assert.False(SqliteChargeJournal.IsHere);
        }
        SqliteConnection.ClearAllPools();
        folder.Delete(recursive: true);
    }

    /// <summary>Which of them went on on this thread.</summary>
    private static async Task<(bool[] Calls, bool[] Others)> CompleteAsync(List<JournalItem> calls, List<JournalItem> others, bool goesOn)
    {
        int? writer = Environment.CurrentManagedThreadId;
        var (callsHere, othersHere) = (calls.ConvertAll(Here), others.ConvertAll(Here));
        BatchCompletion.Complete([.. others, .. calls], goesOn);
        writer = null; // this thread may be given to one of them afterwards, as any of the pool
        return (await Task.WhenAll(callsHere), await Task.WhenAll(othersHere));

        Task<bool> Here(JournalItem item) => HereAsync(item.Task, () => Environment.CurrentManagedThreadId == writer);
    }

    private static Task<bool> HereAsync(Task durable, Func<bool> isHere) =>
        durable.ContinueWith(
            _ => isHere(),
            TestContext.Current.CancellationToken,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default
        );

    private static IEnumerable<JournalItem> Items(int count, bool urgent, Func<JournalEntry> entry)
    {
        for (var i = 1; i <= count; i++)
        {
            var item = new EntryItem(account, epoch: 1, sequence: i, urgent);
            item.Write(entry(), record: null);
            yield return item;
        }
    }

    private static Settled Settled() => new(now, new ChargeId(7), [new SettledPart(new BucketId(1), 5, 3)], 30, 0, UsageBasis.Vendor);

    private static Released Opened() => new(now, new ChargeId(8), "x", null);
}
