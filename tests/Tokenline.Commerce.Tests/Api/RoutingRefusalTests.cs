namespace Tokenline.Commerce.Tests.Api;

/// <summary>What is refused about profiles, rules and traffic of models, by the field.</summary>
public sealed class RoutingRefusalTests(SharedApi api) : IClassFixture<SharedApi>
{
    [Theory]
    [InlineData(""" "class":"Very good" """, "class")]
    [InlineData(""" "abilities":["tools","magic"] """, "abilities")]
    [InlineData(""" "abilities":["tools","tools"] """, "abilities")]
    [InlineData(""" "quality":{"score":101,"source":"us"} """, "quality.score")]
    [InlineData(""" "quality":{"score":-1,"source":"us"} """, "quality.score")]
    [InlineData(""" "quality":{"source":"us"} """, "quality.score")]
    [InlineData(""" "quality":{"score":50} """, "quality.source")]
    [InlineData(""" "quality":{"score":50,"source":" "} """, "quality.source")]
    [InlineData(""" "energy":{"joulesPerOutputToken":0,"source":"us"} """, "energy.joulesPerOutputToken")]
    [InlineData(""" "energy":{"measured":true,"source":"us"} """, "energy.joulesPerOutputToken")]
    [InlineData(""" "energy":{"joulesPerOutputToken":0.1,"measured":true} """, "energy.source")]
    public async Task A_profile_that_cannot_be_is_refused_by_the_field(string member, string param)
    {
        var refused = await api.SendAsync(HttpMethod.Put, "models/mine", $"{RoutingApiTests.Start},{member}}}", 400);

        Assert.Equal(("invalid_request_error", param), (refused["code"], refused["param"]));
        await api.SendAsync(HttpMethod.Get, "models/mine", status: 404);
    }

    [Theory]
    [InlineData("""{}""", "policy")]
    [InlineData("""{"policy":"cheapest"}""", "policy")]
    [InlineData("""{"policy":"priority","then":"least-cost"}""", "then")]
    [InlineData("""{"policy":"sticky","then":"sticky"}""", "then")]
    [InlineData("""{"policy":"sticky","then":"magic"}""", "then")]
    [InlineData("""{"policy":"sticky","warmSeconds":0}""", "warmSeconds")]
    [InlineData("""{"policy":"balanced","balance":{"price":0,"latency":0,"quality":0}}""", "balance")]
    [InlineData("""{"policy":"balanced","balance":{"price":-1,"latency":1,"quality":1}}""", "balance")]
    [InlineData("""{"policy":"balanced","balance":{"cheapness":1}}""", "balance.cheapness")]
    [InlineData("""{"policy":"priority","hedge":{"afterMilliseconds":0}}""", "hedge.afterMilliseconds")]
    public async Task A_rule_that_cannot_be_is_refused_by_the_field(string body, string param)
    {
        var refused = await api.SendAsync(HttpMethod.Put, "models/qwen3-max/routing", body, 400);

        Assert.Equal(("invalid_request_error", param), (refused["code"], refused["param"]));
        Assert.Equal("priority", (await api.SendAsync(HttpMethod.Get, "models/qwen3-max"))["routing.policy"]);
    }

    [Theory]
    [InlineData(""" "weight":-1 """, "weight")]
    [InlineData(""" "weight":1001 """, "weight")]
    [InlineData(""" "canaryPercent":0 """, "canaryPercent")]
    [InlineData(""" "canaryPercent":100 """, "canaryPercent")]
    [InlineData(""" "state":"resting" """, "state")]
    [InlineData(""" "quality":{"score":101,"source":"us"} """, "quality.score")]
    [InlineData(""" "energy":{"joulesPerOutputToken":-1,"source":"us"} """, "energy.joulesPerOutputToken")]
    [InlineData(""" "energy":{"joulesPerOutputToken":1} """, "energy.source")]
    public async Task Traffic_that_cannot_be_is_refused_by_the_field(string member, string param)
    {
        var refused = await api.SendAsync(HttpMethod.Put, "models/qwen3-max/deployments", $$"""{"vendor":"alibaba",{{member}}}""", 400);

        Assert.Equal(("invalid_request_error", param), (refused["code"], refused["param"]));
    }
}
