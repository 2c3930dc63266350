using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Tokenline.Charging.Accounts;
using Tokenline.Commerce;
using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Referrals;
using Tokenline.Commerce.Vouchers;

namespace Tokenline.Storage.Management;

internal sealed class ReferralStore(IDbContextFactory<ManagementDb> factory) : IReferralStore
{
    public async Task<string?> CodeAsync(PartyId customer, string proposed, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        if (await OfAsync() is { } known)
            return known;
        db.ReferralCodes.Add(new ReferralCodeRow { Code = proposed, PartyId = customer });
        try
        {
            await db.SaveChangesAsync(cancellation);
            return proposed;
        }
        catch (DbUpdateException e) when (e.IsUniqueViolation())
        {
            return await OfAsync();
        }

        Task<string?> OfAsync() =>
            db.ReferralCodes.AsNoTracking().Where(row => row.PartyId == customer).Select(row => row.Code).FirstOrDefaultAsync(cancellation);
    }

    public async Task<PartyId?> FindAsync(string code, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var row = await db.ReferralCodes.AsNoTracking().FirstOrDefaultAsync(known => known.Code == code, cancellation);
        return row?.PartyId;
    }

    public async Task<int> CountAsync(PartyId referrer, DateTimeOffset? from, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = db.Referrals.Where(row => row.ReferrerId == referrer && row.State != ReferralState.Void);
        if (from is { } since)
            rows = rows.Where(row => row.At >= since);
        return await rows.CountAsync(cancellation);
    }

    public async Task<bool> WasReferredAsync(PartyId customer, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        return await db.Referrals.AnyAsync(row => row.LiveId == customer, cancellation);
    }

    public async Task<IReadOnlyList<Referral>> ListAsync(PartyId referrer, int limit, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = await db
            .Referrals.AsNoTracking()
            .Where(row => row.ReferrerId == referrer)
            .OrderByDescending(row => row.Number)
            .Take(limit)
            .ToListAsync(cancellation);
        return [.. rows.Select(Read)];
    }

    public async Task<IReadOnlyList<Referral>> DueAsync(DateTimeOffset now, long after, int limit, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = await db
            .Referrals.AsNoTracking()
            .Where(row => row.State == ReferralState.Pending && row.DueAt <= now && row.Number > after)
            .OrderBy(row => row.Number)
            .Take(limit)
            .ToListAsync(cancellation);
        return [.. rows.Select(Read)];
    }

    public async Task<bool> EndAsync(Referral ended, IReadOnlyCollection<(AccountId Account, AccountCommand Command)> rewards)
    {
        await using var db = await factory.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        PartyId? live = ended.State == ReferralState.Void ? null : ended.Referred;
        var isMine =
            await db
                .Referrals.Where(row => row.Number == ended.Number && row.State == ReferralState.Pending)
                .ExecuteUpdateAsync(set =>
                    set.SetProperty(row => row.State, ended.State)
                        .SetProperty(row => row.EndedAt, ended.EndedAt)
                        .SetProperty(row => row.Reason, ended.Reason)
                        .SetProperty(row => row.LiveId, live)
                ) == 1;
        if (!isMine)
            return false;
        foreach (var (account, command) in rewards)
            db.Outbox.Add(OutboxStore.RowOf(account, command, ended.EndedAt!.Value));
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        return true;
    }

    /// <summary>In the transaction that stores its order, which the caller commits.</summary>
    public static void Add(ManagementDb db, ProductOrder order, ReferredBy by) =>
        db.Referrals.Add(
            new ReferralRow
            {
                ReferrerId = by.Referrer,
                ReferredId = order.Customer,
                LiveId = order.Customer,
                OrderId = order.Id,
                Bonus = JsonSerializer.Serialize(by.Bonus, CommerceJson.Options),
                State = ReferralState.Pending,
                At = order.CreatedAt,
            }
        );

    /// <summary>In the transaction that completes its order: it is due when the order cannot be taken back any more.</summary>
    public static Task PaidAsync(ManagementDb db, ProductOrder completed)
    {
        var due = completed.EndedAt!.Value.AddDays(completed.Offering.Renewal.CoolingOffDays);
        return db.Referrals.Where(row => row.OrderId == completed.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.DueAt, due));
    }

    /// <summary>In the transaction that fails its order.</summary>
    public static Task VoidAsync(ManagementDb db, ProductOrder failed) =>
        db
            .Referrals.Where(row => row.OrderId == failed.Id && row.State == ReferralState.Pending)
            .ExecuteUpdateAsync(set =>
                set.SetProperty(row => row.State, ReferralState.Void)
                    .SetProperty(row => row.LiveId, (PartyId?)null)
                    .SetProperty(row => row.EndedAt, failed.EndedAt)
                    .SetProperty(row => row.Reason, "the order was not paid")
            );

    private static Referral Read(ReferralRow row) =>
        new(
            row.Number,
            row.ReferrerId,
            row.ReferredId,
            row.OrderId,
            JsonSerializer.Deserialize<BonusGrant>(row.Bonus, CommerceJson.Options) ?? throw new JsonException("a bonus is missing"),
            row.State,
            row.At,
            row.DueAt,
            row.EndedAt,
            row.Reason
        );
}
