using System.Text.Json.Serialization;
using Tokenline.Billing.Bills;
using Tokenline.Billing.Proposals;
using Tokenline.Commerce;

namespace Tokenline.Billing.Settlement;

[JsonConverter(typeof(JsonStringEnumConverter<TermsKind>))]
public enum TermsKind
{
    /// <summary>The vendor is owed what its price sheet says for each call, whatever it earned.</summary>
    [JsonStringEnumMemberName("wholesale")]
    Wholesale = 1,

    /// <summary>The vendor gets a share of what its calls earned.</summary>
    [JsonStringEnumMemberName("revenueShare")]
    RevenueShare = 2,
}

/// <summary>What a vendor and the operator agreed on, for whole periods.</summary>
/// <param name="Number">Counted from 1; of several for a period the highest is in force.</param>
/// <param name="VendorPercent">Of the gross, for a share of revenue. Percentages have at most four decimals.</param>
/// <param name="PlatformPercent">Of the gross, or – wholesale – of what the vendor is owed; it comes off that then.</param>
/// <param name="PlatformFixed">For each model that is listed, per period; the vendor's to bear.</param>
/// <param name="ComputingPrice">For a million tokens that a deployment of the operator's own served; the vendor's to bear.</param>
/// <param name="HostedDeployments">Those deployments: ids such as <c>glm-5@zhipu</c>.</param>
/// <param name="PriceNoticeDays">How long before its start the vendor proposes a price; null: as the operator's setting says.</param>
public sealed record VendorTerms(
    string Vendor,
    int Number,
    BillingPeriod From,
    BillingPeriod? Until,
    TermsKind Kind,
    decimal VendorPercent = 0,
    decimal PlatformPercent = 0,
    decimal PlatformFixed = 0,
    decimal ComputingPrice = 0,
    IReadOnlyList<string>? HostedDeployments = null,
    int? PriceNoticeDays = null
)
{
    private const int DeploymentsMax = 500;

    public string Id => $"{Vendor}/{Number:000000}";

    public bool Covers(BillingPeriod period) => From <= period && !(Until < period);

    public Refused? WhatIsWrong(Currency currency)
    {
        if (Until < From)
            return Refused.Invalid("until", "Terms end with their first period or later.");
        if (Percentages.WhatIsWrong("vendorPercent", VendorPercent) is { } vendor)
            return vendor;
        if (Percentages.WhatIsWrong("platformPercent", PlatformPercent) is { } platform)
            return platform;
        if (Kind == TermsKind.Wholesale && VendorPercent != 0)
            return Refused.Invalid("vendorPercent", "By wholesale a vendor is owed what its price sheet says, and no share.");
        if (Kind == TermsKind.RevenueShare && VendorPercent + PlatformPercent > 100)
            return Refused.Invalid(
                "vendorPercent",
                $"The vendor's {VendorPercent} % and the platform's {PlatformPercent} % are more than there is."
            );
        if (
            PlatformFixed < 0
            || PlatformFixed != decimal.Round(PlatformFixed, MinorUnit.Decimals(currency))
            || PlatformFixed > 1_000_000_000
        )
            return Refused.Invalid("platformFixed", $"An amount of {currency}, with no more decimals than it has.");
        if (ComputingPrice < 0 || ComputingPrice != decimal.Round(ComputingPrice, 9) || ComputingPrice > 1_000_000)
            return Refused.Invalid("computingPrice", "A price for a million tokens, with at most nine decimals.");
        if (PriceNoticeDays is < 0 or > PriceProposals.DaysMax)
            return Refused.Invalid("priceNoticeDays", $"0 to {PriceProposals.DaysMax} days.");
        return HostedDeployments?.Count > DeploymentsMax ? Refused.Invalid("hostedDeployments", $"At most {DeploymentsMax}.") : null;
    }
}

/// <summary>What a branch or a reseller gets of what the customers it sold to earn, for whole periods. A channel without terms in a period gets nothing of it.</summary>
public sealed record ChannelTerms(string Channel, int Number, BillingPeriod From, BillingPeriod? Until, decimal Percent)
{
    public string Id => $"{Channel}/{Number:000000}";

    public bool Covers(BillingPeriod period) => From <= period && !(Until < period);

    public Refused? WhatIsWrong() =>
        Until < From
            ? Refused.Invalid("until", "Terms end with their first period or later.")
            : Percentages.WhatIsWrong("percent", Percent);
}

internal static class Percentages
{
    public static long PartsOf(decimal percent) => Agreement.PartsOf(percent);

    public static Refused? WhatIsWrong(string field, decimal percent) =>
        percent is < 0 or > 100 || percent != decimal.Round(percent, 4)
            ? Refused.Invalid(field, "0 to 100, with at most four decimals.")
            : null;
}
