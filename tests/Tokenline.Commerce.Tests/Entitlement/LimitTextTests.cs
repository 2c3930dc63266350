using Tokenline.Charging.Limits;
using Tokenline.Commerce.Entitlement;

namespace Tokenline.Commerce.Tests.Entitlement;

public sealed class LimitTextTests
{
    public static TheoryData<string, Limit> Written { get; } =
        new()
        {
            { "rpm=60 requests/60s", new("rpm", LimitWindow.Rolling, Measure.Requests, 60, 60) },
            { "tpm=100k tokens/60s", new("tpm", LimitWindow.Rolling, Measure.Tokens, 100_000, 60) },
            { "monthly=50 CNY spend/month", new("monthly", LimitWindow.Month, Measure.Spend, 50_000_000_000, Currency: Currency.Cny) },
            { "v=0.5 CNY value/day", new("v", LimitWindow.Day, Measure.Value, 500_000_000, Currency: Currency.Cny) },
            {
                "pool=2M general-token/week",
                new("pool", LimitWindow.Week, Measure.Quota, 2_000_000_000_000, Unit: new QuotaUnit("general-token"))
            },
            { "coding=5 request quota/5h", new("coding", LimitWindow.Rolling, Measure.Quota, 5_000_000, 18_000, new QuotaUnit("request")) },
            { "burst=1200 requests/5h from first use", new("burst", LimitWindow.FromFirstUse, Measure.Requests, 1200, 18_000) },
            { "parallel=5 requests/running", new("parallel", LimitWindow.Running, Measure.Requests, 5) },
            { "night=3 CNY spend/run", new("night", LimitWindow.Run, Measure.Spend, 3_000_000_000, Currency: Currency.Cny) },
            { "all=1G tokens/total", new("all", LimitWindow.Total, Measure.Tokens, 1_000_000_000) },
            { "plan=9 point/plan-month", new("plan", LimitWindow.PlanMonth, Measure.Quota, 9_000_000, Unit: new QuotaUnit("point")) },
            { "none=0 requests/7d", new("none", LimitWindow.Rolling, Measure.Requests, 0, 604_800) },
        };

    [Theory]
    [MemberData(nameof(Written))]
    public void A_limit_is_read_as_it_is_meant_and_written_as_it_is_read(string text, Limit limit)
    {
        Assert.Equal(limit, LimitText.Parse(text).Required());
        Assert.Equal(limit, LimitText.Parse(LimitText.Of(limit)).Required());
    }

    [Fact]
    public void A_limit_of_some_models_names_them()
    {
        var limit = LimitText.Parse("dear=10 requests/day on glm-5, kimi-k2.6").Required();

        Assert.Equal(["glm-5", "kimi-k2.6"], limit.Models!);
        Assert.Equal("dear=10 requests/day on glm-5,kimi-k2.6", LimitText.Of(limit));
    }

    [Theory]
    [InlineData("")]
    [InlineData("rpm")]
    [InlineData("rpm=60")]
    [InlineData("rpm=60/60s")]
    [InlineData("=60 requests/60s")]
    [InlineData("rpm=-1 requests/60s")]
    [InlineData("rpm=1.5 requests/60s")]
    [InlineData("rpm=60 requests/60")]
    [InlineData("rpm=60 requests/0s")]
    [InlineData("rpm=60 requests/400d")]
    [InlineData("rpm=60 requests/fortnight")]
    [InlineData("rpm=60 request/60s")]
    [InlineData("cap=1 cny spend/month")]
    [InlineData("cap=1 CNY/month")]
    [InlineData("cap=0.0000000001 CNY spend/month")]
    [InlineData("cap=99G CNY spend/month")]
    [InlineData("run=1 general-token/running")]
    [InlineData("a b=1 requests/day")]
    [InlineData("m=1 requests/day on ")]
    [InlineData("m=1 requests/day on ,")]
    public void What_is_no_limit_is_refused_with_the_form_of_one(string text)
    {
        var refused = LimitText.Parse(text).Refused!;

        Assert.Equal((Problems.InvalidRequest, "limit"), (refused.Problem, refused.Param));
        Assert.Contains("rpm=60 requests/60s", refused.Message);
    }

    [Fact]
    public void A_word_that_means_two_things_is_asked_about() =>
        Assert.Contains("'request quota'", LimitText.Parse("five-hours=1200 request/5h").Refused!.Message);
}
