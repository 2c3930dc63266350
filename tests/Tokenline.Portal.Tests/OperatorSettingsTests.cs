using Tokenline.Commerce;
using Tokenline.Commerce.AuditTrail;
using Tokenline.Commerce.Configuration;
using Tokenline.Commerce.Staff;
using Tokenline.Gateway;

namespace Tokenline.Portal.Tests;

/// <summary>Settings are changed on their page: a preview, a reason, and they hold without a restart.</summary>
[Collection(OnePortal.Name)]
public sealed class OperatorSettingsTests(PortalServer server)
{
    private const string Address = "/operator/settings";

    [Fact]
    public async Task A_setting_is_changed_with_a_preview_and_a_reason_holds_at_once_and_is_taken_back()
    {
        using var visit = await server.AsAsync(StaffRole.Administrator);
        var done = await visit.ConfirmAsync(
            Address,
            "messages",
            "A new short code",
            ("Commerce.SmsSender", "10086"),
            ("Commerce.MailFrom", "hello@operator.example")
        );
        Assert.Equal(302, done.Status);
        var options = server.Get<CommerceOptions>();
        Assert.Equal(("10086", "hello@operator.example"), (options.SmsSender, options.MailFrom));
        var page = await visit.GetAsync(Address);
        Assert.Contains("Set by Demo administrator", page.Body, StringComparison.Ordinal);
        Assert.Contains("Started with: 10010", page.Body, StringComparison.Ordinal);

        var entry = (await EntriesAsync()).First(one => one.Draft.Stage == AuditStage.Done);
        Assert.Equal(("Demo administrator", "A new short code"), (entry.Draft.Who.Name, entry.Draft.Why));
        Assert.Contains("\"Commerce:SmsSender\":\"10010\"", entry.Draft.Before, StringComparison.Ordinal);
        Assert.Contains("\"Commerce:SmsSender\":\"10086\"", entry.Draft.After, StringComparison.Ordinal);

        // One field emptied, the other typed as it was at the start: both are taken back.
        var back = await visit.ConfirmAsync(
            Address,
            "messages",
            "As before",
            ("Commerce.SmsSender", ""),
            ("Commerce.MailFrom", "no-reply@tokenline.example")
        );
        Assert.Equal(302, back.Status);
        Assert.Equal(("10010", "no-reply@tokenline.example"), (options.SmsSender, options.MailFrom));
        Assert.DoesNotContain(await server.Get<SettingDesk>().ListAsync(PortalServer.Cancel), one => one.Name == "Commerce:SmsSender");
    }

    [Fact]
    public async Task What_cannot_hold_is_said_by_its_name_and_nothing_happens_without_a_reason()
    {
        using var visit = await server.AsAsync(StaffRole.Administrator);
        var form = FormOnPage.Of(await visit.GetAsync(Address)).Single(one => one.Handler == "retention");
        var wrong = await visit.PostAsync(Address, "retention", [.. form.With(("Gateway.FileDays", "0")), ("step", "preview")]);
        Assert.Contains("Files and ended batches, days: A whole number from 1 to 3650.", wrong.Body, StringComparison.Ordinal);
        var same = await visit.PostAsync(Address, "retention", [.. form.With(), ("step", "preview")]);
        Assert.Contains("Nothing would change.", same.Body, StringComparison.Ordinal);

        var preview = await visit.PostAsync(Address, "retention", [.. form.With(("Gateway.FileDays", "9")), ("step", "preview")]);
        Assert.Contains("30 → 9", preview.Body, StringComparison.Ordinal);
        Assert.Contains("is gone at once for customers", preview.Body, StringComparison.Ordinal);
        var second = FormOnPage.Of(preview).Single(one => one.Handler == "retention");
        var without = await visit.PostAsync(Address, "retention", [.. second.With(("retention-reason", "")), ("step", "confirm")]);
        Assert.Equal(200, without.Status);
        Assert.Equal(30, server.Get<GatewayOptions>().FileDays);
    }

    [Fact]
    public async Task Who_only_sees_settings_has_no_form_and_a_form_that_is_sent_all_the_same_changes_nothing()
    {
        foreach (var role in new[] { StaffRole.Auditor, StaffRole.Operations })
        {
            using var visit = await server.AsAsync(role);
            var page = await visit.GetAsync(Address);
            Assert.Equal(200, page.Status);
            Assert.Contains("needs a restart", page.Body, StringComparison.Ordinal);
            Assert.Empty(FormOnPage.Of(page));
            await visit.PostAsync(Address, "business", ("step", "confirm"), ("Billing.PaymentDays", "3"), ("business-reason", "because"));
        }
        Assert.DoesNotContain(await server.Get<SettingDesk>().ListAsync(PortalServer.Cancel), one => one.Name == "Billing:PaymentDays");
    }

    private Task<IReadOnlyList<AuditEntry>> EntriesAsync() =>
        server.Get<AuditLog>().ListAsync(new AuditQuery { Action = "setting.change" }, null, 10, PortalServer.Cancel);
}
