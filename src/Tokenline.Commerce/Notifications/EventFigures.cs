using Tokenline.Charging.Accounts;

namespace Tokenline.Commerce.Notifications;

/// <summary>The numbers of an event as people count them.</summary>
public static class EventFigures
{
    /// <summary>An amount of the event in whole units: of quota, of the currency, or requests or tokens as they are.</summary>
    public static decimal? InUnits(this AccountEvent about, long? amount) =>
        amount is not { } count ? null
        : about.Unit is not { } unit ? count
        : IsCurrency(unit) ? (decimal)count / Money.NanoPerUnit
        // A limit may count plain requests or tokens; a bucket always counts quota or money.
        : unit is "requests" or "tokens" && !BucketId.TryParse(about.Subject, out _) ? count
        : (decimal)count / QuotaUnit.Micro;

    private static bool IsCurrency(string unit) => unit.Length == 3 && unit.All(char.IsAsciiLetterUpper);
}
