using Tokenline.Charging.Records;

namespace Tokenline.Storage.Journal;

/// <summary>Takes what is looked for out of the rows of an account that a store reads, in their order, and says when that is enough.</summary>
internal sealed class RecordSieve
{
    /// <summary>Where the JSON of a record holds its key: read without the rest of it.</summary>
    public const string KeyMark = "\"key\":\"";

    private const int LimitMax = 5000;

    private readonly RecordSearch search;
    private readonly int limit;
    private readonly int looksMax;
    private readonly List<long> newest = [];
    private readonly PriorityQueue<long, (long Figure, long Charge)> first = new();

    public RecordSieve(RecordSearch search, int limit, int looksMax)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, LimitMax);
        ArgumentOutOfRangeException.ThrowIfLessThan(looksMax, 1);
        (this.search, this.limit, this.looksMax) = (search, limit, looksMax);
    }

    public int Looked { get; private set; }

    /// <summary>The last that was looked at, if there may be more; else null.</summary>
    public ChargeId? Next { get; private set; }

    private ChargeId last;

    /// <param name="key">What follows <see cref="KeyMark"/>; asked for only where the search names keys.</param>
    /// <param name="figure">What the order goes by.</param>
    /// <returns>Whether the next row is wanted.</returns>
    public bool Take(long charge, string model, Func<string> key, long figure)
    {
        var isWanted =
            charge >= search.Lowest
            && charge < search.Limit
            && (search.Model is null || search.Model == model)
            && (search.Keys is null || (KeyId.TryParse(key(), out var id) && search.Keys.Contains(id)));
        if (Looked == looksMax || (isWanted && search.Order == RecordOrder.Newest && newest.Count == limit))
        {
            Next = last;
            return false;
        }
        (Looked, last) = (Looked + 1, new ChargeId(charge));
        if (!isWanted)
            return true;
        if (search.Order == RecordOrder.Newest)
            newest.Add(charge);
        else if (first.Count < limit)
            first.Enqueue(charge, (figure, charge));
        else
            first.EnqueueDequeue(charge, (figure, charge));
        return true;
    }

    /// <summary>The rows of others between those of the account were too many.</summary>
    public void CutAt(long charge) => Next = new ChargeId(charge);

    /// <summary>The charges that were found, in the order that was asked for.</summary>
    public long[] Found()
    {
        if (search.Order == RecordOrder.Newest)
            return [.. newest];
        var found = new long[first.Count];
        for (var i = found.Length - 1; i >= 0; i--)
            found[i] = first.Dequeue();
        return found;
    }
}
