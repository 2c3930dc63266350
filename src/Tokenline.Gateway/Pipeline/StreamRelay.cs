using Tokenline.Charging;
using Tokenline.Gateway.Upstreams;

namespace Tokenline.Gateway.Pipeline;

/// <summary>Relays answers that are streamed; the work on one of them is <see cref="StreamedAnswer"/>.</summary>
internal sealed class StreamRelay(Settlement settlement, IChargingAccounts accounts, GatewayOptions options, TimeProvider time)
{
    /// <summary>Null: the charge is settled. Otherwise nothing was delivered and another deployment may try.</summary>
    public async ValueTask<VendorFailure?> RelayAsync(Call call, VendorAnswer answer, VendorClock clock)
    {
        using var streamed = new StreamedAnswer(call, clock, settlement, accounts, options, time);
        return await streamed.RelayAsync(answer);
    }
}
