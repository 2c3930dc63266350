namespace Tokenline.Charging.Accounts;

/// <summary>The customer's own leave to buy a pack whenever nothing is left that may pay.</summary>
/// <param name="Offering">Which.</param>
/// <param name="MaxPerMonth">At the most, in a calendar month of <paramref name="TimeZone"/>.</param>
/// <param name="Payment">How it is paid, in the words of who buys it; null: as is usual. Nothing here looks at it.</param>
public sealed record AutoPack(string Offering, int MaxPerMonth, string TimeZone, string? Payment = null);
