using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Tokenline.Cluster;
using Tokenline.Gateway;
using Tokenline.Management;
using Tokenline.Storage.Journal;

namespace Tokenline.Host;

/// <summary>
/// Metrics at <c>/metrics</c>, always. With <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> they go there as well, and so do traces, which are not made otherwise.
/// The other variables of OpenTelemetry (<c>OTEL_TRACES_SAMPLER</c>, <c>OTEL_SERVICE_NAME</c>, …) mean what its specification says.
/// </summary>
internal static class Telemetry
{
    public static void AddTelemetry(this IServiceCollection services)
    {
        var isSent = Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT") is { Length: > 0 };
        var telemetry = services
            .AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("tokenline").AddEnvironmentVariableDetector())
            .WithMetrics(metrics =>
            {
                metrics
                    .AddMeter(GatewayMetrics.MeterName, AccountMetrics.MeterName, JournalMetrics.MeterName, SellingMetrics.MeterName)
                    .AddRuntimeInstrumentation()
                    .AddPrometheusExporter();
                if (isSent)
                    metrics.AddOtlpExporter();
            });
        if (isSent)
            telemetry.WithTracing(traces => traces.AddSource(CallTrace.SourceName).AddOtlpExporter());
    }

    public static void MapTelemetry(this IEndpointRouteBuilder app) => app.MapPrometheusScrapingEndpoint("/metrics");
}
