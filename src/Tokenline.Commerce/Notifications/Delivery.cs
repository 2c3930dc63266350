using System.Text.Json.Serialization;
using Tokenline.Charging.Accounts;

namespace Tokenline.Commerce.Notifications;

/// <summary>Numbers are stored.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DeliveryState>))]
public enum DeliveryState
{
    [JsonStringEnumMemberName("pending")]
    Pending = 1,

    [JsonStringEnumMemberName("delivered")]
    Delivered = 2,

    /// <summary>Given up after the last try, or because trying is of no use.</summary>
    [JsonStringEnumMemberName("parked")]
    Parked = 3,
}

/// <summary>An event on its way through one channel.</summary>
/// <param name="Number">In the order of writing; 0 until it is stored.</param>
/// <param name="Position">Of the event in the journal.</param>
/// <param name="Lane">Deliveries of one lane are made one after the other.</param>
/// <param name="NextAt">When it is tried next, while it is pending.</param>
public sealed record Delivery(
    long Number,
    long Position,
    string Lane,
    string Channel,
    WebhookId? Webhook,
    PartyId Customer,
    AccountId Account,
    AccountEventType Type,
    DateTimeOffset CreatedAt,
    DateTimeOffset NextAt
)
{
    public DeliveryState State { get; init; } = DeliveryState.Pending;
    public int Attempts { get; init; }
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>In words for a person, without secrets.</summary>
    public string? LastFailure { get; init; }
}

/// <summary>How a try went.</summary>
/// <param name="Failure">Null: it was delivered.</param>
/// <param name="IsFinal">Trying again is of no use.</param>
public readonly record struct DeliveryOutcome(string? Failure, bool IsFinal)
{
    public static readonly DeliveryOutcome Delivered;

    public static DeliveryOutcome Failed(string why) => new(why, IsFinal: false);

    public static DeliveryOutcome Refused(string why) => new(why, IsFinal: true);
}
