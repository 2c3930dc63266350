using Microsoft.EntityFrameworkCore;
using Tokenline.Commerce.Wallets;

namespace Tokenline.Storage.Management;

internal sealed class WalletStore(IDbContextFactory<ManagementDb> factory) : IWalletStore
{
    public async Task<Wallet?> FindAsync(PartyId owner, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var row = await db.Wallets.AsNoTracking().FirstOrDefaultAsync(known => known.PartyId == owner, cancellation);
        return row is null ? null : new(row.PartyId, new Money(row.BalanceNano, new Currency(row.Currency)));
    }

    public async Task<WalletMovement> MoveAsync(WantedMovement wanted)
    {
        while (true)
        {
            await using var db = await factory.CreateDbContextAsync();
            await using var transaction = await db.Database.BeginTransactionAsync();
            try
            {
                var made = await MoveAsync(db, wanted);
                await transaction.CommitAsync();
                return made;
            }
            catch (DbUpdateException e) when (e.IsUniqueViolation())
            {
                // Another was faster to make it, or to open the wallet: the next time finds that.
            }
        }
    }

    public async Task<WalletMovement?> FindMovementAsync(string correlator, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var row = await db.WalletMovements.AsNoTracking().FirstOrDefaultAsync(known => known.Correlator == correlator, cancellation);
        return row is null ? null : Read(row);
    }

    public async Task<IReadOnlyList<WalletMovement>> StatementAsync(
        PartyId owner,
        MovementId? before,
        int limit,
        CancellationToken cancellation
    )
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var until = before?.Value ?? long.MaxValue;
        var rows = await db
            .WalletMovements.AsNoTracking()
            .Where(row => row.PartyId == owner && row.Number < until)
            .OrderByDescending(row => row.Number)
            .Take(limit)
            .ToListAsync(cancellation);
        return [.. rows.Select(Read)];
    }

    public async Task<IReadOnlyList<WalletMovement>> MovementsAsync(
        MovementId after,
        DateTimeOffset until,
        int limit,
        CancellationToken cancellation
    )
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = await db
            .WalletMovements.AsNoTracking()
            .Where(row => row.Number > after.Value && row.At <= until)
            .OrderBy(row => row.Number)
            .Take(limit)
            .ToListAsync(cancellation);
        return [.. rows.Select(Read)];
    }

    public async Task<TopUp?> AddOrFindAsync(TopUp topUp, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        db.TopUps.Add(
            new TopUpRow
            {
                Id = topUp.Id,
                PartyId = topUp.Customer,
                AmountNano = topUp.Amount.Nano,
                Currency = topUp.Amount.Currency.Code,
                Source = topUp.Source,
                State = topUp.State,
                CreatedAt = topUp.CreatedAt,
                ExternalId = topUp.ExternalId,
            }
        );
        try
        {
            await db.SaveChangesAsync(cancellation);
            return null;
        }
        catch (DbUpdateException e) when (e.IsUniqueViolation() && topUp.ExternalId is not null)
        {
            return await FindTopUpAsync(topUp.Customer, topUp.ExternalId, cancellation);
        }
    }

    public async Task<TopUp?> FindTopUpAsync(TopUpId id, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var row = await db.TopUps.AsNoTracking().FirstOrDefaultAsync(known => known.Id == id, cancellation);
        return row is null ? null : Read(row);
    }

    public async Task<TopUp?> FindTopUpAsync(PartyId customer, string externalId, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var row = await db
            .TopUps.AsNoTracking()
            .FirstOrDefaultAsync(known => known.PartyId == customer && known.ExternalId == externalId, cancellation);
        return row is null ? null : Read(row);
    }

    public async Task<long> ComingAsync(PartyId customer, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        return await db
            .TopUps.Where(row => row.PartyId == customer && row.State == TopUpState.InProgress)
            .SumAsync(row => row.AmountNano, cancellation);
    }

    public async Task<IReadOnlyList<TopUp>> TopUpsAsync(PartyId customer, TopUpId? before, int limit, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var until = before?.Value ?? long.MaxValue;
        var rows = await db
            .TopUps.AsNoTracking()
            .Where(row => row.PartyId == customer && (long)(object)row.Id < until)
            .OrderByDescending(row => row.Id)
            .Take(limit)
            .ToListAsync(cancellation);
        return [.. rows.Select(Read)];
    }

    public async Task<IReadOnlyList<TopUp>> UnfinishedAsync(TopUpId after, DateTimeOffset until, int limit, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = await db
            .TopUps.AsNoTracking()
            .Where(row => row.State == TopUpState.InProgress && (long)(object)row.Id > after.Value && row.CreatedAt <= until)
            .OrderBy(row => row.Id)
            .Take(limit)
            .ToListAsync(cancellation);
        return [.. rows.Select(Read)];
    }

    public async Task<bool> EndAsync(TopUp ended, WantedMovement? movement)
    {
        var wasPaid = ended.State == TopUpState.Completed;
        while (true)
        {
            await using var db = await factory.CreateDbContextAsync();
            await using var transaction = await db.Database.BeginTransactionAsync();
            try
            {
                var isMine =
                    await db
                        .TopUps.Where(row => row.Id == ended.Id)
                        .Where(row => row.State == TopUpState.InProgress || (wasPaid && row.State == TopUpState.Failed))
                        .ExecuteUpdateAsync(set =>
                            set.SetProperty(row => row.State, ended.State)
                                .SetProperty(row => row.EndedAt, ended.EndedAt)
                                .SetProperty(row => row.Reference, ended.Reference)
                                .SetProperty(row => row.Reason, ended.Reason)
                                .SetProperty(row => row.LookAt, ended.LookAt)
                        ) == 1;
                if (isMine && movement is not null)
                    await MoveAsync(db, movement);
                await transaction.CommitAsync();
                return isMine;
            }
            catch (DbUpdateException e) when (e.IsUniqueViolation())
            {
                // Another opened the wallet at this moment: the next time finds it.
            }
        }
    }

    /// <summary>Within a transaction. The first statement takes the wallet's row, so all that follows is decided on what stays so.</summary>
    private static async Task<WalletMovement> MoveAsync(ManagementDb db, WantedMovement wanted)
    {
        var mine = db.Wallets.Where(row => row.PartyId == wanted.Owner);
        if (await mine.ExecuteUpdateAsync(set => set.SetProperty(row => row.BalanceNano, row => row.BalanceNano)) == 0)
        {
            db.Wallets.Add(new WalletRow { PartyId = wanted.Owner, Currency = wanted.Amount.Currency.Code });
            await db.SaveChangesAsync();
        }
        if (await db.WalletMovements.AsNoTracking().FirstOrDefaultAsync(row => row.Correlator == wanted.Correlator) is { } before)
            return Read(before);
        var wallet = await mine.AsNoTracking().SingleAsync();
        var refusal = await WhyNotAsync(db, wanted, wallet);
        var amount = refusal is null ? wanted.Amount.Nano : 0;
        var balance = checked(wallet.BalanceNano + amount);
        if (amount != 0)
            await mine.ExecuteUpdateAsync(set => set.SetProperty(row => row.BalanceNano, balance));
        var movement = new WalletMovementRow
        {
            Correlator = wanted.Correlator,
            PartyId = wanted.Owner,
            Type = refusal is null ? wanted.Type : MovementType.Refused,
            AskedNano = wanted.Amount.Nano,
            AmountNano = amount,
            BalanceNano = balance,
            Currency = wallet.Currency,
            Description = wanted.Description,
            At = wanted.At,
            Of = wanted.Of,
            Reference = wanted.Reference,
            Reason = refusal,
        };
        db.WalletMovements.Add(movement);
        await db.SaveChangesAsync();
        return Read(movement);
    }

    private static async Task<string?> WhyNotAsync(ManagementDb db, WantedMovement wanted, WalletRow wallet)
    {
        if (wallet.Currency != wanted.Amount.Currency.Code)
            return $"the wallet is in {wallet.Currency}";
        if (wallet.BalanceNano + wanted.Amount.Nano < 0)
            return $"the wallet holds {new Money(wallet.BalanceNano, new Currency(wallet.Currency))}";
        if (wanted.Of is null)
            return null;
        var paid = await db
            .WalletMovements.Where(row => row.Correlator == wanted.Of && row.PartyId == wanted.Owner && row.Type == MovementType.Payment)
            .SumAsync(row => -row.AmountNano);
        var back = await db.WalletMovements.Where(row => row.Of == wanted.Of).SumAsync(row => row.AmountNano);
        return wanted.Amount.Nano > paid - back
            ? $"of this payment {new Money(paid - back, wanted.Amount.Currency)} is left to give back"
            : null;
    }

    private static WalletMovement Read(WalletMovementRow row)
    {
        var currency = new Currency(row.Currency);
        return new(
            new MovementId(row.Number),
            row.PartyId,
            row.Correlator,
            row.Type,
            new Money(row.AskedNano, currency),
            new Money(row.AmountNano, currency),
            new Money(row.BalanceNano, currency),
            row.Description,
            row.At,
            row.Of,
            row.Reference,
            row.Reason
        );
    }

    internal static TopUp Read(TopUpRow row) =>
        new(
            row.Id,
            row.PartyId,
            new Money(row.AmountNano, new Currency(row.Currency)),
            row.Source,
            row.State,
            row.CreatedAt,
            row.ExternalId,
            row.EndedAt,
            row.Reference,
            row.Reason
        )
        {
            LookAt = row.LookAt,
        };
}
