using Tokenline.Charging.Journal;
using Tokenline.Charging.Records;
using Tokenline.Charging.Trials;
using Tokenline.Commerce.Catalog;

namespace Tokenline.Commerce.WhatIf;

/// <summary>What one subscriber paid and cost, and would have.</summary>
internal sealed class SubscriberSums(Pricing pricing, Currency currency)
{
    public WhatIfSide Was { get; private set; }
    public WhatIfSide Would { get; private set; }
    public long Calls { get; private set; }
    public long Refused { get; private set; }
    public long Cut { get; private set; }

    /// <summary>Calls of models that have a draft.</summary>
    public long Touched { get; private set; }

    public long WithoutCost { get; private set; }
    public long NotConverted { get; private set; }

    /// <param name="nano">Less than nothing of a refund.</param>
    /// <param name="swap">Null: no draft takes the place of what it was paid for.</param>
    public void Fee(long nano, ProductOffering sold, PlanSwap? swap)
    {
        if (sold.Price.Currency != currency || IsMoney(sold))
            return; // what is paid in is counted where it is spent
        Was += FeeOf(nano, sold.TaxPercent);
        Would += swap is null ? FeeOf(nano, sold.TaxPercent) : FeeOf(Math.Sign(nano) * swap.FeeOf(Math.Abs(nano)), swap.Draft.TaxPercent);
    }

    public void Add(TrialFact fact, TrialTerms terms)
    {
        switch (fact)
        {
            case TrialCall call:
                Calls++;
                Touched += terms.Models.ContainsKey(call.Was.Model) ? 1 : 0;
                Refused += call.Now is null ? 1 : 0;
                Cut += call.IsCut ? 1 : 0;
                Was += Of(call.Was, counts: true);
                if (call.Now is { } now)
                    Would += Of(now, counts: false);
                break;
            case TrialRefund refund:
                Was += Returned(refund.Was, refund.Of);
                if (refund is { Now: { } again, NowOf: { } of })
                    Would += Returned(again, of);
                break;
        }
    }

    /// <summary>Of an account that is not tried: both alike.</summary>
    public void AsItWas(LivedEntry lived, TrialTerms terms)
    {
        if (lived.Record is not { } record)
            return;
        var isCall = lived.Entry is Settled && record.StartedAt >= terms.From && record.StartedAt < terms.To;
        var side =
            isCall ? Of(record, counts: true)
            : lived.Entry is Refunded refund && refund.At >= terms.From && refund.At < terms.To ? Returned(refund, record)
            : default;
        Calls += isCall ? 1 : 0;
        Was += side;
        Would += side;
    }

    private static bool IsMoney(ProductOffering offering) => offering.Grants.Count > 0 && offering.Grants.All(grant => grant.Unit is null);

    private WhatIfSide FeeOf(long nano, decimal taxPercent)
    {
        var tax = TaxIncluded.Of(new Money(Math.Abs(nano), currency), taxPercent).Nano * Math.Sign(nano);
        return new(nano, 0, tax, 0);
    }

    private WhatIfSide Of(UsageRecord record, bool counts)
    {
        var (paid, cost) = ((Int128)0, (Int128)0);
        var isForeign = false;
        foreach (var payment in record.Payments)
        {
            if (payment.IsMoney && payment.Unit == currency.Code)
                paid += payment.Amount;
            else if (payment.IsMoney)
                isForeign = true;
        }
        if (record.Wholesale is { } wholesale)
        {
            if (pricing.RateOf(wholesale.Currency) is { } rate)
                cost = (Int128)decimal.Round(wholesale.Nano * rate, MidpointRounding.AwayFromZero);
            else
                isForeign = true;
        }
        if (counts)
        {
            NotConverted += isForeign ? 1 : 0;
            WithoutCost += record.Wholesale is null ? 1 : 0;
        }
        return new(0, paid, 0, cost);
    }

    /// <summary>The vendor keeps what it is owed.</summary>
    private WhatIfSide Returned(Refunded refund, UsageRecord of)
    {
        Int128 returned = 0;
        for (var i = 0; i < refund.Parts.Length; i++) // its parts are in the order of the record's payments
        {
            if (of.Payments[i].IsMoney && of.Payments[i].Unit == currency.Code)
                returned += refund.Parts[i].Amount;
        }
        return new(0, -returned, 0, 0);
    }
}
