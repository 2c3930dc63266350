using Tokenline.Commerce.Catalog;

namespace Tokenline.Commerce.Subscriptions;

/// <summary>Of a subscription with a commitment: the periods in which it is to be met.</summary>
/// <param name="Number">Counted from 0.</param>
/// <param name="First">The number of the period that it began with.</param>
/// <param name="Spent">What its settled periods have come to: prepaid and beyond.</param>
public sealed record Term(int Number, int First, DateTimeOffset From, Money Spent);

/// <summary>A period that is over, and whose use was not counted yet.</summary>
/// <param name="Offering">Its terms.</param>
/// <param name="Prepaid">All payments for it together.</param>
/// <param name="LookAt">When the account is looked at next: calls that run over the end are waited for.</param>
public sealed record OpenPeriod(Period Period, ProductOffering Offering, Money Prepaid, DateTimeOffset LookAt);
