using System.Diagnostics.CodeAnalysis;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Routing;
using Tokenline.Gateway.Protocols.Anthropic;
using Tokenline.Gateway.Protocols.Unary;
using Tokenline.Gateway.Routing;
using Tokenline.Gateway.Upstreams;

namespace Tokenline.Gateway.Pipeline;

/// <summary>Sends a call to a deployment, in what its vendor speaks, with a key and with the patience that it deserves.</summary>
internal sealed class Asking(UpstreamClient upstream, VendorKeys keys, RoutingClock clock, GatewayOptions options, TimeProvider time)
{
    /// <param name="failure">Why it was not sent; null: it was.</param>
    public Attempt Ask(Call call, Seat seat, TakenLoad? load, Hedge? hedge, out VendorFailure? failure)
    {
        var deployment = seat.Deployment;
        var api = seat.ApiFor(call.Client) ?? throw new InvalidOperationException("not a candidate");
        var patience = PatienceWith(call, seat);
        var attempt = new Attempt(
            call,
            seat,
            load,
            new VendorClock(time, TimeSpan.FromSeconds(deployment.DrainSeconds), call.ClientGone) { FirstBytePatience = patience },
            time,
            clock
        );
        try
        {
            attempt.VendorKey = keys.Take(deployment);
            attempt.Take();
            call.Exchange = attempt.Exchange = Exchanges.Of(call, api);
            Open(call, attempt);
            var bytes = attempt.Exchange.Request(attempt.Body, out var refused);
            failure = refused is null ? null : VendorFailure.Untranslatable(refused);
            if (failure is not null)
                return attempt;
            attempt.Clock.Allow(patience);
            attempt.Answer = SendAsync(call, deployment, attempt.VendorKey, api, bytes, attempt.Clock.Token);
            if (hedge is not null && call.Request.Stream)
                attempt.Answer = WithFirstByteAsync(attempt.Answer);
            return attempt;
        }
        catch
        {
            attempt.Dispose();
            throw;
        }
    }

    /// <summary>An attempt before this one has opened the stream: said once is enough.</summary>
    public static void Open(Call call, Attempt attempt)
    {
        if (!call.IsOpened || attempt.KnowsOpening)
            return;
        using var unsent = new PooledBuffer();
        attempt.Exchange.TryOpen(unsent);
        attempt.KnowsOpening = true;
    }

    /// <summary>
    /// How long its answer may take to begin. Where another deployment could serve, no longer than it usually takes, and some; but what comes whole, or after
    /// reasoning that is not sent, begins when all of that is made, and has the time that as much output as it may have takes a slow model.
    /// </summary>
    private TimeSpan PatienceWith(Call call, Seat seat)
    {
        var most = TimeSpan.FromSeconds(options.FirstByteTimeoutSeconds);
        if (seat.Patience(call.Request.Stream) is not { } learnt || !Router.HasAnother(call.Route, call.Routing, call.RouteState))
            return most;
        if (!call.Request.Stream || call.Model.HidesReasoning || call.Request.HasReasoningEffort)
            learnt = Math.Max(learnt, call.OutputHeld * 1000 / options.Routing.SlowestTokensPerSecond);
        var patience = TimeSpan.FromMilliseconds(learnt);
        return patience < most ? patience : most;
    }

    /// <summary>Vendors send a stream's headers at once; of two that race it is the first byte that counts.</summary>
    [SuppressMessage("Reliability", "CA2022", Justification = "a read of nothing completes when there is something to read")]
    private static async Task<VendorAnswer> WithFirstByteAsync(Task<VendorAnswer> asked)
    {
        var answer = await asked;
        try
        {
            _ = await answer.ReadAsync(Memory<byte>.Empty);
            return answer;
        }
        catch (Exception e)
        {
            answer.Dispose();
            if (e is IOException)
                throw new HttpRequestException(HttpRequestError.ResponseEnded, inner: e);
            throw;
        }
    }

    private Task<VendorAnswer> SendAsync(
        Call call,
        Deployment deployment,
        string? key,
        VendorApi api,
        ReadOnlyMemory<byte> body,
        CancellationToken cancellation
    )
    {
        var target = UpstreamTarget.Of(deployment);
        var unary = call.Client as UnaryProtocol;
        var request = upstream.NewRequest(
            "POST"u8,
            unary is null ? target.UriOf(api, call.Request.Stream) : target.UriOf(api, unary.Path),
            deployment
        );
        UpstreamTarget.Authorize(request, api, key);
        request.Add(
            "Accept"u8,
            call.Request.Stream ? "text/event-stream"
                : unary is null ? "application/json"
                : "*/*"
        );
        if (api == VendorApi.AnthropicMessages)
            AnthropicHeaders.Set(call, request);
        request.SetBody(body, (unary is null ? null : call.Context.Request.ContentType) ?? "application/json");
        return request.SendAsync(cancellation);
    }
}
