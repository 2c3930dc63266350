using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Tokenline.Commerce.Payments;
using Tokenline.Commerce.Subscriptions;

namespace Tokenline.Storage.Management;

/// <summary>What subscriptions have paid by phone bill after their first period, which an order paid, and what they were given back. A refund that came back from several payments is a line for each.</summary>
internal sealed class BookedSubscriptionStore(IDbContextFactory<ManagementDb> factory) : IBookedPayments
{
    private static readonly string ofOrders = $"{OrderKind.Prefix}_";

    public async Task<IReadOnlyList<BookedPayment>> FindAsync(
        SettlementKind kind,
        IReadOnlyCollection<string> correlators,
        CancellationToken cancellation
    )
    {
        var names = correlators.Select(RefundPart.RefundOf).ToHashSet();
        var asked = correlators.ToHashSet();
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = await Of(db, kind).Where(row => names.Contains(row.Correlator)).ToListAsync(cancellation);
        var found = new List<BookedPayment>();
        foreach (var row in rows)
            found.AddRange((await LinesAsync(db, row, cancellation)).Where(line => asked.Contains(line.Correlator)));
        return found;
    }

    public async IAsyncEnumerable<BookedPayment> PaidAsync(
        DateTimeOffset from,
        DateTimeOffset until,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        foreach (var kind in new[] { SettlementKind.Payment, SettlementKind.Refund })
        {
            await using var db = await factory.CreateDbContextAsync(cancellation);
            await using var others = await factory.CreateDbContextAsync(cancellation);
            var moved = kind == SettlementKind.Payment ? PaymentState.Paid : PaymentState.Returned;
            var rows = Of(db, kind)
                .Where(row => row.State == moved && row.Reference != null && row.EndedAt >= from && row.EndedAt < until)
                .OrderBy(row => row.Number)
                .AsAsyncEnumerable();
            await foreach (var row in rows.WithCancellation(cancellation))
            {
                foreach (var line in await LinesAsync(others, row, cancellation))
                    yield return line;
            }
        }
    }

    private static IQueryable<SubscriptionPaymentRow> Of(ManagementDb db, SettlementKind kind) =>
        kind == SettlementKind.Refund
            ? db.SubscriptionPayments.AsNoTracking().Where(row => row.Kind == PaymentKind.Refund)
            : db
                .SubscriptionPayments.AsNoTracking()
                .Where(row => row.Kind != PaymentKind.Refund && row.Method == PaymentMethod.PhoneBill)
                .Where(row => !row.Correlator.StartsWith(ofOrders));

    private static async Task<IReadOnlyList<BookedPayment>> LinesAsync(
        ManagementDb db,
        SubscriptionPaymentRow row,
        CancellationToken cancellation
    )
    {
        var payment = SubscriptionStore.Read(row);
        if (payment.Kind != PaymentKind.Refund)
            return [Line(payment, SettlementKind.Payment, payment.Correlator, payment.Reference, payment.Amount)];
        var all = await db
            .SubscriptionPayments.AsNoTracking()
            .Where(other => other.SubscriptionId == row.SubscriptionId)
            .OrderBy(other => other.Number)
            .ToListAsync(cancellation);
        var references = payment.Reference?.Split(' ') ?? [];
        return
        [
            .. RefundPart
                .Of(payment, [.. all.Select(SubscriptionStore.Read)])
                .Select((part, i) => (part, i))
                .Where(one => one.part.Payment.Method == PaymentMethod.PhoneBill)
                .Select(one =>
                    Line(
                        payment,
                        SettlementKind.Refund,
                        RefundPart.Correlator(payment, one.i),
                        references.ElementAtOrDefault(one.i),
                        one.part.Amount
                    )
                ),
        ];
    }

    private static BookedPayment Line(
        SubscriptionPayment payment,
        SettlementKind kind,
        string correlator,
        string? reference,
        Money amount
    ) =>
        new(
            kind,
            correlator,
            reference,
            amount,
            payment.AskedAt,
            payment.State.ToString().ToLowerInvariant(),
            payment.State is PaymentState.Paid or PaymentState.Returned && amount.Nano > 0
        );
}
