using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using static Tokenline.Simulators.Carrier.CarrierSimulatorEndpoints;

namespace Tokenline.Simulators.Carrier;

/// <summary>CAMARA Carrier Billing: payments in one step and in two. Any v0 is taken; what it says is 0.5.</summary>
internal static class CarrierPaymentEndpoints
{
    private const string Payments = "/carrier/carrier-billing/{version}/payments";

    public static void Map(IEndpointRouteBuilder routes, CarrierSimulator simulator)
    {
        routes.MapPost(Payments, Guarded(simulator, (context, _) => PayAsync(context, simulator, twoSteps: false)));
        routes.MapGet(Payments, Guarded(simulator, ListAsync));
        routes.MapPost(Payments + "/prepare", Guarded(simulator, (context, _) => PayAsync(context, simulator, twoSteps: true)));
        routes.MapGet(Payments + "/{paymentId}", Guarded(simulator, ShowAsync));
        routes.MapPost(Payments + "/{paymentId}/validate", Guarded(simulator, ValidateAsync));
        routes.MapPost(Payments + "/{paymentId}/confirm", Guarded(simulator, ConfirmAsync));
        routes.MapPost(Payments + "/{paymentId}/cancel", Guarded(simulator, CancelAsync));
    }

    private static async Task PayAsync(HttpContext context, CarrierSimulator simulator, bool twoSteps)
    {
        using var body = await BodyAsync(context);
        var payment = CarrierRequest.Payment(body.RootElement, simulator.Currency, simulator.Now, twoSteps);
        var outcome = simulator.Pay(payment, CarrierRequest.Sink(body.RootElement));
        await AnswerAsync(context, simulator, outcome, CarrierAnswers.Payment);
    }

    private static Task ListAsync(HttpContext context, CarrierSimulator simulator)
    {
        var query = CarrierQuery.Read(context.Request.Query, "payment", "CARRIER_BILLING", simulator.Now);
        var payments = simulator.Entries.Where(entry => !entry.IsRefund);
        return SendPageAsync(context, query.Of(payments, "CARRIER_BILLING"), CarrierAnswers.Payment);
    }

    private static Task ShowAsync(HttpContext context, CarrierSimulator simulator) =>
        simulator.Payment(Route(context, "paymentId")) is { } payment
            ? SendAsync(context, 200, CarrierAnswers.Payment(payment))
            : NotFoundAsync(context);

    private static async Task ValidateAsync(HttpContext context, CarrierSimulator simulator)
    {
        using var body = await BodyAsync(context);
        var (authorization, code) = (
            CarrierRequest.Text(body.RootElement, "authorizationId"),
            CarrierRequest.Text(body.RootElement, "code")
        );
        await AnswerAsync(context, simulator.Validate(Route(context, "paymentId"), authorization, code));
    }

    private static async Task ConfirmAsync(HttpContext context, CarrierSimulator simulator)
    {
        using var body = await BodyAsync(context);
        await AnswerAsync(context, simulator.Confirm(Route(context, "paymentId"), CarrierRequest.PhoneNumber(body.RootElement)));
    }

    private static async Task CancelAsync(HttpContext context, CarrierSimulator simulator)
    {
        using var body = await BodyAsync(context);
        await AnswerAsync(context, simulator.Cancel(Route(context, "paymentId"), CarrierRequest.PhoneNumber(body.RootElement)));
    }

    internal static Task NotFoundAsync(HttpContext context) =>
        RefuseAsync(context, CarrierOutcome.Refused(404, "NOT_FOUND", "There is no payment with this id."));
}
