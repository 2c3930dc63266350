using Tokenline.Charging.Accounts;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Payments;

namespace Tokenline.Commerce.Entitlement;

/// <summary>The customer's leave to buy a pack whenever nothing is left that may pay: explicit, recorded, and taken back at once.</summary>
public sealed class AutoPackTerms(AccountChanges changes, ICatalogStore catalog, CommerceOptions options, TimeProvider time)
{
    public async Task<Outcome<AccountChange>> AllowAsync(
        Customer customer,
        string? offering,
        int? maxPerMonth,
        ChangeRequest request,
        CancellationToken cancellation,
        PaymentMethod? method = null
    )
    {
        if (method is { } by && !Enum.IsDefined(by))
            return Refused.Invalid("paymentMethod", "phoneBill, wallet or invoice.");
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
            id => new SetAutoPack(id, new AutoPack(offering, max, options.TimeZone, method?.ToString())),
            cancellation
        );
    }

    /// <summary>How the customer's automatic packs are paid; on the phone bill, unless another method was chosen.</summary>
    public static PaymentMethod MethodOf(AutoPack? terms) =>
        Enum.TryParse<PaymentMethod>(terms?.Payment, out var chosen) ? chosen : PaymentMethod.PhoneBill;

    public Task<Outcome<AccountChange>> StopAsync(Customer customer, ChangeRequest request, CancellationToken cancellation) =>
        changes.MakeAsync(customer, request, id => new SetAutoPack(id, null), cancellation);
}
