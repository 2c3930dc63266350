namespace Tokenline.Simulators.Carrier;

/// <summary>Payments and refunds as they stand, and what they come to for each number and payment. Not thread-safe: its owner has the lock.</summary>
internal sealed class CarrierBook : IDisposable
{
    /// <summary>Months and days begin at midnight in China.</summary>
    public static readonly TimeSpan Zone = TimeSpan.FromHours(8);

    private readonly CarrierFile? file;
    private readonly List<string> order = [];
    private readonly Dictionary<string, CarrierEntry> byId = [];
    private readonly Dictionary<(bool IsRefund, string Correlator), string> byCorrelator = [];
    private readonly HashSet<(bool IsRefund, string Reference)> references = [];
    private readonly Dictionary<(string PhoneNumber, int Month), long> paidNano = [];
    private readonly Dictionary<string, long> refundedNano = [];
    private readonly PriorityQueue<string, DateTimeOffset> changes = new();

    public CarrierBook(string? folder)
    {
        if (folder is null)
            return;
        file = new CarrierFile(folder);
        foreach (var entry in file.ReadAll())
            Remember(entry);
    }

    public int Count => order.Count;

    /// <summary>In the order they were booked.</summary>
    public IEnumerable<CarrierEntry> Entries => order.Select(id => byId[id]);

    public CarrierEntry? Find(string id) => byId.GetValueOrDefault(id);

    public CarrierEntry? FindByCorrelator(bool isRefund, string correlator) =>
        byCorrelator.TryGetValue((isRefund, correlator), out var id) ? byId[id] : null;

    public bool KnowsReference(bool isRefund, string reference) => references.Contains((isRefund, reference));

    /// <summary>Paid or reserved by the number in the month of this payment.</summary>
    public long PaidNano(CarrierEntry payment) => paidNano.GetValueOrDefault(MonthOf(payment));

    /// <summary>Of this payment; what is still being decided counts.</summary>
    public long RefundedNano(string paymentId) => refundedNano.GetValueOrDefault(paymentId);

    /// <summary>The file first: what cannot be kept is not booked.</summary>
    public void Put(CarrierEntry entry)
    {
        file?.Append(entry);
        Remember(entry);
    }

    /// <summary>An entry whose time has come, each once.</summary>
    public CarrierEntry? TakeDue(DateTimeOffset now)
    {
        while (changes.TryPeek(out var id, out var at) && at <= now)
        {
            changes.Dequeue();
            if (byId[id] is { } entry && entry.ChangesAt == at)
                return entry;
        }
        return null;
    }

    public void Dispose() => file?.Dispose();

    private void Remember(CarrierEntry entry)
    {
        if (byId.TryGetValue(entry.Id, out var before))
        {
            Tally(before, -1);
        }
        else
        {
            order.Add(entry.Id);
            references.Add((entry.IsRefund, entry.ReferenceCode));
            if (entry.ClientCorrelator is { } correlator)
                byCorrelator.Add((entry.IsRefund, correlator), entry.Id);
        }
        byId[entry.Id] = entry;
        Tally(entry, 1);
        if (entry.ChangesAt is { } at)
            changes.Enqueue(entry.Id, at);
    }

    private void Tally(CarrierEntry entry, int sign)
    {
        if (!entry.IsRefund)
        {
            if (entry.Status.Counts())
                Add(paidNano, MonthOf(entry), sign * entry.AmountNano);
            return;
        }
        if (entry.Status.Counts())
            Add(refundedNano, entry.PaymentId!, sign * entry.AmountNano);
        // The room in the month is free when the money is back.
        if (entry.Status == CarrierStatus.Succeeded)
            Add(paidNano, MonthOf(byId[entry.PaymentId!]), -sign * entry.AmountNano);
    }

    private static void Add<T>(Dictionary<T, long> sums, T key, long nano)
        where T : notnull => sums[key] = sums.GetValueOrDefault(key) + nano;

    private static (string PhoneNumber, int Month) MonthOf(CarrierEntry payment)
    {
        var local = payment.BookedAt.ToOffset(Zone);
        return (payment.PhoneNumber, local.Year * 12 + local.Month);
    }
}
