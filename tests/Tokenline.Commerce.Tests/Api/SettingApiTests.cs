using Tokenline.Storage.Billing;

namespace Tokenline.Commerce.Tests.Api;

/// <summary>Settings over the management API, and where vendors are paid.</summary>
public sealed class SettingApiTests : ManagementApiHost
{
    [Fact]
    public async Task Settings_are_listed_changed_and_taken_back_and_each_change_is_one_entry()
    {
        http.DefaultRequestHeaders.Add("X-Reason", "a longer time to pay");
        var listed = await SendAsync(HttpMethod.Get, "settings");
        Assert.Equal("Billing:OperatorName", listed["items.0.name"]);
        var changed = await SendAsync(HttpMethod.Patch, "settings", """{"settings":{"Billing:PaymentDays":"20"}}""");
        Assert.Equal(("Billing:PaymentDays", "20", "admin"), (changed["items.1.name"], changed["items.1.value"], changed["items.1.by"]));
        await SendAsync(HttpMethod.Patch, "settings", """{"settings":{"Billing:PaymentDays":"soon"}}""", 400);
        await SendAsync(HttpMethod.Patch, "settings", """{"settings":{"Billing:Nothing":"1"}}""", 404);
        Assert.Equal("settings", (await SendAsync(HttpMethod.Patch, "settings", "{}", 400))["param"]);
        Assert.Null((await SendAsync(HttpMethod.Patch, "settings", """{"settings":{"Billing:PaymentDays":null}}"""))["items.1.by"]);
        var log = await SendAsync(HttpMethod.Get, "audit-log?action=setting.change");
        Assert.Equal(("done", "a longer time to pay", null), (log["items.0.stage"], log["items.1.why"], log["items.2.stage"]));
        Assert.Equal("20", log["items.1.after.Billing:PaymentDays"]);
    }

    [Fact]
    public async Task A_setting_is_changed_for_a_reason_or_not_at_all()
    {
        foreach (var reason in new[] { "null", "\"x\"", "\"   \"" })
            Assert.Equal("reason", (await SendAsync(HttpMethod.Patch, "settings", Change(reason), 400))["param"]);
        Assert.Null((await SendAsync(HttpMethod.Get, "settings"))["items.1.by"]);
        await SendAsync(HttpMethod.Patch, "settings", Change("\"as agreed with sales\""));
        var log = await SendAsync(HttpMethod.Get, "audit-log?action=setting.change");
        Assert.Equal(("as agreed with sales", null), (log["items.0.why"], log["items.1.stage"]));

        static string Change(string reason) => $$"""{"settings":{"Billing:PaymentDays":"20"},"reason":{{reason}}}""";
    }

    [Fact]
    public async Task An_account_that_is_entered_waits_is_masked_and_is_in_no_log()
    {
        const string account = "6222 0000 0000 4711";
        await app.Services.OpenBillingStorageAsync(CancellationToken.None);
        var entered = await SendAsync(HttpMethod.Put, "vendors/zhipu/payout-account", $$"""{"bankAccount":"{{account}}"}""");
        Assert.Equal((null, "•••• 4711"), (entered["masked"], entered["proposed.masked"]));
        var seen = $$"""{"masked":"•••• 4711","at":"{{entered["proposed.at"]}}"}""";
        Assert.Equal(
            "permission_denied",
            (await SendAsync(HttpMethod.Post, "vendors/zhipu/payout-account/confirmation", seen, 403))["code"]
        );
        await SendAsync(HttpMethod.Put, "vendors/nobody/payout-account", """{"bankAccount":"12345678"}""", 404);
        await SendAsync(HttpMethod.Put, "vendors/zhipu/payout-account", """{"bankAccount":"1"}""", 400);
        Assert.Null((await SendAsync(HttpMethod.Post, "vendors/zhipu/payout-account/rejection", seen))["proposed.masked"]);
        await SendAsync(
            HttpMethod.Post,
            "vendor-applications",
            $$"""{"vendor":"blue","company":"Blue","contact":"Ann","taxId":"9","settlementAccount":"{{account}}","models":["b-1"]}"""
        );
        var log = await http.GetStringAsync(new Uri("audit-log?limit=100", UriKind.Relative));
        Assert.DoesNotContain(account, log, StringComparison.Ordinal);
    }
}
