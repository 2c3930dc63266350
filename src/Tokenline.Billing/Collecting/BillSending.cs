using Tokenline.Billing.Bills;

namespace Tokenline.Billing.Collecting;

/// <summary>How far sending a month's bills is, and what this slice of it came to.</summary>
/// <param name="At">Bills looked at, of <paramref name="Of"/>.</param>
/// <param name="After">The last bill that was looked at; given back, the next slice goes on behind it.</param>
/// <param name="Sent">Now; of a dry run, that would be.</param>
/// <param name="Before">That were sent before, or have nothing to be paid.</param>
/// <param name="OnHold">That are disputed.</param>
/// <param name="Collected">Of those sent now: paid at once.</param>
/// <param name="Invoiced">Of those sent now.</param>
/// <param name="Unpaid">Of those sent now: refused, or without an answer; they are asked for again.</param>
/// <param name="Waiting">Of those sent now: their customers pay them.</param>
/// <param name="DueNano">Of those sent now.</param>
/// <param name="Trouble">Bills that could not be sent, and why.</param>
public sealed record BillSendReport(
    BillingPeriod Period,
    bool IsDone,
    string After,
    long At,
    long Of,
    int Sent,
    int Before,
    int OnHold,
    int Collected,
    int Invoiced,
    int Unpaid,
    int Waiting,
    Int128 DueNano,
    IReadOnlyList<(string Bill, string Why)> Trouble
);

/// <summary>Sends all bills of a month, slice by slice. A bill that was sent is passed by, so it may be stopped anywhere and be begun again: each is sent, and asked for, once.</summary>
public sealed class BillSending(IBillingStore store, BillCollecting collecting)
{
    /// <summary>Most of a bill is waiting for the carrier; so many wait together.</summary>
    public int AtOnce { get; init; } = 16;

    /// <summary>Bills in memory at once.</summary>
    public int PageSize { get; init; } = 100;

    /// <param name="after">The report before said so; empty begins.</param>
    /// <param name="isDry">Nothing is sent.</param>
    /// <param name="isEnough">Asked after each page: then the slice ends.</param>
    public async Task<BillSendReport> StepAsync(
        BillingPeriod period,
        string after,
        bool isDry,
        Func<bool> isEnough,
        CancellationToken cancellation
    )
    {
        var of = await store.CountAsync(DocumentKind.Bill, period, cancellation);
        var slice = new Slice();
        do
        {
            var page = await store.ListAsync(DocumentKind.Bill, null, period, after, PageSize, cancellation);
            await Parallel.ForEachAsync(
                page,
                new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation },
                async (stored, _) => slice.Add(await SendAsync(BillingJson.Read<BillDocument>(stored.Body), isDry, cancellation))
            );
            if (page.Count < PageSize)
                return slice.Report(period, isDone: true, "", of);
            after = page[^1].Id;
        } while (!isEnough());
        return slice.Report(period, isDone: false, after, of);
    }

    private async Task<One> SendAsync(BillDocument bill, bool isDry, CancellationToken cancellation)
    {
        var id = bill.Bill.Id;
        if (bill.State == BillState.OnHold)
            return new(What.OnHold);
        if (bill.State != BillState.Validated)
            return new(What.Before);
        if (isDry)
            return new(What.Waiting, bill.Bill.DueNano);
        try
        {
            var sent = await collecting.SendAsync(id, cancellation);
            if (sent.Refused is { } refused)
                return new(What.Trouble, 0, (id, refused.Message));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return new(What.Trouble, 0, (id, e.Message));
        }
        var what = (await collecting.FindCollectionAsync(id, cancellation))?.State switch
        {
            CollectionState.Collected => What.Collected,
            CollectionState.Invoiced => What.Invoiced,
            CollectionState.Asked or CollectionState.Refused or CollectionState.Exhausted => What.Unpaid,
            _ => What.Waiting,
        };
        return new(what, bill.Bill.DueNano);
    }

    private enum What
    {
        Before,
        OnHold,
        Collected,
        Invoiced,
        Unpaid,
        Waiting,
        Trouble,
    }

    private readonly record struct One(What What, long DueNano = 0, (string, string)? Trouble = null);

    /// <summary>Bills that are sent beside each other, added up.</summary>
    private sealed class Slice
    {
        private readonly Lock gate = new();
        private readonly int[] counts = new int[Enum.GetValues<What>().Length];
        private readonly List<(string Bill, string Why)> trouble = [];
        private Int128 due;

        public void Add(One one)
        {
            lock (gate)
            {
                counts[(int)one.What]++;
                due += one.DueNano;
                if (one.Trouble is { } known)
                    trouble.Add(known);
            }
        }

        public BillSendReport Report(BillingPeriod period, bool isDone, string after, long of) =>
            new(
                period,
                isDone,
                after,
                counts.Sum(),
                of,
                counts[(int)What.Collected] + counts[(int)What.Invoiced] + counts[(int)What.Unpaid] + counts[(int)What.Waiting],
                counts[(int)What.Before],
                counts[(int)What.OnHold],
                counts[(int)What.Collected],
                counts[(int)What.Invoiced],
                counts[(int)What.Unpaid],
                counts[(int)What.Waiting],
                due,
                [.. trouble.OrderBy(one => one.Bill, StringComparer.Ordinal)]
            );
    }
}
