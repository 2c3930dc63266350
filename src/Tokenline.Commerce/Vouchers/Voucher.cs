using System.Text.Json.Serialization;
using Tokenline.Commerce.Catalog;

namespace Tokenline.Commerce.Vouchers;

[JsonConverter(typeof(JsonStringEnumConverter<VoucherType>))]
public enum VoucherType
{
    /// <summary>A part of the price less.</summary>
    [JsonStringEnumMemberName("percent")]
    Percent = 1,

    /// <summary>An amount less, and never less than nothing.</summary>
    [JsonStringEnumMemberName("amount")]
    Amount = 2,

    /// <summary>The first period of a plan costs nothing.</summary>
    [JsonStringEnumMemberName("freePeriod")]
    FreePeriod = 3,

    /// <summary>Something is granted beside what was bought.</summary>
    [JsonStringEnumMemberName("grant")]
    Grant = 4,
}

/// <summary>What is granted beside what was bought: as a bonus, for so many days from the purchase on.</summary>
public sealed record BonusGrant(QuotaUnit Unit, long Amount, int Days)
{
    public OfferedGrant ToGrant() => new(Unit, Amount) { Type = Charging.Accounts.BucketType.Bonus };
}

/// <summary>A code that makes an order cheaper or adds to it. Never changed but ended.</summary>
/// <param name="Code">Upper case.</param>
/// <param name="Percent">Of the type percent: with at most two decimals.</param>
/// <param name="Amount">Of the type amount.</param>
/// <param name="Bonus">Of the type grant.</param>
/// <param name="Uses">Orders at the most, those that failed not counted; null: any number.</param>
/// <param name="PerCustomer">The same, of one customer.</param>
/// <param name="From">Used from this instant on.</param>
/// <param name="To">Used before this instant.</param>
/// <param name="Offerings">With one of these; null: with all.</param>
/// <param name="Note">What it is for.</param>
public sealed record Voucher(
    string Code,
    VoucherType Type,
    decimal? Percent,
    Money? Amount,
    BonusGrant? Bonus,
    int? Uses,
    int? PerCustomer,
    DateTimeOffset? From,
    DateTimeOffset? To,
    string[]? Offerings,
    string? Note,
    DateTimeOffset CreatedAt
)
{
    /// <summary>Orders that have not failed.</summary>
    public int Used { get; init; }

    public bool IsEnded { get; init; }

    /// <summary>Codes are typed by people: case and spaces around do not count.</summary>
    public static string Normal(string code) => code.Trim().ToUpperInvariant();

    /// <summary>Why it cannot be used for this offering now, as far as can be known before it is taken.</summary>
    public Refused? WhyNot(ProductOffering offering, DateTimeOffset now) =>
        IsEnded ? Not("is not good any more")
        : From > now ? Not($"is good from {From:u} on")
        : To <= now ? Not($"was good until {To:u}")
        : Uses <= Used ? Not("is used up")
        : Offerings is not null && !Offerings.Contains(offering.Id) ? Not($"is good for {string.Join(", ", Offerings)}")
        : Type == VoucherType.FreePeriod && offering.Kind != OfferingKind.Plan ? Not("is good for plans")
        : Type != VoucherType.Grant && offering.Price.Nano == 0 ? Not("makes cheaper what costs something")
        : null;

    /// <summary>What of this price is not to be paid: of a percentage half away from zero to the hundredth.</summary>
    public Money Discount(Money price) =>
        Type switch
        {
            VoucherType.Percent => price with
            {
                Nano =
                    Rounding.MulDiv(price.Nano, decimal.ToInt64(Percent!.Value * 100), (Int128)10_000 * TaxIncluded.NanoPerHundredth)
                    * TaxIncluded.NanoPerHundredth,
            },
            VoucherType.Amount => price with { Nano = Math.Min(price.Nano, Amount!.Value.Nano) },
            VoucherType.FreePeriod => price,
            _ => Money.Zero(price.Currency),
        };

    public Refused UsedUp() => Not("is used up");

    private Refused Not(string why) => new(Problems.VoucherRefused, $"The voucher {Code} {why}.", "voucher");
}

/// <summary>An order that a voucher was used for.</summary>
/// <param name="GivenBackAt">The order failed: the use is free again.</param>
public sealed record VoucherUse(string Code, PartyId Customer, OrderId Order, DateTimeOffset At, DateTimeOffset? GivenBackAt);

/// <summary>Keeps vouchers. A use is taken in the transaction that stores its order and given back in the one that fails it: that is the order store's.</summary>
public interface IVoucherStore
{
    /// <summary>False when one of the codes is there already; then none is added.</summary>
    Task<bool> AddAsync(IReadOnlyCollection<Voucher> vouchers, CancellationToken cancellation);

    Task<Voucher?> FindAsync(string code, CancellationToken cancellation);

    /// <summary>By code, after this one.</summary>
    Task<IReadOnlyList<Voucher>> ListAsync(string after, int limit, CancellationToken cancellation);

    /// <summary>It is not good any more; what was bought with it is not touched.</summary>
    Task EndAsync(string code, CancellationToken cancellation);

    /// <summary>Newest first.</summary>
    Task<IReadOnlyList<VoucherUse>> UsesAsync(string code, int limit, CancellationToken cancellation);
}
