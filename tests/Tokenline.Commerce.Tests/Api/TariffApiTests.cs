using Microsoft.Extensions.DependencyInjection;
using Tokenline.Commerce.Catalog;

namespace Tokenline.Commerce.Tests.Api;

public sealed class TariffApiTests : ManagementApiHost
{
    private const string Sheet = """{"currency":"CNY","tiers":[{"price":{"input":"5","output":"20"}}],"serviceClasses":{"batch":"0.5"}}""";

    [Fact]
    public async Task A_price_is_scheduled_listed_shown_and_cancelled()
    {
        var published = await SendAsync(
            HttpMethod.Post,
            "tariffs",
            $$$"""{"models":{"glm-5":{{{Sheet}}}},"effectiveFrom":"2026-10-01T00:00:00+08:00","effectiveUntil":"2026-10-08T00:00:00+08:00","reason":"holiday"}"""
        );
        Assert.Equal(
            ("2", "scheduled", "2026-09-30T16:00:00+00:00", "2026-10-07T16:00:00+00:00", "holiday", "22", "glm-5", null),
            (
                published["version"],
                published["state"],
                published["effectiveFrom"],
                published["effectiveUntil"],
                published["reason"],
                published["models"],
                published["changes.0"],
                published["changes.1"]
            )
        );

        var listed = await SendAsync(HttpMethod.Get, "tariffs?state=scheduled");
        Assert.Equal(("2", null), (listed["items.0.version"], listed["items.1.version"]));
        Assert.Equal("1", (await SendAsync(HttpMethod.Get, "tariffs?state=started"))["items.0.version"]);
        var shown = await SendAsync(HttpMethod.Get, "tariffs/2");
        Assert.Equal(("0.5", "5"), (shown["models.glm-5.serviceClasses.batch"], shown["sheets.glm-5.tiers.0.price.input"]));
        Assert.Equal("4", (await SendAsync(HttpMethod.Get, "models/glm-5"))["listPrice.tiers.0.price.input"]); // not yet

        Assert.Equal("cancelled", (await SendAsync(HttpMethod.Delete, "tariffs/2"))["state"]);
        Assert.Equal("cancelled", (await SendAsync(HttpMethod.Get, "tariffs/2"))["state"]);
        Assert.Equal("conflict", (await SendAsync(HttpMethod.Delete, "tariffs/2", status: 409))["code"]);
        Assert.Equal("conflict", (await SendAsync(HttpMethod.Delete, "tariffs/1", status: 409))["code"]);
        Assert.Null((await SendAsync(HttpMethod.Get, "tariffs?state=scheduled"))["items.0.version"]);
    }

    [Fact]
    public async Task What_a_model_lists_is_what_was_entered_for_the_version_in_force()
    {
        await SendAsync(HttpMethod.Post, "tariffs", $$$"""{"models":{"glm-5":{{{Sheet}}}},"effectiveUntil":"2026-09-01T02:40:00Z"}""");
        Assert.Equal("5", (await SendAsync(HttpMethod.Get, "models/glm-5"))["listPrice.tiers.0.price.input"]);

        app.Services.GetRequiredService<Microsoft.Extensions.Time.Testing.FakeTimeProvider>().Advance(TimeSpan.FromMinutes(10));

        Assert.Equal("4", (await SendAsync(HttpMethod.Get, "models/glm-5"))["listPrice.tiers.0.price.input"]);
        Assert.Equal("ended", (await SendAsync(HttpMethod.Get, "tariffs/2"))["state"]);
    }

    [Theory]
    [InlineData("POST", "tariffs", """{"reason":"nothing"}""", 400, "models")]
    [InlineData("POST", "tariffs", """{"models":{}}""", 400, "models")]
    [InlineData("POST", "tariffs", """{"models":{"glm-5":null}}""", 400, "models.glm-5")]
    [InlineData(
        "POST",
        "tariffs",
        """{"models":{"none":{"currency":"CNY","tiers":[{"price":{"input":"5","output":"20"}}]}}}""",
        404,
        "models.none"
    )]
    [InlineData(
        "POST",
        "tariffs",
        """{"models":{"glm-5":{"currency":"CNY","tiers":[{"price":{"input":"5","output":"20"}}]}},"effectiveFrom":"2026-08-31T00:00:00Z"}""",
        400,
        "effectiveFrom"
    )]
    [InlineData(
        "POST",
        "tariffs",
        """{"models":{"glm-5":{"currency":"CNY","tiers":[{"price":{"input":"5"}}]}}}""",
        400,
        "models.glm-5.tiers[0].price"
    )]
    [InlineData(
        "POST",
        "tariffs",
        """{"models":{"glm-5":{"currency":"CNY","tiers":[{"price":{"input":"5","output":"20"}}],"minimum":"-1"}},"effectiveFrom":"2026-10-01T00:00:00Z"}""",
        400,
        "models.glm-5.minimum"
    )]
    [InlineData(
        "POST",
        "tariffs",
        """{"models":{"glm-5":{"currency":"CNY","tiers":[{"price":{"input":"5","output":"20","input":"6"}}]}}}""",
        400,
        "models.glm-5.tiers[0].price.input"
    )]
    [InlineData(
        "POST",
        "tariffs",
        """{"models":{"glm-5":{"currency":"CNY","tiers":[{"price":{"input":"5","output":"20"}}],"serviceClasses":{"batch":null}}}}""",
        400,
        "models.glm-5.serviceClasses.batch"
    )]
    [InlineData(
        "POST",
        "tariffs",
        """{"models":{"glm-5":{"currency":"CNY","tiers":[{"price":{"input":"5","output":"20"}}],"packages":{"input":1000.5}}}}""",
        400,
        "models.glm-5.packages.input"
    )]
    [InlineData(
        "POST",
        "tariffs",
        """{"models":{"glm-5":{"currency":"CNY","tiers":[{"price":{"input":"5","output":"20"},"weights":{"point":null}}],"volume":{"kind":"marginal","group":"g","meters":[null],"tiers":[null]},"units":{"credit":null},"hours":{"windows":[null],"holidays":[null]}}}}""",
        400,
        "models.glm-5.hours.holidays[0]"
    )]
    [InlineData("GET", "tariffs?state=open", null, 400, "state")]
    [InlineData("DELETE", "tariffs/99", null, 404, null)]
    [InlineData("DELETE", "tariffs/x", null, 404, null)]
    public async Task What_cannot_be_published_is_named_and_nothing_is(string method, string path, string? body, int status, string? param)
    {
        var before = (await SendAsync(HttpMethod.Get, "tariffs")).Text;

        Assert.Equal(param, (await SendAsync(new HttpMethod(method), path, body, status))["param"]);

        Assert.Equal(before, (await SendAsync(HttpMethod.Get, "tariffs")).Text);
        Assert.Single(app.Services.GetRequiredService<TariffHolder>().Current.Versions);
    }
}
