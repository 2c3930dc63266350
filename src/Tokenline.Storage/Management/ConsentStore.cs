using Microsoft.EntityFrameworkCore;
using Tokenline.Commerce.Orders;

namespace Tokenline.Storage.Management;

internal sealed class ConsentStore(IDbContextFactory<ManagementDb> factory) : IConsentStore
{
    public async Task<OneClickConsent?> FindAsync(PartyId customer, ConsentState state, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var row = await db
            .Consents.AsNoTracking()
            .Where(known => known.PartyId == customer && known.State == state)
            .OrderByDescending(known => known.Number)
            .FirstOrDefaultAsync(cancellation);
        return row is null ? null : Read(row);
    }

    public async Task<OneClickConsent> AskAsync(OneClickConsent asked, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        await db
            .Consents.Where(row => row.PartyId == asked.Customer && row.State == ConsentState.Asked)
            .ExecuteUpdateAsync(
                set => set.SetProperty(row => row.State, ConsentState.Ended).SetProperty(row => row.EndedAt, asked.AskedAt),
                cancellation
            );
        var row = new OneClickConsentRow
        {
            PartyId = asked.Customer,
            PhoneNumber = asked.PhoneNumber,
            PerOrderNano = asked.PerOrder.Nano,
            PerMonthNano = asked.PerMonth.Nano,
            Currency = asked.PerOrder.Currency.Code,
            State = asked.State,
            AskedAt = asked.AskedAt,
            Challenge = asked.Challenge,
        };
        db.Consents.Add(row);
        await db.SaveChangesAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        return Read(row);
    }

    public async Task<bool> GiveAsync(OneClickConsent given)
    {
        await using var db = await factory.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        var isGiven =
            await db
                .Consents.Where(row => row.Number == given.Number && row.State == ConsentState.Asked)
                .ExecuteUpdateAsync(set =>
                    set.SetProperty(row => row.State, ConsentState.Active).SetProperty(row => row.GivenAt, given.GivenAt)
                ) == 1;
        if (isGiven)
            await db
                .Consents.Where(row => row.PartyId == given.Customer && row.Number != given.Number && row.State == ConsentState.Active)
                .ExecuteUpdateAsync(set =>
                    set.SetProperty(row => row.State, ConsentState.Ended).SetProperty(row => row.EndedAt, given.GivenAt)
                );
        await transaction.CommitAsync();
        return isGiven;
    }

    public async Task EndAsync(PartyId customer, DateTimeOffset at, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        await db
            .Consents.Where(row => row.PartyId == customer && row.State != ConsentState.Ended)
            .ExecuteUpdateAsync(
                set => set.SetProperty(row => row.State, ConsentState.Ended).SetProperty(row => row.EndedAt, at),
                cancellation
            );
    }

    private static OneClickConsent Read(OneClickConsentRow row)
    {
        var currency = new Currency(row.Currency);
        return new(
            row.Number,
            row.PartyId,
            row.PhoneNumber,
            new Money(row.PerOrderNano, currency),
            new Money(row.PerMonthNano, currency),
            row.State,
            row.AskedAt,
            row.Challenge,
            row.GivenAt,
            row.EndedAt
        );
    }
}
