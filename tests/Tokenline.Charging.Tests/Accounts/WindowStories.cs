namespace Tokenline.Charging.Tests.Accounts;

/// <summary>Limits over time, as tables: what is counted, who is in the way, and when exactly it is over. See <see cref="Story"/> for how to read them.</summary>
public sealed class WindowStories
{
    // A rolling window is kept in 60 sub-slots: of five hours one is five minutes.
    [Fact]
    public void A_rolling_window_frees_each_call_when_its_slot_has_left() =>
        Story.Play(
            """
            grant plan 1000000                                       -> ok
            limit account 5h 1000 tokens rolling 5h                  -> ok
            time 2026-01-10T08:02                                    -> ok
            hold a in 300 out 300                                    -> granted 300; limit account/5h 0/600
            settle a in 300 out 300                                  -> done; limit account/5h 600/0 until 2026-01-10T13:05
            time 2026-01-10T10:00                                    -> ok
            hold b in 200 out 200                                    -> granted 200; limit account/5h 600/400
            settle b in 200 out 200                                  -> done; limit account/5h 1000/0 until 2026-01-10T15:05
            hold c in 1 out 1                                        -> refused window_limit_reached by account/5h until 2026-01-10T13:05
            hold c in 400 out 300 least 300                          -> refused window_limit_reached by account/5h until 2026-01-10T15:05
            time 2026-01-10T13:04:59.9999999                         -> ok
            hold c in 1 out 1                                        -> refused window_limit_reached by account/5h
            time 2026-01-10T13:05                                    -> ok; limit account/5h 400/0
            hold c in 300 out 300                                    -> granted 300; limit account/5h 400/600
            """
        );

    [Fact]
    public void A_window_from_first_use_begins_with_the_first_call_and_not_with_a_look() =>
        Story.Play(
            """
            grant plan 1000000                                       -> ok
            limit account 5h 2 requests fromFirstUse 5h              -> ok
            time 2026-01-10T08:00                                    -> ok; limit account/5h 0/0
            time 2026-01-10T09:17:03                                 -> ok
            hold a in 1 out 1                                        -> granted 1; limit account/5h 0/1 until 2026-01-10T14:17:03
            settle a in 1 out 1                                      -> done; limit account/5h 1/0
            time 2026-01-10T14:17:02.9999999                         -> ok
            hold b in 1 out 1                                        -> granted 1
            hold c in 1 out 1                                        -> refused window_limit_reached by account/5h until 2026-01-10T14:17:03
            time 2026-01-10T14:17:03                                 -> ok; limit account/5h 0/0
            time 2026-01-10T20:00                                    -> ok
            hold c in 1 out 1                                        -> granted 1; limit account/5h 0/1 until 2026-01-11T01:00
            settle b in 1 out 1                                      -> done; limit account/5h 0/1
            """
        );

    [Fact]
    [Trait("WhatOthersGotWrong", "39")]
    public void A_day_ends_at_midnight_of_its_zone() =>
        Story.Play(
            """
            grant plan 1000000                                       -> ok
            limit account day 2 requests day Asia/Shanghai           -> ok
            time 2026-01-10T23:59:59.9999999                         -> ok; limit account/day 0/0 until 2026-01-11T00:00
            hold a in 1 out 1                                        -> granted 1
            settle a in 1 out 1                                      -> done; limit account/day 1/0 until 2026-01-11T00:00
            hold b in 1 out 1                                        -> granted 1
            hold c in 1 out 1                                        -> refused window_limit_reached by account/day until 2026-01-11T00:00
            time 2026-01-11T00:00                                    -> ok; limit account/day 0/0 until 2026-01-12T00:00
            settle b in 1 out 1                                      -> done; limit account/day 0/0
            hold c in 1 out 1                                        -> granted 1; limit account/day 0/1
            """,
            "Asia/Shanghai"
        );

    [Fact]
    public void A_week_is_from_Monday_and_a_month_from_the_first_in_the_same_zone() =>
        Story.Play(
            """
            grant plan 1000000                                       -> ok
            limit account week 1 requests week Asia/Shanghai         -> ok
            limit account month 3 requests month Asia/Shanghai       -> ok
            time 2026-01-25T12:00                                    -> ok
            hold a in 1 out 1                                        -> granted 1; limit account/week 0/1 until 2026-01-26T00:00
            hold b in 1 out 1                                        -> refused window_limit_reached by account/week until 2026-01-26T00:00
            time 2026-01-26T00:00                                    -> ok
            hold b in 1 out 1                                        -> granted 1; limit account/month 0/2 until 2026-02-01T00:00
            time 2026-02-01T00:00                                    -> ok; limit account/month 0/0 until 2026-03-01T00:00
            hold c in 1 out 1                                        -> refused window_limit_reached by account/week until 2026-02-02T00:00
            """,
            "Asia/Shanghai"
        );

    [Fact]
    public void Several_windows_let_a_call_pass_all_or_none_and_the_last_to_open_is_named() =>
        Story.Play(
            """
            grant plan 1000000                                       -> ok
            limit account 5h 1000 tokens rolling 5h                  -> ok
            limit account week 1500 tokens week                      -> ok
            limit account month 5 requests month                     -> ok
            time 2026-01-12T08:00                                    -> ok
            hold a in 400 out 400                                    -> granted 400
            settle a in 400 out 400                                  -> done; limit account/5h 800/0; limit account/week 800/0; limit account/month 1/0
            hold b in 200 out 100 least 100                          -> refused window_limit_reached by account/5h until 2026-01-12T13:05; limit account/week 800/0; limit account/month 1/0
            hold b in 600 out 200 least 200                          -> refused window_limit_reached by account/week until 2026-01-19T00:00; limit account/5h 800/0; limit account/month 1/0
            time 2026-01-12T13:05                                    -> ok
            hold b in 500 out 200 least 200                          -> granted 200; limit account/5h 0/700; limit account/week 800/700; limit account/month 1/1
            release b                                                -> done; limit account/5h 0/0; limit account/week 800/0; limit account/month 1/0
            """
        );

    [Fact]
    [Trait("WhatOthersGotWrong", "5")]
    public void A_window_of_a_bucket_closes_the_bucket_and_the_next_pays() =>
        Story.Play(
            """
            grant coding 100000 priority 100 window 5h 600 quota fromFirstUse 5h window week 1000 quota week -> ok
            grant pack 300 priority 200                              -> ok
            time 2026-01-12T08:00                                    -> ok
            hold a in 200 out 200                                    -> granted 200; coding 99400/600/0; pack 300/0/0
            settle a in 200 out 200                                  -> done
            hold b in 100 out 100                                    -> granted 100; coding 99400/0/600; pack 0/300/0
            settle b in 100 out 100                                  -> done; pack 0/0/300
            hold c in 100 out 100                                    -> refused window_limit_reached by coding/5h until 2026-01-12T13:00
            time 2026-01-12T13:00                                    -> ok
            hold c in 200 out 100                                    -> granted 100; coding 99000/400/600
            settle c in 200 out 100                                  -> done
            hold d in 100 out 100                                    -> refused window_limit_reached by coding/week until 2026-01-19T00:00
            hold d in 100 out 100 least 100                          -> refused window_limit_reached by coding/week until 2026-01-19T00:00
            time 2026-01-19T00:00                                    -> ok
            hold d in 100 out 100                                    -> granted 100; coding 98700/300/1000
            """
        );

    [Fact]
    public void A_call_that_no_window_could_ever_hold_is_told_so() =>
        Story.Play(
            """
            grant plan 1000000                                       -> ok
            limit account day 500 tokens day                         -> ok
            hold a in 400 out 101 least 101                          -> refused window_limit_reached by account/day until never
            hold a in 400 out 1000 least 100                         -> granted 100; limit account/day 0/500
            """
        );

    [Fact]
    public void A_rate_counts_the_estimate_until_the_call_has_ended_and_a_released_call_keeps_its_place() =>
        Story.Play(
            """
            grant plan 1000000                                       -> ok
            limit account rpm 3 requests rolling 60s                 -> ok
            limit account tpm 1000 tokens rolling 60s                -> ok
            time 2026-01-10T08:00:00.5                               -> ok
            hold a in 4000 out 4000 estimate 600                     -> granted 4000; limit account/tpm 0/600
            hold b in 4000 out 4000 estimate 500                     -> refused rate_limit_exceeded by account/tpm until 2026-01-10T08:01:01
            settle a in 300 out 100                                  -> done; limit account/tpm 400/0; limit account/rpm 1/0
            hold b in 4000 out 4000 estimate 500                     -> granted 4000
            release b                                                -> done; limit account/tpm 400/0; limit account/rpm 2/0
            hold c in 1 out 1                                        -> granted 1
            hold d in 1 out 1                                        -> refused rate_limit_exceeded by account/rpm until 2026-01-10T08:01:01
            """
        );

    [Fact]
    public void Calls_at_once_are_limited_and_an_ended_one_makes_room() =>
        Story.Play(
            """
            grant plan 1000000                                       -> ok
            limit account parallel 2 requests running                -> ok
            hold a in 1 out 1                                        -> granted 1
            hold b in 1 out 1                                        -> granted 1
            hold c in 1 out 1                                        -> refused concurrency_limit_reached by account/parallel until never
            release b                                                -> done
            hold c in 1 out 1                                        -> granted 1; limit account/parallel 0/2
            """
        );

    // A call counts in the window of its start, however late it ends.
    [Fact]
    public void A_call_over_midnight_counts_for_the_day_it_began_on() =>
        Story.Play(
            """
            grant plan 1000000                                       -> ok
            limit account day 1000 tokens day Asia/Shanghai          -> ok
            time 2026-01-10T23:59                                    -> ok
            hold a in 100 out 100 stream                             -> granted 100; limit account/day 0/200
            time 2026-01-11T00:01                                    -> ok; limit account/day 0/0
            extend a delivered 90 wanted 500 least 100               -> granted 500; limit account/day 0/0
            settle a in 100 out 500                                  -> done; limit account/day 0/0
            hold b in 500 out 500                                    -> granted 500; limit account/day 0/1000
            """,
            "Asia/Shanghai"
        );

    // 100 means 100, not 663: the limit is kept by the hold, so calls at once cannot cross it.
    [Fact]
    [Trait("WhatOthersGotWrong", "4")]
    public void Calls_at_once_share_one_limit_by_their_worst_case() =>
        Story.Play(
            """
            grant plan 1000000                                       -> ok
            limit account day 100 fen-worth day                      -> ok
            hold a in 100000 out 50000 least 50000                   -> granted 50000; limit account/day 0/60
            hold b in 100000 out 50000 least 50000                   -> refused spend_cap_reached by account/day until 2026-01-11T00:00
            hold b in 100000 out 50000                               -> granted 25000; limit account/day 0/100
            hold c in 1 out 1                                        -> refused spend_cap_reached by account/day
            settle a in 1000 out 1000                                -> done; limit account/day 1/40
            hold c in 100000 out 48750 least 48750                   -> granted 48750; limit account/day 1/99
            """
        );

    [Fact]
    [Trait("WhatOthersGotWrong", "14")]
    public void Without_a_limit_nothing_but_the_balance_refuses() =>
        Story.Play(
            """
            grant plan 1000                                          -> ok
            node anna under account                                  -> ok
            hold a by anna in 100 out 100                            -> granted 100
            hold b by anna in 100 out 100                            -> granted 100
            hold c by anna in 100 out 100                            -> granted 100; plan 100/900/0
            hold d by anna in 100 out 100 least 16                   -> refused insufficient_quota by plan
            """
        );

    [Fact]
    public void A_limit_that_is_raised_keeps_its_count_and_one_that_is_new_counts_from_then_on() =>
        Story.Play(
            """
            grant plan 1000000                                       -> ok
            limit account day 1 requests day                         -> ok
            hold a in 1 out 1                                        -> granted 1
            hold b in 1 out 1                                        -> refused window_limit_reached by account/day
            limit account day 2 requests day                         -> ok; limit account/day 0/1
            hold b in 1 out 1                                        -> granted 1
            limit account total 5 tokens total                       -> ok; limit account/total 0/0
            settle a in 1 out 1                                      -> done; limit account/day 1/1; limit account/total 0/0
            """
        );

    [Fact]
    [Trait("WhatOthersGotWrong", "45")]
    public void A_threshold_is_told_at_the_percent_once_and_again_in_the_next_window() =>
        Story.Play(
            """
            alerts 80,100                                            -> ok
            grant plan 100000                                        -> ok
            limit account day 100 tokens day                         -> ok
            hold a in 79 out 1                                       -> granted 1
            settle a in 79 out 0                                     -> done; limit account/day 79/0; untold
            hold b in 1 out 1                                        -> granted 1
            settle b in 1 out 0                                      -> done; limit account/day 80/0; told account/day 80%
            hold c in 10 out 1                                       -> granted 1
            settle c in 10 out 0                                     -> done; limit account/day 90/0; untold
            hold d in 9 out 1                                        -> granted 1
            settle d in 9 out 1                                      -> done; limit account/day 100/0; told account/day 100%
            refund c whole                                           -> ok; limit account/day 90/0
            hold e in 9 out 1                                        -> granted 1
            settle e in 9 out 1                                      -> done; limit account/day 100/0; untold
            time 2026-01-11T00:00                                    -> ok
            hold f in 80 out 1                                       -> granted 1
            settle f in 80 out 0                                     -> done; told account/day 80%
            """
        );
}
