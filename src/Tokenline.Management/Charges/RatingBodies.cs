using Tokenline.Charging.Tariffs;
using Tokenline.Management.Api;

namespace Tokenline.Management.Charges;

/// <summary>A call to be rated, which need not have happened.</summary>
public sealed record NewRatingBody
{
    public string? Model { get; init; }

    /// <summary>Meter → count, as in a usage record: <c>reasoning</c> is a part of <c>output</c>, the others are disjoint.</summary>
    public IReadOnlyDictionary<string, long>? Usage { get; init; }

    /// <summary>When the call starts, RFC 3339 with its offset; now, unless told.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary><c>standard</c> (unless told), <c>flex</c>, <c>priority</c> or <c>batch</c>.</summary>
    public string? ServiceClass { get; init; }

    /// <summary>As the tariff names regions; one that it does not name costs the plain price.</summary>
    public string? Region { get; init; }

    /// <summary>As the tariff names groups.</summary>
    public string? CustomerGroup { get; init; }

    /// <summary>Size and quality of the images to be made, such as <c>1024x1024/high</c>.</summary>
    public string? ImageClass { get; init; }

    /// <summary>What the account has used that month in the model's volume group; nothing, unless told.</summary>
    public long? VolumeBefore { get; init; }

    /// <summary>The vendor that serves it: then the answer has its wholesale cost too.</summary>
    public string? Vendor { get; init; }
}

/// <summary>What such a call would be charged. It adds up as a receipt does; nothing is held or charged.</summary>
/// <param name="TariffVersion">The version in force at that time.</param>
/// <param name="Traits">What the price depended on beside usage and time; absent for a plain call.</param>
/// <param name="Price">How the value in money comes about.</param>
/// <param name="Quotas">What it costs in each unit that may pay for this model.</param>
/// <param name="OtherPrices">What it costs an account whose money is in another currency; absent where there is no other price.</param>
/// <param name="Wholesale">What the vendor that was named would be owed.</param>
public sealed record RatingBody(
    string Model,
    DateTimeOffset At,
    int TariffVersion,
    CallTraits? Traits,
    long VolumeBefore,
    int Tier,
    long? TierUpToInput,
    IReadOnlyList<ReceiptLineBody> Lines,
    decimal Exact,
    decimal Rounding,
    MoneyBody Retail,
    RatedCardBody Price,
    IReadOnlyList<RatedQuotaBody> Quotas,
    IReadOnlyList<OtherPriceBody>? OtherPrices,
    RatedWholesaleBody? Wholesale
)
{
    internal static RatingBody Of(ModelTariff tariff, in Usage usage, in RatingContext context, RatedWholesaleBody? wholesale)
    {
        var rating = Rating.Of(usage, tariff, context, [.. tariff.Weights.Select(weight => weight.Unit)]);
        var price = RatedCardBody.OfMoney(rating.Money);
        var others = new List<OtherPriceBody>();
        foreach (var other in tariff.OtherPrices)
        {
            var rated = Rating.Of(usage, tariff with { Currency = other.Currency, Price = other.Card }, context, []).Money;
            others.Add(new(MoneyBody.Of(rated.Amount, other.Currency), RatedCardBody.OfMoney(rated)));
        }
        return new(
            tariff.Model,
            context.StartedAt,
            tariff.Version,
            context.Traits == CallTraits.Plain ? null : context.Traits,
            context.VolumeBefore,
            price.Tier,
            price.TierUpToInput,
            ReceiptLineBody.Of(rating, tariff.Currency),
            price.Exact,
            price.Rounding,
            MoneyBody.Of(rating.Money.Amount, tariff.Currency),
            price,
            [.. rating.Quotas.Select(RatedQuotaBody.Of)],
            others.Count == 0 ? null : others,
            wholesale
        );
    }
}

/// <param name="Price">How it comes about.</param>
public sealed record OtherPriceBody(MoneyBody Retail, RatedCardBody Price);
