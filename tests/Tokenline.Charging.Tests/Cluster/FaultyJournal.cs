using Tokenline.Charging.Accounts;
using Tokenline.Charging.Journal;
using Tokenline.Charging.Records;
using Tokenline.Charging.Tests.Journal;

namespace Tokenline.Charging.Tests.Cluster;

/// <summary>An entry as it was given to the journal.</summary>
/// <param name="Number">The command that it came from.</param>
internal sealed record GivenEntry(long Epoch, int Number, long Sequence, JournalEntry Entry, UsageRecord? Record)
{
    public string Text { get; } = SequentialAccount.Text(Entry);
}

/// <summary>
/// A journal on a disk that fails, by a seed. Entries wait for a sync; it may fail with nothing written, with all of it written and the answer lost, or with a part of it
/// written, as when power is lost. Whoever has given an entry is told of none of that but that it failed. From then on that owner's entries are refused, until the account is claimed anew.
/// </summary>
internal sealed class FaultyJournal : IChargeJournal
{
    private const int NapsMax = 6;

    private readonly Lock gate = new();
    private readonly Random random;
    private readonly int faultsPercent;
    private readonly bool answersTooEarly;
    private readonly AsyncLocal<int> number = new();
    private readonly List<(GivenEntry Given, TaskCompletionSource Done)> waiting = [];
    private readonly List<GivenEntry> given = [];
    private readonly List<GivenEntry> written = [];
    private readonly List<(long Epoch, int Written)> claims = [];
    private long broken; // the newest epoch that a fault has ended
    private bool isSyncing;

    public FaultyJournal(int seed, int faultsPercent, bool answersTooEarly = false)
    {
        random = new(seed);
        (this.faultsPercent, this.answersTooEarly) = (faultsPercent, answersTooEarly);
        Disk = new() { Looking = NapAsync };
    }

    public MemoryChargeJournal Disk { get; }

    /// <summary>The command that runs here now.</summary>
    public int Number
    {
        set => number.Value = value;
    }

    /// <summary>In the order of decisions.</summary>
    public IReadOnlyList<GivenEntry> Given => Copy(given);

    /// <summary>What is durable, in its order.</summary>
    public IReadOnlyList<GivenEntry> Written => Copy(written);

    /// <summary>Each owner, and how much was durable when it began.</summary>
    public IReadOnlyList<(long Epoch, int Written)> Claims => Copy(claims);

    public bool IsBehind => false;

    public ValueTask<ClaimedAccount> ClaimAsync(AccountId account)
    {
        lock (gate)
        {
            var claimed = Disk.ClaimAsync(account).AsTask().Result; // it is memory: done at once
            claims.Add((claimed.Epoch, written.Count));
            return new(claimed);
        }
    }

    public Task Append(AccountId account, long epoch, long sequence, JournalEntry entry, UsageRecord? record, bool urgent)
    {
        lock (gate)
        {
            var one = new GivenEntry(epoch, number.Value, sequence, entry, record);
            given.Add(one);
            if (epoch <= broken)
                return Task.FromException(new AccountUnavailableException("refused after a fault"));
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting.Add((one, done));
            if (!isSyncing)
            {
                isSyncing = true;
                _ = Task.Run(SyncAsync);
            }
            return answersTooEarly ? Task.CompletedTask : done.Task;
        }
    }

    public void Save(AccountId account, long epoch, AccountImage image) => Disk.Save(account, epoch, image);

    private async Task SyncAsync()
    {
        while (true)
        {
            await NapAsync();
            lock (gate)
            {
                if (waiting.Count == 0)
                {
                    isSyncing = false;
                    return;
                }
                var batch = waiting.GetRange(0, random.Next(4) == 0 ? random.Next(1, waiting.Count + 1) : waiting.Count);
                waiting.RemoveRange(0, batch.Count);
                if (random.Next(100) < faultsPercent)
                    Fail(batch);
                else
                    batch.ForEach(Write);
            }
        }
    }

    private async Task NapAsync()
    {
        int naps;
        lock (gate)
            naps = random.Next(NapsMax);
        for (var nap = 0; nap < naps; nap++)
            await Task.Yield();
    }

    /// <summary>What a journal that answers too early has still to do goes on meanwhile.</summary>
    private List<T> Copy<T>(List<T> list)
    {
        lock (gate)
            return [.. list];
    }

    private void Write((GivenEntry Given, TaskCompletionSource Done) one)
    {
        if (Put(one.Given))
            one.Done.SetResult();
        else
            one.Done.SetException(new AccountUnavailableException("refused"));
    }

    private void Fail(List<(GivenEntry Given, TaskCompletionSource Done)> batch)
    {
        var survives = random.Next(3) switch
        {
            0 => 0,
            1 => batch.Count,
            _ => random.Next(batch.Count + 1),
        };
        foreach (var (one, _) in batch.Take(survives))
            Put(one);
        batch.AddRange(waiting);
        waiting.Clear();
        broken = Math.Max(broken, batch.Max(one => one.Given.Epoch));
        foreach (var (_, done) in batch)
            done.SetException(new AccountUnavailableException("the disk failed"));
    }

    /// <summary>False: refused.</summary>
    private bool Put(GivenEntry one)
    {
        if (!Disk.Append(HistoryScript.Account, one.Epoch, one.Sequence, one.Entry, one.Record, urgent: true).IsCompletedSuccessfully)
            return false;
        written.Add(one);
        return true;
    }
}
