using Tokenline.Charging.Accounts;
using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Subscriptions;
using Tokenline.Commerce.Tests.Storage;
using Tokenline.Commerce.Tests.Subscriptions;
using static Tokenline.Commerce.Tests.Parties.People;

namespace Tokenline.Commerce.Tests.Parties;

public sealed class SqliteSeatingTests : SeatingContract
{
    private protected override bool IsShared => false;
}

public sealed class PostgresSeatingTests : SeatingContract
{
    private protected override bool IsShared => true;
}

/// <summary>Who has a seat, on whichever database.</summary>
public abstract class SeatingContract : Databases
{
    [Fact]
    public async Task The_last_seat_that_many_are_given_at_once_is_given_once()
    {
        var (company, team) = await TeamAsync(seats: 2);
        var members = new List<Member>();
        for (var i = 0; i < 4; i++)
            members.Add(await JoinAsync(world, company, $"+861390000002{i}"));
        await Get<Seating>().AssignAsync(team.Id, members[0].Membership.Id, null, none);

        // Past the turns of one process, as nodes of a cluster are.
        var given = await Task.WhenAll(
            members
                .Skip(1)
                .Select(member => Task.Run(() => Get<Subscribing>().DoAsync(team.Id, new AssignSeat(member.Membership.Id), none)))
        );

        Assert.Single(given, outcome => outcome.Value is not null);
        Assert.All(given.Where(outcome => outcome.Value is null), outcome => Assert.Equal(Problems.NoSeatLeft, outcome.Refused!.Problem));
        Assert.Equal(2, (await SubscriptionAsync(team.Id)).Assigned.Count);
    }

    [Fact]
    public async Task Fewer_seats_and_one_more_member_with_a_seat_at_once_do_not_both_come_about()
    {
        var (company, team) = await TeamAsync(seats: 3);
        var one = await JoinAsync(world, company, Child);
        var two = await JoinAsync(world, company, Aunt);
        var three = await JoinAsync(world, company, "+8613900000004");
        foreach (var member in new[] { one, two })
            (await Get<Seating>().AssignAsync(team.Id, member.Membership.Id, null, none)).Required();

        var both = await Task.WhenAll(
            Task.Run(() => Get<Subscribing>().ChangeSeatsAsync(team.Id, 2, null, none)),
            Task.Run(() => Get<Subscribing>().DoAsync(team.Id, new AssignSeat(three.Membership.Id), none))
        );

        Assert.Single(both, outcome => outcome.Value is not null);
        var now = await SubscriptionAsync(team.Id);
        Assert.True(now.Assigned.Count <= (now.NextSeats ?? now.Seats));
    }

    [Fact]
    public async Task Seats_that_many_change_at_once_are_paid_for_once_and_those_who_join_meanwhile_never_have_more_than_there_are()
    {
        var (company, team) = await TeamAsync(seats: 2);
        var invitations = new List<Invitation>();
        for (var i = 0; i < 5; i++)
            invitations.Add((await InviteAsync(world, company, $"+861390000003{i}")).Required());

        // Five accept and take a seat as soon as they have joined, while three want five seats and one wants four.
        var seated = invitations.Select(invitation =>
            Task.Run(async () =>
            {
                var code = FakeOneTimePasswords.CodeOf(invitation.PhoneNumber);
                var member = (await Get<Invitations>().AcceptAsync(invitation.Id, code, null, none)).Required();
                return await Get<Seating>().AssignAsync(team.Id, member.Membership.Id, null, none);
            })
        );
        var changed = new[] { 5, 4, 5, 5 }.Select(seats => Task.Run(() => Get<Subscribing>().ChangeSeatsAsync(team.Id, seats, null, none)));
        var all = await Task.WhenAll([.. changed.ToList(), .. seated.ToList()]);

        Assert.All(
            all.Where(outcome => outcome.Value is null),
            outcome =>
                Assert.Contains(
                    outcome.Refused!.Problem,
                    new[] { Problems.NoSeatLeft, Problems.PaymentInProgress, Problems.WrongState, Problems.Conflict, Problems.SeatsInUse }
                )
        );
        var now = await SubscriptionAsync(team.Id);
        Assert.Null(now.Asking);
        Assert.Contains(now.Seats, new int?[] { 4, 5 });
        Assert.InRange(now.Assigned.Count, 2, Math.Min(now.Seats!.Value, now.NextSeats ?? now.Seats.Value));
        Assert.Equal(all[4..].Count(outcome => outcome.Value is not null), now.Assigned.Count);
        // At the beginning of the period a seat costs 30 and grants 3 M: the order's two, and those that there are more.
        Assert.Equal(30m * now.Seats.Value, world.Carrier.Amounts.Values.Sum(amount => amount.ToDecimal()));
        Assert.Equal(3_000_000L * now.Seats * QuotaUnit.Micro, (await world.BucketsAsync(company)).Sum(bucket => bucket.Granted));
        var lines = await Get<ISubscriptionStore>().PaymentsAsync(team.Id, none);
        Assert.All(lines, line => Assert.Equal(PaymentState.Paid, line.State));
        Assert.Equal(lines.Count, lines.Select(line => line.Correlator).Distinct().Count());
    }

    [Fact]
    public async Task Tokens_of_a_seat_that_many_take_at_once_are_one_member_s()
    {
        var company = await CompanyAsync();
        var order = (await OrderAsync(new(company.Id, "team-own", Seats: 2))).Required();
        var team = await SubscriptionAsync(order.Product!.Value);
        var members = new List<Member>();
        for (var i = 0; i < 4; i++)
            members.Add(await JoinAsync(world, company, $"+861390000004{i}"));

        var given = await Task.WhenAll(
            members.Select(member => Task.Run(() => Get<Seating>().AssignAsync(team.Id, member.Membership.Id, null, none)))
        );

        Assert.Equal(2, given.Count(outcome => outcome.Value is not null));
        var now = await SubscriptionAsync(team.Id);
        var nodes = now.Assigned.Select(id => members.Single(one => one.Membership.Id == id).Membership.Allotment);
        var own = (await world.BucketsAsync(company)).Where(bucket => bucket.Grant.Seat is not null).ToList();
        Assert.Equal(
            nodes.Select(node => node!.Value.Value).Order(),
            own.Select(bucket => bucket.Grant.Seat!.Value.Holder!.Value.Value).Order()
        );
        Assert.Equal([0, 1], own.Select(bucket => bucket.Grant.Seat!.Value.Number).Order());
    }

    [Fact]
    public async Task With_a_seat_the_node_is_open_and_without_one_it_is_closed()
    {
        var (company, team) = await TeamAsync(seats: 2);
        var member = await JoinAsync(world, company, Child);
        Assert.True(await IsClosedAsync(company, member));

        (await Get<Seating>().AssignAsync(team.Id, member.Membership.Id, null, none)).Required();
        Assert.False(await IsClosedAsync(company, member));
        (await Get<Seating>().AssignAsync(team.Id, member.Membership.Id, null, none)).Required(); // again
        (await Get<Seating>().FreeAsync(team.Id, member.Membership.Id, null, none)).Required();
        Assert.True(await IsClosedAsync(company, member));
        Assert.Equal(Problems.WrongState, (await Get<Seating>().FreeAsync(team.Id, member.Membership.Id, null, none)).Refused!.Problem);

        // A member gives none, and who has left gets none.
        var not = await Get<Seating>().AssignAsync(team.Id, member.Membership.Id, member.Membership.Id, none);
        Assert.Equal((Problems.PermissionDenied, "by"), (not.Refused!.Problem, not.Refused.Param));
        (await Get<Seating>().AssignAsync(team.Id, member.Membership.Id, null, none)).Required();
        await Get<Members>().RemoveAsync(company.Id, member.Membership.Id, null, null, none);
        Assert.Empty((await SubscriptionAsync(team.Id)).Assigned);
        var late = await Get<Seating>().AssignAsync(team.Id, member.Membership.Id, null, none);
        Assert.Equal((Problems.WrongState, "member"), (late.Refused!.Problem, late.Refused.Param));
    }

    [Fact]
    public async Task An_order_says_how_many_seats_and_keeps_them_through_a_carrier_that_is_silent()
    {
        var company = await CompanyAsync();
        foreach (var (seats, param) in new (int?, string)[] { (null, "seats"), (1, "seats"), (51, "seats") })
            Assert.Equal(param, (await OrderAsync(new(company.Id, "team", Seats: seats))).Refused!.Param);
        Assert.Equal("seats", (await OrderAsync(new(company.Id, "basic", Seats: 2))).Refused!.Param);
        world.Carrier.LosesAnswers = true;
        var waiting = (await OrderAsync(new(company.Id, "team", "o-1", Seats: 4))).Required();
        Assert.Equal((OrderState.InProgress, 120m, 4), (waiting.State, waiting.Price.ToDecimal(), waiting.Seats));
        Assert.Equal(Problems.IdempotencyConflict, (await OrderAsync(new(company.Id, "team", "o-1", Seats: 5))).Refused!.Problem);
        world.Carrier.LosesAnswers = false;
        world.Time.Advance(TimeSpan.FromMinutes(2));
        await world.Ordering.ResumeAsync(none);

        var order = (await Get<IOrderStore>().FindAsync(waiting.Id, none))!;
        Assert.Equal((OrderState.Completed, 4), (order.State, order.Seats));
        Assert.Equal(4, (await SubscriptionAsync(order.Product!.Value)).Seats);
        Assert.Equal(12_000_000L * QuotaUnit.Micro, Assert.Single(await world.BucketsAsync(company)).Granted);
        Assert.Equal(order.Id, (await OrderAsync(new(company.Id, "team", "o-1", Seats: 4))).Required().Id);
    }

    [Fact]
    public async Task A_quote_is_for_the_seats_that_are_asked_for()
    {
        var company = await CompanyAsync();
        foreach (var (seats, price) in new (int?, decimal)[] { (4, 120m), (50, 1500m), (null, 60m) })
        {
            var quote = (await world.Ordering.QuoteAsync(company.Id, "team", null, none, seats)).Required();
            Assert.Equal((price, seats ?? 2, null), (quote.Price.ToDecimal(), quote.Seats, quote.WhyNot));
        }
        foreach (var (offering, seats) in new[] { ("team", 51), ("team", 1), ("basic", 2) })
            Assert.Equal("seats", (await world.Ordering.QuoteAsync(company.Id, offering, null, none, seats)).Required().WhyNot!.Param);
        Assert.Null((await world.Ordering.QuoteAsync(company.Id, "basic", null, none)).Required().Seats);
    }

    [Fact]
    public async Task A_plan_that_was_to_end_with_another_whose_period_is_over_begins_by_itself()
    {
        var company = await CompanyAsync();
        var first = (await OrderAsync(new(company.Id, "basic"))).Required();
        world.Time.SetUtcNow((await SubscriptionAsync(first.Product!.Value)).Period.To.AddHours(-8));
        world.Carrier.LosesAnswers = true;
        var waiting = (await OrderAsync(new(company.Id, "plus", EndsWith: first.Product))).Required();
        Assert.Equal(0.33m, waiting.Price.ToDecimal()); // eight hours of thirty days
        world.Carrier.LosesAnswers = false;
        world.Time.Advance(TimeSpan.FromDays(1));
        await world.Ordering.ResumeAsync(none);

        var second = await SubscriptionAsync((await Get<IOrderStore>().FindAsync(waiting.Id, none))!.Product!.Value);
        Assert.Equal((world.Time.GetUtcNow(), world.Time.GetUtcNow()), (second.Period.From, second.Anchor.At));
        var bucket = (await world.BucketsAsync(company)).Single(one => one.Grant.Product == second.Id);
        Assert.InRange(bucket.Granted, 444_444L * QuotaUnit.Micro, 444_445L * QuotaUnit.Micro);
    }

    [Fact]
    public async Task Only_what_the_customer_holds_and_runs_as_long_can_be_ended_with()
    {
        var company = await CompanyAsync();
        var other = await CustomerAsync(world, CustomerType.Organization, Aunt);
        var theirs = (await world.OrderAsync(other, "basic")).Product!.Value;
        var own = (await world.OrderAsync(company, "basic")).Product!.Value;

        Assert.Equal(Problems.NotFound, (await OrderAsync(new(company.Id, "plus", EndsWith: theirs))).Refused!.Problem);
        foreach (var offering in new[] { "yearly", "monthly", "pool", "refilled" })
            Assert.Equal(
                (Problems.InvalidRequest, "endsWith"),
                (await OrderAsync(new(company.Id, offering, EndsWith: own))).Refused is { } no ? (no.Problem, no.Param) : default
            );
        await Get<Subscribing>().DoAsync(own, new Suspend("abuse"), none);
        Assert.Equal(Problems.WrongState, (await OrderAsync(new(company.Id, "plus", EndsWith: own))).Refused!.Problem);
        Assert.DoesNotContain(world.Carrier.Asked, ask => ask.PhoneNumber == Head && ask.Amount.ToDecimal() != 9.9m);
    }

    [Fact]
    public async Task What_is_accrued_is_there_for_the_bill_once()
    {
        var company = await CompanyAsync();
        var pool = (await world.OrderAsync(company, "pool")).Product!.Value;
        await Get<Subscribing>().DoAsync(pool, new CancelNow(), none);
        await Get<SubscriptionUpkeep>().RoundAsync(none);

        var line = Assert.Single(await Get<ISubscriptionStore>().AccruedAsync(0, 10, none));
        Assert.Equal(
            (company.Id, PaymentKind.TrueUp, 210m, PaymentState.Accrued),
            (line.Customer, line.Line.Kind, line.Line.Amount.ToDecimal(), line.Line.State)
        );
        var billed = line.Line with { EndedAt = World.Start, Reference = "bill-1" };
        var made = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(() => Get<ISubscriptionStore>().BillAsync(billed))));
        Assert.Single(made, isMade => isMade);
        Assert.Empty(await Get<ISubscriptionStore>().AccruedAsync(0, 10, none));
        Assert.Equal(
            (PaymentState.Billed, "bill-1"),
            (await Get<ISubscriptionStore>().PaymentsAsync(pool, none)).Single(one => one.Kind == PaymentKind.TrueUp) is var kept
                ? (kept.State, kept.Reference)
                : default
        );
    }

    private Task<Outcome<ProductOrder>> OrderAsync(OrderRequest request) => world.Ordering.PlaceAsync(request, none);

    private async Task<Subscription> SubscriptionAsync(ProductId id) => (await Get<ISubscriptionStore>().FindAsync(id, none))!;

    private async Task<bool> IsClosedAsync(Customer company, Member member) =>
        (await world.Accounts.ViewAsync(company.Account))
            .Allotments.Single(node => node.Terms.Id == member.Membership.Allotment)
            .Terms.IsClosed;

    private async Task<Customer> CompanyAsync()
    {
        await Shop.OpenAsync(world);
        return await CustomerAsync(world, CustomerType.Organization, Head);
    }

    private async Task<(Customer Company, Subscription Team)> TeamAsync(int seats)
    {
        var company = await CompanyAsync();
        var order = (await OrderAsync(new(company.Id, "team", Seats: seats))).Required();
        return (company, await SubscriptionAsync(order.Product!.Value));
    }
}
