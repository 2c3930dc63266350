using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Limits;
using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Parties;

namespace Tokenline.Commerce.Entitlement;

/// <summary>A quantity that the operator gives without an order: a bonus, money paid in, a credit line, a pool, or one of these again every period.</summary>
/// <param name="Amount">Micro-units of <paramref name="Unit"/>, or nano of <paramref name="Currency"/>.</param>
/// <param name="Priority">Null: that of its type.</param>
/// <param name="From">Null: now.</param>
public sealed record GivenTerms(
    string? Name,
    BucketType Type,
    QuotaUnit? Unit,
    Currency? Currency,
    long Amount,
    int? Priority = null,
    DateTimeOffset? From = null,
    DateTimeOffset? Until = null,
    string[]? Models = null,
    MeterSet? Meters = null,
    Limit[]? Limits = null,
    bool IsBlocker = false
);

/// <summary>What the operator gives, moves and takes back by hand. Every change has a reason, which is kept.</summary>
public sealed class Buckets(AccountChanges changes, IChargingAccounts accounts, CommerceOptions options, TimeProvider time)
{
    private const int NameLengthMax = 128;

    public async Task<Outcome<BucketView>> GrantAsync(
        Customer customer,
        GivenTerms terms,
        ChangeRequest request,
        CancellationToken cancellation
    )
    {
        if ((WhatIsWrong(terms) ?? ReasonIsMissing(request)) is { } wrong)
            return wrong;
        var made = await changes.MakeAsync(
            customer,
            request,
            id => new GrantBucket(
                new BucketGrant(
                    new BucketId(id.Value),
                    NameOf(terms),
                    terms.Type,
                    terms.Unit,
                    terms.Currency,
                    terms.Amount,
                    terms.Priority ?? Granting.PriorityOf(terms.Type),
                    terms.From ?? time.GetUtcNow(),
                    terms.Until,
                    terms.Models,
                    Product: null
                )
                {
                    Meters = terms.Meters,
                    Limits = terms.Limits,
                    IsBlocker = terms.IsBlocker,
                }
            ),
            cancellation
        );
        return made.Value is { Command: GrantBucket granted } ? await FindAsync(customer, granted.Grant.Bucket) : made.Refused!;
    }

    /// <summary>Moves a part of what is left, or with no amount all of it, to another bucket of the same unit. Answers with the other one.</summary>
    public async Task<Outcome<BucketView>> TransferAsync(
        Customer customer,
        BucketId from,
        BucketId to,
        long? amount,
        ChangeRequest request,
        CancellationToken cancellation
    )
    {
        if (ReasonIsMissing(request) is { } missing)
            return missing;
        var source = await FindAsync(customer, from);
        if (source.Value is not { } bucket)
            return source;
        var made = await changes.MakeAsync(
            customer,
            request,
            id => new TransferQuota(id, from, to, amount ?? bucket.Remaining, request.Reason!),
            cancellation
        );
        return made.Refused is { } refused ? refused : await FindAsync(customer, to);
    }

    /// <summary>Takes back what is left. What running calls hold stays theirs.</summary>
    public async Task<Outcome<BucketView>> VoidAsync(
        Customer customer,
        BucketId bucket,
        ChangeRequest request,
        CancellationToken cancellation
    )
    {
        if (ReasonIsMissing(request) is { } missing)
            return missing;
        var made = await changes.MakeAsync(customer, request, id => new VoidBucket(id, bucket, request.Reason!), cancellation);
        return made.Refused is { } refused ? refused : await FindAsync(customer, bucket);
    }

    public async Task<Outcome<RefillView>> AddRefillAsync(
        Customer customer,
        GivenTerms terms,
        LimitWindow period,
        Rollover? rollover,
        ChangeRequest request,
        CancellationToken cancellation
    )
    {
        if (WhatIsWrong(terms) is { } wrong)
            return wrong;
        return await PutRefillAsync(
            customer,
            id => RefillOf(new RefillId(id.Value), terms, period, rollover, terms.From ?? time.GetUtcNow()),
            request,
            cancellation
        );
    }

    /// <summary>From the next period on; it keeps its beginning and its unit.</summary>
    public async Task<Outcome<RefillView>> ChangeRefillAsync(
        Customer customer,
        RefillId refill,
        GivenTerms terms,
        LimitWindow period,
        Rollover? rollover,
        ChangeRequest request,
        CancellationToken cancellation
    )
    {
        if (WhatIsWrong(terms) is { } wrong)
            return wrong;
        var found = await FindRefillAsync(customer, refill);
        return found.Value is { Terms: { } before }
            ? await PutRefillAsync(
                customer,
                _ => RefillOf(refill, terms, period, rollover, terms.From ?? before.From) with { Product = before.Product },
                request,
                cancellation
            )
            : found;
    }

    public async Task<Outcome<RefillView>> StopRefillAsync(
        Customer customer,
        RefillId refill,
        ChangeRequest request,
        CancellationToken cancellation
    )
    {
        var made = await changes.MakeAsync(customer, request, id => new StopRefill(id, refill), cancellation);
        return made.Refused is { } refused ? refused : await FindRefillAsync(customer, refill);
    }

    private async Task<Outcome<RefillView>> PutRefillAsync(
        Customer customer,
        Func<CommandId, Refill> terms,
        ChangeRequest request,
        CancellationToken cancellation
    )
    {
        var made = await changes.MakeAsync(customer, request, id => new PutRefill(id, terms(id)), cancellation);
        return made.Value is { Command: PutRefill put } ? await FindRefillAsync(customer, put.Terms.Id) : made.Refused!;
    }

    private Refill RefillOf(RefillId id, GivenTerms terms, LimitWindow period, Rollover? rollover, DateTimeOffset from) =>
        new(
            id,
            NameOf(terms),
            terms.Type,
            terms.Unit,
            terms.Currency,
            terms.Amount,
            terms.Priority ?? Granting.PriorityOf(terms.Type),
            period,
            options.TimeZone,
            from,
            terms.Until,
            rollover,
            terms.Models,
            terms.Meters,
            terms.Limits,
            terms.IsBlocker
        );

    private async Task<Outcome<BucketView>> FindAsync(Customer customer, BucketId id) =>
        (await accounts.ViewAsync(customer.Account)).Buckets.FirstOrDefault(bucket => bucket.Grant.Bucket == id) is { } found
            ? found
            : Refused.NotFound("bucket", id.ToString());

    private async Task<Outcome<RefillView>> FindRefillAsync(Customer customer, RefillId id) =>
        (await accounts.ViewAsync(customer.Account)).Refills.FirstOrDefault(refill => refill.Terms.Id == id) is { } found
            ? found
            : Refused.NotFound("refill", id.ToString());

    private Refused? WhatIsWrong(GivenTerms terms)
    {
        if (terms.Type == BucketType.Postpaid)
            return Refused.Invalid("type", "Postpaid money comes of the customer's own pay-as-you-go cap alone.");
        if (terms.Type is BucketType.Wallet or BucketType.Credit && terms.Currency is null)
            return Refused.Invalid("currency", "A wallet and a credit line are money.");
        if (terms.Currency is { } currency && currency != options.Currency)
            return Refused.Invalid("currency", $"This operator's currency is {options.Currency}.");
        if (terms.Name is { Length: 0 or > NameLengthMax })
            return Refused.Invalid("name", $"A name has 1 to {NameLengthMax} characters.");
        return null;
    }

    private static Refused? ReasonIsMissing(ChangeRequest request) =>
        string.IsNullOrWhiteSpace(request.Reason)
            ? Refused.Invalid("reason", "Say why: it is kept with what was given, moved or taken back.")
            : null;

    private static string NameOf(GivenTerms terms) => terms.Name?.Trim() ?? terms.Type.ToString();
}
