using System.Diagnostics;
using Tokenline.Commerce.Catalog;
using Tokenline.Gateway.Pipeline;

namespace Tokenline.Gateway;

/// <summary>
/// Spans of calls, as OpenTelemetry's semantic conventions for generative AI name them: one of the call, and within it one of each vendor that was asked.
/// They carry no prompt, no answer and no key. While nobody listens there are none, and they cost nothing.
/// </summary>
public static class CallTrace
{
    public const string SourceName = "Tokenline.Gateway";

    private static readonly ActivitySource source = new(SourceName);

    /// <summary>The caller's own trace goes on, if it has sent one (W3C trace context).</summary>
    internal static Activity? Begin(Call call)
    {
        if (!source.HasListeners())
            return null;
        var headers = call.Context.Request.Headers;
        _ = ActivityContext.TryParse(headers.TraceParent, headers.TraceState, isRemote: true, out var parent);
        return source.StartActivity("call", ActivityKind.Server, parent);
    }

    internal static void End(Activity? span, Call call, Rejection? rejection)
    {
        if (span is null)
            return;
        var model = call.Model?.Id;
        var operation = OperationOf(call);
        span.DisplayName = model is null ? operation : $"{operation} {model}";
        span.SetTag("gen_ai.operation.name", operation);
        span.SetTag("tokenline.charge.id", call.Charge.ToString());
        if (model is not null)
            span.SetTag("gen_ai.request.model", model);
        if (rejection is not null)
        {
            span.SetTag("error.type", rejection.Problem.Code);
            span.SetStatus(ActivityStatusCode.Error);
        }
        else if (call.TokensUsed > 0)
        {
            span.SetTag("gen_ai.provider.name", ProviderNames.Of(call.Deployment.Vendor));
            span.SetTag("gen_ai.response.model", call.AnsweredModel);
            span.SetTag("gen_ai.usage.input_tokens", call.TokensUsed - call.OutputUsed);
            span.SetTag("gen_ai.usage.output_tokens", call.OutputUsed);
        }
    }

    internal static Activity? BeginAttempt(Call call, Deployment deployment)
    {
        if (!source.HasListeners())
            return null;
        var operation = OperationOf(call);
        var span = source.StartActivity($"{operation} {deployment.UpstreamModel}", ActivityKind.Client);
        span?.SetTag("gen_ai.operation.name", operation);
        span?.SetTag("gen_ai.provider.name", ProviderNames.Of(deployment.Vendor));
        span?.SetTag("gen_ai.request.model", deployment.UpstreamModel);
        span?.SetTag("tokenline.deployment", deployment.Id);
        return span;
    }

    internal static void EndAttempt(Activity? span, VendorFailure? failure)
    {
        if (span is null || failure is null)
            return;
        span.SetTag("error.type", failure.Outcome);
        span.SetStatus(ActivityStatusCode.Error);
    }

    /// <summary>The conventions have three of these names; the rest are ours.</summary>
    internal static string OperationOf(Call call) =>
        call.Model?.Kind switch
        {
            ModelKind.Embedding => "embeddings",
            ModelKind.Rerank => "rerank",
            ModelKind.Image => "image_generation",
            ModelKind.Speech => "speech",
            ModelKind.Transcription => "transcription",
            _ => "chat",
        };
}
