using Tokenline.Charging.Accounts;
using Tokenline.Charging.Records;
using Tokenline.Portal.Home;

namespace Tokenline.Portal.Tests;

public sealed class ForecastTests
{
    private static readonly QuotaUnit unit = new("general-token");
    private static readonly DateTimeOffset now = new(2026, 11, 10, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateOnly today = new(2026, 11, 10);

    [Fact]
    public void At_a_steady_pace_it_lasts_as_long_as_the_division_says()
    {
        var forecast = Assert.Single(
            Forecast.Of([Bucket(1, 70, 30)], [.. Enumerable.Range(0, 7).Select(day => Used(day, 10))], today, now)
        );
        Assert.Equal((70, 10, now.AddDays(7)), (forecast.Left / QuotaUnit.Micro, forecast.PerDay / QuotaUnit.Micro, forecast.LastsUntil));
        Assert.Null(forecast.EndsFirst);
    }

    [Fact]
    public void A_new_account_is_judged_by_the_days_it_has_lived()
    {
        var forecast = Assert.Single(Forecast.Of([Bucket(1, 100, 30)], [Used(0, 30), Used(1, 20)], today, now));
        Assert.Equal(25, forecast.PerDay / QuotaUnit.Micro);
    }

    [Fact]
    public void What_ends_before_it_is_used_up_is_lost_and_the_next_bucket_goes_on_from_there()
    {
        var forecast = Assert.Single(Forecast.Of([Bucket(1, 100, 4), Bucket(2, 50, 40)], [Used(0, 10)], today, now));
        Assert.Equal(now.AddDays(9), forecast.LastsUntil);
        Assert.Equal(60, forecast.Lost / QuotaUnit.Micro);
    }

    [Fact]
    public void Without_use_there_is_no_date()
    {
        var forecast = Assert.Single(Forecast.Of([Bucket(1, 100, 30)], [], today, now));
        Assert.Null(forecast.LastsUntil);
        Assert.Equal(0, forecast.PerDay);
    }

    [Fact]
    public void What_has_ended_is_not_counted() => Assert.Empty(Forecast.Of([Bucket(1, 100, -1)], [Used(0, 1)], today, now));

    private static BucketView Bucket(long id, long tokens, int days)
    {
        var amount = tokens * QuotaUnit.Micro;
        var grant = new BucketGrant(
            new(id),
            "Light",
            BucketType.Plan,
            unit,
            null,
            amount,
            200,
            now.AddDays(-30),
            now.AddDays(days),
            null,
            null
        );
        return new(grant, amount, amount, 0, 0, 0, 0, 0, null);
    }

    private static UsageDay Used(int daysAgo, long tokens) =>
        new(
            new UsageDayKey(new(1), today.AddDays(-daysAgo), "m", new(1), Currency.Cny, unit.Name),
            new UsageSums(1, 0, 0, 0, 0, tokens * QuotaUnit.Micro)
        );
}
