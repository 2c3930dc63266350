using System.Text.Json.Nodes;

namespace Tokenline.Simulators.Tests.Vendors;

/// <summary>Always the same call: 8 prompt tokens of which 4 are cached, 10 completion tokens of which 3 are reasoning.</summary>
public sealed class UsageFaultTests
{
    private const string Shape = "; tokens=10; reasoning=3; cached=4";

    [Theory]
    [InlineData(
        "zero-usage",
        """{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0,"prompt_tokens_details":{"cached_tokens":0},"completion_tokens_details":{"reasoning_tokens":0}}"""
    )]
    [InlineData(
        "negative-usage",
        """{"prompt_tokens":8,"completion_tokens":-10,"total_tokens":-2,"prompt_tokens_details":{"cached_tokens":4},"completion_tokens_details":{"reasoning_tokens":3}}"""
    )]
    [InlineData(
        "usage-above:90",
        """{"prompt_tokens":8,"completion_tokens":100,"total_tokens":108,"prompt_tokens_details":{"cached_tokens":4},"completion_tokens_details":{"reasoning_tokens":3}}"""
    )]
    [InlineData(
        "reasoning-outside",
        """{"prompt_tokens":8,"completion_tokens":7,"total_tokens":18,"prompt_tokens_details":{"cached_tokens":4},"completion_tokens_details":{"reasoning_tokens":3}}"""
    )]
    [InlineData(
        "cached-top-level",
        """{"prompt_tokens":8,"completion_tokens":10,"total_tokens":18,"cached_tokens":4,"completion_tokens_details":{"reasoning_tokens":3}}"""
    )]
    [InlineData(
        "num-cached-tokens",
        """{"prompt_tokens":8,"completion_tokens":10,"total_tokens":18,"num_cached_tokens":4,"completion_tokens_details":{"reasoning_tokens":3}}"""
    )]
    [InlineData(
        "cache-hit-tokens",
        """{"prompt_tokens":8,"completion_tokens":10,"total_tokens":18,"prompt_cache_hit_tokens":4,"prompt_cache_miss_tokens":4,"completion_tokens_details":{"reasoning_tokens":3}}"""
    )]
    public async Task The_usage_says_something_else(string fault, string expected)
    {
        await using var vendor = await SimulatedVendor.StartAsync();
        var plain = await vendor.AnswerAsync(SimulatedVendor.Body(), $"fault={fault}{Shape}");
        Assert.Equal(expected, plain["usage"]!.ToJsonString());
        var streamed = await vendor.StreamAsync(SimulatedVendor.Body(stream: true), $"fault={fault}{Shape}");
        Assert.Equal(expected, Assert.Single(streamed.Usages).ToJsonString());
    }

    [Fact]
    public async Task The_usage_is_nowhere()
    {
        await using var vendor = await SimulatedVendor.StartAsync();
        Assert.False((await vendor.AnswerAsync(SimulatedVendor.Body(), "fault=no-usage")).AsObject().ContainsKey("usage"));
        var streamed = await vendor.StreamAsync(SimulatedVendor.Body(stream: true), "fault=no-usage");
        Assert.DoesNotContain("usage", streamed.Raw, StringComparison.Ordinal);
        Assert.True(streamed.Done);
    }

    [Fact]
    public async Task The_usage_is_null()
    {
        await using var vendor = await SimulatedVendor.StartAsync();
        var plain = (await vendor.AnswerAsync(SimulatedVendor.Body(), "fault=null-usage")).AsObject();
        Assert.True(plain.ContainsKey("usage") && plain["usage"] is null);
        var streamed = await vendor.StreamAsync(SimulatedVendor.Body(stream: true), "fault=null-usage");
        Assert.Empty(streamed.Usages);
        Assert.Empty(streamed.Chunks[^1]["choices"]!.AsArray());
    }

    [Fact]
    public async Task The_usage_comes_twice()
    {
        await using var vendor = await SimulatedVendor.StartAsync();
        var streamed = await vendor.StreamAsync(SimulatedVendor.Body(stream: true), "fault=duplicate-usage");
        Assert.Equal(2, streamed.Usages.Count);
        Assert.True(JsonNode.DeepEquals(streamed.Usages[0], streamed.Usages[1]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_usage_sits_in_the_finish_chunk_asked_or_not(bool asked)
    {
        await using var vendor = await SimulatedVendor.StartAsync();
        var body = asked ? SimulatedVendor.Body(stream: true) : SimulatedVendor.Body(members: "\"stream\":true");
        var streamed = await vendor.StreamAsync(body, $"fault=usage-in-choices-chunk{Shape}");
        Assert.Equal(18, Assert.Single(streamed.Usages)["total_tokens"]!.GetValue<int>());
        Assert.NotNull(streamed.Chunks[^1]["usage"]);
        Assert.Equal("stop", streamed.Chunks[^1]["choices"]![0]!["finish_reason"]!.ToString());
    }

    [Fact]
    public async Task The_usage_grows_in_every_chunk_up_to_the_true_one()
    {
        await using var vendor = await SimulatedVendor.StartAsync();
        var streamed = await vendor.StreamAsync(SimulatedVendor.Body(stream: true), $"fault=usage-every-chunk{Shape}");
        Assert.Equal(streamed.Chunks.Count, streamed.Usages.Count);
        var counts = streamed.Usages.Select(u => u["completion_tokens"]!.GetValue<int>()).ToList();
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10], counts);
        var plain = await vendor.AnswerAsync(SimulatedVendor.Body(), Shape);
        Assert.True(JsonNode.DeepEquals(plain["usage"], streamed.Usages[^1]));
    }

    [Fact]
    public async Task The_usage_is_only_where_groq_puts_it()
    {
        await using var vendor = await SimulatedVendor.StartAsync();
        var streamed = await vendor.StreamAsync(SimulatedVendor.Body(stream: true), $"fault=x-groq-usage{Shape}");
        Assert.Empty(streamed.Usages);
        Assert.Equal(18, streamed.Chunks[^1]["x_groq"]!["usage"]!["total_tokens"]!.GetValue<int>());
        var plain = await vendor.AnswerAsync(SimulatedVendor.Body(), $"fault=x-groq-usage{Shape}");
        Assert.Null(plain["usage"]);
        Assert.Equal(18, plain["x_groq"]!["usage"]!["total_tokens"]!.GetValue<int>());
    }
}
