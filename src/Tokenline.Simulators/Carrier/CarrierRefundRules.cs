namespace Tokenline.Simulators.Carrier;

/// <summary>What a refund says besides its amount: whether tax is in it, where it says so, and what it gives back of which item.</summary>
internal sealed record CarrierRefundDetails(bool IsTaxIncluded, IReadOnlyList<(string Item, long Nano)> Items);

/// <summary>What speaks against a refund, in the order in which it is looked at.</summary>
internal static class CarrierRefundRules
{
    private const string Code = "CARRIER_BILLING_REFUND.";

    /// <param name="left">Of the payment, in nano-units.</param>
    public static CarrierOutcome? Against(
        CarrierEntry refund,
        CarrierRefundDetails details,
        CarrierEntry payment,
        long left,
        CarrierFault fault
    )
    {
        if (payment.Status != CarrierStatus.Succeeded)
            return CarrierOutcome.Refused(422, Code + "INVALID_PAYMENT_STATUS", $"The payment is {payment.Status.Name()}.");
        if (fault == CarrierFault.DeniesRefunds)
            return CarrierOutcome.Refused(403, Code + "REFUND_DENIED", "The simulator was told to deny refunds.");
        if (left == 0)
            return CarrierOutcome.Refused(403, Code + "PAYMENT_NOT_ELIGIBLE_FOR_REFUND", "The whole payment has been refunded.");
        if (refund.AmountNano > left)
            return CarrierOutcome.Refused(422, Code + "UNAUTHORIZED_AMOUNT", "More than what is left of the payment.");
        if (!refund.Total && details.IsTaxIncluded != payment.IsTaxIncluded)
            return CarrierOutcome.Refused(422, Code + "TAXES_MANAGEMENT_MISMATCH", "'isTaxIncluded' differs from the payment's.");
        foreach (var (item, nano) in details.Items)
        {
            if (payment.ItemsNano is not { } items || !items.TryGetValue(item, out var paid) || nano > paid)
                return CarrierOutcome.Refused(
                    422,
                    Code + "REFUND_DETAILS_MISMATCH",
                    $"The payment has no such item, or less of it: {item}"
                );
        }
        return null;
    }
}
