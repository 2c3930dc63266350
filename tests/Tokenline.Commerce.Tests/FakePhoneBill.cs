using Tokenline.Commerce.Payments;

namespace Tokenline.Commerce.Tests;

/// <summary>A carrier by script: it books once per correlator, and answers or not as told.</summary>
internal sealed class FakePhoneBill : IPhoneBill
{
    private readonly Lock gate = new(); // renewals ask several at once
    private readonly Dictionary<string, PhoneBillOutcome> booked = [];
    private readonly Dictionary<string, PhoneBillPayment> payments = [];
    private readonly Dictionary<string, PhoneBillRefund> refunds = [];

    public List<(string Correlator, string PhoneNumber, Money Amount)> Asked { get; } = [];

    public int Booked => booked.Count;

    /// <summary>Given back, in the order it was asked for.</summary>
    public IReadOnlyCollection<PhoneBillRefund> Refunds => refunds.Values;

    /// <summary>As they stand, by reference.</summary>
    public IReadOnlyDictionary<string, PhoneBillPayment> Payments => payments;

    /// <summary>What is on the bill, by correlator.</summary>
    public Dictionary<string, Money> Amounts { get; } = [];

    /// <summary>Refuses with these words.</summary>
    public string? Refusal { get; set; }

    /// <summary>Never answers, and books nothing.</summary>
    public bool IsDown { get; set; }

    /// <summary>Books, and then the answer is lost.</summary>
    public bool LosesAnswers { get; set; }

    /// <summary>Runs while the carrier is being asked.</summary>
    public Func<Task>? Meanwhile { get; set; }

    /// <summary>A payment that was not asked for here.</summary>
    public void Have(PhoneBillPayment payment) => payments[payment.Reference] = payment;

    public Task<PhoneBillOutcome> ChargeAsync(
        string correlator,
        string phoneNumber,
        Money amount,
        string description,
        CancellationToken cancellation
    ) => BookAsync(new(correlator, phoneNumber, amount, description), PhoneBillState.Succeeded);

    public Task<PhoneBillOutcome> ReserveAsync(PhoneBillRequest request, CancellationToken cancellation) =>
        BookAsync(request, PhoneBillState.Reserved);

    public Task<PasswordCheck> ValidateAsync(string reference, string authorizationId, string code, CancellationToken cancellation) =>
        Task.FromResult(PasswordCheck.Unknown);

    public Task<PhoneBillOutcome> ConfirmAsync(string reference, PhoneBillRequest request, CancellationToken cancellation) =>
        EndAsync(reference, PhoneBillState.Succeeded);

    public Task<PhoneBillOutcome> CancelAsync(string reference, PhoneBillRequest request, CancellationToken cancellation) =>
        EndAsync(reference, PhoneBillState.Cancelled);

    public Task<PhoneBillOutcome> RefundAsync(PhoneBillRefund refund, CancellationToken cancellation)
    {
        if (IsDown)
            throw new HttpRequestException("no answer");
        if (refunds.GetValueOrDefault(refund.Correlator) is null)
        {
            var left =
                payments[refund.Payment].Amount!.Value.Nano
                - refunds.Values.Where(made => made.Payment == refund.Payment).Sum(made => made.Amount.Nano);
            if (Refusal is not null || refund.Amount.Nano > left)
                return Task.FromResult(new PhoneBillOutcome(false, null, Refusal ?? "more than is left"));
            refunds[refund.Correlator] = refund;
        }
        return LosesAnswers
            ? throw new HttpRequestException("the answer was lost")
            : Task.FromResult(new PhoneBillOutcome(true, $"refund-{refund.Correlator}", null));
    }

    public Task<PhoneBillPayment?> FindAsync(string correlator, DateTimeOffset askedAt, CancellationToken cancellation) =>
        IsDown
            ? throw new HttpRequestException("no answer")
            : Task.FromResult(payments.Values.FirstOrDefault(payment => payment.Correlator == correlator));

    public Task<PhoneBillPayment?> ShowAsync(string reference, CancellationToken cancellation) =>
        IsDown ? throw new HttpRequestException("no answer") : Task.FromResult(payments.GetValueOrDefault(reference));

    private async Task<PhoneBillOutcome> BookAsync(PhoneBillRequest request, PhoneBillState state)
    {
        PhoneBillOutcome? outcome;
        lock (gate)
        {
            Asked.Add((request.Correlator, request.PhoneNumber, request.Amount));
            if (IsDown)
                throw new HttpRequestException("no answer");
            if (Refusal is { } reason && !booked.ContainsKey(request.Correlator))
                return new(false, null, reason);
            if (!booked.TryGetValue(request.Correlator, out outcome))
            {
                booked.Add(request.Correlator, outcome = new(true, $"pay-{booked.Count + 1}", null));
                Amounts.Add(request.Correlator, request.Amount);
                payments.Add(outcome.Reference!, new(outcome.Reference!, state, request.Correlator, request.PhoneNumber, request.Amount));
            }
        }
        if (Meanwhile is { } meanwhile)
        {
            Meanwhile = null;
            await meanwhile();
        }
        return LosesAnswers ? throw new HttpRequestException("the answer was lost") : outcome;
    }

    private Task<PhoneBillOutcome> EndAsync(string reference, PhoneBillState state)
    {
        if (IsDown)
            throw new HttpRequestException("no answer");
        if (payments[reference].State == PhoneBillState.Reserved && Refusal is null)
            payments[reference] = payments[reference] with { State = state };
        var accepted = payments[reference].State == state;
        return LosesAnswers
            ? throw new HttpRequestException("the answer was lost")
            : Task.FromResult(new PhoneBillOutcome(accepted, accepted ? reference : null, accepted ? null : Refusal ?? "it has ended"));
    }
}
