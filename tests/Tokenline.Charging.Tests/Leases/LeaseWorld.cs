using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Audit;
using Tokenline.Charging.Leases;
using Tokenline.Charging.Limits;
using Tokenline.Charging.Records;
using Tokenline.Charging.Tests.Journal;
using Tokenline.Cluster;
using Tokenline.Cluster.Leases;

namespace Tokenline.Charging.Tests.Leases;

/// <summary>
/// A pool with two teams under a department, hosted as the cluster hosts accounts, each account activated at its first use and anew after a crash.
/// A call of <c>m</c> costs one general token for a token of input, and two for one of output.
/// </summary>
internal sealed class LeaseWorld : IChargingAccounts, ILiveAccounts
{
    public static readonly DateTimeOffset Start = new(2026, 1, 10, 8, 0, 0, TimeSpan.Zero);
    public static readonly AccountId Pool = new(7);
    public static readonly AllotmentId Department = new(1);
    public static readonly AllotmentId[] Teams = [new(2), new(3)];
    public static readonly AllotmentId Member = new(4); // of the first team

    private readonly ConcurrentDictionary<AccountId, Lazy<Task<HostedAccount>>> hosted = [];
    private long next = 100;

    public TestTariffs Tariffs { get; } = new();
    public FakeTimeProvider Time { get; } = new(Start);
    public MemoryChargeJournal Journal { get; } = new();
    public DateTimeOffset Now => Time.GetUtcNow();

    /// <summary>What an account calls that wants its next supply.</summary>
    public Action<AccountId>? LeaseIsLow { get; set; }

    /// <summary>The run of the gateway that calls come from.</summary>
    public long Run { get; set; } = 1;

    /// <summary>Commands until the one that is cut short; null: none is.</summary>
    public int? CutAfter { get; set; }

    /// <summary>The command that is cut short has been carried out, and only its answer is lost.</summary>
    public bool IsDoneBeforeCut { get; set; }

    /// <summary>Commands until another mover of quota comes between, and does all that there is to do; null: none comes.</summary>
    public int? OvertakenAfter { get; set; }

    public static async Task<LeaseWorld> OpenAsync(long tokens, Limit[]? ofDepartment = null, Limit[]? ofTeams = null)
    {
        var world = new LeaseWorld();
        await world.GrantAsync(1, tokens);
        await world.PutAsync(new(Department, Allotment.Root, "department", AllotmentType.Department, ofDepartment));
        foreach (var team in Teams)
            await world.PutAsync(new(team, Department, $"team {team.Value}", AllotmentType.Department, ofTeams));
        await world.PutAsync(new(Member, Teams[0], "member", AllotmentType.Member));
        return world;
    }

    public long Next() => Interlocked.Increment(ref next);

    public async Task GrantAsync(long id, long tokens, DateTimeOffset? end = null, string[]? models = null, int priority = 1) =>
        Assert.Null(
            await DoAsync(
                Pool,
                new GrantBucket(
                    new BucketGrant(
                        new BucketId(id),
                        $"bucket {id}",
                        BucketType.Pool,
                        TestTariffs.General,
                        null,
                        tokens * QuotaUnit.Micro,
                        priority,
                        Now,
                        end,
                        models,
                        null
                    )
                )
            )
        );

    public async Task PutAsync(Allotment terms) => Assert.Null(await DoAsync(Pool, new PutAllotment(new CommandId(Next()), terms)));

    /// <summary>Asks for a lease of a team; null: it was refused.</summary>
    public async Task<(AccountId Lessee, Refusal? Refusal)> LeaseAsync(AllotmentId team, long size, int validitySeconds = 60)
    {
        var id = Next();
        var lessee = new AccountId(1_000_000 + id);
        var terms = new LeaseTerms(team, lessee, TestTariffs.General, size * QuotaUnit.Micro, validitySeconds);
        return (lessee, await DoAsync(Pool, new LeaseSubtree(new CommandId(id), terms)));
    }

    public async Task UnleaseAsync(AllotmentId team) => Assert.Null(await DoAsync(Pool, new RecallLease(new CommandId(Next()), team)));

    /// <summary>As the rounds do, without their clock.</summary>
    public async Task<LeaseBook> RoundAsync()
    {
        foreach (var lease in (await LeasesAsync(Pool)).Given)
            await new LeaseMover(this).MoveAsync(Pool, lease.Terms.Lessee, isForCall: false);
        return await LeasesAsync(Pool);
    }

    /// <summary>A hold; of an account that lives on a lease, with the supply that it waits for.</summary>
    public async Task<(ChargeId Charge, HoldOutcome Outcome)> CallAsync(AccountId account, AllotmentId node, long input, long output)
    {
        var request = Hold(node, input, output);
        var outcome = await HoldAsync(account, request);
        if (outcome.Refusal is { IsLeaseShort: true })
        {
            var why = await new LeaseMover(this).MoveAsync(Pool, account, isForCall: true);
            outcome = await HoldAsync(account, request with { IsToppedUp = true });
            if (why is not null && outcome.Refusal?.Problem == Problems.InsufficientQuota)
                outcome = new(HoldVerdict.Refused, Refusal: why);
        }
        return (request.Charge, outcome);
    }

    public async Task<EndOutcome> EndAsync(AccountId account, ChargeId charge, long input, long output) =>
        await SettleAsync(
            account,
            new SettleRequest
            {
                Charge = charge,
                Usage = Usage.Of(input, output),
                Basis = UsageBasis.Vendor,
                Ending = CallEnding.Completed,
            }
        );

    public HoldRequest Hold(AllotmentId node, long input, long output) =>
        new()
        {
            Charge = new ChargeId(Next()),
            Key = new KeyId(1),
            Tariff = Tariffs["m"],
            Vendor = "v",
            Deployment = "d",
            Stream = false,
            InputBound = input,
            InputEstimate = input,
            TokensEstimate = input + output,
            OutputWanted = output,
            OutputModest = output,
            OutputMin = output,
            Precise = true,
            Node = Run,
            Allotment = node == Allotment.Root ? null : node,
        };

    /// <summary>Its memory is gone.</summary>
    /// <param name="isOrderly">It has saved an image before.</param>
    public async Task LeaveMemoryAsync(AccountId account, bool isOrderly)
    {
        if (hosted.TryRemove(account, out var here) && isOrderly)
            await (await here.Value).CloseAsync();
    }

    public async Task AuditAsync()
    {
        var report = await new Auditor(Journal, Tariffs, this).RunAsync(CancellationToken.None);
        Assert.True(report.IsClean, string.Join('\n', report.Differences));
    }

    /// <summary>Outside of what <see cref="CutAfter"/> counts.</summary>
    public async Task<Refusal?> DoAsync(AccountId account, AccountCommand command) => await (await AtAsync(account)).ExecuteAsync(command);

    public async Task<BucketView> BucketAsync(AccountId account, long id) =>
        (await ViewAsync(account)).Buckets.Single(bucket => bucket.Grant.Bucket.Value == id);

    public async ValueTask<HoldOutcome> HoldAsync(AccountId account, HoldRequest request) => (await AtAsync(account)).Hold(request);

    public async ValueTask DispatchedAsync(AccountId account, ChargeId charge) =>
        Assert.True(await (await AtAsync(account)).DispatchedAsync(charge));

    public async ValueTask<ExtendOutcome> ExtendAsync(AccountId account, ExtendRequest request) =>
        await (await AtAsync(account)).ExtendAsync(request);

    public async ValueTask<EndOutcome> SettleAsync(AccountId account, SettleRequest request) =>
        await (await AtAsync(account)).SettleAsync(request);

    public async ValueTask<EndOutcome> ReleaseAsync(AccountId account, ReleaseRequest request) =>
        await (await AtAsync(account)).ReleaseAsync(request);

    public async ValueTask<int> RecoverAsync(AccountId account, LiveRuns runs) => await (await AtAsync(account)).RecoverAsync(runs);

    public async ValueTask<Refusal?> ExecuteAsync(AccountId account, AccountCommand command)
    {
        if (OvertakenAfter-- == 0)
            await RoundAsync();
        if (CutAfter-- != 0)
            return await DoAsync(account, command);
        if (IsDoneBeforeCut)
            await DoAsync(account, command);
        throw new AccountUnavailableException("cut short");
    }

    public async ValueTask<AccountView> ViewAsync(AccountId account) => await (await AtAsync(account)).ViewAsync();

    public async ValueTask<LeaseBook> LeasesAsync(AccountId account) => await (await AtAsync(account)).LeasesAsync();

    public async Task<IReadOnlyList<AccountView>> ViewsAsync(CancellationToken cancellation)
    {
        var views = new List<AccountView>();
        foreach (var account in hosted.Values)
            views.Add(await (await account.Value).ViewAsync());
        return views;
    }

    /// <summary>The node is gone, with the memory of every account and the calls that it served.</summary>
    public async Task KillAsync()
    {
        Run++;
        var accounts = hosted.Keys.ToList();
        hosted.Clear();
        foreach (var account in accounts)
        {
            // What was under way when the node was killed may still claim an account once: then it is asked again, as a cluster does.
            for (var tries = 1; ; tries++)
            {
                try
                {
                    await RecoverAsync(account, LiveRuns.Only(Run));
                    break;
                }
                catch (AccountUnavailableException) when (tries < 100)
                {
                    await Task.Yield();
                }
            }
        }
    }

    private Task<HostedAccount> AtAsync(AccountId id)
    {
        Lazy<Task<HostedAccount>>? activation = null;
        activation = hosted.GetOrAdd(id, _ => new(() => ActivateAsync(id, () => hosted.TryRemove(new(id, activation!)))));
        return (activation = hosted.GetValueOrDefault(id, activation)).Value;
    }

    private async Task<HostedAccount> ActivateAsync(AccountId id, Action poisoned)
    {
        var claimed = await Journal.ClaimAsync(id);
        var engine = ChargingAccount.Restore(id, Tariffs, claimed.Image, claimed.Tail);
        return new(engine, claimed.Epoch, Journal, Journal, Time, NullLogger.Instance, poisoned, account => LeaseIsLow?.Invoke(account));
    }
}
