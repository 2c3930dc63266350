using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Serialization;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Records;
using Tokenline.Charging.Tariffs;
using Tokenline.Charging.Tests.Accounts;
using Tokenline.Cluster;

namespace Tokenline.Charging.Tests.Cluster;

/// <summary>What one node says to another arrives as it was said.</summary>
public sealed class WireTests : IAsyncLifetime
{
    private static readonly DateTimeOffset now = new(2026, 1, 7, 4, 0, 0, TimeSpan.Zero);

    private readonly AllocationTests.FullTariffs tariffs = new();
    private IHost silo = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => silo = await LoneSilo.StartAsync(tariffs);

    public async ValueTask DisposeAsync()
    {
        await silo.StopAsync(Cancel);
        silo.Dispose();
    }

    [Fact]
    public void A_hold_arrives_with_the_very_tariff_that_it_names()
    {
        var hold = Hold(tariffs.Model);

        var arrived = There(hold);

        Assert.Same(tariffs.Model, arrived.Tariff);
        Assert.Equal(hold, arrived);
    }

    [Fact]
    public async Task A_node_that_has_not_heard_of_a_tariff_says_so_and_holds_nothing()
    {
        var arrived = There(Hold(tariffs.Model with { Version = 2 }));
        var grain = silo.Services.GetRequiredService<IGrainFactory>().GetGrain<IChargingAccountGrain>(7);

        await Assert.ThrowsAsync<AccountUnavailableException>(() => grain.Hold(arrived));

        Assert.Empty((await grain.View()).Open);
    }

    [Fact]
    public void The_other_steps_of_a_call_arrive_whole()
    {
        var attempt = new VendorAttempt("v", "d", now, "status 500", Usage.Of(1, 2));
        var settle = new SettleRequest
        {
            Charge = new ChargeId(1),
            Usage = Usage.Of(1, 2, 3, 4),
            Basis = UsageBasis.Vendor,
            Ending = CallEnding.QuotaEnded,
            Check = "look",
            AnsweredModel = "m2",
            Service = ServiceClass.Flex,
            Vendor = "w",
            Deployment = "e",
            VendorUsage = "{\"a\":1}",
        };
        Assert.Equal(settle, There(settle));
        Assert.Equal(attempt, There(new ReleaseRequest(new ChargeId(1), "why", [attempt])).Attempts![0]);
        var extend = new ExtendRequest(new ChargeId(1), 2, 3, 4, 5);
        Assert.Equal(extend, There(extend));
        var refused = new HoldOutcome(
            HoldVerdict.Refused,
            Refusal: new Refusal(Problems.WindowLimitReached, "no", now, new ChargeId(3), "pack", "owner/limit", true),
            Remaining: 1,
            Limit: 2,
            ResetsAt: now,
            Requests: new RateRoom(1, 2, now)
        );
        Assert.Equal(refused, There(refused));
        var ended = new EndOutcome(EndVerdict.Done, QuotaLeft: 5);
        Assert.Equal(ended, There(ended));
    }

    [Fact]
    public void What_an_account_is_and_what_changes_it_arrive_whole()
    {
        var view = AllocationTests.FullAccount().View(now);
        Assert.Equal(JsonSerializer.Serialize(view), JsonSerializer.Serialize(There(view)));
        AccountCommand[] commands =
        [
            new GrantBucket(view.Buckets[1].Grant),
            new PutAllotment(new CommandId(1), view.Allotments[^1].Terms),
            new SetPayAsYouGo(new CommandId(2), new PayAsYouGo(5, Currency.Cny, "Asia/Shanghai")),
            new SetAlerts(new CommandId(3), AlertTerms.Default),
            new Refund(new CommandId(4), new ChargeId(5), 500_000, "slow"),
            new TransferQuota(new CommandId(6), new BucketId(1), new BucketId(2), 3, "why"),
        ];
        foreach (var command in commands)
            Assert.Equal(JsonSerializer.Serialize(command), JsonSerializer.Serialize(There(command)));
    }

    private T There<T>(T said)
    {
        var wire = silo.Services.GetRequiredService<Serializer>();
        return wire.Deserialize<T>(wire.SerializeToArray(said))!;
    }

    private static HoldRequest Hold(ModelTariff tariff) =>
        new()
        {
            Charge = new ChargeId(1),
            Key = new KeyId(2),
            Tariff = tariff,
            Vendor = "v",
            Deployment = "d",
            Stream = true,
            InputBound = 10,
            InputEstimate = 9,
            TokensEstimate = 30,
            Other = Usage.Of(0, 0),
            Traits = new CallTraits(ServiceClass.Batch, "north", "staff"),
            Allotment = new AllotmentId(4),
            Run = "night shift",
            OutputWanted = 20,
            OutputModest = 15,
            OutputMin = 1,
            Precise = true,
            Node = 5,
            IdempotencyKey = UInt128.MaxValue,
            IsToppedUp = true,
        };
}
