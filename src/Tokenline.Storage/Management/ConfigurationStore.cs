using Microsoft.EntityFrameworkCore;
using Tokenline.Commerce.Configuration;

namespace Tokenline.Storage.Management;

internal sealed class ConfigurationStore(IDbContextFactory<ManagementDb> factory) : IConfigurationStore
{
    public async Task<IReadOnlyDictionary<string, long>> VersionsAsync(CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        return await db.ConfigurationVersions.AsNoTracking().ToDictionaryAsync(row => row.Area, row => row.Version, cancellation);
    }
}

internal static class ConfigurationVersions
{
    /// <summary>
    /// Within a transaction, as its first statement: until the commit nobody else changes the area. Areas are raised in the order catalogue, tariffs, so that no two wait for each other.
    /// </summary>
    /// <returns>The version that the change makes.</returns>
    public static async Task<long> RaiseAsync(this ManagementDb db, string area, CancellationToken cancellation)
    {
        var version = db.ConfigurationVersions.Where(row => row.Area == area);
        await version.ExecuteUpdateAsync(set => set.SetProperty(row => row.Version, row => row.Version + 1), cancellation);
        return await version.Select(row => row.Version).SingleAsync(cancellation);
    }
}
