namespace Tokenline.Charging.Tests.Accounts;

/// <summary>Month ends, leap years, clocks that are changed, holidays and hours, as tables. See <see cref="Story"/> for how to read them.</summary>
public sealed class CalendarStories
{
    [Fact]
    public void A_plan_of_the_31st_ends_with_short_months_and_comes_back_to_the_31st() =>
        Story.Play(
            """
            time 2026-01-31T10:30                                    -> ok
            refill plan 100 every planMonth Asia/Shanghai from 2026-01-31T10:30 -> ok; plan 100/0/0
            time 2026-02-28T10:29:59.9999999                         -> ok; plan 100/0/0
            time 2026-02-28T10:30                                    -> ok; plan 0/0/0/100; plan#2 100/0/0
            time 2026-03-31T10:29:59.9999999                         -> ok; plan#2 100/0/0
            time 2026-03-31T10:30                                    -> ok; plan#2 0/0/0/100; plan#3 100/0/0
            time 2026-04-30T10:30                                    -> ok; plan#3 0/0/0/100; plan#4 100/0/0
            time 2026-05-31T10:30                                    -> ok; plan#4 0/0/0/100; plan#5 100/0/0
            """,
            "Asia/Shanghai"
        );

    [Fact]
    public void Windows_of_a_plan_month_follow_its_anniversary() =>
        Story.Play(
            """
            grant plan 100000                                        -> ok
            limit account month 1 requests planMonth 2026-01-30T08:15 Asia/Shanghai -> ok
            time 2026-01-30T08:15                                    -> ok; limit account/month 0/0 until 2026-02-28T08:15
            hold a in 1 out 1                                        -> granted 1
            hold b in 1 out 1                                        -> refused window_limit_reached by account/month until 2026-02-28T08:15
            time 2026-02-28T08:14:59.9999999                         -> ok
            hold b in 1 out 1                                        -> refused window_limit_reached by account/month until 2026-02-28T08:15
            time 2026-02-28T08:15                                    -> ok
            hold b in 1 out 1                                        -> granted 1; limit account/month 0/1 until 2026-03-30T08:15
            """,
            "Asia/Shanghai"
        );

    [Fact]
    public void In_a_leap_year_a_plan_of_the_30th_ends_on_the_29th_of_February() =>
        Story.Play(
            """
            time 2028-01-30T00:00                                    -> ok
            refill plan 100 every planMonth Asia/Shanghai from 2028-01-30T00:00 -> ok
            time 2028-02-28T23:59:59.9999999                         -> ok; plan 100/0/0
            time 2028-02-29T00:00                                    -> ok; plan 0/0/0/100; plan#2 100/0/0
            time 2028-03-30T00:00                                    -> ok; plan#2 0/0/0/100; plan#3 100/0/0
            """,
            "Asia/Shanghai"
        );

    [Fact]
    public void A_plan_of_the_29th_of_February_goes_on_in_years_that_have_none() =>
        Story.Play(
            """
            time 2028-02-29T09:00                                    -> ok
            grant plan 100000                                        -> ok
            limit account month 1 requests planMonth 2028-02-29T09:00 Asia/Shanghai -> ok; limit account/month 0/0 until 2028-03-29T09:00
            time 2029-02-10T09:00                                    -> ok; limit account/month 0/0 until 2029-02-28T09:00
            time 2029-02-28T09:00                                    -> ok; limit account/month 0/0 until 2029-03-29T09:00
            time 2032-02-28T09:00                                    -> ok; limit account/month 0/0 until 2032-02-29T09:00
            """,
            "Asia/Shanghai"
        );

    [Fact]
    [Trait("WhatOthersGotWrong", "39")]
    public void A_plan_month_ends_at_the_minute_it_began_and_gives_no_second_month() =>
        Story.Play(
            """
            time 2026-03-10T23:45                                    -> ok
            refill plan 100 every planMonth Asia/Shanghai from 2026-03-10T23:45 until 2026-04-10T23:45 -> ok
            time 2026-04-10T00:00                                    -> ok; plan 100/0/0
            time 2026-04-10T23:44:59.9999999                         -> ok; plan 100/0/0
            time 2026-04-10T23:45                                    -> ok; plan 0/0/0/100
            time 2026-04-11T00:00                                    -> ok; plan 0/0/0/100
            hold a in 1 out 1                                        -> refused insufficient_quota
            """,
            "Asia/Shanghai"
        );

    // In Berlin the clock goes from 2:00 to 3:00 on 29 March 2026 and from 3:00 to 2:00 on 25 October.
    [Fact]
    public void The_day_on_which_the_clock_goes_forward_has_23_hours() =>
        Story.Play(
            """
            grant plan 100000                                        -> ok
            limit account day 1 requests day Europe/Berlin           -> ok
            time 2026-03-28T23:00:00Z                                -> ok; limit account/day 0/0 until 2026-03-29T22:00:00Z
            hold a in 1 out 1                                        -> granted 1
            hold b in 1 out 1                                        -> refused window_limit_reached by account/day until 2026-03-29T22:00:00Z
            time 2026-03-29T21:59:59Z                                -> ok
            hold b in 1 out 1                                        -> refused window_limit_reached by account/day
            time 2026-03-29T22:00:00Z                                -> ok; limit account/day 0/0 until 2026-03-30T22:00:00Z
            hold b in 1 out 1                                        -> granted 1
            """,
            "Europe/Berlin"
        );

    [Fact]
    public void The_day_on_which_the_clock_goes_back_has_25_hours() =>
        Story.Play(
            """
            grant plan 100000                                        -> ok
            limit account day 1 requests day Europe/Berlin           -> ok
            time 2026-10-24T22:00:00Z                                -> ok; limit account/day 0/0 until 2026-10-25T23:00:00Z
            hold a in 1 out 1                                        -> granted 1
            time 2026-10-25T22:30:00Z                                -> ok
            hold b in 1 out 1                                        -> refused window_limit_reached by account/day until 2026-10-25T23:00:00Z
            time 2026-10-25T23:00:00Z                                -> ok
            hold b in 1 out 1                                        -> granted 1
            """,
            "Europe/Berlin"
        );

    [Fact]
    public void A_plan_month_that_begins_in_the_skipped_hour_begins_when_the_clock_has_gone_forward() =>
        Story.Play(
            """
            time 2026-02-28T02:30                                    -> ok
            refill plan 100 every planMonth Europe/Berlin from 2026-02-28T02:30 -> ok
            time 2026-03-28T01:29:59Z                                -> ok; plan 100/0/0
            time 2026-03-28T01:30:00Z                                -> ok; plan#2 100/0/0
            limit account month 1 requests planMonth 2026-02-28T02:30 Europe/Berlin -> ok; limit account/month 0/0 until 2026-04-28T00:30:00Z
            """,
            "Europe/Berlin"
        );

    [Fact]
    public void At_night_half_is_charged_and_the_clock_on_the_wall_says_when_it_is_night() =>
        Story.Play(
            """
            grant plan 100000                                        -> ok
            time 2026-03-28T00:00:00Z                                -> ok
            hold a model night in 100 out 100                        -> granted 100; plan 99850/150/0
            settle a in 100 out 100                                  -> done; plan 99850/0/150
            time 2026-03-29T00:59:59Z                                -> ok
            hold b model night in 100 out 100                        -> granted 100; plan 99700/150/150
            settle b in 100 out 100                                  -> done
            time 2026-03-29T01:00:00Z                                -> ok
            hold c model night in 100 out 100                        -> granted 100; plan 99400/300/300
            settle c in 100 out 100                                  -> done
            time 2026-10-25T00:30:00Z                                -> ok
            hold d model night in 100 out 100                        -> granted 100; plan 99250/150/600
            time 2026-10-25T01:30:00Z                                -> ok
            hold e model night in 100 out 100                        -> granted 100; plan 99100/300/600
            time 2026-10-25T02:00:00Z                                -> ok
            hold f model night in 100 out 100                        -> granted 100; plan 98800/600/600
            """,
            "Europe/Berlin"
        );

    [Fact]
    public void Peak_hours_cost_twice_on_working_days_and_not_on_holidays() =>
        Story.Play(
            """
            grant plan 100000                                        -> ok
            time 2026-09-30T08:59:59.9999999                         -> ok
            hold a model peak in 100 out 100                         -> granted 100; plan 99700/300/0
            time 2026-09-30T09:00                                    -> ok
            hold b model peak in 100 out 100                         -> granted 100; plan 99100/900/0
            time 2026-09-30T17:59:59.9999999                         -> ok
            hold c model peak in 100 out 100                         -> granted 100; plan 98500/1500/0
            time 2026-09-30T18:00                                    -> ok
            hold d model peak in 100 out 100                         -> granted 100; plan 98200/1800/0
            time 2026-10-01T10:00                                    -> ok
            hold e model peak in 100 out 100                         -> granted 100; plan 97900/2100/0
            time 2026-10-03T10:00                                    -> ok
            hold f model peak in 100 out 100                         -> granted 100; plan 97600/2400/0
            time 2026-10-05T10:00                                    -> ok
            hold g model peak in 100 out 100                         -> granted 100; plan 97000/3000/0
            """,
            "Asia/Shanghai"
        );

    // The multiplier counts for money as for quota; the call's start decides.
    [Fact]
    [Trait("WhatOthersGotWrong", "40")]
    public void A_call_that_begins_in_the_peak_pays_its_price_however_late_it_ends_in_quota_and_in_money() =>
        Story.Play(
            """
            grant plan 300 priority 100                              -> ok
            grant wallet 100 fen priority 200                        -> ok
            time 2026-09-30T17:59                                    -> ok
            hold a model peak in 50 out 50                           -> granted 50; plan 0/300/0
            hold b model peak in 10000 out 5000                      -> granted 5000; wallet 88/12/0
            time 2026-09-30T18:30                                    -> ok
            settle a in 50 out 50                                    -> done; plan 0/0/300
            settle b in 10000 out 5000                               -> done; wallet 88/0/12
            hold c model peak in 10000 out 5000                      -> granted 5000; wallet 82/6/12
            """,
            "Asia/Shanghai"
        );

    [Fact]
    public void A_month_of_pay_as_you_go_ends_at_midnight_in_Shanghai_also_in_a_leap_year() =>
        Story.Play(
            """
            time 2028-02-29T23:59:59.9999999                         -> ok
            payg 10                                                  -> ok
            hold a in 10000 out 10000                                -> granted 10000; payg 0/10/0
            hold b in 10000 out 10000 least 10000                    -> refused spend_cap_reached by account/pay-as-you-go until 2028-03-01T00:00
            time 2028-03-01T00:00                                    -> ok; payg#2 10/0/0
            settle a in 10000 out 10000                              -> done; payg 0/0/10; payg#2 10/0/0
            hold b in 10000 out 10000                                -> granted 10000; payg#2 0/10/0
            """,
            "Asia/Shanghai"
        );
}
