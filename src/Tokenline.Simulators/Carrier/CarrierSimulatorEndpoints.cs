using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Tokenline.Simulators.Carrier;

/// <summary>The carrier's interfaces, each in a file of its own, and what their answers share.</summary>
public static class CarrierSimulatorEndpoints
{
    private const int CorrelatorHeaderMax = 256;
    private const int BodyBytesMax = 64 * 1024;

    private static readonly SearchValues<char> correlatorCharacters = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_:;./<>{}"
    );

    public static IEndpointRouteBuilder MapCarrierSimulator(this IEndpointRouteBuilder routes, CarrierSimulator? simulator = null)
    {
        simulator ??= new CarrierSimulator();
        CarrierPaymentEndpoints.Map(routes, simulator);
        CarrierRefundEndpoints.Map(routes, simulator);
        CarrierOneTimePasswordEndpoints.Map(routes, simulator);
        CarrierMessageEndpoints.Map(routes, simulator);
        CarrierDeskEndpoints.Map(routes, simulator);
        return routes;
    }

    /// <summary>Looks at the caller's headers, answers, and turns what cannot be read into a refusal.</summary>
    internal static RequestDelegate Guarded(CarrierSimulator simulator, Func<HttpContext, CarrierSimulator, Task> answer) =>
        context => GuardedAsync(context, simulator, answer);

    internal static async Task GuardedAsync(
        HttpContext context,
        CarrierSimulator simulator,
        Func<HttpContext, CarrierSimulator, Task> answer
    )
    {
        context.Response.Headers["x-tokenline-simulator"] = "1";
        if (context.Request.Headers["x-correlator"].ToString() is { Length: > 0 } correlator)
        {
            if (correlator.Length > CorrelatorHeaderMax || correlator.AsSpan().ContainsAnyExcept(correlatorCharacters))
            {
                await RefuseAsync(context, CarrierOutcome.Refused(400, "INVALID_ARGUMENT", "'x-correlator' has other characters."));
                return;
            }
            context.Response.Headers["x-correlator"] = correlator;
        }
        if (!simulator.AllowAnonymous && context.Request.Headers.Authorization.ToString().Length <= "Bearer ".Length)
        {
            await RefuseAsync(context, CarrierOutcome.Refused(401, "UNAUTHENTICATED", "A bearer token is expected."));
            return;
        }
        if (context.Request.RouteValues["version"] is string version && version is not (['v', '0'] or ['v', '0', '.', ..]))
        {
            await RefuseAsync(context, CarrierOutcome.Refused(404, "NOT_FOUND", "Versions v0 are served."));
            return;
        }
        try
        {
            await answer(context, simulator);
        }
        catch (CarrierRequestException e)
        {
            await RefuseAsync(context, e.Refusal);
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

    internal static async Task<JsonDocument> BodyAsync(HttpContext context)
    {
        if (context.Request.ContentLength > BodyBytesMax)
            throw new FormatException($"a body has {BodyBytesMax} bytes at the most");
        var body = await JsonDocument.ParseAsync(context.Request.Body, default, context.RequestAborted);
        return body.RootElement.ValueKind == JsonValueKind.Object ? body : throw new FormatException("the body is an object");
    }

    internal static string Route(HttpContext context, string name) => (string?)context.Request.RouteValues[name] ?? "";

    /// <summary>A resource, in the state that it is in; or nothing at all, or a no.</summary>
    internal static async Task AnswerAsync(
        HttpContext context,
        CarrierSimulator simulator,
        CarrierOutcome outcome,
        Func<CarrierEntry, JsonObject> json
    )
    {
        if (outcome.Answer == CarrierAnswer.Silence)
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        if (outcome.Delay > TimeSpan.Zero)
            await Task.Delay(outcome.Delay, simulator.Time, context.RequestAborted);
        if (outcome.Answer == CarrierAnswer.Refused)
            await RefuseAsync(context, outcome);
        else
            await SendAsync(context, outcome.Status, json(outcome.Entry!));
    }

    /// <summary>No body, where it went well.</summary>
    internal static Task AnswerAsync(HttpContext context, CarrierOutcome outcome)
    {
        if (outcome.Answer == CarrierAnswer.Refused)
            return RefuseAsync(context, outcome);
        context.Response.StatusCode = outcome.Status;
        return Task.CompletedTask;
    }

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

    internal static async Task SendAsync(HttpContext context, int status, JsonNode body)
    {
        var bytes = Encoding.UTF8.GetBytes(body.ToJsonString());
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = bytes.Length;
        await context.Response.BodyWriter.WriteAsync(bytes, context.RequestAborted);
    }

    internal static Task SendPageAsync(
        HttpContext context,
        (IReadOnlyList<CarrierEntry> Page, int Total, int Last) found,
        Func<CarrierEntry, JsonObject> json
    )
    {
        context.Response.Headers["X-Total-Count"] = found.Total.ToString(System.Globalization.CultureInfo.InvariantCulture);
        context.Response.Headers["Content-Last-Key"] = found.Last.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return SendAsync(context, 200, new JsonArray([.. found.Page.Select(json)]));
    }
}
