using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using static Tokenline.Simulators.Carrier.CarrierSimulatorEndpoints;

namespace Tokenline.Simulators.Carrier;

/// <summary>CAMARA One Time Password SMS, v1. Members that it does not know are refused.</summary>
internal static class CarrierOneTimePasswordEndpoints
{
    private const string Root = "/carrier/one-time-password-sms/v1";
    private const string Placeholder = "{{code}}";
    private const int MessageMax = 160; // characters
    private const int IdMax = 36;
    private const int CodeMax = 10;

    public static void Map(IEndpointRouteBuilder routes, CarrierSimulator simulator)
    {
        routes.MapPost(Root + "/send-code", Guarded(simulator, SendCodeAsync));
        routes.MapPost(Root + "/validate-code", Guarded(simulator, ValidateCodeAsync));
    }

    private static async Task SendCodeAsync(HttpContext context, CarrierSimulator simulator)
    {
        using var body = await BodyAsync(context);
        Only(body.RootElement, "phoneNumber", "message");
        var message = CarrierRequest.Text(body.RootElement, "message");
        if (message.Length > MessageMax || !message.Contains(Placeholder, StringComparison.Ordinal))
            throw new FormatException($"'message' has {Placeholder} in it and {MessageMax} characters at the most");
        var number = CarrierRequest.PhoneNumber(body.RootElement) ?? throw new FormatException("'phoneNumber' is missing");
        var sent = simulator.OneTimePasswords.Send(number, message);
        if (sent.Answer == CarrierAnswer.Silence)
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        if (sent.Answer == CarrierAnswer.Refused)
            await RefuseAsync(context, sent);
        else
            await SendAsync(context, sent.Status, new JsonObject { ["authenticationId"] = sent.Message });
    }

    private static async Task ValidateCodeAsync(HttpContext context, CarrierSimulator simulator)
    {
        using var body = await BodyAsync(context);
        Only(body.RootElement, "authenticationId", "code");
        var (id, code) = (CarrierRequest.Text(body.RootElement, "authenticationId"), CarrierRequest.Text(body.RootElement, "code"));
        if (id.Length > IdMax || code.Length > CodeMax)
            throw new FormatException($"'authenticationId' has {IdMax} characters at the most, and 'code' {CodeMax}");
        await AnswerAsync(context, simulator.OneTimePasswords.Check(id, code));
    }

    private static void Only(JsonElement body, params ReadOnlySpan<string> names)
    {
        foreach (var member in body.EnumerateObject())
        {
            if (!names.Contains(member.Name))
                throw new FormatException($"'{member.Name}' is not known here");
        }
    }
}
