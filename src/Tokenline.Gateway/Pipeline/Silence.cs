using Tokenline.Charging;
using Tokenline.Gateway.Upstreams;

namespace Tokenline.Gateway.Pipeline;

/// <summary>Waits for a vendor that has not spoken yet, and keeps the client awake meanwhile, where its protocol has pings.</summary>
internal sealed class Silence(IChargingAccounts accounts, GatewayOptions options, TimeProvider time)
{
    /// <summary>A client whose protocol has pings gets its stream opened, and pings, while the vendor is silent. Failover stays possible.</summary>
    public ValueTask<VendorAnswer> FirstByteAsync(Call call, Task<VendorAnswer> answer) =>
        call.Client.Pings && call.Request.Stream ? FirstByteAfterPingsAsync(call, answer) : new(answer);

    private async ValueTask<VendorAnswer> FirstByteAfterPingsAsync(Call call, Task<VendorAnswer> answer)
    {
        await EndedAsync(call, answer);
        return await answer;
    }

    /// <summary>Waits until it has ended, however; its client gets pings meanwhile.</summary>
    public async ValueTask EndedAsync(Call call, Task task)
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
    public async ValueTask<bool> EndedWithinAsync(Call call, Task task, TimeSpan span)
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
}
