using Tokenline.Commerce.Catalog;

namespace Tokenline.Host.Tests.Protocols;

internal static class SimulatedModels
{
    /// <summary>A model of its own, served by a simulated vendor of its own that speaks this API alone.</summary>
    public static async Task<string> SimulatedModelAsync(this RunningServer server, string api, string? upstreamModel = null)
    {
        var spoken = VendorApis.Find(api)!.Value;
        var vendor = $"sdk-{Guid.NewGuid():N}"[..20];
        await server.PutVendorAsync(vendor, Speaker.Address(server, vendor, spoken), apis: spoken);
        return await server.ModelAsync(vendor, (vendor, upstreamModel));
    }

    /// <summary>Every meter times its published weight, in micro general tokens.</summary>
    public static long WholeCost(this RunningServer server, string model, Usage usage)
    {
        var table = server.Tariff(model).CardIn(new QuotaUnit("general-token"))!.Table;
        var tier = table.Tiers[table.TierOf(usage.WholeInput)];
        return ((Meter[])[Meter.Input, Meter.CachedInput, Meter.CacheWrite5m, Meter.CacheWrite1h, Meter.Output]).Sum(meter =>
            usage[meter] * tier[meter]
        );
    }
}
