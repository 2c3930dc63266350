using Tokenline.Charging.Accounts;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Subscriptions;

namespace Tokenline.Commerce.Tests.Subscriptions;

/// <summary>What each state allows, and the arithmetic of periods, by the pure machine.</summary>
public sealed class SubscriptionMachineTests
{
    private const string Zone = "Asia/Shanghai";
    private static readonly DateTimeOffset start = World.Start;
    private static readonly ProductOffering basic = Shop.Plan("basic", 9.9m, 10, new RenewalTerms(true));
    private static readonly ProductOffering plus = Shop.Plan("plus", 29.9m, 40, new RenewalTerms(true));
    private static readonly Subscription active = new(
        new ProductId(1),
        new PartyId(2),
        new AccountId(3),
        basic,
        Period.First(basic, start, Zone),
        new Anchor(start, 0),
        start
    )
    {
        Paid = basic.Price,
    };

    private static DuePeriod Due => new(active.Period, basic, active.Anchor, basic.Price, start) { HasBegun = true, IsGranted = true };

    private static readonly Dictionary<string, Subscription> states = new()
    {
        ["active"] = active,
        ["asking"] = active with { Asking = new(PaymentKind.Upgrade, "u", basic.Price, active.Period, start, start, 1, plus) },
        ["pausing"] = active with { Pauses = true },
        ["grace"] = active with { Due = Due },
        ["restricted"] = active with { Due = Due with { IsTakenBack = true } },
        ["unpaid"] = active with
        {
            Due = Due with { IsTakenBack = true },
            State = SubscriptionState.Suspended,
            Cause = SuspensionCause.Unpaid,
            SuspendedAt = start,
        },
        ["operator"] = active with { State = SubscriptionState.Suspended, Cause = SuspensionCause.Operator, SuspendedAt = start },
        ["stopped"] = active with { State = SubscriptionState.PendingTerminate, Stops = true },
        ["closing"] = active with
        {
            State = SubscriptionState.PendingTerminate,
            Stops = true,
            Closing = new(start, start.AddDays(2), Refunds: false),
        },
        ["terminated"] = active with { State = SubscriptionState.Terminated, EndedAt = start },
    };

    private const string Allowed = """
        state      | stop | keep | cancel | upgrade | change | pause | suspend | resume | pay
        active     | yes  | no   | yes    | yes     | yes    | yes   | yes     | no     | no
        asking     | yes  | no   | wait   | wait    | wait   | yes   | wait    | no     | no
        pausing    | yes  | yes  | yes    | yes     | yes    | no    | yes     | yes    | no
        grace      | yes  | no   | yes    | no      | no     | no    | yes     | no     | yes
        restricted | yes  | no   | yes    | no      | no     | no    | yes     | no     | yes
        unpaid     | no   | no   | yes    | no      | no     | no    | no      | no     | yes
        operator   | no   | no   | yes    | no      | no     | no    | no      | yes    | no
        stopped    | no   | yes  | yes    | no      | no     | no    | yes     | no     | no
        closing    | no   | no   | no     | no      | no     | no    | no      | no     | no
        terminated | no   | no   | no     | no      | no     | no    | no      | no     | no
        """;

    [Fact]
    public void Each_state_allows_what_it_allows_and_refuses_the_rest_in_words()
    {
        var facts = new Facts(start.AddDays(1), Zone, Held: new Held([], []));
        var commands = new SubscriptionCommand[]
        {
            new StopRenewal(),
            new Keep(),
            new CancelNow(),
            new Upgrade(plus, null),
            new ChangeAtEnd(plus, null),
            new Pause(),
            new Suspend("abuse"),
            new Resume(),
            new PayNow(),
        };
        var lines = Allowed.Split('\n').Skip(1).ToList();
        Assert.Equal(states.Keys, lines.Select(line => line.Split('|')[0].Trim()));
        foreach (var line in lines)
        {
            var cells = line.Split('|', StringSplitOptions.TrimEntries);
            var shown = commands.Select(command => Word(SubscriptionMachine.Decide(states[cells[0]], command, facts)));
            Assert.Equal($"{cells[0]}: {string.Join(' ', cells[1..])}", $"{cells[0]}: {string.Join(' ', shown)}");
        }

        static string Word(Decision decision) =>
            decision.Refused is null ? "yes"
            : decision.Refused.Problem == Problems.PaymentInProgress ? "wait"
            : decision.Refused.Problem == Problems.WrongState ? "no"
            : decision.Refused.Problem.Code;
    }

    [Theory]
    [InlineData("2026-09-16T02:30:00Z", "9.98")] // half of September, of 19.95
    [InlineData("2026-10-01T02:29:59Z", "0")]
    [InlineData("2026-09-01T02:30:00Z", "19.95")]
    public void An_upgrade_costs_the_difference_for_the_time_that_is_left_rounded_half_up_to_the_hundredth(string at, string price)
    {
        var target = plus with { Price = basic.Price + Money.FromDecimal(19.95m, Currency.Cny) };
        var facts = new Facts(DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture), Zone);
        Assert.Equal(decimal.Parse(price), SubscriptionMachine.PriceOf(active, target, facts).Required().Amount.ToDecimal());
    }

    public static TheoryData<string, ProductOffering> NoUpgrades =>
        new()
        {
            { "cheaper", plus with { Price = Money.FromDecimal(9.9m, Currency.Cny) } },
            { "for another time", plus with { Months = 12 } },
            { "by another calendar", plus with { Renewal = plus.Renewal with { Billing = BillingCycle.Calendar } } },
            { "less of it", Grants(new OfferedGrant(new QuotaUnit("general-token"), 9)) },
            { "of another unit", Grants(new OfferedGrant(new QuotaUnit("point"), 40_000_000)) },
            { "for some models", Grants(plus.Grants[0] with { Models = ["glm-5"] }) },
            { "refilled", Grants(plus.Grants[0] with { Refill = new OfferedRefill(Charging.Limits.LimitWindow.Day) }) },
            { "and another thing", Grants(plus.Grants[0], new OfferedGrant(new QuotaUnit("point"), 1)) },
        };

    private static ProductOffering Grants(params OfferedGrant[] grants) => plus with { Grants = grants };

    [Theory]
    [MemberData(nameof(NoUpgrades))]
    public void What_cannot_be_compared_is_no_upgrade(string what, ProductOffering target)
    {
        var refused = SubscriptionMachine.Decide(active, new Upgrade(target, null), new Facts(start.AddDays(1), Zone)).Refused;

        Assert.True(refused?.Problem == Problems.NotAnUpgrade, what);
    }

    [Theory]
    [InlineData("2027-01-31T20:00", "2027-02-28T20:00 2027-03-31T20:00 2027-04-30T20:00")]
    [InlineData("2028-01-30T20:00", "2028-02-29T20:00 2028-03-30T20:00 2028-04-30T20:00")]
    [InlineData("2027-02-28T02:30", "2027-03-28T03:30 2027-04-28T02:30 2027-05-28T02:30")] // 28 March has no half past two in Berlin
    public void Periods_by_anniversary_are_counted_from_their_anchor(string from, string ends)
    {
        var zone = NodaTime.DateTimeZoneProviders.Tzdb["Europe/Berlin"];
        var at = NodaTime
            .LocalDateTime.FromDateTime(DateTime.Parse(from, System.Globalization.CultureInfo.InvariantCulture))
            .InZoneStrictly(zone)
            .ToInstant()
            .ToDateTimeOffset();
        var period = Period.First(basic, at, "Europe/Berlin");
        var shown = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            shown.Add(
                NodaTime
                    .Instant.FromDateTimeOffset(period.To)
                    .InZone(zone)
                    .ToString("uuuu-MM-dd'T'HH:mm", System.Globalization.CultureInfo.InvariantCulture)
            );
            var next = period.Next(basic, new Anchor(at, 0), "Europe/Berlin");
            Assert.Equal((period.To, period.Number + 1), (next.From, next.Number));
            period = next;
        }
        Assert.Equal(ends, string.Join(' ', shown));
    }

    [Fact]
    public void An_account_that_is_suspended_is_not_renewed()
    {
        var noticed = active with { NoticedPeriod = 0 };
        var facts = new Facts(active.Period.To - SubscriptionMachine.Lead, Zone, IsAccountSuspended: true);

        var rests = SubscriptionMachine.Decide(noticed, new Tick(), facts).Next!;

        Assert.Equal((SubscriptionState.Suspended, SuspensionCause.Operator, null), (rests.State, rests.Cause, rests.Due));
        Assert.NotNull(SubscriptionMachine.Decide(noticed, new Tick(), facts with { IsAccountSuspended = false }).Next!.Due);
    }

    [Fact]
    public void When_whoever_pays_is_silent_time_does_all_else()
    {
        var due = active with
        {
            Due = new DuePeriod(
                active.Period.Next(basic, active.Anchor, Zone),
                basic,
                active.Anchor,
                basic.Price,
                active.Period.To - SubscriptionMachine.Lead
            ),
        };
        var now = active.Period.To;

        Assert.NotNull(SubscriptionMachine.Decide(due, new Tick(), new Facts(now, Zone)).Ask);
        var silent = SubscriptionMachine.Decide(due, new Tick(), new Facts(now, Zone, IsPayerSilent: true));

        Assert.Null(silent.Ask);
        Assert.IsType<GrantBucket>(Assert.Single(silent.Commands));
    }
}
