using CsCheck;
using Tokenline.Commerce.WhatIf;

namespace Tokenline.Commerce.Tests.WhatIf;

/// <summary>Whatever subscribers come to, the report adds up.</summary>
public sealed class WhatIfTallyProperties
{
    private static readonly Gen<WhatIfSide> side = Gen.Select(
            Gen.Long[0, 1_000_000_000_000],
            Gen.Long[0, 200_000_000_000],
            Gen.Long[0, 1_000_000_000],
            Gen.Long[0, 300_000_000_000]
        )
        .Select((fees, usage, tax, cost) => new WhatIfSide(fees, usage, tax, cost));

    [Fact]
    public void Revenue_changes_by_what_losers_pay_more_less_what_winners_pay_less_and_every_subscriber_is_in_one_band() =>
        Gen.Select(side, side, Gen.Bool)
            .Array[1, 120]
            .Sample(
                ones =>
                {
                    var tally = new WhatIfTally(Currency.Cny);
                    for (var i = 0; i < ones.Length; i++)
                    {
                        var (was, would, same) = ones[i];
                        tally.Add(new(new(new(i + 1), "", was, same ? was : would, 1, 0, 0), false, false, 0, 0, 0));
                    }
                    var report = tally.ToReport(ones.Length);

                    Assert.Equal(report.Lose.Nano - report.Gain.Nano, report.Would.RevenueNano - report.Was.RevenueNano);
                    Assert.Equal(report.Revenue, new(report.Would.RevenueNano - report.Was.RevenueNano, 0));
                    Assert.Equal(report.Margin, new(report.Would.MarginNano - report.Was.MarginNano, 0));
                    Assert.Equal(ones.Length, report.Gain.Subscribers + report.Lose.Subscribers + report.Same);
                    Assert.Equal(ones.Length, report.Bands.Sum(band => band.Subscribers));
                    Assert.Equal(
                        report.Gain.Subscribers,
                        report.Bands.Where(band => band.ToNano <= 0 && band.FromNano != 0).Sum(band => band.Subscribers)
                    );
                    Assert.True(report.Most.Count <= WhatIfTally.MostMax);
                    Assert.Equal(report.Most, report.Most.OrderByDescending(one => Int128.Abs(one.ChangeNano)));
                },
                iter: 200
            );

    /// <summary>Of many samples of one population about one in twenty may miss the truth.</summary>
    [Fact]
    public void The_truth_is_within_the_stated_error_of_nearly_all_samples()
    {
        var random = new Random(20261126);
        var changes = Enumerable
            .Range(0, 5000)
            .Select(_ => (long)(random.NextDouble() * random.NextDouble() * 40_000_000_000) - 3_000_000_000)
            .ToArray();
        Int128 truth = changes.Aggregate((Int128)0, (sum, change) => sum + change);
        var missed = 0;
        for (var round = 0; round < 400; round++)
        {
            var tally = new WhatIfTally(Currency.Cny);
            random.Shuffle(changes);
            foreach (var change in changes.Take(200))
                tally.Add(
                    new(new(new(1), "", new(3_000_000_000, 0, 0, 0), new(3_000_000_000 + change, 0, 0, 0), 0, 0, 0), false, false, 0, 0, 0)
                );
            var estimate = tally.ToReport(changes.Length).Revenue;
            missed += Int128.Abs(estimate.Nano - truth) > estimate.ErrorNano ? 1 : 0;
        }
        Assert.InRange(missed, 4, 44); // 20 are expected
    }
}
