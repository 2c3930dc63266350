using Tokenline.Commerce.Catalog;

namespace Tokenline.Commerce.Tests.Catalog;

/// <summary>Who may order an offering, its first price, its tax and its renewal, as they are entered and shown.</summary>
public sealed class OfferingTermsTests(OfferingEntryTests.Seeded seeded) : IClassFixture<OfferingEntryTests.Seeded>
{
    private static readonly GrantSheet tenMillion = new(10_000_000, new QuotaUnit("general-token"));
    private static readonly OfferingSheet light = new("Light", "For persons", OfferingKind.Plan, [tenMillion], 9.9m, Months: 1);

    private static CancellationToken None => CancellationToken.None;
    private Offerings Offerings => seeded.World.Get<Offerings>();
    private ICatalogStore Catalog => seeded.World.Get<ICatalogStore>();

    [Theory]
    [InlineData("9.9", "6", "0.56")] // 9.9 × 6 ÷ 106 = 0.5603…
    [InlineData("106", "6", "6")]
    [InlineData("0.1", "5.5", "0.01")] // 0.0052…, half up
    [InlineData("9.9", "0", "0")]
    public void The_tax_within_a_price_is_rounded_to_the_hundredth(string price, string percent, string tax) =>
        Assert.Equal(Cny(decimal.Parse(tax)), TaxIncluded.Of(Cny(decimal.Parse(price)), decimal.Parse(percent)));

    public static TheoryData<string, string> Refusals =>
        [.. refused.Keys.Select(name => new TheoryDataRow<string, string>(name, refused[name].Field))];

    private static readonly Dictionary<string, (OfferingSheet Sheet, string Field)> refused = new()
    {
        ["a first price above the price"] = (light with { FirstPrice = 10 }, "firstPrice"),
        ["a first price of thousandths"] = (light with { FirstPrice = 0.001m }, "firstPrice"),
        ["a tax of more than all"] = (light with { TaxPercent = 101 }, "taxPercent"),
        ["sold until before it begins"] = (light with { Sale = new(World.Start.AddDays(2), World.Start.AddDays(1)) }, "sale.to"),
        ["sold in the past"] = (light with { Sale = new(To: World.Start) }, "sale.to"),
        ["for no group"] = (light with { Sale = new(Groups: []) }, "sale.groups"),
        ["for a group of no such form"] = (light with { Sale = new(Groups: ["A b"]) }, "sale.groups"),
        ["never to be had"] = (light with { Sale = new(PerCustomer: 0) }, "sale.perCustomer"),
        ["a stock below nothing"] = (light with { Sale = new(Stock: -1) }, "sale.stock"),
        ["excluding itself"] = (light with { Sale = new(Excludes: ["new"]) }, "sale.excludes"),
        ["excluding what is not there"] = (light with { Sale = new(Excludes: ["plan-light", "gone"]) }, "sale.excludes[1]"),
        ["requiring what is not there"] = (light with { Sale = new(Requires: ["gone"]) }, "sale.requires[0]"),
        ["a pack that is renewed"] = (light with { Kind = OfferingKind.Pack, Renewal = new(Automatic: true) }, "renewal"),
        ["a notice of months"] = (light with { Renewal = new(true, NoticeDays: 32) }, "renewal.noticeDays"),
        ["grace beyond the suspension"] = (light with { Renewal = new(true, GraceDays: 10) }, "renewal.graceDays"),
        ["cooling off for ever"] = (light with { Renewal = new(true, CoolingOffDays: 32) }, "renewal.coolingOffDays"),
        ["days by the calendar"] = (
            light with
            {
                Months = null,
                Days = 30,
                Renewal = new(Billing: BillingCycle.Calendar),
            },
            "renewal.billing"
        ),
        ["renewed every day"] = (light with { Months = null, Days = 1, Renewal = new(true) }, "renewal.automatic"),
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task What_contradicts_itself_is_refused_by_its_field_and_not_stored(string name, string field)
    {
        var outcome = await Offerings.PutAsync("new", refused[name].Sheet, None);

        Assert.Equal((Problems.InvalidRequest, field), (outcome.Refused!.Problem, outcome.Refused.Param));
        Assert.Null(await Catalog.FindOfferingAsync("new", None));
    }

    [Fact]
    public void A_sheet_that_is_shown_is_read_as_the_same_offering()
    {
        var sheet = light with
        {
            FirstPrice = 1.5m,
            TaxPercent = 6.25m,
            Sale = new(World.Start, World.Start.AddDays(9), ["student"], ["south"], ["shop"], 2, ["plan-light"], ["token-pack"], 100),
            Renewal = new(true, 4, 2, 7, BillingCycle.Calendar),
        };
        var offering = Offerings.Read("new", sheet).Required();

        var again = Offerings.Read("new", OfferingSheet.Of(offering)).Required();

        Assert.Equal(offering with { Grants = again.Grants }, again);
        Assert.Equal((new RenewalTerms(true, 4, 2, 7, BillingCycle.Calendar), sheet.Sale), (again.Renewal, again.Sale));
    }

    private static Money Cny(decimal amount) => Money.FromDecimal(amount, Currency.Cny);
}
