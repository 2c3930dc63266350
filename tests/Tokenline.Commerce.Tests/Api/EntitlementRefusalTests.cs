namespace Tokenline.Commerce.Tests.Api;

/// <summary>What is refused about a customer's tree, buckets, refills and packs, by the field.</summary>
public sealed class EntitlementRefusalTests(SharedApi api) : IClassFixture<SharedApi>
{
    [Theory]
    [InlineData("POST", "allotments", """{"type":"member"}""", 400, "invalid_request_error", "name")]
    [InlineData("POST", "allotments", """{"name":"x","type":"account"}""", 400, "invalid_request_error", "type")]
    [InlineData("POST", "allotments", """{"name":"x","type":"herd"}""", 400, "invalid_request_error", "type")]
    [InlineData("POST", "allotments", """{"name":"x","parent":"alt_0000000000009"}""", 404, "not_found", "parent")]
    [InlineData("POST", "allotments", """{"name":"x","parent":"bkt_0000000000009"}""", 400, "invalid_request_error", "parent")]
    [InlineData("POST", "allotments", """{"name":"x","limits":[{"id":"a"}]}""", 400, "invalid_request_error", "limits[0]")]
    [InlineData("POST", "allotments", """{"name":"x","limits":[null]}""", 400, "invalid_request_error", "limits[0]")]
    [InlineData(
        "POST",
        "allotments",
        """{"name":"x","limits":[{"id":"a","window":"rolling","measure":"requests","max":1}]}""",
        400,
        "invalid_request_error",
        "limits[0].seconds"
    )]
    [InlineData(
        "POST",
        "allotments",
        """{"name":"x","limits":[{"id":"a","window":"day","measure":"requests","max":1.5}]}""",
        400,
        "invalid_request_error",
        "limits[0].max"
    )]
    [InlineData(
        "POST",
        "allotments",
        """{"name":"x","limits":[{"id":"a","window":"day","measure":"requests","max":-1}]}""",
        400,
        "invalid_request_error",
        "limits[0].max"
    )]
    [InlineData(
        "POST",
        "allotments",
        """{"name":"x","limits":[{"id":"a","window":"day","measure":"requests","max":1},{"id":"a","window":"week","measure":"requests","max":1}]}""",
        400,
        "invalid_request_error",
        "limits[1].id"
    )]
    [InlineData("POST", "allotments", """{"name":"x","models":[]}""", 400, "invalid_request_error", "models")]
    [InlineData("POST", "allotments", """{"name":"x","hours":[{"from":"7","until":"9"}]}""", 400, "invalid_request_error", "hours[0].from")]
    [InlineData(
        "POST",
        "allotments",
        """{"name":"x","hours":[{"from":"07:00","until":"09:00","days":["7"]}]}""",
        400,
        "invalid_request_error",
        "hours[0].days[0]"
    )]
    [InlineData(
        "POST",
        "allotments",
        """{"name":"x","hours":[{"from":"07:00","until":"09:00","timeZone":"Mars"}]}""",
        400,
        "invalid_request_error",
        "hours.timeZone"
    )]
    [InlineData("GET", "allotments/alt_0000000000009", null, 404, "not_found", null)]
    [InlineData("PUT", "allotments/nonsense", """{"name":"x"}""", 404, "not_found", null)]
    [InlineData("DELETE", "allotments/account", null, 400, "invalid_request_error", "parent")]
    [InlineData("PUT", "allotments/account", """{"type":"member"}""", 400, "invalid_request_error", "type")]
    [InlineData("POST", "keys", """{"name":"x","allotment":"alt_0000000000009"}""", 400, "invalid_request_error", "allotment")]
    [InlineData("POST", "buckets", """{"unit":"point","amount":"1"}""", 400, "invalid_request_error", "reason")]
    [InlineData("POST", "buckets", """{"reason":"r","amount":"1"}""", 400, "invalid_request_error", "unit")]
    [InlineData("POST", "buckets", """{"reason":"r","unit":"point","currency":"CNY","amount":"1"}""", 400, "invalid_request_error", "unit")]
    [InlineData("POST", "buckets", """{"reason":"r","unit":"point","amount":"0"}""", 400, "invalid_request_error", "amount")]
    [InlineData("POST", "buckets", """{"reason":"r","unit":"point","amount":"0.0000001"}""", 400, "invalid_request_error", "amount")]
    [InlineData("POST", "buckets", """{"reason":"r","unit":"point","amount":"99999999999999"}""", 400, "invalid_request_error", "amount")]
    [InlineData("POST", "buckets", """{"reason":"r","currency":"EUR","amount":"1"}""", 400, "invalid_request_error", "currency")]
    [InlineData(
        "POST",
        "buckets",
        """{"reason":"r","type":"wallet","unit":"point","amount":"1"}""",
        400,
        "invalid_request_error",
        "currency"
    )]
    [InlineData(
        "POST",
        "buckets",
        """{"reason":"r","type":"postpaid","currency":"CNY","amount":"1"}""",
        400,
        "invalid_request_error",
        "type"
    )]
    [InlineData(
        "POST",
        "buckets",
        """{"reason":"r","unit":"point","amount":"1","expiresAt":"2020-01-01T00:00:00Z"}""",
        400,
        "invalid_request_error",
        "expiresAt"
    )]
    [InlineData(
        "POST",
        "buckets",
        """{"reason":"r","unit":"point","amount":"1","limits":[{"id":"a","window":"day","measure":"tokens","max":1}]}""",
        400,
        "invalid_request_error",
        "limits.a.measure"
    )]
    [InlineData("DELETE", "buckets/bkt_0000000000009?reason=x", null, 404, "not_found", null)]
    [InlineData("DELETE", "buckets/bkt_0000000000009", null, 400, "invalid_request_error", "reason")]
    [InlineData("POST", "buckets/bkt_0000000000009/transfers", """{"to":"bkt_0000000000008","reason":"r"}""", 404, "not_found", null)]
    [InlineData("POST", "buckets/bkt_0000000000009/transfers", """{"reason":"r"}""", 400, "invalid_request_error", "to")]
    [InlineData("POST", "refills", """{"unit":"point","amount":"1"}""", 400, "invalid_request_error", "period")]
    [InlineData("POST", "refills", """{"unit":"point","amount":"1","period":"run"}""", 400, "invalid_request_error", "period")]
    [InlineData(
        "POST",
        "refills",
        """{"unit":"point","amount":"1","period":"month","rolloverMin":"1"}""",
        400,
        "invalid_request_error",
        "rolloverMax"
    )]
    [InlineData(
        "POST",
        "refills",
        """{"unit":"point","amount":"1","period":"month","rolloverMin":"2","rolloverMax":"1"}""",
        400,
        "invalid_request_error",
        "rollover"
    )]
    [InlineData("DELETE", "refills/rfl_0000000000009", null, 404, "not_found", null)]
    [InlineData("PUT", "refills/rfl_0000000000009", """{"unit":"point","amount":"1","period":"month"}""", 404, "not_found", null)]
    [InlineData("PUT", "auto-pack", """{"maxPerMonth":1}""", 400, "invalid_request_error", "offering")]
    [InlineData("PUT", "auto-pack", """{"offering":"plan-light","maxPerMonth":1}""", 400, "invalid_request_error", "offering")]
    [InlineData("PUT", "auto-pack", """{"offering":"none","maxPerMonth":1}""", 400, "invalid_request_error", "offering")]
    [InlineData("PUT", "auto-pack", """{"offering":"token-pack"}""", 400, "invalid_request_error", "maxPerMonth")]
    [InlineData("PUT", "auto-pack", """{"offering":"token-pack","maxPerMonth":101}""", 400, "invalid_request_error", "maxPerMonth")]
    [InlineData("PUT", "traits", """{"group":"Not Lower"}""", 400, "invalid_request_error", "group")]
    public async Task What_is_wrong_is_named_and_nothing_is_changed(
        string method,
        string path,
        string? body,
        int status,
        string code,
        string? param
    )
    {
        var at = await api.CustomerAsync();
        var before = await StateAsync();

        var answer = await api.SendAsync(new HttpMethod(method), $"{at}/{path}", body, status);

        Assert.Equal((code, param), (answer["code"], answer["param"]));
        Assert.Equal(before, await StateAsync());

        async Task<string> StateAsync()
        {
            var texts = new List<string>();
            foreach (var part in new[] { "", "/buckets", "/allotments", "/refills", "/auto-pack", "/keys" })
                texts.Add((await api.SendAsync(HttpMethod.Get, at + part)).Text);
            return string.Join('\n', texts);
        }
    }

    [Theory]
    [InlineData("allotments")]
    [InlineData("allotments/account")]
    [InlineData("refills")]
    [InlineData("auto-pack")]
    public async Task Of_a_customer_who_is_not_there_nothing_is_told(string path) =>
        Assert.Equal("not_found", (await api.SendAsync(HttpMethod.Get, $"customers/pty_0000000000009/{path}", status: 404))["code"]);
}
