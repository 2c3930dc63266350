namespace Tokenline.Storage.Journal;

/// <summary>
/// Brings what the write-ahead log holds into the database file on a thread and a connection of its own, so that nobody who waits for a commit waits for that.
/// The little that was committed meanwhile the writer brings over itself, for whom nothing comes in between: then the log begins anew.
/// </summary>
internal sealed class JournalCheckpoints : IDisposable
{
    /// <summary>Pages of 4 KB in the log. The longer it waits, the more often a page was written, of which only the last is brought over.</summary>
    private const int First = 16_000;

    /// <summary>Tried again after so many more, where a reader who looks at an older state was in the way.</summary>
    private const int Step = 4_000;

    /// <summary>From here on the writer does it alone: commits come faster than the other thread is done.</summary>
    private const int Most = 24_000;

    private readonly JournalConnection connection;
    private readonly AutoResetEvent wake = new(false);
    private readonly Thread thread;
    private int known; // pages in the log
    private int next = First;
    private volatile bool isLittleLeft;
    private volatile bool closed;

    public JournalCheckpoints(string path)
    {
        connection = new JournalConnection(path);
        connection.Run("SELECT 1 FROM sqlite_schema"); // opens the log, too: a connection that has not looked at its file yet brings nothing over, and says that all is well
        thread = new Thread(Run) { Name = "journal checkpoints", IsBackground = true };
        thread.Start();
    }

    /// <summary>Called by the writer after a commit, on its thread.</summary>
    public void Committed(JournalConnection writer)
    {
        var pages = writer.LogPages;
        if (pages < known)
            next = First; // the log has begun anew
        known = pages;
        if (isLittleLeft)
        {
            isLittleLeft = false;
            writer.Checkpoint();
        }
        else if (pages >= next)
        {
            next = pages + Step;
            if (pages >= Most)
                writer.Checkpoint();
            else
                wake.Set();
        }
    }

    private void Run()
    {
        while (wake.WaitOne() && !closed)
        {
            connection.Checkpoint();
            connection.Checkpoint(); // what was committed during the first, which takes longer
            isLittleLeft = true;
        }
    }

    public void Dispose()
    {
        closed = true;
        wake.Set();
        thread.Join();
        connection.Dispose();
        wake.Dispose();
    }
}
