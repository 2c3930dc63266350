using System.Diagnostics.Metrics;

namespace Tokenline.Management;

/// <summary>What selling counts, for <c>/metrics</c>.</summary>
public sealed class SellingMetrics : IDisposable
{
    public const string MeterName = "Tokenline.Management";

    private readonly System.Diagnostics.Metrics.Meter meter = new(MeterName);
    private readonly Counter<long> refused;

    public SellingMetrics() =>
        refused = meter.CreateCounter<long>(
            "tokenline.sold.refused",
            "{command}",
            "Commands of what was sold that a charging account refused: a person must look at each."
        );

    internal void Refused(int commands) => refused.Add(commands);

    public void Dispose() => meter.Dispose();
}
