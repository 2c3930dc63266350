namespace Tokenline.Charging.Tests.Accounts;

/// <summary>What happens when the plan is used up: nothing, a pack, or pay-as-you-go; as tables. See <see cref="Story"/> for how to read them.</summary>
public sealed class OverageStories
{
    [Fact]
    public void Unless_the_customer_says_otherwise_it_ends_with_the_plan() =>
        Story.Play(
            """
            grant plan 300 until 2026-02-10T12:00                    -> ok
            hold a in 100 out 100                                    -> granted 100
            settle a in 100 out 100                                  -> done; plan 0/0/300
            hold b in 1 out 1                                        -> refused insufficient_quota by plan until 2026-02-10T12:00
            """,
            "Asia/Shanghai"
        );

    [Fact]
    public void Packs_may_be_bought_automatically_so_many_times_a_month_and_no_more() =>
        Story.Play(
            """
            hold a in 1 out 1                                        -> refused insufficient_quota
            autopack token-pack max 2                                -> ok
            hold a in 1 out 1                                        -> refused insufficient_quota buy token-pack
            claim first                                              -> ok
            claim first                                              -> ok
            grant pack 300 type pack                                 -> ok
            hold a in 100 out 100                                    -> granted 100
            hold b in 1 out 1                                        -> refused insufficient_quota by pack buy token-pack
            claim second                                             -> ok
            hold b in 1 out 1                                        -> refused insufficient_quota by pack until never
            claim third                                              -> refused spend_cap_reached by account/auto-packs until 2026-02-01T00:00
            time 2026-02-01T00:00                                    -> ok
            hold b in 1 out 1                                        -> refused insufficient_quota buy token-pack
            claim third                                              -> ok
            autopack off                                             -> ok
            hold b in 1 out 1                                        -> refused insufficient_quota by pack
            claim fourth                                             -> refused permission_denied
            """,
            "Asia/Shanghai"
        );

    // A key's own limit is no reason to buy.
    [Fact]
    public void A_limit_that_is_reached_buys_nothing() =>
        Story.Play(
            """
            autopack token-pack max 2                                -> ok
            grant plan 100000                                        -> ok
            limit account day 1 requests day                         -> ok
            hold a in 1 out 1                                        -> granted 1
            hold b in 1 out 1                                        -> refused window_limit_reached by account/day until 2026-01-11T00:00
            """
        );

    [Fact]
    public void Pay_as_you_go_goes_up_to_the_cap_to_the_nano_and_begins_again_with_the_month() =>
        Story.Play(
            """
            grant plan 30000                                         -> ok
            payg 10                                                  -> ok
            hold a in 10000 out 10000                                -> granted 10000; plan 0/30000/0
            settle a in 10000 out 10000                              -> done; plan 0/0/30000
            hold b in 10000 out 10000                                -> granted 10000; payg 0/10/0
            settle b in 10000 out 9999                               -> done; payg 0.0008/0/9.9992
            hold c in 1 out 1                                        -> refused spend_cap_reached by account/pay-as-you-go until 2026-02-01T00:00
            hold c in 0 out 1                                        -> granted 1; payg 0/0.0008/9.9992
            settle c in 0 out 1                                      -> done; payg 0/0/10
            time 2026-02-01T00:00                                    -> ok
            hold d in 1 out 1                                        -> granted 1
            """,
            "Asia/Shanghai"
        );

    [Fact]
    public void The_cap_counts_what_runs_so_calls_at_once_do_not_cross_it() =>
        Story.Play(
            """
            payg 10                                                  -> ok
            hold a in 10000 out 5000                                 -> granted 5000; payg 4/6/0
            hold b in 10000 out 5000 least 5000                      -> refused spend_cap_reached by account/pay-as-you-go
            hold b in 10000 out 5000                                 -> granted 2500; payg 0/10/0
            hold c in 1 out 1                                        -> refused spend_cap_reached by account/pay-as-you-go
            settle a in 20000 out 5000                               -> uncollected 20000000; payg 0/4/6
            settle b in 10000 out 2500                               -> done; payg 0/0/10
            """
        );

    [Fact]
    public void Opting_out_stops_new_calls_and_a_running_one_keeps_what_it_holds() =>
        Story.Play(
            """
            payg 10                                                  -> ok
            hold a in 10000 out 5000                                 -> granted 5000; payg 4/6/0
            payg off                                                 -> ok; payg 0/6/0
            hold b in 1 out 1                                        -> refused insufficient_quota
            settle a in 10000 out 2500                               -> done; payg 2/0/4
            hold b in 1 out 1                                        -> refused insufficient_quota
            payg 10                                                  -> ok
            hold b in 10000 out 5000                                 -> granted 5000
            hold c in 1 out 1                                        -> refused spend_cap_reached by account/pay-as-you-go
            """
        );

    [Fact]
    public void A_cap_that_is_raised_lets_the_very_next_call_pass() =>
        Story.Play(
            """
            payg 6                                                   -> ok
            hold a in 10000 out 5000                                 -> granted 5000; payg 0/6/0
            hold b in 10000 out 1250                                 -> refused spend_cap_reached
            payg 9                                                   -> ok
            hold b in 10000 out 1250                                 -> granted 1250; payg#2 0/3/0
            settle a in 10000 out 5000                               -> done; payg 0/0/6
            settle b in 10000 out 1250                               -> done; payg#2 0/0/3
            """
        );

    [Fact]
    [Trait("WhatOthersGotWrong", "12")]
    [Trait("WhatOthersGotWrong", "28")]
    public void Calls_that_came_to_nothing_cost_nothing_and_leave_nothing_held() =>
        Story.Play(
            """
            grant plan 100 priority 1                                -> ok
            payg 10                                                  -> ok
            limit account day 100000 tokens day                      -> ok
            limit account cap 20 fen-spent month                     -> ok
            hold a in 10000 out 2500                                 -> granted 2500; plan 0/100/0
            release a                                                -> done; plan 100/0/0; payg 10/0/0; limit account/day 0/0; limit account/cap 0/0
            hold b in 10000 out 2500                                 -> granted 2500
            release b                                                -> done; plan 100/0/0; payg 10/0/0; limit account/day 0/0; limit account/cap 0/0
            release b                                                -> replayed
            settle b in 1 out 1                                      -> conflict; plan 100/0/0
            """
        );

    [Fact]
    public void Usage_that_nobody_can_pay_is_recorded_and_no_bucket_goes_below_zero() =>
        Story.Play(
            """
            grant wallet 2 fen                                       -> ok
            hold a in 10000 out 1 least 1                            -> refused insufficient_quota by wallet
            hold a in 1000 out 1000                                  -> granted 1000; wallet 1/1/0
            settle a in 10000 out 10000                              -> uncollected 80000000; wallet 0/0/2
            """
        );
}
