using System.Globalization;
using System.Text;
using NodaTime;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Limits;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Entitlement;
using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Payments;
using Tokenline.Commerce.Receivables;
using Tokenline.Commerce.Subscriptions;
using Tokenline.Commerce.Tests.Parties;
using Tokenline.Commerce.Wallets;

namespace Tokenline.Commerce.Tests.Subscriptions;

/// <summary>
/// A customer's story as a table: when (local time), what happens, how the newest subscription stands afterwards, what the phone bill has, what was given back or is owed back,
/// what is left, and when its period ends; of an organization also how many seats are taken and there, and what is accrued for its bill. Between two lines upkeep runs whenever something is due.
/// </summary>
internal sealed class SubscriptionStory : IAsyncDisposable
{
    private const string Model = "glm-5"; // four general tokens for a token of input, up to 32 K
    private readonly World world;
    private readonly Customer customer;
    private readonly DateTimeZone zone;
    private readonly Dictionary<string, Member> members = [];
    private readonly Dictionary<string, AllotmentId> departments = [];

    private SubscriptionStory(World world, Customer customer, string timeZone) =>
        (this.world, this.customer, zone) = (world, customer, DateTimeZoneProviders.Tzdb[timeZone]);

    public static async Task<SubscriptionStory> BeginAsync(string timeZone = "Asia/Shanghai", CustomerType type = CustomerType.Individual)
    {
        var world = await World.OpenAsync(options: new CommerceOptions { TimeZone = timeZone }, seeded: true);
        await Shop.OpenAsync(world);
        var demo = (await world.Get<ICustomerStore>().FindByPhoneAsync(DemoSeed.PhoneNumber, CancellationToken.None))!;
        foreach (var other in await world.Get<ISubscriptionStore>().ListAsync(demo.Id, CancellationToken.None))
            await world.Get<Subscribing>().DoAsync(other.Id, new CancelNow(), CancellationToken.None); // it would be renewed beside the story
        // What comes back of it is not of this world: it was paid on the bill of the day before.
        foreach (var owed in await world.Get<ISubscriptionStore>().OwedAsync(0, 10, CancellationToken.None))
            await world.Get<ISubscriptionStore>().EndRefundAsync(owed.Refund with { State = PaymentState.Returned });
        return new(world, await People.CustomerAsync(world, type, "+8613900000001"), timeZone);
    }

    public World World => world;

    public Customer Customer => customer;

    /// <param name="table">The story.</param>
    /// <param name="timeZone">The operator's.</param>
    /// <param name="more">Further cells at the end of each line.</param>
    public static async Task TellAsync(
        string table,
        string timeZone = "Asia/Shanghai",
        Func<SubscriptionStory, Task<string>>? more = null,
        CustomerType type = CustomerType.Individual
    )
    {
        await using var story = await BeginAsync(timeZone, type);
        var expected = Lines(table).ToList();
        var happened = new List<string>();
        foreach (var line in expected)
        {
            var cells = line.Split('|', StringSplitOptions.TrimEntries);
            await story.AdvanceAsync(cells[0]);
            var refused = await story.DoAsync(cells[1]);
            var shown = await story.ShowAsync(cells[0], cells[1], refused);
            happened.Add(more is null ? shown : $"{shown} | {await more(story)}");
        }
        Assert.Equal(string.Join('\n', expected.Select(Plain)), string.Join('\n', happened.Select(Plain)));
    }

    /// <summary>Goes on to a local time, as upkeep would: from one instant that something is due at to the next.</summary>
    public async Task AdvanceAsync(string local)
    {
        var to = LocalDateTime
            .FromDateTime(DateTime.ParseExact(local, "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture))
            .InZoneStrictly(zone)
            .ToInstant()
            .ToDateTimeOffset();
        await AdvanceAsync(to);
    }

    public async Task AdvanceAsync(DateTimeOffset to)
    {
        while (await NextAsync(to) is { } at)
        {
            if (at > world.Time.GetUtcNow())
                world.Time.SetUtcNow(at);
            Assert.Empty((await world.Get<OverdueInvoices>().RoundAsync(CancellationToken.None)).Trouble);
            Assert.Empty((await world.Get<SubscriptionUpkeep>().RoundAsync(CancellationToken.None)).Trouble);
        }
        if (to > world.Time.GetUtcNow())
            world.Time.SetUtcNow(to);
    }

    /// <summary>When something is due next, of subscriptions or of invoices.</summary>
    private async Task<DateTimeOffset?> NextAsync(DateTimeOffset to)
    {
        var due = await world.Get<ISubscriptionStore>().DueAsync(new(DateTimeOffset.MinValue, default), to, 1, CancellationToken.None);
        var told = await world.Get<IReceivableStore>().ToTellAsync(default, to, 100, CancellationToken.None);
        var owed = await world.Get<ISubscriptionStore>().OwedAsync(0, 1, CancellationToken.None);
        return due.Select(one => (DateTimeOffset?)one.DueAt)
            .Concat(told.Select(one => (DateTimeOffset?)(one.Open.Nano == 0 ? world.Time.GetUtcNow() : one.DueAt)))
            .Concat(owed.Select(_ => (DateTimeOffset?)world.Time.GetUtcNow()))
            .Min();
    }

    public async Task<Subscription> NewestAsync() =>
        (await world.Get<ISubscriptionStore>().ListAsync(customer.Id, CancellationToken.None))[0];

    public async Task<Refused?> DoAsync(string what)
    {
        var words = what.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var subscribing = world.Get<Subscribing>();
        switch (words)
        {
            case []:
                return null;
            case ["order", var offering]:
                return (await world.Ordering.PlaceAsync(customer.Id, offering, null, CancellationToken.None)).Refused;
            case ["order", var offering, var seats]:
                return (
                    await OrderAsync(offering, new(customer.Id, offering, Seats: int.Parse(seats, CultureInfo.InvariantCulture)))
                ).Refused;
            case ["order", var offering, "with", var first]:
                var other = await HeldAsync(first);
                return (await OrderAsync(offering, new(customer.Id, offering, EndsWith: other.Id))).Refused;
            case ["end", "with", var partner, var shown]:
                return (
                    await subscribing.EndWithAsync(
                        (await NewestAsync()).Id,
                        (await HeldAsync(partner)).Id,
                        MoneyOf(shown),
                        CancellationToken.None
                    )
                ).Refused;
            case ["limit", "calls", var most]:
                var calls = new Limit("at-once", LimitWindow.Running, Measure.Requests, long.Parse(most, CultureInfo.InvariantCulture));
                var root = new Allotment(Allotment.Root, Allotment.Root, "account", AllotmentType.Account, [calls]);
                var id = world.Get<IdSource>().Next<CommandKind>();
                return await world.Accounts.ExecuteAsync(customer.Account, new PutAllotment(id, root)) is { } no ? Refused.By(no) : null;
            case ["seats", var count]:
                return (
                    await subscribing.ChangeSeatsAsync(
                        (await NewestAsync()).Id,
                        int.Parse(count, CultureInfo.InvariantCulture),
                        null,
                        CancellationToken.None
                    )
                ).Refused;
            case ["join", var name]:
                return await JoinAsync(name);
            case ["leave", var name]:
                return (
                    await world.Get<Members>().RemoveAsync(customer.Id, members[name].Membership.Id, null, null, CancellationToken.None)
                ).Refused;
            case ["assign", var name]:
                return (
                    await world
                        .Get<Seating>()
                        .AssignAsync((await NewestAsync()).Id, members[name].Membership.Id, null, CancellationToken.None)
                ).Refused;
            case ["free", var name]:
                return (
                    await world
                        .Get<Seating>()
                        .FreeAsync((await NewestAsync()).Id, members[name].Membership.Id, null, CancellationToken.None)
                ).Refused;
            case ["assign", var from, "to", var to]:
                for (var i = int.Parse(from, CultureInfo.InvariantCulture); i <= int.Parse(to, CultureInfo.InvariantCulture); i++)
                {
                    if ((await DoAsync($"join {i}") ?? await DoAsync($"assign {i}")) is { } not)
                        return not;
                }
                return null;
            case ["department", var name]:
                departments[name] = await world.PutNodeAsync(customer, name);
                return null;
            case ["share", var name, var most, var least]:
                return (
                    await world
                        .Get<PoolShares>()
                        .PutAsync(
                            (await NewestAsync()).Id,
                            departments[name],
                            Micro(most),
                            Micro(least),
                            null,
                            new ChangeRequest(what),
                            CancellationToken.None
                        )
                ).Refused;
            case ["move", var amount, var from, var to]:
                return (
                    await world
                        .Get<PoolShares>()
                        .TransferAsync(
                            (await NewestAsync()).Id,
                            departments[from],
                            departments[to],
                            Micro(amount),
                            null,
                            new ChangeRequest(what),
                            CancellationToken.None
                        )
                ).Refused;
            case ["use", var amount, "by", var name]:
                return await UseAsync(amount, departments.TryGetValue(name, out var node) ? node : members[name].Membership.Allotment);
            case ["order", var offering, "by", var method]:
                var by = new OrderRequest(customer.Id, offering, Method: Enum.Parse<PaymentMethod>(method, ignoreCase: true));
                return (await world.Ordering.PlaceAsync(by, CancellationToken.None)).Refused;
            case ["pay", "by", var method]:
                var chosen = Enum.Parse<PaymentMethod>(method, ignoreCase: true);
                return (await subscribing.PayByAsync((await NewestAsync()).Id, chosen, null, CancellationToken.None)).Refused;
            case ["top", "up", var amount]:
                return (await world.Get<WalletDesk>().TopUpAsync(customer.Id, MoneyOf(amount), null, CancellationToken.None)).Refused;
            case ["agree", var limit, var days]:
                var netDays = int.Parse(days, CultureInfo.InvariantCulture);
                var desk = world.Get<ReceivableDesk>();
                return (await desk.AgreeAsync(customer.Id, netDays, MoneyOf(limit), null, false, CancellationToken.None)).Refused;
            case ["invoice", "paid"]:
                var oldest = (await world.Get<IReceivableStore>().ListAsync(customer.Id, isOpen: true, null, 100, CancellationToken.None))[
                    ^1
                ];
                return (
                    await world.Get<ReceivableDesk>().RecordPaymentAsync(oldest.Id, oldest.Open, "transfer", CancellationToken.None)
                ).Refused;
            case ["bill", "refuses"]:
                world.Carrier.Refusal = "the bill is not paid";
                return null;
            case ["bill", "loses", "answers"]:
                world.Carrier.LosesAnswers = true;
                return null;
            case ["bill", "is", "silent"]:
                world.Carrier.IsDown = true;
                return null;
            case ["bill", "answers"]:
                (world.Carrier.LosesAnswers, world.Carrier.IsDown) = (false, false);
                return null;
            case ["bill", "had", "paid"]: // after it was silent and then said no
                var plan = await NewestAsync();
                var lines = await world.Get<ISubscriptionStore>().PaymentsAsync(plan.Id, CancellationToken.None);
                if (lines.FirstOrDefault(one => one is { State: PaymentState.Refused, LookAt: not null }) is { } denied)
                    world.Carrier.Have(new("pay-late", PhoneBillState.Succeeded, denied.Correlator, customer.PhoneNumber, denied.Amount));
                await world.Get<PaymentSearch>().RoundAsync(CancellationToken.None);
                return null;
            case ["bill", "pays"]:
                world.Carrier.Refusal = null;
                return null;
            case ["use", var amount]:
                return await UseAsync(amount, null);
            case ["upgrade", var offering]:
                return (await subscribing.UpgradeAsync((await NewestAsync()).Id, offering, null, CancellationToken.None)).Refused;
            case ["change", var offering]:
                return (await subscribing.ChangeAtEndAsync((await NewestAsync()).Id, offering, null, CancellationToken.None)).Refused;
            default:
                return (await subscribing.DoAsync((await NewestAsync()).Id, CommandOf(what), CancellationToken.None)).Refused;
        }
    }

    private Task<Outcome<ProductOrder>> OrderAsync(string offering, OrderRequest request) =>
        world.Ordering.PlaceAsync(request with { Offering = offering }, CancellationToken.None);

    private async Task<Subscription> HeldAsync(string offering) =>
        (await world.Get<ISubscriptionStore>().ListAsync(customer.Id, CancellationToken.None)).First(one => one.Offering.Id == offering);

    private async Task<Refused?> JoinAsync(string name)
    {
        var phone = $"+86138{members.Count:00000000}";
        var invited = await People.InviteAsync(world, customer, phone, new MemberTerms(Name: name));
        if (invited.Value is not { } invitation)
            return invited.Refused;
        var joined = await world
            .Get<Invitations>()
            .AcceptAsync(invitation.Id, FakeOneTimePasswords.CodeOf(phone), null, CancellationToken.None);
        if (joined.Value is { } member)
            members[name] = member;
        return joined.Refused;
    }

    /// <summary>In calls of 100,000; the refusal of the first that is not let through.</summary>
    private async Task<Refused?> UseAsync(string amount, AllotmentId? node)
    {
        for (var i = 0; i < int.Parse(amount, NumberStyles.AllowThousands, CultureInfo.InvariantCulture) / 100_000; i++)
        {
            if (await world.TryCallAsync(customer, Model, Usage.Of(25_000, 0), node) is { } refusal)
                return Refused.By(refusal);
        }
        return null;
    }

    private static long Micro(string whole) =>
        long.Parse(whole, NumberStyles.AllowThousands, CultureInfo.InvariantCulture) * QuotaUnit.Micro;

    private static Money MoneyOf(string amount) => Money.FromDecimal(decimal.Parse(amount, CultureInfo.InvariantCulture), Currency.Cny);

    private static SubscriptionCommand CommandOf(string what) =>
        what switch
        {
            "stop" => new StopRenewal(),
            "keep" => new Keep(),
            "cancel" => new CancelNow(),
            "pause" => new Pause(),
            "suspend" => new Suspend("abuse"),
            "resume" => new Resume(),
            "pay" => new PayNow(),
            _ => throw new ArgumentException($"'{what}' is not told in stories", nameof(what)),
        };

    public async Task<string> ShowAsync(string when, string what, Refused? refused)
    {
        await AdvanceAsync(world.Time.GetUtcNow()); // what is due at this very instant
        var list = await world.Get<ISubscriptionStore>().ListAsync(customer.Id, CancellationToken.None);
        if (list.Count == 0)
            return $"{when} | {what} | {refused?.Problem.Code ?? "-"} | {Paid():0.00} | 0.00 | 0 | -";
        var subscription = list[0];
        var state =
            refused is not null ? refused.Problem.Code
            : subscription.State == SubscriptionState.Active && subscription.Standing != Standing.Current ? Name(subscription.Standing)
            : subscription.Cause is { } cause ? $"{Name(subscription.State)} {Name(cause)}"
            : Name(subscription.State);
        var givenBack = (await world.Get<ISubscriptionStore>().ListAsync(customer.Id, CancellationToken.None))
            .SelectMany(one => world.Get<ISubscriptionStore>().PaymentsAsync(one.Id, CancellationToken.None).Result)
            .Where(payment => payment.State is PaymentState.Owed or PaymentState.Returned)
            .Sum(payment => payment.Amount.ToDecimal());
        var now = world.Time.GetUtcNow();
        var left = (await world.BucketsAsync(customer))
            .Where(bucket => bucket.Grant.Product == subscription.Id && bucket.Grant.ValidFrom <= now)
            .Sum(bucket => bucket.Remaining);
        var ends = Instant
            .FromDateTimeOffset(subscription.EndedAt ?? subscription.Period.To)
            .InZone(zone)
            .ToString("uuuu-MM-dd HH:mm", CultureInfo.InvariantCulture);
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $"{when} | {what} | {state} | {Paid():0.00} | {givenBack:0.00} | {(decimal)left / QuotaUnit.Micro:#,##0.######} | {ends}"
        );
        return customer.Type == CustomerType.Organization ? $"{line} | {Seats(subscription)} | {await AccruedAsync():0.00}" : line;
    }

    private static string Seats(Subscription subscription) =>
        subscription.Seats is not { } seats
            ? ""
            : $"{subscription.Assigned.Count}/{seats}" + (subscription.NextSeats is { } next ? $" then {next}" : "");

    private async Task<decimal> AccruedAsync() =>
        (await world.Get<ISubscriptionStore>().AccruedAsync(0, 1000, CancellationToken.None))
            .Where(line => line.Customer == customer.Id)
            .Sum(line => line.Line.Amount.ToDecimal());

    private decimal Paid()
    {
        var asked = world.Carrier.Asked.Where(ask => ask.PhoneNumber == customer.PhoneNumber).Select(ask => ask.Correlator).ToHashSet();
        return world.Carrier.Amounts.Where(payment => asked.Contains(payment.Key)).Sum(payment => payment.Value.ToDecimal());
    }

    private static string Name<T>(T value)
        where T : struct, Enum => value.ToString() is var name ? char.ToLowerInvariant(name[0]) + name[1..] : "";

    private static IEnumerable<string> Lines(string table) =>
        table.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Where(line => char.IsAsciiDigit(line[0]));

    private static string Plain(string line)
    {
        var plain = new StringBuilder();
        foreach (var cell in line.Split('|', StringSplitOptions.TrimEntries))
            plain.Append(plain.Length == 0 ? "" : " | ").Append(cell);
        return plain.ToString();
    }

    public async ValueTask DisposeAsync() => await world.DisposeAsync();
}

/// <summary>What the stories buy: monthly plans that are renewed, told of five days before, usable for three unpaid days, and taken back within seven.</summary>
internal static class Shop
{
    private static readonly RenewalTerms renewed = new(IsAutomatic: true, CoolingOffDays: 7);

    public static Task OpenAsync(World world) =>
        world
            .Get<ICatalogStore>()
            .AddOfferingsAsync(
                [
                    Plan("basic", 9.9m, 10_000_000, renewed),
                    Plan("plus", 29.9m, 40_000_000, renewed),
                    Plan("strict", 9.9m, 10_000_000, renewed with { GraceDays = 0 }),
                    Plan("monthly", 28m, 28_000_000, renewed with { Billing = BillingCycle.Calendar }),
                    Plan("basic-30", 9.9m, 10_000_000, renewed) with
                    {
                        Months = null,
                        Days = 30,
                    },
                    Plan("plus-30", 29.9m, 40_000_000, renewed) with
                    {
                        Months = null,
                        Days = 30,
                    },
                    Plan("refilled", 9.9m, 10_000_000, renewed) with
                    {
                        Grants =
                        [
                            new OfferedGrant(new QuotaUnit("general-token"), 10_000_000 * QuotaUnit.Micro)
                            {
                                Refill = new OfferedRefill(LimitWindow.PlanMonth, new Rollover(1, 2_000_000 * QuotaUnit.Micro)),
                            },
                        ],
                    },
                    Plan("family", 49.9m, 80_000_000, renewed) with
                    {
                        MembersMax = 4,
                    },
                    Plan("couple", 29.9m, 40_000_000, renewed) with
                    {
                        MembersMax = 2,
                    },
                    Plan("coder", 49m, 20_000_000, renewed) with
                    {
                        Grants =
                        [
                            new OfferedGrant(new QuotaUnit("general-token"), 20_000_000 * QuotaUnit.Micro)
                            {
                                Limits =
                                [
                                    Window("five-hours", LimitWindow.FromFirstUse, 1_000_000, 5 * 3600),
                                    Window("week", LimitWindow.Week, 3_000_000),
                                ],
                                IsBlocker = true,
                            },
                        ],
                    },
                    Team("team", 30m, 3_000_000),
                    Team("team-plus", 60m, 9_000_000),
                    TeamOfTheirOwn("team-own", 30m, 2_000_000, 5_000_000),
                    TeamOfTheirOwn("team-own-plus", 60m, 4_000_000, 6_000_000),
                    Calls("calls-2", 10m, 2),
                    Calls("calls-6", 20m, 6),
                    Team("team-30", 30m, 3_000_000) with
                    {
                        Months = null,
                        Days = 30,
                    },
                    Pool("pool", 3),
                    Pool("pool-30", 2) with
                    {
                        Months = null,
                        Days = 30,
                    },
                    Plan("once", 9.9m, 10_000_000, RenewalTerms.None),
                    Plan("yearly", 99m, 100_000_000, renewed) with
                    {
                        Months = 12,
                    },
                ],
                CancellationToken.None
            );

    private static Limit Window(string id, LimitWindow window, long tokens, int? seconds = null) =>
        new(id, window, Measure.Quota, tokens * QuotaUnit.Micro, seconds, new QuotaUnit("general-token"));

    /// <summary>Two to fifty seats.</summary>
    public static ProductOffering Team(string id, decimal price, long tokens) =>
        Plan(id, price, tokens, renewed with { CoolingOffDays = 0 }) with
        {
            Seats = new SeatTerms(2, 50),
        };

    /// <summary>For each seat so much into the pool, and so much of its own.</summary>
    public static ProductOffering TeamOfTheirOwn(string id, decimal price, long shared, long own)
    {
        var team = Team(id, price, shared);
        return team with { Grants = [.. team.Grants, team.Grants[0] with { Amount = own * QuotaUnit.Micro, ToEachSeat = true }] };
    }

    /// <summary>So many calls at once more.</summary>
    public static ProductOffering Calls(string id, decimal price, int calls) =>
        Plan(id, price, 0, renewed) with
        {
            Grants = [new OfferedGrant(Capacity.CallsAtOnce, calls * QuotaUnit.Micro) { Type = BucketType.Capacity }],
        };

    /// <summary>Ten million prepaid; five more at 10 and then 8 a million; 300 committed to.</summary>
    public static ProductOffering Pool(string id, int periods)
    {
        var plan = Plan(id, 90m, 10_000_000, renewed with { CoolingOffDays = 0 });
        return plan with
        {
            Grants = [plan.Grants[0] with { Type = BucketType.Pool }],
            Commitment = new CommitmentTerms(
                Money.FromDecimal(300m, Currency.Cny),
                periods,
                5_000_000 * QuotaUnit.Micro,
                [new(1_000_000 * QuotaUnit.Micro, Money.FromDecimal(10m, Currency.Cny)), new(null, Money.FromDecimal(8m, Currency.Cny))]
            ),
        };
    }

    public static ProductOffering Plan(string id, decimal price, long tokens, RenewalTerms renewal) =>
        new(
            id,
            id,
            "",
            OfferingKind.Plan,
            Money.FromDecimal(price, Currency.Cny),
            Months: 1,
            [new OfferedGrant(new QuotaUnit("general-token"), tokens * QuotaUnit.Micro)]
        )
        {
            Renewal = renewal,
        };
}
