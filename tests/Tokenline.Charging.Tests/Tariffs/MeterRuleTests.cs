using Tokenline.Charging.Tariffs;
using static Tokenline.Charging.Tests.Tariffs.Cards;

namespace Tokenline.Charging.Tests.Tariffs;

/// <summary>How a meter is counted before its rate applies: caches, reasoning, packages, images.</summary>
public sealed class MeterRuleTests
{
    // Cached tokens and fresh input are disjoint meters, each charged once.
    // Cache writes for 5 minutes and for 1 hour have prices of their own.
    [Fact]
    [Trait("WhatOthersGotWrong", "29")]
    [Trait("WhatOthersGotWrong", "30")]
    public void Caches_are_charged_once_each_at_their_own_price()
    {
        var card = Card(Flat((Meter.Input, 100), (Meter.CachedInput, 10), (Meter.CacheWrite5m, 125), (Meter.CacheWrite1h, 200)));
        var usage = new Usage
        {
            [Meter.Input] = 1,
            [Meter.CachedInput] = 2,
            [Meter.CacheWrite5m] = 3,
            [Meter.CacheWrite1h] = 4,
        };

        Assert.Equal(100 + 20 + 375 + 800, Rounded(card, usage));
    }

    // Media tokens have meters of their own, so one inside a cache hit is a cached token and nothing else.
    [Fact]
    [Trait("WhatOthersGotWrong", "33")]
    public void Media_tokens_are_charged_at_their_own_price()
    {
        var card = Card(
            Flat((Meter.Input, 1), (Meter.AudioInput, 20), (Meter.ImageInput, 3), (Meter.VideoInput, 5), (Meter.AudioOutput, 80))
        );
        var usage = new Usage
        {
            [Meter.Input] = 1,
            [Meter.AudioInput] = 1,
            [Meter.ImageInput] = 1,
            [Meter.VideoInput] = 1,
            [Meter.AudioOutput] = 1,
        };

        Assert.Equal(1 + 20 + 3 + 5 + 80, Rounded(card, usage));
    }

    // Reasoning is a part of output, not dropped and not added again.
    [Theory]
    [Trait("WhatOthersGotWrong", "34")]
    [InlineData(100, 0, 1000, 1000)]
    [InlineData(100, 40, 1000, (60 * 10) + (40 * 7))]
    [InlineData(100, 100, 1000, 700)]
    [InlineData(100, 101, 1000, 700)] // more reasoning than output is as much as output
    public void Each_token_of_reasoning_is_charged_once(long output, long reasoning, long inside, long apart)
    {
        var table = Flat((Meter.Output, 10), (Meter.Reasoning, 7));
        var usage = Usage.Of(0, output, reasoning: reasoning);

        Assert.Equal(inside, Rounded(Card(table), usage));
        Assert.Equal(apart, Rounded(Card(new RateTable(table.Tiers) { ReasoningApart = true }), usage));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1000)]
    [InlineData(999, 1000)]
    [InlineData(1000, 1000)]
    [InlineData(1001, 2000)]
    public void A_begun_package_is_charged_whole(long characters, long charged)
    {
        var card = Card(new RateTable(Flat((Meter.Character, 3)).Tiers) { Packages = new([new(Meter.Character, 1000)]) });
        var usage = new Usage { [Meter.Character] = characters };

        Assert.Equal(charged * 3, Rounded(card, usage));
    }

    [Fact]
    public void An_image_costs_by_its_size_and_quality_and_an_unlisted_one_the_default()
    {
        var card = Card(new RateTable(Flat((Meter.Image, 5)).Tiers) { Images = new([new("1024x1024/high", 20), new("free", 0)]) });
        var usage = new Usage { [Meter.Image] = 3 };

        Assert.Equal(60, Cost("1024x1024/high"));
        Assert.Equal(0, Cost("free"));
        Assert.Equal(15, Cost("512x512/low"));
        Assert.Equal(15, Cost(null));

        long Cost(string? imageClass) => Amount(card, usage, traits: new CallTraits(ImageClass: imageClass)).Rounded();
    }

    // A price depends on usage, start and traits; whether the call was streamed is none of them.
    [Fact]
    public void A_stream_and_a_plain_call_of_the_same_usage_cost_the_same() =>
        Assert.DoesNotContain(
            typeof(RatingContext).GetProperties(),
            property => property.Name.Contains("Stream", StringComparison.Ordinal)
        );
}
