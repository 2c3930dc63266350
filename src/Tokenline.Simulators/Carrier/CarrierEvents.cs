using System.Text.Json.Nodes;

namespace Tokenline.Simulators.Carrier;

/// <summary>What a sink is told, as a CloudEvent. It names the payment and how the procedure went, and neither amount nor correlator: those are to be looked up.</summary>
internal static class CarrierEvents
{
    private const string Payments = "org.camaraproject.carrier-billing.v0.";
    private const string Refunds = "org.camaraproject.carrier-billing-refund.v0.";

    public static JsonObject Of(CarrierEntry entry, CarrierStatus said, DateTimeOffset now)
    {
        var data = new JsonObject
        {
            ["paymentId"] = entry.PaymentId ?? entry.Id,
            ["status"] = said == CarrierStatus.Denied ? "failed" : "succeeded",
            ["description"] = entry.IsRefund ? "Refund notification" : "Payment notification",
        };
        if (entry.IsRefund)
            data["refundId"] = entry.Id;
        if (said == CarrierStatus.Succeeded)
            data[entry.IsRefund ? "refundDate" : "paymentDate"] = entry.PaidAt ?? now;
        if (said == CarrierStatus.Denied)
            data["denialReason"] = "The simulator was told to deny it.";
        return new JsonObject
        {
            ["id"] = Guid.NewGuid().ToString(),
            ["source"] = "urn:tokenline:carrier-simulator",
            ["type"] = entry.IsRefund ? Refunds + RefundType(said) : Payments + PaymentType(said),
            ["specversion"] = "1.0",
            ["datacontenttype"] = "application/json",
            ["time"] = now,
            ["data"] = data,
        };
    }

    private static string PaymentType(CarrierStatus said) =>
        said switch
        {
            CarrierStatus.Succeeded => "payment-completed",
            CarrierStatus.Reserved => "payment-reserved",
            CarrierStatus.PendingValidation => "payment-pending-validation",
            CarrierStatus.Cancelled => "payment-cancelled",
            CarrierStatus.Denied => "payment-denied",
            _ => throw new InvalidOperationException($"no event says {said}"),
        };

    private static string RefundType(CarrierStatus said) => said == CarrierStatus.Succeeded ? "refund-completed" : "refund-denied";
}
