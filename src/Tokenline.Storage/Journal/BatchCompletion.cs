namespace Tokenline.Storage.Journal;

/// <summary>
/// Tells those who wait for a batch, a few dozen of them after each other on one thread of the pool, and more where there are not as many processors.
/// One by one they would each wake a thread, which costs more than what they then have to do.
/// </summary>
internal sealed class BatchCompletion : IThreadPoolWorkItem
{
    private const int ItemsMin = 24;

    private readonly JournalItem[] items;

    private BatchCompletion(JournalItem[] items) => this.items = items;

    public static void Queue(List<JournalItem> batch)
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
