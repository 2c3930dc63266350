using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Core.Internal;
using Orleans.Serialization;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Journal;
using Tokenline.Charging.Records;
using Tokenline.Charging.Tariffs;
using Tokenline.Charging.Tests.Journal;
using Tokenline.Cluster;

namespace Tokenline.Charging.Tests.Cluster;

/// <summary>When the cluster changes, accounts change hands under their calls. No call may see it.</summary>
public sealed class GivenUpUnderCallsTests
{
    private const int Callers = 16;
    private const int Times = 6;
    private static readonly AccountId account = new(7);

    private readonly TestTariffs tariffs = new();
    private int calls; // of 10 tokens in and 20 out that weigh double: 50 each
    private int givenUp;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_account_that_is_given_up_again_and_again_costs_no_call_an_error()
    {
        using var silo = await StartAsync();
        var accounts = silo.Services.GetRequiredService<IChargingAccounts>();
        Assert.Null(await accounts.ExecuteAsync(account, new GrantBucket(Grant(1_000_000_000))));

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var givingUp = GiveUpAsync(silo.Services.GetRequiredService<IGrainFactory>(), stop.Token);
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => CallAsync(accounts)));
        await stop.CancelAsync();
        await givingUp;

        var bucket = (await accounts.ViewAsync(account)).Buckets.Single();
        Assert.Equal(0, bucket.Reserved);
        Assert.Equal((1_000_000_000 - (calls * 50L)) * QuotaUnit.Micro, bucket.Remaining);
        await silo.StopAsync(Cancel);
    }

    [Fact]
    public async Task A_stream_whose_hold_is_nowhere_does_not_begin_and_every_node_understands_why()
    {
        using var silo = await StartAsync();
        var accounts = silo.Services.GetRequiredService<IChargingAccounts>();
        Assert.Null(await accounts.ExecuteAsync(account, new GrantBucket(Grant(1_000))));

        await Assert.ThrowsAsync<AccountUnavailableException>(async () => await accounts.DispatchedAsync(account, new ChargeId(1)));

        // What an account says of itself is understood on another node too.
        var wire = silo.Services.GetRequiredService<Serializer>();
        var said = wire.SerializeToArray<Exception>(new AccountUnavailableException("gone", new IOException("cut")));
        Assert.Equal("gone", Assert.IsType<AccountUnavailableException>(wire.Deserialize<Exception>(said)).Message);

        await silo.StopAsync(Cancel);
    }

    private async Task CallAsync(IChargingAccounts accounts)
    {
        await Task.Yield();
        while (Volatile.Read(ref givenUp) < Times)
        {
            var charge = new ChargeId(100 + Interlocked.Increment(ref calls));
            Assert.Equal(HoldVerdict.Granted, (await accounts.HoldAsync(account, Hold(charge))).Verdict);
            await accounts.DispatchedAsync(account, charge);
            Assert.True((await accounts.ExtendAsync(account, new ExtendRequest(charge, 10, 10, 20, 1))).Granted);
            var settle = new SettleRequest
            {
                Charge = charge,
                Usage = Usage.Of(10, 20),
                Basis = UsageBasis.Vendor,
                Ending = CallEnding.Completed,
            };
            Assert.Contains((await accounts.SettleAsync(account, settle)).Verdict, new[] { EndVerdict.Done, EndVerdict.Replayed });
        }
    }

    private async Task GiveUpAsync(IGrainFactory grains, CancellationToken until)
    {
        while (!until.IsCancellationRequested)
        {
            await grains
                .GetGrain<IChargingAccountGrain>(account.Value)
                .AsReference<IGrainManagementExtension>()
                .DeactivateOnIdle(CancellationToken.None);
            Interlocked.Increment(ref givenUp);
            await Task.Delay(5, CancellationToken.None); // some calls in between
        }
    }

    private async Task<IHost> StartAsync()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        var journal = new MemoryChargeJournal();
        builder.Services.AddSingleton<IChargeJournal>(journal);
        builder.Services.AddSingleton<IChargeHistory>(journal);
        builder.Services.AddSingleton<ITariffs>(tariffs);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(new IdSource(TimeProvider.System));
        builder.AddCluster();
        var host = builder.Build();
        await host.StartAsync(Cancel);
        return host;
    }

    private static BucketGrant Grant(long tokens) =>
        new(
            new BucketId(1),
            "plan",
            BucketType.Plan,
            TestTariffs.General,
            null,
            tokens * QuotaUnit.Micro,
            1,
            new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero),
            null,
            null,
            null
        );

    private HoldRequest Hold(ChargeId charge) =>
        new()
        {
            Charge = charge,
            Key = new KeyId(1),
            Tariff = tariffs["m"],
            Vendor = "v",
            Deployment = "d",
            Stream = true,
            InputBound = 10,
            InputEstimate = 10,
            OutputWanted = 20,
            OutputModest = 20,
            OutputMin = 1,
            Precise = true,
            Node = 1,
        };
}
