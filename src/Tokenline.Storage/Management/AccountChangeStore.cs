using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Tokenline.Charging.Accounts;
using Tokenline.Commerce;
using Tokenline.Commerce.Entitlement;

namespace Tokenline.Storage.Management;

internal sealed class AccountChangeStore(IDbContextFactory<ManagementDb> factory) : IAccountChangeStore
{
    public async Task<AccountChange> AddOrFindAsync(AccountChange change, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        db.AccountChanges.Add(
            new AccountChangeRow
            {
                Id = change.Id,
                AccountId = change.Account,
                Key = change.Key,
                Request = change.Request,
                Command = JsonSerializer.Serialize(change.Command, CommerceJson.Options),
                Reason = change.Reason,
                CreatedAt = change.CreatedAt,
            }
        );
        try
        {
            await db.SaveChangesAsync(cancellation);
            return change;
        }
        catch (DbUpdateException e) when (e.IsUniqueViolation() && change.Key is not null)
        {
            var row = await db
                .AccountChanges.AsNoTracking()
                .SingleAsync(known => known.AccountId == change.Account && known.Key == change.Key, cancellation);
            return Read(row);
        }
    }

    public async Task DoneAsync(CommandId id, DateTimeOffset at)
    {
        await using var db = await factory.CreateDbContextAsync();
        await db.AccountChanges.Where(row => row.Id == id).ExecuteUpdateAsync(set => set.SetProperty(row => row.DoneAt, at));
    }

    public async Task<IReadOnlyList<AccountId>> LessorsAsync(CommandId after, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var leases = db
            .AccountChanges.Where(row => (long)(object)row.Id > after.Value && EF.Functions.Like(row.Command, LeaseForm))
            .Select(row => row.AccountId);
        return await leases.Distinct().ToListAsync(cancellation);
    }

    /// <summary>How the command that leases a subtree is written; the kind comes first.</summary>
    internal const string LeaseForm = "{\"$type\":\"leaseSubtree\"%";

    private static AccountChange Read(AccountChangeRow row) =>
        new(
            row.Id,
            row.AccountId,
            row.Key,
            row.Request,
            JsonSerializer.Deserialize<AccountCommand>(row.Command, CommerceJson.Options)
                ?? throw new JsonException($"change {row.Id} has no command"),
            row.Reason,
            row.CreatedAt,
            row.DoneAt
        );
}
