using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tokenline.Commerce;
using Tokenline.Commerce.Catalog;

namespace Tokenline.Management.Catalog;

/// <summary>Says at the start when the settings' dollar rate is not the one that customers are charged at: a changed setting changes no price by itself.</summary>
internal sealed partial class UsdRateWatch(UsdPrices prices, CommerceOptions options, ILogger<UsdRateWatch> log) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var drift = await prices.FindDriftAsync(cancellationToken);
        if (!drift.IsNone)
            LogDrift(drift.Models.Count, string.Join(" and ", drift.Charged), options.Currency, drift.Setting);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Models} models are charged at 1 USD = {Charged} {Currency}; the settings say {Setting}. 'tokenline tariff publish' puts the new rate in force"
    )]
    private partial void LogDrift(int models, string charged, Currency currency, decimal setting);
}
