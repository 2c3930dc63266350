using System.Collections.Concurrent;
using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Commerce.Configuration;
using Tokenline.Commerce.Entitlement;
using Tokenline.Commerce.Parties;

namespace Tokenline.Commerce.Orders;

/// <summary>
/// Buys packs for customers who have allowed it, when nothing is left that may pay: store the purchase, claim one of this month's packs,
/// order it by the method that was chosen. One at a time for each account; whoever comes meanwhile waits for the same pack.
/// A claim whose order is not paid is used up, so that a barred number or an empty wallet is not asked for at every call.
/// </summary>
public sealed class AutoPacks(
    IAutoPackStore store,
    ICustomerStore customers,
    IChargingAccounts accounts,
    Ordering ordering,
    ITurns turns,
    IdSource ids,
    TimeProvider time
)
{
    private const int ResumeMax = 500;
    private static readonly TimeSpan waitMax = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan lookEvery = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan justNow = TimeSpan.FromSeconds(2);
    private readonly ConcurrentDictionary<AccountId, Lazy<Task<bool>>> running = new();

    /// <summary>
    /// True: a pack has arrived, so ask for the hold again. False: none has, or not within ten seconds; the purchase then goes on, and what it
    /// brings is there for a later call.
    /// </summary>
    /// <exception cref="AccountUnavailableException">The account cannot be reached. The purchase is taken up later.</exception>
    public async Task<bool> BuyAsync(AccountId account, string offering, CancellationToken cancellation)
    {
        var purchase = running.GetOrAdd(account, _ => new Lazy<Task<bool>>(() => Observed(BuyOnceAsync(account, offering))));
        try
        {
            return await purchase.Value.WaitAsync(waitMax, time, cancellation);
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>Takes up purchases that a crash or an unreachable carrier left, after the orders themselves were. Returns how many have ended now.</summary>
    public async Task<int> ResumeAsync(CancellationToken cancellation)
    {
        var ended = 0;
        foreach (var purchase in await store.UnfinishedAsync(ResumeMax, cancellation))
        {
            cancellation.ThrowIfCancellationRequested();
            // One that runs at this moment is looked after, here or on another node.
            if (running.ContainsKey(purchase.Account) || (turns.AreShared && time.GetUtcNow() - purchase.BegunAt < Ordering.OthersWithin))
                continue;
            try
            {
                if ((await CarryOutAsync(purchase)).EndedAt is not null)
                    ended++;
            }
            catch (AccountUnavailableException)
            {
                // It waits for the next round, and holds up nobody else's.
            }
        }
        return ended;
    }

    /// <summary>Nobody may be left to hear how it failed; its row tells the next round.</summary>
    private static Task<bool> Observed(Task<bool> task)
    {
        _ = task.ContinueWith(done => _ = done.Exception, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        return task;
    }

    private async Task<bool> BuyOnceAsync(AccountId account, string offering)
    {
        try
        {
            var view = await accounts.ViewAsync(account);
            if (view.Suspended || view.AutoPack?.Offering != offering)
                return false;
            if (HasJustArrived(view, await store.NewestAsync(account)))
                return true;
            var mine = new AutoPackPurchase(ids.Next<CommandKind>(), account, offering, time.GetUtcNow())
            {
                Method = AutoPackTerms.MethodOf(view.AutoPack),
            };
            var begun = await store.BeginOrFindAsync(mine);
            var purchase = await CarryOutAsync(begun);
            return (begun.Id == mine.Id ? purchase : await EndOfAsync(purchase)).Product is not null;
        }
        finally
        {
            running.TryRemove(account, out _);
        }
    }

    /// <summary>Another node may be ordering the same pack: it writes the end.</summary>
    private async Task<AutoPackPurchase> EndOfAsync(AutoPackPurchase purchase)
    {
        var begun = time.GetUtcNow();
        while (turns.AreShared && purchase.EndedAt is null && time.GetUtcNow() - begun < waitMax)
        {
            await Task.Delay(lookEvery, time);
            if (await store.NewestAsync(purchase.Account) is { } newest && newest.Id == purchase.Id)
                purchase = newest;
        }
        return purchase;
    }

    /// <summary>A call that was refused before the last pack came must try it, not buy another.</summary>
    private bool HasJustArrived(AccountView view, AutoPackPurchase? newest) =>
        newest is { Product: { } product, EndedAt: { } at }
        && time.GetUtcNow() - at < justNow
        && view.Buckets.Any(bucket => bucket.Grant.Product == product && bucket.Remaining > bucket.Granted / 2);

    /// <summary>Every step may be repeated: the account knows the claim by its id, and the order its external id.</summary>
    private async Task<AutoPackPurchase> CarryOutAsync(AutoPackPurchase purchase)
    {
        if (await accounts.ExecuteAsync(purchase.Account, new ClaimAutoPack(purchase.Id)) is { } refusal)
            return await EndAsync(purchase, null, refusal.Message);
        var buyer =
            await customers.FindByAccountAsync(purchase.Account, CancellationToken.None)
            ?? throw new InvalidOperationException($"account {purchase.Account} has no customer");
        var placed = await ordering.PlaceAsync(
            new OrderRequest(buyer.Id, purchase.Offering, purchase.ExternalId, Method: purchase.Method),
            CancellationToken.None
        );
        if (placed.Value is not { } order)
            return await EndAsync(purchase, null, placed.Refused!.Message);
        return order.State switch
        {
            OrderState.Completed => await EndAsync(purchase, order.Product, null),
            OrderState.Failed or OrderState.Rejected => await EndAsync(purchase, null, order.Reason),
            _ => purchase,
        };
    }

    private async Task<AutoPackPurchase> EndAsync(AutoPackPurchase purchase, ProductId? product, string? reason)
    {
        var ended = purchase with { EndedAt = time.GetUtcNow(), Product = product, Reason = reason };
        await store.EndAsync(ended);
        return ended;
    }
}
