using Tokenline.Commerce.AuditTrail;
using Tokenline.Commerce.Configuration;

namespace Tokenline.Commerce.Tests.Storage;

public sealed class SqliteSettingsTests : SettingsContract
{
    private protected override bool IsShared => false;
}

public sealed class PostgresSettingsTests : SettingsContract
{
    private protected override bool IsShared => true;
}

/// <summary>Settings that change while the system runs, on whichever database.</summary>
public abstract class SettingsContract : Databases
{
    private static readonly AuditActor ann = new(AuditActorKind.Staff, "stf_1", "Ann");
    private static CancellationToken None => CancellationToken.None;

    private SettingDesk Desk => Get<SettingDesk>();

    private CommerceOptions Options => Get<CommerceOptions>();

    [Fact]
    public async Task A_change_holds_at_once_is_one_entry_with_before_and_after_and_is_taken_back()
    {
        Get<RunningSettings>().Started = new Dictionary<string, string> { ["Commerce:MailFrom"] = Options.MailFrom };
        var before = Options.MailFrom;
        var changes = (await ChangeAsync(("Commerce:MailFrom", "hello@operator.example"), ("Commerce:WalletMax", "700"))).Required();

        Assert.Equal(2, changes.All.Count);
        Assert.Equal(("hello@operator.example", 700), (Options.MailFrom, Options.WalletMax));
        var entry = Assert.Single(await EntriesAsync());
        Assert.Equal(("Ann", "because", AuditStage.Done), (entry.Draft.Who.Name, entry.Draft.Why, entry.Draft.Stage));
        Assert.Contains(before, entry.Draft.Before, StringComparison.Ordinal);
        Assert.Contains("hello@operator.example", entry.Draft.After, StringComparison.Ordinal);
        Assert.Equal("Ann", (await Desk.ListAsync(None))[0].By);

        // The same again changes nothing, and leaves no entry.
        Assert.Empty((await ChangeAsync(("Commerce:WalletMax", " 700 "))).Required().All);
        (await ChangeAsync(("Commerce:MailFrom", null))).Required();
        Assert.Equal((before, 700), (Options.MailFrom, Options.WalletMax));
        Assert.Equal(2, (await EntriesAsync()).Count);
        Assert.Equal(["Commerce:WalletMax"], (await Desk.ListAsync(None)).Select(one => one.Name));
    }

    [Fact]
    public async Task A_rate_has_the_day_it_was_set_unless_another_is_given()
    {
        (await ChangeAsync((RunningSetting.UsdRate, "7.10"))).Required();
        Assert.Equal((7.1m, "2026-09-01"), (Options.UsdRate, Options.UsdRateAsOf));
        (await ChangeAsync((RunningSetting.UsdRate, "7.2"), (RunningSetting.UsdRateAsOf, "2026-08-30"))).Required();
        Assert.Equal((7.2m, "2026-08-30"), (Options.UsdRate, Options.UsdRateAsOf));
        (await ChangeAsync((RunningSetting.UsdRate, ""))).Required();
        Assert.Equal((6.7379m, "2026-08-22"), (Options.UsdRate, Options.UsdRateAsOf));
    }

    [Theory]
    [InlineData("Billing:PaymentDays", "-1")]
    [InlineData("Billing:PaymentDays", "366")]
    [InlineData("Billing:OperatorName", "a\u0007b")]
    [InlineData("Commerce:UsdRate", "0")]
    [InlineData("Commerce:UsdRate", "7.1234567")]
    [InlineData("Commerce:UsdRateAsOf", "2026-02-30")]
    [InlineData("Commerce:WalletMax", "0")]
    [InlineData("Commerce:SmsSender", "10 010")]
    [InlineData("Commerce:MailFrom", "no one")]
    [InlineData("Commerce:MailFrom", "a@b.example\r\nBcc: c@d.example")]
    [InlineData("Gateway:ShopUrl", "javascript:alert(1)")]
    [InlineData("Gateway:FileDays", "0")]
    [InlineData("Cluster:KeepRecordsMonths", "2")]
    [InlineData("Commerce:Currency", "USD")]
    public async Task What_cannot_hold_is_refused_and_changes_nothing_of_the_rest(string name, string value)
    {
        var refused = (await ChangeAsync(("Billing:PriceNoticeDays", "7"), (name, value))).Refused!;
        Assert.Contains(name, refused.Param ?? refused.Message, StringComparison.Ordinal);
        Assert.Empty(await Desk.ListAsync(None));
        Assert.Empty(await EntriesAsync());
    }

    [Fact]
    public async Task What_a_later_version_has_stored_is_left_as_it_is()
    {
        var kept = new StoredSetting("Commerce:OfTheFuture", "x", World.Start, "Ann");
        var odd = new StoredSetting("Billing:PaymentDays", "many", World.Start, "Ann");
        await Get<ISettingStore>().ChangeAsync([kept, odd], [], new AuditDraft(ann, "setting.change", new("settings", "x")));
        await Get<ConfigurationWatch>().RoundAsync(None);
        Assert.Null(Get<RunningSettings>().Values.PaymentDays);
    }

    [Fact]
    public async Task Records_are_kept_for_a_time_only_where_they_have_tables_of_months()
    {
        var changed = await ChangeAsync((RunningSetting.KeepRecordsMonths, "36"));
        Assert.Equal(IsShared ? 36 : null, Get<RunningSettings>().Values.KeepRecordsMonths);
        Assert.Equal(IsShared, changed.Refused is null);
    }

    private Task<Outcome<SettingChanges>> ChangeAsync(params (string Name, string? Value)[] entered) =>
        Desk.ChangeAsync(entered.ToDictionary(one => one.Name, one => one.Value), ann, "because", None);

    private async Task<IReadOnlyList<AuditEntry>> EntriesAsync() =>
        await Get<AuditLog>().ListAsync(new AuditQuery { Action = "setting.change" }, null, 10, None);
}
