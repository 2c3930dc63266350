using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Tokenline.Charging.Accounts;
using Tokenline.Commerce;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Subscriptions;

namespace Tokenline.Storage.Management;

internal sealed class OrderStore(IDbContextFactory<ManagementDb> factory) : IOrderStore
{
    public async Task<OrderAdded> AddOrFindAsync(ProductOrder order, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var taken = await SlotsAsync(db, order, cancellation);
        if (Slot(order.Offering, taken) is not { } slot)
        {
            await transaction.RollbackAsync(cancellation);
            return await FindTakenAsync(db, order, cancellation) is { } last ? new(last) : await AddOrFindAsync(order, cancellation);
        }
        db.Orders.Add(
            new OrderRow
            {
                Id = order.Id,
                PartyId = order.Customer,
                Offering = OfferingSnapshot.Write(order.Offering),
                OfferingId = order.Offering.Id,
                ExternalId = order.ExternalId,
                Once = slot.Length == 0 ? null : slot,
                State = order.State,
                CreatedAt = order.CreatedAt,
                PriceNano = order.Price.Nano,
                Channel = order.Channel,
                Method = order.Method,
                PurchaseOrder = order.PurchaseOrder,
                Voucher = order.Voucher,
                Confirmation = order.Confirmation,
                ConfirmBy = order.ConfirmBy,
                Extras = OrderExtras.Write(order),
            }
        );
        try
        {
            await db.SaveChangesAsync(cancellation);
        }
        catch (DbUpdateException e) when (e.IsUniqueViolation())
        {
            await transaction.RollbackAsync(cancellation);
            // None any more: the order that was in the way has failed meanwhile, or another one took its place among several, so this one may be.
            return await FindTakenAsync(db, order, cancellation) is { } known ? new(known) : await AddOrFindAsync(order, cancellation);
        }
        // After the order: what is not stored takes nothing. The row's lock makes of many at once one after the other.
        var hasStock = await db
            .Offerings.Where(row => row.Id == order.Offering.Id && (row.Stock == null || row.Sold < row.Stock))
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.Sold, row => row.Sold + 1), cancellation);
        if (hasStock == 0 && await db.Offerings.AnyAsync(row => row.Id == order.Offering.Id, cancellation))
            return new(null, IsOutOfStock: true);
        try
        {
            if (order.Voucher is { } code && !await VoucherStore.TakeAsync(db, code, order, cancellation))
                return new(null, IsVoucherUsedUp: true);
        }
        catch (DbUpdateException e) when (e.IsUniqueViolation())
        {
            // The customer's other order took this use at the same time.
            await transaction.RollbackAsync(cancellation);
            return await AddOrFindAsync(order, cancellation);
        }
        if (order.ReferredBy is { } by)
        {
            ReferralStore.Add(db, order, by);
            await db.SaveChangesAsync(cancellation);
        }
        await transaction.CommitAsync(cancellation);
        return new(null);
    }

    /// <summary>Of an offering that is to be had so many times, those of the customer's that are taken.</summary>
    private static async Task<List<string>> SlotsAsync(ManagementDb db, ProductOrder order, CancellationToken cancellation) =>
        order.Offering.PerCustomer is null
            ? []
            : await db
                .Orders.Where(row => row.PartyId == order.Customer && row.OfferingId == order.Offering.Id && row.Once != null)
                .Select(row => row.Once!)
                .ToListAsync(cancellation);

    /// <summary>The lowest that is free; empty: none is needed; null: all are taken.</summary>
    private static string? Slot(ProductOffering offering, List<string> taken) =>
        offering.PerCustomer is not { } most
            ? ""
            : Enumerable
                .Range(1, most)
                .Select(number => number == 1 ? offering.Id : $"{offering.Id}#{number}")
                .FirstOrDefault(slot => !taken.Contains(slot));

    /// <summary>The order that is in the way: of the same external id, or the last of an offering that is to be had so many times.</summary>
    private static async Task<ProductOrder?> FindTakenAsync(ManagementDb db, ProductOrder order, CancellationToken cancellation)
    {
        var theirs = db.Orders.AsNoTracking().Where(known => known.PartyId == order.Customer);
        var row = await theirs.FirstOrDefaultAsync(known => known.ExternalId != null && known.ExternalId == order.ExternalId, cancellation);
        if (row is null && order.Offering.PerCustomer is { } most)
        {
            var taken = await theirs
                .Where(known => known.OfferingId == order.Offering.Id && known.Once != null)
                .OrderByDescending(known => known.Id)
                .ToListAsync(cancellation);
            row = taken.Count < most ? null : taken[0];
        }
        return row is null ? null : Read(row);
    }

    public async Task<ProductOrder?> FindByExternalIdAsync(PartyId customer, string externalId, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var row = await db
            .Orders.AsNoTracking()
            .FirstOrDefaultAsync(known => known.PartyId == customer && known.ExternalId == externalId, cancellation);
        return row is null ? null : Read(row);
    }

    public async Task<IReadOnlyList<string>> HeldOfferingsAsync(PartyId customer, DateTimeOffset now, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var products = db
            .Products.Where(row => row.PartyId == customer)
            .Where(row =>
                row.ExpiresAt == null
                || row.ExpiresAt > now
                || db.Subscriptions.Any(plan => plan.Id == row.Id && plan.State != SubscriptionState.Terminated)
            )
            .Select(row => row.OfferingId);
        var orders = db
            .Orders.Where(row => row.PartyId == customer)
            .Where(row => row.State == OrderState.Acknowledged || row.State == OrderState.InProgress || row.State == OrderState.Pending)
            .Select(row => row.OfferingId);
        return await products.Union(orders).OrderBy(id => id).ToListAsync(cancellation);
    }

    public async Task<bool> HasOrderedAsync(PartyId customer, string offering, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        return await db.Orders.AnyAsync(
            row =>
                row.PartyId == customer
                && row.OfferingId == offering
                && row.State != OrderState.Failed
                && row.State != OrderState.Rejected
                && row.State != OrderState.Cancelled,
            cancellation
        );
    }

    public async Task<bool> HasPaidAsync(PartyId customer, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        return await db.Orders.AnyAsync(
            row => row.PartyId == customer && row.State == OrderState.Completed && (row.PriceNano == null || row.PriceNano > 0),
            cancellation
        );
    }

    public async Task<ProductOrder?> FindAsync(OrderId id, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var row = await db.Orders.AsNoTracking().FirstOrDefaultAsync(known => known.Id == id, cancellation);
        return row is null ? null : Read(row);
    }

    public async Task<IReadOnlyList<ProductOrder>> ListAsync(PartyId customer, OrderId? before, int limit, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = db.Orders.AsNoTracking().Where(row => row.PartyId == customer).OrderByDescending(row => row.Id).AsQueryable();
        if (before is { } newest)
            rows = rows.Where(row => (long)(object)row.Id < newest.Value);
        return [.. (await rows.Take(limit).ToListAsync(cancellation)).Select(Read)];
    }

    public async Task<IReadOnlyList<ProductOrder>> UnfinishedAsync(
        OrderId after,
        DateTimeOffset until,
        int limit,
        CancellationToken cancellation
    )
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = await db
            .Orders.AsNoTracking()
            .Where(row => (row.State == OrderState.Acknowledged || row.State == OrderState.InProgress) && row.CreatedAt <= until)
            .Where(row => (long)(object)row.Id > after.Value)
            .OrderBy(row => row.Id)
            .Take(limit)
            .ToListAsync(cancellation);
        return [.. rows.Select(Read)];
    }

    public async Task BeginAsync(OrderId id)
    {
        await using var db = await factory.CreateDbContextAsync();
        await db
            .Orders.Where(row => row.Id == id && row.State == OrderState.Acknowledged)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.State, OrderState.InProgress));
    }

    public async Task<bool> ConfirmAsync(OrderId id)
    {
        await using var db = await factory.CreateDbContextAsync();
        return await db
                .Orders.Where(row => row.Id == id && row.State == OrderState.Pending)
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.State, OrderState.InProgress)) == 1;
    }

    public async Task AskedAsync(OrderId id, string? challenge, string? reservation)
    {
        await using var db = await factory.CreateDbContextAsync();
        await db
            .Orders.Where(row => row.Id == id && row.State == OrderState.Pending)
            .ExecuteUpdateAsync(set =>
                set.SetProperty(row => row.Challenge, challenge)
                    .SetProperty(row => row.Reservation, reservation)
                    .SetProperty(row => row.CodesSent, row => row.CodesSent + 1)
            );
    }

    public async Task<IReadOnlyList<ProductOrder>> OverdueAsync(
        DateTimeOffset now,
        OrderId after,
        int limit,
        CancellationToken cancellation
    )
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = await db
            .Orders.AsNoTracking()
            .Where(row => row.State == OrderState.Pending && row.ConfirmBy <= now && (long)(object)row.Id > after.Value)
            .OrderBy(row => row.Id)
            .Take(limit)
            .ToListAsync(cancellation);
        return [.. rows.Select(Read)];
    }

    public async Task<long> SpentAsync(
        PartyId customer,
        OrderConfirmation confirmation,
        DateTimeOffset from,
        CancellationToken cancellation
    )
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        return await db
            .Orders.Where(row => row.PartyId == customer && row.Confirmation == confirmation && row.CreatedAt >= from)
            .Where(row => row.State != OrderState.Failed && row.State != OrderState.Rejected && row.State != OrderState.Cancelled)
            .SumAsync(row => row.PriceNano ?? 0, cancellation);
    }

    public async Task<bool> CompleteAsync(
        ProductOrder completed,
        IReadOnlyList<Product> products,
        AccountId account,
        IReadOnlyCollection<AccountCommand> grants,
        Decision? subscription = null
    )
    {
        await using var db = await factory.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        if (!await EndAsync(db, completed, OrderState.InProgress))
            return false;
        db.Products.AddRange(
            products.Select(product => new ProductRow
            {
                Id = product.Id,
                PartyId = product.Customer,
                OrderId = product.Order,
                OfferingId = product.Offering,
                Name = product.Name,
                Kind = product.Kind,
                ActiveFrom = product.ActiveFrom,
                ExpiresAt = product.ExpiresAt,
                BundleId = product.Bundle,
                Reference = product.Reference,
            })
        );
        if (subscription is not null)
            SubscriptionStore.Add(db, subscription);
        foreach (var grant in grants)
            db.Outbox.Add(OutboxStore.RowOf(account, grant, products[0].ActiveFrom));
        await ReferralStore.PaidAsync(db, completed);
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        return true;
    }

    public async Task<bool> FailAsync(ProductOrder failed, OrderState from = OrderState.InProgress)
    {
        await using var db = await factory.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        var won = await EndAsync(db, failed, from);
        // What was not had may be asked for again, by anybody.
        if (won)
        {
            await db.Orders.Where(row => row.Id == failed.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.Once, (string?)null));
            await db
                .Offerings.Where(row => row.Id == failed.Offering.Id && row.Sold > 0)
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.Sold, row => row.Sold - 1));
            await ReferralStore.VoidAsync(db, failed);
            if (failed.Voucher is { } code)
                await VoucherStore.GiveBackAsync(db, code, failed);
        }
        await transaction.CommitAsync();
        return won;
    }

    public async Task<IReadOnlyList<Product>> ProductsAsync(PartyId customer, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = await db
            .Products.AsNoTracking()
            .Where(row => row.PartyId == customer)
            .OrderByDescending(row => row.Id)
            .ToListAsync(cancellation);
        return [.. rows.Select(Read)];
    }

    /// <summary>It ends out of one state, so that of two that finish it at once one wins.</summary>
    private static async Task<bool> EndAsync(ManagementDb db, ProductOrder order, OrderState from) =>
        await db
            .Orders.Where(row => row.Id == order.Id && row.State == from)
            .ExecuteUpdateAsync(set =>
                set.SetProperty(row => row.State, order.State)
                    .SetProperty(row => row.EndedAt, order.EndedAt)
                    .SetProperty(row => row.PaymentReference, order.PaymentReference)
                    .SetProperty(row => row.Reason, order.Reason)
                    .SetProperty(row => row.ProductId, order.Product)
            ) == 1;

    internal static Product Read(ProductRow row) =>
        new(row.Id, row.PartyId, row.OrderId, row.OfferingId, row.Name, row.Kind, row.ActiveFrom, row.ExpiresAt)
        {
            Bundle = row.BundleId,
            Reference = row.Reference,
        };

    internal static ProductOrder Read(OrderRow row)
    {
        var offering = OfferingSnapshot.Read(row.Offering);
        var order = new ProductOrder(
            row.Id,
            row.PartyId,
            offering,
            row.ExternalId,
            row.State,
            row.CreatedAt,
            row.EndedAt,
            row.PaymentReference,
            row.Reason,
            row.ProductId
        )
        {
            Price = offering.Price with { Nano = row.PriceNano ?? offering.Price.Nano },
            Channel = row.Channel,
            Method = row.Method,
            PurchaseOrder = row.PurchaseOrder,
            Voucher = row.Voucher,
            Confirmation = row.Confirmation,
            ConfirmBy = row.ConfirmBy,
            Challenge = row.Challenge,
            CodesSent = row.CodesSent,
            Reservation = row.Reservation,
        };
        return OrderExtras.On(order, row.Extras);
    }
}
