using System.Text.Json.Nodes;

namespace Tokenline.Simulators.Carrier;

/// <summary>Payments and refunds in the words of the API.</summary>
internal static class CarrierAnswers
{
    public static JsonObject Payment(CarrierEntry payment)
    {
        var answer = new JsonObject
        {
            ["paymentId"] = payment.Id,
            ["amountTransaction"] = Transaction(payment, "paymentAmount"),
            ["paymentStatus"] = payment.Status.Name(),
            ["paymentCreationDate"] = payment.BookedAt,
        };
        if (DateOf(payment) is { } date)
            answer["paymentDate"] = date;
        if (payment is { Status: CarrierStatus.PendingValidation, Validation: { } validation })
            answer["validationInfo"] = new JsonObject { ["action"] = "validate", ["authorizationId"] = validation.AuthorizationId };
        if (payment.Sink is { } sink)
            answer["sink"] = sink;
        return answer;
    }

    public static JsonObject Refund(CarrierEntry refund)
    {
        var answer = new JsonObject
        {
            ["refundId"] = refund.Id,
            ["refundStatus"] = refund.Status.Name(),
            ["type"] = refund.Total ? "total" : "partial",
            ["amountTransaction"] = Transaction(refund, "refundAmount"),
            ["refundCreationDate"] = refund.BookedAt,
        };
        if (DateOf(refund) is { } date)
            answer["refundDate"] = date;
        if (refund.Description.Length > 0)
            answer["reason"] = refund.Description;
        if (refund.Sink is { } sink)
            answer["sink"] = sink;
        return answer;
    }

    private static DateTimeOffset? DateOf(CarrierEntry entry) =>
        entry.Status == CarrierStatus.Succeeded ? entry.PaidAt ?? entry.BookedAt : null;

    private static JsonObject Transaction(CarrierEntry entry, string amountName)
    {
        var transaction = new JsonObject();
        if (!entry.IsRefund)
            transaction["phoneNumber"] = entry.PhoneNumber;
        transaction[amountName] = Amount(entry);
        transaction["referenceCode"] = entry.ReferenceCode;
        transaction["resourceURL"] = $"urn:{(entry.IsRefund ? "refunds" : "payments")}:{entry.Id}";
        transaction["serverReferenceCode"] = entry.Id;
        if (entry.ClientCorrelator is { } correlator)
            transaction["clientCorrelator"] = correlator;
        return transaction;
    }

    /// <summary>As it was asked for, with what was booked. A total refund says what it came to.</summary>
    private static JsonObject Amount(CarrierEntry entry)
    {
        var amount = entry.AmountJson is { } asked ? JsonNode.Parse(asked)!.AsObject() : [];
        if (amount["chargingInformation"] is not JsonObject charging)
            amount["chargingInformation"] = charging = new JsonObject { ["description"] = entry.Description };
        charging["amount"] = entry.Amount.ToDecimal();
        charging["currency"] = entry.Currency;
        return amount;
    }
}
