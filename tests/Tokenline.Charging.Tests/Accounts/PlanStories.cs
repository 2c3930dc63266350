namespace Tokenline.Charging.Tests.Accounts;

/// <summary>Plans, packs and what rolls over, as tables. See <see cref="Story"/> for how to read them.</summary>
public sealed class PlanStories
{
    [Fact]
    public void Bonus_then_plan_then_pack_then_wallet_pay_in_this_order() =>
        Story.Play(
            """
            grant wallet 100 fen priority 500                        -> ok
            grant pack 300 type pack priority 300                    -> ok
            grant plan 300 priority 200                              -> ok
            grant bonus 300 type bonus priority 100                  -> ok
            hold a in 100 out 100                                    -> granted 100; bonus 0/300/0; plan 300/0/0
            settle a in 100 out 100                                  -> done; bonus 0/0/300
            hold b in 400 out 100                                    -> granted 100; plan 0/300/0; pack 0/300/0
            settle b in 400 out 100                                  -> done; plan 0/0/300; pack 0/0/300; wallet 100/0/0
            hold c in 10000 out 10000                                -> granted 10000; wallet 90/10/0
            settle c in 10000 out 5000                               -> done; wallet 94/0/6
            """
        );

    [Fact]
    [Trait("WhatOthersGotWrong", "13")]
    public void What_is_shown_can_be_spent_to_the_last_token_and_no_more() =>
        Story.Play(
            """
            grant plan 300                                           -> ok; plan 300/0/0
            hold a in 100 out 101 least 101                          -> refused insufficient_quota by plan; plan 300/0/0
            hold a in 100 out 100 least 100                          -> granted 100; plan 0/300/0
            hold b in 1 out 1                                        -> refused insufficient_quota by plan
            settle a in 100 out 99                                   -> done; plan 2/0/298
            hold b in 1 out 1                                        -> refused insufficient_quota by plan
            hold b in 0 out 1                                        -> granted 1; plan 0/2/298
            grant topup 1                                            -> ok
            hold c in 1 out 1                                        -> refused insufficient_quota
            hold c in 1 out 0 least 0                                -> refused insufficient_quota
            """
        );

    [Fact]
    public void A_plan_that_ends_today_is_spent_before_one_that_ends_next_month() =>
        Story.Play(
            """
            grant next 1000 until 2026-02-28T00:00                   -> ok
            grant ends 1000 until 2026-01-31T00:00                   -> ok
            hold a in 600 out 300                                    -> granted 300; ends 0/1000/0; next 800/200/0
            settle a in 600 out 200                                  -> done; ends 0/0/1000; next 1000/0/0
            time 2026-01-31T00:00                                    -> ok; ends 0/0/1000/0
            """,
            "Asia/Shanghai"
        );

    [Fact]
    public void A_plan_that_begins_later_pays_from_then_on() =>
        Story.Play(
            """
            grant june 1000 from 2026-06-01T00:00 until 2026-07-01T00:00 -> ok
            time 2026-05-31T23:59:59.9999999                         -> ok
            hold a in 10 out 10                                      -> refused insufficient_quota
            time 2026-06-01T00:00                                    -> ok
            hold a in 10 out 10                                      -> granted 10; june 970/30/0
            time 2026-06-30T23:59:59.9999999                         -> ok
            hold b in 10 out 10                                      -> granted 10; june 940/60/0
            settle a in 10 out 10                                    -> done
            settle b in 10 out 10                                    -> done; june 940/0/60
            time 2026-07-01T00:00                                    -> ok; june 0/0/60/940
            hold c in 10 out 10                                      -> refused insufficient_quota
            """,
            "Asia/Shanghai"
        );

    [Fact]
    public void A_refusal_says_which_plan_is_used_up_and_when_it_comes_again() =>
        Story.Play(
            """
            refill light 300 every planMonth Asia/Shanghai from 2026-01-10T12:00 -> ok; light 300/0/0
            hold a in 100 out 100                                    -> granted 100
            settle a in 100 out 100                                  -> done; light 0/0/300
            hold b in 1 out 1                                        -> refused insufficient_quota by light until 2026-02-10T12:00
            stop light                                               -> ok
            hold b in 1 out 1                                        -> refused insufficient_quota by light until never
            """,
            "Asia/Shanghai"
        );

    [Fact]
    public void What_is_left_rolls_over_up_to_the_maximum_and_the_rest_is_breakage() =>
        Story.Play(
            """
            refill plan 1000 every month Asia/Shanghai from 2026-01-01T00:00 until 2026-04-01T00:00 rollover 100..400 -> ok
            hold a in 100 out 100                                    -> granted 100; plan 700/300/0
            settle a in 100 out 100                                  -> done; plan 700/0/300
            time 2026-01-31T23:59:59.9999999                         -> ok; plan 700/0/300
            time 2026-02-01T00:00                                    -> ok; plan 0/0/300/300; plan#2 1400/0/0
            hold b in 700 out 300                                    -> granted 300; plan#2 100/1300/0
            settle b in 700 out 300                                  -> done; plan#2 100/0/1300
            time 2026-03-01T00:00                                    -> ok; plan#2 0/0/1300/0; plan#3 1100/0/0
            time 2026-04-01T00:00                                    -> ok; plan#3 0/0/0/1100
            hold c in 1 out 1                                        -> refused insufficient_quota
            """,
            "Asia/Shanghai"
        );

    [Fact]
    public void Less_than_the_minimum_does_not_roll_over() =>
        Story.Play(
            """
            refill plan 400 every month Asia/Shanghai from 2026-01-01T00:00 rollover 100..400 -> ok
            hold a in 101 out 100                                    -> granted 100
            settle a in 101 out 100                                  -> done; plan 99/0/301
            time 2026-02-01T00:00                                    -> ok; plan 0/0/301/99; plan#2 400/0/0
            hold b in 100 out 100                                    -> granted 100
            settle b in 100 out 100                                  -> done; plan#2 100/0/300
            time 2026-03-01T00:00                                    -> ok; plan#2 0/0/300/0; plan#3 500/0/0
            """,
            "Asia/Shanghai"
        );

    [Fact]
    public void What_a_running_call_holds_at_the_months_end_does_not_roll_over() =>
        Story.Play(
            """
            refill plan 1000 every month Asia/Shanghai from 2026-01-01T00:00 rollover 0..1000 -> ok
            time 2026-01-31T23:59                                    -> ok
            hold a in 100 out 100                                    -> granted 100; plan 700/300/0
            time 2026-02-01T00:00                                    -> ok; plan 0/300/0/0; plan#2 1700/0/0
            settle a in 100 out 50                                   -> done; plan 0/0/200/100; plan#2 1700/0/0
            """,
            "Asia/Shanghai"
        );

    // Nobody was there for three months: every month is caught up with, in its order.
    [Fact]
    public void A_customer_who_sleeps_for_three_months_finds_the_months_as_they_were() =>
        Story.Play(
            """
            refill plan 100 every month Asia/Shanghai from 2026-01-01T00:00 rollover 0..150 -> ok; plan 100/0/0
            time 2026-04-15T09:00                                    -> ok; plan 0/0/0/0; plan#2 0/0/0/50; plan#3 0/0/0/100; plan#4 250/0/0
            """,
            "Asia/Shanghai"
        );

    // The hold of the plan is for the worst case: all of the input might be written to a cache, which the pack does not pay for.
    [Fact]
    public void A_pack_for_input_leaves_the_output_to_the_plan() =>
        Story.Play(
            """
            grant reading 1000 type pack priority 50 meters input,cached_input -> ok
            grant plan 1000 priority 100                             -> ok
            hold a in 100 out 100                                    -> granted 100; reading 900/100/0; plan 700/300/0
            settle a in 60 cached 40 out 100                         -> done; reading 936/0/64; plan 800/0/200
            """
        );

    [Fact]
    public void A_coding_plan_that_is_a_blocker_lets_nothing_behind_it_pay() =>
        Story.Play(
            """
            grant coding 300 priority 50 blocker models tiered        -> ok
            grant wallet 500 fen priority 500                        -> ok
            hold a model tiered in 100 out 100                       -> granted 100; coding 0/300/0
            settle a in 100 out 100                                  -> done; coding 0/0/300
            hold b model tiered in 100 out 100                       -> refused insufficient_quota by coding
            hold c in 10000 out 10000                                -> granted 10000; wallet 490/10/0
            """
        );

    [Fact]
    [Trait("WhatOthersGotWrong", "38")]
    public void A_used_up_plan_is_in_nobodys_way() =>
        Story.Play(
            """
            grant plan 300 priority 200                              -> ok
            hold a in 100 out 100                                    -> granted 100
            settle a in 100 out 100                                  -> done; plan 0/0/300
            hold b in 10 out 10                                      -> refused insufficient_quota by plan
            grant bonus 300 type bonus priority 900                  -> ok
            hold b in 10 out 10                                      -> granted 10; bonus 270/30/0
            grant wallet 10 fen priority 500                         -> ok
            hold c in 1000 out 1000                                  -> granted 1000; wallet 9/1/0
            """
        );

    [Fact]
    [Trait("WhatOthersGotWrong", "42")]
    public void An_unused_plan_pays_before_the_wallet_and_neither_goes_below_zero() =>
        Story.Play(
            """
            grant wallet 1 fen priority 500                          -> ok
            grant plan 3000 priority 200                             -> ok
            hold a in 1000 out 1000                                  -> granted 1000; plan 0/3000/0; wallet 1/0/0
            hold b in 1000 out 1000                                  -> granted 1000; plan 0/3000/0; wallet 0/1/0
            hold c in 1 out 1                                        -> refused insufficient_quota
            settle a in 0 out 0                                      -> done; plan 3000/0/0
            settle b in 2000 out 2000                                -> done; plan 0/0/3000; wallet 0/0/1
            """
        );

    [Fact]
    [Trait("WhatOthersGotWrong", "35")]
    public void A_model_that_is_free_of_tokens_takes_nothing_and_still_asks_for_a_plan() =>
        Story.Play(
            """
            hold a model cheap in 100 out 100                        -> refused insufficient_quota
            grant plan 1                                             -> ok
            hold a model cheap in 100000 out 100000                  -> granted 100000; plan 1/0/0
            settle a in 100000 out 100000                            -> done; plan 1/0/0
            limit account day 2 requests day Asia/Shanghai           -> ok
            hold b model cheap in 1 out 1                            -> granted 1
            hold c model cheap in 1 out 1                            -> granted 1
            hold d model cheap in 1 out 1                            -> refused window_limit_reached by account/day until 2026-01-10T16:00Z
            """
        );

    // Buying again early extends: both months stand side by side, the first to end is spent first.
    [Fact]
    [Trait("WhatOthersGotWrong", "41")]
    public void A_plan_bought_again_early_stands_beside_the_first() =>
        Story.Play(
            """
            grant first 300 until 2026-02-10T12:00                   -> ok
            time 2026-01-20T12:00                                    -> ok
            grant again 300 until 2026-02-20T12:00                   -> ok
            hold a in 100 out 150                                    -> granted 150; first 0/300/0; again 200/100/0
            settle a in 100 out 50                                   -> done; first 100/0/200; again 300/0/0
            time 2026-02-10T12:00                                    -> ok; first 0/0/200/100; again 300/0/0
            """,
            "Asia/Shanghai"
        );

    [Fact]
    public void The_months_volume_lowers_the_price_from_the_edge_on_and_begins_anew_with_the_month() =>
        Story.Play(
            """
            grant plan 100000                                        -> ok
            hold a model bulk in 1000 out 1                          -> granted 1
            settle a in 999 out 0                                    -> done; plan 99001/0/999
            hold b model bulk in 10 out 1                            -> granted 1
            settle b in 1 out 0                                      -> done; plan 99000/0/1000
            hold c model bulk in 10 out 1                            -> granted 1
            settle c in 1 out 0                                      -> done; plan 98999.5/0/1000.5
            time 2026-02-01T00:00                                    -> ok
            hold d model bulk in 1000 out 100                        -> granted 100
            settle d in 900 out 100                                  -> done; plan 97899.5/0/2100.5
            hold e model bulk in 1000 out 1                          -> granted 1
            settle e in 900 out 0                                    -> done; plan 97449.5/0/2550.5
            """,
            "Asia/Shanghai"
        );
}
