using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using static Tokenline.Simulators.Carrier.CarrierSimulatorEndpoints;

namespace Tokenline.Simulators.Carrier;

/// <summary>What is the simulator's own: the day's settlement file, the faults in force, and the events that were sent.</summary>
internal static class CarrierDeskEndpoints
{
    private const string Control = "/carrier/control";

    public static void Map(IEndpointRouteBuilder routes, CarrierSimulator simulator)
    {
        routes.MapGet("/carrier/settlement/{day}.csv", Guarded(simulator, SettlementAsync));
        routes.MapGet("/carrier/callbacks", Guarded(simulator, CallbacksAsync));
        routes.MapGet(Control, Guarded(simulator, OrdersAsync));
        routes.MapPost(Control, Guarded(simulator, OrderAsync));
        routes.MapDelete(Control, Guarded(simulator, ClearAsync));
    }

    private static async Task SettlementAsync(HttpContext context, CarrierSimulator simulator)
    {
        if (!DateOnly.TryParseExact(Route(context, "day"), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            throw new FormatException("a day is such as 2026-09-01");
        context.Response.ContentType = "text/csv; charset=utf-8";
        await context.Response.WriteAsync(CarrierSettlement.Of(day, simulator.Entries, simulator.Faults), context.RequestAborted);
    }

    private static Task CallbacksAsync(HttpContext context, CarrierSimulator simulator) =>
        SendAsync(
            context,
            200,
            new JsonArray([
                .. simulator.Callbacks.Sent.Select(sent => new JsonObject
                {
                    ["id"] = sent.Id,
                    ["type"] = sent.Type,
                    ["paymentId"] = sent.PaymentId,
                    ["sentAt"] = sent.SentAt,
                    ["status"] = sent.Status,
                }),
            ])
        );

    private static Task OrdersAsync(HttpContext context, CarrierSimulator simulator)
    {
        var orders = new JsonObject();
        foreach (var (number, fault) in simulator.Faults.Orders)
            orders[number] = CarrierFaults.NameOf(fault);
        return SendAsync(context, 200, new JsonObject { ["faults"] = orders });
    }

    private static async Task OrderAsync(HttpContext context, CarrierSimulator simulator)
    {
        using var body = await BodyAsync(context);
        var fault = CarrierFaults.Parse(CarrierRequest.Text(body.RootElement, "fault"));
        simulator.Faults.Order(fault, CarrierRequest.PhoneNumber(body.RootElement));
        await OrdersAsync(context, simulator);
    }

    private static Task ClearAsync(HttpContext context, CarrierSimulator simulator)
    {
        simulator.Faults.Clear();
        return OrdersAsync(context, simulator);
    }
}
