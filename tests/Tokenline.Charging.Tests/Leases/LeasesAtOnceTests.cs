using Tokenline.Charging.Accounts;
using Tokenline.Cluster.Leases;
using static Tokenline.Charging.Tests.Leases.LeaseWorld;

namespace Tokenline.Charging.Tests.Leases;

/// <summary>Two leased subtrees and the rest of the pool, called at once by many, while the node that hosts them is killed.</summary>
public sealed class LeasesAtOnceTests
{
    private const long Token = QuotaUnit.Micro;
    private const int Calls = 10_000;
    private const int Callers = 12;
    private const long Granted = 1_300_000;

    private long charged; // tokens of calls whose settle was acknowledged
    private int served;
    private int refused;
    private int cut; // were open when the node was killed

    [Fact]
    public async Task After_ten_thousand_calls_and_the_kill_of_a_node_nothing_is_overspent_and_nothing_stranded()
    {
        var world = await OpenAsync(Granted);
        var desk = new LeaseDesk(TimeProvider.System);
        world.LeaseIsLow = desk.Ask;
        var lessees = new[] { (await world.LeaseAsync(Teams[0], 20_000)).Lessee, (await world.LeaseAsync(Teams[1], 30_000)).Lessee };
        await world.RoundAsync();
        using var stop = new CancellationTokenSource();
        var supplies = SupplyAsync(world, desk, stop.Token);

        var left = Calls;
        var callers = Enumerable
            .Range(0, Callers)
            .Select(seed => Task.Run(() => CallAsync(world, desk, lessees, new Random(seed), () => Interlocked.Decrement(ref left))))
            .ToList();
        while (Volatile.Read(ref left) > Calls / 2)
            await Task.Yield();
        await world.KillAsync();
        await Task.WhenAll(callers);
        await stop.CancelAsync();
        await supplies;

        foreach (var team in Teams)
            await world.UnleaseAsync(team);
        for (var i = 0; i < 4; i++)
            await world.RoundAsync();
        var pool = await world.BucketAsync(Pool, 1);
        Assert.Equal((charged * Token, 0L, 0L), (pool.Consumed, pool.Leased, pool.Reserved));
        Assert.Equal((Granted - charged) * Token, pool.Remaining);
        Assert.All((await world.LeasesAsync(Pool)).Given, lease => Assert.True(lease is { HasEnded: true, Out: 0 }, lease.ToString()));
        Assert.True(served > Calls / 2 && refused > 0, $"{served} served, {refused} refused, {cut} cut");
        await world.AuditAsync();
    }

    private async Task CallAsync(LeaseWorld world, LeaseDesk desk, AccountId[] lessees, Random random, Func<int> left)
    {
        while (left() >= 0)
        {
            var team = random.Next(2);
            var (account, node) = random.Next(8) == 0 ? (Pool, Department) : (lessees[team], Teams[team]);
            var request = world.Hold(node, random.Next(1, 200), random.Next(1, 100));
            var outcome = await UntilReachedAsync(() => world.HoldAsync(account, request));
            if (outcome.Refusal is { IsLeaseShort: true })
                outcome = await desk.HoldAfterSupplyAsync(
                    world,
                    account,
                    request,
                    (to, again) => UntilReachedAsync(() => world.HoldAsync(to, again))
                );
            if (outcome.Verdict != HoldVerdict.Granted)
            {
                // The pool is used up, or running calls hold what may be out.
                Assert.Contains(outcome.Refusal!.Problem, new[] { Problems.InsufficientQuota, Problems.Overloaded });
                Interlocked.Increment(ref refused);
                continue;
            }
            await Task.Yield();
            var output = random.NextInt64(request.OutputWanted + 1);
            var end = await UntilReachedAsync(() =>
                new ValueTask<EndOutcome>(world.EndAsync(account, request.Charge, request.InputBound, output))
            );
            if (end.Verdict is EndVerdict.Unknown or EndVerdict.Conflict)
            {
                // The kill released it before.
                Interlocked.Increment(ref cut);
                continue;
            }
            Interlocked.Increment(ref served);
            Interlocked.Add(ref charged, request.InputBound + (2 * output));
        }
    }

    private static async Task SupplyAsync(LeaseWorld world, LeaseDesk desk, CancellationToken stop)
    {
        try
        {
            await foreach (var lessee in desk.Asked.ReadAllAsync(stop))
            {
                try
                {
                    await new LeaseMover(world).MoveAsync(Pool, lessee, isForCall: false);
                }
                catch (AccountUnavailableException)
                {
                    // The node was killed under it; the next asks again.
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    /// <summary>As the gateway does: an owner that has just gone answers again from its next activation. A hold that was made and whose answer was lost ends with its node.</summary>
    private static async ValueTask<T> UntilReachedAsync<T>(Func<ValueTask<T>> ask)
    {
        while (true)
        {
            try
            {
                return await ask();
            }
            catch (AccountUnavailableException)
            {
                await Task.Yield();
            }
        }
    }
}
