using Microsoft.EntityFrameworkCore;
using Tokenline.Commerce.AuditTrail;
using Tokenline.Commerce.Configuration;

namespace Tokenline.Storage.Management;

internal sealed class SettingStore(IDbContextFactory<ManagementDb> factory, TimeProvider time) : ISettingStore
{
    public async Task<IReadOnlyList<StoredSetting>> LoadAsync(CancellationToken cancellation)
    {
        await using var db = await factory.CreateDbContextAsync(cancellation);
        return await db
            .RunningSettings.AsNoTracking()
            .OrderBy(row => row.Name)
            .Select(row => new StoredSetting(row.Name, row.Value, row.ChangedAt, row.By))
            .ToListAsync(cancellation);
    }

    public async Task ChangeAsync(IReadOnlyList<StoredSetting> changed, IReadOnlyCollection<string> gone, AuditDraft entry)
    {
        await using var db = await factory.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        await db.RaiseAsync(ConfigurationAreas.Settings, CancellationToken.None);
        await db.RunningSettings.Where(row => gone.Contains(row.Name)).ExecuteDeleteAsync();
        foreach (var setting in changed)
        {
            var row = await db.RunningSettings.FindAsync(setting.Name);
            if (row is null)
                db.RunningSettings.Add(
                    new RunningSettingRow
                    {
                        Name = setting.Name,
                        Value = setting.Value,
                        ChangedAt = setting.ChangedAt,
                        By = setting.By,
                    }
                );
            else
                (row.Value, row.ChangedAt, row.By) = (setting.Value, setting.ChangedAt, setting.By);
        }
        await db.WriteAsync(entry, time.GetUtcNow());
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
    }
}
