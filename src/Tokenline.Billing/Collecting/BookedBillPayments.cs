using System.Globalization;
using System.Runtime.CompilerServices;
using Tokenline.Commerce.Payments;

namespace Tokenline.Billing.Collecting;

/// <summary>Bills that were taken by phone bill, for the carrier's file of a day.</summary>
public sealed class BookedBillPayments(IBillingStore store, BillingCalendar calendar) : IBookedPayments
{
    private const int PageSize = 500;

    public async Task<IReadOnlyList<BookedPayment>> FindAsync(
        SettlementKind kind,
        IReadOnlyCollection<string> correlators,
        CancellationToken cancellation
    )
    {
        if (kind != SettlementKind.Payment) // what was too much of a bill is the customer's credit
            return [];
        var found = new List<BookedPayment>();
        foreach (var correlator in correlators)
        {
            if (
                BillCollection.BillOf(correlator) is { } bill
                && await store.FindAsync(DocumentKind.Collection, bill, cancellation) is { } stored
                && BillingJson.Read<BillCollection>(stored.Body) is var collection
                && collection.Attempts.FirstOrDefault(one => one.Correlator == correlator) is { Method: PaymentMethod.PhoneBill } attempt
            )
                found.Add(
                    new(
                        SettlementKind.Payment,
                        correlator,
                        attempt.Reference,
                        new Money(attempt.Nano, collection.Currency),
                        attempt.At,
                        attempt.IsRefused switch
                        {
                            null => "asked",
                            true => "refused",
                            false => "paid",
                        },
                        attempt.IsRefused == false
                    )
                );
        }
        return found;
    }

    public async IAsyncEnumerable<BookedPayment> PaidAsync(
        DateTimeOffset from,
        DateTimeOffset until,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        var last = calendar.DayOf(until.AddTicks(-1));
        for (var day = calendar.DayOf(from); day <= last; day = day.AddDays(1))
        for (var after = ""; ; )
        {
            var page = await store.ListAsync(DocumentKind.CarrierBillPayment, GroupOf(day), null, after, PageSize, cancellation);
            foreach (var stored in page)
            {
                var paid = BillingJson.Read<CarrierBillPayment>(stored.Body);
                if (paid.At >= from && paid.At < until)
                    yield return new(
                        SettlementKind.Payment,
                        paid.Correlator,
                        paid.Reference,
                        new Money(paid.Nano, paid.Currency),
                        paid.AskedAt,
                        "paid",
                        HasMoved: true
                    );
            }
            if (page.Count < PageSize)
                break;
            after = page[^1].Id;
        }
    }

    /// <summary>Written with the payment itself, so that a day is found.</summary>
    internal static DocumentChange ChangeOf(CarrierBillPayment paid, BillingCalendar calendar) =>
        new(DocumentKind.CarrierBillPayment, paid.Correlator, GroupOf(calendar.DayOf(paid.At)), null, 0, BillingJson.Write(paid));

    private static string GroupOf(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
