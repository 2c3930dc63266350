using System.Text.Json.Serialization;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Payments;

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
        get => price ?? Offering.Price;
        init => price = value;
    }

    /// <summary>Where it was sold.</summary>
    public string? Channel { get; init; }

    public PaymentMethod Method { get; init; } = PaymentMethod.PhoneBill;

    /// <summary>The buyer's own number for it.</summary>
    public string? PurchaseOrder { get; init; }
}

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
