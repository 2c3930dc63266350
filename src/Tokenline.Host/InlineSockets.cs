using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Tokenline.Storage.Journal;

namespace Tokenline.Host;

/// <summary>
/// What a socket has finished goes on where the system told of it, on one thread a core, instead of on the pool: a call has two changes of threads less.
/// So nothing there may block or take long: calls of the usual size run there, everything else goes to the pool first, and so does a request that was sent behind a call which has ended on
/// the journal's thread. See docs/decisions/0011-calls-run-where-their-bytes-arrive.md.
/// </summary>
internal static class InlineSockets
{
    private const string Switch = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>A body of this size is read and counted in a few hundred microseconds.</summary>
    private const long BytesMax = 64 * 1024;

    /// <summary>Before the first socket of the process. What the environment says already stays.</summary>
    public static void Enable()
    {
        if (Environment.GetEnvironmentVariable(Switch) is null)
            Environment.SetEnvironmentVariable(Switch, "1");
    }

    public static IApplicationBuilder UseInlineSockets(this IApplicationBuilder app) =>
        app.Use(next => context => MayRunHere(context.Request) ? next(context) : RunOnPoolAsync(context, next));

    private static bool MayRunHere(HttpRequest request) =>
        request.ContentLength <= BytesMax && request.Path.Value is "/v1/chat/completions" or "/v1/messages" && !SqliteChargeJournal.IsHere;

    private static async Task RunOnPoolAsync(HttpContext context, RequestDelegate next)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        await next(context);
    }
}
