using Tokenline.Charging.Accounts;
using Tokenline.Charging.Limits;

namespace Tokenline.Host.Tests;

/// <summary>Limits of an account, over the real server: refused in the protocol, with the time to come back, and nothing held.</summary>
public class AccountLimitTests(RunningServer server) : IClassFixture<RunningServer>
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
