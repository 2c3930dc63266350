namespace Tokenline.Commerce.Tests.Api;

/// <summary>What is refused of refunds, runs, sums, alerts, webhooks and notifications, by the field.</summary>
public sealed class CareRefusalTests(SharedApi api) : IClassFixture<SharedApi>
{
    [Theory]
    [InlineData("GET", "charges/chg_0000000000001/refunds", null, 404, "not_found", null)]
    [InlineData("POST", "charges/nonsense/refunds", """{"part":"whole","reason":"x"}""", 404, "not_found", null)]
    [InlineData("POST", "charges/chg_0000000000001/refunds", """{"part":"whole","reason":"x"}""", 404, "not_found", null)]
    [InlineData("GET", "customers/pty_0000000000001/runs", null, 404, "not_found", null)]
    [InlineData("GET", "customers/{c}/runs?before=x", null, 400, "invalid_request_error", "before")]
    [InlineData("GET", "customers/{c}/runs/none", null, 404, "not_found", null)]
    [InlineData("GET", "customers/pty_0000000000001/usage/days", null, 404, "not_found", null)]
    [InlineData("GET", "customers/{c}/usage/days?from=today", null, 400, "invalid_request_error", "from")]
    [InlineData("GET", "customers/{c}/usage/days?to=2026-02-30", null, 400, "invalid_request_error", "to")]
    [InlineData("GET", "customers/{c}/usage/days?from=2026-03-02&to=2026-03-01", null, 400, "invalid_request_error", "from")]
    [InlineData("GET", "customers/{c}/usage/days?from=2020-01-01&to=2026-03-01", null, 400, "invalid_request_error", "from")]
    [InlineData("GET", "customers/{c}/usage/days?by=hour", null, 400, "invalid_request_error", "by")]
    [InlineData("GET", "customers/{c}/runs/none?limit=0", null, 400, "invalid_request_error", "limit")]
    [InlineData("GET", "customers/pty_0000000000001/alerts", null, 404, "not_found", null)]
    [InlineData("PUT", "customers/pty_0000000000001/alerts", "{}", 404, "not_found", null)]
    [InlineData("PUT", "customers/{c}/alerts", """{"percents":[80,50]}""", 400, "invalid_request_error", "percents")]
    [InlineData("PUT", "customers/{c}/alerts", """{"percents":[0]}""", 400, "invalid_request_error", "percents")]
    [InlineData("PUT", "customers/{c}/alerts", """{"expiryDays":32}""", 400, "invalid_request_error", "expiryDays")]
    [InlineData("PUT", "customers/{c}/alerts", """{"abnormalTimes":1}""", 400, "invalid_request_error", "abnormalTimes")]
    [InlineData(
        "PUT",
        "customers/{c}/alerts",
        """{"abnormalFloor":{"amount":"1","currency":"USD"}}""",
        400,
        "invalid_request_error",
        "abnormalFloor.currency"
    )]
    [InlineData("GET", "customers/pty_0000000000001/events", null, 404, "not_found", null)]
    [InlineData("GET", "customers/{c}/events?before=5", null, 400, "invalid_request_error", "before")]
    [InlineData("POST", "customers/{c}/webhooks", """{"url":"http://example.com"}""", 400, "invalid_request_error", "url")]
    [InlineData("POST", "customers/{c}/webhooks", """{"url":"https://127.0.0.1/x"}""", 400, "invalid_request_error", "url")]
    [InlineData("POST", "customers/{c}/webhooks", """{"url":"https://example.com","types":[]}""", 400, "invalid_request_error", "types")]
    [InlineData(
        "POST",
        "customers/{c}/webhooks",
        """{"url":"https://example.com","types":["x"]}""",
        400,
        "invalid_request_error",
        "types[0]"
    )]
    [InlineData("POST", "customers/pty_0000000000001/webhooks", """{"url":"https://example.com"}""", 404, "not_found", null)]
    [InlineData("GET", "customers/pty_0000000000001/webhooks", null, 404, "not_found", null)]
    [InlineData("DELETE", "customers/{c}/webhooks/nonsense", null, 404, "not_found", null)]
    [InlineData("PUT", "customers/{c}/notifications", """{"mail":"nobody"}""", 400, "invalid_request_error", "mail")]
    [InlineData("PUT", "customers/{c}/notifications", """{"language":"fr"}""", 400, "invalid_request_error", "language")]
    [InlineData("PUT", "customers/pty_0000000000001/notifications", "{}", 404, "not_found", null)]
    [InlineData("GET", "customers/pty_0000000000001/deliveries", null, 404, "not_found", null)]
    public async Task What_is_wrong_is_named(string method, string path, string? body, int status, string code, string? param)
    {
        if (path.Contains("{c}", StringComparison.Ordinal))
            path = path.Replace("{c}", (await api.CustomerAsync())["customers/".Length..], StringComparison.Ordinal);
        var answer = await api.SendAsync(new HttpMethod(method), path, body, status);
        Assert.Equal((code, status.ToString(), param), (answer["code"], answer["status"], answer["param"]));
    }
}
