using System.Diagnostics;

namespace Tokenline.Storage.Journal;

/// <summary>Writes batches. Used by one thread only.</summary>
internal interface IJournalWriter : IDisposable
{
    /// <summary>Each item knows then how it went; the caller completes them.</summary>
    void Write(List<JournalItem> batch);
}

/// <summary>The one thread of a process that writes its journal, and the queue before it: what comes in while a batch is written is the next one.</summary>
internal sealed class JournalThread : IAsyncDisposable
{
    /// <summary>Entries in one batch at the most.</summary>
    private const int BatchMax = 4096;

    /// <summary>Entries that may wait; beyond this the journal does not keep up and new calls are turned away.</summary>
    public const int QueueMax = 100_000;

    [ThreadStatic]
    private static bool isHere;

    private readonly IJournalWriter writer;
    private readonly JournalQueue queue = new();
    private readonly JournalMetrics metrics;
    private readonly TaskCompletionSource finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly bool callsGoOn;
    private bool disposed;

    /// <param name="callsGoOn">Few calls whose settle is durable go on on the writer's thread, see <see cref="BatchCompletion"/>. Only where nothing of a call waits for the journal on its thread.</param>
    public JournalThread(IJournalWriter writer, bool callsGoOn = false)
    {
        this.writer = writer;
        this.callsGoOn = callsGoOn;
        metrics = new JournalMetrics(queue);
        new Thread(Run) { Name = "charge journal", IsBackground = true }.Start();
    }

    /// <summary>Whether the caller runs on the thread of a journal, which has others to serve.</summary>
    public static bool IsHere => isHere;

    public bool IsBehind => queue.Count > QueueMax;

    public void Put(JournalItem item, bool isUrgent) => queue.Put(item, isUrgent);

    /// <summary>Writes what is queued and closes the writer.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, true))
            return;
        queue.Close();
        await finished.Task;
        queue.Dispose();
        metrics.Dispose();
    }

    private void Run()
    {
        isHere = true;
        var batch = new List<JournalItem>(BatchMax);
        try
        {
            while (queue.Take(batch, BatchMax))
            {
                if (batch.Count > 0)
                {
                    var began = Stopwatch.GetTimestamp();
                    writer.Write(batch);
                    metrics.Written(batch.Count, Stopwatch.GetElapsedTime(began));
                }
                queue.Written();
                BatchCompletion.Complete(batch, callsGoOn);
                batch.Clear();
            }
            writer.Dispose();
            finished.SetResult();
        }
        catch (Exception e)
        {
            // A bug, or a file that can no longer be used at all: nobody may go on as if entries were written.
            finished.TrySetException(e);
            Environment.FailFast("the charge journal has stopped", e);
        }
    }
}
