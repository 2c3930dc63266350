using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Payments;

namespace Tokenline.Storage.Management;

/// <summary>Payments by phone bill as orders have them: an order's id is the correlator, and it was paid when it was completed.</summary>
internal sealed class BookedPaymentStore(IDbContextFactory<ManagementDb> factory) : IBookedPayments
{
    public async Task<IReadOnlyList<BookedPayment>> FindAsync(
        SettlementKind kind,
        IReadOnlyCollection<string> correlators,
        CancellationToken cancellation
    )
    {
        if (kind != SettlementKind.Payment)
            return [];
        var ids = correlators.Select(text => OrderId.TryParse(text, out var id) ? id : (OrderId?)null).OfType<OrderId>().ToList();
        if (ids.Count == 0)
            return [];
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = await db
            .Orders.AsNoTracking()
            .Where(row => ids.Contains(row.Id) && row.Method == PaymentMethod.PhoneBill)
            .ToListAsync(cancellation);
        return [.. rows.Select(Of)];
    }

    public async IAsyncEnumerable<BookedPayment> PaidAsync(
        DateTimeOffset from,
        DateTimeOffset until,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = db
            .Orders.AsNoTracking()
            .Where(row => row.Method == PaymentMethod.PhoneBill)
            .Where(row => row.State == OrderState.Completed && row.PaymentReference != null && row.EndedAt >= from && row.EndedAt < until)
            .OrderBy(row => row.Id)
            .AsAsyncEnumerable();
        await foreach (var row in rows.WithCancellation(cancellation))
            yield return Of(row);
    }

    private static BookedPayment Of(OrderRow row)
    {
        var order = OrderStore.Read(row);
        return new(
            SettlementKind.Payment,
            order.Id.ToString(),
            order.PaymentReference,
            order.Price,
            order.CreatedAt,
            order.State switch
            {
                OrderState.Completed => "completed",
                OrderState.Failed => "failed",
                OrderState.Rejected => "rejected",
                OrderState.Pending => "not confirmed",
                OrderState.Cancelled => "cancelled",
                _ => "in progress",
            },
            order.State == OrderState.Completed && order.Price.Nano > 0
        );
    }
}
