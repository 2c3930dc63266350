using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Tokenline.Commerce.Payments;

/// <summary>
/// The phone bill over HTTP, in the shape of CAMARA Carrier Billing: <c>POST {base}/carrier-billing/v0/payments</c>, one step, with a client correlator.
/// What says "no" for certain is a refusal; everything else (no answer, 401, 429, 5xx) leaves open whether the payment was made, and is thrown.
/// </summary>
public sealed class CarrierBillingClient(HttpClient http, CommerceOptions options) : IPhoneBill
{
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);
    private const int AnswerBytesMax = 64 * 1024;
    private const int ReasonLengthMax = 300;

    /// <summary>A client as this class needs it: bounded in time and size, and it does not carry the token elsewhere.</summary>
    public static HttpClient NewHttpClient() =>
        new(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            }
        )
        {
            Timeout = Timeout,
            MaxResponseContentBufferSize = AnswerBytesMax,
        };

    public async Task<PhoneBillOutcome> ChargeAsync(
        string correlator,
        string phoneNumber,
        Money amount,
        string description,
        CancellationToken cancellation
    )
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Post,
            $"{options.CarrierBaseUrl.AbsoluteUri.TrimEnd('/')}/carrier-billing/v0/payments"
        )
        {
            Content = JsonContent.Create(Body(correlator, phoneNumber, amount, description)),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", options.CarrierToken);
        request.Headers.Add("x-correlator", correlator);
        try
        {
            using var response = await http.SendAsync(request, cancellation);
            var body = await response.Content.ReadAsStringAsync(cancellation);
            return Read(response.StatusCode, body);
        }
        catch (OperationCanceledException timeout) when (!cancellation.IsCancellationRequested)
        {
            throw new HttpRequestException("the carrier did not answer in time", timeout);
        }
    }

    private static object Body(string correlator, string phoneNumber, Money amount, string description) =>
        new
        {
            amountTransaction = new
            {
                phoneNumber,
                clientCorrelator = correlator,
                referenceCode = correlator,
                paymentAmount = new
                {
                    chargingInformation = new
                    {
                        amount = amount.ToDecimal(),
                        currency = amount.Currency.Code,
                        description,
                        isTaxIncluded = true,
                    },
                },
            },
        };

    private static PhoneBillOutcome Read(HttpStatusCode status, string body)
    {
        var answer = Parse(body);
        var code = Text(answer, "code");
        var message = Text(answer, "message") ?? code ?? $"the carrier answered {(int)status}";
        switch (status)
        {
            case HttpStatusCode.OK or HttpStatusCode.Created:
                var paymentStatus = Text(answer, "paymentStatus");
                if (paymentStatus == "succeeded")
                    return new(true, Text(answer, "paymentId"), null);
                if (paymentStatus is "denied" or "cancelled")
                    return new(false, null, Short($"the carrier {paymentStatus} the payment"));
                throw new HttpRequestException($"the payment is not decided: {Short(paymentStatus ?? "no status")}", null, status);
            // The code tells, not the status: releases of the API differ between 403 and 422.
            case HttpStatusCode.Forbidden
            or HttpStatusCode.UnprocessableEntity when code?.StartsWith("CARRIER_BILLING.", StringComparison.Ordinal) == true:
            case HttpStatusCode.BadRequest
            or HttpStatusCode.NotFound
            or HttpStatusCode.Conflict
            or HttpStatusCode.UnprocessableEntity when code is not null:
                return new(false, null, Short(message));
            default:
                throw new HttpRequestException(
                    string.Create(CultureInfo.InvariantCulture, $"the carrier answered {(int)status}"),
                    null,
                    status
                );
        }
    }

    private static JsonElement? Parse(string body)
    {
        try
        {
            return JsonSerializer.Deserialize<JsonElement>(body);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement? answer, string name) =>
        answer is { ValueKind: JsonValueKind.Object } found
        && found.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static string Short(string text) => text.Length <= ReasonLengthMax ? text : text[..ReasonLengthMax];
}
