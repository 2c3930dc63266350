namespace Tokenline.Commerce.Quality;

/// <summary>What a vendor's own deployment is held against: the middle of what other vendors' deployments of like models showed. Nobody is named.</summary>
/// <param name="Vendors">Of how many vendors it is.</param>
public sealed record MarketMedian(
    int Vendors,
    double? FirstTokenMilliseconds,
    double? TokensPerSecond,
    double? Availability,
    double? JoulesPerToken
)
{
    /// <summary>Of fewer it could be told whose figures they are.</summary>
    public const int VendorsMin = 3;

    /// <summary>A deployment that was tried less says too little.</summary>
    private const int TriedMin = 20;

    /// <param name="days">Of the whole market.</param>
    /// <param name="vendor">Whose own figures stay out.</param>
    /// <param name="isLike">Whether a Model ID is of the same kind.</param>
    /// <returns>Null: too few others have such deployments.</returns>
    public static MarketMedian? Of(IEnumerable<QualityDay> days, string vendor, Func<string, bool> isLike)
    {
        var others = days.Where(day => day.Vendor != vendor && isLike(day.Model))
            .GroupBy(day => (day.Vendor, day.Deployment))
            .Select(group => (group.Key.Vendor, Tally: Market.MarketBoard.Sum(group)))
            .Where(each => each.Tally.Tried >= TriedMin)
            .ToList();
        var vendors = others.Select(each => each.Vendor).Distinct().Count();
        if (vendors < VendorsMin)
            return null;
        var tallies = others.ConvertAll(each => each.Tally);
        return new(
            vendors,
            Middle(tallies.Select(tally => tally.FirstTokens.Percentile(50))),
            Middle(tallies.Select(tally => tally.TokensPerSecond)),
            Middle(tallies.Select(tally => tally.Availability)),
            Middle(tallies.Select(tally => tally.JoulesPerToken))
        );
    }

    private static double? Middle(IEnumerable<double?> figures)
    {
        double[] known = [.. figures.OfType<double>().Order()];
        return known.Length < VendorsMin ? null
            : known.Length % 2 == 1 ? known[known.Length / 2]
            : (known[(known.Length / 2) - 1] + known[known.Length / 2]) / 2;
    }
}
