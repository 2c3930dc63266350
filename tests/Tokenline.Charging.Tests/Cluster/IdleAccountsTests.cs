using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Tokenline.Cluster;
using Tokenline.Testing;

namespace Tokenline.Charging.Tests.Cluster;

public sealed class IdleAccountsTests
{
    private static readonly AccountId idle = new(7);
    private static readonly AccountId busy = new(8);

    [Fact]
    public async Task An_account_that_is_asked_nothing_leaves_memory_and_one_that_is_called_stays()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(56));
        using var silo = await LoneSilo.StartAsync(new TestTariffs(), time);
        var (accounts, hosted) = (
            silo.Services.GetRequiredService<IChargingAccounts>(),
            silo.Services.GetRequiredService<HostedAccounts>()
        );
        await accounts.ViewAsync(idle);
        await accounts.ViewAsync(busy);
        var first = hosted.Find(busy);

        var minutes = 0; // the timer counts elsewhere, and may take two of them for one round: never one for two
        var left = await Eventually.WhenAsync(AfterAMinuteAsync, found => found is null);

        Assert.Null(left);
        Assert.True(minutes > IdleAccounts.Longest, $"it stayed {minutes} minutes");
        Assert.Same(first, hosted.Find(busy));
        Assert.Equal(idle, (await accounts.ViewAsync(idle)).Account); // and is there again when it is asked

        async Task<HostedAccount?> AfterAMinuteAsync()
        {
            await accounts.ReleaseAsync(busy, new(new ChargeId(1), "straight to the engine, past the grain", null));
            minutes++;
            time.Advance(IdleAccounts.Round);
            return hosted.Find(idle);
        }
    }

    [Fact]
    public async Task A_clock_that_was_ahead_and_comes_back_keeps_no_account_from_being_reached()
    {
        var time = new Moved { Ahead = TimeSpan.FromHours(3) };
        using var silo = await LoneSilo.StartAsync(new TestTariffs(), time);
        var accounts = silo.Services.GetRequiredService<IChargingAccounts>();
        Assert.Equal(idle, (await accounts.ViewAsync(idle)).Account);

        time.Ahead = TimeSpan.Zero;

        Assert.Equal(busy, (await accounts.ViewAsync(busy)).Account);
    }

    private sealed class Moved : TimeProvider
    {
        public TimeSpan Ahead { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;
    }
}
