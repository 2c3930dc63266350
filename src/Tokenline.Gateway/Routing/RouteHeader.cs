using System.Globalization;
using System.Text;
using Tokenline.Gateway.Pipeline;

namespace Tokenline.Gateway.Routing;

/// <summary><c>x-tokenline-debug: route</c> is answered with <c>x-tokenline-route</c>: the policy, the deployment that was chosen, and why each other was not.</summary>
internal static class RouteHeader
{
    private const int LengthMax = 2000;

    public static void Tell(Call call, GatewayOptions options)
    {
        if (
            !call.Context.Request.Headers.TryGetValue("x-tokenline-debug", out var asked)
            || asked != "route"
            || !options.Routing.Explain
            || call.Route is null
        )
            return;
        // As it was when the call was routed: the chosen one counts as not yet tried.
        var chosen = call.First?.Seat;
        var text = new StringBuilder($"model={call.Model.Id}; policy={call.Route.Policy.Name}");
        if (call.Wish is { } wish)
            text.Append(CultureInfo.InvariantCulture, $"; asked={wish.Id}");
        if (chosen is not null)
            text.Append(CultureInfo.InvariantCulture, $"; chosen={chosen.Deployment.Id}");
        foreach (var ranked in Router.Explain(call.Route, call.Routing, call.RouteState with { Tried = call.RouteState.Full }))
            text.Append(CultureInfo.InvariantCulture, $"; {ranked.Seat.Deployment.Id}={ranked.InWords(call.Routing.Now)}");
        var ascii = new string([.. text.ToString().Select(c => c is >= ' ' and <= '~' ? c : '?')]);
        call.Context.Response.Headers["x-tokenline-route"] = ascii.Length > LengthMax ? ascii[..LengthMax] : ascii;
    }
}
