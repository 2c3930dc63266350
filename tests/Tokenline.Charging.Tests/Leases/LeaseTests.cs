using Tokenline.Charging.Accounts;
using Tokenline.Charging.Leases;
using Tokenline.Charging.Limits;
using static Tokenline.Charging.Tests.Leases.LeaseWorld;

namespace Tokenline.Charging.Tests.Leases;

/// <summary>The life of a lease, step by step.</summary>
public sealed class LeaseTests
{
    private const long Token = QuotaUnit.Micro;

    [Fact]
    public async Task A_leased_team_spends_what_the_pool_has_lent_it_and_the_pool_shows_what_is_out()
    {
        var world = await OpenAsync(10_000);
        var (lessee, refusal) = await world.LeaseAsync(Teams[0], 1000);
        Assert.Null(refusal);

        var lease = Assert.Single((await world.RoundAsync()).Given);
        Assert.Equal(1000 * Token, lease.Out);
        var pool = await world.BucketAsync(Pool, 1);
        Assert.Equal((9000 * Token, 1000 * Token, 0L), (pool.Remaining, pool.Leased, pool.Consumed));

        var (charge, held) = await world.CallAsync(lessee, Member, 100, 100);
        Assert.Equal(HoldVerdict.Granted, held.Verdict);
        await world.EndAsync(lessee, charge, 100, 50);
        await world.RoundAsync();

        pool = await world.BucketAsync(Pool, 1);
        Assert.Equal((9000 * Token, 800 * Token, 200 * Token), (pool.Remaining, pool.Leased, pool.Consumed));
        await world.AuditAsync();
    }

    [Fact]
    public async Task A_call_of_a_leased_team_that_comes_to_the_pool_is_refused_and_may_be_repeated()
    {
        var world = await OpenAsync(10_000);
        await world.LeaseAsync(Teams[0], 1000);

        var (_, held) = await world.CallAsync(Pool, Member, 10, 10);
        var (_, other) = await world.CallAsync(Pool, Teams[1], 10, 10);

        Assert.Equal((Problems.Overloaded, "team 2/lease"), (held.Refusal!.Problem, held.Refusal.By));
        Assert.Equal(HoldVerdict.Granted, other.Verdict);
    }

    [Fact]
    public async Task The_team_moves_when_its_last_running_call_has_ended_and_what_was_counted_stays_counted()
    {
        var limit = new Limit("day", LimitWindow.Day, Measure.Requests, 3);
        var world = await OpenAsync(10_000, ofTeams: [limit]);
        var (running, _) = await world.CallAsync(Pool, Member, 10, 10);
        var (lessee, _) = await world.LeaseAsync(Teams[0], 1000);

        Assert.Equal(1, Assert.Single((await world.RoundAsync()).Given).Running);
        Assert.Null((await world.LeasesAsync(lessee)).Taken);
        await world.EndAsync(Pool, running, 10, 10);
        await world.RoundAsync();

        Assert.Equal(HoldVerdict.Granted, (await world.CallAsync(lessee, Member, 10, 10)).Outcome.Verdict);
        Assert.Equal(HoldVerdict.Granted, (await world.CallAsync(lessee, Teams[0], 10, 10)).Outcome.Verdict);
        var third = await world.CallAsync(lessee, Member, 10, 10);
        Assert.Equal("team 2/day", third.Outcome.Refusal!.By);
    }

    [Fact]
    public async Task Unleased_the_team_is_the_pools_again_with_what_it_has_counted_and_nothing_is_out()
    {
        var limit = new Limit("day", LimitWindow.Day, Measure.Requests, 2);
        var world = await OpenAsync(10_000, ofTeams: [limit]);
        var (lessee, _) = await world.LeaseAsync(Teams[0], 1000);
        await world.RoundAsync();
        var (charge, _) = await world.CallAsync(lessee, Member, 10, 10);
        await world.UnleaseAsync(Teams[0]);

        var lease = Assert.Single((await world.RoundAsync()).Given);
        Assert.Equal((30 * Token, false), (lease.Out, lease.HasEnded)); // the call's hold is its own until it ends
        Assert.Equal(Problems.Overloaded, (await world.CallAsync(lessee, Member, 10, 10)).Outcome.Refusal!.Problem);
        Assert.Equal(Problems.Overloaded, (await world.CallAsync(Pool, Member, 10, 10)).Outcome.Refusal!.Problem);
        await world.EndAsync(lessee, charge, 10, 5);
        await world.RoundAsync();

        lease = Assert.Single((await world.RoundAsync()).Given);
        Assert.Equal((0L, true), (lease.Out, lease.HasEnded));
        var pool = await world.BucketAsync(Pool, 1);
        Assert.Equal((9980 * Token, 20 * Token, 0L), (pool.Remaining, pool.Consumed, pool.Leased));
        Assert.Equal(HoldVerdict.Granted, (await world.CallAsync(Pool, Member, 10, 10)).Outcome.Verdict);
        Assert.Equal("team 2/day", (await world.CallAsync(Pool, Member, 10, 10)).Outcome.Refusal!.By);
        await world.AuditAsync();
    }

    [Fact]
    public async Task What_is_not_used_comes_back_when_its_validity_is_over_and_what_a_call_holds_when_it_ends()
    {
        var world = await OpenAsync(10_000);
        var (lessee, _) = await world.LeaseAsync(Teams[0], 1000, validitySeconds: 60);
        await world.RoundAsync();
        var (charge, _) = await world.CallAsync(lessee, Member, 100, 100);

        world.Time.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(300 * Token, Assert.Single((await world.RoundAsync()).Given).Out);
        await world.EndAsync(lessee, charge, 100, 0);
        Assert.Equal(0, Assert.Single((await world.RoundAsync()).Given).Out);

        var pool = await world.BucketAsync(Pool, 1);
        Assert.Equal((9900 * Token, 100 * Token), (pool.Remaining, pool.Consumed));
        Assert.Equal(HoldVerdict.Granted, (await world.CallAsync(lessee, Member, 100, 100)).Outcome.Verdict); // it waits for a supply
        await world.AuditAsync();
    }

    [Fact]
    public async Task A_call_finds_insufficient_quota_only_when_the_pool_has_nothing_more()
    {
        var world = await OpenAsync(1500);
        var (lessee, _) = await world.LeaseAsync(Teams[0], 500);
        await world.RoundAsync();
        var spent = 0;
        HoldOutcome last;
        while (true)
        {
            var (charge, outcome) = await world.CallAsync(lessee, Member, 100, 100);
            last = outcome;
            if (outcome.Verdict != HoldVerdict.Granted)
                break;
            spent += 300;
            await world.EndAsync(lessee, charge, 100, 100);
        }

        Assert.Equal(1500, spent);
        Assert.Equal(Problems.InsufficientQuota, last.Refusal!.Problem);
        await world.AuditAsync();
    }

    [Fact]
    public async Task What_is_stranded_is_at_most_twice_the_size_however_much_calls_hold()
    {
        var world = await OpenAsync(100_000);
        var (lessee, _) = await world.LeaseAsync(Teams[0], 1000);
        await world.RoundAsync();
        var granted = 0;
        HoldOutcome last;
        do
        {
            (_, last) = await world.CallAsync(lessee, Member, 100, 100);
            granted += last.Verdict == HoldVerdict.Granted ? 1 : 0;
        } while (last.Verdict == HoldVerdict.Granted);

        Assert.Equal((6, Problems.Overloaded), (granted, last.Refusal!.Problem));
        Assert.Equal(2000 * Token, Assert.Single((await world.LeasesAsync(Pool)).Given).Out);
    }

    [Fact]
    public async Task A_lease_counts_whole_in_the_windows_above_and_what_comes_back_is_given_back_to_them()
    {
        var window = new Limit("day", LimitWindow.Day, Measure.Quota, 1200 * Token, Unit: TestTariffs.General);
        var world = await OpenAsync(10_000, ofDepartment: [window]);
        var (lessee, _) = await world.LeaseAsync(Teams[0], 1000);
        await world.RoundAsync();

        Assert.Equal("department/day", (await world.CallAsync(Pool, Teams[1], 100, 100)).Outcome.Refusal!.By);
        Assert.Equal(HoldVerdict.Granted, (await world.CallAsync(Pool, Teams[1], 100, 50)).Outcome.Verdict);
        world.Time.Advance(TimeSpan.FromSeconds(61));
        await world.RoundAsync();
        Assert.Equal(HoldVerdict.Granted, (await world.CallAsync(Pool, Teams[1], 500, 250)).Outcome.Verdict);
        Assert.Equal("department/day", (await world.CallAsync(lessee, Member, 10, 10)).Outcome.Refusal!.By);
    }

    [Fact]
    public async Task What_is_lent_is_spent_in_the_day_that_counted_it()
    {
        var window = new Limit("day", LimitWindow.Day, Measure.Quota, 1000 * Token, Unit: TestTariffs.General);
        var world = await OpenAsync(10_000, ofDepartment: [window]);
        world.Time.Advance(TimeSpan.FromHours(15) + TimeSpan.FromMinutes(59) + TimeSpan.FromSeconds(30)); // half a minute before midnight
        var (lessee, _) = await world.LeaseAsync(Teams[0], 1000, validitySeconds: 3600);
        await world.RoundAsync();

        world.Time.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(HoldVerdict.Granted, (await world.CallAsync(Pool, Teams[1], 100, 100)).Outcome.Verdict);
        Assert.Equal(HoldVerdict.Granted, (await world.CallAsync(lessee, Member, 400, 150)).Outcome.Verdict);
        await world.RoundAsync();

        var counted = (await world.ViewAsync(Pool)).Allotments.Single(node => node.Terms.Id == Department).Limits.Single();
        var lease = Assert.Single((await world.LeasesAsync(Pool)).Given);
        // Yesterday's thousand came back, and is no room of today's.
        Assert.Equal((700 * Token, 300 * Token, 700 * Token), (counted.Used, counted.Held, lease.Out));
        Assert.Equal(9000 * Token, (await world.BucketAsync(Pool, 1)).Remaining);
    }

    [Fact]
    public async Task Nothing_is_lent_while_calls_of_the_team_run_in_the_pool()
    {
        var world = await OpenAsync(10_000);
        await world.CallAsync(Pool, Member, 10, 10);
        var (lessee, _) = await world.LeaseAsync(Teams[0], 1000);

        var refusal = await world.DoAsync(Pool, new LendQuota(lessee, 0, [], IsUsed: true, IsForCall: true));

        Assert.Equal("team 2/lease", refusal!.By);
        Assert.Equal(0, (await world.BucketAsync(Pool, 1)).Leased);
    }

    [Fact]
    public async Task What_comes_late_changes_nothing()
    {
        var world = await OpenAsync(10_000);
        var (lessee, _) = await world.LeaseAsync(Teams[0], 1000);
        await world.RoundAsync();
        var first = (await world.LeasesAsync(lessee)).Taken!;
        var (charge, _) = await world.CallAsync(lessee, Member, 400, 100);
        await world.EndAsync(lessee, charge, 400, 100);
        world.Time.Advance(TimeSpan.FromSeconds(30));
        await world.RoundAsync();
        var now = (await world.LeasesAsync(lessee)).Taken!;
        Assert.Equal((2L, 600 * Token), (now.Number, (await world.BucketAsync(Pool, 1)).Consumed));

        Assert.Null(await world.DoAsync(lessee, new GrantLease(Pool, first.Number, first.Until!.Value, [])));
        Assert.Null(await world.DoAsync(Pool, new AccountForLease(lessee, 1, [new SpentPart(first.Parts[0].Mirror, 0, 0, 0)])));
        Assert.Null(await world.DoAsync(Pool, new LendQuota(lessee, first.Number, [], IsUsed: true, IsForCall: false)));

        Assert.Equal(
            (now.Number, now.Until),
            ((await world.LeasesAsync(lessee)).Taken!.Number, (await world.LeasesAsync(lessee)).Taken!.Until)
        );
        Assert.Equal((600 * Token, 1000 * Token), ((await world.BucketAsync(Pool, 1)).Consumed, (await world.BucketAsync(Pool, 1)).Leased));
    }

    [Fact]
    public async Task What_reaches_an_account_whose_lease_has_ended_goes_back_at_once()
    {
        var world = await OpenAsync(10_000);
        var (lessee, _) = await world.LeaseAsync(Teams[0], 1000);
        await world.RoundAsync();
        var lent = (await world.LeasesAsync(Pool)).Find(lessee)!;
        await world.DoAsync(lessee, new EndLease(Pool));

        var late = new GrantLease(Pool, lent.Number + 1, world.Now.AddHours(1), [new LentPart(lent.Parts[0].Mirror, 1500 * Token)]);
        Assert.Null(await world.DoAsync(lessee, late));

        var part = Assert.Single((await world.LeasesAsync(lessee)).Taken!.Parts);
        Assert.Equal((1500 * Token, 0L, 1500 * Token), (part.Lent, part.Remaining, part.Returned));
    }

    public static TheoryData<string, Limit> LimitsThatCannotBeKept =>
        new()
        {
            { "requests", new("l", LimitWindow.Day, Measure.Requests, 10) },
            { "tokens", new("l", LimitWindow.Month, Measure.Tokens, 10) },
            { "value", new("l", LimitWindow.Month, Measure.Value, 10, Currency: Currency.Cny) },
            { "calls at once", new("l", LimitWindow.Running, Measure.Requests, 10) },
            { "rolling quota", new("l", LimitWindow.Rolling, Measure.Quota, 10, Seconds: 18_000, Unit: TestTariffs.General) },
            { "a short window", new("l", LimitWindow.FromFirstUse, Measure.Quota, 10, Seconds: 600, Unit: TestTariffs.General) },
            { "another unit", new("l", LimitWindow.Day, Measure.Quota, 10, Unit: TestTariffs.Point) },
            { "some models", new("l", LimitWindow.Day, Measure.Quota, 10, Unit: TestTariffs.General, Models: ["m"]) },
        };

    [Theory]
    [MemberData(nameof(LimitsThatCannotBeKept))]
    public async Task Under_a_limit_that_cannot_be_kept_over_two_accounts_nothing_is_leased(string kind, Limit limit)
    {
        var world = await OpenAsync(10_000, ofDepartment: [limit]);

        var (_, refusal) = await world.LeaseAsync(Teams[0], 1000);

        Assert.True(refusal?.By == "department/l", $"{kind}: {refusal}");
        Assert.Equal(HoldVerdict.Refused, (await world.CallAsync(Pool, Teams[0], 100_000, 1)).Outcome.Verdict);
    }

    [Fact]
    public async Task While_a_team_is_leased_only_how_much_the_limits_above_allow_may_change()
    {
        var window = new Limit("day", LimitWindow.Day, Measure.Quota, 1000 * Token, Unit: TestTariffs.General);
        var world = await OpenAsync(10_000, ofDepartment: [window]);
        await world.LeaseAsync(Teams[0], 100);
        var department = new Allotment(Department, Allotment.Root, "department", AllotmentType.Department, [window]);

        Assert.Null(await PutAsync(department with { Limits = [window with { Max = 2000 * Token }] }));
        Assert.Equal(Problems.Conflict, (await PutAsync(department with { Models = ["m"] }))!.Problem);
        Assert.Equal(Problems.Conflict, (await PutAsync(department with { IsClosed = true }))!.Problem);
        var requests = new Limit("requests", LimitWindow.Day, Measure.Requests, 1);
        Assert.Equal(Problems.Conflict, (await PutAsync(department with { Limits = [window, requests] }))!.Problem);
        Assert.Equal(Problems.Conflict, (await PutAsync(new(new(9), Member, "new", AllotmentType.Key)))!.Problem);
        Assert.Null(await PutAsync(new(new(9), Teams[1], "new", AllotmentType.Key)));

        async Task<Refusal?> PutAsync(Allotment terms) => await world.DoAsync(Pool, new PutAllotment(new CommandId(world.Next()), terms));
    }

    [Fact]
    public async Task A_node_that_is_added_in_the_leased_account_comes_back_with_the_tree()
    {
        var world = await OpenAsync(10_000);
        var (lessee, _) = await world.LeaseAsync(Teams[0], 100);
        await world.RoundAsync();
        Assert.Null(
            await world.DoAsync(lessee, new PutAllotment(new CommandId(world.Next()), new(new(9), Member, "laptop", AllotmentType.Key)))
        );
        Assert.NotNull(
            await world.DoAsync(
                lessee,
                new PutAllotment(new CommandId(world.Next()), new(new(10), Department, "elsewhere", AllotmentType.Key))
            )
        );
        await world.UnleaseAsync(Teams[0]);
        await world.RoundAsync();
        await world.RoundAsync();

        Assert.Equal(HoldVerdict.Granted, (await world.CallAsync(Pool, new(9), 10, 10)).Outcome.Verdict);
    }

    [Fact]
    public async Task A_refund_of_a_leased_call_comes_back_to_the_pool_after_the_lease_has_ended_and_revives_an_ended_bucket()
    {
        var world = await OpenAsync(1);
        await world.GrantAsync(2, 10_000, end: Start.AddDays(1), priority: 0);
        var (lessee, _) = await world.LeaseAsync(Teams[0], 1000);
        await world.RoundAsync();
        var (charge, _) = await world.CallAsync(lessee, Member, 100, 100);
        await world.EndAsync(lessee, charge, 100, 100);
        await world.UnleaseAsync(Teams[0]);
        await world.RoundAsync();
        await world.RoundAsync();
        world.Time.Advance(TimeSpan.FromDays(2));

        Assert.Null(await world.DoAsync(lessee, new Refund(new CommandId(world.Next()), charge, 500_000, "half")));
        await world.RoundAsync();

        var revived = (await world.ViewAsync(Pool)).Buckets.Single(bucket => bucket.Grant.Name == "bucket 2 (refund)");
        Assert.Equal((150 * Token, 150 * Token), (revived.Granted, revived.Remaining));
        var ended = await world.BucketAsync(Pool, 2);
        Assert.Equal((150 * Token, 150 * Token, 0L), (ended.Consumed, ended.Transferred, ended.Leased));
        await world.AuditAsync();
    }

    [Fact]
    public async Task Each_scope_is_lent_by_itself_and_windows_of_a_bucket_stay_with_the_pool()
    {
        var world = await OpenAsync(10_000);
        await world.GrantAsync(2, 5000, models: ["tiered"], priority: 0);
        await world.LeaseAsync(Teams[0], 1000);
        await world.RoundAsync();

        Assert.Equal(1000 * Token, (await world.BucketAsync(Pool, 1)).Leased);
        Assert.Equal(1000 * Token, (await world.BucketAsync(Pool, 2)).Leased);
    }

    [Fact]
    public async Task A_suspended_pool_suspends_its_lessees()
    {
        var world = await OpenAsync(10_000);
        var (lessee, _) = await world.LeaseAsync(Teams[0], 1000);
        await world.RoundAsync();
        await world.DoAsync(Pool, new SetStanding(new CommandId(world.Next()), true, "unpaid"));
        await world.RoundAsync();
        Assert.Equal(Problems.AccountSuspended, (await world.CallAsync(lessee, Member, 1, 1)).Outcome.Refusal!.Problem);

        await world.DoAsync(Pool, new SetStanding(new CommandId(world.Next()), false, "paid"));
        await world.RoundAsync();
        Assert.Equal(HoldVerdict.Granted, (await world.CallAsync(lessee, Member, 1, 1)).Outcome.Verdict);
    }

    [Fact]
    public async Task A_leased_account_has_nothing_of_its_own()
    {
        var world = await OpenAsync(10_000);
        var (lessee, _) = await world.LeaseAsync(Teams[0], 1000);
        await world.RoundAsync();

        var refusal = await world.DoAsync(lessee, new SetPayAsYouGo(new CommandId(world.Next()), new(1, Currency.Cny, "UTC")));

        Assert.Equal(Problems.Conflict, refusal!.Problem);
        Assert.Contains(Pool.ToString(), refusal.Message);
    }

    [Fact]
    public async Task Leases_do_not_nest()
    {
        var world = await OpenAsync(10_000);
        await world.LeaseAsync(Teams[0], 1000);

        Assert.Equal(Problems.Conflict, (await world.LeaseAsync(Member, 10)).Refusal!.Problem);
        Assert.Equal(Problems.Conflict, (await world.LeaseAsync(Department, 10)).Refusal!.Problem);
        Assert.Null((await world.LeaseAsync(Teams[1], 10)).Refusal);
    }
}
