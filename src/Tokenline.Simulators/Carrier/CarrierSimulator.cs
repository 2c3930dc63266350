using Tokenline.Units;

namespace Tokenline.Simulators.Carrier;

/// <summary>The phone bills of every number: what was paid, what was given back, and what each month still allows.</summary>
public sealed class CarrierSimulator : IDisposable
{
    private static readonly TimeSpan zone = TimeSpan.FromHours(8); // months begin at midnight in China

    private readonly Lock gate = new();
    private readonly CarrierSimulatorOptions options;
    private readonly CarrierFile? file;
    private readonly List<CarrierEntry> entries = [];
    private readonly Dictionary<string, CarrierEntry> payments = [];
    private readonly Dictionary<(bool IsRefund, string Correlator), CarrierEntry> byCorrelator = [];
    private readonly Dictionary<(string PhoneNumber, int Month), long> paidNano = [];
    private readonly Dictionary<string, long> refundedNano = [];
    private readonly HashSet<string> failedOnce = [];

    public CarrierSimulator(CarrierSimulatorOptions? options = null)
    {
        this.options = options ?? new CarrierSimulatorOptions();
        Messages = new CarrierMessages(this.options.MessagesMax, this.options.Time);
        if (this.options.Folder is not { } folder)
            return;
        file = new CarrierFile(folder);
        foreach (var entry in file.ReadAll())
            Remember(entry);
    }

    /// <summary>Payments and refunds, in the order they were booked.</summary>
    public IReadOnlyList<CarrierEntry> Entries
    {
        get
        {
            lock (gate)
                return [.. entries];
        }
    }

    /// <summary>The text messages that were sent.</summary>
    public CarrierMessages Messages { get; }

    internal bool AllowAnonymous => options.AllowAnonymous;

    internal Currency Currency => options.MonthlyLimit.Currency;

    internal DateTimeOffset Now => options.Time.GetUtcNow();

    public void Dispose() => file?.Dispose();

    internal CarrierEntry? Payment(string id)
    {
        lock (gate)
            return payments.GetValueOrDefault(id);
    }

    /// <summary>Books a payment, unless it was booked before or something speaks against it.</summary>
    internal CarrierOutcome Pay(CarrierEntry payment)
    {
        lock (gate)
            return BookedBefore(payment) ?? Rehearsed(payment) ?? Full() ?? OverLimit(payment) ?? Book(payment);
    }

    /// <summary>Books a refund of at most what is left of the payment.</summary>
    internal CarrierOutcome Refund(CarrierEntry refund)
    {
        lock (gate)
        {
            if (BookedBefore(refund) is { } before)
                return before;
            var payment = payments[refund.PaymentId!];
            var left = payment.AmountNano - refundedNano.GetValueOrDefault(payment.Id);
            if (refund.Total)
                refund = refund with { AmountNano = left };
            if (left == 0)
                return CarrierOutcome.Refused(
                    403,
                    "CARRIER_BILLING_REFUND.PAYMENT_NOT_ELIGIBLE_FOR_REFUND",
                    "The whole payment has been refunded."
                );
            if (refund.AmountNano > left)
                return CarrierOutcome.Refused(422, "CARRIER_BILLING_REFUND.UNAUTHORIZED_AMOUNT", "More than what is left of the payment.");
            return Full() ?? Book(refund);
        }
    }

    private CarrierOutcome? BookedBefore(CarrierEntry entry)
    {
        if (
            entry.ClientCorrelator is not { } correlator
            || !byCorrelator.TryGetValue((entry.PaymentId is not null, correlator), out var first)
        )
            return null;
        return first.SameContentAs(entry)
            ? new CarrierOutcome(CarrierAnswer.BookedBefore, first)
            : CarrierOutcome.Refused(409, "ALREADY_EXISTS", "This clientCorrelator was used for a payment with other content.");
    }

    /// <summary>The numbers that behave in a published way.</summary>
    private CarrierOutcome? Rehearsed(CarrierEntry payment) =>
        payment.PhoneNumber[^4..] switch
        {
            "0001" => LimitReached(),
            "0002" => CarrierOutcome.Refused(403, "CARRIER_BILLING.PAYMENT_DENIED", "This number is barred from paying by phone bill."),
            "0003" when failedOnce.Count < options.EntriesMax && failedOnce.Add(payment.ClientCorrelator ?? payment.PhoneNumber) =>
                CarrierOutcome.Refused(500, "INTERNAL", "The simulator was told to fail once."),
            "0004" => CarrierOutcome.Silence,
            "0005" => Full() ?? OverLimit(payment) ?? Book(payment) with { Answer = CarrierAnswer.Silence },
            _ => null,
        };

    private CarrierOutcome? Full() =>
        entries.Count >= options.EntriesMax
            ? CarrierOutcome.Refused(429, "TOO_MANY_REQUESTS", "The simulator keeps no more payments.")
            : null;

    private CarrierOutcome? OverLimit(CarrierEntry payment) =>
        paidNano.GetValueOrDefault((payment.PhoneNumber, MonthOf(payment))) > options.MonthlyLimit.Nano - payment.AmountNano
            ? LimitReached()
            : null;

    private static CarrierOutcome LimitReached() =>
        CarrierOutcome.Refused(
            403,
            "CARRIER_BILLING.USER_AMOUNT_THRESHOLD_OVERPASSED",
            "This number has reached what it may pay in a month."
        );

    private CarrierOutcome Book(CarrierEntry entry)
    {
        // The file first: what cannot be kept is not booked.
        file?.Append(entry);
        Remember(entry);
        return new CarrierOutcome(CarrierAnswer.Booked, entry);
    }

    private void Remember(CarrierEntry entry)
    {
        entries.Add(entry);
        if (entry.ClientCorrelator is { } correlator)
            byCorrelator.Add((entry.PaymentId is not null, correlator), entry);
        var payment = entry.PaymentId is { } id ? payments[id] : entry;
        var month = (payment.PhoneNumber, MonthOf(payment));
        if (ReferenceEquals(payment, entry))
        {
            payments.Add(entry.Id, entry);
            paidNano[month] = paidNano.GetValueOrDefault(month) + entry.AmountNano;
        }
        else
        {
            refundedNano[payment.Id] = refundedNano.GetValueOrDefault(payment.Id) + entry.AmountNano;
            paidNano[month] -= entry.AmountNano;
        }
    }

    private static int MonthOf(CarrierEntry payment)
    {
        var local = payment.BookedAt.ToOffset(zone);
        return local.Year * 12 + local.Month;
    }
}
