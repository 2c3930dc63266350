using System.Text.Json.Serialization;
using Tokenline.Units;

namespace Tokenline.Simulators.Carrier;

/// <summary>
/// A payment, or a refund of one, as it was booked; a line of <c>carrier.jsonl</c>. Refunds name the payment in <see cref="PaymentId"/>.
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

    [JsonIgnore]
    public Money Amount => new(AmountNano, new Currency(Currency));

    /// <summary>Whether a request says the same as the one that made this entry. A total refund names no amount.</summary>
    internal bool SameContentAs(CarrierEntry other) =>
        PaymentId == other.PaymentId
        && PhoneNumber == other.PhoneNumber
        && ReferenceCode == other.ReferenceCode
        && Total == other.Total
        && (Total || (AmountNano == other.AmountNano && Currency == other.Currency))
        && Description == other.Description;
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(CarrierEntry))]
internal sealed partial class CarrierJson : JsonSerializerContext;
