using System.Diagnostics.CodeAnalysis;
using System.Net;
using Tokenline.Charging;
using Tokenline.Charging.Records;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Routing;
using Tokenline.Gateway.Protocols.Anthropic;
using Tokenline.Gateway.Protocols.Unary;
using Tokenline.Gateway.Routing;
using Tokenline.Gateway.Routing.Figures;
using Tokenline.Gateway.Routing.Health;
using Tokenline.Gateway.Routing.Sticky;
using Tokenline.Gateway.Upstreams;

namespace Tokenline.Gateway.Pipeline;

/// <summary>Takes a held call to vendors, one after the other, until one of them serves it. One client call is one charge, whatever the attempts.</summary>
internal sealed class Vendors(
    UpstreamClient upstream,
    PlainRelay plain,
    StreamRelay stream,
    Settlement settlement,
    Router router,
    RetryBudget budget,
    Conversations conversations,
    RoutingClock clock,
    VendorKeys keys,
    IChargingAccounts accounts,
    GatewayMetrics metrics,
    GatewayOptions options,
    TimeProvider time
)
{
    private const int ErrorBytesMax = 16 * 1024;

    /// <summary>Null: served and settled. Otherwise the last failure; nothing was delivered and nothing is charged.</summary>
    public async ValueTask<VendorFailure?> ServeAsync(Call call)
    {
        budget.Called();
        VendorFailure? failure = null;
        for (var attempts = 1; Next(call, attempts) is var (seat, load); attempts++)
        {
            failure = await TryAsync(call, seat, load, mayHedge: attempts == 1);
            while (failure is { MayTryAnotherKey: true } && ++attempts <= options.Routing.AttemptsMax && budget.TryTake())
                failure = await TryAsync(call, seat, null, mayHedge: false);
            if (failure is null)
                return null;
            if (failure.IsFinal || call.IsCutHere || call.ClientGone.IsCancellationRequested)
                break;
        }
        failure = failure?.After(call.Tried) ?? NoneLeft(call);
        await settlement.ReleaseAsync(call, failure.Outcome);
        return failure;
    }

    /// <summary>The deployment to try; null: there is none, or there have been enough retries.</summary>
    private (Seat Seat, TakenLoad? Load)? Next(Call call, int attempt)
    {
        if (attempt == 1 && call.First is { } first)
        {
            call.First = null;
            return first;
        }
        if (attempt > options.Routing.AttemptsMax || attempt > 1 && !budget.TryTake())
            return null;
        call.Routing = call.Routing with { Now = clock.Now, At = time.GetUtcNow() };
        return router.Take(call.Route, call.Routing, call.TokensEstimate, ref call.RouteState, out var load) is { } seat
            ? (seat, load)
            : null;
    }

    private VendorFailure NoneLeft(Call call)
    {
        var (words, retryAfter) = Router.WhyNone(call.Route, call.Routing with { Now = clock.Now }, call.RouteState);
        return VendorFailure.NoneLeft(call.Model.Id, words, (int)Math.Max(1, (retryAfter + 999) / 1000));
    }

    private async ValueTask<VendorFailure?> TryAsync(Call call, Seat seat, TakenLoad? load, bool mayHedge)
    {
        if (call.IsCutHere)
        {
            load?.End(0);
            return VendorFailure.Abandoned;
        }
        var hedge = mayHedge ? call.Model.Routing.Hedge : null;
        var attempt = Ask(call, seat, load, hedge, out var failure);
        try
        {
            if (failure is null && HedgeAfter(call, attempt, hedge) is { } after)
                attempt = await FirstOfTwoAsync(call, attempt, hedge, after);
            failure ??= await AnsweredAsync(call, attempt);
            Report(call, attempt, failure);
            return failure;
        }
        finally
        {
            attempt.Leave(call.TokensUsed);
            attempt.Dispose();
        }
    }

    /// <summary>Sends the call to a deployment.</summary>
    private Attempt Ask(Call call, Seat seat, TakenLoad? load, Hedge? hedge, out VendorFailure? failure)
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
                attempt.Answer = WithFirstByteAsync(attempt.Answer, attempt.Clock.Token);
            return attempt;
        }
        catch
        {
            attempt.Dispose();
            throw;
        }
    }

    /// <summary>An attempt before this one has opened the stream: said once is enough.</summary>
    private static void Open(Call call, Attempt attempt)
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
    private static async Task<HttpResponseMessage> WithFirstByteAsync(Task<HttpResponseMessage> asked, CancellationToken cancellation)
    {
        var answer = await asked;
        try
        {
            var body = await answer.Content.ReadAsStreamAsync(cancellation);
            _ = await body.ReadAsync(Memory<byte>.Empty, cancellation);
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

    private async ValueTask<VendorFailure?> AnsweredAsync(Call call, Attempt attempt)
    {
        HttpResponseMessage answer;
        try
        {
            answer = await FirstByteAsync(call, attempt.Answer);
        }
        catch (OperationCanceledException) when (call.IsCutHere)
        {
            return VendorFailure.Abandoned;
        }
        catch (OperationCanceledException) when (attempt.Clock.IsClientGone)
        {
            // The vendor has the prompt and works on it; the customer who left pays for the input, as the policy says.
            await settlement.SettleAsync(
                call,
                Usage.Of(await Settlement.CountInputAsync(call), 0),
                UsageBasis.Estimated,
                CallEnding.ClientGone,
                null
            );
            return null;
        }
        catch (Exception e) when (e is OperationCanceledException or HttpRequestException)
        {
            return FailureOf(attempt, e);
        }
        using (answer)
        {
            attempt.Seat.Live.Read(answer.Headers, clock.Now, time.GetUtcNow());
            if (answer.StatusCode != HttpStatusCode.OK)
                return await RefusedAsync(call, answer, attempt.Clock);
            keys.Served(attempt.Deployment, attempt.VendorKey);
            attempt.Body.Dispose(); // the vendor has it: an open stream does not hold a second copy of its conversation for minutes
            if (call.Request.Stream)
                return await stream.RelayAsync(call, answer, attempt.Clock);
            attempt.Began();
            return await plain.RelayAsync(call, answer, attempt.Clock);
        }
    }

    private static VendorFailure FailureOf(Attempt attempt, Exception e) =>
        e switch
        {
            HttpRequestException { HttpRequestError: HttpRequestError.ResponseEnded or HttpRequestError.InvalidResponse } =>
                VendorFailure.Cut(attempt.Deployment.Vendor),
            HttpRequestException => VendorFailure.Unreachable(attempt.Deployment.Vendor),
            _ => VendorFailure.Timeout(attempt.Deployment.Vendor),
        };

    /// <summary>What the deployment's figures and health learn of it, and the charge's record of vendor-side attempts.</summary>
    private void Report(Call call, Attempt attempt, VendorFailure? failure)
    {
        var live = attempt.Seat.Live;
        var now = clock.Now;
        if (
            attempt.BeganAfter is { } beganAfter
            && (failure is not null || call.Ending is not (CallEnding.Completed or CallEnding.QuotaEnded))
        )
            live.Began(now, call.Request.Stream, beganAfter);
        if (failure is not null)
        {
            call.Failed(attempt.Deployment, attempt.At, failure.Outcome);
            var took = attempt.BeganAt == 0 ? (long)time.GetElapsedTime(attempt.AskedAt).TotalMilliseconds : 0;
            metrics.Failed(live, failure.Counts);
            live.Failed(now, failure.Counts, failure.Outcome, failure.RetryAfter, call.Request.Stream, took);
            return;
        }
        switch (call.Ending)
        {
            case CallEnding.VendorCut or CallEnding.VendorError:
                metrics.Failed(live, CallOutcome.Broken);
                live.Failed(now, CallOutcome.Broken, "cut", null, call.Request.Stream, 0);
                break;
            case CallEnding.Completed or CallEnding.QuotaEnded:
                var writing =
                    call.Request.Stream && attempt.BeganAt != 0 ? (long)time.GetElapsedTime(attempt.BeganAt).TotalMilliseconds : 0;
                live.Served(now, call.Request.Stream, attempt.BeganAfter, call.OutputUsed, writing);
                conversations.Served(call.Routing.Conversation, live.Number, now + (call.Model.Routing.WarmSeconds * 1000L));
                break;
            default:
                live.Failed(now, CallOutcome.NotItsFault, "", null, call.Request.Stream, 0);
                break;
        }
    }

    /// <summary>After how long a second deployment is asked too; null: never.</summary>
    private static TimeSpan? HedgeAfter(Call call, Attempt attempt, Hedge? hedge) =>
        (hedge?.AfterMilliseconds ?? (hedge is null ? null : attempt.Seat.Live.FirstBytesOf(call.Request.Stream).Usual)) is { } milliseconds
            ? TimeSpan.FromMilliseconds(milliseconds)
            : null;

    /// <summary>
    /// The attempt that serves, when a second one was asked because the first was slow. The one that begins first wins; the other is given up, and is a line of
    /// vendor-side cost with the input that it has probably read.
    /// </summary>
    private async ValueTask<Attempt> FirstOfTwoAsync(Call call, Attempt first, Hedge? hedge, TimeSpan after)
    {
        if (await EndedWithinAsync(call, first.Answer, after) || !budget.TryTake())
            return first;
        call.Routing = call.Routing with { Now = clock.Now, At = time.GetUtcNow() };
        if (router.Take(call.Route, call.Routing, call.TokensEstimate, ref call.RouteState, out var load) is not { } seat)
            return first;
        var second = Ask(call, seat, load, hedge, out var failure);
        first.Take(); // until it is decided, the call is with the first
        if (failure is not null)
        {
            second.Dispose();
            return first;
        }
        call.SecondClock = second.Clock;
        try
        {
            await EndedAsync(call, Task.WhenAny(first.Answer, second.Answer));
        }
        catch
        {
            GiveUp(call, second);
            throw;
        }
        finally
        {
            call.SecondClock = null;
        }
        var (winner, loser) =
            IsServing(first) ? (first, second)
            : IsServing(second) ? (second, first)
            : first.Answer.IsCompleted && !second.Answer.IsCompleted ? (second, first)
            : (first, second);
        GiveUp(call, loser);
        winner.Take();
        Open(call, winner);
        return winner;
    }

    private static bool IsServing(Attempt attempt) =>
        attempt.Answer is { IsCompletedSuccessfully: true, Result.StatusCode: HttpStatusCode.OK };

    /// <summary>The one of two that is not needed, or has failed.</summary>
    private void GiveUp(Call call, Attempt loser)
    {
        var failure =
            loser.Answer.Exception?.InnerException is { } e ? FailureOf(loser, e)
            : loser.Answer is { IsCompletedSuccessfully: true, Result.StatusCode: not HttpStatusCode.OK and var status }
                ? VendorFailure.OfStatus(loser.Deployment.Vendor, status, null, [])
            : null;
        var outcome = failure?.Outcome ?? "hedged: another began first";
        call.Failed(loser.Deployment, loser.At, outcome, failure is null ? Usage.Of(call.InputEstimate, 0) : null);
        var took = (long)time.GetElapsedTime(loser.AskedAt).TotalMilliseconds;
        metrics.Failed(loser.Seat.Live, failure?.Counts ?? CallOutcome.NotItsFault);
        loser.Seat.Live.Failed(clock.Now, failure?.Counts ?? CallOutcome.NotItsFault, outcome, null, call.Request.Stream, took);
        loser.Clock.Cancel();
        _ = EndAsync(loser);
    }

    /// <summary>Its answer may still come; nobody reads it.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "whatever becomes of it, it has been given up")]
    private static async Task EndAsync(Attempt loser)
    {
        try
        {
            (await loser.Answer).Dispose();
        }
        catch (Exception)
        {
            // Cancelled, most likely.
        }
        finally
        {
            loser.Dispose();
        }
    }

    private Task<HttpResponseMessage> SendAsync(
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
        var request = new HttpRequestMessage(
            HttpMethod.Post,
            unary is null ? target.UriOf(api, call.Request.Stream) : target.UriOf(api, unary.Path)
        )
        {
            Content = new UpstreamContent(body, unary is null ? null : call.Context.Request.ContentType),
        };
        UpstreamTarget.Authorize(request.Headers, api, key);
        request.Headers.TryAddWithoutValidation(
            "Accept",
            call.Request.Stream ? "text/event-stream"
                : unary is null ? "application/json"
                : "*/*"
        );
        if (api == VendorApi.AnthropicMessages)
            AnthropicHeaders.Set(call, request);
        return upstream.SendAsync(deployment, request, cancellation);
    }

    /// <summary>A client whose protocol has pings gets its stream opened, and pings, while the vendor is silent. Failover stays possible.</summary>
    private async ValueTask<HttpResponseMessage> FirstByteAsync(Call call, Task<HttpResponseMessage> answer)
    {
        if (call.Client.Pings && call.Request.Stream)
            await EndedAsync(call, answer);
        return await answer;
    }

    /// <summary>Waits until it has ended, however; its client gets pings meanwhile.</summary>
    private async ValueTask EndedAsync(Call call, Task task)
    {
        if (!call.Client.Pings || !call.Request.Stream)
        {
            await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }
        while (!await Pings.IsEndedAsync(task, TimeSpan.FromSeconds(options.PingSeconds), time))
            await Opening.PingAsync(call, accounts);
    }

    /// <summary>False: it has not ended within this time.</summary>
    private async ValueTask<bool> EndedWithinAsync(Call call, Task task, TimeSpan span)
    {
        var ping = call.Client.Pings && call.Request.Stream ? TimeSpan.FromSeconds(options.PingSeconds) : TimeSpan.MaxValue;
        for (var left = span; left > TimeSpan.Zero; left -= ping)
        {
            if (await Pings.IsEndedAsync(task, left < ping ? left : ping, time))
                return true;
            if (left >= ping)
                await Opening.PingAsync(call, accounts);
        }
        return task.IsCompleted;
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
        var retryAfter = RetryAfterOf(answer);
        var redacted = Redaction.Without(call.VendorKey, words.Span[..Math.Min(words.Length, ErrorBytesMax)]);
        var failure = VendorFailure.OfStatus(
            call.Deployment.Vendor,
            answer.StatusCode,
            retryAfter is { } delta ? (int?)Math.Ceiling(delta.TotalSeconds) : null,
            redacted
        ) with
        {
            RetryAfter = retryAfter,
        };
        // A key that is refused or limited while another one is well says nothing of the deployment.
        if (keys.Refused(call.Deployment, call.VendorKey, answer.StatusCode, retryAfter))
            failure = failure with { MayTryAnotherKey = true, Counts = CallOutcome.NotItsFault };
        return call.Exchange.PassesErrors || failure.Body is null ? failure : failure.InOurWords();
    }

    /// <summary>In seconds, or an instant.</summary>
    private TimeSpan? RetryAfterOf(HttpResponseMessage answer) =>
        answer.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date > time.GetUtcNow() ? date - time.GetUtcNow() : TimeSpan.Zero,
            _ => null,
        };
}
