namespace Tokenline.Commerce.Configuration;

/// <summary>What was set while the system runs. What is null is as the server was started with.</summary>
public sealed record SettingValues
{
    public static readonly SettingValues None = new();

    public string? OperatorName { get; init; }
    public int? PaymentDays { get; init; }
    public int? PriceNoticeDays { get; init; }
    public decimal? UsdRate { get; init; }
    public string? UsdRateAsOf { get; init; }
    public long? WalletMax { get; init; }
    public string? SmsSender { get; init; }
    public string? MailFrom { get; init; }
    public string? ShopUrl { get; init; }
    public int? StoredResponseDays { get; init; }
    public int? FileDays { get; init; }

    /// <summary>0: for ever.</summary>
    public int? KeepRecordsMonths { get; init; }

    /// <summary>Of what is stored. A setting of a later version, or one that this version would not take, is as the server was started with.</summary>
    public static SettingValues Of(IEnumerable<StoredSetting> stored) =>
        stored.Aggregate(
            None,
            (values, one) => RunningSetting.Find(one.Name)?.Read(one.Value) is { Value: { } read } ? read.On(values) : values
        );
}

/// <summary>
/// The settings that change while the system runs, as this node has them: a snapshot, replaced whole. The options of each room carry the same one and read it with
/// every look, so that a change needs no restart.
/// </summary>
public sealed class RunningSettings
{
    private volatile SettingValues values = SettingValues.None;

    public SettingValues Values => values;

    /// <summary>What this node was started with, by the names of <see cref="RunningSetting"/>.</summary>
    public IReadOnlyDictionary<string, string> Started { get; set; } = new Dictionary<string, string>();

    public string? StartedWith(string name) => Started.GetValueOrDefault(name);

    public void Replace(SettingValues next) => values = next;

    public override string ToString() => values.ToString();
}
