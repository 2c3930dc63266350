using System.Text.Json;

namespace Tokenline.Commerce.Payments;

/// <summary>A CloudEvent of the carrier about a payment, as far as it is believed: which payment, and that something became of it.</summary>
/// <param name="Says">The state that it speaks of; null: a kind of event that is not known here.</param>
internal sealed record PaymentEvent(string Source, string Id, string Payment, PhoneBillState? Says)
{
    public const int BytesMax = 16 * 1024;
    private const string Prefix = "org.camaraproject.carrier-billing.v0.";
    private const int TextLengthMax = 256;

    /// <summary>Null: it is no CloudEvent 1.0 about a payment.</summary>
    public static PaymentEvent? Read(ReadOnlySpan<byte> body)
    {
        if (body.Length > BytesMax)
            return null;
        JsonElement read;
        try
        {
            read = JsonSerializer.Deserialize<JsonElement>(body);
        }
        catch (JsonException)
        {
            return null;
        }
        return
            read.Text("specversion") == "1.0"
            && read.Text("id") is { Length: > 0 and <= TextLengthMax } id
            && read.Text("source") is { Length: > 0 and <= TextLengthMax } source
            && read.Text("type") is { } type
            && type.StartsWith(Prefix, StringComparison.Ordinal)
            && read.Member("data").Text("paymentId") is { Length: > 0 and <= TextLengthMax } payment
            ? new(source, id, payment, State(type[Prefix.Length..]))
            : null;
    }

    private static PhoneBillState? State(string type) =>
        type switch
        {
            "payment-pending-validation" => PhoneBillState.PendingValidation,
            "payment-reserved" => PhoneBillState.Reserved,
            "payment-completed" => PhoneBillState.Succeeded,
            "payment-cancelled" => PhoneBillState.Cancelled,
            "payment-denied" => PhoneBillState.Denied,
            _ => null,
        };
}
