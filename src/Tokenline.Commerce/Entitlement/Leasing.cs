using System.Collections.Concurrent;
using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Leases;
using Tokenline.Commerce.Parties;

namespace Tokenline.Commerce.Entitlement;

/// <param name="Unit">Null: the only unit of quota that the account has.</param>
/// <param name="Size">Micro-units.</param>
/// <param name="ValiditySeconds">Null: a minute.</param>
public sealed record LeaseWish(QuotaUnit? Unit, long Size, int? ValiditySeconds);

/// <summary>Making a part of a customer's tree an account of its own, and a part of the customer's account again. The keys of the part follow it.</summary>
public sealed class Leasing(
    AccountChanges changes,
    IAccountChangeStore store,
    IChargingAccounts accounts,
    ILeases leases,
    ICustomerStore customers,
    Keys keys,
    TimeProvider time
)
{
    public const int ValidityDefaultSeconds = 60;

    /// <summary>Whoever asks waits so long for calls to end; the rest is done by the upkeep.</summary>
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan pause = TimeSpan.FromMilliseconds(50);

    /// <summary>A change may be committed so much later than its id was made.</summary>
    private static readonly TimeSpan late = TimeSpan.FromMinutes(5);

    /// <summary>Lessors, and the state of their leases for which the keys were last put in their places.</summary>
    private readonly ConcurrentDictionary<AccountId, string> placed = new();
    private CommandId looked;

    public async Task<IReadOnlyList<LeaseView>> ListAsync(Customer customer) => (await accounts.LeasesAsync(customer.Account)).Given;

    public async Task<Outcome<LeaseView>> LeaseAsync(
        Customer customer,
        AllotmentId node,
        LeaseWish wish,
        ChangeRequest request,
        CancellationToken cancellation
    )
    {
        var unit = wish.Unit ?? await OnlyUnitAsync(customer.Account);
        if (unit is null)
            return Refused.Invalid("unit", "The account has not one unit of quota: say which is to be lent.");
        var seconds = wish.ValiditySeconds ?? ValidityDefaultSeconds;
        // The lessee's id is the command's: asked for again it is the same account, and from it one finds the change and so the customer.
        var made = await changes.MakeAsync(
            customer,
            request,
            id => new LeaseSubtree(id, new LeaseTerms(node, new AccountId(id.Value), unit.Value, wish.Size, seconds)),
            cancellation
        );
        if (made.Value is not { Command: LeaseSubtree lease })
            return made.Refused!;
        return await FollowAsync(customer, lease.Terms.Lessee, done => done.Number > 0);
    }

    public async Task<Outcome<LeaseView>> EndAsync(
        Customer customer,
        AllotmentId node,
        ChangeRequest request,
        CancellationToken cancellation
    )
    {
        var lease = (await ListAsync(customer)).FirstOrDefault(known => known.Terms.Node == node && !known.HasEnded);
        var made = await changes.MakeAsync(customer, request, id => new RecallLease(id, node), cancellation);
        if (made.Value is null)
            return made.Refused!;
        lease ??= (await ListAsync(customer)).Last(known => known.Terms.Node == node); // asked for again, after it has ended
        return await FollowAsync(customer, lease.Terms.Lessee, done => done.HasEnded);
    }

    /// <summary>One round of what outlives a request: leases that moved after whoever asked had gone, or whose process has. Run it every few seconds, on one node.</summary>
    public async Task RoundAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        foreach (var lessor in await store.LessorsAsync(looked, cancellation))
        {
            leases.Watch(lessor);
            placed.TryAdd(lessor, "");
        }
        looked = IdSource.Lowest<CommandKind>(now - late);
        foreach (var (lessor, state) in placed)
        {
            if (
                StateOf(await accounts.LeasesAsync(lessor)) != state
                && await customers.FindByAccountAsync(lessor, cancellation) is { } customer
            )
                await PlaceAsync(customer);
        }
    }

    /// <summary>Moves the lease on until it is done or whoever asked has waited long enough.</summary>
    private async Task<Outcome<LeaseView>> FollowAsync(Customer customer, AccountId lessee, Func<LeaseView, bool> isDone)
    {
        var started = time.GetTimestamp();
        placed.TryAdd(customer.Account, "");
        while (true)
        {
            var lease = (await leases.RoundAsync(customer.Account)).Find(lessee)!;
            if (isDone(lease))
            {
                await PlaceAsync(customer);
                return lease;
            }
            if (time.GetElapsedTime(started) >= patience)
                return lease;
            await Task.Delay(pause, time, CancellationToken.None);
        }
    }

    private async Task PlaceAsync(Customer customer)
    {
        var state = StateOf(await accounts.LeasesAsync(customer.Account));
        await keys.PlaceAsync(customer);
        placed[customer.Account] = state; // of before: what has changed meanwhile is placed in the next round
    }

    private static string StateOf(LeaseBook book) =>
        string.Join(' ', book.Given.Where(lease => lease is { Number: > 0, HasEnded: false }).Select(lease => lease.Terms.Lessee));

    private async Task<QuotaUnit?> OnlyUnitAsync(AccountId account)
    {
        var units = (await accounts.ViewAsync(account)).Buckets.Select(bucket => bucket.Grant.Unit).OfType<QuotaUnit>().Distinct().ToList();
        return units is [var only] ? only : null;
    }
}
