namespace Tokenline.Commerce.Payments;

/// <summary>What became of an event that arrived at the sink.</summary>
public enum CallbackVerdict
{
    /// <summary>It was so, and is known now.</summary>
    Taken = 1,

    /// <summary>The same event again: nothing was done.</summary>
    SeenBefore = 2,

    /// <summary>Not the token that was given for this payment.</summary>
    Unauthenticated = 3,

    /// <summary>No CloudEvent about a payment.</summary>
    Malformed = 4,

    /// <summary>Nothing was asked under this correlator.</summary>
    Unknown = 5,

    /// <summary>The carrier itself, when asked, says something else: another amount, currency, number or correlator, or another outcome.</summary>
    Contradicted = 6,

    /// <summary>The carrier could not be asked, or has not made up its mind: send it again.</summary>
    Later = 7,
}

/// <summary>What was asked of the carrier, by correlator. Kept by whoever asks: orders are one, and each answers for its own correlators.</summary>
public interface IAskedPayments
{
    Task<PhoneBillRequest?> FindAsync(string correlator, CancellationToken cancellation);
}

/// <summary>Hears that a payment has moved on, as the carrier had it when it was asked. May hear the same twice, late, and of payments that are not its own.</summary>
public interface IPaymentNews
{
    Task HearAsync(PhoneBillRequest asked, PhoneBillPayment payment, CancellationToken cancellation);
}

/// <summary>
/// Takes events of the carrier. An event is a reason to ask, never an answer: whoever may speak, the payment is looked up and compared with what was asked, and only what the carrier then says counts.
/// </summary>
public sealed class PaymentCallbacks(
    IPhoneBill phoneBill,
    IEnumerable<IAskedPayments> asked,
    IEnumerable<IPaymentNews> news,
    IPaymentAlarms alarms,
    CommerceOptions options,
    TimeProvider time
)
{
    private readonly SinkTokens tokens = new(options);
    private readonly SeenEvents seen = new(10_000);

    /// <param name="correlator">From the sink's path.</param>
    /// <param name="token">Of the bearer; null where there was none.</param>
    /// <param name="body">At most 16 KB.</param>
    /// <param name="cancellation">Stops waiting for the carrier.</param>
    public async Task<CallbackVerdict> TakeAsync(
        string correlator,
        string? token,
        ReadOnlyMemory<byte> body,
        CancellationToken cancellation
    )
    {
        if (!tokens.IsOf(correlator, token, time.GetUtcNow()))
            return CallbackVerdict.Unauthenticated;
        if (PaymentEvent.Read(body.Span) is not { } told)
            return CallbackVerdict.Malformed;
        if (seen.Contains(told))
            return CallbackVerdict.SeenBefore;
        if (await FindAsync(correlator, cancellation) is not { } request)
            return CallbackVerdict.Unknown;
        PhoneBillPayment? payment;
        try
        {
            payment = await phoneBill.ShowAsync(told.Payment, cancellation);
        }
        catch (HttpRequestException)
        {
            return CallbackVerdict.Later;
        }
        var verdict = await CompareAsync(told, request, payment, cancellation);
        // What may yet come true must be able to come again.
        if (verdict != CallbackVerdict.Later)
            seen.Add(told);
        return verdict;
    }

    private async Task<CallbackVerdict> CompareAsync(
        PaymentEvent told,
        PhoneBillRequest request,
        PhoneBillPayment? payment,
        CancellationToken cancellation
    )
    {
        if (payment is null)
            return Contradicted(request, "an event names a payment that the carrier does not know");
        if (!payment.Proves(request))
            return Contradicted(
                request,
                $"an event names a payment that is not the one that was asked for: {payment.Contradiction(request) ?? "its description is not whole"}"
            );
        if (payment.State == PhoneBillState.Processing)
            return CallbackVerdict.Later;
        if (told.Says is { } said && !CanBe(said, payment.State))
            return Contradicted(request, $"an event says {said}, the carrier says {payment.State}");
        foreach (var listener in news)
            await listener.HearAsync(request, payment, cancellation);
        return CallbackVerdict.Taken;
    }

    private async Task<PhoneBillRequest?> FindAsync(string correlator, CancellationToken cancellation)
    {
        foreach (var book in asked)
        {
            if (await book.FindAsync(correlator, cancellation) is { } request)
                return request;
        }
        return null;
    }

    /// <summary>Whether an event about the one state can come of a payment in the other: the same, or a later one, for events come late.</summary>
    private static bool CanBe(PhoneBillState said, PhoneBillState now) =>
        said == now || said is PhoneBillState.PendingValidation or PhoneBillState.Reserved;

    private CallbackVerdict Contradicted(PhoneBillRequest request, string words)
    {
        alarms.Raise(request.Correlator, words);
        return CallbackVerdict.Contradicted;
    }

    /// <summary>
    /// Source and id of the newest events. In memory: what is forgotten, or arrives at another node, is looked up once more and heard once more, which changes nothing.
    /// </summary>
    private sealed class SeenEvents(int kept)
    {
        private readonly Lock gate = new();
        private readonly HashSet<(string, string)> known = [];
        private readonly Queue<(string, string)> order = new();

        public bool Contains(PaymentEvent told)
        {
            lock (gate)
                return known.Contains((told.Source, told.Id));
        }

        public void Add(PaymentEvent told)
        {
            lock (gate)
            {
                if (!known.Add((told.Source, told.Id)))
                    return;
                order.Enqueue((told.Source, told.Id));
                if (order.Count > kept)
                    known.Remove(order.Dequeue());
            }
        }
    }
}
