using Tokenline.Commerce.Routing;

namespace Tokenline.Host.Tests.Routing;

/// <summary>Conversations stay at the vendor whose prompt cache is warm, whichever way they say that they are one.</summary>
public sealed class StickyTests(RoutingServer server) : IClassFixture<RoutingServer>
{
    private const int Conversations = 12;

    [Fact]
    public async Task A_conversation_stays_where_it_began_and_others_are_shared()
    {
        await using var one = RoutingServer.Well("one");
        await using var two = RoutingServer.Well("two");
        var model = await StickyAsync(one, two);
        var subscriber = await server.SubscriberAsync();

        var places = new List<string>();
        for (var i = 0; i < Conversations; i++)
        {
            var question = $"Question {i}";
            var first = await PlaceAsync(subscriber, Turns(model, question));
            Assert.Equal(first, await PlaceAsync(subscriber, Turns(model, question, "An answer", "And then?")));
            Assert.Equal(first, await PlaceAsync(subscriber, Turns(model, question, "An answer", "And then?", "More", "And then?")));
            places.Add(first);
        }

        Assert.Equal(["one", "two"], places.Distinct().Order()); // one in two thousand times they all fall alike
    }

    [Fact]
    public async Task A_run_is_a_conversation_whatever_it_asks()
    {
        await using var one = RoutingServer.Well("one");
        await using var two = RoutingServer.Well("two");
        var model = await StickyAsync(one, two);
        var subscriber = await server.SubscriberAsync();

        var places = new HashSet<string>();
        for (var i = 0; i < Conversations; i++)
            places.Add(await PlaceAsync(subscriber, Turns(model, $"Question {i}"), ("x-tokenline-run-id", "run-1")));

        Assert.Single(places);
    }

    [Fact]
    public async Task Somebody_elses_conversation_with_the_same_words_is_another()
    {
        await using var one = RoutingServer.Well("one");
        await using var two = RoutingServer.Well("two");
        var model = await StickyAsync(one, two);

        var places = new HashSet<string>();
        for (var i = 0; i < Conversations; i++)
            places.Add(await PlaceAsync(await server.SubscriberAsync(), Turns(model, "Hello")));

        Assert.Equal(2, places.Count);
    }

    private async Task<string> StickyAsync(params ScriptedVendor[] vendors)
    {
        var model = await server.ServedByAsync(vendors);
        server.Change(
            model,
            known => known with { Routing = new RoutingRule(RoutingPolicies.Sticky) { Then = RoutingPolicies.LeastCost } }
        );
        return model;
    }

    private static async Task<string> PlaceAsync(Subscriber subscriber, string body, params (string, string)[] headers)
    {
        var answer = await subscriber.AskAsync(body, headers);
        Assert.Equal(200, answer.Status);
        return answer.Json["choices"]![0]!["message"]!["content"]!.GetValue<string>();
    }

    /// <summary>User and assistant by turns, behind a system prompt that all share.</summary>
    private static string Turns(string model, params string[] texts) =>
        $$"""{"model":"{{model}}","messages":[{"role":"system","content":"Be brief."},{{string.Join(
            ',',
            texts.Select((text, i) => $$"""{"role":"{{(i % 2 == 0 ? "user" : "assistant")}}","content":"{{text}}"}""")
        )}}]}""";
}
