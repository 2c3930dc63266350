using Tokenline.Commerce.Configuration;
using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Payments;

namespace Tokenline.Commerce.Wallets;

/// <summary>Putting money in and getting it out. What is bought with it goes through <see cref="WalletMethod"/>.</summary>
public sealed class WalletDesk(
    IWalletStore store,
    ICustomerStore customers,
    IPhoneBill phoneBill,
    ITurns turns,
    IdSource ids,
    CommerceOptions options,
    TimeProvider time
) : IAskedPayments, IPaymentNews
{
    public const int ReferenceLengthMax = 64;
    private const int NoteLengthMax = 200;
    private const int PageMax = 200;
    private const string TopUpWords = "Top-up";

    public async Task<Outcome<Wallet>> FindAsync(PartyId owner, CancellationToken cancellation) =>
        await customers.FindAsync(owner, cancellation) is null
            ? Refused.NotFound("customer", owner.ToString())
            : await store.FindAsync(owner, cancellation) ?? new Wallet(owner, Money.Zero(options.Currency));

    /// <summary>By phone bill. The top-up as it stands afterwards: completed, failed with the carrier's reason, or still in progress.</summary>
    public async Task<Outcome<TopUp>> TopUpAsync(PartyId customer, Money amount, string? externalId, CancellationToken cancellation)
    {
        if (await WhatIsWrongAsync(customer, amount, externalId, "externalId", cancellation) is { } wrong)
            return wrong;
        var topUp = new TopUp(
            ids.Next<TopUpKind>(),
            customer,
            amount,
            TopUpSource.PhoneBill,
            TopUpState.InProgress,
            time.GetUtcNow(),
            externalId
        );
        await using (await turns.TakeAsync(Turns.WalletOf(customer), cancellation))
        {
            if (externalId is not null && await store.FindTopUpAsync(customer, externalId, cancellation) is { } before)
                return SameOrRefused(before, topUp);
            if (await WouldHoldTooMuchAsync(topUp, cancellation) is { } tooMuch)
                return tooMuch;
            if (await store.AddOrFindAsync(topUp, cancellation) is { } known)
                return SameOrRefused(known, topUp);
        }
        return await CarryOutAsync(topUp);
    }

    /// <summary>Money that came another way: a bank transfer, cash in a shop. The reference is written down once.</summary>
    public async Task<Outcome<TopUp>> RecordAsync(PartyId customer, Money amount, string? reference, CancellationToken cancellation)
    {
        if (string.IsNullOrEmpty(reference))
            return Refused.Invalid("reference", "What proves it: a receipt's number or the like.");
        if (await WhatIsWrongAsync(customer, amount, reference, "reference", cancellation) is { } wrong)
            return wrong;
        var now = time.GetUtcNow();
        var topUp = new TopUp(ids.Next<TopUpKind>(), customer, amount, TopUpSource.Recorded, TopUpState.InProgress, now, reference);
        await using (await turns.TakeAsync(Turns.WalletOf(customer), cancellation))
        {
            if (await store.FindTopUpAsync(customer, reference, cancellation) is { } before)
                return await FinishAsync(SameOrRefused(before, topUp));
            if (await WouldHoldTooMuchAsync(topUp, cancellation) is { } tooMuch)
                return tooMuch;
            if (await store.AddOrFindAsync(topUp, cancellation) is { } known)
                return await FinishAsync(SameOrRefused(known, topUp));
        }
        return await CompleteAsync(topUp, reference);

        async Task<Outcome<TopUp>> FinishAsync(Outcome<TopUp> found) =>
            found.Value is { State: TopUpState.InProgress } open ? await CompleteAsync(open, reference) : found;
    }

    /// <summary>The customer gets money back, in a way that staff write down.</summary>
    public async Task<Outcome<WalletMovement>> PayOutAsync(
        PartyId customer,
        Money amount,
        string? reference,
        string? note,
        CancellationToken cancellation
    )
    {
        if (string.IsNullOrEmpty(reference))
            return Refused.Invalid("reference", "What proves it: a transfer's number or the like.");
        if (note is { Length: > NoteLengthMax })
            return Refused.Invalid("note", $"A note has at most {NoteLengthMax} characters.");
        if (await WhatIsWrongAsync(customer, amount, reference, "reference", cancellation) is { } wrong)
            return wrong;
        var wanted = new WantedMovement(
            customer,
            $"{customer}-out-{reference}",
            MovementType.PayOut,
            new Money(-amount.Nano, amount.Currency),
            string.IsNullOrWhiteSpace(note) ? "Paid out" : note,
            time.GetUtcNow(),
            Reference: reference
        );
        var made = await store.MoveAsync(wanted);
        return !made.Is(wanted)
                ? new Refused(Problems.IdempotencyConflict, $"{made.Id} has this reference, with {made.Asked}.", "reference")
            : made.Type == MovementType.Refused ? new Refused(Problems.PaymentRefused, $"{made.Reason}.", "amount")
            : made;
    }

    /// <summary>Takes up every top-up that has not ended and that nobody looks after, each for itself. Returns how many have ended now.</summary>
    public async Task<ResumeReport> ResumeAsync(CancellationToken cancellation)
    {
        var until = turns.AreShared ? time.GetUtcNow() - Ordering.OthersWithin : DateTimeOffset.MaxValue;
        var (ended, mark) = (0, default(TopUpId));
        var trouble = new Dictionary<string, Exception>();
        while (await store.UnfinishedAsync(mark, until, PageMax, cancellation) is { Count: > 0 } page)
        {
            foreach (var topUp in page)
            {
                cancellation.ThrowIfCancellationRequested();
                mark = topUp.Id;
                try
                {
                    if ((await CarryOutAsync(topUp, isAgain: true)).State != TopUpState.InProgress)
                        ended++;
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    trouble[topUp.Id.ToString()] = e;
                }
            }
        }
        return new(ended, trouble);
    }

    public async Task<PhoneBillRequest?> FindAsync(string correlator, CancellationToken cancellation) =>
        TopUpId.TryParse(correlator, out var id)
        && await store.FindTopUpAsync(id, cancellation) is { Source: TopUpSource.PhoneBill } topUp
        && await customers.FindAsync(topUp.Customer, cancellation) is { } customer
            ? new(correlator, customer.PhoneNumber, topUp.Amount, TopUpWords)
            : null;

    public async Task HearAsync(PhoneBillRequest asked, PhoneBillPayment payment, CancellationToken cancellation)
    {
        if (
            !TopUpId.TryParse(asked.Correlator, out var id)
            || await store.FindTopUpAsync(id, cancellation) is not { Source: TopUpSource.PhoneBill } topUp
        )
            return;
        if (topUp.State == TopUpState.InProgress)
            await CarryOutAsync(topUp, isAgain: true); // whoever told us may go: what is known is acted on
        else if (topUp.State == TopUpState.Failed && payment.State == PhoneBillState.Succeeded)
            await CompleteAsync(topUp with { Reason = null, LookAt = null }, payment.Reference); // a late yes is the customer's money
    }

    /// <param name="isAgain">It was asked for before, and the answer is not known: a no may be followed by a payment.</param>
    private async Task<TopUp> CarryOutAsync(TopUp topUp, bool isAgain = false)
    {
        if (topUp.Source == TopUpSource.Recorded)
            return await CompleteAsync(topUp, topUp.ExternalId);
        var customer =
            await customers.FindAsync(topUp.Customer, CancellationToken.None)
            ?? throw new InvalidOperationException($"top-up {topUp.Id} has no customer");
        PhoneBillOutcome paid;
        try
        {
            paid = await phoneBill.ChargeAsync(topUp.Id.ToString(), customer.PhoneNumber, topUp.Amount, TopUpWords, CancellationToken.None);
        }
        catch (HttpRequestException)
        {
            return topUp;
        }
        if (paid.Accepted)
            return await CompleteAsync(topUp, paid.Reference);
        var now = time.GetUtcNow();
        var failed = topUp with
        {
            State = TopUpState.Failed,
            EndedAt = now,
            Reason = paid.Reason ?? "the carrier refused",
            LookAt = isAgain ? now + PaymentSearch.LookEvery : null,
        };
        return await store.EndAsync(failed, null) ? failed : await AsItStandsAsync(topUp.Id);
    }

    private async Task<TopUp> CompleteAsync(TopUp topUp, string? reference)
    {
        var now = time.GetUtcNow();
        var completed = topUp with { State = TopUpState.Completed, EndedAt = now, Reference = reference };
        var movement = new WantedMovement(
            topUp.Customer,
            topUp.Id.ToString(),
            MovementType.TopUp,
            topUp.Amount,
            TopUpWords,
            now,
            Reference: reference
        );
        return await store.EndAsync(completed, movement) ? completed : await AsItStandsAsync(topUp.Id);
    }

    /// <summary>Somebody else ended it meanwhile: theirs is the truth.</summary>
    private async Task<TopUp> AsItStandsAsync(TopUpId id) =>
        await store.FindTopUpAsync(id, CancellationToken.None) ?? throw new InvalidOperationException($"top-up {id} is gone");

    private async Task<Refused?> WhatIsWrongAsync(
        PartyId customer,
        Money amount,
        string? name,
        string param,
        CancellationToken cancellation
    )
    {
        if (amount.Currency != options.Currency)
            return Refused.Invalid("amount.currency", $"Wallets are in {options.Currency}.");
        if (amount.Nano <= 0 || amount.Nano > options.WalletMax * Money.NanoPerUnit || amount.Nano % NanoPerHundredth != 0)
            return Refused.Invalid(
                "amount.amount",
                $"More than 0 and at most {options.WalletMax} {options.Currency}, with at most two decimals."
            );
        if (name is not null && (name.Length is 0 or > ReferenceLengthMax || name.Any(c => c is < '!' or > '~')))
            return Refused.Invalid(param, $"1 to {ReferenceLengthMax} printable ASCII characters without spaces.");
        return await customers.FindAsync(customer, cancellation) is null ? Refused.NotFound("customer", customer.ToString()) : null;
    }

    private const long NanoPerHundredth = Catalog.TaxIncluded.NanoPerHundredth;

    /// <summary>What is still being put in counts as well.</summary>
    private async Task<Refused?> WouldHoldTooMuchAsync(TopUp topUp, CancellationToken cancellation)
    {
        var held = (await store.FindAsync(topUp.Customer, cancellation))?.Balance.Nano ?? 0;
        var coming = await store.ComingAsync(topUp.Customer, cancellation);
        return (Int128)held + coming + topUp.Amount.Nano > (Int128)options.WalletMax * Money.NanoPerUnit
            ? Refused.Invalid("amount.amount", $"A wallet holds at most {options.WalletMax} {options.Currency}.")
            : null;
    }

    private static Outcome<TopUp> SameOrRefused(TopUp known, TopUp wanted) =>
        (known.Amount, known.Source) == (wanted.Amount, wanted.Source)
            ? known
            : new Refused(
                Problems.IdempotencyConflict,
                $"Top-up {known.Id} of {known.Amount} has this name.",
                wanted.Source == TopUpSource.Recorded ? "reference" : "externalId"
            );
}
