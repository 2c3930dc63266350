namespace Tokenline.Charging.Tests.Accounts;

/// <summary>Families, departments and members on one account, and runs of agents, as tables. See <see cref="Story"/> for how to read them.</summary>
public sealed class FamilyStories
{
    [Fact]
    public void A_child_may_use_the_tutor_and_not_after_half_past_nine() =>
        Story.Play(
            """
            grant plan 100000                                        -> ok
            node mia under account models m hours 07:00-21:30 Asia/Shanghai -> ok
            time 2026-01-10T21:29:59.9999999                         -> ok
            hold a by mia in 100 out 100                             -> granted 100
            hold b by mia model tiered in 100 out 100                -> refused model_not_allowed by mia/models
            time 2026-01-10T21:30                                    -> ok
            settle a in 100 out 100                                  -> done
            hold b by mia in 100 out 100                             -> refused permission_denied by mia/hours until 2026-01-11T07:00
            hold c in 100 out 100                                    -> granted 100
            time 2026-01-11T06:59:59.9999999                         -> ok
            hold b by mia in 100 out 100                             -> refused permission_denied by mia/hours until 2026-01-11T07:00
            time 2026-01-11T07:00                                    -> ok
            hold b by mia in 100 out 100                             -> granted 100
            """,
            "Asia/Shanghai"
        );

    [Fact]
    public void Each_child_has_its_own_day_and_the_family_one_month() =>
        Story.Play(
            """
            grant plan 100000                                        -> ok
            limit account month 1000 tokens month Asia/Shanghai      -> ok
            node mia under account                                   -> ok
            node leo under account                                   -> ok
            limit mia day 400 tokens day Asia/Shanghai               -> ok
            limit leo day 800 tokens day Asia/Shanghai               -> ok
            hold a by mia in 200 out 200                             -> granted 200; limit mia/day 0/400; limit account/month 0/400
            hold b by mia in 1 out 1                                 -> refused window_limit_reached by mia/day until 2026-01-11T00:00
            hold b by leo in 400 out 300 least 300                   -> refused window_limit_reached by account/month until 2026-02-01T00:00
            hold b by leo in 400 out 300                             -> granted 200; limit leo/day 0/600; limit account/month 0/1000
            settle a in 200 out 100                                  -> done; limit mia/day 300/0; limit account/month 300/600
            settle b in 100 out 100                                  -> done; limit leo/day 200/0; limit account/month 500/0
            """,
            "Asia/Shanghai"
        );

    [Fact]
    [Trait("WhatOthersGotWrong", "2")]
    public void A_poor_member_of_a_rich_company_is_stopped_and_nobody_else() =>
        Story.Play(
            """
            grant pool 1000000000 type pool                          -> ok
            node sales under account                                 -> ok
            node anna under sales                                    -> ok
            node ben under sales                                     -> ok
            limit anna month 300 quota month                         -> ok
            hold a by anna in 100 out 100 quick                      -> granted 100; limit anna/month 0/300
            hold b by anna in 100 out 100 quick                      -> tight
            hold b by anna in 100 out 100                            -> refused window_limit_reached by anna/month until 2026-02-01T00:00
            hold b by ben in 100 out 100 quick                       -> granted 100
            hold c in 100 out 100 quick                              -> granted 100
            """
        );

    [Fact]
    [Trait("WhatOthersGotWrong", "3")]
    public void The_first_calls_of_a_new_member_all_at_once_meet_the_default_limit() =>
        Story.Play(
            """
            grant pool 1000000 type pool                             -> ok
            node team under account                                  -> ok
            limit-each team day 2 requests day                       -> ok
            node new under team                                      -> ok
            hold a by new in 1 out 1                                 -> granted 1
            hold b by new in 1 out 1                                 -> granted 1
            hold c by new in 1 out 1                                 -> refused window_limit_reached by new/day until 2026-01-11T00:00
            node other under team                                    -> ok
            hold c by other in 1 out 1                               -> granted 1; limit other/day 0/1; limit new/day 0/2
            """
        );

    [Fact]
    public void A_shared_pool_is_spent_by_all_and_capped_for_each() =>
        Story.Play(
            """
            grant pool 1000 type pool                                -> ok
            node sales under account                                 -> ok
            node lab under account                                   -> ok
            limit sales month 600 quota month Asia/Shanghai          -> ok
            limit lab month 600 quota month Asia/Shanghai            -> ok
            hold a by sales in 200 out 200                           -> granted 200; pool 400/600/0; limit sales/month 0/600
            hold b by sales in 1 out 1                               -> refused window_limit_reached by sales/month until 2026-02-01T00:00
            hold b by lab in 200 out 200 least 200                   -> refused insufficient_quota by pool; limit lab/month 0/0
            hold b by lab in 200 out 200                             -> granted 100; pool 0/1000/0; limit lab/month 0/400
            settle a in 100 out 100                                  -> done; pool 300/400/300; limit sales/month 300/0
            hold c by sales in 100 out 100                           -> granted 100; pool 0/700/300; limit sales/month 300/300
            """,
            "Asia/Shanghai"
        );

    [Fact]
    public void Four_floors_are_passed_all_or_none() =>
        Story.Play(
            """
            grant pool 100000 type pool                              -> ok
            node firm under account                                  -> ok
            node dept under firm                                     -> ok
            node project under dept                                  -> ok
            node app under project                                   -> ok
            limit firm day 1000 tokens day                           -> ok
            limit dept week 500 tokens week                          -> ok
            limit project month 10 fen-worth month                   -> ok
            limit app rpm 2 requests rolling 60s                     -> ok
            hold a by app in 100 out 200 estimate 100                -> granted 200; limit firm/day 0/300; limit dept/week 0/300; limit project/month 0/0.18; limit app/rpm 0/1
            hold b by app in 100 out 200 least 101                   -> refused window_limit_reached by dept/week until 2026-01-12T00:00; limit firm/day 0/300; limit app/rpm 0/1
            hold b by app in 100 out 200                             -> granted 100; limit firm/day 0/500; limit dept/week 0/500; limit app/rpm 0/2
            hold c by app in 1 out 1                                 -> refused rate_limit_exceeded by app/rpm until 2026-01-10T04:01:01
            node dept closed                                         -> ok
            hold c by app in 1 out 1                                 -> refused permission_denied by dept/closed until never
            settle a in 100 out 100                                  -> done; limit firm/day 200/200; limit dept/week 200/200
            """
        );

    [Fact]
    public void Money_beyond_the_plan_is_capped_for_a_member_by_day() =>
        Story.Play(
            """
            grant wallet 1000 fen                                    -> ok
            node anna under account                                  -> ok
            limit anna day 10 fen-spent day Asia/Shanghai            -> ok
            hold a by anna in 10000 out 7500                         -> granted 7500; wallet 992/8/0; limit anna/day 0/8
            hold b by anna in 10000 out 7500 least 7500              -> refused spend_cap_reached by anna/day until 2026-01-11T00:00
            settle a in 10000 out 2500                               -> done; wallet 996/0/4; limit anna/day 4/0
            hold b by anna in 10000 out 5000                         -> granted 5000; limit anna/day 4/6
            hold c in 10000 out 7500                                 -> granted 7500; wallet 982/14/4
            """,
            "Asia/Shanghai"
        );

    // A run has one cap, however many calls of it run at once.
    [Fact]
    [Trait("WhatOthersGotWrong", "4")]
    public void An_agents_run_has_a_ceiling_and_the_next_run_its_own() =>
        Story.Play(
            """
            grant plan 100000                                        -> ok
            limit account run 1000 tokens run                        -> ok
            hold a run night in 300 out 200                          -> granted 200
            hold b run night in 300 out 200                          -> granted 200; limit account/run 0/1000
            hold c run night in 1 out 1                              -> refused window_limit_reached by account/run until never
            hold d run day in 300 out 200                            -> granted 200
            hold e in 3000 out 2000                                  -> granted 2000
            settle a in 100 out 100                                  -> done; limit account/run 200/1000
            hold c run night in 200 out 200                          -> granted 100
            settle b in 300 out 200                                  -> done
            settle c in 200 out 100                                  -> done
            time 2026-01-12T00:00                                    -> ok
            hold f run night in 1 out 1                              -> refused window_limit_reached by account/run until never
            refund b whole                                           -> ok
            hold f run night in 400 out 100                          -> granted 100
            """
        );
}
