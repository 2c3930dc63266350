using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Limits;
using Tokenline.Charging.Records;
using Tokenline.Charging.Tests.Journal;
using Tokenline.Cluster;

namespace Tokenline.Charging.Tests.Cluster;

/// <summary>Many threads call one hosted account at once: what is for ten serves ten, whatever kind of limit it is.</summary>
public sealed class CallsAtOnceTests
{
    private const int Calls = 64;
    private static readonly DateTimeOffset start = new(2026, 1, 10, 0, 0, 0, TimeSpan.Zero);
    private static readonly AllotmentId team = new(1);
    private static readonly AllotmentId member = new(2);

    private readonly TestTariffs tariffs = new();
    private readonly FakeTimeProvider time = new(start);
    private readonly MemoryChargeJournal journal = new();
    private long next = 100;

    /// <summary>Each call is held at 100 tokens in and 100 out: 300 general tokens, or 1,000,000 nano. The limit has room for ten of them.</summary>
    public static TheoryData<string, Limit> LimitsForTen =>
        new()
        {
            { "requests a day", new("l", LimitWindow.Day, Measure.Requests, 10) },
            { "tokens in five hours", new("l", LimitWindow.Rolling, Measure.Tokens, 2000, Seconds: 5 * 3600) },
            { "tokens a minute", new("l", LimitWindow.Rolling, Measure.Tokens, 2000, Seconds: 60) },
            { "quota a week", new("l", LimitWindow.Week, Measure.Quota, 3000 * QuotaUnit.Micro, Unit: TestTariffs.General) },
            { "value a month", new("l", LimitWindow.Month, Measure.Value, 10_000_000, Currency: Currency.Cny) },
            { "tokens a run", new("l", LimitWindow.Run, Measure.Tokens, 2000) },
            { "calls at once", new("l", LimitWindow.Running, Measure.Requests, 10) },
        };

    [Theory]
    [Trait("WhatOthersGotWrong", "4")]
    [MemberData(nameof(LimitsForTen))]
    public async Task A_limit_for_ten_calls_lets_ten_of_many_pass(string kind, Limit limit)
    {
        var account = await OpenAsync(1_000_000);
        await account.ExecuteAsync(new PutAllotment(NextCommand(), Root with { Limits = [limit] }));

        var served = CallAtOnce(account, null);

        Assert.True(served.Count == 10, $"{served.Count} calls passed {kind}");
        var count = (await account.ViewAsync()).Allotments[0].Limits[0];
        Assert.Equal(limit.Max, count.Used + count.Held);
    }

    [Fact]
    public async Task Calls_at_once_that_were_bought_are_served_to_the_last_one_and_the_next_is_told_how_many_there_are()
    {
        var account = await OpenAsync(1_000_000);
        await account.ExecuteAsync(
            new PutAllotment(NextCommand(), Root with { Limits = [new("l", LimitWindow.Running, Measure.Requests, 4)] })
        );
        foreach (var (bucket, calls) in new[] { (2, 5), (3, 1) }) // two that were bought stack
            Assert.Null(
                await account.ExecuteAsync(
                    new GrantBucket(
                        new(
                            new BucketId(bucket),
                            "more",
                            BucketType.Capacity,
                            Capacity.CallsAtOnce,
                            null,
                            calls * QuotaUnit.Micro,
                            50,
                            start,
                            start.AddDays(30),
                            null,
                            null
                        )
                    )
                )
            );

        var served = CallAtOnce(account, null);

        Assert.Equal(10, served.Count);
        var refusal = account.Hold(Hold(null)).Refusal!;
        Assert.Equal(
            ("concurrency_limit_reached", "Your account has reached the limit 'l' of 10 calls at once."),
            (refusal.Problem.Code, refusal.Message)
        );
    }

    [Fact]
    [Trait("WhatOthersGotWrong", "1")]
    public async Task A_balance_for_ten_calls_serves_ten_of_many_and_is_never_below_zero()
    {
        var account = await OpenAsync(3000);

        var served = CallAtOnce(account, null);

        Assert.Equal(10, served.Count);
        var bucket = (await account.ViewAsync()).Buckets.Single();
        Assert.Equal((0L, 3000 * QuotaUnit.Micro), (bucket.Remaining, bucket.Reserved));
    }

    [Fact]
    [Trait("WhatOthersGotWrong", "3")]
    public async Task The_first_calls_ever_of_a_new_member_meet_the_default_limit_all_at_once()
    {
        var account = await OpenAsync(1_000_000);
        var forEach = new Limit("day", LimitWindow.Day, Measure.Requests, 10);
        await account.ExecuteAsync(
            new PutAllotment(NextCommand(), new(team, Allotment.Root, "team", AllotmentType.Department, ChildLimits: [forEach]))
        );
        await account.ExecuteAsync(new PutAllotment(NextCommand(), new(member, team, "new", AllotmentType.Member)));

        var served = CallAtOnce(account, member);

        Assert.Equal(10, served.Count);
    }

    [Fact]
    [Trait("WhatOthersGotWrong", "5")]
    public async Task The_window_of_a_plan_is_not_crossed_by_calls_at_once_nor_by_a_large_one()
    {
        var window = new Limit("5h", LimitWindow.FromFirstUse, Measure.Quota, 3000 * QuotaUnit.Micro, 5 * 3600, TestTariffs.General);
        var account = await OpenAsync(1_000_000, window);
        var large = account.Hold(Hold(null) with { InputBound = 2000, OutputWanted = 1000, OutputModest = 1000, OutputMin = 1000 });
        Assert.Equal(("window_limit_reached", "plan/5h"), (large.Refusal!.Problem.Code, large.Refusal.By));

        var served = CallAtOnce(account, null);

        Assert.Equal(10, served.Count);
        foreach (var charge in served)
            await SettleAsync(account, charge, Usage.Of(100, 100));
        var bucket = (await account.ViewAsync()).Buckets.Single();
        Assert.Equal((3000 * QuotaUnit.Micro, 0L), (bucket.Consumed, bucket.Reserved));
        Assert.Equal(HoldVerdict.Refused, account.Hold(Hold(null)).Verdict);
    }

    [Fact]
    [Trait("WhatOthersGotWrong", "25")]
    public async Task A_refund_asked_for_by_many_at_once_is_one_refund()
    {
        var account = await OpenAsync(1000);
        var charge = Assert.Single(CallAtOnce(account, null, calls: 1));
        await SettleAsync(account, charge, Usage.Of(100, 100));
        var command = NextCommand();

        var sameName = await Task.WhenAll(
            Enumerable.Range(0, 16).Select(_ => Task.Run(() => account.ExecuteAsync(new Refund(command, charge, 500_000, "test"))))
        );
        var otherNames = await Task.WhenAll(
            Enumerable.Range(0, 16).Select(_ => Task.Run(() => account.ExecuteAsync(new Refund(NextCommand(), charge, 400_000, "test"))))
        );

        Assert.All(sameName, Assert.Null);
        Assert.Single(otherNames, refusal => refusal is null);
        var bucket = (await account.ViewAsync()).Buckets.Single();
        Assert.Equal((970 * QuotaUnit.Micro, 30 * QuotaUnit.Micro), (bucket.Remaining, bucket.Consumed));
    }

    [Fact]
    [Trait("WhatOthersGotWrong", "12")]
    public async Task An_hour_of_timeouts_and_aborts_leaves_nothing_held()
    {
        var window = new Limit("day", LimitWindow.Day, Measure.Quota, 900_000 * QuotaUnit.Micro, Unit: TestTariffs.General);
        var account = await OpenAsync(1_000_000, window);
        Limit[] limits = [.. LimitsForTen.Select((row, i) => row.Data.Item2 with { Id = $"l{i}", Max = 1_000_000_000_000 })];
        await account.ExecuteAsync(new PutAllotment(NextCommand(), Root with { Limits = limits }));
        var random = new Random(46);

        for (var second = 0; second < 3600; second++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            var request = Hold(null) with { Stream = second % 2 == 0 };
            if (account.Hold(request).Verdict != HoldVerdict.Granted)
                continue;
            if (random.Next(3) == 0)
                await account.ExtendAsync(new ExtendRequest(request.Charge, 0, 50, 200, 101));
            if (random.Next(2) == 0)
                await account.ReleaseAsync(new ReleaseRequest(request.Charge, "timeout", null));
            else
                await SettleAsync(account, request.Charge, Usage.Of(90, random.Next(60)), UsageBasis.Estimated, CallEnding.ClientGone);
        }

        var view = await account.ViewAsync();
        Assert.Empty(view.Open);
        Assert.All(view.Buckets, bucket => Assert.Equal(0, bucket.Reserved));
        Assert.All(view.Buckets.SelectMany(bucket => bucket.Limits!), limit => Assert.Equal(0, limit.Held));
        Assert.All(view.Allotments.SelectMany(node => node.Limits), limit => Assert.Equal(0, limit.Held));
        Assert.True(view.Buckets.Single().Consumed > 0);
    }

    [Fact]
    [Trait("WhatOthersGotWrong", "21")]
    public async Task A_settle_that_the_journal_failed_is_repeated_and_leaves_one_record()
    {
        var account = await OpenAsync(1000);
        var charge = Assert.Single(CallAtOnce(account, null, calls: 1));
        await account.ViewAsync(); // its dispatch is durable

        journal.IsBroken = true;
        await Assert.ThrowsAsync<AccountUnavailableException>(() => SettleAsync(account, charge, Usage.Of(100, 50)).AsTask());
        journal.IsBroken = false;
        account = await ActivateAsync();
        var again = await SettleAsync(account, charge, Usage.Of(100, 50));

        Assert.Equal(EndVerdict.Done, again.Verdict);
        Assert.Equal(200 * QuotaUnit.Micro, (await journal.FindRecordAsync(charge))!.Payments.Single().Amount);
        Assert.Equal(800 * QuotaUnit.Micro, (await account.ViewAsync()).Buckets.Single().Remaining);
    }

    private static Allotment Root => new(Allotment.Root, Allotment.Root, "account", AllotmentType.Account);

    private CommandId NextCommand() => new(Interlocked.Increment(ref next));

    private async Task<HostedAccount> OpenAsync(long tokens, params Limit[] windows)
    {
        var account = await ActivateAsync();
        var grant = new BucketGrant(
            new BucketId(1),
            "plan",
            BucketType.Plan,
            TestTariffs.General,
            null,
            tokens * QuotaUnit.Micro,
            1,
            start,
            null,
            null,
            null
        )
        {
            Limits = windows.Length == 0 ? null : windows,
        };
        Assert.Null(await account.ExecuteAsync(new GrantBucket(grant)));
        return account;
    }

    private async Task<HostedAccount> ActivateAsync()
    {
        var id = new AccountId(7);
        var claimed = await journal.ClaimAsync(id);
        var engine = ChargingAccount.Restore(id, tariffs, claimed.Image, claimed.Tail);
        return new HostedAccount(engine, claimed.Epoch, journal, journal, time, NullLogger.Instance, () => { });
    }

    /// <summary>Those that were granted what they wanted; all others were refused.</summary>
    private IReadOnlyList<ChargeId> CallAtOnce(HostedAccount account, AllotmentId? node, int calls = Calls)
    {
        using var ready = new Barrier(Math.Min(calls, 8));
        var requests = Enumerable.Range(0, calls).Select(_ => Hold(node)).ToList();
        var outcomes = new HoldOutcome[calls];
        var threads = Enumerable
            .Range(0, Math.Min(calls, 8))
            .Select(first => new Thread(() =>
            {
                ready.SignalAndWait();
                for (var i = first; i < calls; i += 8)
                    outcomes[i] = account.Hold(requests[i]);
            }))
            .ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        Assert.All(
            outcomes,
            outcome => Assert.True(outcome is { Verdict: HoldVerdict.Granted, OutputGranted: 100 } or { Refusal: not null })
        );
        return [.. requests.Where((_, i) => outcomes[i].Verdict == HoldVerdict.Granted).Select(request => request.Charge)];
    }

    private HoldRequest Hold(AllotmentId? node) =>
        tariffs.Call(new ChargeId(Interlocked.Increment(ref next)), input: 100, output: 100) with
        {
            InputEstimate = 50,
            TokensEstimate = 200,
            OutputMin = 100,
            Allotment = node,
            Run = "night",
        };

    private static ValueTask<EndOutcome> SettleAsync(
        HostedAccount account,
        ChargeId charge,
        Usage usage,
        UsageBasis basis = UsageBasis.Vendor,
        CallEnding ending = CallEnding.Completed
    ) =>
        account.SettleAsync(
            new SettleRequest
            {
                Charge = charge,
                Usage = usage,
                Basis = basis,
                Ending = ending,
            }
        );
}
