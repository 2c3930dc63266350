using System.Globalization;
using Tokenline.Commerce.Catalog;
using Tokenline.Gateway.Protocols;
using Tokenline.Gateway.Protocols.Translation;
using Tokenline.Gateway.Protocols.Unary;
using Tokenline.Gateway.Routing.Health;
using Tokenline.Gateway.Upstreams;

namespace Tokenline.Gateway.Routing;

/// <summary>
/// Chooses the deployment that a call goes to next: those that can serve it, ranked by the model's policy; among the best, by weight. It allocates nothing on
/// the usual path. See README.md.
/// </summary>
internal sealed class Router(Random dice, DeploymentLoads loads)
{
    /// <summary>The score of the deployment that a conversation stays on: better than any other.</summary>
    public const double Stays = -1e300;

    /// <summary>One call in so many goes where nothing was measured for long.</summary>
    private const int TryOneIn = 50;
    private const long MeasuredMilliseconds = 10_000;

    /// <summary>By which of its APIs a deployment serves this client: the one that the client speaks, else the first that there is a translation for. Null: by none.</summary>
    public static VendorApi? ApiFor(ClientProtocol client, Deployment deployment)
    {
        VendorApi? translated = null;
        foreach (var api in deployment.Apis)
        {
            var spoken = UpstreamTarget.ProtocolOf(api);
            if (spoken == client.Kind)
                return api;
            if (translated is null && client is not UnaryProtocol && ProtocolPairs.Find(client.Kind, spoken) is not null)
                translated = api;
        }
        return translated;
    }

    /// <summary>The seat that this call goes to next, with its part of that deployment's limits; null: there is none now.</summary>
    /// <param name="state">Where it has been; the seat is added.</param>
    public Seat? Take(ModelRoute route, in RoutingCall call, long tokens, ref RouteState state, out TakenLoad? load)
    {
        Span<byte> who = stackalloc byte[ModelRoute.SeatsMax];
        Span<double> scores = stackalloc double[ModelRoute.SeatsMax];
        load = null;
        while (true)
        {
            var count = Candidates(route, call, state, who);
            if (count == 0)
                return null;
            var index = who[Choose(route, call, who[..count], scores)];
            var seat = route.Seats[index];
            state.Tried |= 1UL << index;
            if (!loads.TryTake(seat.Deployment, call.At, tokens, out load, out var fitsAt))
            {
                state.Full |= 1UL << index;
                var wait = fitsAt is { } at ? Math.Max(1, (long)(at - call.At).TotalMilliseconds) : 1;
                state.FullFor = state.FullFor == 0 ? wait : Math.Min(state.FullFor, wait);
                continue;
            }
            if (seat.Live.Circuit.StateAt(call.Now) == CircuitState.HalfOpen && !seat.Live.TryTrial(call.Now))
            {
                load?.End(0);
                load = null;
                continue;
            }
            return seat;
        }
    }

    /// <summary>The same seat once more, with another key. False: the operator's limits for it are taken meanwhile.</summary>
    public bool TryTakeAgain(Seat seat, in RoutingCall call, long tokens, out TakenLoad? load) =>
        loads.TryTake(seat.Deployment, call.At, tokens, out load, out _);

    /// <summary>Whether any deployment could take such a call now, limits aside.</summary>
    public static bool CanServe(ModelRoute route, in RoutingCall call)
    {
        foreach (var seat in route.Seats)
        {
            if (Judge(seat, call) is SeatVerdict.Fits or SeatVerdict.Ejected or SeatVerdict.Overdue)
                return true;
        }
        return false;
    }

    /// <summary>Whether another deployment than those the call has been at could take it now.</summary>
    public static bool HasAnother(ModelRoute route, in RoutingCall call, in RouteState state)
    {
        for (var i = 0; i < route.Seats.Length; i++)
        {
            if ((state.Tried & (1UL << i)) == 0 && Judge(route.Seats[i], call) == SeatVerdict.Fits)
                return true;
        }
        return false;
    }

    public static SeatVerdict Judge(Seat seat, in RoutingCall call)
    {
        if (seat.ApiFor(call.Client) is null)
            return SeatVerdict.NotSpoken;
        if (seat.IsDraining)
            return SeatVerdict.Draining;
        var live = seat.Live;
        if (live.IsCrowded)
            return SeatVerdict.AtItsLimit;
        switch (live.Circuit.StateAt(call.Now))
        {
            case CircuitState.Open:
                return SeatVerdict.CircuitOpen;
            case CircuitState.HalfOpen when live.IsOnTrial(call.Now):
                return SeatVerdict.OnTrial;
        }
        if (live.RestsUntil > call.Now)
            return SeatVerdict.Resting;
        return live.EjectedUntil > call.Now ? SeatVerdict.Ejected
            : live.IsOverdue(call.Now, call.Stream, seat.OthersUsual(call.Stream)) ? SeatVerdict.Overdue
            : SeatVerdict.Fits;
    }

    /// <summary>Each deployment, whether and why not, what it scores, and which share of such calls it gets now. For people: it may be slow.</summary>
    public static IReadOnlyList<RankedSeat> Explain(ModelRoute route, in RoutingCall call, in RouteState state = default)
    {
        Span<byte> who = stackalloc byte[ModelRoute.SeatsMax];
        var count = Candidates(route, call, state, who);
        var scores = new double[ModelRoute.SeatsMax];
        var all = new byte[route.Seats.Length];
        for (var i = 0; i < all.Length; i++)
            all[i] = (byte)i;
        route.Policy.Rank(call, route.Seats, all, scores);
        var shares = new double[ModelRoute.SeatsMax];
        var ordinary = 100.0;
        Span<byte> rest = stackalloc byte[ModelRoute.SeatsMax];
        var others = 0;
        for (var i = 0; i < count; i++)
        {
            if (route.Seats[who[i]].CanaryPercent is { } percent && HasOrdinary(route, who[..count]))
            {
                shares[who[i]] = percent;
                ordinary -= percent;
            }
            else
            {
                rest[others++] = who[i];
            }
        }
        if (others > 0)
        {
            var ranked = new double[ModelRoute.SeatsMax];
            route.Policy.Rank(call, route.Seats, rest[..others], ranked);
            var ties = Ties(route, ranked.AsSpan(0, others), rest[..others], out var weight);
            for (var i = 0; i < others; i++)
            {
                if ((ties & (1UL << i)) != 0)
                    shares[rest[i]] = weight > 0 ? ordinary * route.Seats[rest[i]].Weight / weight : ordinary / ulong.PopCount(ties);
            }
        }
        var seats = new List<RankedSeat>();
        for (var i = 0; i < route.Seats.Length; i++)
        {
            var seat = route.Seats[i];
            var verdict =
                (state.Full & (1UL << i)) != 0 ? SeatVerdict.AtItsLimit
                : (state.Tried & (1UL << i)) != 0 ? SeatVerdict.Tried
                : Judge(seat, call);
            seats.Add(new(seat, verdict, scores[i], shares[i]));
        }
        return seats;
    }

    /// <summary>Why none can serve, by name; and when it is worth asking again, in milliseconds.</summary>
    public static (string Words, long RetryAfter) WhyNone(ModelRoute route, in RoutingCall call, in RouteState state)
    {
        var (words, soonest) = (new List<string>(), long.MaxValue);
        for (var i = 0; i < route.Seats.Length; i++)
        {
            var seat = route.Seats[i];
            var live = seat.Live;
            var name = seat.Deployment.Vendor;
            if ((state.Full & (1UL << i)) != 0)
            {
                words.Add($"{name} is at its limit");
                soonest = Math.Min(soonest, state.FullFor);
                continue;
            }
            switch (Judge(seat, call))
            {
                case SeatVerdict.NotSpoken:
                    words.Add($"{name} cannot be called in this protocol");
                    break;
                case SeatVerdict.Draining:
                    words.Add($"{name} is being drained");
                    break;
                case SeatVerdict.CircuitOpen or SeatVerdict.OnTrial:
                    words.Add($"{name} is out of service after '{live.Circuit.Reason}'");
                    soonest = Math.Min(soonest, Math.Max(1, live.Circuit.OpenUntil - call.Now));
                    break;
                case SeatVerdict.AtItsLimit:
                    words.Add($"{name} has as many calls as it may have at once");
                    soonest = Math.Min(soonest, 1000);
                    break;
                case SeatVerdict.Resting:
                    words.Add(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"{name} is at its limit for {(live.RestsUntil - call.Now + 999) / 1000} s"
                        )
                    );
                    soonest = Math.Min(soonest, live.RestsUntil - call.Now);
                    break;
            }
        }
        return (string.Join("; ", words), soonest == long.MaxValue ? 1000 : soonest);
    }

    /// <summary>Those that fit; where none does, those that are only passed over.</summary>
    private static int Candidates(ModelRoute route, in RoutingCall call, in RouteState state, Span<byte> who)
    {
        var count = 0;
        var ejected = 0UL;
        var seats = route.Seats;
        for (var i = 0; i < seats.Length; i++)
        {
            if ((state.Tried & (1UL << i)) != 0)
                continue;
            switch (Judge(seats[i], call))
            {
                case SeatVerdict.Fits:
                    who[count++] = (byte)i;
                    break;
                case SeatVerdict.Ejected or SeatVerdict.Overdue:
                    ejected |= 1UL << i;
                    break;
            }
        }
        for (; count == 0 && ejected != 0; ejected &= ejected - 1)
            who[count++] = (byte)ulong.TrailingZeroCount(ejected);
        return count;
    }

    /// <summary>The place in <paramref name="who"/> of the one to take.</summary>
    private int Choose(ModelRoute route, in RoutingCall call, Span<byte> who, Span<double> scores)
    {
        if (who.Length == 1)
            return 0;
        if (route.HasCanaries && HasOrdinary(route, who) && Canary(route, ref who) is >= 0 and var canary)
            return canary;
        if (who.Length == 1)
            return 0;
        if (route.Policy.LearnsByTrying && dice.Next(TryOneIn) == 0 && Forgotten(route, call, who) is >= 0 and var forgotten)
            return forgotten;
        route.Policy.Rank(call, route.Seats, who, scores);
        var ties = Ties(route, scores[..who.Length], who, out var weight);
        if (ulong.IsPow2(ties) || weight == 0)
            return (int)ulong.TrailingZeroCount(ties);
        var draw = dice.Next(weight);
        for (; ; ties &= ties - 1)
        {
            var place = (int)ulong.TrailingZeroCount(ties);
            draw -= route.Seats[who[place]].Weight;
            if (draw < 0)
                return place;
        }
    }

    /// <summary>The best, as bits of places. Those without weight only where no other is left.</summary>
    private static ulong Ties(ModelRoute route, ReadOnlySpan<double> scores, ReadOnlySpan<byte> who, out int weight)
    {
        var best = double.NaN;
        var anyWeight = false;
        for (var i = 0; i < who.Length; i++)
            anyWeight |= route.Seats[who[i]].Weight > 0;
        for (var i = 0; i < who.Length; i++)
        {
            if ((!anyWeight || route.Seats[who[i]].Weight > 0) && !(scores[i] >= best) && !double.IsNaN(scores[i]))
                best = scores[i];
        }
        var worst = best + (Math.Abs(best) * route.Policy.Tolerance);
        (var ties, weight) = (0UL, 0);
        for (var i = 0; i < who.Length; i++)
        {
            if (anyWeight && route.Seats[who[i]].Weight == 0)
                continue;
            if (!double.IsNaN(best) && !(scores[i] <= worst))
                continue;
            ties |= 1UL << i;
            weight += route.Seats[who[i]].Weight;
        }
        return ties;
    }

    private static bool HasOrdinary(ModelRoute route, ReadOnlySpan<byte> who)
    {
        foreach (var index in who)
        {
            if (route.Seats[index] is { CanaryPercent: null, Weight: > 0 })
                return true;
        }
        return false;
    }

    /// <summary>The place of a deployment on trial whose turn it is; otherwise -1, and those on trial are taken out.</summary>
    private int Canary(ModelRoute route, ref Span<byte> who)
    {
        var draw = dice.Next(100);
        var ordinary = 0;
        for (var i = 0; i < who.Length; i++)
        {
            if (route.Seats[who[i]].CanaryPercent is not { } percent)
            {
                who[ordinary++] = who[i];
                continue;
            }
            if (draw < percent && draw >= 0)
                return i;
            draw -= percent;
        }
        who = who[..ordinary];
        return -1;
    }

    /// <summary>The place of the one that was measured longest ago, if that is long; else -1.</summary>
    private static int Forgotten(ModelRoute route, in RoutingCall call, ReadOnlySpan<byte> who)
    {
        var (oldest, place) = (call.Now - MeasuredMilliseconds, -1);
        for (var i = 0; i < who.Length; i++)
        {
            if (route.Seats[who[i]] is { Weight: > 0, Live.SeenAt: var seen } && seen < oldest)
                (oldest, place) = (seen, i);
        }
        return place;
    }
}
