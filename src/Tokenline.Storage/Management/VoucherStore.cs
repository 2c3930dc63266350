using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Tokenline.Commerce;
using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Vouchers;

namespace Tokenline.Storage.Management;

internal sealed class VoucherStore(IDbContextFactory<ManagementDb> factory) : IVoucherStore
{
    public async Task<bool> AddAsync(IReadOnlyCollection<Voucher> vouchers, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        db.Vouchers.AddRange(vouchers.Select(RowOf));
        try
        {
            await db.SaveChangesAsync(cancellation);
            return true;
        }
        catch (DbUpdateException e) when (e.IsUniqueViolation())
        {
            return false;
        }
    }

    public async Task<Voucher?> FindAsync(string code, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var row = await db.Vouchers.AsNoTracking().FirstOrDefaultAsync(known => known.Code == code, cancellation);
        return row is null ? null : Read(row);
    }

    public async Task<IReadOnlyList<Voucher>> ListAsync(string after, int limit, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = await db
            .Vouchers.AsNoTracking()
            .Where(row => string.Compare(row.Code, after) > 0)
            .OrderBy(row => row.Code)
            .Take(limit)
            .ToListAsync(cancellation);
        return [.. rows.Select(Read)];
    }

    public async Task EndAsync(string code, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        await db.Vouchers.Where(row => row.Code == code).ExecuteUpdateAsync(set => set.SetProperty(row => row.IsEnded, true), cancellation);
    }

    public async Task<IReadOnlyList<VoucherUse>> UsesAsync(string code, int limit, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = await db
            .VoucherUses.AsNoTracking()
            .Where(row => row.Code == code)
            .OrderByDescending(row => row.Number)
            .Take(limit)
            .ToListAsync(cancellation);
        return [.. rows.Select(row => new VoucherUse(row.Code, row.PartyId, row.OrderId, row.At, row.GivenBackAt))];
    }

    /// <summary>Takes a use in the transaction that stores an order: the first statement takes the voucher's row, so of many at once one comes after the other. False: none is left.</summary>
    public static async Task<bool> TakeAsync(ManagementDb db, string code, ProductOrder order, CancellationToken cancellation)
    {
        var isTaken =
            await db
                .Vouchers.Where(row => row.Code == code && !row.IsEnded && (row.Uses == null || row.Used < row.Uses))
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.Used, row => row.Used + 1), cancellation) == 1;
        if (!isTaken)
            return false;
        var most = await db.Vouchers.Where(row => row.Code == code).Select(row => row.PerCustomer).SingleAsync(cancellation);
        int? slot = null;
        if (most is { } perCustomer)
        {
            var taken = await db
                .VoucherUses.Where(row => row.Code == code && row.PartyId == order.Customer && row.Slot != null)
                .Select(row => row.Slot!.Value)
                .ToListAsync(cancellation);
            slot = Enumerable.Range(1, perCustomer).Except(taken).Cast<int?>().FirstOrDefault();
            if (slot is null)
                return false;
        }
        db.VoucherUses.Add(
            new VoucherUseRow
            {
                Code = code,
                PartyId = order.Customer,
                OrderId = order.Id,
                Slot = slot,
                At = order.CreatedAt,
            }
        );
        await db.SaveChangesAsync(cancellation);
        return true;
    }

    /// <summary>In the transaction that fails an order.</summary>
    public static async Task GiveBackAsync(ManagementDb db, string code, ProductOrder failed)
    {
        await db
            .Vouchers.Where(row => row.Code == code && row.Used > 0)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.Used, row => row.Used - 1));
        await db
            .VoucherUses.Where(row => row.OrderId == failed.Id)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.Slot, (int?)null).SetProperty(row => row.GivenBackAt, failed.EndedAt));
    }

    private static VoucherRow RowOf(Voucher voucher) =>
        new()
        {
            Code = voucher.Code,
            Type = voucher.Type,
            Percent = voucher.Percent?.ToString(CultureInfo.InvariantCulture),
            AmountNano = voucher.Amount?.Nano,
            Currency = voucher.Amount?.Currency.Code,
            Bonus = voucher.Bonus is null ? null : JsonSerializer.Serialize(voucher.Bonus, CommerceJson.Options),
            Uses = voucher.Uses,
            PerCustomer = voucher.PerCustomer,
            From = voucher.From,
            To = voucher.To,
            Offerings = voucher.Offerings is null ? null : JsonSerializer.Serialize(voucher.Offerings, CommerceJson.Options),
            Note = voucher.Note,
            CreatedAt = voucher.CreatedAt,
        };

    private static Voucher Read(VoucherRow row) =>
        new(
            row.Code,
            row.Type,
            row.Percent is { } percent ? decimal.Parse(percent, CultureInfo.InvariantCulture) : null,
            row.AmountNano is { } nano ? new Money(nano, new Currency(row.Currency!)) : null,
            row.Bonus is { } bonus ? JsonSerializer.Deserialize<BonusGrant>(bonus, CommerceJson.Options) : null,
            row.Uses,
            row.PerCustomer,
            row.From,
            row.To,
            row.Offerings is { } offerings ? JsonSerializer.Deserialize<string[]>(offerings, CommerceJson.Options) : null,
            row.Note,
            row.CreatedAt
        )
        {
            Used = row.Used,
            IsEnded = row.IsEnded,
        };
}
