using Tokenline.Charging.Accounts;
using Tokenline.Charging.Limits;

namespace Tokenline.Host.Tests;

/// <summary>Limits of an account, over the real server: refused in the protocol, with the time to come back, and nothing held.</summary>
public class AccountLimitTests(SharedServer server)
{
    private static long command = 1;

    [Fact]
    public async Task A_second_call_at_once_is_refused_where_one_may_run_and_told_to_come_back()
    {
        await using var vendor = new ScriptedVendor();
        var model = await server.ServeAsync(vendor);
        var subscriber = await LimitedAsync(new Limit("parallel", LimitWindow.Running, Measure.Requests, 1));
        var first = subscriber.PostAsync(Wire.Ask(model: model));
        var call = await vendor.NextAsync();

        var second = await subscriber.AskAsync(Wire.Ask(model: model));

        Assert.Equal((429, "concurrency_limit_reached"), (second.Status, second.Code));
        Assert.Equal("1", second.Header("Retry-After"));
        await call.AnswerAsync(Wire.Completion("Hi", Wire.Usage(10, 2)));
        using var answer = await first;
        Assert.Equal(200, (int)answer.StatusCode);
    }

    [Fact]
    public async Task Calls_at_once_that_were_bought_let_one_more_pass_until_they_end()
    {
        await using var vendor = new ScriptedVendor();
        var model = await server.ServeAsync(vendor);
        var subscriber = await LimitedAsync(new Limit("parallel", LimitWindow.Running, Measure.Requests, 1));
        var first = subscriber.PostAsync(Wire.Ask(model: model));
        var one = await vendor.NextAsync();
        Assert.Equal("concurrency_limit_reached", (await subscriber.AskAsync(Wire.Ask(model: model))).Code);
        var bought = new BucketGrant(
            server.Get<IdSource>().Next<BucketKind>(),
            "One more",
            BucketType.Capacity,
            Capacity.CallsAtOnce,
            null,
            QuotaUnit.Micro,
            50,
            TimeProvider.System.GetUtcNow().AddMinutes(-1),
            null,
            null,
            null
        );
        Assert.Null(await server.Accounts.ExecuteAsync(subscriber.Customer.Account, new GrantBucket(bought)));

        var second = subscriber.PostAsync(Wire.Ask(model: model));
        var two = await vendor.NextAsync();
        var id = new CommandId(Interlocked.Increment(ref command));
        Assert.Null(await server.Accounts.ExecuteAsync(subscriber.Customer.Account, new VoidBucket(id, bought.Bucket, "over")));

        Assert.Equal(
            (429, "concurrency_limit_reached"),
            ((await subscriber.AskAsync(Wire.Ask(model: model))) is var no ? (no.Status, no.Code) : default)
        );
        foreach (var call in new[] { one, two })
            await call.AnswerAsync(Wire.Completion("Hi", Wire.Usage(10, 2)));
        foreach (var answer in await Task.WhenAll(first, second))
        {
            using (answer)
                Assert.Equal(200, (int)answer.StatusCode);
        }
    }

    [Fact]
    public async Task A_rate_of_requests_is_kept_and_shown()
    {
        var subscriber = await LimitedAsync(new Limit("rpm", LimitWindow.Rolling, Measure.Requests, 2, Seconds: 60));

        var first = await subscriber.AskAsync(Wire.Ask());
        await subscriber.AskAsync(Wire.Ask());
        var third = await subscriber.AskAsync(Wire.Ask());

        Assert.Equal(("2", "1"), (first.Header("x-ratelimit-limit-requests"), first.Header("x-ratelimit-remaining-requests")));
        Assert.Equal((429, "rate_limit_exceeded"), (third.Status, third.Code));
        Assert.InRange(int.Parse(third.Header("Retry-After")!), 1, 61);
    }

    [Fact]
    public async Task Calls_of_one_run_share_its_limit_and_others_do_not()
    {
        var subscriber = await LimitedAsync(new Limit("run", LimitWindow.Run, Measure.Requests, 1));

        Assert.Equal(200, (await subscriber.AskAsync(Wire.Ask(), ("x-tokenline-run-id", "night"))).Status);
        Assert.Equal("window_limit_reached", (await subscriber.AskAsync(Wire.Ask(), ("x-tokenline-run-id", "night"))).Code);
        Assert.Equal(200, (await subscriber.AskAsync(Wire.Ask(), ("x-tokenline-run-id", "day"))).Status);
        Assert.Equal(400, (await subscriber.AskAsync(Wire.Ask(), ("x-tokenline-run-id", "two words"))).Status);
        Assert.Equal("day", (await subscriber.RecordsAsync())[0].Run);

        const string night = "\"metadata\":{\"run_id\":\"night\"}";
        Assert.Equal("window_limit_reached", (await subscriber.AskAsync(Wire.Ask(members: night))).Code);
        Assert.Equal(200, (await subscriber.AskAsync(Wire.Ask(members: night), ("x-tokenline-run-id", "header"))).Status);
        Assert.Equal("header", (await subscriber.RecordsAsync())[0].Run);
    }

    [Fact]
    public async Task A_customer_who_allowed_it_gets_a_pack_when_nothing_is_left_and_no_more_than_allowed_in_a_month()
    {
        var subscriber = await server.SubscriberAsync(tokens: 0);
        var account = subscriber.Customer.Account;
        Assert.Equal(402, (await subscriber.AskAsync(Wire.Ask())).Status);
        var terms = new AutoPack("token-pack", MaxPerMonth: 1, "Asia/Shanghai");
        Assert.Null(await server.Accounts.ExecuteAsync(account, new SetAutoPack(new CommandId(Interlocked.Increment(ref command)), terms)));

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => subscriber.AskAsync(Wire.Ask(members: "\"max_tokens\":50"))));

        Assert.All(answers, answer => Assert.Equal(200, answer.Status));
        var view = await server.Accounts.ViewAsync(account);
        Assert.Equal(1, view.AutoPacksBought);
        var pack = Assert.Single(view.Buckets).Grant.Bucket;
        Assert.Null(
            await server.Accounts.ExecuteAsync(account, new VoidBucket(new CommandId(Interlocked.Increment(ref command)), pack, "test"))
        );
        Assert.Equal(402, (await subscriber.AskAsync(Wire.Ask())).Status);
        Assert.Equal(1, (await server.Accounts.ViewAsync(account)).AutoPacksBought);
    }

    private async Task<Subscriber> LimitedAsync(Limit limit)
    {
        var subscriber = await server.SubscriberAsync();
        var terms = new Allotment(Allotment.Root, Allotment.Root, "account", AllotmentType.Account, [limit]);
        Assert.Null(
            await server.Accounts.ExecuteAsync(
                subscriber.Customer.Account,
                new PutAllotment(new CommandId(Interlocked.Increment(ref command)), terms)
            )
        );
        return subscriber;
    }
}
