using System.Text.Json;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Journal;
using Tokenline.Charging.Trials;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Orders;

namespace Tokenline.Commerce.WhatIf;

/// <summary>A plan as it was sold to somebody, and the draft in its place.</summary>
internal sealed record PlanSwap(ProductOffering Sold, ProductOffering Draft)
{
    /// <summary>In proportion to the price, so that a part of a period, a first price and a voucher stay what they were; to the hundredth, half away from zero.</summary>
    public long FeeOf(long paidNano) =>
        Sold.Price.Nano == Draft.Price.Nano ? paidNano
        : Sold.Price.Nano == 0 ? Draft.Price.Nano
        : Rounding.MulDiv(paidNano, Draft.Price.Nano, (Int128)Sold.Price.Nano * TaxIncluded.NanoPerHundredth)
            * TaxIncluded.NanoPerHundredth;
}

/// <summary>Grants of one account's plans as the draft has them: the n-th in place of the n-th, in the same share, so that what was granted of a part of a period is a part again.</summary>
internal sealed class PlanInPlace(IReadOnlyDictionary<ProductId, PlanSwap> plans, string timeZone, IdSource ids) : ITrialGrants
{
    private readonly Dictionary<(ProductId, DateTimeOffset, int?), int> granted = []; // of a period, and of each seat in it

    public IReadOnlyList<AccountCommand>? Instead(JournalEntry granted)
    {
        var seat = (granted as BucketGranted)?.Grant.Seat;
        var (product, name, from, until, amount, bucket, refill) = granted switch
        {
            BucketGranted one => (
                one.Grant.Product,
                one.Grant.Name,
                one.Grant.ValidFrom,
                one.Grant.ExpiresAt,
                one.Grant.Amount,
                one.Grant.Bucket,
                default(RefillId)
            ),
            RefillPut put => (put.Terms.Product, put.Terms.Name, put.Terms.From, put.Terms.Until, put.Terms.Amount, default, put.Terms.Id),
            _ => default,
        };
        if (product is not { } held || !plans.TryGetValue(held, out var plan))
            return null;
        var at = this.granted.GetValueOrDefault((held, from, seat?.Number));
        this.granted[(held, from, seat?.Number)] = at + 1;
        // What each seat had for itself is compared with what each has of the draft.
        var (soldGrants, draftGrants) = (Of(plan.Sold, seat), Of(plan.Draft, seat));
        if (at >= soldGrants.Count)
            return null; // beside what the plan itself grants
        var sold = soldGrants[at];
        if (at < draftGrants.Count && IsSame(sold, draftGrants[at]) && draftGrants.Count <= soldGrants.Count)
            return null;
        var last = at == soldGrants.Count - 1 ? draftGrants.Count : Math.Min(at + 1, draftGrants.Count);
        var commands = new List<AccountCommand>();
        for (var i = at; i < last; i++)
        {
            var grant = draftGrants[i];
            grant = grant with { Amount = amount == sold.Amount ? grant.Amount : Rounding.MulDivUp(grant.Amount, amount, sold.Amount) };
            if (grant.Amount == 0)
                continue;
            var made = Granting.Of(
                grant,
                new Product(held, default, default, plan.Draft.Id, name, plan.Draft.Kind, from, until),
                timeZone,
                ids
            );
            if (made is GrantBucket own && seat is not null)
                made = new GrantBucket(own.Grant with { Seat = seat });
            commands.Add(
                i > at ? made
                : made is GrantBucket one && bucket != default ? new GrantBucket(one.Grant with { Bucket = bucket })
                : made is PutRefill put && refill != default ? put with { Terms = put.Terms with { Id = refill } }
                : made
            );
        }
        return commands;
    }

    private static List<OfferedGrant> Of(ProductOffering offering, BucketSeat? seat) =>
        [.. offering.Grants.Where(grant => grant.ToEachSeat == seat is not null)];

    private static bool IsSame(OfferedGrant a, OfferedGrant b) =>
        JsonSerializer.Serialize(a, CommerceJson.Options) == JsonSerializer.Serialize(b, CommerceJson.Options);
}
