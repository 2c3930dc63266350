using System.Text.Json.Serialization;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Subscriptions;

namespace Tokenline.Commerce.Orders;

/// <summary>TMF622 states of an order.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OrderState>))]
public enum OrderState
{
    /// <summary>Stored; nothing was asked of the carrier.</summary>
    [JsonStringEnumMemberName("acknowledged")]
    Acknowledged = 1,

    /// <summary>The carrier was asked and may have charged; not known yet.</summary>
    [JsonStringEnumMemberName("inProgress")]
    InProgress = 2,

    [JsonStringEnumMemberName("completed")]
    Completed = 3,

    /// <summary>The carrier refused to charge.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed = 4,

    /// <summary>Refused before anything was asked of the carrier.</summary>
    [JsonStringEnumMemberName("rejected")]
    Rejected = 5,
}

/// <summary>A purchase.</summary>
/// <param name="Offering">As it was when the order was placed; it is carried out under these terms.</param>
/// <param name="ExternalId">The caller's own name for the order: repeated, it is the same order. Unique within a customer.</param>
/// <param name="PaymentReference">The carrier's id of the payment.</param>
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
