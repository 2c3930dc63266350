using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Tokenline.Commerce.Calling;
using Tokenline.Commerce.Configuration;
using Tokenline.Commerce.Parties;

namespace Tokenline.Storage.Management;

internal sealed class KeyStore(IDbContextFactory<ManagementDb> factory) : IKeyStore
{
    public async Task AddAsync(ApiKey key, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var version = await db.RaiseAsync(ConfigurationAreas.Keys, cancellation);
        db.Keys.Add(
            new ApiKeyRow
            {
                Id = key.Id,
                PartyId = key.Customer,
                AccountId = key.Account,
                Name = key.Name,
                Hash = key.Hash.ToString("x32", CultureInfo.InvariantCulture),
                Last4 = key.Last4,
                CreatedAt = key.CreatedAt,
                ExpiresAt = key.ExpiresAt,
                Models = key.Models is null ? null : JsonSerializer.Serialize(key.Models),
                RevokedAt = key.RevokedAt,
                AllotmentId = key.Allotment,
                Changed = version,
            }
        );
        await db.SaveChangesAsync(cancellation);
        await transaction.CommitAsync(cancellation);
    }

    public async Task<IReadOnlyList<ApiKey>> ListAsync(PartyId customer, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var rows = await db
            .Keys.AsNoTracking()
            .Where(row => row.PartyId == customer)
            .OrderByDescending(row => row.Id)
            .ToListAsync(cancellation);
        return [.. rows.Select(Read)];
    }

    public async Task RevokeAsync(KeyId key, DateTimeOffset at, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var version = await db.RaiseAsync(ConfigurationAreas.Keys, cancellation);
        await db
            .Keys.Where(row => row.Id == key && row.RevokedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.RevokedAt, at).SetProperty(row => row.Changed, version), cancellation);
        await transaction.CommitAsync(cancellation);
    }

    public async Task MoveAsync(IReadOnlyCollection<KeyId> keys, AccountId account, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var version = await db.RaiseAsync(ConfigurationAreas.Keys, cancellation);
        await db
            .Keys.Where(row => keys.Contains(row.Id))
            .ExecuteUpdateAsync(
                set => set.SetProperty(row => row.AccountId, account).SetProperty(row => row.Changed, version),
                cancellation
            );
        await transaction.CommitAsync(cancellation);
    }

    public async IAsyncEnumerable<KnownKey> KeysAsync(long? since, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var keys = db.Keys.AsNoTracking();
        keys = since is { } version ? keys.Where(row => row.Changed > version) : keys.Where(row => row.RevokedAt == null);
        var known =
            from key in keys
            join party in db.Parties on key.PartyId equals party.Id
            join said in db.Set<CallingTermsRow>() on key.PartyId equals said.PartyId into all
            from terms in all.DefaultIfEmpty()
            select new
            {
                Key = key,
                party.Group,
                party.Region,
                Terms = terms == null ? null : terms.Body,
            };
        var read = new Dictionary<PartyId, CallingTerms?>(); // one object for all keys of a customer
        await foreach (var row in known.AsAsyncEnumerable().WithCancellation(cancellation))
        {
            if (!read.TryGetValue(row.Key.PartyId, out var terms))
                read.Add(row.Key.PartyId, terms = CallingTermsStore.Read(row.Terms));
            yield return new(Read(row.Key), row.Group, row.Region, terms);
        }
    }

    private static ApiKey Read(ApiKeyRow row) =>
        new(
            row.Id,
            row.PartyId,
            row.AccountId,
            row.Name,
            UInt128.Parse(row.Hash, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
            row.Last4,
            row.CreatedAt,
            row.ExpiresAt,
            row.Models is null ? null : JsonSerializer.Deserialize<string[]>(row.Models),
            row.RevokedAt,
            row.AllotmentId
        );
}
