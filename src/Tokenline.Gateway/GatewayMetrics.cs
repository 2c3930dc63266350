using System.Diagnostics;
using System.Diagnostics.Metrics;
using Tokenline.Gateway.Overload;
using Tokenline.Gateway.Pipeline;
using Tokenline.Gateway.Routing;
using Tokenline.Gateway.Routing.Figures;

namespace Tokenline.Gateway;

/// <summary>
/// What the gateway counts, for <c>/metrics</c>. Names that begin with <c>gen_ai</c> are those of OpenTelemetry's semantic conventions for generative AI;
/// docs/observability.md lists all of them.
/// </summary>
public sealed class GatewayMetrics : IDisposable
{
    public const string MeterName = "Tokenline.Gateway";

    // The boundaries that the conventions advise.
    private static readonly InstrumentAdvice<double> ofDurations = new()
    {
        HistogramBucketBoundaries = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92],
    };
    private static readonly InstrumentAdvice<double> ofFirstTokens = new()
    {
        HistogramBucketBoundaries = [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
    };
    private static readonly InstrumentAdvice<long> ofTokens = new()
    {
        HistogramBucketBoundaries = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864],
    };

    private readonly System.Diagnostics.Metrics.Meter meter = new(MeterName);
    private readonly Counter<long> calls;
    private readonly Counter<long> failures;
    private readonly Histogram<double> durations;
    private readonly Histogram<double> firstTokens;
    private readonly Histogram<long> tokens;

    public GatewayMetrics(Admission admission)
    {
        calls = meter.CreateCounter<long>("tokenline_calls", description: "Calls by model and by how they ended: ok, or the problem code.");
        failures = meter.CreateCounter<long>(
            "tokenline_attempt_failures",
            description: "Attempts that a deployment did not serve, by deployment and by kind of failure; the call may have been served by another."
        );
        durations = meter.CreateHistogram("gen_ai.server.request.duration", "s", "From a call's arrival to its end.", null, ofDurations);
        firstTokens = meter.CreateHistogram(
            "gen_ai.server.time_to_first_token",
            "s",
            "From a vendor being asked to the first event of its stream.",
            null,
            ofFirstTokens
        );
        tokens = meter.CreateHistogram("gen_ai.client.token.usage", "{token}", "Tokens that calls were charged for.", null, ofTokens);
        meter.CreateObservableGauge("tokenline_calls_running", () => admission.Running, description: "Calls that run at this moment.");
        admission.Show(meter);
    }

    internal void Failed(LiveDeployment deployment, CallOutcome outcome)
    {
        if (failures.Enabled && outcome != CallOutcome.NotItsFault)
            failures.Add(1, new("deployment", deployment.Id), new("outcome", RoutingFigures.NameOf(outcome)));
    }

    /// <param name="times">Of the attempt that has served the call.</param>
    internal void Served(Call call, in AttemptTimes times)
    {
        if (times is { Stream: true, Began: { } began } && firstTokens.Enabled)
            firstTokens.Record(
                began / 1000d,
                new("gen_ai.operation.name", CallTrace.OperationOf(call)),
                new("gen_ai.provider.name", ProviderNames.Of(call.Deployment.Vendor)),
                new KeyValuePair<string, object?>("gen_ai.request.model", call.Model.Id)
            );
    }

    /// <param name="took">Since its arrival.</param>
    internal void Ended(Call call, Rejection? rejection, TimeSpan took)
    {
        var model = call.Model?.Id ?? "none"; // what was asked for is the client's word, and without bounds
        if (calls.Enabled)
            calls.Add(1, new("model", model), new("result", rejection?.Problem.Code ?? "ok"));
        var isServed = rejection is null && call.TokensUsed > 0;
        var tags = new TagList
        {
            { "gen_ai.operation.name", CallTrace.OperationOf(call) },
            { "gen_ai.provider.name", isServed ? ProviderNames.Of(call.Deployment.Vendor) : ProviderNames.None },
            { "gen_ai.request.model", model },
        };
        if (call.TokensUsed > 0 && tokens.Enabled)
        {
            Count(tags, "input", call.TokensUsed - call.OutputUsed);
            Count(tags, "output", call.OutputUsed);
        }
        if (!durations.Enabled)
            return;
        if (rejection is not null)
            tags.Add("error.type", rejection.Problem.Code);
        durations.Record(took.TotalSeconds, tags);
    }

    private void Count(TagList tags, string type, long count)
    {
        tags.Add("gen_ai.token.type", type);
        tokens.Record(count, tags);
    }

    public void Dispose() => meter.Dispose();
}
