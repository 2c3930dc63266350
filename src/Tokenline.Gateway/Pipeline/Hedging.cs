using System.Diagnostics.CodeAnalysis;
using System.Net;
using Tokenline.Commerce.Routing;
using Tokenline.Gateway.Routing;
using Tokenline.Gateway.Routing.Figures;
using Tokenline.Gateway.Routing.Health;

namespace Tokenline.Gateway.Pipeline;

/// <summary>Asks a second deployment when the first is slow to begin, where the operator has chosen that for the model.</summary>
internal sealed class Hedging(
    Asking asking,
    Silence silence,
    Router router,
    RetryBudget budget,
    RoutingClock clock,
    GatewayMetrics metrics,
    TimeProvider time
)
{
    /// <summary>After how long a second deployment is asked too; null: never.</summary>
    public static TimeSpan? After(Call call, Attempt attempt, Hedge? hedge) =>
        (hedge?.AfterMilliseconds ?? (hedge is null ? null : attempt.Seat.Live.FirstBytesOf(call.Request.Stream).Usual)) is { } milliseconds
            ? TimeSpan.FromMilliseconds(milliseconds)
            : null;

    /// <summary>
    /// The attempt that serves, when a second one was asked because the first was slow. The one that begins first wins; the other is given up, and is a line of
    /// vendor-side cost with the input that it has probably read.
    /// </summary>
    public async ValueTask<Attempt> FirstOfTwoAsync(Call call, Attempt first, Hedge? hedge, TimeSpan after)
    {
        if (await silence.EndedWithinAsync(call, first.Answer, after) || !budget.TryTake())
            return first;
        call.Routing = call.Routing with { Now = clock.Now, At = time.GetUtcNow() };
        if (router.Take(call.Route, call.Routing, call.TokensEstimate, ref call.RouteState, out var load) is not { } seat)
            return first;
        var second = asking.Ask(call, seat, load, hedge, out var failure);
        first.Take(); // until it is decided, the call is with the first
        if (failure is not null)
        {
            second.Dispose();
            return first;
        }
        call.SecondClock = second.Clock;
        try
        {
            await silence.EndedAsync(call, Task.WhenAny(first.Answer, second.Answer));
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
        Asking.Open(call, winner);
        return winner;
    }

    private static bool IsServing(Attempt attempt) => attempt.Answer is { IsCompletedSuccessfully: true, Result.Status: HttpStatusCode.OK };

    /// <summary>The one of two that is not needed, or has failed.</summary>
    private void GiveUp(Call call, Attempt loser)
    {
        var failure =
            loser.Answer.Exception?.InnerException is { } e ? VendorFailure.Of(loser.Deployment.Vendor, e)
            : loser.Answer is { IsCompletedSuccessfully: true, Result.Status: not HttpStatusCode.OK and var status }
                ? VendorFailure.OfStatus(loser.Deployment.Vendor, status, null, [])
            : null;
        var outcome = failure?.Outcome ?? "hedged: another began first";
        call.Failed(loser.Deployment, loser.At, outcome, failure is null ? Usage.Of(call.InputEstimate, 0) : null);
        var counts = failure?.Counts ?? CallOutcome.NotItsFault;
        metrics.Failed(loser.Seat.Live, counts);
        loser.Seat.Live.Failed(clock.Now, loser.Times, counts, outcome);
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
}
