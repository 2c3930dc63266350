using System.Diagnostics.Metrics;

namespace Tokenline.Gateway;

/// <summary>Counters of the gateway, for <c>/metrics</c>.</summary>
public sealed class GatewayMetrics : IDisposable
{
    public const string MeterName = "Tokenline.Gateway";

    private readonly System.Diagnostics.Metrics.Meter meter = new(MeterName);
    private readonly Counter<long> calls;
    private readonly Counter<long> failures;

    public GatewayMetrics()
    {
        calls = meter.CreateCounter<long>("tokenline_calls", description: "Calls by model and by how they ended: ok, or the problem code.");
        failures = meter.CreateCounter<long>(
            "tokenline_attempt_failures",
            description: "Attempts that a deployment did not serve, by deployment and by kind of failure; the call may have been served by another."
        );
    }

    internal void Failed(Routing.LiveDeployment deployment, Routing.Figures.CallOutcome outcome)
    {
        if (failures.Enabled && outcome != Routing.Figures.CallOutcome.NotItsFault)
            failures.Add(1, new("deployment", deployment.Id), new("outcome", Routing.Figures.RoutingFigures.NameOf(outcome)));
    }

    internal void Ended(Rejection? rejection, string? model)
    {
        if (calls.Enabled)
            calls.Add(1, new("model", model ?? "none"), new("result", rejection?.Problem.Code ?? "ok"));
    }

    public void Dispose() => meter.Dispose();
}
