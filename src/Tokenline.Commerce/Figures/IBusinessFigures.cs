namespace Tokenline.Commerce.Figures;

/// <summary>What was paid in an hour, less what was given back.</summary>
public sealed record HourSales(DateTimeOffset Hour, long Nano, long Count);

/// <param name="Customers">That there were at the end of the time.</param>
/// <param name="NewCustomers">Within it.</param>
/// <param name="Plans">That are held now and have not ended.</param>
public sealed record BusinessFigures(long Customers, long NewCustomers, long Plans, IReadOnlyList<HourSales> Sales);

/// <summary>Sums over all customers, added up by the database.</summary>
public interface IBusinessFigures
{
    /// <param name="to">Not in it any more.</param>
    Task<BusinessFigures> OfAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellation);
}
