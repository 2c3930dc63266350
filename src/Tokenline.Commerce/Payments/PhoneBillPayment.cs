namespace Tokenline.Commerce.Payments;

/// <summary>The states of CAMARA Carrier Billing.</summary>
public enum PhoneBillState
{
    Processing = 1,
    PendingValidation = 2,
    Reserved = 3,
    Succeeded = 4,
    Denied = 5,
    Cancelled = 6,
}

/// <summary>A payment as the carrier has it. What it did not say is null.</summary>
/// <param name="Reference">The carrier's own id.</param>
/// <param name="PaidAt">When the money moved, by the carrier's clock.</param>
public sealed record PhoneBillPayment(
    string Reference,
    PhoneBillState State,
    string? Correlator,
    string? PhoneNumber,
    Money? Amount,
    DateTimeOffset? PaidAt = null,
    PhoneBillValidation? Validation = null
)
{
    /// <summary>Nothing will become of it any more but a refund.</summary>
    public bool IsDecided => State is PhoneBillState.Succeeded or PhoneBillState.Denied or PhoneBillState.Cancelled;

    /// <summary>In what the carrier contradicts what it was asked; null: in nothing.</summary>
    public string? Contradiction(PhoneBillRequest asked)
    {
        if (Amount is { } amount && amount != asked.Amount)
            return $"{amount} instead of {asked.Amount}";
        if (Correlator is not null && Correlator != asked.Correlator)
            return $"correlator {Correlator} instead of {asked.Correlator}";
        return PhoneNumber is not null && PhoneNumber != asked.PhoneNumber ? "another phone number" : null;
    }

    /// <summary>Whether the carrier says by itself that this is the payment that was asked for: nothing missing, nothing different.</summary>
    public bool Proves(PhoneBillRequest asked) =>
        Amount is not null && Correlator is not null && PhoneNumber is not null && Contradiction(asked) is null;
}
