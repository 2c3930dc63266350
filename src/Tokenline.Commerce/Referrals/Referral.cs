using System.Text.Json.Serialization;
using Tokenline.Commerce.Vouchers;

namespace Tokenline.Commerce.Referrals;

/// <summary>What both get when somebody who was referred has paid, and against what it is guarded.</summary>
/// <param name="Bonus">Granted to each of the two.</param>
/// <param name="LeastPrice">What the first order of the one who was referred costs at least.</param>
/// <param name="PerMonth">A customer's referrals that count in a calendar month.</param>
/// <param name="InAll">A customer's referrals that count at all.</param>
/// <param name="IsOpen">False: no new ones; those that wait are still rewarded.</param>
public sealed record ReferralTerms(BonusGrant Bonus, Money LeastPrice, int PerMonth, int InAll, bool IsOpen = true);

[JsonConverter(typeof(JsonStringEnumConverter<ReferralState>))]
public enum ReferralState
{
    /// <summary>The order is not paid yet, or may still be taken back.</summary>
    [JsonStringEnumMemberName("pending")]
    Pending = 1,

    /// <summary>Both have got it.</summary>
    [JsonStringEnumMemberName("rewarded")]
    Rewarded = 2,

    /// <summary>The order failed, or was taken back: nobody gets anything.</summary>
    [JsonStringEnumMemberName("void")]
    Void = 3,
}

/// <summary>Somebody who was brought by a customer, with the first order.</summary>
/// <param name="Bonus">As it was agreed on when the order was placed.</param>
/// <param name="DueAt">When it is rewarded: after the time in which the order may be taken back; null while it is not paid.</param>
/// <param name="Reason">Why it is void.</param>
public sealed record Referral(
    long Number,
    PartyId Referrer,
    PartyId Referred,
    OrderId Order,
    BonusGrant Bonus,
    ReferralState State,
    DateTimeOffset At,
    DateTimeOffset? DueAt = null,
    DateTimeOffset? EndedAt = null,
    string? Reason = null
);
