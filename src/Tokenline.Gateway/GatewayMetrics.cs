using System.Diagnostics.Metrics;

namespace Tokenline.Gateway;

/// <summary>Counters of the gateway, for <c>/metrics</c>.</summary>
public sealed class GatewayMetrics : IDisposable
{
    public const string MeterName = "Tokenline.Gateway";

    private readonly System.Diagnostics.Metrics.Meter meter = new(MeterName);
    private readonly Counter<long> calls;

    public GatewayMetrics() =>
        calls = meter.CreateCounter<long>("tokenline_calls", description: "Calls by model and by how they ended: ok, or the problem code.");

    internal void Ended(Rejection? rejection, string? model)
    {
        if (calls.Enabled)
            calls.Add(1, new("model", model ?? "none"), new("result", rejection?.Problem.Code ?? "ok"));
    }

    public void Dispose() => meter.Dispose();
}
