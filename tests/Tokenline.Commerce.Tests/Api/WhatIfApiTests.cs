using Microsoft.Extensions.DependencyInjection;
using Tokenline.Commerce.WhatIf;

namespace Tokenline.Commerce.Tests.Api;

/// <summary>The clock stands at 2026-09-01T02:30Z.</summary>
public sealed class WhatIfApiTests : ManagementApiHost
{
    private const string August = """ "from":"2026-08-01T00:00:00+08:00","to":"2026-09-01T00:00:00+08:00" """;
    private const string Plan =
        """{"name":"Summer","kind":"plan","price":{"amount":"15","currency":"CNY"},"months":1,"grants":[{"amount":"12000000","unit":"general-token"}]}""";
    private const string Sheet = """{"currency":"CNY","tiers":[{"price":{"input":"1","output":"3"}}]}""";

    [Fact]
    public async Task A_draft_is_tried_in_the_background_and_its_report_adds_up()
    {
        var desk = app.Services.GetRequiredService<WhatIfDesk>();
        var asked = await SendAsync(
            HttpMethod.Post,
            "what-if",
            $"{{{August},\"offering\":{Plan},\"insteadOf\":\"plan-light\",\"name\":\"summer\"}}",
            202
        );
        var prices = await SendAsync(HttpMethod.Post, "what-if", $"{{{August},\"prices\":{{\"glm-5\":{Sheet}}}}}", 202);
        await Eventually.WhenAsync(() => desk.FindAsync(prices["id"]!, CancellationToken.None), run => run!.EndedAt is not null);

        var done = await SendAsync(HttpMethod.Get, $"what-if/{asked["id"]}");
        Assert.Equal(("done", "summer", "plan-light"), (done["state"], done["name"], done["insteadOf"]));
        Assert.Equal(done["report.subscribers"], done["report.tried"]);
        Assert.Equal("CNY", done["report.was.revenue.currency"]);
        Assert.Equal("glm-5", (await SendAsync(HttpMethod.Get, "what-if"))["items.0.models.0"]);
        Assert.Equal("done", (await SendAsync(HttpMethod.Delete, $"what-if/{prices["id"]}"))["state"]);
    }

    [Theory]
    [InlineData("""{}""", "from")]
    [InlineData("""{"from":"2026-08-01T00:00:00Z"}""", "to")]
    [InlineData("""{"from":"2026-08-01T00:00:00Z","to":"2026-08-02T00:00:00Z"}""", "prices")]
    [InlineData("""{"from":"2026-08-01T00:00:00Z","to":"2027-08-02T00:00:00Z","draft":"plan-light"}""", "to")]
    [InlineData("""{"from":"2026-08-01T00:00:00Z","to":"2026-08-02T00:00:00Z","draft":"plan-nothing"}""", "draft")]
    [InlineData("""{"from":"2026-08-01T00:00:00Z","to":"2026-08-02T00:00:00Z","prices":{"glm-5":null}}""", "prices.glm-5")]
    [InlineData(
        """{"from":"2026-08-01T00:00:00Z","to":"2026-08-02T00:00:00Z","prices":{"no-model":{"currency":"CNY","tiers":[]}}}""",
        "prices.no-model"
    )]
    public async Task What_cannot_be_tried_is_a_problem_that_names_its_field(string body, string param)
    {
        var problem = await SendAsync(HttpMethod.Post, "what-if", body, param == "draft" || param == "prices.no-model" ? 404 : 400);
        Assert.Equal(param, problem["param"]);
        Assert.Equal("not_found", (await SendAsync(HttpMethod.Get, "what-if/wif_nothing", status: 404))["code"]);
    }
}
