namespace Tokenline.Storage.Journal;

/// <summary>
/// Tells those who wait for a batch. Few calls that only have to send what they have go on at once, on the writer's thread: to wake another for them costs more than what they do,
/// and a thread that has just written lingers anyway. Everybody else goes on on threads of the pool, a few dozen of them after each other on one, and more where there are not as many
/// processors: one by one they would each wake a thread.
/// </summary>
internal sealed class BatchCompletion : IThreadPoolWorkItem
{
    private const int ItemsMin = 24;

    /// <summary>Calls that go on on the writer's thread, in one batch. Where there are more, each pays little for a thread of the pool, and the next batch must not wait for all of them.</summary>
    private const int BriefMax = 24;

    private readonly JournalItem[] items;

    private BatchCompletion(JournalItem[] items) => this.items = items;

    /// <param name="goesOn">Whether calls may go on on this thread.</param>
    public static void Complete(List<JournalItem> batch, bool goesOn)
    {
        if (!goesOn || !FewCallsWait(batch))
        {
            Queue(batch);
            return;
        }
        Queue(batch.FindAll(static item => !item.IsBrief));
        foreach (var item in batch)
        {
            if (item.IsBrief)
                item.Complete();
        }
    }

    private static bool FewCallsWait(List<JournalItem> batch)
    {
        var calls = 0;
        foreach (var item in batch)
        {
            if (item is EntryItem { IsBrief: true, IsUrgent: true } && ++calls > BriefMax)
                return false;
        }
        return true;
    }

    private static void Queue(List<JournalItem> batch)
    {
        var most = Math.Max(ItemsMin, (batch.Count + Environment.ProcessorCount - 1) / Environment.ProcessorCount);
        for (var start = 0; start < batch.Count; start += most)
        {
            var items = new JournalItem[Math.Min(most, batch.Count - start)];
            batch.CopyTo(start, items, 0, items.Length);
            ThreadPool.UnsafeQueueUserWorkItem(new BatchCompletion(items), preferLocal: false);
        }
    }

    public void Execute()
    {
        foreach (var item in items)
            item.Complete();
    }
}
