using Tokenline.Commerce.Configuration;

namespace Tokenline.Commerce.Catalog;

/// <summary>What vendors are owed: a sheet for each vendor and model, in the contract's own currency. A new one follows the old; no call is rated again.</summary>
public sealed class Contracts(
    ICatalogStore store,
    TariffHolder tariffs,
    Pricing pricing,
    ITurns turns,
    ConfigurationWatch watch,
    TimeProvider time
)
{
    private const int ReasonLengthMax = 500;

    public async Task<Outcome<ContractVersion>> PutAsync(
        string vendor,
        string model,
        PriceSheet sheet,
        Schedule schedule,
        string reason,
        CancellationToken cancellation
    )
    {
        var now = time.GetUtcNow();
        if (schedule.WhatIsWrong(now) is { } wrongTime)
            return wrongTime;
        if (reason.Length > ReasonLengthMax)
            return Refused.Invalid("reason", $"A reason has at most {ReasonLengthMax} characters.");
        var rows = await store.LoadAsync(cancellation);
        if (rows.Vendors.All(known => known.Id != vendor))
            return Refused.NotFound("vendor", vendor) with { Param = "vendor" };
        if (rows.Models.FirstOrDefault(known => known.Id == model) is not { } listing)
            return Refused.NotFound("model", model) with { Problem = Problems.ModelNotFound, Param = "model" };

        await using var _ = await turns.TakeAsync(Turns.Contracts, cancellation);
        await watch.RoundAsync(cancellation); // the number of the next version must be right, whoever made the last
        var charges = pricing.ToContract(model, sheet, tariffs.LastContract + 1, listing.Kind);
        if (charges.Refused is { } wrong)
            return wrong with { Param = $"price.{wrong.Param}" };
        // A clock that was set back must not make the new version the older one.
        var atOnce = tariffs.LatestContractAtOnce > now ? tariffs.LatestContractAtOnce : now;
        var contract = ContractVersion.Of(vendor, charges.Required(), sheet, schedule.From ?? atOnce, schedule.Until, now, reason);
        await store.AddContractAsync(contract, CancellationToken.None);
        await watch.RoundAsync(CancellationToken.None);
        return contract;
    }
}
