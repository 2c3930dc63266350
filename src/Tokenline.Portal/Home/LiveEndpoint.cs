using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Tokenline.Charging;
using Tokenline.Commerce.Access;
using Tokenline.Portal.Access;

namespace Tokenline.Portal.Home;

/// <summary>
/// Tells an open page that its account has moved, as server-sent events (WHATWG HTML, 9.2). The page then asks for itself again and takes over what is marked
/// <c>data-live</c>; so nothing is computed here that a page does not compute as well, and no page is kept in memory. A page says which entry of its account it shows,
/// and a browser that comes back which event it heard last: what moved meanwhile is told at once.
/// </summary>
internal static class LiveEndpoint
{
    private static readonly TimeSpan lookEvery = TimeSpan.FromSeconds(1.5);

    /// <summary>The browser comes back by itself; so sessions that ended are noticed, and connections move to other nodes.</summary>
    private static readonly TimeSpan longest = TimeSpan.FromMinutes(2);
    private static readonly byte[] still = Encoding.UTF8.GetBytes(": still\n\n");
    private const int StillEvery = 10; // looks
    private const string From = "from";

    public static void Map(IEndpointRouteBuilder routes, PortalEdge edge) =>
        routes.MapGet("/live", edge.Around(WatchAsync)).WithMetadata(new NeedsAttribute(Right.SeeBalance)).ExcludeFromDescription();

    private static async Task WatchAsync(HttpContext context)
    {
        var accounts = context.RequestServices.GetRequiredService<IChargingAccounts>();
        var time = context.RequestServices.GetRequiredService<TimeProvider>();
        var stopping = context.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        var account = context.Features.Get<Visitor>()!.Customer.Account;
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        using var timer = new PeriodicTimer(lookEvery, time);
        var (start, now, looks) = (time.GetTimestamp(), (await accounts.ViewAsync(account)).Sequence, 0);
        var known = KnownTo(context.Request) ?? now;
        try
        {
            do
            {
                if (now == known && looks++ % StillEvery != 0)
                    continue;
                await context.Response.Body.WriteAsync(now == known ? still : Moved(now), ended.Token);
                await context.Response.Body.FlushAsync(ended.Token);
                known = now;
            } while (time.GetElapsedTime(start) < longest && await timer.WaitForNextTickAsync(ended.Token) && await LookAsync());
        }
        catch (OperationCanceledException)
        {
            // the page was left, or the server ends
        }
        catch (AccountUnavailableException)
        {
            // the browser asks again in a moment
        }

        async Task<bool> LookAsync()
        {
            now = (await accounts.ViewAsync(account)).Sequence;
            return true;
        }
    }

    private static byte[] Moved(long sequence) =>
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"id: {sequence}\ndata: moved\n\n"));

    /// <summary>Null: it does not say.</summary>
    private static long? KnownTo(HttpRequest request) =>
        long.TryParse(
            request.Headers["Last-Event-ID"].FirstOrDefault() ?? request.Query[From].FirstOrDefault(),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var known
        )
            ? known
            : null;
}
