using Tokenline.Charging.Limits;

namespace Tokenline.Charging.Tests.Accounts;

public sealed class SharedLimitsTests
{
    private static readonly DateTimeOffset noon = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Requests_of_a_minute_are_so_many_and_free_themselves_with_their_slot()
    {
        var limits = new SharedLimits([new Limit("rpm", LimitWindow.Rolling, Measure.Requests, 2, 60)]);
        Assert.True(limits.TryBegin(noon, 0, out _));
        Assert.True(limits.TryBegin(noon.AddSeconds(10), 0, out _));

        Assert.False(limits.TryBegin(noon.AddSeconds(20), 0, out var fitsAt));

        Assert.Equal(noon.AddSeconds(61), fitsAt);
        limits.End(noon, 0, 0);
        Assert.False(limits.TryBegin(noon.AddSeconds(60), 0, out _)); // a call that has ended was a call all the same
        Assert.True(limits.TryBegin(noon.AddSeconds(61), 0, out _));
    }

    [Fact]
    public void Tokens_are_held_at_the_estimate_and_corrected_at_the_end()
    {
        var limits = new SharedLimits([new Limit("tpm", LimitWindow.Rolling, Measure.Tokens, 1000, 60)]);
        Assert.True(limits.TryBegin(noon, 700, out _));
        Assert.False(limits.TryBegin(noon, 700, out _));

        limits.End(noon, 700, 300);

        Assert.True(limits.TryBegin(noon, 700, out _));
        Assert.False(limits.TryBegin(noon, 1, out _));
    }

    [Fact]
    public void A_call_of_more_than_the_whole_limit_may_go_alone()
    {
        var limits = new SharedLimits([new Limit("tpm", LimitWindow.Rolling, Measure.Tokens, 1000, 60)]);

        Assert.True(limits.TryBegin(noon, 5000, out _));

        Assert.False(limits.TryBegin(noon, 1, out _));
        limits.End(noon, 5000, 4000);
        Assert.False(limits.TryBegin(noon.AddSeconds(30), 1, out _));
        Assert.True(limits.TryBegin(noon.AddSeconds(61), 1, out _));
    }

    [Fact]
    public void One_that_is_full_leaves_the_others_uncounted()
    {
        var limits = new SharedLimits([
            new Limit("rpm", LimitWindow.Rolling, Measure.Requests, 2, 60),
            new Limit("concurrent", LimitWindow.Running, Measure.Requests, 1),
        ]);
        Assert.True(limits.TryBegin(noon, 0, out _));
        Assert.False(limits.TryBegin(noon, 0, out var fitsAt));
        Assert.Null(fitsAt);

        limits.End(noon, 0, 0);

        Assert.True(limits.TryBegin(noon, 0, out _));
    }

    [Fact]
    [Trait("WhatOthersGotWrong", "4")]
    public async Task Parallel_callers_never_pass_it()
    {
        var limits = new SharedLimits([new Limit("concurrent", LimitWindow.Running, Measure.Requests, 100)]);

        var passed = await Task.WhenAll(Enumerable.Range(0, 663).Select(_ => Task.Run(() => limits.TryBegin(noon, 0, out var _))));

        Assert.Equal(100, passed.Count(one => one));
    }

    [Fact]
    public void A_month_is_not_shared() =>
        Assert.Throws<ArgumentException>(() => new SharedLimits([new Limit("month", LimitWindow.Month, Measure.Requests, 1)]));
}
