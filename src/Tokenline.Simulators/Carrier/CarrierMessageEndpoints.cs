using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Tokenline.Simulators.Carrier;

/// <summary>OMA/GSMA OneAPI SMS, v1: sending. And a list of what was sent, for people and tests.</summary>
internal static class CarrierMessageEndpoints
{
    private const string Requests = "/carrier/smsmessaging/v1/outbound/{sender}/requests";
    private const string Sent = "/carrier/sms";
    private const int TextMax = 2000; // characters

    public static void Map(IEndpointRouteBuilder routes, CarrierSimulator simulator)
    {
        routes.MapPost(Requests, (RequestDelegate)(context => CarrierSimulatorEndpoints.GuardedAsync(context, simulator, SendAsync)));
        routes.MapGet(
            Sent,
            (RequestDelegate)(context => context.Response.WriteAsJsonAsync(simulator.Messages.All, context.RequestAborted))
        );
    }

    private static async Task SendAsync(HttpContext context, CarrierSimulator simulator)
    {
        using var body = await JsonDocument.ParseAsync(context.Request.Body, default, context.RequestAborted);
        var request = body.RootElement.GetProperty("outboundSMSMessageRequest");
        var addresses = request.GetProperty("address");
        if (addresses.ValueKind != JsonValueKind.Array || addresses.GetArrayLength() != 1)
            throw new FormatException("'address' is a list of one number here");
        var number = PhoneNumber(addresses[0].GetString());
        var text = request.GetProperty("outboundSMSTextMessage").GetProperty("message").GetString();
        if (text is not { Length: > 0 and <= TextMax })
            throw new FormatException($"'message' is a text of 1 to {TextMax} characters");
        if (simulator.Faults.Of(number) == CarrierFault.Barred)
        {
            await CarrierSimulatorEndpoints.RefuseAsync(
                context,
                CarrierOutcome.Refused(403, "POL0001", "This number is barred from text messages.")
            );
            return;
        }
        var sender = (string)context.Request.RouteValues["sender"]!;
        var correlator =
            request.TryGetProperty("clientCorrelator", out var given) && given.GetString() is { Length: > 0 and <= 128 } known
                ? known
                : Guid.NewGuid().ToString("n");
        var message = simulator.Messages.Take(correlator, number, sender, text);
        await CarrierSimulatorEndpoints.SendAsync(context, 201, Answer(message));
    }

    private static JsonObject Answer(CarrierMessage message) =>
        new()
        {
            ["outboundSMSMessageRequest"] = new JsonObject
            {
                ["address"] = new JsonArray($"tel:{message.PhoneNumber}"),
                ["senderAddress"] = message.Sender,
                ["outboundSMSTextMessage"] = new JsonObject { ["message"] = message.Text },
                ["clientCorrelator"] = message.Correlator,
                ["deliveryInfoList"] = new JsonObject
                {
                    ["deliveryInfo"] = new JsonArray(
                        new JsonObject { ["address"] = $"tel:{message.PhoneNumber}", ["deliveryStatus"] = "DeliveredToNetwork" }
                    ),
                },
                ["resourceURL"] = message.Id,
            },
        };

    private static string PhoneNumber(string? address) =>
        address?.StartsWith("tel:+", StringComparison.Ordinal) == true
        && address.Length is >= 10 and <= 20
        && !address.AsSpan(5).ContainsAnyExceptInRange('0', '9')
            ? address[4..]
            : throw new FormatException("'address' is tel:+ and 5 to 15 digits");
}
