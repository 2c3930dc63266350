namespace Tokenline.Billing.Facts;

/// <summary>What calls of a model that a vendor served came to in a period, over all customers.</summary>
public readonly record struct ModelWorthKey(BillingPeriod Period, string Model, string Vendor, Currency Currency);

public sealed record ModelWorth(ModelWorthKey Of, long Calls, long WorthNano, long UncollectedNano, long FreeNano);

/// <summary>Sums over everybody, added up by the database out of what <see cref="UsageFold"/> keeps; never out of records.</summary>
public interface IUsageFigures
{
    /// <param name="to">The last.</param>
    Task<IReadOnlyList<ModelWorth>> WorthAsync(BillingPeriod from, BillingPeriod to, CancellationToken cancellation);
}
