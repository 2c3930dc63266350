using System.Collections.Concurrent;
using System.Threading.Channels;
using Tokenline.Charging;
using Tokenline.Charging.Accounts;

namespace Tokenline.Cluster.Leases;

/// <summary>Where accounts of this process ask for their next supply: ahead of need, or for a call that waits.</summary>
internal sealed class LeaseDesk(TimeProvider time)
{
    /// <summary>A call waits at most so long for its lessor.</summary>
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(3);
    private const int TriesMax = 3;

    /// <summary>An account that got nothing need not ask again at once.</summary>
    private static readonly TimeSpan pause = TimeSpan.FromMilliseconds(100);

    private readonly Channel<AccountId> asked = Channel.CreateBounded<AccountId>(
        new BoundedChannelOptions(10_000) { FullMode = BoundedChannelFullMode.DropWrite } // the next call asks again
    );
    private readonly ConcurrentDictionary<AccountId, long> askedAt = new();
    private readonly ConcurrentDictionary<AccountId, Lazy<Task<Refusal?>>> supplies = new();

    public ChannelReader<AccountId> Asked => asked.Reader;

    /// <summary>Called under the account's lock, often: it costs a look-up when it has asked already.</summary>
    public void Ask(AccountId lessee)
    {
        var now = time.GetTimestamp();
        var last = askedAt.GetOrAdd(lessee, now - (2 * time.TimestampFrequency));
        if (time.GetElapsedTime(last, now) >= pause && askedAt.TryUpdate(lessee, now, last))
            asked.Writer.TryWrite(lessee);
    }

    /// <summary>The lease was short: the lessor is asked, and the call is held again.</summary>
    /// <param name="hold">Holds it once, without waiting for a supply.</param>
    public async Task<HoldOutcome> HoldAfterSupplyAsync(
        IChargingAccounts accounts,
        AccountId lessee,
        HoldRequest request,
        Func<AccountId, HoldRequest, ValueTask<HoldOutcome>> hold
    )
    {
        var started = time.GetTimestamp();
        Refusal? why = null;
        for (var tries = 0; tries < TriesMax && why is null; tries++)
        {
            try
            {
                why = await SupplyAsync(accounts, lessee).WaitAsync(patience - Earlier(time.GetElapsedTime(started)), time);
            }
            catch (TimeoutException)
            {
                why = new(Problems.Overloaded, "The account that lends to this one does not answer. Try again in a moment.");
            }
            var outcome = await hold(lessee, request with { IsToppedUp = why is not null || tries == TriesMax - 1 });
            if (outcome.Refusal is not { } refusal || (!refusal.IsLeaseShort && refusal.Problem != Problems.InsufficientQuota))
                return outcome;
        }
        why ??= new(Problems.Overloaded, "Other calls were faster to use what was lent. Try again in a moment.");
        return new(HoldVerdict.Refused, Refusal: why);
    }

    /// <summary>One supply at a time for each account: those who come meanwhile wait for the same.</summary>
    private Task<Refusal?> SupplyAsync(IChargingAccounts accounts, AccountId lessee)
    {
        Lazy<Task<Refusal?>>? supply = null;
        supply = supplies.GetOrAdd(lessee, new Lazy<Task<Refusal?>>(() => RunAsync()));
        return supply.Value;

        async Task<Refusal?> RunAsync()
        {
            try
            {
                await Task.Yield();
                return (await accounts.LeasesAsync(lessee)).Taken is { } taken
                    ? await new LeaseMover(accounts).MoveAsync(taken.Lessor, lessee, isForCall: true)
                    : null;
            }
            catch (AccountUnavailableException e)
            {
                return new(Problems.Overloaded, $"The account that lends to this one cannot be reached: {e.Message}");
            }
            finally
            {
                supplies.TryRemove(lessee, out _);
            }
        }
    }

    private static TimeSpan Earlier(TimeSpan elapsed) => elapsed < patience ? elapsed : patience;
}
