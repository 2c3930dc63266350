using System.Globalization;
using NodaTime;
using Tokenline.Commerce.AuditTrail;

namespace Tokenline.Commerce.Configuration;

/// <summary>What a setting is and would be.</summary>
/// <param name="Was">The value that was set; null: as the server was started with.</param>
public sealed record SettingChange(string Name, string? Was, string? Will);

/// <summary>All that one change does; none: it does nothing.</summary>
public sealed record SettingChanges(IReadOnlyList<SettingChange> All);

/// <summary>Changes the settings that need no restart: checked whole, written with their entry of the audit log, in force on this node at once and on the others within a second.</summary>
public sealed class SettingDesk(
    ISettingStore store,
    RunningSettings settings,
    ITurns turns,
    ConfigurationWatch watch,
    CommerceOptions options,
    TimeProvider time
)
{
    public Task<IReadOnlyList<StoredSetting>> ListAsync(CancellationToken cancellation) => store.LoadAsync(cancellation);

    /// <summary>What these entries would change; those that change nothing are not in it.</summary>
    /// <param name="entered">By name; null or empty: as the server was started with.</param>
    public async Task<Outcome<SettingChanges>> PreviewAsync(IReadOnlyDictionary<string, string?> entered, CancellationToken cancellation)
    {
        var known = (await store.LoadAsync(cancellation)).ToDictionary(one => one.Name);
        var changes = new List<SettingChange>();
        foreach (var (name, text) in WithDayOfRate(entered, known))
        {
            if (RunningSetting.Find(name) is not { } setting)
                return Refused.NotFound("setting that changes while the system runs", name);
            if (name == RunningSetting.KeepRecordsMonths && !turns.AreShared)
                return Refused.Invalid(name, "Without PostgreSQL usage records are kept for ever.");
            var was = known.GetValueOrDefault(name)?.Value;
            string? will = null;
            if (text?.Trim() is { Length: > 0 } value)
            {
                if (setting.Read(value) is { Value: var read, Refused: var refused } && read is null)
                    return refused!;
                will = read!.Text;
            }
            if (will != was)
                changes.Add(new(name, was, will));
        }
        return new SettingChanges(changes);
    }

    /// <summary>With nothing to change it changes nothing.</summary>
    public async Task<Outcome<SettingChanges>> ChangeAsync(
        IReadOnlyDictionary<string, string?> entered,
        AuditActor by,
        string? why,
        CancellationToken cancellation
    )
    {
        await using var _ = await turns.TakeAsync(Turns.Settings, cancellation);
        var preview = await PreviewAsync(entered, cancellation);
        if (preview.Value?.All is not { Count: > 0 } changes)
            return preview;
        var now = time.GetUtcNow();
        var entry = new AuditDraft(
            by,
            "setting.change",
            new AuditSubject("settings", string.Join(',', changes.Select(change => change.Name)))
        )
        {
            Before = AuditJson.Of(changes.ToDictionary(change => change.Name, change => change.Was ?? settings.StartedWith(change.Name))),
            After = AuditJson.Of(changes.ToDictionary(change => change.Name, change => change.Will ?? settings.StartedWith(change.Name))),
            Why = why,
        };
        await store.ChangeAsync(
            [
                .. changes
                    .Where(change => change.Will is not null)
                    .Select(change => new StoredSetting(change.Name, change.Will!, now, by.Name ?? by.Id)),
            ],
            [.. changes.Where(change => change.Will is null).Select(change => change.Name)],
            entry
        );
        await watch.RoundAsync(CancellationToken.None);
        return preview;
    }

    /// <summary>A rate has its day: unless another is entered with it, today's; and a rate that is as at the start has the day of then.</summary>
    private Dictionary<string, string?> WithDayOfRate(IReadOnlyDictionary<string, string?> entered, Dictionary<string, StoredSetting> known)
    {
        var all = entered.ToDictionary();
        if (!all.TryGetValue(RunningSetting.UsdRate, out var rate))
            return all;
        var was = known.GetValueOrDefault(RunningSetting.UsdRate)?.Value;
        var day = all.GetValueOrDefault(RunningSetting.UsdRateAsOf);
        if (string.IsNullOrWhiteSpace(rate))
            all[RunningSetting.UsdRateAsOf] = null;
        else if (
            rate.Trim() != was
            && (string.IsNullOrWhiteSpace(day) || day == known.GetValueOrDefault(RunningSetting.UsdRateAsOf)?.Value)
        )
            all[RunningSetting.UsdRateAsOf] = Today();
        return all;
    }

    private string Today() =>
        Instant
            .FromDateTimeOffset(time.GetUtcNow())
            .InZone(DateTimeZoneProviders.Tzdb[options.TimeZone])
            .Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
