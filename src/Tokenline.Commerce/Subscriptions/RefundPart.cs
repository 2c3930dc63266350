namespace Tokenline.Commerce.Subscriptions;

/// <summary>A part of a refund that goes back the way that a payment came.</summary>
public sealed record RefundPart(SubscriptionPayment Payment, Money Amount)
{
    private const char Mark = '.';

    /// <summary>Which payments a refund comes back from: those made before it, the newest first, each at most what refunds before have left of it. The same whenever it is asked.</summary>
    /// <param name="all">The subscription's payments and refunds, oldest first.</param>
    /// <returns>Less than the refund where the payments do not come to as much.</returns>
    public static IReadOnlyList<RefundPart> Of(SubscriptionPayment refund, IReadOnlyList<SubscriptionPayment> all)
    {
        var left = new Dictionary<string, long>();
        foreach (var line in all)
        {
            if (line.Kind != PaymentKind.Refund)
            {
                if (line is { State: PaymentState.Paid, Amount.Nano: > 0 } && line.Amount.Currency == refund.Amount.Currency)
                    left.Add(line.Correlator, line.Amount.Nano);
                continue;
            }
            var parts = new List<RefundPart>();
            var missing = line.Amount.Nano;
            foreach (
                var payment in all.Reverse()
                    .SkipWhile(other => other.Correlator != line.Correlator)
                    .Where(other => left.ContainsKey(other.Correlator))
            )
            {
                var part = Math.Min(missing, left[payment.Correlator]);
                if (part == 0)
                    continue;
                parts.Add(new(payment, line.Amount with { Nano = part }));
                left[payment.Correlator] -= part;
                missing -= part;
            }
            if (line.Correlator == refund.Correlator)
                return parts;
        }
        return [];
    }

    /// <summary>Under which the n-th part of a refund is asked for.</summary>
    public static string Correlator(SubscriptionPayment refund, int part) =>
        part == 0 ? refund.Correlator : $"{refund.Correlator}{Mark}{part}";

    /// <summary>The refund that a part was asked for under this correlator.</summary>
    public static string RefundOf(string correlator) => correlator.Split(Mark)[0];
}
