using Tokenline.Commerce.Orders;

namespace Tokenline.Commerce.Payments;

/// <summary>A no of the carrier that came after a question without an answer: the payment may yet be made.</summary>
/// <param name="AskedAt">When it was first asked for.</param>
/// <param name="RefusedAt">When the no was written down.</param>
public sealed record DoubtfulPayment(string Correlator, DateTimeOffset AskedAt, DateTimeOffset RefusedAt);

/// <summary>Keeps which payments are still looked for. There may be several, each of its own correlators.</summary>
public interface IDoubtfulPayments
{
    /// <summary>To be looked for by then, the longest waiting first.</summary>
    Task<IReadOnlyList<DoubtfulPayment>> DueAsync(DateTimeOffset now, int limit, CancellationToken cancellation);

    /// <param name="at">When it is looked for next; null: no more.</param>
    Task LookAsync(string correlator, DateTimeOffset? at);
}

/// <summary>
/// Looks for payments that the carrier may have made after all, for a day: an hour after the no, and every hour. What is found is told to whoever asked for it, as an event of the
/// carrier would be, and counts or goes back.
/// </summary>
public sealed class PaymentSearch(
    IEnumerable<IDoubtfulPayments> doubtful,
    IEnumerable<IAskedPayments> asked,
    IEnumerable<IPaymentNews> news,
    IPhoneBill phoneBill,
    TimeProvider time
)
{
    /// <summary>After a no in doubt, and again.</summary>
    internal static readonly TimeSpan LookEvery = TimeSpan.FromHours(1);
    private static readonly TimeSpan lookFor = TimeSpan.FromDays(1);
    private const int RoundMax = 50;

    public async Task<ResumeReport> RoundAsync(CancellationToken cancellation)
    {
        var (found, now) = (0, time.GetUtcNow());
        var trouble = new Dictionary<string, Exception>();
        foreach (var book in doubtful)
        {
            foreach (var doubt in await book.DueAsync(now, RoundMax, cancellation))
            {
                cancellation.ThrowIfCancellationRequested();
                try
                {
                    if (await LookAsync(doubt, cancellation))
                        found++;
                    await book.LookAsync(doubt.Correlator, now < doubt.RefusedAt + lookFor ? now + LookEvery : null);
                }
                catch (HttpRequestException)
                {
                    await book.LookAsync(doubt.Correlator, now + LookEvery); // a day without the carrier is no day of looking
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    trouble[doubt.Correlator] = e;
                }
            }
        }
        return new(found, trouble);
    }

    private async Task<bool> LookAsync(DoubtfulPayment doubt, CancellationToken cancellation)
    {
        if (await phoneBill.FindAsync(doubt.Correlator, doubt.AskedAt, cancellation) is not { State: PhoneBillState.Succeeded } payment)
            return false;
        foreach (var book in asked)
        {
            if (await book.FindAsync(doubt.Correlator, cancellation) is not { } request || !payment.Proves(request))
                continue;
            foreach (var listener in news)
                await listener.HearAsync(request, payment, cancellation);
            return true;
        }
        return false;
    }
}
