namespace Tokenline.Commerce.Tests.Api;

/// <summary>What a hypothetical call depends on, and that the answer names all of it.</summary>
public sealed class RatingApiTests : ManagementApiHost
{
    private const string Sheet = """
        {"currency":"CNY",
         "tiers":[{"upToInput":32000,"upToOutput":200,"price":{"input":"2","output":"8","image":"0.2"},"weights":{"point":{"input":"1","output":"4","image":"100000"}}},
                  {"upToInput":32000,"price":{"input":"3","output":"14","image":"0.2"},"weights":{"point":{"input":"2","output":"7","image":"100000"}}},
                  {"price":{"input":"4","output":"16","image":"0.2"},"weights":{"point":{"input":"2","output":"8","image":"100000"}}}],
         "images":{"big":"0.4"},
         "minimum":"0.01",
         "serviceClasses":{"batch":"0.5"},
         "regions":{"eu":"1.2"},"customerGroups":{"staff":"0.5"},
         "hours":{"timeZone":"Asia/Shanghai","windows":[{"name":"peak","from":"09:00","to":"12:00","factor":"2"}]},
         "volume":{"kind":"marginal","group":"glm","meters":["input"],"tiers":[{"upTo":1000000,"factor":"1"},{"factor":"0.8"}]},
         "units":{"credit":{"worth":"0.01"}},
         "currencies":{"USD":{"tiers":[{"rates":{"input":"0.3","output":"2","image":"0.03"}}]}}}
        """;

    [Fact]
    public async Task Every_rule_that_applied_is_named_and_the_lines_add_up()
    {
        await SendAsync(HttpMethod.Put, "models/glm-5/price", Sheet);
        var contract = await SendAsync(
            HttpMethod.Put,
            "contracts",
            """{"vendor":"zhipu","model":"glm-5","price":{"currency":"USD","tiers":[{"price":{"input":"0.1","output":"0.4","image":"0.01"}}],"serviceClasses":{"batch":"0.5"}}}"""
        );

        var rating = await SendAsync(
            HttpMethod.Post,
            "ratings",
            """
            {"model":"glm-5","usage":{"input":20000,"output":1000,"image":2},"at":"2026-09-02T10:00:00+08:00",
             "serviceClass":"batch","region":"eu","customerGroup":"staff","imageClass":"big","volumeBefore":990000,"vendor":"zhipu"}
            """
        );

        Assert.Equal(
            ("batch", "eu", "staff", "big", "990000"),
            (
                rating["traits.service"],
                rating["traits.region"],
                rating["traits.customerGroup"],
                rating["traits.imageClass"],
                rating["volumeBefore"]
            )
        );
        Assert.Equal(("2", "32000", null), (rating["price.tier"], rating["price.tierUpToInput"], rating["price.tierUpToOutput"]));
        Assert.Equal(
            ["service class batch 0.5", "peak 2", "region eu 1.2", "customer group staff 0.5"],
            Enumerable.Range(0, 4).Select(i => $"{rating[$"price.multipliers.{i}.name"]} {rating[$"price.multipliers.{i}.factor"]}")
        );
        Assert.Equal(
            [("1", "10000", "1"), ("2", "10000", "0.8")],
            Enumerable
                .Range(0, 2)
                .Select(i => (rating[$"price.volumes.{i}.tier"], rating[$"price.volumes.{i}.units"], rating[$"price.volumes.{i}.factor"]))
        );
        // (20,000 × 3 + 1,000 × 14) / 10⁶ + 2 × 0.4 = 0.874, half of it × 0.8, × 0.5 × 2 × 1.2 × 0.5
        Assert.Equal("0.47196", rating["retail.amount"]);
        var lines = Enumerable.Range(0, 6).Sum(i => decimal.Parse(rating[$"price.lines.{i}.amount"]!));
        Assert.Equal(decimal.Parse(rating["price.exact"]!), lines + decimal.Parse(rating["price.minimumAdded"]!));
        // As the sheet has them: for a million tokens, and for one image.
        Assert.Equal(
            ("input", "3", "1000000"),
            (rating["price.lines.0.meter"], rating["price.lines.0.rate"], rating["price.lines.0.rateFor"])
        );
        Assert.Equal(("image", "0.4", "1"), (rating["price.lines.2.meter"], rating["price.lines.2.rate"], rating["price.lines.2.rateFor"]));
        Assert.Equal(("credit", "47.196", "0.01"), (rating["quotas.0.unit"], rating["quotas.0.amount"], rating["quotas.0.card.unitWorth"]));
        Assert.Equal(("USD", "0.0408"), (rating["otherPrices.0.retail.currency"], rating["otherPrices.0.retail.amount"]));
        Assert.Equal(
            ("zhipu", contract["version"], "0.0112"),
            (rating["wholesale.vendor"], rating["wholesale.contractVersion"], rating["wholesale.cost.amount"])
        );
    }

    [Fact]
    public async Task A_small_call_says_what_the_minimum_added()
    {
        await SendAsync(HttpMethod.Put, "models/glm-5/price", Sheet);

        var rating = await SendAsync(
            HttpMethod.Post,
            "ratings",
            """{"model":"glm-5","usage":{"input":1000,"output":10},"at":"2026-09-02T13:00:00+08:00"}"""
        );

        Assert.Equal(
            ("1", "200", "0.00208", "0.01", "0.00792", "0.01", null),
            (
                rating["price.tier"],
                rating["price.tierUpToOutput"],
                Sum(rating),
                rating["price.minimum"],
                rating["price.minimumAdded"],
                rating["retail.amount"],
                rating["wholesale.cost"]
            )
        );

        static string Sum(Answer rating) =>
            Enumerable
                .Range(0, 2)
                .Sum(i => decimal.Parse(rating[$"price.lines.{i}.amount"]!))
                .ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    [Theory]
    [InlineData("\"serviceClass\":\"cheap\"", 400, "serviceClass")]
    [InlineData("\"serviceClass\":\"batch\"", 400, "serviceClass")] // glm-5 has no price for it
    [InlineData("\"volumeBefore\":-1", 400, "volumeBefore")]
    [InlineData("\"vendor\":\"zhipu\"", 404, "vendor")]
    public async Task What_cannot_be_rated_is_named(string member, int status, string param) =>
        Assert.Equal(
            param,
            (await SendAsync(HttpMethod.Post, "ratings", $$$"""{"model":"glm-5","usage":{"input":1},{{{member}}}}""", status))["param"]
        );
}
