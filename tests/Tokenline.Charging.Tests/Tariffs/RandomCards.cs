using System.Collections.Immutable;
using CsCheck;
using Tokenline.Charging.Tariffs;

namespace Tokenline.Charging.Tests.Tariffs;

/// <summary>Cards with every rule on or off, and usages with a bound around them.</summary>
internal static class RandomCards
{
    public const string ImageClass = "1024x1024/high";
    private static readonly Meter[] meters = Enum.GetValues<Meter>();

    private static readonly Gen<long> rate = Gen.OneOf(Gen.Long[0, 20], Gen.Long[0, 10_000_000_000_000]);
    private static readonly Gen<long> edge = Gen.Long[1, 50];
    private static readonly Gen<Ratio> ratio = Gen.Select(Gen.Int[1, 40], Gen.Int[1, 20]).Select((n, d) => new Ratio(n, d));

    private static readonly Gen<ImmutableArray<long>> rates = rate.Array[Usage.MeterCount].Select(all => all.ToImmutableArray());

    private static readonly Gen<RateTable> table = Gen.Select(
            Gen.Int[1, 3],
            edge.Array[3],
            edge.Array[6],
            Gen.Int[0, 2].Array[3],
            rates.Array[9],
            Gen.Bool,
            Gen.Select(Gen.Int[0, meters.Length - 1], Gen.Long[1, 30]).Array[0, 3],
            Gen.Select(Gen.Bool, rate)
        )
        .Select(
            (bands, inputs, outputs, cuts, cells, apart, packages, image) =>
            {
                var tiers = ImmutableArray.CreateBuilder<RateTier>();
                for (var band = 0; band < bands; band++)
                {
                    long? upToInput = band == bands - 1 ? null : inputs.Take(band + 1).Sum();
                    for (var cut = 0; cut <= cuts[band]; cut++)
                        tiers.Add(
                            new RateTier(upToInput, cells[(band * 3) + cut])
                            {
                                UpToOutput = cut == cuts[band] ? null : outputs.Skip(band).Take(cut + 1).Sum(),
                            }
                        );
                }
                return new RateTable(tiers.ToImmutable())
                {
                    ReasoningApart = apart,
                    Packages = new([.. packages.DistinctBy(p => p.Item1).Select(p => new Package(meters[p.Item1], p.Item2))]),
                    Images = image.Item1 ? new([new(ImageClass, image.Item2)]) : ImagePrices.None,
                };
            }
        );

    private static readonly Gen<VolumeTiers?> volume = Gen.Select(
            Gen.Int[0, 3],
            Gen.Bool,
            Gen.UInt,
            edge.Array[2],
            Gen.Select(ratio, Gen.Bool, table).Array[3]
        )
        .Select(
            (count, retroactive, counted, edges, tiers) =>
                count == 0
                    ? null
                    : new VolumeTiers(
                        retroactive ? VolumeKind.Retroactive : VolumeKind.Marginal,
                        new("g", new MeterSet(counted & MeterSet.All.Bits).Without(MeterSet.Of(Meter.Reasoning)), "UTC"),
                        [
                            .. Enumerable
                                .Range(0, count)
                                .Select(i => new VolumeTier(
                                    i == count - 1 ? null : edges.Take(i + 1).Sum() * 3,
                                    tiers[i].Item1,
                                    tiers[i].Item2 ? tiers[i].Item3 : null
                                )),
                        ]
                    )
        );

    public static readonly Gen<RateCard> All = Gen.Select(
            table,
            volume,
            Gen.OneOf(Gen.Const(0L), Gen.Long[0, 100_000]),
            Gen.OneOf(Gen.Const(Ratio.One), ratio),
            Gen.OneOf(Gen.Const(Ratio.One), ratio),
            Gen.Bool
        )
        .Select(
            (table, volume, minimum, worth, own, perMillion) =>
                new RateCard(table, perMillion ? RateCard.PerMillion : RateCard.PerUnit)
                {
                    Volume = volume,
                    Minimum = minimum,
                    Worth = worth,
                    Multipliers = own.IsOne ? Multipliers.None : new() { Classes = new([new(ServiceClass.Batch, own)]) },
                }
        );

    public static readonly Gen<RatingContext> Contexts = Gen.Select(
            Gen.OneOf(Gen.Const(Ratio.One), ratio),
            Gen.Long[0, 400],
            Gen.Bool,
            Gen.Bool.Select(asked => asked ? ImageClass : null)
        )
        .Select(
            (factor, before, batch, image) =>
                new RatingContext(
                    Cards.Noon,
                    new CallTraits(batch ? ServiceClass.Batch : ServiceClass.Standard, ImageClass: image),
                    factor,
                    before
                )
        );

    public static readonly Gen<MeterSet> Sets = Gen.OneOf(
        Gen.Const(MeterSet.All),
        Gen.UInt.Select(bits => new MeterSet(bits & MeterSet.All.Bits))
    );

    private static readonly Gen<long> count = Gen.OneOf(Gen.Const(0L), Gen.Long[0, 3], Gen.Long[0, 60]);

    public static readonly Gen<Usage> Usages = count
        .Array[Usage.MeterCount]
        .Select(counts =>
        {
            var usage = new Usage();
            foreach (var meter in meters)
                usage[meter] = counts[(int)meter];
            return usage;
        });

    /// <summary>A usage and a bound that it is within, tight or not.</summary>
    public static readonly Gen<(Usage Usage, UsageBound Bound)> Bounded = Gen.Select(Usages, Gen.Long[0, 5], Gen.Long[0, 5])
        .Select((usage, moreInput, moreOutput) => (usage, Around(usage, moreInput, moreOutput)));

    private static UsageBound Around(Usage usage, long moreInput, long moreOutput)
    {
        var other = new Usage();
        foreach (var meter in meters)
        {
            if (!Usage.InputTokens.Has(meter) && meter is not (Meter.Output or Meter.Reasoning or Meter.AudioOutput))
                other[meter] = usage[meter];
        }
        return new(usage.WholeInput + moreInput, usage.WholeOutput + moreOutput, other);
    }
}
