using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Tokenline.Host.Tests.Routing;

/// <summary>What the operator sees of routing: figures of deployments, and why a call goes where it goes.</summary>
public sealed class RoutingApiTests(RoutingServer server) : IClassFixture<RoutingServer>
{
    [Fact]
    public async Task Figures_show_what_was_measured_and_why_a_deployment_is_not_healthy()
    {
        await using var bad = new ScriptedVendor(call => call.AnswerAsync("{}", "500 Status"));
        await using var good = RoutingServer.Well();
        var model = await server.ServedByAsync(bad, good);
        var subscriber = await server.SubscriberAsync();
        for (var i = 0; i < 6; i++)
            await subscriber.AskAsync(Wire.Ask(model: model, stream: i % 2 == 0));

        var (status, json) = await GetAsync($"deployments?model={model}");

        Assert.Equal(200, status);
        var (sick, well) = (json["items"]![0]!, json["items"]![1]!);
        Assert.Equal(("open", "status 500"), ((string?)sick["health"], (string?)sick["why"]));
        Assert.NotNull(sick["until"]);
        Assert.Equal(5, (int)sick["fiveMinutes"]!["errors"]!["error"]!);
        Assert.Equal(0, (double)sick["fiveMinutes"]!["availability"]!);
        Assert.Equal("healthy", (string?)well["health"]);
        Assert.Equal((6, 6), ((int)well["day"]!["tried"]!, (int)well["day"]!["served"]!));
        Assert.NotNull(well["fiveMinutes"]!["firstTokenMilliseconds"]);
        Assert.Null(well["quality"]); // not known, and not nought
        Assert.Null(well["price"]);
        Assert.Equal(0, (int)well["running"]!);

        var (_, models) = await GetAsync($"figures?model={model}");
        var whole = models["items"]![0]!;
        Assert.Equal((2, 1), ((int)whole["deployments"]!, (int)whole["inService"]!));
        Assert.Equal((11, 6), ((int)whole["fiveMinutes"]!["tried"]!, (int)whole["fiveMinutes"]!["served"]!));
        Assert.Equal("2", (string?)whole["price"]!["inputPerMillion"]);
    }

    [Fact]
    public async Task A_route_is_explained_without_sending_anything()
    {
        await using var one = RoutingServer.Well();
        await using var two = RoutingServer.Well();
        var model = await server.ServedByAsync(one, two);

        var (status, json) = await GetAsync($"routes?model={model}&protocol=messages&stream=true&input=100&output=10");

        Assert.Equal((200, "priority"), (status, (string?)json["policy"]));
        Assert.Equal([100, 0], json["deployments"]!.AsArray().Select(seat => (int)seat!["share"]!));
        Assert.Equal((0, 0), (one.Received, two.Received));
    }

    [Fact]
    public async Task A_virtual_model_is_explained_by_the_models_it_chooses_among()
    {
        var (status, json) = await GetAsync("routes?model=auto:cost");

        Assert.Equal((200, "cost"), (status, (string?)json["policy"]));
        var prices = json["models"]!
            .AsArray()
            .Where(model => (bool)model!["canServe"]!)
            .Select(model => decimal.Parse((string)model!["price"]!, System.Globalization.CultureInfo.InvariantCulture))
            .ToList();
        Assert.True(prices.Count > 10);
        Assert.Equal(prices.Order(), prices);
    }

    [Theory]
    [InlineData("routes", 400, "model")]
    [InlineData("routes?model=deepseek-v4-flash&protocol=smtp", 400, "protocol")]
    [InlineData("routes?model=deepseek-v4-flash&input=-1", 400, "input")]
    [InlineData("routes?model=deepseek-v4-flash&output=1000000000", 400, "output")]
    [InlineData("routes?model=nobody", 404, "model")]
    public async Task What_cannot_be_explained_is_refused_by_its_field(string path, int expected, string param)
    {
        var (status, json) = await GetAsync(path);

        Assert.Equal((expected, param), (status, (string?)json["param"]));
    }

    private async Task<(int Status, JsonNode Json)> GetAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{server.Url}/api/v1/{path}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", server.Server.AdminKey);
        using var response = await server.Client.SendAsync(request, RunningServer.Cancel);
        return ((int)response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync(RunningServer.Cancel))!);
    }
}
