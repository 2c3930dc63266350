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
}

/// <summary>What such a call would be charged. It adds up as a receipt does; nothing is held or charged.</summary>
/// <param name="TariffVersion">The version in force at that time.</param>
/// <param name="Price">How the value in money comes about.</param>
/// <param name="Quotas">What it costs in each unit that may pay for this model.</param>
public sealed record RatingBody(
    string Model,
    DateTimeOffset At,
    int TariffVersion,
    int Tier,
    long? TierUpToInput,
    IReadOnlyList<ReceiptLineBody> Lines,
    decimal Exact,
    decimal Rounding,
    MoneyBody Retail,
    RatedCardBody Price,
    IReadOnlyList<RatedQuotaBody> Quotas
)
{
    internal static RatingBody Of(ModelTariff tariff, DateTimeOffset at, Rating rating)
    {
        var price = RatedCardBody.OfMoney(rating.Money);
        return new(
            tariff.Model,
            at,
            tariff.Version,
            price.Tier,
            price.TierUpToInput,
            ReceiptLineBody.Of(rating, tariff.Currency),
            price.Exact,
            price.Rounding,
            MoneyBody.Of(rating.Money.Amount, tariff.Currency),
            price,
            [.. rating.Quotas.Select(RatedQuotaBody.Of)]
        );
    }
}
