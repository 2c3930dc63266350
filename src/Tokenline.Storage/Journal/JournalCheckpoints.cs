namespace Tokenline.Storage.Journal;

/// <summary>
/// Brings what the write-ahead log holds into the database file on a thread and a connection of its own, so that nobody who waits for a commit waits for that.
/// The writer does it itself only when the log has grown much further: then little is left to do, and the log begins anew.
/// </summary>
internal sealed class JournalCheckpoints : IDisposable
{
    /// <summary>In bytes of entries and records; in the log they take about half as much again.</summary>
    private const long Step = 16 * 1024 * 1024;

    private readonly JournalConnection connection;
    private readonly AutoResetEvent wake = new(false);
    private readonly Thread thread;
    private long written;
    private volatile bool closed;

    public JournalCheckpoints(string path)
    {
        connection = new JournalConnection(path);
        thread = new Thread(Run) { Name = "journal checkpoints", IsBackground = true };
        thread.Start();
    }

    /// <summary>Called by the writer, after a commit of so many bytes.</summary>
    public void Committed(long bytes)
    {
        written += bytes;
        if (written < Step)
            return;
        written = 0;
        wake.Set();
    }

    private void Run()
    {
        while (wake.WaitOne() && !closed)
            connection.Checkpoint();
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
