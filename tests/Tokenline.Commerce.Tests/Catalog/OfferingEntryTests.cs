using Tokenline.Charging.Accounts;
using Tokenline.Charging.Limits;
using Tokenline.Commerce.Catalog;

namespace Tokenline.Commerce.Tests.Catalog;

/// <summary>What a product manager may put up for sale, and what is refused with its field.</summary>
public sealed class OfferingEntryTests(OfferingEntryTests.Seeded seeded) : IClassFixture<OfferingEntryTests.Seeded>
{
    private static readonly GrantSheet tenMillion = new(10_000_000, new QuotaUnit("general-token"));
    private static readonly OfferingSheet light = new("Light", "For persons", OfferingKind.Plan, [tenMillion], 9.9m, Months: 1);

    private static readonly GrantSheet calls = new(5, Capacity.CallsAtOnce, Type: BucketType.Capacity);

    private readonly World world = seeded.World;

    public sealed class Seeded : IAsyncLifetime
    {
        internal World World { get; private set; } = null!;

        public async ValueTask InitializeAsync() => World = await World.SeededAsync();

        public async ValueTask DisposeAsync() => await World.DisposeAsync();
    }

    [Fact]
    public async Task A_new_offering_is_for_sale_and_a_changed_one_leaves_what_was_sold_as_it_was()
    {
        var offerings = world.Get<Offerings>();
        (await offerings.PutAsync("plan-new", light, CancellationToken.None)).Required();
        var customer = await world.NewCustomerAsync();
        var before = await world.OrderAsync(customer, "plan-new", "o-1");

        (
            await offerings.PutAsync(
                "plan-new",
                light with
                {
                    Price = 12.5m,
                    Grants = [tenMillion with { Amount = 12_000_000 }],
                },
                CancellationToken.None
            )
        ).Required();

        var after = await world.OrderAsync(customer, "plan-new", "o-2");
        Assert.Equal((9.9m, 12.5m), (before.Offering.Price.ToDecimal(), after.Offering.Price.ToDecimal()));
        Assert.Equal(
            [10_000_000m * QuotaUnit.Micro, 12_000_000m * QuotaUnit.Micro],
            (await world.BucketsAsync(customer)).Select(bucket => (decimal)bucket.Granted).Order()
        );
        Assert.Single(await world.Get<ICatalogStore>().OfferingsAsync(CancellationToken.None), one => one.Id == "plan-new");
    }

    [Fact]
    public async Task Windows_refills_scope_and_blocker_reach_the_account()
    {
        var grant = tenMillion with
        {
            Models = ["glm-5", "kimi-k2.6"],
            Unit = new QuotaUnit("developer-token"),
            Limits = ["five-hours=1M developer-token/5h", "week=4M developer-token/week"],
            IsBlocker = true,
            RefilledEvery = LimitWindow.PlanMonth,
            RolloverMin = 1000,
            RolloverMax = 2_000_000,
        };
        (await world.Get<Offerings>().PutAsync("coder", light with { Grants = [grant], Months = 12 }, CancellationToken.None)).Required();
        var customer = await world.NewCustomerAsync("+8613900000002");

        await world.OrderAsync(customer, "coder");

        var view = await world.Accounts.ViewAsync(customer.Account);
        var bucket = Assert.Single(view.Buckets);
        Assert.Equal(["glm-5", "kimi-k2.6"], bucket.Grant.Models!);
        Assert.True(bucket.Grant.IsBlocker);
        Assert.Equal([1_000_000L * QuotaUnit.Micro, 4_000_000L * QuotaUnit.Micro], bucket.Grant.Limits!.Select(limit => limit.Max));
        var refill = Assert.Single(view.Refills).Terms;
        Assert.Equal(
            (LimitWindow.PlanMonth, new Rollover(1000L * QuotaUnit.Micro, 2_000_000L * QuotaUnit.Micro)),
            (refill.Period, refill.Rollover)
        );
    }

    [Fact]
    public async Task What_each_seat_has_and_what_raises_a_limit_is_read_shown_and_said_in_plain_words()
    {
        var sheet = light with { Grants = [tenMillion, tenMillion with { ToEachSeat = true }, calls], Seats = new SeatSheet(2, 100) };

        var offering = (await world.Get<Offerings>().PutAsync("seat-own", sheet, CancellationToken.None)).Required();

        Assert.Equal([false, true, false], OfferingSheet.Of(offering).Grants!.Select(grant => grant!.ToEachSeat));
        Assert.Equal([30_000_000m, 10_000_000m, 15m], offering.For(3).Grants.Select(grant => (decimal)grant.Amount / QuotaUnit.Micro));
        var words = world.Get<PlainWords>().Of(offering)!.En.Split("; ");
        Assert.Equal([$"each seat {words[0]} of its own", "5 more calls at once"], words[1..]);
    }

    public static TheoryData<string, string> Refusals =>
        [.. refused.Keys.Select(name => new TheoryDataRow<string, string>(name, refused[name].Field))];

    private static readonly Dictionary<string, (OfferingSheet Sheet, string Field, string Reason)> refused = new()
    {
        ["no name"] = (light with { Name = "" }, "name", "1 to 128"),
        ["no kind"] = (light with { Kind = null }, "kind", "plan, pack, free"),
        ["a plan for nothing"] = (light with { Price = null }, "price", "of the kind free"),
        ["a free plan with a price"] = (light with { Kind = OfferingKind.Free }, "price", "no price"),
        ["a negative price"] = (light with { Price = -1 }, "price", "negative"),
        ["a price of thousandths"] = (light with { Price = 9.999m }, "price", "two decimals"),
        ["months and days"] = (light with { Days = 30 }, "months", "one of them"),
        ["neither months nor days"] = (light with { Months = null }, "months", "one of them"),
        ["no time at all"] = (light with { Months = 0 }, "months", "1 to"),
        ["nothing granted"] = (light with { Grants = [] }, "grants", "grants something"),
        ["pay-as-you-go that grants"] = (
            light with
            {
                Kind = OfferingKind.PayAsYouGo,
                Price = null,
                Months = null,
            },
            "grants[0]",
            "grants nothing"
        ),
        ["a unit and a currency"] = (With(tenMillion with { Currency = Currency.Cny }), "grants[0].unit", "or of a currency"),
        ["neither"] = (With(tenMillion with { Unit = null }), "grants[0].unit", "or of a currency"),
        ["another currency"] = (With(new GrantSheet(10, Currency: new Currency("USD"))), "grants[0].currency", "CNY"),
        ["no amount"] = (With(tenMillion with { Amount = null }), "grants[0].amount", "More than nothing"),
        ["less than nothing"] = (With(tenMillion with { Amount = -5 }), "grants[0].amount", "More than nothing"),
        ["too fine"] = (With(tenMillion with { Amount = 10_000_000.0000001m }), "grants[0].amount", "6 decimals"),
        ["too much"] = (With(tenMillion with { Amount = 1e15m }), "grants[0].amount", "at most"),
        ["ten tokens, meant were millions"] = (With(tenMillion with { Amount = 10 }), "grants[0].amount", "is 10000000 meant?"),
        ["micro-units, meant were tokens"] = (
            With(tenMillion with { Amount = 10_000_000_000_000 / 2m }),
            "grants[0].amount",
            "whole units"
        ),
        ["money for a hundredth of its worth"] = (With(new GrantSheet(0.1m, Currency: Currency.Cny)), "grants[0].amount", "worth at most"),
        ["a unit that no model knows"] = (
            With(tenMillion with { Unit = new QuotaUnit("genral-token") }),
            "grants[0].unit",
            "general-token"
        ),
        ["capacity of what is spent"] = (With(tenMillion with { Type = BucketType.Capacity }), "grants[0].unit", "call-at-once"),
        ["calls at once to be spent"] = (With(new GrantSheet(5, Capacity.CallsAtOnce)), "grants[0].type", "nothing to spend"),
        ["half a call at once"] = (With(calls with { Amount = 1.5m }), "grants[0].amount", "whole"),
        ["calls at once of some models"] = (With(calls with { Models = ["glm-5"] }), "grants[0].models", "all calls"),
        ["calls at once filled again"] = (With(calls with { RefilledEvery = LimitWindow.Day }), "grants[0].refilledEvery", "whole time"),
        ["to each seat of none"] = (With(tenMillion with { ToEachSeat = true }), "grants[0].toEachSeat", "by the seat"),
        ["to each of too many seats"] = (
            With(tenMillion with { ToEachSeat = true }) with
            {
                Seats = new SeatSheet(1, 201),
            },
            "seats.max",
            "at most 200"
        ),
        ["calls at once to each seat"] = (
            With(calls with { ToEachSeat = true }) with
            {
                Seats = new SeatSheet(1, 10),
            },
            "grants[0].toEachSeat",
            "of the account"
        ),
        ["a model that is not there"] = (With(tenMillion with { Models = ["glm-55"] }), "grants[0].models[0]", "glm-5"),
        ["a model without a weight in the unit"] = (
            With(tenMillion with { Models = ["deepseek-v4-flash", "gpt-5.1"] }),
            "grants[0].models[1]",
            "no weight in general-token"
        ),
        ["no model"] = (With(tenMillion with { Models = [] }), "grants[0].models", "Name at least one"),
        ["a window that is no limit"] = (With(tenMillion with { Limits = ["often"] }), "grants[0].limits[0]", "is not a limit"),
        ["a window in another unit"] = (
            With(tenMillion with { Limits = ["day=10k point/day"] }),
            "grants[0].limits.day.unit",
            "its own unit"
        ),
        ["two windows of one name"] = (
            With(tenMillion with { Limits = ["w=10k general-token/day", "w=20k general-token/week"] }),
            "grants[0].limits[1].id",
            "there twice"
        ),
        ["a window that a longer one makes idle"] = (
            With(tenMillion with { Limits = ["five-hours=1200 requests/5h", "week=1000 requests/week"] }),
            "grants[0].limits[0]",
            "never be reached"
        ),
        ["rollover of what is granted once"] = (With(tenMillion with { RolloverMax = 5 }), "grants[0].rolloverMax", "granted again"),
        ["rollover upside down"] = (
            With(tenMillion with { RefilledEvery = LimitWindow.Month, RolloverMin = 10, RolloverMax = 5 }),
            "grants[0].rolloverMin",
            "between 0 and the most"
        ),
        ["refilled every month and billed by the calendar"] = (
            With(tenMillion with { RefilledEvery = LimitWindow.Month }) with
            {
                Renewal = new RenewalSheet(Billing: BillingCycle.Calendar),
            },
            "renewal.billing",
            "by the anniversary"
        ),
        ["refilled every run"] = (With(tenMillion with { RefilledEvery = LimitWindow.Run }), "grants[0].refilledEvery", "planMonth"),
        ["a loan for sale"] = (With(tenMillion with { Type = BucketType.Credit }), "grants[0].type", "not sold"),
        ["a wallet of tokens"] = (With(tenMillion with { Type = BucketType.Wallet }), "grants[0].type", "holds money"),
        ["a priority beyond all"] = (With(tenMillion with { Priority = 1001 }), "grants[0].priority", "between 0 and"),
        ["the second grant"] = (
            light with
            {
                Grants = [tenMillion, tenMillion with { Amount = 0 }],
            },
            "grants[1].amount",
            "More than nothing"
        ),
        ["a grant that is null"] = (light with { Grants = [null] }, "grants[0]", "is an object"),
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task What_contradicts_itself_is_refused_by_its_field_and_nothing_is_kept(string name, string field)
    {
        var (sheet, _, reason) = refused[name];

        var outcome = await world.Get<Offerings>().PutAsync("plan-wrong", sheet, CancellationToken.None);

        Assert.Equal(field, outcome.Refused?.Param);
        Assert.Contains(reason, outcome.Refused!.Message, StringComparison.Ordinal);
        Assert.Null(await world.Get<ICatalogStore>().FindOfferingAsync("plan-wrong", CancellationToken.None));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Plan Light")]
    [InlineData("plan/light")]
    public async Task An_id_that_is_none_is_refused(string id) =>
        Assert.Equal("id", (await world.Get<Offerings>().PutAsync(id, light, CancellationToken.None)).Refused?.Param);

    private static OfferingSheet With(GrantSheet grant) => light with { Grants = [grant] };
}
