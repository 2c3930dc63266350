namespace Tokenline.Charging.Tests.Accounts;

/// <summary>The edges of context tiers, and tariffs that change, as tables. See <see cref="Story"/> for how to read them.</summary>
public sealed class TierStories
{
    [Fact]
    public void At_the_edge_less_one_at_it_and_one_beyond() =>
        Story.Play(
            """
            grant plan 100000                                        -> ok
            hold a model tiered in 999 out 10                        -> granted 10; plan 98981/1019/0
            settle a in 999 out 10                                   -> done; plan 98981/0/1019
            hold b model tiered in 1000 out 10                       -> granted 10; plan 97961/1020/1019
            settle b in 1000 out 10                                  -> done; plan 97961/0/2039
            hold c model tiered in 1001 out 10                       -> granted 10; plan 94898/3063/2039
            settle c in 1001 out 10                                  -> done; plan 94898/0/5102
            """
        );

    [Fact]
    public void What_was_read_from_a_cache_is_a_part_of_the_input_that_chooses_the_tier() =>
        Story.Play(
            """
            grant plan 100000                                        -> ok
            hold a model tiered in 1001 out 10                       -> granted 10
            settle a in 1 cached 999 out 10                          -> done; plan 99879.1/0/120.9
            hold b model tiered in 1001 out 10                       -> granted 10
            settle b in 1 cached 1000 out 10                         -> done; plan 99516.1/0/483.9
            """
        );

    [Fact]
    public void The_tier_counts_in_money_as_in_quota() =>
        Story.Play(
            """
            grant wallet 100 fen                                     -> ok
            hold a model tiered in 1000 out 1000                     -> granted 1000; wallet 99/1/0
            settle a in 1000 out 1000                                -> done; wallet 99/0/1
            hold b model tiered in 1001 out 1000                     -> granted 1000; wallet 95.9994/3.0006/1
            settle b in 1001 out 1000                                -> done; wallet 95.9994/0/4.0006
            """
        );

    // A large call does not cross the plan: it is held at the dear tier, or clamped, or refused.
    [Fact]
    [Trait("WhatOthersGotWrong", "5")]
    public void A_call_that_might_be_dear_is_clamped_by_the_dear_tier_or_refused() =>
        Story.Play(
            """
            grant plan 3100                                          -> ok
            hold a model tiered in 1001 out 100                      -> granted 16; plan 1/3099/0
            release a                                                -> done
            hold b model tiered in 1001 out 100 least 17             -> refused insufficient_quota by plan
            hold b model tiered in 1000 out 100                      -> granted 100; plan 1900/1200/0
            """
        );

    [Fact]
    public void A_price_that_changes_at_midnight_leaves_the_running_call_its_own() =>
        Story.Play(
            """
            grant wallet 1000 fen                                    -> ok
            time 2026-01-31T23:59                                    -> ok
            hold a in 10000 out 10000                                -> granted 10000; wallet 990/10/0
            time 2026-02-01T00:00                                    -> ok
            tariff times 2                                           -> ok
            hold b in 10000 out 10000                                -> granted 10000; wallet 970/30/0
            settle a in 10000 out 10000                              -> done; wallet 970/20/10
            settle b in 10000 out 10000                              -> done; wallet 970/0/30
            refund a whole                                           -> ok; wallet 980/0/20
            """,
            "Asia/Shanghai"
        );
}
