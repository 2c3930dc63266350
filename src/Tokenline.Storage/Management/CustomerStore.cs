using Microsoft.EntityFrameworkCore;
using Tokenline.Charging.Accounts;
using Tokenline.Commerce.Configuration;
using Tokenline.Commerce.Parties;

namespace Tokenline.Storage.Management;

internal sealed class CustomerStore(IDbContextFactory<ManagementDb> factory) : ICustomerStore
{
    public async Task<bool> AddAsync(Customer customer, Individual owner, Membership membership, CancellationToken cancellation)
    {
        // Others may have added the person, and then this very customer, meanwhile: the third time both are found.
        for (var failed = 0; ; failed++)
        {
            await using var db = await factory.CreateDbContextAsync(cancellation);
            if (await db.Parties.AnyAsync(row => row.PhoneNumber == customer.PhoneNumber && row.Type == customer.Type, cancellation))
                return false;
            db.Parties.Add(
                new PartyRow
                {
                    Id = customer.Id,
                    PhoneNumber = customer.PhoneNumber,
                    Name = customer.Name,
                    CreatedAt = customer.CreatedAt,
                    Group = customer.Group,
                    Region = customer.Region,
                    Type = customer.Type,
                    Account = new BillingAccountRow { Id = customer.Account },
                }
            );
            var person = await MemberStore.PersonAsync(db, owner, cancellation);
            db.PartyRoles.Add(MemberStore.RowOf(membership with { Individual = person.Id }));
            try
            {
                await db.SaveChangesAsync(cancellation);
                return true;
            }
            catch (DbUpdateException e) when (e.IsUniqueViolation() && failed < 2)
            {
                // It is looked at again, whoever of the two was in the way.
            }
        }
    }

    public Task<Customer?> FindAsync(PartyId id, CancellationToken cancellation) =>
        FirstAsync(rows => rows.Where(row => row.Id == id), cancellation);

    public Task<Customer?> FindByPhoneAsync(string phoneNumber, CancellationToken cancellation) =>
        FirstAsync(rows => rows.Where(row => row.PhoneNumber == phoneNumber).OrderBy(row => row.Type), cancellation);

    public async Task<IReadOnlyList<Customer>> ListByPhoneAsync(string phoneNumber, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = await db
            .Parties.AsNoTracking()
            .Include(row => row.Account)
            .Where(row => row.PhoneNumber == phoneNumber)
            .OrderBy(row => row.Type)
            .ToListAsync(cancellation);
        return [.. rows.Select(Read)];
    }

    public async Task<Customer?> FindByAccountAsync(AccountId account, CancellationToken cancellation) =>
        await FirstAsync(rows => rows.Where(row => row.Account.Id == account), cancellation)
        ?? await FindByLesseeAsync(account, cancellation);

    /// <summary>An account that lives on a lease has the id of the change that made it.</summary>
    private async Task<Customer?> FindByLesseeAsync(AccountId lessee, CancellationToken cancellation)
    {
        var change = new CommandId(lessee.Value);
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var lessors = db
            .AccountChanges.Where(row => row.Id == change && EF.Functions.Like(row.Command, AccountChangeStore.LeaseForm))
            .Select(row => row.AccountId);
        return await lessors.ToListAsync(cancellation) is [var lessor]
            ? await FirstAsync(rows => rows.Where(row => row.Account.Id == lessor), cancellation)
            : null;
    }

    public async Task<IReadOnlyList<Customer>> ListAsync(PartyId? before, int limit, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = db.Parties.AsNoTracking().Include(row => row.Account).OrderByDescending(row => row.Id).AsQueryable();
        if (before is { } newest)
            rows = rows.Where(row => (long)(object)row.Id < newest.Value);
        return [.. (await rows.Take(limit).ToListAsync(cancellation)).Select(Read)];
    }

    public async Task SetTraitsAsync(Customer customer, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var version = await db.RaiseAsync(ConfigurationAreas.Keys, cancellation);
        await db
            .Parties.Where(row => row.Id == customer.Id)
            .ExecuteUpdateAsync(
                set => set.SetProperty(row => row.Group, customer.Group).SetProperty(row => row.Region, customer.Region),
                cancellation
            );
        // What prices depend on is part of what a key may do.
        await db
            .Keys.Where(row => row.PartyId == customer.Id && row.RevokedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.Changed, version), cancellation);
        await transaction.CommitAsync(cancellation);
    }

    public async Task ChangeAsync(
        Customer customer,
        IReadOnlyList<AccountCommand> commands,
        DateTimeOffset now,
        CancellationToken cancellation
    )
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var account = await db.Accounts.SingleAsync(row => row.Id == customer.Account, cancellation);
        account.CapNano = customer.PayAsYouGoCap?.Nano;
        account.CapCurrency = customer.PayAsYouGoCap?.Currency.Code;
        account.Suspended = customer.Suspended;
        account.Arrears = customer.Arrears == Arrears.None ? null : customer.Arrears;
        foreach (var command in commands)
            db.Outbox.Add(OutboxStore.RowOf(customer.Account, command, now));
        await db.SaveChangesAsync(cancellation);
    }

    private async Task<Customer?> FirstAsync(Func<IQueryable<PartyRow>, IQueryable<PartyRow>> where, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var row = await where(db.Parties.AsNoTracking().Include(party => party.Account)).FirstOrDefaultAsync(cancellation);
        return row is null ? null : Read(row);
    }

    internal static Customer Read(PartyRow row) =>
        new(
            row.Id,
            row.Account.Id,
            row.PhoneNumber,
            row.Name,
            row.CreatedAt,
            row.Account is { CapNano: { } nano, CapCurrency: { } code } ? new Money(nano, new Currency(code)) : null,
            row.Account.Suspended,
            row.Group,
            row.Region,
            row.Type,
            row.Account.Arrears ?? Arrears.None
        );
}
