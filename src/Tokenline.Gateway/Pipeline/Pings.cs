using Tokenline.Charging;

namespace Tokenline.Gateway.Pipeline;

/// <summary>Waits that a client is kept awake in.</summary>
internal static class Pings
{
    /// <summary>False: it has not ended within the time of a ping. How it ends is for the caller to see.</summary>
    public static async ValueTask<bool> IsEndedAsync(Task task, TimeSpan every, TimeProvider time)
    {
        if (task.IsCompleted)
            return true;
        await task.WaitAsync(every, time, CancellationToken.None)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        return task.IsCompleted;
    }
}

/// <summary>Opens a stream to its client before the vendor has spoken.</summary>
internal static class Opening
{
    /// <summary>A ping; before the first one, the stream's opening. The first byte leaves only when the dispatch is durable.</summary>
    public static async ValueTask PingAsync(Call call, IChargingAccounts accounts)
    {
        if (call.ClientGone.IsCancellationRequested || call.IsCutHere)
            return;
        var response = call.Context.Response;
        if (!call.IsOpened)
        {
            await accounts.DispatchedAsync(call.Key.Account, call.Charge);
            response.ContentType = "text/event-stream";
            response.Headers.CacheControl = "no-cache";
            response.Headers["x-tokenline-model"] = call.Model.Id;
            if (!call.Exchange.TryOpen(response.BodyWriter))
                return;
            call.IsOpened = true;
        }
        call.Client.WritePing(response.BodyWriter);
        await response.BodyWriter.FlushAsync(CancellationToken.None);
    }
}
