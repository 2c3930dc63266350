using Tokenline.Charging.Accounts;
using Tokenline.Charging.Limits;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Vouchers;

namespace Tokenline.Commerce.Orders;

/// <summary>Turns what an offering promises into the commands that make it true on a charging account.</summary>
public static class Granting
{
    /// <param name="timeZone">The operator's: calendar windows and refills run in it.</param>
    public static AccountCommand Of(OfferedGrant grant, Product product, string timeZone, IdSource ids)
    {
        var type = grant.Type ?? TypeOf(product.Kind);
        var priority = grant.Priority ?? PriorityOf(type);
        var limits = grant.Limits?.Select(limit => InZone(limit, timeZone, product.ActiveFrom)).ToArray();
        if (grant.Refill is not { } refill)
            return new GrantBucket(
                new BucketGrant(
                    ids.Next<BucketKind>(),
                    product.Name,
                    type,
                    grant.Unit,
                    grant.Currency,
                    grant.Amount,
                    priority,
                    product.ActiveFrom,
                    product.ExpiresAt,
                    grant.Models,
                    product.Id
                )
                {
                    Meters = grant.Meters,
                    Limits = limits,
                    IsBlocker = grant.IsBlocker,
                }
            );
        return new PutRefill(
            ids.Next<CommandKind>(),
            new Refill(
                ids.Next<RefillKind>(),
                product.Name,
                type,
                grant.Unit,
                grant.Currency,
                grant.Amount,
                priority,
                refill.Period,
                timeZone,
                product.ActiveFrom,
                product.ExpiresAt,
                refill.Rollover,
                grant.Models,
                grant.Meters,
                limits,
                grant.IsBlocker,
                product.Id
            )
        );
    }

    /// <summary>What a voucher adds: of no product, so that what becomes of the plan does not touch it.</summary>
    public static AccountCommand Of(BonusGrant bonus, ProductOrder order, DateTimeOffset now) =>
        new GrantBucket(
            new BucketGrant(
                order.BonusBucket,
                $"{order.Offering.Name}, {order.Voucher}",
                BucketType.Bonus,
                bonus.Unit,
                null,
                bonus.Amount,
                PriorityOf(BucketType.Bonus),
                now,
                now.AddDays(bonus.Days),
                null,
                null
            )
        );

    /// <summary>Bonus and what is lost minute by minute first, what is owed last.</summary>
    public static int PriorityOf(BucketType type) =>
        type switch
        {
            BucketType.Throughput or BucketType.Capacity => 50,
            BucketType.Bonus => 100,
            BucketType.Plan => 200,
            BucketType.Pack => 300,
            BucketType.Pool => 400,
            BucketType.Wallet => 500,
            BucketType.Credit => 600,
            BucketType.Postpaid => 900,
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, "a bucket type without a place in the order of paying"),
        };

    /// <summary>A limit as it is on an account: where it says no zone or anchor of its own it has these.</summary>
    public static Limit InZone(Limit limit, string timeZone, DateTimeOffset anchor) =>
        limit.Window switch
        {
            LimitWindow.Day or LimitWindow.Week or LimitWindow.Month => limit with { TimeZone = limit.TimeZone ?? timeZone },
            LimitWindow.PlanMonth => limit with { TimeZone = limit.TimeZone ?? timeZone, Anchor = limit.Anchor ?? anchor },
            _ => limit,
        };

    private static BucketType TypeOf(OfferingKind kind) =>
        kind switch
        {
            OfferingKind.Plan => BucketType.Plan,
            OfferingKind.Pack => BucketType.Pack,
            OfferingKind.Free => BucketType.Bonus,
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "grants nothing"),
        };
}
