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
        if (kind == SettlementKind.Refund)
            return await FindUndoneAsync(correlators, cancellation);
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
            .Where(row => row.State == OrderState.Completed || row.ReturnReference != null)
            .Where(row => row.PaymentReference != null && row.EndedAt >= from && row.EndedAt < until)
            .OrderBy(row => row.Id)
            .AsAsyncEnumerable();
        await foreach (var row in rows.WithCancellation(cancellation))
            yield return Of(row);
    }

    /// <summary>What went back of orders that were paid after they had failed. Which day that was is not kept, so no line of a day is expected of it.</summary>
    private async Task<IReadOnlyList<BookedPayment>> FindUndoneAsync(
        IReadOnlyCollection<string> correlators,
        CancellationToken cancellation
    )
    {
        var ids = correlators
            .Where(text => text.EndsWith(Ordering.UndoneMark, StringComparison.Ordinal))
            .Select(text => OrderId.TryParse(text[..^Ordering.UndoneMark.Length], out var id) ? id : (OrderId?)null)
            .OfType<OrderId>()
            .ToList();
        if (ids.Count == 0)
            return [];
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = await db
            .Orders.AsNoTracking()
            .Where(row => ids.Contains(row.Id) && row.ReturnReference != null)
            .ToListAsync(cancellation);
        return
        [
            .. rows.Select(row =>
                Of(row) with
                {
                    Kind = SettlementKind.Refund,
                    Correlator = $"{row.Id}{Ordering.UndoneMark}",
                    Reference = row.ReturnReference,
                    State = "given back",
                }
            ),
        ];
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
            (order.State == OrderState.Completed || order.ReturnReference is not null) && order.Price.Nano > 0
        );
    }
}
