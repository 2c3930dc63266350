using Tokenline.Charging.Records;
using Tokenline.Simulators.Vendors;

namespace Tokenline.Host.Tests;

/// <summary>What a vendor says of usage, or does not say: counted and marked, never free by accident, never a credit.</summary>
public class MissingUsageTests(SharedServer server)
{
    [Theory]
    [Trait("WhatOthersGotWrong", "19")]
    [InlineData("no-usage", true)]
    [InlineData("no-usage", false)]
    [InlineData("null-usage", true)]
    [InlineData("null-usage", false)]
    public async Task Usage_that_is_missing_is_counted_here_and_marked_estimated(string fault, bool stream)
    {
        var body = Wire.Simulated($"fault={fault}; tokens=60", stream);
        var said = SimulatedUsage.For(System.Text.Encoding.UTF8.GetBytes(body));
        var subscriber = await server.SubscriberAsync();

        var answer = await subscriber.AskAsync(body);

        Assert.Equal(200, answer.Status);
        var record = await subscriber.RecordAsync();
        Assert.Equal((UsageBasis.Estimated, CallEnding.Completed, null), (record.Basis, record.Ending, record.VendorUsage));
        // One word is one token at the simulator, and nearly so at a real tokenizer.
        Assert.InRange(record.Usage[Meter.Output], said.CompletionTokens * 8 / 10, said.CompletionTokens * 15 / 10);
        Assert.InRange(record.Usage[Meter.Input], 5, 60);
        Assert.Equal(
            server.Cost(RunningServer.Model, record.Usage),
            (RunningServer.RichTokens * QuotaUnit.Micro) - await subscriber.BalanceAsync()
        );
    }

    [Fact]
    [Trait("WhatOthersGotWrong", "31")]
    public async Task Missing_usage_costs_the_same_streamed_or_not()
    {
        var (plain, streamed) = (await server.SubscriberAsync(), await server.SubscriberAsync());

        await plain.AskAsync(Wire.Simulated("fault=no-usage; tokens=60"));
        await streamed.AskAsync(Wire.Simulated("fault=no-usage; tokens=60", stream: true));

        Assert.Equal((await plain.RecordAsync()).Usage, (await streamed.RecordAsync()).Usage);
    }

    [Theory]
    [Trait("WhatOthersGotWrong", "20")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_explicit_zero_is_zero(bool stream)
    {
        var subscriber = await server.SubscriberAsync();

        await subscriber.AskAsync(Wire.Simulated("fault=zero-usage", stream));

        var record = await subscriber.RecordAsync();
        Assert.Equal((UsageBasis.Vendor, 0L, 0L), (record.Basis, record.Usage.Tokens, record.RetailNano));
        Assert.Empty(record.Payments);
        Assert.Equal(RunningServer.RichTokens * QuotaUnit.Micro, await subscriber.BalanceAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_negative_count_credits_nothing_and_is_marked(bool stream)
    {
        var subscriber = await server.SubscriberAsync();

        await subscriber.AskAsync(Wire.Simulated("fault=negative-usage", stream));

        var record = await subscriber.RecordAsync();
        Assert.NotNull(record.Check);
        Assert.Equal(0, record.Usage[Meter.Output]);
        Assert.True(record.Usage[Meter.Input] > 0);
        Assert.Equal(
            server.Cost(RunningServer.Model, record.Usage),
            (RunningServer.RichTokens * QuotaUnit.Micro) - await subscriber.BalanceAsync()
        );
    }

    [Theory]
    [InlineData("""{"prompt_tokens":10,"completion_tokens":5,"total_tokens":40}""", 10, 30)]
    [InlineData("""{"prompt_tokens":10,"completion_tokens":5,"total_tokens":3}""", 10, 5)]
    [InlineData("""{"prompt_tokens":10,"completion_tokens":1.5,"total_tokens":12}""", 10, 2)]
    public async Task Figures_that_do_not_add_up_are_charged_and_marked_for_a_look(string usage, long input, long output)
    {
        await using var vendor = new ScriptedVendor(call => call.AnswerAsync(Wire.Completion("a b c", usage)));
        var subscriber = await server.SubscriberAsync();

        await subscriber.AskAsync(Wire.Ask(model: await server.ServeAsync(vendor)));

        var record = await subscriber.RecordAsync();
        Assert.NotNull(record.Check);
        Assert.Equal((input, output), (record.Usage.WholeInput, record.Usage[Meter.Output]));
        Assert.Equal(usage, record.VendorUsage);
    }

    [Fact]
    public async Task The_vendors_own_usage_object_is_kept_verbatim()
    {
        const string usage = """{ "prompt_tokens" :10,"completion_tokens":5,"total_tokens":15, "cost":0.00012,"x":{"y":[1 ,2]}}""";
        await using var vendor = new ScriptedVendor(call => call.AnswerAsync(Wire.Completion("a", usage)));
        var subscriber = await server.SubscriberAsync();

        await subscriber.AskAsync(Wire.Ask(model: await server.ServeAsync(vendor)));

        var record = await subscriber.RecordAsync();
        Assert.Equal(usage, record.VendorUsage);
        Assert.Null(record.Check);
    }

    [Fact]
    public async Task A_model_that_answers_in_anothers_place_is_on_the_record_and_the_price_is_that_of_the_one_asked_for()
    {
        await using var vendor = new ScriptedVendor(call =>
            call.AnswerAsync(Wire.Completion("a", Wire.Usage(10, 5)).Replace("\"m\"", "\"fallback-9\"", StringComparison.Ordinal))
        );
        var model = await server.ServeAsync(vendor);
        var subscriber = await server.SubscriberAsync();

        var answer = await subscriber.AskAsync(Wire.Ask(model: model));

        var record = await subscriber.RecordAsync();
        Assert.Equal((model, "fallback-9"), (record.Model, record.AnsweredModel));
        Assert.Equal("fallback-9", answer.Header("x-tokenline-model"));
        Assert.Equal(server.Cost(model, 10, 5), Assert.Single(record.Payments).Amount);
    }
}
