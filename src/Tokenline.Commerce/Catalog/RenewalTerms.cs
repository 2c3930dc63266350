using System.Text.Json.Serialization;

namespace Tokenline.Commerce.Catalog;

/// <summary>Where the periods of a subscription begin.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<BillingCycle>))]
public enum BillingCycle
{
    /// <summary>At the local date and time of the purchase.</summary>
    [JsonStringEnumMemberName("anniversary")]
    Anniversary,

    /// <summary>With a month of the operator's calendar.</summary>
    [JsonStringEnumMemberName("calendar")]
    Calendar,
}

/// <summary>What becomes of a plan when its period ends, and how long its customer may change his mind.</summary>
/// <param name="IsAutomatic">A period follows without being ordered, until somebody stops it. Otherwise the plan ends with its period.</param>
/// <param name="NoticeDays">So long before a period ends the customer is told.</param>
/// <param name="GraceDays">So long a period that is not paid may be used.</param>
/// <param name="CoolingOffDays">Within so many days of the first period, what is unused is refunded.</param>
public sealed record RenewalTerms(
    bool IsAutomatic = false,
    int NoticeDays = RenewalTerms.NoticeDaysDefault,
    int GraceDays = RenewalTerms.GraceDaysDefault,
    int CoolingOffDays = 0,
    BillingCycle Billing = BillingCycle.Anniversary
)
{
    public const int NoticeDaysDefault = 5;
    public const int GraceDaysDefault = 3;

    /// <summary>Grace ends before what is not paid is suspended.</summary>
    public const int GraceDaysMax = 9;

    /// <summary>A period that is renewed by itself lasts at least so many days, so that a notice of it can be acted upon.</summary>
    public const int DaysLeast = 7;

    public static RenewalTerms None { get; } = new();

    public Refused? WhatIsWrong(OfferingKind kind, int? days)
    {
        if (this != None && kind != OfferingKind.Plan)
            return Refused.Invalid("", "A plan is renewed or taken back; a pack and what is free are not.");
        if (NoticeDays is < 0 or > 31)
            return Refused.Invalid("noticeDays", "0 (never) to 31 days.");
        if (GraceDays is < 0 or > GraceDaysMax)
            return Refused.Invalid("graceDays", $"0 (none) to {GraceDaysMax} days.");
        if (CoolingOffDays is < 0 or > 31)
            return Refused.Invalid("coolingOffDays", "0 (none) to 31 days.");
        if (Billing == BillingCycle.Calendar && days is not null)
            return Refused.Invalid("billing", "What lasts days does not follow the calendar: give months.");
        return IsAutomatic && days < DaysLeast
            ? Refused.Invalid("automatic", $"What is renewed by itself lasts at least {DaysLeast} days.")
            : null;
    }
}
