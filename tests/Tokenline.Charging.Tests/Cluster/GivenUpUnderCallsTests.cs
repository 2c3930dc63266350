using Microsoft.Extensions.DependencyInjection;
using Orleans.Core.Internal;
using Orleans.Runtime;
using Orleans.Serialization;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Records;
using Tokenline.Cluster;

namespace Tokenline.Charging.Tests.Cluster;

/// <summary>When the cluster changes, accounts change hands under their calls. No call may see it.</summary>
public sealed class GivenUpUnderCallsTests
{
    private const int Callers = 16;
    private const int Calls = 960; // of 10 tokens in and 20 out that weigh double: 50 each
    private const int GivenUpEvery = 80;
    private static readonly AccountId account = new(7);

    private readonly TestTariffs tariffs = new();
    private int calls;

    [Fact]
    public async Task An_account_that_is_given_up_again_and_again_costs_no_call_an_error()
    {
        using var silo = await LoneSilo.StartAsync(tariffs);
        var accounts = silo.Services.GetRequiredService<IChargingAccounts>();
        var hosting = silo
            .Services.GetRequiredService<IGrainFactory>()
            .GetGrain<IChargingAccountGrain>(account.Value)
            .AsReference<IGrainManagementExtension>();
        Assert.Null(await accounts.ExecuteAsync(account, new GrantBucket(Grant(Calls * 50))));

        await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => CallAsync(accounts, hosting)));

        var bucket = (await accounts.ViewAsync(account)).Buckets.Single();
        Assert.Equal((0L, 0L, Calls * 50 * QuotaUnit.Micro), (bucket.Reserved, bucket.Remaining, bucket.Consumed));
    }

    [Fact]
    public async Task A_stream_whose_hold_is_nowhere_does_not_begin_and_every_node_understands_why()
    {
        using var silo = await LoneSilo.StartAsync(tariffs);
        var accounts = silo.Services.GetRequiredService<IChargingAccounts>();
        Assert.Null(await accounts.ExecuteAsync(account, new GrantBucket(Grant(1_000))));

        await Assert.ThrowsAsync<AccountUnavailableException>(async () => await accounts.DispatchedAsync(account, new ChargeId(1)));

        // What an account says of itself is understood on another node too.
        var wire = silo.Services.GetRequiredService<Serializer>();
        var said = wire.SerializeToArray<Exception>(new AccountUnavailableException("gone", new IOException("cut")));
        Assert.Equal("gone", Assert.IsType<AccountUnavailableException>(wire.Deserialize<Exception>(said)).Message);
    }

    private async Task CallAsync(IChargingAccounts accounts, IGrainManagementExtension hosting)
    {
        await Task.Yield();
        while (Interlocked.Increment(ref calls) is var number and <= Calls)
        {
            var charge = new ChargeId(100 + number);
            Assert.Equal(HoldVerdict.Granted, (await accounts.HoldAsync(account, Hold(charge))).Verdict);
            if (number % GivenUpEvery == 0)
                await GiveUpAsync(hosting); // under this very call, and those of all others
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

    private static async Task GiveUpAsync(IGrainManagementExtension hosting)
    {
        try
        {
            await hosting.DeactivateOnIdle(CancellationToken.None);
        }
        catch (OrleansMessageRejectionException)
        {
            // it is being given up at this moment
        }
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

    private HoldRequest Hold(ChargeId charge) => tariffs.Call(charge, input: 10, output: 20) with { Stream = true };
}
