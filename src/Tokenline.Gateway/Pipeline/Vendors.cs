using System.Net;
using Tokenline.Gateway.Protocols.OpenAI;
using Tokenline.Gateway.Routing;
using Tokenline.Gateway.Upstreams;

namespace Tokenline.Gateway.Pipeline;

/// <summary>Takes a held call to vendors, one after the other, until one of them serves it. One client call is one charge, whatever the attempts.</summary>
internal sealed class Vendors(
    UpstreamClient upstream,
    PlainRelay plain,
    StreamRelay stream,
    Settlement settlement,
    DeploymentLoads loads,
    GatewayOptions options,
    TimeProvider time
)
{
    private const int ErrorBytesMax = 16 * 1024;

    /// <summary>Null: served and settled. Otherwise the last failure; nothing was delivered and nothing is charged.</summary>
    public async ValueTask<VendorFailure?> ServeAsync(ChatCall call)
    {
        VendorFailure? failure = null;
        var (attempts, soonest) = (0, int.MaxValue);
        foreach (var candidate in Router.Candidates(call.Model))
        {
            var startedAt = time.GetUtcNow();
            if (!loads.TryTake(candidate, startedAt, call.TokensEstimate, out var taken, out var fitsAt))
            {
                soonest = Math.Min(soonest, Seconds(fitsAt - startedAt));
                continue;
            }
            call.Deployment = candidate;
            try
            {
                failure = await TryAsync(call);
            }
            finally
            {
                taken?.End(call.TokensUsed);
            }
            if (failure is null)
                return null;
            call.Failed(startedAt, failure.Outcome);
            if (++attempts == Router.AttemptsMax || failure.IsFinal || call.IsCutHere || call.ClientGone.IsCancellationRequested)
                break;
        }
        failure ??= VendorFailure.Full(call.Model.Id, soonest);
        await settlement.ReleaseAsync(call, failure.Outcome);
        return failure;
    }

    /// <summary>A limit of calls at once may have room again at any moment.</summary>
    private static int Seconds(TimeSpan? wait) => wait is { } known ? Math.Max(1, (int)Math.Ceiling(known.TotalSeconds)) : 1;

    private async ValueTask<VendorFailure?> TryAsync(ChatCall call)
    {
        using var clock = new VendorClock(time, TimeSpan.FromSeconds(call.Deployment.DrainSeconds), call.ClientGone);
        call.Clock = clock;
        if (call.IsCutHere)
            return VendorFailure.Abandoned;
        clock.Allow(TimeSpan.FromSeconds(options.FirstByteTimeoutSeconds));
        using var body = new PooledBuffer();
        HttpResponseMessage answer;
        try
        {
            answer = await upstream.SendChatAsync(call.Deployment, Rewritten(call, body), call.Request.Stream, clock.Token);
        }
        catch (OperationCanceledException) when (call.IsCutHere)
        {
            return VendorFailure.Abandoned;
        }
        catch (OperationCanceledException) when (clock.IsClientGone)
        {
            // The vendor has the prompt and works on it; the customer who left pays for the input, as the policy says.
            call.Facts = new ChatAnswerFacts();
            await settlement.SettleAsync(
                call,
                Usage.Of(await Settlement.CountInputAsync(call), 0),
                Charging.Records.UsageBasis.Estimated,
                Charging.Records.CallEnding.ClientGone,
                null
            );
            return null;
        }
        catch (OperationCanceledException)
        {
            return VendorFailure.Timeout(call.Deployment.Vendor);
        }
        catch (HttpRequestException e)
        {
            return e.HttpRequestError is HttpRequestError.ResponseEnded or HttpRequestError.InvalidResponse
                ? VendorFailure.Cut(call.Deployment.Vendor)
                : VendorFailure.Unreachable(call.Deployment.Vendor);
        }
        using (answer)
        {
            if (answer.StatusCode != HttpStatusCode.OK)
                return await RefusedAsync(call, answer, clock);
            call.Facts = new ChatAnswerFacts();
            return call.Request.Stream ? await stream.RelayAsync(call, answer, clock) : await plain.RelayAsync(call, answer, clock);
        }
    }

    /// <summary>The client's bytes with what must change: the model's name over there, the usage asked for, a clamped limit.</summary>
    private static ReadOnlyMemory<byte> Rewritten(ChatCall call, PooledBuffer into)
    {
        var changes = new ChatRequestChanges
        {
            ModelToken = call.Deployment.UpstreamModel == call.Model.Id ? default : UpstreamTarget.Of(call.Deployment).ModelToken,
            AskUsage = call.Request.Stream,
            OutputLimit = call.OutputLimit,
            OutputLimitField =
                call.Model.OutputLimitField == "max_completion_tokens" ? OutputLimitField.MaxCompletionTokens : OutputLimitField.MaxTokens,
        };
        var rewriter = new ChatRequestRewriter(call.Request, changes);
        if (!rewriter.HasEdits)
            return call.Body.Memory;
        into.GetSpan(rewriter.Measure(call.Body.Length));
        rewriter.WriteTo(call.Body.Span, into);
        return into.Memory;
    }

    private static async ValueTask<VendorFailure> RefusedAsync(ChatCall call, HttpResponseMessage answer, VendorClock clock)
    {
        using var words = new PooledBuffer();
        try
        {
            await using var body = await UpstreamClient.OpenBodyAsync(answer, clock.Token);
            while (words.Length < ErrorBytesMax)
            {
                var count = await body.ReadAsync(words.GetMemory(ErrorBytesMax / 4), clock.Token);
                if (count == 0)
                    break;
                words.Advance(count);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or HttpRequestException or IOException or InvalidDataException)
        {
            // The status alone is enough to go on with.
        }
        var retryAfter = answer.Headers.RetryAfter?.Delta is { } delta ? (int?)Math.Ceiling(delta.TotalSeconds) : null;
        var redacted = Redaction.Without(call.Deployment.ApiKey, words.Span[..Math.Min(words.Length, ErrorBytesMax)]);
        return VendorFailure.OfStatus(call.Deployment.Vendor, answer.StatusCode, retryAfter, redacted);
    }
}
