namespace Tokenline.Commerce.Tests.Api;

/// <summary>What the API refuses, by the field; one server for all of it, for nothing of it changes anything.</summary>
public sealed class ManagementRefusalTests(SharedApi api) : IClassFixture<SharedApi>
{
    [Theory]
    [Trait("WhatOthersGotWrong", "35")]
    [InlineData("POST", "customers", """{"phoneNumber":"1","name":"x"}""", 400, "invalid_request_error", "phoneNumber")]
    [InlineData("POST", "customers", """{"phoneNumber":"+8613800000000","name":"x"}""", 409, "conflict", "phoneNumber")]
    [InlineData("POST", "customers", """{"phoneNumber":"+8613900000001","name":"x","extra":1}""", 400, "invalid_request_error", "extra")]
    [InlineData("POST", "customers", """{"name":"x","name":"y","phoneNumber":"+8613900000001"}""", 400, "invalid_request_error", "name")]
    [InlineData("POST", "customers", "not json", 400, "invalid_request_error", null)]
    [InlineData("POST", "customers", "", 400, "invalid_request_error", null)]
    [InlineData("POST", "customers", "null", 400, "invalid_request_error", null)]
    [InlineData("POST", "customers", """{"phoneNumber":{},"name":"x"}""", 400, "invalid_request_error", "phoneNumber")]
    [InlineData("GET", "customers?limit=0", null, 400, "invalid_request_error", "limit")]
    [InlineData("GET", "customers?before=ord_1", null, 400, "invalid_request_error", "before")]
    [InlineData("GET", "customers/pty_0000000000000", null, 404, "not_found", null)]
    [InlineData("GET", "customers/nonsense/buckets", null, 404, "not_found", null)]
    [InlineData("GET", "orders/ord_0000000000001", null, 404, "not_found", null)]
    [InlineData("GET", "charges/chg_0000000000001/receipt", null, 404, "not_found", null)]
    [InlineData("GET", "tariffs/99", null, 404, "not_found", null)]
    [InlineData("GET", "nothing/here", null, 404, "not_found", null)]
    [InlineData("GET", "models/none", null, 404, "model_not_found", null)]
    [InlineData("POST", "orders", """{"customer":"pty_0000000000001","offering":"plan-light"}""", 404, "not_found", "customer")]
    [InlineData("POST", "orders", """{"customer":"x","offering":"plan-light"}""", 400, "invalid_request_error", "customer")]
    [InlineData("POST", "vendors", """{"id":"acme","baseUrl":"nonsense"}""", 400, "invalid_request_error", "baseUrl")]
    [InlineData("PUT", "models/none/deployments", """{"vendor":"deepseek"}""", 404, "model_not_found", null)]
    [InlineData("PUT", "models/glm-5/deployments", """{"vendor":"none"}""", 404, "not_found", "vendor")]
    [InlineData(
        "PUT",
        "models/new",
        """{"name":"n","ownedBy":"acme","contextTokens":10,"outputTokensMax":5}""",
        400,
        "invalid_request_error",
        "price"
    )]
    [InlineData(
        "PUT",
        "models/glm-5/price",
        """{"currency":"CNY","tiers":[{"price":{"input":"0.000004","output":"18"}}]}""",
        400,
        "invalid_request_error",
        "tiers[0].price.input"
    )]
    [InlineData("PUT", "models/glm-5/price", """{"currency":"cny","tiers":[]}""", 400, "invalid_request_error", "currency")]
    [InlineData("POST", "ratings", """{"model":"none","usage":{"input":1}}""", 404, "model_not_found", "model")]
    [InlineData("POST", "ratings", """{"usage":{"input":1}}""", 400, "invalid_request_error", "model")]
    [InlineData("POST", "ratings", """{"model":"glm-5"}""", 400, "invalid_request_error", "usage")]
    [InlineData("POST", "ratings", """{"model":"glm-5","usage":{}}""", 400, "invalid_request_error", "usage")]
    [InlineData("POST", "ratings", """{"model":"glm-5","usage":{"tokens":1}}""", 400, "invalid_request_error", "usage.tokens")]
    [InlineData("POST", "ratings", """{"model":"glm-5","usage":{"input":-1}}""", 400, "invalid_request_error", "usage.input")]
    [InlineData("POST", "ratings", """{"model":"glm-5","usage":{"input":1000000001}}""", 400, "invalid_request_error", "usage.input")]
    [InlineData(
        "POST",
        "ratings",
        """{"model":"glm-5","usage":{"output":1,"reasoning":2}}""",
        400,
        "invalid_request_error",
        "usage.reasoning"
    )]
    [InlineData("POST", "ratings", """{"model":"glm-5","usage":{"input":1},"at":"soon"}""", 400, "invalid_request_error", "at")]
    [InlineData(
        "POST",
        "ratings",
        """{"model":"glm-5","usage":{"input":1},"at":"1999-01-01T00:00:00Z"}""",
        404,
        "model_not_found",
        "model"
    )]
    [InlineData(
        "PUT",
        "models/glm-5/price",
        """{"currency":"CNY","tiers":[{"price":{"input":"4","output":"18"}}],"hours":{"windows":[{"name":"night","from":"22:00","to":"6","factor":"0.5"}]}}""",
        400,
        "invalid_request_error",
        "hours.windows[0].to"
    )]
    [InlineData("PUT", "models/glm-5/price", """{"currency":"CNY","discount":1}""", 400, "invalid_request_error", "discount")]
    [InlineData(
        "PUT",
        "models/new",
        """{"name":"n","ownedBy":"acme","contextTokens":10,"outputTokensMax":5,"price":{"currency":"CNY","tiers":[{"price":{"input":"4","output":"18"}}],"regions":{"eu":"-1"}}}""",
        400,
        "invalid_request_error",
        "price.regions.eu"
    )]
    [InlineData("PUT", "models/glm-5/price", """{"currency":"CNY","tiers":[null]}""", 400, "invalid_request_error", "tiers[0].price")]
    public async Task What_is_wrong_is_named_and_nothing_is_changed(
        string method,
        string path,
        string? body,
        int status,
        string code,
        string? param
    )
    {
        var customers = (await api.SendAsync(HttpMethod.Get, "customers")).Text;
        var models = (await api.SendAsync(HttpMethod.Get, "models")).Text;

        var answer = await api.SendAsync(new HttpMethod(method), path, body, status);

        Assert.Equal((code, status.ToString(), param), (answer["code"], answer["status"], answer["param"]));
        Assert.Equal(customers, (await api.SendAsync(HttpMethod.Get, "customers")).Text);
        Assert.Equal(models, (await api.SendAsync(HttpMethod.Get, "models")).Text);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer")]
    [InlineData("Bearer wrong")]
    [InlineData("Basic admin-key-for-tests")]
    public async Task Without_the_admin_key_nothing_is_told(string? authorization)
    {
        using var stranger = new HttpClient { BaseAddress = api.Address };
        if (authorization is not null)
            stranger.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", authorization);

        foreach (var path in new[] { "customers", "nothing/here", "vendors" })
            Assert.Equal("invalid_api_key", (await api.SendAsync(HttpMethod.Get, path, status: 401, by: stranger))["code"]);
    }
}
