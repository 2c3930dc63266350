using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Tokenline.Charging.Accounts;
using Tokenline.Commerce;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Orders;

namespace Tokenline.Storage.Management;

internal sealed class OrderStore(IDbContextFactory<ManagementDb> factory) : IOrderStore
{
    public async Task<ProductOrder?> AddOrFindAsync(ProductOrder order, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        db.Orders.Add(
            new OrderRow
            {
                Id = order.Id,
                PartyId = order.Customer,
                Offering = JsonSerializer.Serialize(OfferingSnapshot.Of(order.Offering), CommerceJson.Options),
                ExternalId = order.ExternalId,
                Once = order.Offering.IsOncePerCustomer ? order.Offering.Id : null,
                State = order.State,
                CreatedAt = order.CreatedAt,
            }
        );
        try
        {
            await db.SaveChangesAsync(cancellation);
            return null;
        }
        catch (DbUpdateException e) when (e.IsUniqueViolation())
        {
            var theirs = db.Orders.AsNoTracking().Where(known => known.PartyId == order.Customer);
            var row =
                await theirs.FirstOrDefaultAsync(known => known.ExternalId != null && known.ExternalId == order.ExternalId, cancellation)
                ?? await theirs.FirstOrDefaultAsync(known => known.Once == order.Offering.Id, cancellation);
            // None any more: the order that was in the way has failed meanwhile, so this one may be.
            return row is null ? await AddOrFindAsync(order, cancellation) : Read(row);
        }
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

    public async Task<IReadOnlyList<ProductOrder>> UnfinishedAsync(DateTimeOffset until, int limit, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = await db
            .Orders.AsNoTracking()
            .Where(row => (row.State == OrderState.Acknowledged || row.State == OrderState.InProgress) && row.CreatedAt <= until)
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

    public async Task<bool> CompleteAsync(
        ProductOrder completed,
        Product product,
        AccountId account,
        IReadOnlyCollection<AccountCommand> grants
    )
    {
        await using var db = await factory.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        if (!await EndAsync(db, completed))
            return false;
        db.Products.Add(
            new ProductRow
            {
                Id = product.Id,
                PartyId = product.Customer,
                OrderId = product.Order,
                OfferingId = product.Offering,
                Name = product.Name,
                Kind = product.Kind,
                ActiveFrom = product.ActiveFrom,
                ExpiresAt = product.ExpiresAt,
            }
        );
        foreach (var grant in grants)
            db.Outbox.Add(OutboxStore.RowOf(account, grant, product.ActiveFrom));
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        return true;
    }

    public async Task<bool> FailAsync(ProductOrder failed)
    {
        await using var db = await factory.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        var won = await EndAsync(db, failed);
        // What was not had may be asked for again.
        if (won)
            await db.Orders.Where(row => row.Id == failed.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.Once, (string?)null));
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
        return
        [
            .. rows.Select(row => new Product(
                row.Id,
                row.PartyId,
                row.OrderId,
                row.OfferingId,
                row.Name,
                row.Kind,
                row.ActiveFrom,
                row.ExpiresAt
            )),
        ];
    }

    /// <summary>Only an order in progress ends, so that of two that finish it at once one wins.</summary>
    private static async Task<bool> EndAsync(ManagementDb db, ProductOrder order) =>
        await db
            .Orders.Where(row => row.Id == order.Id && row.State == OrderState.InProgress)
            .ExecuteUpdateAsync(set =>
                set.SetProperty(row => row.State, order.State)
                    .SetProperty(row => row.EndedAt, order.EndedAt)
                    .SetProperty(row => row.PaymentReference, order.PaymentReference)
                    .SetProperty(row => row.Reason, order.Reason)
                    .SetProperty(row => row.ProductId, order.Product)
            ) == 1;

    internal static ProductOrder Read(OrderRow row) =>
        new(
            row.Id,
            row.PartyId,
            (
                JsonSerializer.Deserialize<OfferingSnapshot>(row.Offering, CommerceJson.Options)
                ?? throw new JsonException($"order {row.Id} has no offering")
            ).ToOffering(),
            row.ExternalId,
            row.State,
            row.CreatedAt,
            row.EndedAt,
            row.PaymentReference,
            row.Reason,
            row.ProductId
        );

    /// <summary>An offering as an order keeps it: nano and micro as whole numbers.</summary>
    private sealed record OfferingSnapshot(
        string Id,
        string Name,
        string Description,
        OfferingKind Kind,
        long PriceNano,
        Currency Currency,
        int? Months,
        OfferedGrant[] Grants,
        int? Days = null
    )
    {
        public static OfferingSnapshot Of(ProductOffering offering) =>
            new(
                offering.Id,
                offering.Name,
                offering.Description,
                offering.Kind,
                offering.Price.Nano,
                offering.Price.Currency,
                offering.Months,
                [.. offering.Grants],
                offering.Days
            );

        public ProductOffering ToOffering() =>
            new(Id, Name, Description, Kind, new Money(PriceNano, Currency), Months, Grants) { Days = Days };
    }
}
