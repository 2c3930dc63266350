using System.Collections.Concurrent;
using Tokenline.Commerce.Payments;

namespace Tokenline.Commerce.Subscriptions;

/// <param name="Steps">Decisions that were made.</param>
/// <param name="Trouble">What could not be carried on with, and why; it is due again in the next round.</param>
public sealed record UpkeepReport(int Steps, IReadOnlyDictionary<ProductId, Exception> Trouble);

/// <summary>Carries subscriptions on when they are due, and pays refunds out: found by an index, in pages, several at once, each for itself.</summary>
public sealed class SubscriptionUpkeep(ISubscriptionStore store, Subscribing subscribing, PaymentMethods methods, TimeProvider time)
{
    private const int PageMax = 200;

    /// <summary>Most of a renewal is waiting for the carrier; so many wait together. Where nobody is waited for, one after the other is faster.</summary>
    public int AtOnce { get; init; } = 16;

    /// <summary>Of one subscription in a round: a guard against one that is never done.</summary>
    private const int StepsMax = 100;

    /// <summary>After so many payments without an answer the rest of a round asks for none: what needs no carrier must not wait for it.</summary>
    private const int UnansweredMax = 3;

    public async Task<UpkeepReport> RoundAsync(CancellationToken cancellation)
    {
        var round = new Round();
        var until = time.GetUtcNow();
        // The mark moves on whatever comes of a page, so what is in trouble is passed by until the next round.
        var mark = new DueMark(DateTimeOffset.MinValue, default);
        while (true)
        {
            var page = await store.DueAsync(mark, until, PageMax, cancellation);
            await ForEachAsync(page, due => StepsAsync(round, due.Id, cancellation), cancellation);
            if (page.Count < PageMax)
                break;
            mark = new(page[^1].DueAt, page[^1].Id);
        }
        await GiveBackAsync(round, cancellation);
        return new(round.Steps, round.Trouble);
    }

    private async Task StepsAsync(Round round, ProductId id, CancellationToken cancellation)
    {
        try
        {
            for (var i = 0; i < StepsMax; i++)
            {
                var outcome = await subscribing.StepAsync(id, round.Unanswered >= UnansweredMax, cancellation);
                if (outcome == StepOutcome.Nothing)
                    return;
                Interlocked.Increment(ref round.Steps);
                if (outcome == StepOutcome.Unanswered)
                    Interlocked.Increment(ref round.Unanswered);
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            round.Trouble[id] = e;
        }
    }

    private async Task GiveBackAsync(Round round, CancellationToken cancellation)
    {
        var after = 0L;
        round.Unanswered = 0;
        while (round.Unanswered < UnansweredMax && await store.OwedAsync(after, PageMax, cancellation) is { Count: > 0 } page)
        {
            after = page[^1].Number;
            // Refunds of one subscription after each other: what one takes of a payment the next does not.
            var each = page.GroupBy(owed => owed.Refund.Subscription).ToList();
            await ForEachAsync(each, owed => GiveBackAsync(round, owed, cancellation), cancellation);
        }
    }

    private async Task GiveBackAsync(Round round, IEnumerable<OwedRefund> owed, CancellationToken cancellation)
    {
        foreach (var (_, customer, refund) in owed)
        {
            if (round.Unanswered >= UnansweredMax)
                return;
            try
            {
                var parts = RefundPart.Of(refund, await store.PaymentsAsync(refund.Subscription, cancellation));
                if (parts.Sum(part => part.Amount.Nano) != refund.Amount.Nano)
                    throw new InvalidOperationException($"refund {refund.Correlator} of {refund.Amount} is more than was paid");
                var references = new List<string>();
                for (var i = 0; i < parts.Count; i++)
                    references.Add(await GiveBackAsync(customer, refund, parts[i], i, cancellation));
                await store.EndRefundAsync(
                    refund with
                    {
                        State = PaymentState.Returned,
                        EndedAt = time.GetUtcNow(),
                        Reference = string.Join(' ', references),
                    }
                );
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                round.Trouble.TryAdd(refund.Subscription, e);
                if (e is HttpRequestException)
                    Interlocked.Increment(ref round.Unanswered);
            }
        }
    }

    /// <summary>The way that the payment came.</summary>
    private async Task<string> GiveBackAsync(
        PartyId customer,
        SubscriptionPayment refund,
        RefundPart part,
        int number,
        CancellationToken cancellation
    )
    {
        var back = new PaymentReturn(
            customer,
            RefundPart.Correlator(refund, number),
            part.Payment.Correlator,
            part.Payment.Reference,
            part.Amount,
            refund.Reason ?? "refund"
        );
        var answer = await methods[part.Payment.Method].GiveBackAsync(back, cancellation);
        return answer.Accepted
            ? answer.Reference ?? ""
            : throw new InvalidOperationException($"refund {refund.Correlator} of {refund.Amount} was refused: {answer.Reason}");
    }

    private Task ForEachAsync<T>(IReadOnlyCollection<T> all, Func<T, Task> each, CancellationToken cancellation) =>
        Parallel.ForEachAsync(
            all,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation },
            async (one, _) => await each(one)
        );

    /// <summary>What those that run at once have come to.</summary>
    private sealed class Round
    {
        public int Steps;
        public volatile int Unanswered;

        public ConcurrentDictionary<ProductId, Exception> Trouble { get; } = [];
    }
}
