using System.Text.Json;

namespace Tokenline.Commerce.Payments;

/// <summary>Requests and payments in the words of the API.</summary>
internal static class CarrierBodies
{
    public static object Payment(PhoneBillRequest asked, CarrierSink? sink)
    {
        var amountTransaction = new
        {
            phoneNumber = asked.PhoneNumber,
            clientCorrelator = asked.Correlator,
            referenceCode = asked.Correlator,
            paymentAmount = new { chargingInformation = Charging(asked.Amount, asked.Description) },
        };
        return sink is null
            ? new { amountTransaction }
            : new
            {
                amountTransaction,
                sink = sink.Address,
                sinkCredential = sink.Credential,
            };
    }

    /// <summary>Always by amount: what <c>total</c> comes to is the carrier's to say, and then it could not be checked.</summary>
    public static object Refund(PhoneBillRefund asked) =>
        new
        {
            type = "partial",
            reason = asked.Reason,
            amountTransaction = new
            {
                clientCorrelator = asked.Correlator,
                referenceCode = asked.Correlator,
                refundAmount = new { chargingInformation = Charging(asked.Amount, asked.Reason) },
            },
        };

    public static CarrierSink Sink(Uri address, string correlator, SinkTokens tokens, DateTimeOffset now)
    {
        var (token, expiresAt) = tokens.New(correlator, now);
        return new(
            $"{address.AbsoluteUri.TrimEnd('/')}/{Uri.EscapeDataString(correlator)}",
            new
            {
                credentialType = "ACCESSTOKEN",
                accessToken = token,
                accessTokenType = "bearer",
                accessTokenExpiresUtc = expiresAt.UtcDateTime,
            }
        );
    }

    public static PhoneBillPayment Payment(JsonElement payment)
    {
        var transaction = payment.Member("amountTransaction");
        return new(
            payment.Text("paymentId") ?? throw new HttpRequestException("the carrier's payment has no id"),
            State(payment.Text("paymentStatus")),
            transaction.Text("clientCorrelator"),
            transaction.Text("phoneNumber"),
            transaction.Amount("paymentAmount"),
            payment.Instant("paymentDate"),
            Validation(payment.Member("validationInfo"))
        );
    }

    private static object Charging(Money amount, string description) =>
        new
        {
            amount = amount.ToDecimal(),
            currency = amount.Currency.Code,
            description,
            isTaxIncluded = true,
        };

    private static PhoneBillState State(string? status) =>
        status switch
        {
            "processing" => PhoneBillState.Processing,
            "pending_validation" => PhoneBillState.PendingValidation,
            "reserved" => PhoneBillState.Reserved,
            "succeeded" => PhoneBillState.Succeeded,
            "denied" => PhoneBillState.Denied,
            "cancelled" => PhoneBillState.Cancelled,
            _ => throw new HttpRequestException($"the payment is not decided: {CarrierReply.Short(status ?? "no status")}"),
        };

    private static PhoneBillValidation? Validation(JsonElement info) =>
        info.ValueKind == JsonValueKind.Object ? new(info.Text("authorizationId"), info.Text("validationURL")) : null;
}

/// <summary>Where the carrier is to tell what became of a payment, and what it shows there.</summary>
internal sealed record CarrierSink(string Address, object Credential);
