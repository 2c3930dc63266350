using System.Collections.ObjectModel;
using System.Text.Json.Serialization;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Payments;
using Tokenline.Commerce.Referrals;
using Tokenline.Commerce.Subscriptions;
using Tokenline.Commerce.Vouchers;

namespace Tokenline.Commerce.Orders;

/// <summary>TMF622 states of an order.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OrderState>))]
public enum OrderState
{
    /// <summary>Stored; nothing was asked of whoever pays.</summary>
    [JsonStringEnumMemberName("acknowledged")]
    Acknowledged = 1,

    /// <summary>The payment was asked for and may have been made; not known yet.</summary>
    [JsonStringEnumMemberName("inProgress")]
    InProgress = 2,

    [JsonStringEnumMemberName("completed")]
    Completed = 3,

    /// <summary>The payment was refused.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed = 4,

    /// <summary>Refused before anything was asked.</summary>
    [JsonStringEnumMemberName("rejected")]
    Rejected = 5,

    /// <summary>It waits for its customer to confirm it; nothing was paid.</summary>
    [JsonStringEnumMemberName("pending")]
    Pending = 6,

    /// <summary>Its customer did not want it; nothing was paid.</summary>
    [JsonStringEnumMemberName("cancelled")]
    Cancelled = 7,
}

/// <summary>A purchase.</summary>
/// <param name="Offering">As it was when the order was placed; it is carried out under these terms.</param>
/// <param name="ExternalId">The caller's own name for the order: repeated, it is the same order. Unique within a customer.</param>
/// <param name="PaymentReference">The payment's id where it was made.</param>
/// <param name="Reason">Why it failed or was rejected.</param>
public sealed record ProductOrder(
    OrderId Id,
    PartyId Customer,
    ProductOffering Offering,
    string? ExternalId,
    OrderState State,
    DateTimeOffset CreatedAt,
    DateTimeOffset? EndedAt = null,
    string? PaymentReference = null,
    string? Reason = null,
    ProductId? Product = null
)
{
    private readonly Money? price;

    /// <summary>What is to be paid: the offering's price, its first price, or the share of one that a part of a month costs.</summary>
    public Money Price
    {
        get => price ?? Offering.For(Seats).Price;
        init => price = value;
    }

    /// <summary>Where it was sold.</summary>
    public string? Channel { get; init; }

    /// <summary>Of a plan by the seat.</summary>
    public int? Seats { get; init; }

    /// <summary>Null: its periods are its own.</summary>
    public CoTermination? EndsWith { get; init; }

    public PaymentMethod Method { get; init; } = PaymentMethod.PhoneBill;

    /// <summary>The buyer's own number for it.</summary>
    public string? PurchaseOrder { get; init; }

    public OrderConfirmation Confirmation { get; init; }

    /// <summary>Until when it waits to be confirmed.</summary>
    public DateTimeOffset? ConfirmBy { get; init; }

    /// <summary>What the code that went to the phone is checked under.</summary>
    public string? Challenge { get; init; }

    /// <summary>How many codes were sent.</summary>
    public int CodesSent { get; init; }

    /// <summary>The carrier's id of what is set aside.</summary>
    public string? Reservation { get; init; }

    /// <summary>The voucher that was used.</summary>
    public string? Voucher { get; init; }

    /// <summary>What the voucher took off; the price is what is left.</summary>
    public Money? Discount { get; init; }

    /// <summary>What is granted beside what the offering grants.</summary>
    public BonusGrant? Bonus { get; init; }

    /// <summary>Who brought the buyer, and what both get; stored with the order and kept as a referral.</summary>
    public ReferredBy? ReferredBy { get; init; }

    /// <summary>Of a bundle: which line a component is, by the component's id.</summary>
    public IReadOnlyDictionary<string, string> References { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>The bucket of the bonus.</summary>
    public BucketId BonusBucket => StableIds.Of<BucketKind>($"{Id}|bonus");
}

/// <summary>That an order's plan ends together with another that the customer holds.</summary>
/// <param name="Period">The first: what was left of the other's when it was ordered.</param>
/// <param name="Anchor">From which the next ones are counted.</param>
public sealed record CoTermination(ProductId With, Period Period, Anchor Anchor);

/// <summary>What a completed order left the customer with (TMF637).</summary>
public sealed record Product(
    ProductId Id,
    PartyId Customer,
    OrderId Order,
    string Offering,
    string Name,
    OfferingKind Kind,
    DateTimeOffset ActiveFrom,
    DateTimeOffset? ExpiresAt
)
{
    /// <summary>Of a part of a bundle: the bundle's own product.</summary>
    public ProductId? Bundle { get; init; }

    /// <summary>Of a part of a bundle: which line it is.</summary>
    public string? Reference { get; init; }

    public ProductState StateAt(DateTimeOffset now) => ExpiresAt <= now ? ProductState.Expired : ProductState.Active;
}

[JsonConverter(typeof(JsonStringEnumConverter<ProductState>))]
public enum ProductState
{
    [JsonStringEnumMemberName("active")]
    Active = 1,

    [JsonStringEnumMemberName("expired")]
    Expired = 2,
}
