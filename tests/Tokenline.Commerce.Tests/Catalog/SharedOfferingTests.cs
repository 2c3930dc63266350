using Tokenline.Charging.Accounts;
using Tokenline.Commerce.Catalog;

namespace Tokenline.Commerce.Tests.Catalog;

/// <summary>What is refused of plans for families, by the seat and with a commitment, and how they come back.</summary>
public sealed class SharedOfferingTests(OfferingEntryTests.Seeded seeded) : IClassFixture<OfferingEntryTests.Seeded>
{
    private static readonly GrantSheet grant = new(10_000_000, new QuotaUnit("general-token"));
    private static readonly RenewalSheet renewed = new(Automatic: true);
    private static readonly OfferingSheet plan = new("P", "", OfferingKind.Plan, [grant], 9.9m, Months: 1) { Renewal = renewed };
    private static readonly OfferingSheet team = plan with { Seats = new(2, 50) };
    private static readonly CommitmentSheet terms = new(100m, 12, 5_000_000m, [new(1_000_000m, 10m), new(null, 8m)]);
    private static readonly OfferingSheet pool = plan with { Commitment = terms };

    public static TheoryData<string, OfferingSheet> Wrongs =>
        new()
        {
            { "membersMax", plan with { MembersMax = 1 } },
            { "membersMax", plan with { MembersMax = 1001 } },
            { "membersMax", plan with { Kind = OfferingKind.Pack, Renewal = null, MembersMax = 4 } },
            { "seats", team with { Kind = OfferingKind.Pack, Renewal = null } },
            { "seats", team with { MembersMax = 4 } },
            { "seats.min", team with { Seats = new(0, 5) } },
            { "seats.max", team with { Seats = new(5, 4) } },
            { "seats.max", team with { Seats = new(1, 1001) } },
            { "seats.max", team with { Price = 1_000_000m, Grants = [grant with { Amount = 1_000_000_000_000 }], Seats = new(1, 1000) } },
            { "grants[0]", team with { Grants = [grant with { Limits = ["day=1M general-token/day"] }] } },
            { "grants[0]", team with { Grants = [grant with { RefilledEvery = Charging.Limits.LimitWindow.Day }] } },
            { "commitment", pool with { MembersMax = 4 } },
            { "commitment", pool with { Seats = new(1, 5) } },
            { "commitment", pool with { Kind = OfferingKind.Pack, Renewal = null } },
            { "renewal", pool with { Renewal = null } },
            { "renewal", pool with { Renewal = renewed with { CoolingOffDays = 7 } } },
            { "grants", pool with { Grants = [grant, grant] } },
            { "grants", pool with { Grants = [new GrantSheet(10m, Currency: Currency.Cny)] } },
            { "commitment.amount", pool with { Commitment = terms with { Amount = null } } },
            { "commitment.amount", pool with { Commitment = terms with { Amount = 9.89m } } },
            { "commitment.amount", pool with { Commitment = terms with { Amount = 100.001m } } },
            { "commitment.periods", pool with { Commitment = terms with { Periods = 0 } } },
            { "commitment.periods", pool with { Commitment = terms with { Periods = 61 } } },
            { "commitment.beyondMax", pool with { Commitment = terms with { BeyondMax = -1 } } },
            { "commitment.tiers", pool with { Commitment = terms with { BeyondMax = null } } },
            { "commitment.tiers", pool with { Commitment = terms with { Tiers = null } } },
            { "commitment.tiers[0].price", pool with { Commitment = terms with { Tiers = [new(null, -1)] } } },
            { "commitment.tiers[1].upTo", pool with { Commitment = terms with { Tiers = [new(5, 1), new(5, 1), new(null, 1)] } } },
            { "commitment.tiers[0].upTo", pool with { Commitment = terms with { Tiers = [new(null, 1), new(null, 1)] } } },
            { "commitment.tiers[1].upTo", pool with { Commitment = terms with { Tiers = [new(1, 1), new(2, 1)] } } },
        };

    [Theory]
    [MemberData(nameof(Wrongs))]
    public void What_could_not_be_kept_is_refused_by_its_field(string param, OfferingSheet sheet)
    {
        var refused = seeded.World.Get<Offerings>().Read("p", sheet).Refused;

        Assert.Equal((Problems.InvalidRequest, param), (refused?.Problem, refused?.Param));
    }

    [Fact]
    public async Task A_sheet_comes_back_as_it_was_entered_also_from_the_store()
    {
        foreach (var sheet in new[] { plan with { MembersMax = 4 }, team, pool })
        {
            (await seeded.World.Get<Offerings>().PutAsync("shared", sheet, CancellationToken.None)).Required();
            var kept = (await seeded.World.Get<ICatalogStore>().FindOfferingAsync("shared", CancellationToken.None))!;
            var shown = OfferingSheet.Of(kept);
            Assert.Equal((sheet.MembersMax, sheet.Seats), (shown.MembersMax, shown.Seats));
            Assert.Equivalent(sheet.Commitment, shown.Commitment);
            var before = kept.Version;
            Assert.Equal(
                before,
                (await seeded.World.Get<Offerings>().PutAsync("shared", shown, CancellationToken.None)).Required().Version
            );
        }
    }

    [Fact]
    public void So_many_seats_cost_and_grant_so_much()
    {
        var offering = seeded.World.Get<Offerings>().Read("t", team with { FirstPrice = 5m }).Required().For(7);
        Assert.Equal((69.3m, 35m), (offering.Price.ToDecimal(), offering.FirstPrice!.Value.ToDecimal()));
        Assert.Equal(70_000_000L * QuotaUnit.Micro, offering.Grants[0].Amount);
    }
}
