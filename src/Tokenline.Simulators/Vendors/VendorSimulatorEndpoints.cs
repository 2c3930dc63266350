using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tokenline.Simulators.Vendors.Chat;
using Tokenline.Simulators.Vendors.Gemini;

namespace Tokenline.Simulators.Vendors;

public static class VendorSimulatorEndpoints
{
    public static IEndpointRouteBuilder MapVendorSimulator(this IEndpointRouteBuilder routes, VendorSimulator? simulator = null)
    {
        simulator ??= new VendorSimulator();
        foreach (var (path, protocol) in simulator.Protocols)
            routes.MapPost("/vendors/{vendor}" + path, (RequestDelegate)(context => simulator.RunAsync(context, protocol)));
        routes.MapGet("/vendors/{vendor}/v1/models", (RequestDelegate)simulator.ModelsAsync);
        routes.MapPost(
            "/vendors/{vendor}/v1beta/models/{call}",
            (RequestDelegate)(context => simulator.RunAsync(context, GeminiVerbs.Of(context)))
        );
        routes.MapGet("/vendors/{vendor}/v1beta/models", (RequestDelegate)simulator.GeminiModelsAsync);
        routes.MapGet("/control", (RequestDelegate)(context => ShowAsync(context, simulator)));
        routes.MapPost("/control", (RequestDelegate)(context => OrderAsync(context, simulator)));
        routes.MapDelete("/control", (RequestDelegate)(context => ResetAsync(context, simulator)));
        return routes;
    }

    private static Task ShowAsync(HttpContext context, VendorSimulator simulator)
    {
        var behaviours = new JsonObject();
        foreach (var (vendor, behaviour) in simulator.Ordered)
            behaviours[vendor] = behaviour.ToString();
        var counts = simulator.Requests;
        var answer = new JsonObject
        {
            ["behaviours"] = behaviours,
            ["received"] = counts.Received,
            ["answered"] = counts.Answered,
            ["aborted_by_caller"] = counts.AbortedByCaller,
        };
        return VendorSimulator.SendRawAsync(context, "application/json", answer.ToJsonString());
    }

    private static async Task OrderAsync(HttpContext context, VendorSimulator simulator)
    {
        try
        {
            var order = await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
            var behaviour = Behaviour.Parse(
                (string?)order?["behaviour"] ?? throw new FormatException("'behaviour' is missing: a directive is expected")
            );
            simulator.Order((string?)order?["vendor"], behaviour);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            await new ChatProtocol().SendErrorAsync(context, new Refusal(e.Message));
            return;
        }
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static Task ResetAsync(HttpContext context, VendorSimulator simulator)
    {
        var vendor = context.Request.Query["vendor"];
        simulator.Reset(vendor.Count == 0 ? null : vendor[0]);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}
