namespace Tokenline.Charging.Tests.Accounts;

/// <summary>What customers are charged, as tables. See <see cref="Story"/> for how to read them.</summary>
public sealed class MoneyStories
{
    [Fact]
    public void A_call_pays_exactly_what_it_used_and_gives_the_rest_back() =>
        Story.Play(
            """
            grant plan 10000                     -> ok; plan 10000/0/0
            hold a in 100 out 450                -> granted 450; plan 9000/1000/0
            settle a in 60 cached 40 out 200     -> done; plan 9536/0/464
            """
        );

    [Fact]
    public void A_hold_that_is_settled_twice_is_charged_once() =>
        Story.Play(
            """
            grant plan 10000                     -> ok
            hold a in 100 out 450                -> granted 450; plan 9000/1000/0
            settle a in 100 out 100              -> done; plan 9700/0/300
            settle a in 100 out 100              -> replayed; plan 9700/0/300
            settle a in 100 out 101              -> conflict; plan 9700/0/300
            release a                            -> conflict; plan 9700/0/300
            """
        );

    [Fact]
    [Trait("WhatOthersGotWrong", "1")]
    public void On_a_balance_for_one_call_the_second_is_refused() =>
        Story.Play(
            """
            grant plan 1000                      -> ok
            hold a in 100 out 450                -> granted 450; plan 0/1000/0
            hold b in 100 out 450                -> refused insufficient_quota; plan 0/1000/0
            settle a in 100 out 450              -> done; plan 0/0/1000
            """
        );

    [Fact]
    [Trait("WhatOthersGotWrong", "7")]
    public void A_balance_that_is_too_small_refuses() =>
        Story.Play(
            """
            grant plan 131                       -> ok
            hold a in 100 out 450 least 16       -> refused insufficient_quota; plan 131/0/0
            hold b in 99 out 450 least 16        -> granted 16; plan 0/131/0
            release b                            -> done; plan 131/0/0
            """
        );

    [Fact]
    public void A_balance_that_covers_a_part_clamps_the_output() =>
        Story.Play(
            """
            grant plan 500                       -> ok
            hold a in 100 out 450 least 16       -> granted 200; plan 0/500/0
            settle a in 100 out 200              -> done; plan 0/0/500
            """
        );

    [Fact]
    public void With_ample_room_the_bound_is_enough_and_without_it_the_caller_is_asked_to_count() =>
        Story.Play(
            """
            grant plan 8000                      -> ok
            hold a in 100 out 450 quick          -> granted 450; plan 7000/1000/0
            hold b in 100 out 450 quick          -> tight; plan 7000/1000/0
            hold b in 40 out 450                 -> granted 450; plan 6060/1940/0
            """
        );

    [Fact]
    public void A_call_without_a_limit_does_not_lock_up_the_plan() =>
        Story.Play(
            """
            grant plan 8000                      -> ok
            hold a in 100 out 100000 modest 50   -> granted 450; plan 7000/1000/0
            hold b in 100 out 100000 modest 600  -> granted 600; plan 5700/2300/0
            """
        );

    [Fact]
    [Trait("WhatOthersGotWrong", "37")]
    public void The_rest_comes_from_the_next_bucket() =>
        Story.Play(
            """
            grant plan 300 priority 1            -> ok
            grant pack 5000 priority 2           -> ok
            hold a in 100 out 450                -> granted 450; plan 0/300/0; pack 4300/700/0
            settle a in 100 out 150              -> done; plan 0/0/300; pack 4900/0/100
            """
        );

    [Fact]
    public void What_ends_first_is_spent_first_within_a_priority() =>
        Story.Play(
            """
            grant later 1000 until 2026-03-01    -> ok
            grant sooner 1000 until 2026-02-01   -> ok
            hold a in 100 out 100                -> granted 100; sooner 700/300/0; later 1000/0/0
            """
        );

    [Fact]
    public void A_bucket_for_other_models_does_not_pay() =>
        Story.Play(
            """
            grant plan 1000 models tiered        -> ok
            hold a in 100 out 100                -> refused insufficient_quota
            hold b model tiered in 100 out 100   -> granted 100; plan 700/300/0
            """
        );

    [Fact]
    public void Points_pay_by_their_own_weights_and_share_a_call_with_tokens() =>
        Story.Play(
            """
            grant plan 150 priority 1            -> ok
            grant points 1000 unit point priority 2 -> ok
            hold a in 100 out 100                -> granted 100; plan 0/150/0; points 925/75/0
            settle a in 100 out 50               -> done; plan 0/0/150; points 975/0/25
            """
        );

    [Fact]
    [Trait("WhatOthersGotWrong", "9")]
    public void A_call_that_may_reach_the_dearer_tier_is_held_at_it() =>
        Story.Play(
            """
            grant plan 100000                    -> ok
            hold a model tiered in 1000 out 100  -> granted 100; plan 98800/1200/0
            hold b model tiered in 1001 out 100  -> granted 100; plan 95197/4803/0
            settle a in 1000 out 100             -> done; plan 95197/3603/1200
            settle b in 1000 out 100             -> done; plan 97600/0/2400
            """
        );

    [Fact]
    public void The_whole_request_is_charged_at_the_tier_of_its_whole_input() =>
        Story.Play(
            """
            grant plan 100000                    -> ok
            hold a model tiered in 2000 out 100  -> granted 100
            settle a in 500 cached 501 out 100   -> done; plan 97749.7/0/2250.3
            """
        );

    [Fact]
    public void Without_opting_in_nobody_slides_into_pay_as_you_go() =>
        Story.Play(
            """
            grant plan 200                       -> ok
            hold a in 100 out 50                 -> granted 50; plan 0/200/0
            settle a in 100 out 50               -> done
            hold b in 10 out 10                  -> refused insufficient_quota
            payg 100                             -> ok
            hold b in 10 out 10                  -> granted 10
            payg off                             -> ok
            hold c in 10 out 10                  -> refused insufficient_quota
            """
        );

    [Fact]
    public void Money_pays_the_share_that_the_plan_could_not() =>
        Story.Play(
            """
            grant plan 100000                    -> ok
            payg 100                             -> ok
            hold a in 100000 out 50000           -> granted 50000; plan 0/100000/0; payg 70/30/0
            settle a in 100000 out 50000         -> done; plan 0/0/100000; payg 70/0/30
            """
        );

    [Fact]
    public void A_cap_is_hard_and_is_the_calendar_months() =>
        Story.Play(
            """
            payg 10                              -> ok
            hold a in 10000 out 7500 least 7500  -> granted 7500; payg 2/8/0
            settle a in 10000 out 7500           -> done; payg 2/0/8
            hold b in 10000 out 2500 least 2500  -> refused spend_cap_reached
            time 2026-01-31T15:59:59Z            -> ok
            hold b in 10000 out 2500 least 2500  -> refused spend_cap_reached
            time 2026-01-31T16:00:00Z            -> ok; payg 0/0/8/2; payg#2 10/0/0
            hold b in 10000 out 2500 least 2500  -> granted 2500; payg#2 6/4/0
            """
        );

    [Fact]
    public void A_cap_that_is_lowered_counts_what_was_spent() =>
        Story.Play(
            """
            payg 10                              -> ok
            hold a in 10000 out 7500             -> granted 7500; payg 2/8/0
            payg 9                               -> ok
            hold b in 10000 out 1 least 1        -> refused spend_cap_reached
            settle a in 10000 out 2500           -> done
            hold b in 10000 out 2500 least 2500  -> granted 2500
            hold c in 10000 out 2500 least 2500  -> refused spend_cap_reached
            """
        );

    [Fact]
    public void A_stream_is_held_in_slices_until_the_quota_ends() =>
        Story.Play(
            """
            grant plan 1000                      -> ok
            hold a in 100 out 100 stream         -> granted 100; plan 700/300/0
            extend a delivered 80 wanted 250 least 90  -> granted 250; plan 400/600/0
            extend a delivered 240 wanted 500 least 300 -> granted 450; plan 0/1000/0
            extend a delivered 440 wanted 600 least 500 -> refused; plan 0/1000/0
            settle a in 100 out 440              -> done; plan 20/0/980
            """
        );

    [Fact]
    [Trait("WhatOthersGotWrong", "10")]
    public void After_a_crash_a_stream_pays_input_and_checkpoint_and_a_plain_call_nothing() =>
        Story.Play(
            """
            grant plan 10000                     -> ok
            hold a in 100 out 100 stream         -> granted 100
            hold b in 100 out 100                -> granted 100
            hold c in 100 out 100 stream         -> granted 100
            extend a delivered 80 wanted 250 least 90  -> granted 250; plan 8800/1200/0
            recover a                            -> recovered input 50, output 80
            recover b                            -> released
            recover c                            -> recovered input 50; plan 9740/0/260
            """
        );

    [Fact]
    public void Usage_above_the_hold_takes_what_is_there_and_records_the_rest() =>
        Story.Play(
            """
            grant plan 200                       -> ok
            hold a in 50 out 50                  -> granted 50; plan 50/150/0
            settle a in 50 out 175               -> uncollected 750000; plan 0/0/200
            """
        );

    [Fact]
    public void Usage_that_could_not_be_paid_three_times_suspends_the_account() =>
        Story.Play(
            """
            grant plan 30                        -> ok
            hold a in 4 out 3                    -> granted 3
            hold b in 4 out 3                    -> granted 3
            hold c in 4 out 3                    -> granted 3
            settle a in 4 out 30                 -> uncollected 209250
            settle b in 4 out 30                 -> uncollected 209250
            settle c in 4 out 30                 -> uncollected 209250
            grant more 1000                      -> ok
            hold d in 4 out 3                    -> refused account_suspended
            resume                               -> ok
            hold d in 4 out 3                    -> granted 3
            """
        );

    [Fact]
    public void A_bucket_may_end_under_a_hold() =>
        Story.Play(
            """
            grant plan 1000 until 2026-02-01     -> ok
            hold a in 100 out 100                -> granted 100; plan 700/300/0
            time 2026-02-01                      -> ok; plan 0/300/0/700
            hold b in 1 out 1                    -> refused insufficient_quota
            settle a in 100 out 50               -> done; plan 0/0/200/800
            """
        );

    [Fact]
    [Trait("WhatOthersGotWrong", "13")]
    public void A_top_up_is_usable_by_the_very_next_call() =>
        Story.Play(
            """
            hold a in 10 out 10                  -> refused insufficient_quota
            grant pack 100                       -> ok
            hold a in 10 out 10                  -> granted 10; pack 70/30/0
            """
        );

    [Fact]
    public void A_call_is_rated_by_the_tariff_that_was_in_force_when_it_started() =>
        Story.Play(
            """
            grant plan 10000                     -> ok
            hold a in 100 out 100                -> granted 100; plan 9700/300/0
            time 2026-01-11                      -> ok
            tariff times 2                       -> ok
            hold b in 100 out 100                -> granted 100; plan 9100/900/0
            settle a in 100 out 100              -> done; plan 9100/600/300
            settle b in 100 out 100              -> done; plan 9100/0/900
            """
        );

    [Fact]
    public void An_idempotency_key_serves_once_and_is_free_again_if_nothing_came_of_it() =>
        Story.Play(
            """
            grant plan 10000                     -> ok
            hold a in 10 out 10 key k            -> granted 10
            hold b in 10 out 10 key k            -> refused idempotency_conflict
            release a                            -> done
            hold c in 10 out 10 key k            -> granted 10
            settle c in 10 out 10                -> done
            hold d in 10 out 10 key k            -> refused idempotency_conflict
            time 2026-01-11T04:00:00Z            -> ok
            hold e in 10 out 10 key k            -> granted 10
            """
        );
}
