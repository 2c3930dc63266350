using Tokenline.Commerce;

namespace Tokenline.Billing.Bills;

/// <summary>What customers on credit agree on. A new agreement follows the one before.</summary>
public sealed class Agreements(IBillingStore store)
{
    private const int AgreementsMax = 1_000;

    public async Task<Outcome<Agreement>> PutAsync(Agreement agreement, CancellationToken cancellation)
    {
        if (agreement.WhatIsWrong() is { } wrong)
            return wrong;
        if (agreement.From <= await store.ClosedAsync(cancellation))
            return new Refused(Problems.WrongState, $"{agreement.From} is billed: an agreement begins with a period that is not.", "from");
        var known = await store.ListAsync(DocumentKind.Agreement, agreement.Account.ToString(), null, "", AgreementsMax, cancellation);
        if (known.Count == AgreementsMax)
            return new Refused(Problems.Conflict, $"A customer has at most {AgreementsMax} agreements.");
        var next = agreement with { Number = known.Count + 1 };
        await store.CommitAsync(
            new BillingChange
            {
                Documents = [new(DocumentKind.Agreement, next.Id, next.Account.ToString(), null, 0, BillingJson.Write(next))],
            },
            cancellation
        );
        return next;
    }
}
