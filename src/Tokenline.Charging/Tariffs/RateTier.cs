using System.Collections.Immutable;

namespace Tokenline.Charging.Tariffs;

/// <summary>Flat rates per meter, in force up to (and with) <paramref name="UpToInput"/> tokens of whole input; null is the last band.</summary>
/// <param name="Rates">In the order of <see cref="Meter"/>; one that is missing is 0.</param>
public sealed record RateTier(long? UpToInput, ImmutableArray<long> Rates)
{
    /// <summary>The second dimension: up to (and with) so many tokens of whole output; null is the last of its band.</summary>
    public long? UpToOutput { get; init; }

    public long this[Meter meter] => (int)meter < Rates.Length ? Rates[(int)meter] : 0;
}
