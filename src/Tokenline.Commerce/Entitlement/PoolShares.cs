using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Limits;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Configuration;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Subscriptions;

namespace Tokenline.Commerce.Entitlement;

/// <summary>Splitting a pool among departments: caps by the month, guaranteed amounts that the caps of the others must leave, and moving a part of one cap to another. One change of a customer's shares at a time.</summary>
public sealed class PoolShares(
    IPoolShareStore store,
    ISubscriptionStore subscriptions,
    ICustomerStore customers,
    Members members,
    AccountChanges changes,
    IChargingAccounts accounts,
    ITurns turns,
    CommerceOptions options
)
{
    public async Task<Outcome<PoolSplit>> FindAsync(ProductId id, CancellationToken cancellation)
    {
        var pool = await PoolAsync(id, cancellation);
        return pool.Value is { } found ? await SplitAsync(found, cancellation) : pool.Refused!;
    }

    /// <param name="most">Micro-units; null: no cap.</param>
    /// <param name="least">Micro-units.</param>
    /// <param name="by">The member who wants it; null: the operator.</param>
    public async Task<Outcome<PoolSplit>> PutAsync(
        ProductId id,
        AllotmentId node,
        long? most,
        long least,
        MembershipId? by,
        ChangeRequest request,
        CancellationToken cancellation
    )
    {
        var opened = await OpenAsync(id, by, cancellation);
        if (opened.Value is not { } pool)
            return opened.Refused!;
        await using var _ = await turns.TakeAsync(Turns.SharesOf(pool.Customer.Id), cancellation);
        var split = await SplitAsync(pool, cancellation);
        if (split.Shares.FirstOrDefault(share => share.Node == node) is not { } share)
            return Unknown("allotment", node);
        if (least < 0 || most < 0)
            return Refused.Invalid(least < 0 ? "least" : "most", "A share is not negative.");
        if (split.With(share with { Most = most, Least = least }).WhatIsWrong() is { } wrong)
            return wrong;
        // Both are set and not added to: cut short in between it is finished by asking again.
        await store.PutLeastAsync(id, node, least);
        return await CapAsync(pool, node, most, request, cancellation) is { } refused ? refused : await SplitAsync(pool, cancellation);
    }

    /// <summary>Takes a part of one cap and adds it to another.</summary>
    /// <param name="by">The member who wants it; null: the operator.</param>
    public async Task<Outcome<PoolSplit>> TransferAsync(
        ProductId id,
        AllotmentId from,
        AllotmentId to,
        long amount,
        MembershipId? by,
        ChangeRequest request,
        CancellationToken cancellation
    )
    {
        var opened = await OpenAsync(id, by, cancellation);
        if (opened.Value is not { } pool)
            return opened.Refused!;
        if (amount <= 0)
            return Refused.Invalid("amount", "More than nothing is moved.");
        if (from == to)
            return Refused.Invalid("to", "A share is moved from one node to another.");
        await using var _ = await turns.TakeAsync(Turns.SharesOf(pool.Customer.Id), cancellation);
        var split = await SplitAsync(pool, cancellation);
        var (giver, taker) = (
            split.Shares.FirstOrDefault(share => share.Node == from),
            split.Shares.FirstOrDefault(share => share.Node == to)
        );
        if (giver is null || taker is null)
            return giver is null ? Unknown("from", from) : Unknown("to", to);
        if (giver.Most is not { } has || taker.Most is not { } gets)
            return Refused.Invalid(giver.Most is null ? "from" : "to", "Without a cap there is nothing to be moved.");
        if (amount > has - Math.Max(giver.Used, giver.Least))
            return new Refused(
                Problems.Conflict,
                $"{giver.Name} has used or is guaranteed so much that less than this can be moved.",
                "amount"
            );
        var moved = split.With(giver with { Most = has - amount }).With(taker with { Most = checked(gets + amount) });
        if (moved.WhatIsWrong() is { } wrong)
            return wrong;
        // Lowered first: cut short in between there is less to be had, never more. Asked again under its key it is finished.
        var refused =
            await CapAsync(pool, from, has - amount, Half(request, "from"), cancellation)
            ?? await CapAsync(pool, to, gets + amount, Half(request, "to"), cancellation);
        return refused is not null ? refused : await SplitAsync(pool, cancellation);
    }

    private sealed record Pool(Subscription Subscription, Customer Customer, QuotaUnit Unit, long Amount);

    private async Task<Outcome<Pool>> OpenAsync(ProductId id, MembershipId? by, CancellationToken cancellation)
    {
        var pool = await PoolAsync(id, cancellation);
        if (pool.Value is not { } found)
            return pool;
        return await members.WhyNotAsync(found.Customer, by, MemberAct.SetLimits, node: null, cancellation) is { } not ? not : pool;
    }

    private async Task<Outcome<Pool>> PoolAsync(ProductId id, CancellationToken cancellation)
    {
        if (await subscriptions.FindAsync(id, cancellation) is not { } subscription)
            return Refused.NotFound("subscription", id.ToString());
        var offering = subscription.Offering.For(subscription.Seats);
        if (subscription.State == SubscriptionState.Terminated)
            return new Refused(Problems.WrongState, $"{offering.Name} is over.");
        if (offering.Months != 1 || offering.Grants is not [{ Unit: { } unit, Refill: null, Type: BucketType.Pool } grant])
            return new Refused(
                Problems.WrongState,
                $"{offering.Name} is not one pool of quota by the month: there is nothing to be split."
            );
        var customer =
            await customers.FindAsync(subscription.Customer, cancellation)
            ?? throw new InvalidOperationException($"subscription {id} has no customer");
        return new Pool(subscription, customer, unit, grant.Amount);
    }

    private async Task<PoolSplit> SplitAsync(Pool pool, CancellationToken cancellation)
    {
        var least = await store.LeastAsync(pool.Subscription.Id, cancellation);
        var shares = (await accounts.ServedTreeAsync(pool.Customer.Account))
            .Where(node => node.View.Terms is { IsClosed: false } terms && terms.Parent == Allotment.Root && terms.Id != Allotment.Root)
            .Select(node =>
            {
                var cap = node.View.Limits.FirstOrDefault(limit => limit.Limit.Id == PoolShare.LimitId && limit.Limit.Unit == pool.Unit);
                return new PoolShare(
                    node.View.Terms.Id,
                    node.View.Terms.Name,
                    cap?.Limit.Max,
                    least.GetValueOrDefault(node.View.Terms.Id),
                    cap is null ? 0 : cap.Used + cap.Held
                );
            });
        return new(pool.Amount, pool.Unit, [.. shares]);
    }

    /// <summary>Null: the node has this cap now, beside its other limits.</summary>
    private async Task<Refused?> CapAsync(Pool pool, AllotmentId node, long? most, ChangeRequest request, CancellationToken cancellation)
    {
        await using var _ = await turns.TakeAsync(Turns.TreeOf(pool.Customer.Id), cancellation);
        var served = (await accounts.ServedTreeAsync(pool.Customer.Account)).First(one => one.View.Terms.Id == node);
        var terms = served.View.Terms;
        var others = served.View.Limits.Select(limit => limit.Limit).Where(limit => limit.Id != PoolShare.LimitId);
        Limit[] limits = most is { } max ? [.. others, CapOf(pool, max)] : [.. others];
        var made = await changes.MakeAsync(
            pool.Customer,
            request,
            id => new PutAllotment(id, terms with { Limits = limits }),
            cancellation,
            served.Account
        );
        return made.Refused;
    }

    /// <summary>By the months of the pool itself.</summary>
    private Limit CapOf(Pool pool, long max) =>
        pool.Subscription.Offering.Renewal.Billing == BillingCycle.Calendar
            ? new Limit(PoolShare.LimitId, LimitWindow.Month, Measure.Quota, max, Unit: pool.Unit, TimeZone: options.TimeZone)
            : new Limit(
                PoolShare.LimitId,
                LimitWindow.PlanMonth,
                Measure.Quota,
                max,
                Unit: pool.Unit,
                TimeZone: options.TimeZone,
                Anchor: pool.Subscription.Anchor.At
            );

    private static ChangeRequest Half(ChangeRequest request, string half) =>
        request with
        {
            Text = $"{request.Text} {half}",
            Key = request.Key is { } key ? $"{key}.{half}" : null,
        };

    private static Refused Unknown(string param, AllotmentId node) =>
        Refused.Invalid(param, $"There is no open node {node} right under the account.");
}
