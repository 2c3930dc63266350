using Tokenline.Charging.Journal;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Routing;

namespace Tokenline.Host.Tests.Routing;

/// <summary>Virtual models and stand-ins: the answer names the model that served, and the bill is that model's.</summary>
public sealed class ChoiceTests(RoutingServer server) : IClassFixture<RoutingServer>
{
    private const string Tools = "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":{\"type\":\"object\"}}}]";

    private const string Schema =
        "\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"s\",\"schema\":{\"type\":\"object\"}}}";

    [Theory]
    [InlineData("auto")]
    [InlineData("auto:cost")]
    [InlineData("auto:quality")]
    [InlineData("auto:balance")]
    [InlineData("auto:energy")]
    public async Task A_virtual_model_comes_to_one_that_is_named_and_billed(string id)
    {
        var subscriber = await server.SubscriberAsync(models: [RunningServer.Model, "glm-5", "qwen3-max"]);

        var answer = await subscriber.AskAsync(Wire.Ask(model: id));

        Assert.Equal(200, answer.Status);
        var record = await subscriber.RecordAsync();
        Assert.Equal(answer.Header("x-tokenline-model"), record.Model);
        Assert.NotNull(server.Tariff(record.Model));
        Assert.Equal(
            server.Cost(record.Model, record.Usage),
            (RunningServer.RichTokens * QuotaUnit.Micro) - await subscriber.BalanceAsync()
        );
    }

    [Fact]
    public async Task The_goal_decides_which()
    {
        await using var vendor = RoutingServer.Well();
        var cheap = await ModelAsync(vendor, quality: 60, joules: 1);
        var good = await ModelAsync(vendor, quality: 99, joules: 2);
        var frugal = await ModelAsync(vendor, quality: 40, joules: 0.01m);
        server.Get<TariffHolder>(); // all three cost the same, so the cheapest is the first that is known
        var subscriber = await server.SubscriberAsync(models: [cheap, good, frugal]);

        Assert.Equal(good, await ServedByAsync(subscriber, "auto:quality"));
        Assert.Equal(good, await ServedByAsync(subscriber, "auto"));
        Assert.Equal(frugal, await ServedByAsync(subscriber, "auto:energy"));
    }

    [Fact]
    public async Task What_the_call_needs_decides_too()
    {
        await using var vendor = RoutingServer.Well();
        var plain = await ModelAsync(vendor, quality: 99, joules: 1);
        var able = await ModelAsync(vendor, quality: 50, joules: 1, ModelAbility.Tools);
        var strict = await ModelAsync(vendor, quality: 40, joules: 1, ModelAbility.StructuredOutput);
        var subscriber = await server.SubscriberAsync(models: [plain, able, strict]);

        Assert.Equal(plain, await ServedByAsync(subscriber, "auto:quality"));
        Assert.Equal(able, await ServedByAsync(subscriber, "auto:quality", Tools));
        Assert.Equal(strict, await ServedByAsync(subscriber, "auto:quality", Schema));
        var about = await subscriber.AskAsync(Wire.Ask("What is \"json_schema\"?", "auto:quality"));
        Assert.Equal(plain, about.Header("x-tokenline-model"));
    }

    [Fact]
    public async Task A_virtual_model_that_can_come_to_none_says_what_is_missing()
    {
        await using var vendor = RoutingServer.Well();
        var plain = await ModelAsync(vendor, quality: 99, joules: 1);
        var subscriber = await server.SubscriberAsync(models: [plain]);

        var answer = await subscriber.AskAsync(Wire.Ask(model: "auto", members: Tools));

        Assert.Equal((400, "invalid_request_error"), (answer.Status, answer.Code));
        Assert.Contains("tools", (string?)answer.Error["message"], StringComparison.Ordinal);
        Assert.Equal(0, vendor.Received);
    }

    [Fact]
    public async Task A_virtual_model_goes_on_to_the_next_model_when_the_best_is_down()
    {
        await using var down = new ScriptedVendor(call => call.AnswerAsync("{}", "500 Status"));
        await using var up = RoutingServer.Well();
        var best = await ModelAsync(down, quality: 99, joules: 1);
        var next = await ModelAsync(up, quality: 50, joules: 1);
        var subscriber = await server.SubscriberAsync(models: [best, next]);

        var answer = await subscriber.AskAsync(Wire.Ask(model: "auto:quality"));

        Assert.Equal((200, next), (answer.Status, answer.Header("x-tokenline-model")));
        var record = await subscriber.RecordAsync();
        Assert.Equal((next, answer.Charge), (record.Model, record.Charge));
        // What was held for the first is released, with the vendor's attempt on it.
        var released = Assert.Single(server.Journal(subscriber.Account).OfType<Released>());
        Assert.Equal("status 500", Assert.Single(released.Attempts!).Outcome);
        Assert.Equal(server.Cost(next, 10, 2), (RunningServer.RichTokens * QuotaUnit.Micro) - await subscriber.BalanceAsync());
    }

    [Fact]
    public async Task A_virtual_model_passes_over_a_model_that_the_account_cannot_pay()
    {
        await using var vendor = RoutingServer.Well();
        var best = await ModelAsync(vendor, quality: 99, joules: 1);
        var next = await ModelAsync(vendor, quality: 50, joules: 1);
        var subscriber = await server.SubscriberAsync(tokens: 0, models: [best, next]);
        await server.GrantAsync(subscriber.Account, 1_000_000, models: [next]);

        Assert.Equal(next, await ServedByAsync(subscriber, "auto:quality"));
    }

    [Fact]
    public async Task A_virtual_model_passes_over_a_model_whose_deployments_are_at_their_limits()
    {
        await using var full = new ScriptedVendor();
        await using var free = RoutingServer.Well();
        var best = await ModelAsync(full, quality: 99, joules: 1);
        var next = await ModelAsync(free, quality: 50, joules: 1);
        server.Change(
            best,
            known => known with { Deployments = [known.Deployments[0] with { Rates = new DeploymentRates(ConcurrentCalls: 1) }] }
        );
        var subscriber = await server.SubscriberAsync(models: [best, next]);

        var running = subscriber.AskAsync(Wire.Ask(model: best));
        var call = await full.NextAsync();

        Assert.Equal(next, await ServedByAsync(subscriber, "auto:quality"));
        await call.AnswerAsync(Wire.Completion("Hi", Wire.Usage(10, 2)));
        Assert.Equal(200, (await running).Status);
    }

    [Fact]
    public async Task Virtual_models_are_listed()
    {
        var subscriber = await server.SubscriberAsync();
        using var request = RunningServer.Request($"{server.Url}/v1/models", null, subscriber.Key);
        using var response = await server.Client.SendAsync(request, RunningServer.Cancel);
        var listed = (await Answer.ReadAsync(response)).Json["data"]!.AsArray().Select(model => (string?)model!["id"]).ToList();

        Assert.Equal(
            ["auto", "auto:balance", "auto:cost", "auto:quality", "auto:energy"],
            listed.Where(id => id!.StartsWith("auto", StringComparison.Ordinal))
        );
    }

    [Fact]
    public async Task A_model_that_costs_too_much_is_stood_in_for_and_the_bill_is_the_others()
    {
        await using var vendor = RoutingServer.Well();
        var asked = await ModelAsync(vendor, quality: 80, joules: 1);
        var other = await ModelAsync(vendor, quality: 80, joules: 1);
        var subscriber = await server.SubscriberAsync();
        server.Substitute(Rule(subscriber, asked, other) with { InputPriceAbove = 1.9m }); // it costs 2

        var answer = await subscriber.AskAsync(Wire.Ask(model: asked));

        Assert.Equal((other, $"{asked}; reason=price"), (answer.Header("x-tokenline-model"), answer.Header("x-tokenline-substituted")));
        Assert.Equal(other, (await subscriber.RecordAsync()).Model);

        server.Substitute(Rule(subscriber, asked, other) with { InputPriceAbove = 2 });
        Assert.Equal(asked, await ServedByAsync(subscriber, asked));
    }

    [Fact]
    public async Task A_stand_in_is_never_below_the_quality_that_was_asked()
    {
        await using var vendor = RoutingServer.Well();
        var asked = await ModelAsync(vendor, quality: 80, joules: 1);
        var worse = await ModelAsync(vendor, quality: 70, joules: 1);
        var subscriber = await server.SubscriberAsync();
        server.Substitute(Rule(subscriber, asked, worse) with { InputPriceAbove = 1, QualityMin = 75 });

        Assert.Equal(asked, await ServedByAsync(subscriber, asked));
    }

    [Fact]
    public async Task A_model_that_is_down_is_stood_in_for_at_the_first_failure_and_before_it_afterwards()
    {
        await using var down = new ScriptedVendor(call => call.AnswerAsync("{}", "500 Status"));
        await using var up = RoutingServer.Well();
        var asked = await ModelAsync(down, quality: 80, joules: 1);
        var other = await ModelAsync(up, quality: 80, joules: 1);
        var subscriber = await server.SubscriberAsync();
        server.Substitute(Rule(subscriber, asked, other) with { WhenDown = true });

        for (var i = 0; i < 8; i++)
        {
            var answer = await subscriber.AskAsync(Wire.Ask(model: asked));
            Assert.Equal((200, other), (answer.Status, answer.Header("x-tokenline-model")));
            Assert.Equal($"{asked}; reason=down", answer.Header("x-tokenline-substituted"));
        }

        Assert.InRange(down.Received, 5, 7); // then its circuit is open
        Assert.Equal(8, (await subscriber.RecordsAsync()).Count);
    }

    [Fact]
    public async Task A_withdrawn_model_is_gone_or_stood_in_for_by_the_cheapest_of_its_class()
    {
        await using var vendor = RoutingServer.Well();
        var asked = await ModelAsync(vendor, quality: 80, joules: 1);
        var other = await ModelAsync(vendor, quality: 80, joules: 1);
        foreach (var model in (string[])[asked, other])
            server.Change(model, known => known with { Profile = known.Profile with { Class = asked } });
        server.Change(asked, known => known with { WithdrawnAt = DateTimeOffset.UnixEpoch });
        var subscriber = await server.SubscriberAsync();

        var gone = await subscriber.AskAsync(Wire.Ask(model: asked));
        Assert.Equal((404, "model_not_found"), (gone.Status, gone.Code));

        server.Substitute(Rule(subscriber, asked, null) with { WhenWithdrawn = true });
        Assert.Equal(other, await ServedByAsync(subscriber, asked));
    }

    [Fact]
    public async Task Somebody_elses_rule_is_not_mine_and_mine_goes_before_everybodys()
    {
        await using var vendor = RoutingServer.Well();
        var (asked, mine, everybodys) = (await ModelAsync(vendor, 80, 1), await ModelAsync(vendor, 80, 1), await ModelAsync(vendor, 80, 1));
        var (me, another) = (await server.SubscriberAsync(), await server.SubscriberAsync());
        server.Substitute(
            Rule(me, asked, mine) with
            {
                InputPriceAbove = 1,
            },
            Rule(me, asked, everybodys) with
            {
                Id = new SubstitutionId(2),
                Account = null,
                InputPriceAbove = 1,
            }
        );

        Assert.Equal(mine, await ServedByAsync(me, asked));
        Assert.Equal(everybodys, await ServedByAsync(another, asked));
    }

    [Fact]
    public async Task Asked_for_it_the_answer_says_why_this_deployment()
    {
        await using var vendor = RoutingServer.Well();
        await using var other = RoutingServer.Well();
        var model = await server.ServedByAsync(vendor, other);
        var subscriber = await server.SubscriberAsync();

        var answer = await subscriber.AskAsync(Wire.Ask(model: model), ("x-tokenline-debug", "route"));

        var vendors = await server.VendorsOfAsync(model);
        Assert.Equal(
            $"model={model}; policy=priority; chosen={model}@{vendors[0]}; {model}@{vendors[0]}=0 (100%); {model}@{vendors[1]}=1 (0%)",
            answer.Header("x-tokenline-route")
        );
        Assert.Null((await subscriber.AskAsync(Wire.Ask(model: model))).Header("x-tokenline-route"));
    }

    private static async Task<string?> ServedByAsync(Subscriber subscriber, string model, string members = "")
    {
        var answer = await subscriber.AskAsync(Wire.Ask(model: model, members: members));
        Assert.Equal(200, answer.Status);
        return answer.Header("x-tokenline-model");
    }

    private static Substitution Rule(Subscriber whose, string model, string? use) => new(new SubstitutionId(1), whose.Account, model, use);

    private async Task<string> ModelAsync(ScriptedVendor vendor, decimal quality, decimal joules, params ModelAbility[] abilities)
    {
        var model = await server.ServedByAsync(vendor);
        server.Change(
            model,
            known =>
                known with
                {
                    Profile = new ModelProfile
                    {
                        Quality = new QualityScore(quality, "test"),
                        Energy = new EnergyFigure(joules, true, "test"),
                        Abilities = [.. abilities],
                    },
                }
        );
        return model;
    }
}
