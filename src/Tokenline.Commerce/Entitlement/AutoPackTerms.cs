using Tokenline.Charging.Accounts;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Parties;

namespace Tokenline.Commerce.Entitlement;

/// <summary>The customer's leave to buy a pack whenever nothing is left that may pay: explicit, recorded, and taken back at once.</summary>
public sealed class AutoPackTerms(AccountChanges changes, ICatalogStore catalog, CommerceOptions options, TimeProvider time)
{
    public async Task<Outcome<AccountChange>> AllowAsync(
        Customer customer,
        string? offering,
        int? maxPerMonth,
        ChangeRequest request,
        CancellationToken cancellation
    )
    {
        if (offering is null || await catalog.FindOfferingAsync(offering, cancellation) is not { } offered)
            return Refused.Invalid("offering", offering is null ? "Which pack is to be bought?" : $"There is no offering '{offering}'.");
        if (offered.Kind != OfferingKind.Pack)
            return Refused.Invalid("offering", $"{offered.Name} is not a pack: only packs are bought automatically.");
        if (SaleRules.WhyNotNow(offered, time.GetUtcNow()) is { } not)
            return not;
        if (maxPerMonth is not { } max)
            return Refused.Invalid("maxPerMonth", "How many a month at the most? 1 to 100.");
        return await changes.MakeAsync(
            customer,
            request,
            id => new SetAutoPack(id, new AutoPack(offering, max, options.TimeZone)),
            cancellation
        );
    }

    public Task<Outcome<AccountChange>> StopAsync(Customer customer, ChangeRequest request, CancellationToken cancellation) =>
        changes.MakeAsync(customer, request, id => new SetAutoPack(id, null), cancellation);
}
