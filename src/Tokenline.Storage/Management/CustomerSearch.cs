using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Tokenline.Commerce.Parties;

namespace Tokenline.Storage.Management;

internal sealed class CustomerSearch(IDbContextFactory<ManagementDb> factory) : ICustomerSearch
{
    private const string Escape = "\\";

    public async Task<IReadOnlyList<Customer>> NamedAsync(string part, int limit, CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var pattern = $"%{Escaped(part.ToLowerInvariant())}%";
        var rows = await db
            .Parties.AsNoTracking()
            .Include(row => row.Account)
            .Where(row =>
                row.PhoneNumber.Contains(part) || row.Name.Contains(part) || EF.Functions.Like(row.Name.ToLower(), pattern, Escape)
            )
            .OrderByDescending(row => row.Id)
            .Take(limit)
            .ToListAsync(cancellation);
        return [.. rows.Select(CustomerStore.Read)];
    }

    public async Task<Customer?> OfKeyAsync(KeyId key, CancellationToken cancellation) =>
        await OfKeysAsync(rows => rows.Where(row => row.Id == key), 1, cancellation) is [var owner] ? owner : null;

    public async Task<Customer?> OfKeyAsync(UInt128 hash, CancellationToken cancellation)
    {
        var text = hash.ToString("x32", CultureInfo.InvariantCulture);
        return await OfKeysAsync(rows => rows.Where(row => row.Hash == text), 1, cancellation) is [var owner] ? owner : null;
    }

    public Task<IReadOnlyList<Customer>> OfKeysEndingAsync(string last4, int limit, CancellationToken cancellation) =>
        OfKeysAsync(rows => rows.Where(row => row.Last4 == last4), limit, cancellation);

    private async Task<IReadOnlyList<Customer>> OfKeysAsync(
        Func<IQueryable<ApiKeyRow>, IQueryable<ApiKeyRow>> which,
        int limit,
        CancellationToken cancellation
    )
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        var parties = await which(db.Keys.AsNoTracking())
            .OrderByDescending(row => row.Id)
            .Select(row => row.PartyId)
            .Take(limit)
            .ToListAsync(cancellation);
        var rows = await db
            .Parties.AsNoTracking()
            .Include(row => row.Account)
            .Where(row => parties.Contains(row.Id))
            .ToListAsync(cancellation);
        return [.. rows.OrderBy(row => parties.IndexOf(row.Id)).Select(CustomerStore.Read)];
    }

    /// <summary>So that what stands for itself is not taken for any text.</summary>
    private static string Escaped(string part) =>
        part.Replace(Escape, Escape + Escape, StringComparison.Ordinal)
            .Replace("%", Escape + "%", StringComparison.Ordinal)
            .Replace("_", Escape + "_", StringComparison.Ordinal);
}
