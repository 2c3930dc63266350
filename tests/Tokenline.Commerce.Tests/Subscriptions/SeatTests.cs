using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Payments;
using Tokenline.Commerce.Subscriptions;

namespace Tokenline.Commerce.Tests.Subscriptions;

/// <summary>What each state allows with seats, and the arithmetic of pools, by the pure machine.</summary>
public sealed class SeatTests
{
    private const string Zone = "Asia/Shanghai";
    private static readonly DateTimeOffset start = World.Start;
    private static readonly ProductOffering team = Shop.Team("team", 30m, 3);
    private static readonly Subscription active = new(
        new ProductId(1),
        new PartyId(2),
        new AccountId(3),
        team,
        Period.First(team, start, Zone),
        new Anchor(start, 0),
        start
    )
    {
        Seats = 3,
        Assigned = [new MembershipId(1), new MembershipId(2)],
    };

    private static DuePeriod Due =>
        new(active.Period, team, active.Anchor, team.Price, start)
        {
            HasBegun = true,
            IsGranted = true,
            Seats = 3,
        };

    private static readonly Dictionary<string, Subscription> states = new()
    {
        ["active"] = active,
        ["asking"] = active with { Asking = new(PaymentKind.Seats, "s", team.Price, active.Period, start, start, 1, team, Seats: 4) },
        ["fewer"] = active with { NextSeats = 2 },
        ["pausing"] = active with { Pauses = true },
        ["grace"] = active with { Due = Due },
        ["operator"] = active with { State = SubscriptionState.Suspended, Cause = SuspensionCause.Operator, SuspendedAt = start },
        ["stopped"] = active with { State = SubscriptionState.PendingTerminate, Stops = true },
        ["closing"] = active with
        {
            State = SubscriptionState.PendingTerminate,
            Stops = true,
            Closing = new(start, start.AddDays(2), Refunds: false),
        },
        ["terminated"] = active with { State = SubscriptionState.Terminated, EndedAt = start },
        ["no seats"] = active with { Offering = Shop.Plan("basic", 9.9m, 10, new RenewalTerms(true)), Seats = null },
    };

    private const string Allowed = """
        state      | 5    | 3    | 2    | 1                     | 51                    | assign       | again | free | free none
        active     | yes  | no   | yes  | invalid_request_error | invalid_request_error | yes          | no    | yes  | no
        asking     | wait | wait | wait | wait                  | wait                  | yes          | no    | yes  | no
        fewer      | yes  | yes  | yes  | invalid_request_error | invalid_request_error | no_seat_left | no    | yes  | no
        pausing    | yes  | no   | no   | invalid_request_error | invalid_request_error | yes          | no    | yes  | no
        grace      | no   | no   | no   | no                    | no                    | yes          | no    | yes  | no
        operator   | no   | no   | no   | no                    | no                    | yes          | no    | yes  | no
        stopped    | no   | no   | no   | no                    | no                    | yes          | no    | yes  | no
        closing    | no   | no   | no   | no                    | no                    | no           | no    | no   | no
        terminated | no   | no   | no   | no                    | no                    | no           | no    | no   | no
        no seats   | no   | no   | no   | no                    | no                    | no           | no    | no   | no
        """;

    [Fact]
    public void Each_state_allows_what_it_allows_with_seats()
    {
        var facts = new Facts(start.AddDays(1), Zone, Held: new Held([], []));
        SubscriptionCommand[] commands =
        [
            new ChangeSeats(5, null),
            new ChangeSeats(3, null),
            new ChangeSeats(2, null),
            new ChangeSeats(1, null),
            new ChangeSeats(51, null),
            new AssignSeat(new MembershipId(3)),
            new AssignSeat(new MembershipId(2)),
            new FreeSeat(new MembershipId(1)),
            new FreeSeat(new MembershipId(3)),
        ];
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

    [Fact]
    public void Never_fewer_seats_than_members_who_have_one()
    {
        var full = active with { Assigned = [new(1), new(2), new(3)] };

        var refused = SubscriptionMachine.Decide(full, new ChangeSeats(2, null), new Facts(start.AddDays(1), Zone)).Refused!;

        Assert.Equal((Problems.SeatsInUse, "seats"), (refused.Problem, refused.Param));
    }

    [Theory]
    [InlineData(4, "2026-09-16T02:30:00Z", "15", "120")]
    [InlineData(40, "2026-09-11T02:30:00Z", "740", "1200")]
    [InlineData(4, "2026-10-01T02:29:59Z", "0", "120")]
    [InlineData(2, "2026-09-16T02:30:00Z", "0", "60")]
    public void More_seats_cost_the_time_that_is_left(int seats, string at, string now, string next)
    {
        var facts = new Facts(DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture), Zone);
        var price = SubscriptionMachine.PriceOf(active, seats, facts).Required();
        Assert.Equal((decimal.Parse(now), decimal.Parse(next)), (price.Amount.ToDecimal(), price.NextPrice.ToDecimal()));
    }

    [Fact]
    public void What_was_shown_is_held_to_as_an_upgrade_is()
    {
        var facts = new Facts(start.AddDays(15), Zone);
        Assert.Equal(Problems.PriceChanged, Decide(4, 14.99m).Refused!.Problem);
        Assert.NotNull(Decide(4, 15m).Ask);
        Assert.NotNull(Decide(4, 16m).Ask);
        Assert.Equal(Problems.PriceChanged, Decide(2, 59m).Refused!.Problem);
        Assert.Equal(2, Decide(2, 60m).Next!.NextSeats);

        Decision Decide(int seats, decimal shown) =>
            SubscriptionMachine.Decide(active, new ChangeSeats(seats, Money.FromDecimal(shown, Currency.Cny)), facts);
    }

    [Fact]
    public void A_payment_for_seats_that_comes_when_the_period_is_over_is_given_back()
    {
        var asked = SubscriptionMachine.Decide(active, new ChangeSeats(5, null), new Facts(start.AddDays(15), Zone));
        var answer = new Answered(asked.Ask!.Correlator, new PaymentAnswer(true, "pay-1", null));

        var late = SubscriptionMachine.Decide(asked.Next!, answer, new Facts(active.Period.To, Zone));

        Assert.Equal(3, late.Next!.Seats);
        Assert.Empty(late.Commands);
        Assert.Equal([PaymentState.Paid, PaymentState.Owed], late.Payments.Select(line => line.State));
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(500_000, "5")]
    [InlineData(1_000_000, "10")]
    [InlineData(1_500_000, "14")]
    [InlineData(1_000_625, "10.01")] // half a hundredth, up
    [InlineData(1_000_624, "10")]
    [InlineData(5_000_000, "42")]
    public void What_is_used_beyond_costs_each_part_its_own_tier_rounded_once(long used, string price) =>
        Assert.Equal(
            decimal.Parse(price, System.Globalization.CultureInfo.InvariantCulture),
            Shop.Pool("pool", 3).Commitment!.PriceOf(used * QuotaUnit.Micro).ToDecimal()
        );
}
