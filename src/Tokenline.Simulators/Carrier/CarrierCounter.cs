using Tokenline.Units;

namespace Tokenline.Simulators.Carrier;

/// <summary>What the carrier made of a payment or a refund that was asked for at its counter.</summary>
/// <param name="Reference">Its own id; null: it said no.</param>
/// <param name="Reason">Why not.</param>
public sealed record CounterAnswer(string? Reference, string? Reason);

/// <summary>The same bookings as over HTTP, for callers in this process that make many: what is booked here is in the book, its limits and its file.</summary>
public sealed class CarrierCounter(CarrierSimulator carrier)
{
    private int number;

    public CounterAnswer Pay(string correlator, string phoneNumber, Money amount, string description) =>
        Answer(
            carrier.Pay(
                new CarrierEntry
                {
                    Id = NextId("pay"),
                    PhoneNumber = phoneNumber,
                    ClientCorrelator = correlator,
                    ReferenceCode = correlator,
                    AmountNano = amount.Nano,
                    Currency = amount.Currency.Code,
                    Description = description,
                    BookedAt = carrier.Now,
                    IsTaxIncluded = true,
                }
            )
        );

    public CounterAnswer Refund(string correlator, string payment, Money amount, string reason)
    {
        if (carrier.Payment(payment) is not { } paid)
            return new(null, "There is no payment with this id.");
        var refund = new CarrierEntry
        {
            Id = NextId("refund"),
            PaymentId = paid.Id,
            PhoneNumber = paid.PhoneNumber,
            ClientCorrelator = correlator,
            ReferenceCode = correlator,
            AmountNano = amount.Nano,
            Currency = amount.Currency.Code,
            Description = reason,
            BookedAt = carrier.Now,
        };
        return Answer(carrier.Refund(refund, new CarrierRefundDetails(true, [])));
    }

    /// <summary>The payment that was booked under this correlator; null: there is none.</summary>
    public CarrierEntry? Find(string correlator) =>
        carrier.Entries.FirstOrDefault(entry => !entry.IsRefund && entry.ClientCorrelator == correlator);

    public CarrierEntry? Show(string payment) => carrier.Payment(payment);

    private static CounterAnswer Answer(CarrierOutcome outcome) =>
        outcome.Entry is { Status: CarrierStatus.Succeeded } booked ? new(booked.Id, null) : new(null, outcome.Message);

    private string NextId(string kind) => $"{kind}-{carrier.Now.ToUnixTimeMilliseconds():x}-{Interlocked.Increment(ref number):x}";
}
