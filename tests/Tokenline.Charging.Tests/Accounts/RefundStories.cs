namespace Tokenline.Charging.Tests.Accounts;

/// <summary>Refunds, transfers, and buckets that end or are taken back, as tables. See <see cref="Story"/> for how to read them.</summary>
public sealed class RefundStories
{
    [Fact]
    public void A_whole_refund_goes_back_to_the_buckets_that_paid() =>
        Story.Play(
            """
            grant plan 300 priority 1                                -> ok
            grant pack 300 priority 2                                -> ok
            hold a in 200 out 100                                    -> granted 100
            settle a in 200 out 100                                  -> done; plan 0/0/300; pack 200/0/100
            refund a whole                                           -> ok; plan 300/0/0; pack 300/0/0
            """
        );

    [Fact]
    public void Parts_of_a_refund_make_the_whole_to_the_last_micro_token() =>
        Story.Play(
            """
            grant plan 1000                                          -> ok
            hold a in 1 out 1                                        -> granted 1
            settle a in 0 cached 1 out 0                             -> done; plan 999.9/0/0.1
            refund a 33%                                             -> ok; plan 999.933/0/0.067
            refund a 33%                                             -> ok; plan 999.966/0/0.034
            refund a 35%                                             -> refused invalid_request_error; plan 999.966/0/0.034
            refund a 34%                                             -> ok; plan 1000/0/0
            refund a 1%                                              -> refused invalid_request_error; plan 1000/0/0
            """
        );

    [Fact]
    [Trait("WhatOthersGotWrong", "25")]
    public void A_refund_asked_for_twice_by_one_name_is_one_refund() =>
        Story.Play(
            """
            grant plan 1000                                          -> ok
            hold a in 100 out 100                                    -> granted 100
            settle a in 100 out 100                                  -> done; plan 700/0/300
            refund a 50% as r1                                       -> ok; plan 850/0/150
            refund a 50% as r1                                       -> ok; plan 850/0/150
            refund a 40% as r1                                       -> refused conflict; plan 850/0/150
            refund a whole as r2                                     -> refused invalid_request_error; plan 850/0/150
            refund a 50% as r3                                       -> ok; plan 1000/0/0
            """
        );

    [Fact]
    public void A_call_that_was_not_charged_is_not_given_back() =>
        Story.Play(
            """
            grant plan 1000                                          -> ok
            hold a in 100 out 100                                    -> granted 100
            refund a whole                                           -> refused not_found; plan 700/300/0
            release a                                                -> done
            refund a whole                                           -> refused not_found; plan 1000/0/0
            """
        );

    [Fact]
    [Trait("WhatOthersGotWrong", "26")]
    public void A_refund_corrects_every_limit_that_had_counted_the_call() =>
        Story.Play(
            """
            grant plan 100 priority 1 window day 500 quota day       -> ok
            grant wallet 100 fen priority 2                          -> ok
            node anna under account                                  -> ok
            limit account day 20000 tokens day                       -> ok
            limit account calls 2 requests day                       -> ok
            limit anna worth 100 fen-worth month                     -> ok
            limit anna spend 50 fen-spent month                      -> ok
            limit anna quota 100000 quota total                      -> ok
            hold a by anna in 10000 out 5000                         -> granted 5000
            settle a in 10000 out 5000                               -> done; plan 0/0/100; wallet 94.03/0/5.97; limit account/day 15000/0; limit account/calls 1/0; limit anna/worth 6/0; limit anna/spend 5.97/0; limit anna/quota 20000/0
            refund a 50%                                             -> ok; plan 50/0/50; wallet 97.015/0/2.985; limit account/day 7500/0; limit account/calls 1/0; limit anna/worth 3/0; limit anna/spend 2.985/0; limit anna/quota 10000/0
            refund a 50%                                             -> ok; plan 100/0/0; wallet 100/0/0; limit account/day 0/0; limit account/calls 0/0; limit anna/worth 0/0; limit anna/spend 0/0; limit anna/quota 0/0
            """
        );

    [Fact]
    public void A_refund_of_yesterdays_call_changes_nothing_in_todays_window() =>
        Story.Play(
            """
            grant plan 10000                                         -> ok
            limit account day 1000 tokens day                        -> ok
            hold a in 100 out 100                                    -> granted 100
            settle a in 100 out 100                                  -> done; limit account/day 200/0
            time 2026-01-11T00:00                                    -> ok
            hold b in 300 out 100                                    -> granted 100
            settle b in 300 out 100                                  -> done; limit account/day 400/0
            refund a whole                                           -> ok; limit account/day 400/0; plan 9500/0/500
            """
        );

    [Fact]
    public void A_refund_to_a_plan_that_has_ended_lives_for_thirty_days_with_the_same_scope() =>
        Story.Play(
            """
            grant plan 1000 models m until 2026-02-01T00:00          -> ok
            hold a in 100 out 100                                    -> granted 100
            settle a in 100 out 100                                  -> done
            time 2026-02-05T09:30                                    -> ok; plan 0/0/300/700
            refund a whole                                           -> ok; plan 0/0/0/700; plan(refund) 300/0/0
            hold b model tiered in 10 out 10                         -> refused insufficient_quota
            hold b in 10 out 10                                      -> granted 10; plan(refund) 270/30/0
            settle b in 10 out 10                                    -> done
            time 2026-03-07T09:29:59.9999999                         -> ok; plan(refund) 270/0/30
            time 2026-03-07T09:30                                    -> ok; plan(refund) 0/0/30/270
            """,
            "Asia/Shanghai"
        );

    [Fact]
    public void A_month_of_pay_as_you_go_that_is_over_is_corrected_and_not_revived() =>
        Story.Play(
            """
            payg 10                                                  -> ok
            hold a in 10000 out 5000                                 -> granted 5000
            settle a in 10000 out 5000                               -> done; payg 4/0/6
            refund a 50%                                             -> ok; payg 7/0/3
            time 2026-02-10T00:00                                    -> ok; payg 0/0/3/7
            refund a 50%                                             -> ok; payg 0/0/0/10
            """,
            "Asia/Shanghai"
        );

    [Fact]
    public void What_is_left_moves_to_another_bucket_once_and_only_of_the_same_unit() =>
        Story.Play(
            """
            grant old 1000 until 2026-02-01T00:00                    -> ok
            grant new 500 until 2026-03-01T00:00                     -> ok
            grant points 10 unit point                               -> ok
            hold a in 100 out 100                                    -> granted 100; old 700/300/0
            transfer old 701 to new                                  -> refused invalid_request_error
            transfer old 700 to points                               -> refused invalid_request_error
            transfer old 600 to new as t1                            -> ok; old 100/300/0; new 1100/0/0
            transfer old 600 to new as t1                            -> ok; old 100/300/0; new 1100/0/0
            transfer old 10 to new as t1                             -> refused conflict
            settle a in 100 out 100                                  -> done; old 100/0/300
            time 2026-02-01T00:00                                    -> ok; old 0/0/300/100; new 1100/0/0
            transfer new 1 to old                                    -> refused invalid_request_error
            """
        );

    [Fact]
    public void What_is_taken_back_leaves_a_running_call_its_own() =>
        Story.Play(
            """
            grant plan 1000                                          -> ok
            hold a in 100 out 100                                    -> granted 100; plan 700/300/0
            void plan                                                -> ok; plan 0/300/0
            hold b in 1 out 1                                        -> refused insufficient_quota by plan
            settle a in 100 out 50                                   -> done; plan 100/0/200
            """
        );

    // What was reserved outlives the plan's end; what was not used expires at the settle.
    [Fact]
    public void A_stream_goes_on_over_its_plans_end_with_what_it_holds_and_with_the_next_plan() =>
        Story.Play(
            """
            grant january 1000 priority 1 until 2026-02-01T00:00     -> ok
            grant february 1000 priority 2 from 2026-02-01T00:00     -> ok
            time 2026-01-31T23:59                                    -> ok
            hold a in 100 out 100 stream                             -> granted 100; january 700/300/0
            time 2026-02-01T00:00                                    -> ok; january 0/300/0/700; february 1000/0/0
            extend a delivered 90 wanted 200 least 100               -> granted 200; january 0/300/0/700; february 800/200/0
            settle a in 100 out 90                                   -> done; january 0/0/280/720; february 1000/0/0
            """
        );
}
