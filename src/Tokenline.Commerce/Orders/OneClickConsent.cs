using System.Text.Json.Serialization;

namespace Tokenline.Commerce.Orders;

[JsonConverter(typeof(JsonStringEnumConverter<ConsentState>))]
public enum ConsentState
{
    /// <summary>A code was sent and not given yet.</summary>
    [JsonStringEnumMemberName("asked")]
    Asked = 1,

    [JsonStringEnumMemberName("active")]
    Active = 2,

    /// <summary>Taken back by the customer, or another has taken its place.</summary>
    [JsonStringEnumMemberName("ended")]
    Ended = 3,
}

/// <summary>A line's own leave to be charged without being asked each time. Shown by a code that went to it.</summary>
/// <param name="PhoneNumber">The line. A customer whose number is another now has not consented.</param>
/// <param name="PerOrder">The most of one order.</param>
/// <param name="PerMonth">The most of all in a calendar month.</param>
/// <param name="Challenge">What the code is checked under.</param>
public sealed record OneClickConsent(
    long Number,
    PartyId Customer,
    string PhoneNumber,
    Money PerOrder,
    Money PerMonth,
    ConsentState State,
    DateTimeOffset AskedAt,
    string Challenge,
    DateTimeOffset? GivenAt = null,
    DateTimeOffset? EndedAt = null
);

/// <summary>Keeps consents; they stay as the record of what was allowed when.</summary>
public interface IConsentStore
{
    /// <summary>The newest that has not ended of this state; null: none.</summary>
    Task<OneClickConsent?> FindAsync(PartyId customer, ConsentState state, CancellationToken cancellation);

    /// <summary>Adds one that was asked for, in place of an earlier one that was not given.</summary>
    Task<OneClickConsent> AskAsync(OneClickConsent asked, CancellationToken cancellation);

    /// <summary>In one transaction: it is active, and no other of the customer's is. False when it had ended before.</summary>
    Task<bool> GiveAsync(OneClickConsent given);

    /// <summary>Ends all of a customer's.</summary>
    Task EndAsync(PartyId customer, DateTimeOffset at, CancellationToken cancellation);
}
