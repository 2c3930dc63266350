using Tokenline.Commerce.Orders;

namespace Tokenline.Commerce.Tests.Orders;

public sealed class PlanMonthTests
{
    [Theory]
    [Trait("WhatOthersGotWrong", "39")]
    [InlineData("2026-01-15T10:00:00+08:00", 1, "Asia/Shanghai", "2026-02-15T10:00:00+08:00")]
    [InlineData("2026-01-31T23:59:59+08:00", 1, "Asia/Shanghai", "2026-02-28T23:59:59+08:00")]
    [InlineData("2028-01-31T00:00:00+08:00", 1, "Asia/Shanghai", "2028-02-29T00:00:00+08:00")]
    [InlineData("2026-03-31T12:00:00+08:00", 1, "Asia/Shanghai", "2026-04-30T12:00:00+08:00")]
    [InlineData("2026-12-31T12:00:00+08:00", 1, "Asia/Shanghai", "2027-01-31T12:00:00+08:00")]
    [InlineData("2026-09-01T02:30:00+08:00", 12, "Asia/Shanghai", "2027-09-01T02:30:00+08:00")]
    [InlineData("2028-02-29T02:30:00+08:00", 12, "Asia/Shanghai", "2029-02-28T02:30:00+08:00")]
    // The day in the operator's zone decides: this is the 1st in Shanghai and still the 31st in UTC.
    [InlineData("2026-03-31T17:00:00+00:00", 1, "Asia/Shanghai", "2026-05-01T01:00:00+08:00")]
    // The same local time, although the clocks changed between.
    [InlineData("2026-03-10T12:00:00+01:00", 1, "Europe/Berlin", "2026-04-10T12:00:00+02:00")]
    // A local time that the change of clocks left out is the one just after.
    [InlineData("2026-02-28T02:30:00+01:00", 1, "Europe/Berlin", "2026-03-28T02:30:00+01:00")]
    [InlineData("2027-02-28T02:30:00+01:00", 1, "Europe/Berlin", "2027-03-28T03:30:00+02:00")]
    public void A_month_ends_at_the_same_local_time_of_the_same_day_or_the_last_one(string start, int months, string zone, string end) =>
        Assert.Equal(DateTimeOffset.Parse(end), PlanMonth.End(DateTimeOffset.Parse(start), months, zone));
}
