using System.Net;
using System.Text.Json;

namespace Tokenline.Commerce.Payments;

/// <summary>
/// The phone bill over HTTP, in the shape of CAMARA Carrier Billing 0.5 and Carrier Billing Refund 0.3, asked with a client correlator.
/// What says "no" for certain is a refusal; everything else leaves open what was done, and is thrown. A carrier that will not repeat an answer is asked for the payment itself.
/// </summary>
public sealed class CarrierBillingClient(
    HttpClient http,
    CommerceOptions options,
    IPaymentAlarms? alarms = null,
    TimeProvider? clock = null
) : IPhoneBill
{
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);
    private const string Payments = "carrier-billing/v0.5/payments";
    private const string Refunds = "carrier-billing-refund/v0.3/payments";
    private const int AnswerBytesMax = 256 * 1024;
    private const int PerPage = 50;
    private const int PagesMax = 200;

    /// <summary>How long ago a payment may have been made whose first answer was lost.</summary>
    private static readonly TimeSpan lookBack = TimeSpan.FromDays(2);

    /// <summary>How far the carrier's clock may be behind.</summary>
    private static readonly TimeSpan skew = TimeSpan.FromMinutes(5);

    private readonly CarrierWire wire = new(http, options);
    private readonly SinkTokens tokens = new(options);
    private readonly TimeProvider time = clock ?? TimeProvider.System;

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

    public Task<PhoneBillOutcome> ChargeAsync(
        string correlator,
        string phoneNumber,
        Money amount,
        string description,
        CancellationToken cancellation
    ) => AskAsync(Payments, new(correlator, phoneNumber, amount, description), PhoneBillState.Succeeded, cancellation);

    public Task<PhoneBillOutcome> ReserveAsync(PhoneBillRequest request, CancellationToken cancellation) =>
        AskAsync(Payments + "/prepare", request, PhoneBillState.Reserved, cancellation);

    public async Task<PasswordCheck> ValidateAsync(string reference, string authorizationId, string code, CancellationToken cancellation)
    {
        var reply = await PostAsync($"{Payments}/{Escape(reference)}/validate", new { authorizationId, code }, null, cancellation);
        if (reply.IsSuccess || reply.Status == HttpStatusCode.Conflict)
            return PasswordCheck.Right;
        return reply.Code switch
        {
            "CARRIER_BILLING.INVALID_CODE" => PasswordCheck.Wrong,
            "CARRIER_BILLING.VALIDATION_FAILED" => PasswordCheck.TooManyTries,
            "CARRIER_BILLING.INVALID_AUTHORIZATION_ID" or "NOT_FOUND" => PasswordCheck.Unknown,
            _ => throw reply.Unclear(),
        };
    }

    public async Task<PhoneBillOutcome> ConfirmAsync(string reference, PhoneBillRequest request, CancellationToken cancellation)
    {
        var reply = await SecondStepAsync(reference, "confirm", request, cancellation);
        // Neither "accepted" nor "confirmed before" says that it was charged: the payment does.
        return reply.IsSuccess || reply.Status == HttpStatusCode.Conflict
                ? Decide(await AsItStandsAsync(reference, request, cancellation), PhoneBillState.Succeeded)
            : reply.IsCertainNo ? new(false, null, reply.Message)
            : throw reply.Unclear();
    }

    public async Task<PhoneBillOutcome> CancelAsync(string reference, PhoneBillRequest request, CancellationToken cancellation)
    {
        var reply = await SecondStepAsync(reference, "cancel", request, cancellation);
        if (!reply.IsSuccess && reply.Status != HttpStatusCode.Conflict)
            return reply.IsCertainNo ? new(false, null, reply.Message) : throw reply.Unclear();
        var payment = await AsItStandsAsync(reference, request, cancellation);
        return payment.State switch
        {
            PhoneBillState.Cancelled or PhoneBillState.Denied => new(true, payment.Reference, null),
            PhoneBillState.Succeeded => new(false, null, "the payment was confirmed"),
            _ => throw Undecided(payment.State),
        };
    }

    public async Task<PhoneBillOutcome> RefundAsync(PhoneBillRefund refund, CancellationToken cancellation)
    {
        var path = $"{Refunds}/{Escape(refund.Payment)}/refunds";
        var reply = await PostAsync(path, CarrierBodies.Refund(refund), refund.Correlator, cancellation);
        if (reply.IsSuccess)
            return await DecideRefundAsync(path, refund, reply.Body, cancellation);
        if (reply.SaysRepeated && await FindRefundAsync(path, refund.Correlator, cancellation) is { } made)
            return await DecideRefundAsync(path, refund, made, cancellation);
        return reply.IsCertainNo && !reply.SaysRepeated ? new(false, null, reply.Message) : throw reply.Unclear();
    }

    public Task<PhoneBillPayment?> FindAsync(string correlator, DateTimeOffset askedAt, CancellationToken cancellation) =>
        FindPaymentAsync(correlator, askedAt - skew, "asc", cancellation);

    public async Task<PhoneBillPayment?> ShowAsync(string reference, CancellationToken cancellation)
    {
        var reply = await wire.SendAsync(HttpMethod.Get, $"{Payments}/{Escape(reference)}", null, null, cancellation);
        if (reply is { Status: HttpStatusCode.NotFound, Code: not null })
            return null;
        return reply.IsSuccess ? CarrierBodies.Payment(reply.Body) : throw reply.Unclear();
    }

    private async Task<PhoneBillOutcome> AskAsync(
        string path,
        PhoneBillRequest asked,
        PhoneBillState wanted,
        CancellationToken cancellation
    )
    {
        var sink = options.CarrierSink is { } address ? CarrierBodies.Sink(address, asked.Correlator, tokens, time.GetUtcNow()) : null;
        var reply = await PostAsync(path, CarrierBodies.Payment(asked, sink), asked.Correlator, cancellation);
        if (reply.IsSuccess)
        {
            var payment = Same(CarrierBodies.Payment(reply.Body), asked);
            // A carrier that decides later may repeat its first answer for ever, and may not find at once what it has just taken.
            if (payment.State == PhoneBillState.Processing && await ShowAsync(payment.Reference, cancellation) is { } now)
                payment = Same(now, asked);
            return Decide(payment, wanted);
        }
        // Refused because it was asked before? Then that payment is the answer, and without it nothing is known.
        if (reply.SaysRepeated && await FindPaymentAsync(asked.Correlator, time.GetUtcNow() - lookBack, "desc", cancellation) is { } made)
            return Decide(Same(made, asked), wanted);
        return reply.IsCertainNo && !reply.SaysRepeated ? new(false, null, reply.Message) : throw reply.Unclear();
    }

    private Task<CarrierReply> SecondStepAsync(string reference, string step, PhoneBillRequest asked, CancellationToken cancellation) =>
        PostAsync($"{Payments}/{Escape(reference)}/{step}", new { phoneNumber = asked.PhoneNumber }, asked.Correlator, cancellation);

    private async Task<PhoneBillPayment> AsItStandsAsync(string reference, PhoneBillRequest asked, CancellationToken cancellation) =>
        await ShowAsync(reference, cancellation) is { } payment
            ? Same(payment, asked)
            : throw Contradicted(asked.Correlator, "the carrier does not know a payment that it has answered for");

    private PhoneBillPayment Same(PhoneBillPayment payment, PhoneBillRequest asked) =>
        payment.Contradiction(asked) is { } words ? throw Contradicted(asked.Correlator, $"the carrier has {words}") : payment;

    private static PhoneBillOutcome Decide(PhoneBillPayment payment, PhoneBillState wanted) =>
        payment.State switch
        {
            PhoneBillState.Succeeded => new(true, payment.Reference, null),
            PhoneBillState.Reserved when wanted == PhoneBillState.Reserved => new(true, payment.Reference, null),
            PhoneBillState.PendingValidation when wanted == PhoneBillState.Reserved => new(true, payment.Reference, null)
            {
                Validation = payment.Validation,
            },
            PhoneBillState.Denied => new(false, null, "the carrier denied the payment"),
            PhoneBillState.Cancelled => new(false, null, "the carrier cancelled the payment"),
            _ => throw Undecided(payment.State),
        };

    private async Task<PhoneBillOutcome> DecideRefundAsync(
        string path,
        PhoneBillRefund asked,
        JsonElement refund,
        CancellationToken cancellation
    )
    {
        var id = refund.Text("refundId") ?? throw new HttpRequestException("the carrier's refund has no id");
        if (refund.Text("refundStatus") == "processing")
        {
            var reply = await wire.SendAsync(HttpMethod.Get, $"{path}/{Escape(id)}", null, null, cancellation);
            refund = reply.IsSuccess ? reply.Body : throw reply.Unclear();
        }
        if (refund.Member("amountTransaction").Amount("refundAmount") is { } amount && amount != asked.Amount)
            throw Contradicted(asked.Correlator, $"the carrier gave back {amount} instead of {asked.Amount}");
        return refund.Text("refundStatus") switch
        {
            "succeeded" => new(true, id, null),
            "denied" => new(false, null, "the carrier denied the refund"),
            var status => throw new HttpRequestException($"the refund is not decided: {CarrierReply.Short(status ?? "no status")}"),
        };
    }

    private async Task<PhoneBillPayment?> FindPaymentAsync(
        string correlator,
        DateTimeOffset from,
        string order,
        CancellationToken cancellation
    )
    {
        var since = Escape(from.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", null));
        var found = await FindInPagesAsync($"{Payments}?paymentCreationDate.gte={since}&order={order}", correlator, cancellation);
        return found is { } payment ? CarrierBodies.Payment(payment) : null;
    }

    private Task<JsonElement?> FindRefundAsync(string path, string correlator, CancellationToken cancellation) =>
        FindInPagesAsync($"{path}?order=desc", correlator, cancellation);

    /// <summary>There is no question for a correlator: the list is gone through. One that is longer than we go is no "there is none".</summary>
    private async Task<JsonElement?> FindInPagesAsync(string path, string correlator, CancellationToken cancellation)
    {
        for (var page = 1; page <= PagesMax; page++)
        {
            var reply = await wire.SendAsync(HttpMethod.Get, $"{path}&page={page}&perPage={PerPage}", null, correlator, cancellation);
            if (!reply.IsSuccess || reply.Body.ValueKind != JsonValueKind.Array)
                throw reply.Unclear();
            foreach (var entry in reply.Body.EnumerateArray())
            {
                if (entry.Member("amountTransaction").Text("clientCorrelator") == correlator)
                    return entry;
            }
            if (reply.Body.GetArrayLength() < PerPage)
                return null;
        }
        throw new HttpRequestException($"{correlator} is not among the carrier's last {PagesMax * PerPage}");
    }

    private Task<CarrierReply> PostAsync(string path, object body, string? correlator, CancellationToken cancellation) =>
        wire.SendAsync(HttpMethod.Post, path, body, correlator, cancellation);

    private HttpRequestException Contradicted(string correlator, string words)
    {
        alarms?.Raise(correlator, words);
        return new HttpRequestException($"{correlator}: {words}");
    }

    private static HttpRequestException Undecided(PhoneBillState state) => new($"the payment is not decided: {state}");

    private static string Escape(string text) => Uri.EscapeDataString(text);
}
