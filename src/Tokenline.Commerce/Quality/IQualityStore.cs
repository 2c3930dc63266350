namespace Tokenline.Commerce.Quality;

/// <summary>What was measured of one deployment on one day of the operator's calendar.</summary>
/// <param name="Deployment">Such as <c>glm-5@zhipu</c>; it may have left the catalogue since.</param>
public sealed record QualityDay(string Deployment, string Model, string Vendor, DateOnly Day, QualityTally Tally);

/// <summary>Which days; null takes all.</summary>
/// <param name="To">The last of them.</param>
public sealed record QualityQuery(DateOnly From, DateOnly To, string? Vendor = null, string? Model = null);

/// <summary>The days of deployments. They stay when records are dropped, and when the process ends.</summary>
public interface IQualityStore
{
    /// <summary>Adds to the days that are there. From several nodes at once, nothing is lost.</summary>
    Task AddAsync(IReadOnlyCollection<QualityDay> more, CancellationToken cancellation);

    /// <summary>In the order of days, then of deployments.</summary>
    Task<IReadOnlyList<QualityDay>> DaysAsync(QualityQuery query, CancellationToken cancellation);
}
