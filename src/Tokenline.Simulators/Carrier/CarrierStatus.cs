using System.Text.Json.Serialization;

namespace Tokenline.Simulators.Carrier;

/// <summary>
/// Where a payment or a refund stands. One step: <c>processing</c> → <c>succeeded</c> or <c>denied</c>, or <c>succeeded</c> at once.
/// Two steps: <c>processing</c> and <c>pending_validation</c> where needed, then <c>reserved</c> → <c>succeeded</c>, <c>denied</c> or <c>cancelled</c>.
/// </summary>
[JsonConverter(typeof(JsonStringEnumConverter<CarrierStatus>))]
public enum CarrierStatus
{
    // The default: lines of carrier.jsonl that say nothing were booked when there was nothing else.
    [JsonStringEnumMemberName("succeeded")]
    Succeeded,

    [JsonStringEnumMemberName("processing")]
    Processing,

    [JsonStringEnumMemberName("pending_validation")]
    PendingValidation,

    [JsonStringEnumMemberName("reserved")]
    Reserved,

    [JsonStringEnumMemberName("denied")]
    Denied,

    [JsonStringEnumMemberName("cancelled")]
    Cancelled,
}

internal static class CarrierStatuses
{
    public static string Name(this CarrierStatus status) =>
        status switch
        {
            CarrierStatus.Succeeded => "succeeded",
            CarrierStatus.Processing => "processing",
            CarrierStatus.PendingValidation => "pending_validation",
            CarrierStatus.Reserved => "reserved",
            CarrierStatus.Denied => "denied",
            _ => "cancelled",
        };

    public static bool HasEnded(this CarrierStatus status) =>
        status is CarrierStatus.Succeeded or CarrierStatus.Denied or CarrierStatus.Cancelled;

    /// <summary>Whether the amount counts: it was paid, or may still be.</summary>
    public static bool Counts(this CarrierStatus status) => status is not (CarrierStatus.Denied or CarrierStatus.Cancelled);
}
