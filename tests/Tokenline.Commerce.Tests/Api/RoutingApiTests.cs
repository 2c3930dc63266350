namespace Tokenline.Commerce.Tests.Api;

public sealed class RoutingApiTests : ManagementApiHost
{
    internal const string Start =
        """{"ownedBy":"zhipu","contextTokens":1000,"outputTokensMax":100,"price":{"currency":"CNY","tiers":[{"price":{"input":"1","output":"2"}}]}""";

    [Fact]
    public async Task The_demo_says_what_its_figures_are_worth()
    {
        var model = await SendAsync(HttpMethod.Get, "models/kimi-k2.6");

        Assert.Equal(
            ("flagship", "82", "0.6063", "False", "priority"),
            (
                model["class"],
                model["quality.score"],
                model["energy.joulesPerOutputToken"],
                model["energy.measured"],
                model["routing.policy"]
            )
        );
        Assert.Contains("demonstration", model["quality.source"], StringComparison.Ordinal);
        Assert.Equal(
            ("moonshot", "model-market", "east-cloud"),
            (model["deployments.0.vendor"], model["deployments.1.vendor"], model["deployments.2.vendor"])
        );
        Assert.Equal(("79", null), (model["deployments.1.quality.score"], model["deployments.0.quality.score"]));
        Assert.Equal("1.3091", model["deployments.2.energy.joulesPerOutputToken"]);
    }

    [Fact]
    public async Task A_models_profile_is_entered_and_what_is_left_out_stays_as_it_was()
    {
        var entered = await SendAsync(
            HttpMethod.Put,
            "models/mine",
            Start
                + """
                ,"class":"light","abilities":["tools","documents"],"quality":{"score":"71.5","source":"our own evaluation, 400 questions"},
                 "energy":{"joulesPerOutputToken":0.19,"measured":true,"source":"our own meter"}}
                """
        );
        var again = await SendAsync(HttpMethod.Put, "models/mine", Start + "}");
        foreach (var model in new[] { entered, again })
        {
            Assert.Equal(("light", "tools", "documents"), (model["class"], model["abilities.0"], model["abilities.1"]));
            Assert.Equal(("71.5", "our own evaluation, 400 questions"), (model["quality.score"], model["quality.source"]));
            Assert.Equal(
                ("0.19", "True", "our own meter"),
                (model["energy.joulesPerOutputToken"], model["energy.measured"], model["energy.source"])
            );
        }
        var without = await SendAsync(HttpMethod.Put, "models/mine", Start + ""","class":"","abilities":[]}""");
        Assert.Equal((null, null, "71.5"), (without["class"], without["abilities.0"], without["quality.score"]));
    }

    [Fact]
    public async Task An_unknown_ability_is_answered_with_those_that_there_are() =>
        Assert.Contains(
            "tools, structured-output, reasoning, audio-input, documents",
            (await SendAsync(HttpMethod.Put, "models/mine", Start + ""","abilities":["magic"]}""", 400))["detail"],
            StringComparison.Ordinal
        );

    [Fact]
    public async Task A_routing_rule_is_entered_and_shown()
    {
        var sticky = await SendAsync(
            HttpMethod.Put,
            "models/qwen3-max/routing",
            """{"policy":"sticky","then":"balanced","warmSeconds":600,"balance":{"price":2,"latency":1,"quality":0},"hedge":{"afterMilliseconds":800}}"""
        );
        Assert.Equal(
            ("sticky", "balanced", "600", "2", "0", "800"),
            (
                sticky["routing.policy"],
                sticky["routing.then"],
                sticky["routing.warmSeconds"],
                sticky["routing.balance.price"],
                sticky["routing.balance.quality"],
                sticky["routing.hedge.afterMilliseconds"]
            )
        );
        var plain = await SendAsync(HttpMethod.Put, "models/qwen3-max/routing", """{"policy":"least-cost"}""");
        Assert.Equal(
            ("least-cost", null, null, null),
            (plain["routing.policy"], plain["routing.then"], plain["routing.warmSeconds"], plain["routing.hedge"])
        );
    }

    [Fact]
    public async Task A_deployment_is_drained_and_resumed_and_put_on_trial()
    {
        var drained = await SendAsync(HttpMethod.Post, "models/qwen3-max/deployments/model-market/drain");
        Assert.Equal("draining", drained["deployments.1.state"]);
        var resumed = await SendAsync(HttpMethod.Post, "models/qwen3-max/deployments/model-market/resume");
        Assert.Equal("active", resumed["deployments.1.state"]);
        var trial = await SendAsync(
            HttpMethod.Put,
            "models/qwen3-max/deployments",
            """{"vendor":"model-market","priority":200,"weight":40,"canaryPercent":5}"""
        );
        Assert.Equal(
            ("40", "5", "100"),
            (trial["deployments.1.weight"], trial["deployments.1.canaryPercent"], trial["deployments.0.weight"])
        );

        var last = await SendAsync(HttpMethod.Post, "models/glm-5/deployments/zhipu/drain", status: 400);
        Assert.Equal("state", last["param"]);
        Assert.Contains("Withdraw the model, or map another vendor first", last["detail"], StringComparison.Ordinal);
        await SendAsync(HttpMethod.Post, "models/glm-5/deployments/nobody/drain", status: 404);
    }

    [Fact]
    public async Task A_model_is_withdrawn_at_once_and_restored()
    {
        Assert.NotNull((await SendAsync(HttpMethod.Post, "models/glm-5/withdraw"))["withdrawnAt"]);
        Assert.NotNull((await SendAsync(HttpMethod.Get, "models/glm-5"))["withdrawnAt"]);
        Assert.Null((await SendAsync(HttpMethod.Post, "models/glm-5/restore"))["withdrawnAt"]);
        Assert.Equal("model_not_found", (await SendAsync(HttpMethod.Post, "models/none/withdraw", status: 404))["code"]);
    }
}
