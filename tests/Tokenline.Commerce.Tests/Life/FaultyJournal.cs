using SQLitePCL;
using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Journal;
using Tokenline.Charging.Records;
using Tokenline.Storage.Journal;

namespace Tokenline.Commerce.Tests.Life;

/// <summary>The journal in SQLite, on a disk that fails as told: a commit that does not come through, one whose answer is lost, a disk that is full.</summary>
internal sealed class FaultyJournal : IChargeJournal, IAsyncDisposable
{
    private const long PagesMax = 1_000_000_000;
    private readonly delegate_commit hook; // kept, for SQLite calls it
    private int failing; // commits that fail from here on
    private int losing; // urgent entries that become durable, and nobody hears of it

    public FaultyJournal(string file)
    {
        Inner = new SqliteChargeJournal(file, "Asia/Shanghai");
        hook = _ => Interlocked.Decrement(ref failing) >= 0 ? 1 : 0;
        raw.sqlite3_commit_hook(Inner.Connection.Handle, hook, null);
    }

    public SqliteChargeJournal Inner { get; }

    public bool IsBehind => Inner.IsBehind;

    /// <summary>So many commits from here on roll back.</summary>
    public void FailCommits(int count) => Volatile.Write(ref failing, count);

    /// <summary>So many entries from here on become durable, and their writer hears that they did not.</summary>
    public void LoseAnswers(int count) => Volatile.Write(ref losing, count);

    /// <summary>What has no room in the pages that are there fails, until <see cref="HealAsync"/>.</summary>
    public async Task FillDiskAsync()
    {
        await QuietAsync();
        using var pages = Inner.Connection.Prepare("PRAGMA page_count");
        Inner.Connection.Run($"PRAGMA max_page_count = {pages.Ask()}");
    }

    public async Task HealAsync()
    {
        Volatile.Write(ref failing, 0);
        Volatile.Write(ref losing, 0);
        await QuietAsync();
        Inner.Connection.Run($"PRAGMA max_page_count = {PagesMax}");
    }

    public ValueTask<ClaimedAccount> ClaimAsync(AccountId account) => Inner.ClaimAsync(account);

    public Task Append(AccountId account, long epoch, long sequence, JournalEntry entry, UsageRecord? record, bool urgent)
    {
        var written = Inner.Append(account, epoch, sequence, entry, record, urgent);
        return urgent && Interlocked.Decrement(ref losing) >= 0 ? LoseAsync(written) : written;
    }

    public void Save(AccountId account, long epoch, AccountImage image) => Inner.Save(account, epoch, image);

    public ValueTask DisposeAsync() => Inner.DisposeAsync();

    private static async Task LoseAsync(Task written)
    {
        await written;
        throw new AccountUnavailableException("the answer of the disk was lost");
    }

    /// <summary>A claim goes through the queue behind all else; what comes of it tells that the writer is idle.</summary>
    private async Task QuietAsync()
    {
        try
        {
            await Inner.ClaimAsync(new AccountId(1));
        }
        catch (AccountUnavailableException)
        {
            // The disk is full; the queue is empty all the same.
        }
    }
}
