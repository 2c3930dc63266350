using System.Collections.Immutable;

namespace Tokenline.Charging.Tariffs;

/// <summary>How one model is charged under one tariff version: its retail price in money and its published weight in each quota unit that may pay for it.</summary>
/// <param name="Currency">Of <paramref name="Price"/>, in which retail value is recorded.</param>
/// <param name="Weights">The quota units that may pay for the model.</param>
public sealed record ModelTariff(string Model, int Version, Currency Currency, RateCard Price, ImmutableArray<UnitCard> Weights)
{
    /// <summary>The same price in further currencies, for accounts whose money is in them.</summary>
    public ImmutableArray<CurrencyCard> OtherPrices { get; init; } = [];

    /// <summary>The group whose monthly volume chooses this model's volume tiers; null: no volume counts.</summary>
    public VolumeGroup? Volume { get; init; }

    /// <summary>Of every card: what is paid in quota and what is paid in money alike.</summary>
    public Multipliers Multipliers { get; init; } = Multipliers.None;

    /// <summary>Whether calls of this service class have a price.</summary>
    public bool Offers(ServiceClass service) => Multipliers.Classes.Offers(service);

    /// <summary>The card in this unit, or null where this unit cannot pay for the model.</summary>
    public RateCard? CardIn(QuotaUnit unit)
    {
        foreach (var weight in Weights)
        {
            if (weight.Unit == unit)
                return weight.Card;
        }
        return null;
    }

    /// <summary>The card in this currency, or null where money of it cannot pay for the model.</summary>
    public RateCard? CardIn(Currency currency)
    {
        if (currency == Currency)
            return Price;
        foreach (var other in OtherPrices)
        {
            if (other.Currency == currency)
                return other.Card;
        }
        return null;
    }

    /// <summary>Whether any card has a rate for this meter.</summary>
    public bool Charges(Meter meter)
    {
        if (Price.Charges(meter))
            return true;
        foreach (var weight in Weights)
        {
            if (weight.Card.Charges(meter))
                return true;
        }
        foreach (var other in OtherPrices)
        {
            if (other.Card.Charges(meter))
                return true;
        }
        return false;
    }

    /// <summary>What this model's price depends on for a call that starts then.</summary>
    public RatingContext Context(DateTimeOffset startedAt, CallTraits traits, long volumeBefore) =>
        new(startedAt, traits, Multipliers.Of(startedAt, traits), volumeBefore);

    /// <summary>Retail value of this usage in nano, rounded once.</summary>
    public long Retail(in Usage usage, in RatingContext context) => Price.Amount(usage, context, MeterSet.All).Rounded();
}

public sealed record UnitCard(QuotaUnit Unit, RateCard Card);

public sealed record CurrencyCard(Currency Currency, RateCard Card);

/// <summary>Models whose usage is counted together, by calendar month of a zone, for volume tiers.</summary>
/// <param name="Name">Of the group; the account counts under it.</param>
/// <param name="Meters">What is counted.</param>
public sealed record VolumeGroup(string Name, MeterSet Meters, string TimeZone)
{
    /// <summary>No vendor's figure, however absurd, makes it fail: it counts up to the largest number there is.</summary>
    public long CountOf(in Usage usage)
    {
        Int128 sum = 0;
        for (var meter = 0; meter < Usage.MeterCount; meter++)
        {
            if (Meters.Has((Meter)meter))
                sum += usage[(Meter)meter];
        }
        return long.CreateSaturating(sum);
    }
}
