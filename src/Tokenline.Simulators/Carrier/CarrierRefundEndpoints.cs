using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using static Tokenline.Simulators.Carrier.CarrierSimulatorEndpoints;

namespace Tokenline.Simulators.Carrier;

/// <summary>CAMARA Carrier Billing Refund. Any v0 is taken; what it says is 0.3.</summary>
internal static class CarrierRefundEndpoints
{
    private const string Code = "CARRIER_BILLING_REFUND";
    private const string Refunds = "/carrier/carrier-billing-refund/{version}/payments/{paymentId}/refunds";

    public static void Map(IEndpointRouteBuilder routes, CarrierSimulator simulator)
    {
        routes.MapPost(Refunds, OfPayment(simulator, RefundAsync));
        routes.MapGet(Refunds, OfPayment(simulator, ListAsync));
        routes.MapGet(Refunds + "/remaining-amount", OfPayment(simulator, RemainingAsync));
        routes.MapGet(Refunds + "/{refundId}", OfPayment(simulator, ShowAsync));
    }

    private static RequestDelegate OfPayment(CarrierSimulator simulator, Func<HttpContext, CarrierSimulator, CarrierEntry, Task> answer) =>
        Guarded(
            simulator,
            (context, _) =>
                simulator.Payment(Route(context, "paymentId")) is { } payment
                    ? answer(context, simulator, payment)
                    : CarrierPaymentEndpoints.NotFoundAsync(context)
        );

    private static async Task RefundAsync(HttpContext context, CarrierSimulator simulator, CarrierEntry payment)
    {
        using var body = await BodyAsync(context);
        var outcome = simulator.Refund(
            CarrierRequest.Refund(body.RootElement, payment, simulator.Now),
            CarrierRequest.RefundDetails(body.RootElement, payment),
            CarrierRequest.Sink(body.RootElement)
        );
        await AnswerAsync(context, simulator, outcome, CarrierAnswers.Refund);
    }

    private static Task ListAsync(HttpContext context, CarrierSimulator simulator, CarrierEntry payment)
    {
        var query = CarrierQuery.Read(context.Request.Query, "refund", Code, simulator.Now);
        return SendPageAsync(
            context,
            query.Of(simulator.Entries.Where(entry => entry.PaymentId == payment.Id), Code),
            CarrierAnswers.Refund
        );
    }

    private static Task ShowAsync(HttpContext context, CarrierSimulator simulator, CarrierEntry payment) =>
        simulator.Refund(payment.Id, Route(context, "refundId")) is { } refund
            ? SendAsync(context, 200, CarrierAnswers.Refund(refund))
            : RefuseAsync(context, CarrierOutcome.Refused(404, "NOT_FOUND", "There is no refund with this id."));

    private static Task RemainingAsync(HttpContext context, CarrierSimulator simulator, CarrierEntry payment)
    {
        var remaining = simulator.Remaining(payment);
        return SendAsync(
            context,
            200,
            new JsonObject
            {
                ["amount"] = remaining.ToDecimal(),
                ["currency"] = remaining.Currency.Code,
                ["isTaxIncluded"] = payment.IsTaxIncluded,
            }
        );
    }
}
