using Tokenline.Charging;

namespace Tokenline.Commerce.Subscriptions;

/// <param name="Steps">Decisions that were made.</param>
/// <param name="Trouble">What could not be carried on with, and why; it is due again in the next round.</param>
public sealed record UpkeepReport(int Steps, IReadOnlyDictionary<ProductId, Exception> Trouble);

/// <summary>Carries subscriptions on when they are due, and pays refunds out: found by an index, in pages, each for itself.</summary>
public sealed class SubscriptionUpkeep(ISubscriptionStore store, Subscribing subscribing, ISubscriptionPayments payments, TimeProvider time)
{
    private const int PageMax = 200;

    /// <summary>Of one subscription in a round: a guard against one that is never done.</summary>
    private const int StepsMax = 100;

    /// <summary>After so many payments without an answer the rest of a round asks for none: what needs no carrier must not wait for it.</summary>
    private const int UnansweredMax = 3;

    public async Task<UpkeepReport> RoundAsync(CancellationToken cancellation)
    {
        var until = time.GetUtcNow();
        var trouble = new Dictionary<ProductId, Exception>();
        var (steps, unanswered) = (0, 0);
        // The mark moves on whatever comes of a page, so what is in trouble is passed by until the next round.
        var mark = new DueMark(DateTimeOffset.MinValue, default);
        while (true)
        {
            var page = await store.DueAsync(mark, until, PageMax, cancellation);
            foreach (var due in page)
            {
                cancellation.ThrowIfCancellationRequested();
                try
                {
                    for (var i = 0; i < StepsMax; i++)
                    {
                        var isPayerSilent = unanswered >= UnansweredMax;
                        var outcome = await subscribing.StepAsync(due.Id, isPayerSilent, cancellation);
                        if (outcome == StepOutcome.Nothing)
                            break;
                        steps++;
                        unanswered = outcome == StepOutcome.Unanswered ? unanswered + 1 : unanswered;
                    }
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    trouble[due.Id] = e;
                }
            }
            if (page.Count < PageMax)
                break;
            mark = new(page[^1].DueAt, page[^1].Id);
        }
        if (payments.CanGiveBack)
            await GiveBackAsync(trouble, cancellation);
        return new(steps, trouble);
    }

    private async Task GiveBackAsync(Dictionary<ProductId, Exception> trouble, CancellationToken cancellation)
    {
        var (after, unanswered) = (0L, 0);
        while (unanswered < UnansweredMax && await store.OwedAsync(after, PageMax, cancellation) is { Count: > 0 } page)
        {
            foreach (var (number, customer, refund) in page)
            {
                cancellation.ThrowIfCancellationRequested();
                after = number;
                try
                {
                    var parts = RefundPart.Of(refund, await store.PaymentsAsync(refund.Subscription, cancellation));
                    if (parts.Sum(part => part.Amount.Nano) != refund.Amount.Nano)
                        throw new InvalidOperationException($"refund {refund.Correlator} of {refund.Amount} is more than was paid");
                    var answer = await payments.GiveBackAsync(customer, refund, parts, cancellation);
                    if (!answer.Accepted)
                        throw new InvalidOperationException($"refund {refund.Correlator} of {refund.Amount} was refused: {answer.Reason}");
                    await store.EndRefundAsync(
                        refund with
                        {
                            State = PaymentState.Returned,
                            EndedAt = time.GetUtcNow(),
                            Reference = answer.Reference,
                        }
                    );
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    trouble.TryAdd(refund.Subscription, e);
                    if (e is HttpRequestException && ++unanswered >= UnansweredMax)
                        break;
                }
            }
        }
    }
}
