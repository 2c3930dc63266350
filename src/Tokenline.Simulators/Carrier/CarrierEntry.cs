using System.Text.Json.Serialization;
using Tokenline.Units;

namespace Tokenline.Simulators.Carrier;

/// <summary>
/// A payment, or a refund of one, as it stands; a line of <c>carrier.jsonl</c>, of which the last one with an id is valid. Refunds name the payment in <see cref="PaymentId"/>.
/// </summary>
public sealed record CarrierEntry
{
    public required string Id { get; init; }

    /// <summary>Of a refund: the payment it gives back. Of a payment: null.</summary>
    public string? PaymentId { get; init; }
    public required string PhoneNumber { get; init; }
    public string? ClientCorrelator { get; init; }
    public required string ReferenceCode { get; init; }

    /// <summary>In nano-units of <see cref="Currency"/>.</summary>
    public required long AmountNano { get; init; }
    public required string Currency { get; init; }
    public required string Description { get; init; }

    /// <summary>Of a refund: everything that was left.</summary>
    public bool Total { get; init; }
    public required DateTimeOffset BookedAt { get; init; }
    public CarrierStatus Status { get; init; }

    /// <summary>When the money moved; null while it has not.</summary>
    public DateTimeOffset? PaidAt { get; init; }

    /// <summary>Of a payment: prepared first, then confirmed or cancelled.</summary>
    public bool TwoSteps { get; init; }

    /// <summary>When the carrier makes up its mind, or lets a reservation go.</summary>
    public DateTimeOffset? ChangesAt { get; init; }

    /// <summary>What it makes of it then.</summary>
    public CarrierStatus ChangesTo { get; init; }

    /// <summary>Of a payment that waits for a code.</summary>
    public CarrierValidation? Validation { get; init; }

    /// <summary>The whole <c>paymentAmount</c> or <c>refundAmount</c> as it was asked for, to be said back.</summary>
    public string? AmountJson { get; init; }
    public bool IsTaxIncluded { get; init; }
    public string? MerchantIdentifier { get; init; }

    /// <summary>Of a payment: what its <c>paymentDetails</c> come to, by item.</summary>
    public IReadOnlyDictionary<string, long>? ItemsNano { get; init; }
    public string? Sink { get; init; }

    [JsonIgnore]
    public Money Amount => new(AmountNano, new Currency(Currency));

    [JsonIgnore]
    public bool IsRefund => PaymentId is not null;

    /// <summary>What was asked for before the simulator misheard it on purpose.</summary>
    public long? AskedNano { get; init; }

    /// <summary>Whether a request says the same as the one that made this entry. A total refund names no amount.</summary>
    internal bool SameContentAs(CarrierEntry other) =>
        PaymentId == other.PaymentId
        && PhoneNumber == other.PhoneNumber
        && ReferenceCode == other.ReferenceCode
        && TwoSteps == other.TwoSteps
        && Total == other.Total
        && (Total || (AskedNano ?? AmountNano) == other.AmountNano)
        && Description == other.Description;
}

/// <summary>A code that was sent to the number, and how often another one was tried.</summary>
public sealed record CarrierValidation(string AuthorizationId, string Code, int WrongCodes);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(CarrierEntry))]
internal sealed partial class CarrierJson : JsonSerializerContext;
