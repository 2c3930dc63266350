using Tokenline.Units;

namespace Tokenline.Simulators.Carrier;

/// <summary>The phone bills of every number: what was paid, reserved and given back, and what each month still allows.</summary>
public sealed class CarrierSimulator : IDisposable
{
    private readonly Lock gate = new();
    private readonly CarrierSimulatorOptions options;
    private readonly CarrierBook book;
    private readonly Dictionary<string, CarrierSink> sinks = [];
    private readonly Dictionary<string, int> refusals = [];

    public CarrierSimulator(CarrierSimulatorOptions? options = null)
    {
        this.options = options ?? new CarrierSimulatorOptions();
        Messages = new CarrierMessages(this.options.MessagesMax, this.options.Time);
        OneTimePasswords = new CarrierOneTimePasswords(this.options, Messages, Faults);
        Callbacks = new CarrierCallbacks(this.options.Time);
        book = new CarrierBook(this.options.Folder);
    }

    /// <summary>Payments and refunds as they stand, in the order they were booked.</summary>
    public IReadOnlyList<CarrierEntry> Entries
    {
        get
        {
            lock (gate)
            {
                Advance();
                return [.. book.Entries];
            }
        }
    }

    /// <summary>The text messages that were sent.</summary>
    public CarrierMessages Messages { get; }

    /// <summary>What goes wrong for which number.</summary>
    public CarrierFaults Faults { get; } = new();

    /// <summary>The events that were sent.</summary>
    public CarrierCallbacks Callbacks { get; }

    internal CarrierOneTimePasswords OneTimePasswords { get; }

    internal bool AllowAnonymous => options.AllowAnonymous;

    internal Currency Currency => options.MonthlyLimit.Currency;

    internal DateTimeOffset Now => options.Time.GetUtcNow();

    internal TimeProvider Time => options.Time;

    public void Dispose()
    {
        Callbacks.Dispose();
        book.Dispose();
    }

    internal CarrierEntry? Payment(string id) => Find(id) is { IsRefund: false } payment ? payment : null;

    internal CarrierEntry? Refund(string paymentId, string id) => Find(id) is { } refund && refund.PaymentId == paymentId ? refund : null;

    /// <summary>What is left of the payment to be given back; what is being decided counts as given back.</summary>
    internal Money Remaining(CarrierEntry payment)
    {
        lock (gate)
        {
            Advance();
            return new Money(payment.AmountNano - book.RefundedNano(payment.Id), payment.Amount.Currency);
        }
    }

    /// <summary>Books a payment, or reserves it where it has two steps, unless it was booked before or something speaks against it.</summary>
    internal CarrierOutcome Pay(CarrierEntry payment, CarrierSink? sink = null)
    {
        lock (gate)
        {
            Advance();
            var fault = Faults.Of(payment.PhoneNumber);
            return BookedBefore(payment, fault) ?? Rehearsed(payment, fault) ?? Full() ?? OverLimit(payment) ?? Book(payment, fault, sink);
        }
    }

    /// <summary>Books a refund of at most what is left of the payment.</summary>
    internal CarrierOutcome Refund(CarrierEntry refund, CarrierRefundDetails details, CarrierSink? sink = null)
    {
        lock (gate)
        {
            Advance();
            var fault = Faults.Of(refund.PhoneNumber);
            if (BookedBefore(refund, fault) is { } before)
                return before;
            var payment = book.Find(refund.PaymentId!)!;
            var left = payment.AmountNano - book.RefundedNano(payment.Id);
            if (refund.Total)
                refund = refund with { AmountNano = left };
            return CarrierRefundRules.Against(refund, details, payment, left, fault) ?? Full() ?? BookRefund(refund, fault, sink);
        }
    }

    /// <summary>The code that the number was sent.</summary>
    internal CarrierOutcome Validate(string paymentId, string authorizationId, string code)
    {
        lock (gate)
        {
            Advance();
            if (book.Find(paymentId) is not { IsRefund: false } payment)
                return NoPayment();
            if (payment.Validation is not { } validation || validation.AuthorizationId != authorizationId)
                return CarrierOutcome.Refused(400, "CARRIER_BILLING.INVALID_AUTHORIZATION_ID", "Nothing waits under this authorizationId.");
            if (payment.Status == CarrierStatus.Denied)
                return TooManyCodes();
            if (payment.Status != CarrierStatus.PendingValidation)
                return CarrierOutcome.Refused(409, "ALREADY_EXISTS", "The payment has been validated.");
            if (validation.Code == code)
            {
                Become(payment, CarrierStatus.Reserved, Now);
                return new CarrierOutcome(CarrierAnswer.Booked, payment, 204);
            }
            payment = payment with { Validation = validation with { WrongCodes = validation.WrongCodes + 1 } };
            if (payment.Validation!.WrongCodes >= options.CodeAttemptsMax)
            {
                Become(payment, CarrierStatus.Denied, Now);
                return TooManyCodes();
            }
            book.Put(payment);
            return CarrierOutcome.Refused(400, "CARRIER_BILLING.INVALID_CODE", "This is not the code that was sent.");
        }
    }

    /// <summary>Charges what was reserved.</summary>
    internal CarrierOutcome Confirm(string paymentId, string? phoneNumber)
    {
        lock (gate)
        {
            Advance();
            if (SecondStep(paymentId, phoneNumber, out var payment) is { } refused)
                return refused;
            if (payment.Status == CarrierStatus.Denied)
                return CarrierOutcome.Refused(403, "CARRIER_BILLING.PAYMENT_DENIED", "The payment was denied.");
            if (payment.Status != CarrierStatus.Reserved)
                return NotYet(payment);
            switch (Faults.Of(payment.PhoneNumber))
            {
                case CarrierFault.DeniesConfirmation:
                    Become(payment, CarrierStatus.Denied, Now);
                    break;
                case CarrierFault.Asynchronous or CarrierFault.CallsBackTwice or CarrierFault.CallsBackLate:
                    Put(payment with { ChangesAt = Now + options.DecisionDelay, ChangesTo = CarrierStatus.Succeeded }, isNews: false);
                    break;
                default:
                    Become(payment, CarrierStatus.Succeeded, Now);
                    break;
            }
            return new CarrierOutcome(CarrierAnswer.Booked, payment, 202);
        }
    }

    /// <summary>Lets go of what was reserved.</summary>
    internal CarrierOutcome Cancel(string paymentId, string? phoneNumber)
    {
        lock (gate)
        {
            Advance();
            if (SecondStep(paymentId, phoneNumber, out var payment) is { } refused)
                return refused;
            if (payment.Status is not (CarrierStatus.Reserved or CarrierStatus.PendingValidation))
                return NotYet(payment);
            Become(payment, CarrierStatus.Cancelled, Now);
            return new CarrierOutcome(CarrierAnswer.Booked, payment, 202);
        }
    }

    private CarrierEntry? Find(string id)
    {
        lock (gate)
        {
            Advance();
            return book.Find(id);
        }
    }

    /// <summary>
    /// A correlator that is known is the same request again, or another one, which is refused: 400 while the first has not ended, 409 after.
    /// Without a correlator it is the reference that may not come twice.
    /// </summary>
    private CarrierOutcome? BookedBefore(CarrierEntry entry, CarrierFault fault)
    {
        if (entry.ClientCorrelator is not { } correlator)
            return book.KnowsReference(entry.IsRefund, entry.ReferenceCode)
                ? CarrierOutcome.Refused(409, "ALREADY_EXISTS", "This referenceCode was used, and there is no clientCorrelator.")
                : null;
        if (book.FindByCorrelator(entry.IsRefund, correlator) is not { } first)
            return null;
        if (first.SameContentAs(entry) && fault != CarrierFault.RefusesRepeats)
            return new CarrierOutcome(CarrierAnswer.BookedBefore, first);
        return first.Status.HasEnded()
            ? CarrierOutcome.Refused(409, "ALREADY_EXISTS", "This clientCorrelator was used before.")
            : CarrierOutcome.Refused(400, "INVALID_ARGUMENT", "clientCorrelator is in use by a payment that has not ended.");
    }

    /// <summary>The numbers that refuse in a published way.</summary>
    private CarrierOutcome? Rehearsed(CarrierEntry payment, CarrierFault fault) =>
        fault switch
        {
            CarrierFault.LimitReached => LimitReached(),
            CarrierFault.Barred => Denied("This number is barred from paying by phone bill."),
            CarrierFault.UnknownNumber => CarrierOutcome.Refused(404, "IDENTIFIER_NOT_FOUND", "This number is not the carrier's."),
            CarrierFault.FailsOnce when RefusedLessThan(1, payment) => CarrierOutcome.Refused(
                500,
                "INTERNAL",
                "The simulator was told to fail once."
            ),
            CarrierFault.RefusesTwice when RefusedLessThan(2, payment) => Denied("The simulator was told to refuse twice."),
            CarrierFault.NeverAnswers => CarrierOutcome.Silence,
            _ => null,
        };

    private bool RefusedLessThan(int times, CarrierEntry payment)
    {
        var key = payment.ClientCorrelator ?? payment.PhoneNumber;
        var before = refusals.GetValueOrDefault(key);
        if (before >= times || (before == 0 && refusals.Count >= options.EntriesMax))
            return false;
        refusals[key] = before + 1;
        return true;
    }

    private CarrierOutcome? Full() =>
        book.Count >= options.EntriesMax ? CarrierOutcome.Refused(429, "TOO_MANY_REQUESTS", "The simulator keeps no more payments.") : null;

    private CarrierOutcome? OverLimit(CarrierEntry payment)
    {
        if (payment.AmountNano > options.PaymentMax.Nano)
            return CarrierOutcome.Refused(422, "CARRIER_BILLING.UNAUTHORIZED_AMOUNT", $"A payment is {options.PaymentMax} at the most.");
        return book.PaidNano(payment) > options.MonthlyLimit.Nano - payment.AmountNano ? LimitReached() : null;
    }

    private CarrierOutcome Book(CarrierEntry payment, CarrierFault fault, CarrierSink? sink)
    {
        var asked = payment.AmountNano;
        payment = fault switch
        {
            CarrierFault.WrongAmount => payment with { AskedNano = asked, AmountNano = asked * 2 },
            CarrierFault.WrongCurrency => payment with { Currency = "USD" },
            _ => payment,
        };
        var good = payment.TwoSteps ? CarrierStatus.Reserved : CarrierStatus.Succeeded;
        switch (fault)
        {
            case CarrierFault.AsynchronousDenied or CarrierFault.CallsBackFalsely:
                payment = Undecided(payment, CarrierStatus.Denied);
                break;
            case CarrierFault.Asynchronous or CarrierFault.CallsBackTwice or CarrierFault.CallsBackLate:
                payment = Undecided(payment, good);
                break;
            case CarrierFault.NeedsValidation when payment.TwoSteps:
                payment = SendCode(payment);
                break;
            default:
                payment = In(payment, good, payment.BookedAt);
                break;
        }
        Put(payment, sink);
        return new CarrierOutcome(
            fault == CarrierFault.LosesFirstAnswer ? CarrierAnswer.Silence : CarrierAnswer.Booked,
            payment,
            Delay: fault == CarrierFault.AnswersLate ? options.LateAnswer : TimeSpan.Zero
        );
    }

    private CarrierOutcome BookRefund(CarrierEntry refund, CarrierFault fault, CarrierSink? sink)
    {
        refund =
            fault == CarrierFault.AsynchronousRefunds
                ? Undecided(refund, CarrierStatus.Succeeded)
                : In(refund, CarrierStatus.Succeeded, refund.BookedAt);
        Put(refund, sink);
        return new CarrierOutcome(CarrierAnswer.Booked, refund);
    }

    private CarrierEntry Undecided(CarrierEntry entry, CarrierStatus later) =>
        entry with
        {
            Status = CarrierStatus.Processing,
            ChangesAt = entry.BookedAt + options.DecisionDelay,
            ChangesTo = later,
        };

    private CarrierEntry SendCode(CarrierEntry payment)
    {
        var validation = new CarrierValidation(Guid.NewGuid().ToString(), CarrierOneTimePasswords.NewCode(), 0);
        Messages.Take(payment.Id, payment.PhoneNumber, "tel:10010", $"{validation.Code} confirms your purchase.");
        return In(payment, CarrierStatus.PendingValidation, payment.BookedAt) with { Validation = validation };
    }

    private CarrierEntry In(CarrierEntry entry, CarrierStatus status, DateTimeOffset at) =>
        status is CarrierStatus.Reserved or CarrierStatus.PendingValidation
            ? entry with
            {
                Status = status,
                ChangesAt = at + options.ReservationTime,
                ChangesTo = CarrierStatus.Cancelled,
            }
            : entry with
            {
                Status = status,
                ChangesAt = null,
                PaidAt = status == CarrierStatus.Succeeded ? at : null,
            };

    private CarrierOutcome? SecondStep(string paymentId, string? phoneNumber, out CarrierEntry payment)
    {
        payment = book.Find(paymentId)!;
        if (payment is not { IsRefund: false })
            return NoPayment();
        if (phoneNumber is null)
            return CarrierOutcome.Refused(422, "MISSING_IDENTIFIER", "The phone number cannot be identified.");
        if (phoneNumber != payment.PhoneNumber)
            return CarrierOutcome.Refused(404, "IDENTIFIER_NOT_FOUND", "The payment is not of this number.");
        return payment switch
        {
            { Status: CarrierStatus.Succeeded } or { Status: CarrierStatus.Reserved, ChangesTo: CarrierStatus.Succeeded } =>
                CarrierOutcome.Refused(409, "CARRIER_BILLING.PAYMENT_CONFIRMED", "The payment has been confirmed."),
            { Status: CarrierStatus.Cancelled } => CarrierOutcome.Refused(
                409,
                "CARRIER_BILLING.PAYMENT_CANCELLED",
                "The payment has been cancelled."
            ),
            _ => null,
        };
    }

    /// <summary>Whatever has come due by now, in the order of its time.</summary>
    private void Advance()
    {
        while (book.TakeDue(Now) is { } entry)
            Become(entry, entry.ChangesTo, entry.ChangesAt!.Value);
    }

    private void Become(CarrierEntry entry, CarrierStatus status, DateTimeOffset at) => Put(In(entry, status, at));

    private void Put(CarrierEntry entry, CarrierSink? sink = null, bool isNews = true)
    {
        book.Put(entry);
        if (sink is not null)
            sinks[entry.Id] = sink;
        if (!sinks.TryGetValue(entry.Id, out var known))
            return;
        if (entry.ChangesAt is { } at)
            Callbacks.At(at, Tick);
        if (isNews && entry.Status != CarrierStatus.Processing)
            Announce(entry, known);
        if (entry.Status.HasEnded())
            sinks.Remove(entry.Id);
    }

    private void Tick()
    {
        lock (gate)
            Advance();
    }

    private void Announce(CarrierEntry entry, CarrierSink sink)
    {
        var fault = Faults.Of(entry.PhoneNumber);
        var said = fault == CarrierFault.CallsBackFalsely ? CarrierStatus.Succeeded : entry.Status;
        var told = CarrierEvents.Of(entry, said, Now);
        var delay = fault == CarrierFault.CallsBackLate ? options.LateCallback : TimeSpan.Zero;
        for (var times = fault == CarrierFault.CallsBackTwice ? 2 : 1; times > 0; times--)
            Callbacks.Send(sink, told, entry.PaymentId ?? entry.Id, delay);
    }

    private static CarrierOutcome LimitReached() =>
        CarrierOutcome.Refused(
            422,
            "CARRIER_BILLING.USER_AMOUNT_THRESHOLD_OVERPASSED",
            "This number has reached what it may pay in a month."
        );

    private static CarrierOutcome Denied(string message) => CarrierOutcome.Refused(403, "CARRIER_BILLING.PAYMENT_DENIED", message);

    private static CarrierOutcome NoPayment() => CarrierOutcome.Refused(404, "NOT_FOUND", "There is no payment with this id.");

    private static CarrierOutcome NotYet(CarrierEntry payment) =>
        CarrierOutcome.Refused(409, "CONFLICT", $"The payment is {payment.Status.Name()}.");

    private static CarrierOutcome TooManyCodes() =>
        CarrierOutcome.Refused(400, "CARRIER_BILLING.VALIDATION_FAILED", "Too many wrong codes: the payment is denied.");
}
