using System.Net;
using Tokenline.Charging.Records;
using Tokenline.Gateway.Routing;
using Tokenline.Gateway.Routing.Figures;
using Tokenline.Gateway.Routing.Health;
using Tokenline.Gateway.Routing.Sticky;
using Tokenline.Gateway.Upstreams;

namespace Tokenline.Gateway.Pipeline;

/// <summary>Takes a held call to vendors, one after the other, until one of them serves it. One client call is one charge, whatever the attempts.</summary>
internal sealed class Vendors(
    Asking asking,
    Hedging hedging,
    Silence silence,
    Refusals refusals,
    PlainRelay plain,
    StreamRelay stream,
    Settlement settlement,
    Router router,
    RetryBudget budget,
    Conversations conversations,
    RoutingClock clock,
    VendorKeys keys,
    GatewayMetrics metrics,
    GatewayOptions options,
    TimeProvider time
)
{
    /// <summary>Null: served and settled. Otherwise the last failure; nothing was delivered and nothing is charged.</summary>
    public async ValueTask<VendorFailure?> ServeAsync(Call call)
    {
        budget.Called();
        VendorFailure? failure = null;
        var attempts = 0;
        while (Next(call, attempts) is var (seat, load))
        {
            var latest = await TryAsync(call, seat, load, mayHedge: attempts == 0);
            while (latest is { MayTryAnotherKey: true } && ++attempts < options.Routing.AttemptsMax && TakeAgain(call, seat, out load))
                latest = await TryAsync(call, seat, load, mayHedge: false);
            if (latest is null)
                return null;
            // That a call cannot be said somewhere asked no vendor, and matters only where nothing else is to be told.
            if (!latest.IsUnfit)
                attempts++;
            if (failure is null || !latest.IsUnfit)
                failure = latest;
            if (latest.IsFinal || call.IsCutHere || call.ClientGone.IsCancellationRequested)
                break;
        }
        failure = failure?.After(call.Tried) ?? NoneLeft(call);
        await settlement.ReleaseAsync(call, failure.Outcome);
        return failure;
    }

    /// <summary>The deployment to try; null: there is none, or there have been enough retries.</summary>
    /// <param name="attempts">Vendors that were asked before.</param>
    private (Seat Seat, TakenLoad? Load)? Next(Call call, int attempts)
    {
        if (call.First is { } first)
        {
            call.First = null;
            return first;
        }
        if (attempts >= options.Routing.AttemptsMax || attempts > 0 && !budget.TryTake())
            return null;
        call.Routing = call.Routing with { Now = clock.Now, At = time.GetUtcNow() };
        return router.Take(call.Route, call.Routing, call.TokensEstimate, ref call.RouteState, out var load) is { } seat
            ? (seat, load)
            : null;
    }

    private bool TakeAgain(Call call, Seat seat, out TakenLoad? load)
    {
        load = null;
        call.Routing = call.Routing with { Now = clock.Now, At = time.GetUtcNow() };
        return budget.TryTake() && router.TryTakeAgain(seat, call.Routing, call.TokensEstimate, out load);
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
        using var span = CallTrace.BeginAttempt(call, seat.Deployment);
        var attempt = asking.Ask(call, seat, load, hedge, out var failure);
        try
        {
            if (failure is null && Hedging.After(call, attempt, hedge) is { } after)
                attempt = await hedging.FirstOfTwoAsync(call, attempt, hedge, after);
            failure ??= await AnsweredAsync(call, attempt);
            Report(call, attempt, failure);
            CallTrace.EndAttempt(span, failure);
            return failure;
        }
        finally
        {
            attempt.Leave(call.TokensUsed);
            attempt.Dispose();
        }
    }

    private async ValueTask<VendorFailure?> AnsweredAsync(Call call, Attempt attempt)
    {
        VendorAnswer answer;
        try
        {
            answer = await silence.FirstByteAsync(call, attempt.Answer);
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
                call.Client.InputUsage(call, await Settlement.CountInputAsync(call)),
                UsageBasis.Estimated,
                CallEnding.ClientGone,
                null
            );
            return null;
        }
        catch (Exception e) when (e is OperationCanceledException or HttpRequestException)
        {
            return VendorFailure.Of(attempt.Deployment.Vendor, e);
        }
        using (answer)
        {
            attempt.Seat.Live.Read(answer.Headers, clock.Now, time.GetUtcNow());
            if (answer.Status != HttpStatusCode.OK)
                return await refusals.ReadAsync(call, answer, attempt.Clock);
            keys.Served(attempt.Deployment, attempt.VendorKey);
            attempt.Body.Dispose(); // the vendor has it: an open stream does not hold a second copy of its conversation for minutes
            if (call.Request.Stream)
                return await stream.RelayAsync(call, answer, attempt.Clock);
            attempt.Began();
            return await plain.RelayAsync(call, answer, attempt.Clock);
        }
    }

    /// <summary>What the deployment's figures and health learn of it, and the charge's record of vendor-side attempts.</summary>
    private void Report(Call call, Attempt attempt, VendorFailure? failure)
    {
        if (failure is { IsUnfit: true })
        {
            attempt.Seat.Live.Untried();
            return;
        }
        var (live, now, times) = (attempt.Seat.Live, clock.Now, attempt.Times);
        if (failure is not null)
        {
            call.Failed(attempt.Deployment, attempt.At, failure.Outcome);
            metrics.Failed(live, failure.Counts);
            live.Failed(now, times, failure.Counts, failure.Outcome, failure.RetryAfter);
            return;
        }
        switch (call.Ending)
        {
            case CallEnding.VendorCut or CallEnding.VendorError:
                metrics.Failed(live, CallOutcome.Broken);
                live.Failed(now, times, CallOutcome.Broken, "cut");
                break;
            case CallEnding.Completed or CallEnding.QuotaEnded:
                live.Served(now, times, call.OutputUsed);
                metrics.Served(call, times);
                conversations.Served(call.Routing.Conversation, live.Number, now + (call.Model.Routing.WarmSeconds * 1000L));
                break;
            default:
                live.Failed(now, times, CallOutcome.NotItsFault, "");
                break;
        }
    }
}
