namespace Tokenline.Commerce.Tests.Api;

/// <summary>Offerings and subscriptions over the API.</summary>
public sealed class SubscriptionApiTests : ManagementApiHost
{
    private static string Plan(string price, string amount, string more = "") =>
        $$"""{"name":"P","kind":"plan","price":{"amount":"{{price}}","currency":"CNY"},"months":1,"grants":[{"unit":"general-token","amount":"{{amount}}"}]{{more}}}""";

    private const string Renewed = ""","taxPercent":"6","renewal":{"automatic":true,"coolingOffDays":7}""";

    [Fact]
    public async Task A_plan_is_drafted_published_sold_at_the_price_shown_and_retired()
    {
        var draft = await SendAsync(HttpMethod.Put, "offerings/p", Plan("9.9", "10000000", Renewed + ""","draft":true"""));
        Assert.Equal(("draft", "0"), (draft["state"], draft["version"]));
        Assert.DoesNotContain("\"p\"", (await SendAsync(HttpMethod.Get, "offerings")).Text);
        var customer = await CustomerAsync();
        var early = await SendAsync(HttpMethod.Post, "orders", $$"""{"customer":"{{customer}}","offering":"p"}""", 409);
        Assert.Equal("offering_unavailable", early["code"]);

        var published = await SendAsync(HttpMethod.Post, "offerings/p/publish");
        Assert.Equal(
            ("published", "1", "0.56", "True", "5"),
            (
                published["state"],
                published["version"],
                published["tax.amount"],
                published["renewal.automatic"],
                published["renewal.noticeDays"]
            )
        );
        var wrong = await SendAsync(
            HttpMethod.Post,
            "orders",
            $$$"""{"customer":"{{{customer}}}","offering":"p","expectedPrice":{"amount":"8","currency":"CNY"}}""",
            409
        );
        Assert.Equal(("price_changed", "expectedPrice"), (wrong["code"], wrong["param"]));
        await SendAsync(HttpMethod.Put, "offerings/p", Plan("10.9", "10000000", Renewed));
        var shown = await SendAsync(HttpMethod.Get, "offerings/p");
        Assert.Equal(("2", "9.9", "10.9"), (shown["current.version"], shown["versions.0.price.amount"], shown["versions.1.price.amount"]));

        Assert.Equal("retired", (await SendAsync(HttpMethod.Post, "offerings/p/retire"))["state"]);
        Assert.Contains("\"p\"", (await SendAsync(HttpMethod.Get, "offerings?state=retired")).Text);
        Assert.Equal("state", (await SendAsync(HttpMethod.Get, "offerings?state=sold", status: 400))["param"]);
        Assert.Equal("not_found", (await SendAsync(HttpMethod.Post, "offerings/none/retire", status: 404))["code"]);
    }

    [Fact]
    public async Task A_customer_upgrades_stops_keeps_and_cancels_with_every_payment_listed()
    {
        await SendAsync(HttpMethod.Put, "offerings/p", Plan("9.9", "10000000", Renewed));
        await SendAsync(HttpMethod.Put, "offerings/q", Plan("29.9", "40000000", Renewed));
        var customer = await CustomerAsync();
        var order = await SendAsync(HttpMethod.Post, "orders", $$"""{"customer":"{{customer}}","offering":"p"}""", 201);
        var id = order["product"];
        var listed = await SendAsync(HttpMethod.Get, $"customers/{customer}/subscriptions");
        Assert.Equal(
            (id, "active", "current", "True"),
            (listed["items.0.id"], listed["items.0.state"], listed["items.0.standing"], listed["items.0.renews"])
        );

        Assert.Equal("20", (await SendAsync(HttpMethod.Get, $"subscriptions/{id}/upgrade-price?offering=q"))["amount.amount"]);
        var shown = """{"offering":"q","when":"now","expectedPrice":{"amount":"19.99","currency":"CNY"}}""";
        Assert.Equal("price_changed", (await SendAsync(HttpMethod.Post, $"subscriptions/{id}/change", shown, 409))["code"]);
        var upgraded = await SendAsync(
            HttpMethod.Post,
            $"subscriptions/{id}/change",
            shown.Replace("19.99", "20", StringComparison.Ordinal)
        );
        Assert.Equal(("q", "29.9"), (upgraded["offering"], upgraded["price.amount"]));
        Assert.Equal("wrong_state", (await SendAsync(HttpMethod.Post, $"subscriptions/{id}/change", shown, 409))["code"]);
        Assert.Equal(
            "p",
            (await SendAsync(HttpMethod.Post, $"subscriptions/{id}/change", """{"offering":"p","when":"periodEnd"}"""))["next"]
        );

        Assert.Equal(
            "pendingTerminate",
            (await SendAsync(HttpMethod.Post, $"subscriptions/{id}/cancel", """{"when":"periodEnd"}"""))["state"]
        );
        Assert.Equal("active", (await SendAsync(HttpMethod.Post, $"subscriptions/{id}/keep"))["state"]);
        Assert.Equal("True", (await SendAsync(HttpMethod.Post, $"subscriptions/{id}/pause"))["pauses"]);
        Assert.Equal("False", (await SendAsync(HttpMethod.Post, $"subscriptions/{id}/resume"))["pauses"]);
        var suspended = await SendAsync(HttpMethod.Post, $"subscriptions/{id}/suspend", """{"reason":"abuse"}""");
        Assert.Equal(("suspended", "operator"), (suspended["state"], suspended["cause"]));
        Assert.Equal("wrong_state", (await SendAsync(HttpMethod.Post, $"subscriptions/{id}/change", shown, 409))["code"]);
        Assert.Equal("active", (await SendAsync(HttpMethod.Post, $"subscriptions/{id}/resume"))["state"]);
        Assert.Equal("wrong_state", (await SendAsync(HttpMethod.Post, $"subscriptions/{id}/pay", status: 409))["code"]);

        Assert.Equal("terminated", (await SendAsync(HttpMethod.Post, $"subscriptions/{id}/cancel", """{"when":"now"}"""))["state"]);
        var payments = await SendAsync(HttpMethod.Get, $"subscriptions/{id}/payments");
        Assert.Equal(
            ("period", "9.9", "upgrade", "20", "refund", "29.9", "owed"),
            (
                payments["items.0.kind"],
                payments["items.0.amount.amount"],
                payments["items.1.kind"],
                payments["items.1.amount.amount"],
                payments["items.2.kind"],
                payments["items.2.amount.amount"],
                payments["items.2.state"]
            )
        );
    }

    [Theory]
    [InlineData("cancel", "{}", 400, "when")]
    [InlineData("cancel", """{"when":"later"}""", 400, "when")]
    [InlineData("change", """{"when":"now"}""", 400, "offering")]
    [InlineData("change", """{"offering":"plan-light","when":"then"}""", 400, "when")]
    [InlineData("change", """{"offering":"none","when":"now"}""", 404, "offering")]
    [InlineData(
        "change",
        """{"offering":"plan-standard","when":"now","expectedPrice":{"amount":"1","currency":"USD"}}""",
        400,
        "expectedPrice.currency"
    )]
    [InlineData(
        "change",
        """{"offering":"plan-standard","when":"now","expectedPrice":{"amount":"1e30","currency":"CNY"}}""",
        400,
        "expectedPrice.amount"
    )]
    [InlineData("suspend", """{"why":"x"}""", 400, null)]
    public async Task Bad_input_is_refused_by_its_field_and_nothing_moves(string verb, string body, int status, string? param)
    {
        var customer = await CustomerAsync();
        var id = (await SendAsync(HttpMethod.Post, "orders", $$"""{"customer":"{{customer}}","offering":"plan-light"}""", 201))["product"];

        var refused = await SendAsync(HttpMethod.Post, $"subscriptions/{id}/{verb}", body, status);

        if (param is not null)
            Assert.Equal(param, refused["param"]);
        Assert.Equal("active", (await SendAsync(HttpMethod.Get, $"subscriptions/{id}"))["state"]);
        Assert.Equal("not_found", (await SendAsync(HttpMethod.Post, "subscriptions/none/keep", status: 404))["code"]);
    }

    private async Task<string> CustomerAsync() =>
        (await SendAsync(HttpMethod.Post, "customers", """{"phoneNumber":"+8613900000009","name":"Li Lei"}""", 201))["id"]!;
}
