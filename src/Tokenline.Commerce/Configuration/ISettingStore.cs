using Tokenline.Commerce.AuditTrail;

namespace Tokenline.Commerce.Configuration;

/// <param name="By">Who set it, by name.</param>
public sealed record StoredSetting(string Name, string Value, DateTimeOffset ChangedAt, string By);

/// <summary>Keeps the settings that were changed while the system runs. Only those; the others are as a server was started with.</summary>
public interface ISettingStore
{
    Task<IReadOnlyList<StoredSetting>> LoadAsync(CancellationToken cancellation);

    /// <summary>The changes, their entry of the audit log, and the version of the area are one transaction.</summary>
    /// <param name="gone">Names that are as the server was started with again.</param>
    Task ChangeAsync(IReadOnlyList<StoredSetting> changed, IReadOnlyCollection<string> gone, AuditDraft entry);
}
