namespace Tokenline.Commerce.Catalog;

/// <summary>Finds the Model IDs that a mistyped one may have meant.</summary>
public static class NearestModels
{
    private const int Offered = 3;
    private const int LengthMax = 128;

    public static string[] Of(string wanted, IEnumerable<string> known)
    {
        var asked = wanted.Length > LengthMax ? wanted[..LengthMax] : wanted;
        return
        [
            .. known
                .Select(id => (id, distance: id.Contains(asked, StringComparison.OrdinalIgnoreCase) ? 0 : Distance(asked, id)))
                .OrderBy(pair => pair.distance)
                .ThenBy(pair => pair.id, StringComparer.Ordinal)
                .Take(Offered)
                .Select(pair => pair.id),
        ];
    }

    /// <summary>Levenshtein's distance, without regard to case.</summary>
    private static int Distance(string a, string b)
    {
        var previous = new int[b.Length + 1];
        var current = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
            previous[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var substitution = previous[j - 1] + (char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1);
                current[j] = Math.Min(substitution, Math.Min(previous[j], current[j - 1]) + 1);
            }
            (previous, current) = (current, previous);
        }
        return previous[b.Length];
    }
}
