using System.Collections.Immutable;

namespace Tokenline.Charging.Tariffs;

/// <summary>Meters that are charged in whole packages of so many units: a begun one counts whole.</summary>
public sealed class Packages
{
    public static readonly Packages None = new([]);

    private readonly long[] sizes = new long[Usage.MeterCount];

    public Packages(ImmutableArray<Package> all)
    {
        foreach (var package in all)
        {
            if (package.Units <= 0)
                throw new ArgumentException("a package has at least one unit");
            sizes[(int)package.Meter] = package.Units;
        }
        All = all;
    }

    public ImmutableArray<Package> All { get; }

    /// <summary>This count in whole packages, in units.</summary>
    public Int128 Whole(Meter meter, long count)
    {
        var size = sizes[(int)meter];
        return size <= 1 || count % size == 0 ? count : ((Int128)count - (count % size)) + size;
    }

    /// <summary>The most that a begun package adds to a count.</summary>
    internal long Begun(Meter meter) => Math.Max(0, sizes[(int)meter] - 1);
}

public sealed record Package(Meter Meter, long Units);
