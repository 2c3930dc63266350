using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Tokenline.Simulators.Carrier;

/// <summary>CAMARA Carrier Billing (one-step payments) and Carrier Billing Refund, v0; text messages are beside it.</summary>
public static class CarrierSimulatorEndpoints
{
    private const string Payments = "/carrier/carrier-billing/v0/payments";
    private const string Refunds = "/carrier/carrier-billing-refund/v0/payments/{paymentId}/refunds";
    private const int CorrelatorHeaderMax = 256;

    public static IEndpointRouteBuilder MapCarrierSimulator(this IEndpointRouteBuilder routes, CarrierSimulator? simulator = null)
    {
        simulator ??= new CarrierSimulator();
        routes.MapPost(Payments, (RequestDelegate)(context => GuardedAsync(context, simulator, PayAsync)));
        routes.MapGet(Payments + "/{paymentId}", (RequestDelegate)(context => GuardedAsync(context, simulator, ShowAsync)));
        CarrierMessageEndpoints.Map(routes, simulator);
        routes.MapPost(Refunds, (RequestDelegate)(context => GuardedAsync(context, simulator, RefundAsync)));
        return routes;
    }

    internal static async Task GuardedAsync(
        HttpContext context,
        CarrierSimulator simulator,
        Func<HttpContext, CarrierSimulator, Task> answer
    )
    {
        context.Response.Headers["x-tokenline-simulator"] = "1";
        if (context.Request.Headers.TryGetValue("x-correlator", out var correlator) && correlator.ToString().Length <= CorrelatorHeaderMax)
            context.Response.Headers["x-correlator"] = correlator;
        if (!simulator.AllowAnonymous && context.Request.Headers.Authorization.ToString().Length <= "Bearer ".Length)
        {
            await RefuseAsync(context, CarrierOutcome.Refused(401, "UNAUTHENTICATED", "A bearer token is expected."));
            return;
        }
        try
        {
            await answer(context, simulator);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or KeyNotFoundException)
        {
            await RefuseAsync(context, CarrierOutcome.Refused(400, "INVALID_ARGUMENT", e.Message));
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone: there is nobody to answer.
        }
    }

    private static async Task PayAsync(HttpContext context, CarrierSimulator simulator)
    {
        using var body = await JsonDocument.ParseAsync(context.Request.Body, default, context.RequestAborted);
        var outcome = simulator.Pay(CarrierRequest.Payment(body.RootElement, simulator.Currency, simulator.Now));
        await AnswerAsync(context, outcome, PaymentJson);
    }

    private static Task ShowAsync(HttpContext context, CarrierSimulator simulator) =>
        PaymentOf(context, simulator) is { } payment ? SendAsync(context, 200, PaymentJson(payment)) : NotFoundAsync(context);

    private static async Task RefundAsync(HttpContext context, CarrierSimulator simulator)
    {
        if (PaymentOf(context, simulator) is not { } payment)
        {
            await NotFoundAsync(context);
            return;
        }
        using var body = await JsonDocument.ParseAsync(context.Request.Body, default, context.RequestAborted);
        await AnswerAsync(context, simulator.Refund(CarrierRequest.Refund(body.RootElement, payment, simulator.Now)), RefundJson);
    }

    private static CarrierEntry? PaymentOf(HttpContext context, CarrierSimulator simulator) =>
        simulator.Payment((string?)context.Request.RouteValues["paymentId"] ?? "");

    private static Task AnswerAsync(HttpContext context, CarrierOutcome outcome, Func<CarrierEntry, JsonObject> json) =>
        outcome.Answer switch
        {
            CarrierAnswer.Booked or CarrierAnswer.BookedBefore => SendAsync(context, outcome.Status, json(outcome.Entry!)),
            CarrierAnswer.Silence => Task.Delay(Timeout.Infinite, context.RequestAborted),
            _ => RefuseAsync(context, outcome),
        };

    private static JsonObject PaymentJson(CarrierEntry payment) =>
        new()
        {
            ["paymentId"] = payment.Id,
            ["amountTransaction"] = Transaction(payment, "paymentAmount"),
            ["paymentStatus"] = "succeeded",
            ["paymentCreationDate"] = payment.BookedAt,
            ["paymentDate"] = payment.BookedAt,
        };

    private static JsonObject RefundJson(CarrierEntry refund) =>
        new()
        {
            ["refundId"] = refund.Id,
            ["refundStatus"] = "succeeded",
            ["type"] = refund.Total ? "total" : "partial",
            ["amountTransaction"] = Transaction(refund, "refundAmount"),
            ["refundCreationDate"] = refund.BookedAt,
            ["refundDate"] = refund.BookedAt,
        };

    private static JsonObject Transaction(CarrierEntry entry, string amountName)
    {
        var transaction = new JsonObject
        {
            ["phoneNumber"] = entry.PhoneNumber,
            [amountName] = new JsonObject
            {
                ["chargingInformation"] = new JsonObject
                {
                    ["amount"] = entry.Amount.ToDecimal(),
                    ["currency"] = entry.Currency,
                    ["description"] = entry.Description,
                },
            },
            ["referenceCode"] = entry.ReferenceCode,
            ["serverReferenceCode"] = entry.Id,
        };
        if (entry.ClientCorrelator is { } correlator)
            transaction["clientCorrelator"] = correlator;
        return transaction;
    }

    private static Task NotFoundAsync(HttpContext context) =>
        RefuseAsync(context, CarrierOutcome.Refused(404, "NOT_FOUND", "There is no payment with this id."));

    internal static Task RefuseAsync(HttpContext context, CarrierOutcome refusal) =>
        SendAsync(
            context,
            refusal.Status,
            new JsonObject
            {
                ["status"] = refusal.Status,
                ["code"] = refusal.Code,
                ["message"] = refusal.Message,
            }
        );

    internal static async Task SendAsync(HttpContext context, int status, JsonObject body)
    {
        var bytes = Encoding.UTF8.GetBytes(body.ToJsonString());
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = bytes.Length;
        await context.Response.BodyWriter.WriteAsync(bytes, context.RequestAborted);
    }
}
