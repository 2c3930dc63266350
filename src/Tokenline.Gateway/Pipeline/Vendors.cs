using System.Net;
using Tokenline.Charging;
using Tokenline.Commerce.Catalog;
using Tokenline.Gateway.Protocols.Anthropic;
using Tokenline.Gateway.Protocols.Unary;
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
    VendorKeys keys,
    IChargingAccounts accounts,
    GatewayOptions options,
    TimeProvider time
)
{
    private const int ErrorBytesMax = 16 * 1024;

    /// <summary>Null: served and settled. Otherwise the last failure; nothing was delivered and nothing is charged.</summary>
    public async ValueTask<VendorFailure?> ServeAsync(Call call)
    {
        VendorFailure? failure = null;
        var (attempts, soonest) = (0, int.MaxValue);
        foreach (var candidate in Router.Candidates(call.Model))
        {
            if (Router.ApiFor(call.Client, candidate) is null)
                continue;
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
                while (failure is { MayTryAnotherKey: true } && ++attempts < Router.AttemptsMax)
                {
                    call.Failed(startedAt, failure.Outcome);
                    startedAt = time.GetUtcNow();
                    failure = await TryAsync(call);
                }
            }
            finally
            {
                taken?.End(call.TokensUsed);
            }
            if (failure is null)
                return null;
            call.Failed(startedAt, failure.Outcome);
            if (++attempts >= Router.AttemptsMax || failure.IsFinal || call.IsCutHere || call.ClientGone.IsCancellationRequested)
                break;
        }
        failure ??= VendorFailure.Full(call.Model.Id, soonest);
        await settlement.ReleaseAsync(call, failure.Outcome);
        return failure;
    }

    /// <summary>A limit of calls at once may have room again at any moment.</summary>
    private static int Seconds(TimeSpan? wait) => wait is { } known ? Math.Max(1, (int)Math.Ceiling(known.TotalSeconds)) : 1;

    private async ValueTask<VendorFailure?> TryAsync(Call call)
    {
        using var clock = new VendorClock(time, TimeSpan.FromSeconds(call.Deployment.DrainSeconds), call.ClientGone);
        call.Clock = clock;
        if (call.IsCutHere)
            return VendorFailure.Abandoned;
        var api = Router.ApiFor(call.Client, call.Deployment) ?? throw new InvalidOperationException("not a candidate");
        call.Exchange = Exchanges.Of(call, api);
        using var body = new PooledBuffer();
        if (call.IsOpened)
        {
            call.Exchange.TryOpen(body); // an attempt before this one has opened the stream: said once is enough
            body.Clear();
        }
        var bytes = call.Exchange.Request(body, out var refused);
        if (refused is not null)
            return VendorFailure.Untranslatable(refused);

        clock.Allow(TimeSpan.FromSeconds(options.FirstByteTimeoutSeconds));
        HttpResponseMessage answer;
        try
        {
            answer = await FirstByteAsync(call, SendAsync(call, api, bytes, clock.Token));
        }
        catch (OperationCanceledException) when (call.IsCutHere)
        {
            return VendorFailure.Abandoned;
        }
        catch (OperationCanceledException) when (clock.IsClientGone)
        {
            // The vendor has the prompt and works on it; the customer who left pays for the input, as the policy says.
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
            keys.Served(call.Deployment, call.VendorKey);
            return call.Request.Stream ? await stream.RelayAsync(call, answer, clock) : await plain.RelayAsync(call, answer, clock);
        }
    }

    private Task<HttpResponseMessage> SendAsync(Call call, VendorApi api, ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        var target = UpstreamTarget.Of(call.Deployment);
        var unary = call.Client as UnaryProtocol;
        var request = new HttpRequestMessage(
            HttpMethod.Post,
            unary is null ? target.UriOf(api, call.Request.Stream) : target.UriOf(api, unary.Path)
        )
        {
            Content = new UpstreamContent(body, unary is null ? null : call.Context.Request.ContentType),
        };
        call.VendorKey = keys.Take(call.Deployment);
        UpstreamTarget.Authorize(request.Headers, api, call.VendorKey);
        request.Headers.TryAddWithoutValidation(
            "Accept",
            call.Request.Stream ? "text/event-stream"
                : unary is null ? "application/json"
                : "*/*"
        );
        if (api == VendorApi.AnthropicMessages)
            AnthropicHeaders.Set(call, request);
        return upstream.SendAsync(call.Deployment, request, cancellation);
    }

    /// <summary>A client whose protocol has pings gets its stream opened, and pings, while the vendor is silent. Failover stays possible.</summary>
    private async ValueTask<HttpResponseMessage> FirstByteAsync(Call call, Task<HttpResponseMessage> answer)
    {
        if (!call.Client.Pings || !call.Request.Stream)
            return await answer;
        while (!await Pings.IsEndedAsync(answer, TimeSpan.FromSeconds(options.PingSeconds), time))
            await Opening.PingAsync(call, accounts);
        return await answer;
    }

    private async ValueTask<VendorFailure> RefusedAsync(Call call, HttpResponseMessage answer, VendorClock clock)
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
        var retryAfter = answer.Headers.RetryAfter?.Delta;
        var redacted = Redaction.Without(call.VendorKey, words.Span[..Math.Min(words.Length, ErrorBytesMax)]);
        var failure = VendorFailure.OfStatus(
            call.Deployment.Vendor,
            answer.StatusCode,
            retryAfter is { } delta ? (int?)Math.Ceiling(delta.TotalSeconds) : null,
            redacted
        );
        failure = failure with { MayTryAnotherKey = keys.Refused(call.Deployment, call.VendorKey, answer.StatusCode, retryAfter) };
        return call.Exchange.PassesErrors || failure.Body is null ? failure : failure.InOurWords();
    }
}
